from django.utils.translation import gettext_lazy as _

ISSUE_LABELS = {
    "newsletters.issue_requested": _("号の確認を頼んだ"),
    "newsletters.issue_returned": _("号を下書きに戻した"),
    "newsletters.issue_approved": _("号を承認した"),
    "newsletters.issue_reopened": _("号の書き直しを始めた"),
    "newsletters.issue_scheduled": _("号を送る時刻を決めた"),
    "newsletters.issue_unscheduled": _("号を送る予定を取り消した"),
    "newsletters.issue_sending_began": _("号を送りはじめた"),
    "newsletters.issue_paused": _("号の送信を一時停止した"),
    "newsletters.issue_resumed": _("号の送信を再開した"),
    "newsletters.issue_completed": _("号を送り終えた"),
    "newsletters.issue_resent": _("号の送れなかった分を送り直した"),
    "newsletters.issue_cancelled": _("号をやめた"),
}
