"""Mails to the editors about their turns, stored in the transaction of what they speak of."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.mails import absolute, send_message
from newsletters.models import Duty
from platform_portal.japanese.calendar import format_wareki

REMINDER = "newsletters.duty_reminder"
KINDS = {REMINDER: gettext_lazy("編集の当番のお知らせ")}


def send_duty_reminder(duty: Duty) -> None:
    values = {"name": duty.newsletter.name, "day": format_wareki(duty.due_on, with_weekday=True)}
    is_today = duty.due_on <= timezone.localdate()
    before = [
        _("きょうは、「%(name)s」を出す日です。まだ確認に出ている号がありません。") % values
        if is_today
        else _("%(day)s に出す「%(name)s」の当番です。まだ確認に出ている号がありません。") % values
    ]
    if duty.note:
        before.append(_("メモ：%(note)s") % {"note": duty.note})
    address = (
        reverse("newsletters:desk-issue", args=[duty.issue.public_id])
        if duty.issue is not None
        else f"{reverse('newsletters:desk-issue-create')}?duty={duty.public_id}"
    )
    send_message(
        kind=REMINDER,
        about=duty,
        subject=str(KINDS[REMINDER]),
        to=duty.editor.email,
        text="members/emails/letter.txt",
        html="members/emails/letter.html",
        name=duty.editor.name,
        before=before,
        link=absolute(address),
        link_words=_("号を書く"),
        after=[_("都合がつかないときは、「当番」のページで、ほかの人と入れかわってください。")],
    )
