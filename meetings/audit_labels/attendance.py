"""What the audit events about invitations and attendance say."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "meetings.attendance_invited": _("会議を案内した"),
    "meetings.attendance_reminded": _("出欠の返事を催促した"),
    "meetings.attendance_withdrawn": _("会議の案内を取り消した"),
    "meetings.attendance_answered": _("出欠の返事があった"),
    "meetings.attendance_recorded": _("だれが来たかを記録した"),
    "meetings.attendance_moved": _("案内を統合先の団体に移した"),
    "meetings.attendance_merged": _("案内を統合先の団体の案内にまとめた"),
    "meetings.attendance_forgotten": _("案内の個人情報を消した"),
    "meetings.attendance_exported": _("出欠の一覧を書き出した"),
    "meetings.counts_taken_over": _("出席から参加の数を書いた"),
}
