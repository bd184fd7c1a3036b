"""What the events about subscribers are called."""

from django.utils.translation import gettext_lazy as _

SUBSCRIBER_LABELS = {
    "newsletters.subscribed": _("メルマガの購読を始めた"),
    "newsletters.unsubscribed": _("メルマガの購読を終えた"),
    "newsletters.subscriber_added": _("購読者を手で加えた"),
    "newsletters.subscribers_imported": _("購読者を名簿から取り込んだ"),
    "newsletters.subscribers_exported": _("購読者の名簿を書き出した"),
    "newsletters.subscribers_merged": _("購読者の団体を、統合した団体に移した"),
    "newsletters.suppressed": _("アドレスへの配信を止めた"),
    "newsletters.suppression_lifted": _("アドレスへの配信を止めるのをやめた"),
    "newsletters.consent_text_written": _("登録のときの文章の新しい版を書いた"),
}
