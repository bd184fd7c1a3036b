"""What the events about papers are called."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "meetings.document_added": _("資料を載せた"),
    "meetings.document_changed": _("資料の内容や見られる人を変えた"),
    "meetings.document_replaced": _("資料を差し替えた"),
    "meetings.document_withdrawn": _("資料を取り下げた"),
}
