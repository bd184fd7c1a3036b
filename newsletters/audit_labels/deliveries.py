"""What the events about deliveries are called."""

from typing import Any

from django.utils.translation import gettext_lazy as _

DELIVERY_LABELS: dict[str, Any] = {
    "newsletters.delivery_settled": _("届いたか分からない送達をどうするか決めた"),
    "newsletters.ledger_exported": _("送達台帳を書き出した"),
    "newsletters.issue_withdrawn": _("号の公開をやめた"),
    "newsletters.issue_restored": _("号をもう一度公開した"),
}
