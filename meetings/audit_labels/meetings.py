"""What the events of bodies, meetings and agendas are called."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "meetings.body_created": _("会議体を登録した"),
    "meetings.body_changed": _("会議体を変えた"),
    "meetings.meeting_created": _("会議を登録した"),
    "meetings.meeting_changed": _("会議の内容を変えた"),
    "meetings.meeting_deleted": _("準備中の会議を消した"),
    "meetings.meeting_announced": _("開催を知らせた"),
    "meetings.meeting_held": _("開催済みにした"),
    "meetings.meeting_not_held": _("開催予定に戻した"),
    "meetings.meeting_cancelled": _("中止にした"),
    "meetings.meeting_reopened": _("中止をやめた"),
    "meetings.meeting_record_published": _("議事録公開にした"),
    "meetings.meeting_record_stopped": _("議事録の公開が止まり、開催済みに戻した"),
    "meetings.numbers_recorded": _("参加の数を記録した"),
    "meetings.agenda_item_added": _("次第に項目を足した"),
    "meetings.agenda_item_changed": _("次第の項目を変えた"),
    "meetings.agenda_item_moved": _("次第の項目を動かした"),
    "meetings.agenda_item_deleted": _("次第の項目を消した"),
    "meetings.agenda_renumbered": _("次第の番号を振り直した"),
    "meetings.organization_merged": _("統合された団体の会議の登録を引き継いだ"),
    "meetings.calendar_link_made": _("カレンダーのアドレスを作った"),
    "meetings.calendar_link_renewed": _("カレンダーのアドレスを新しくした"),
    "meetings.calendar_link_stopped": _("カレンダーのアドレスを止めた"),
    "meetings.agenda_copied": _("前の会議の次第を写した"),
}
