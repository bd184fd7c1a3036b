"""Mails about confirming one's own words: one function per message, stored in the transaction of what it speaks of.

Subjects are constant and name no meeting. No mail quotes a draft: its words are behind the link alone.
"""

import datetime as dt
from collections.abc import Iterator, Sequence

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.confirmation_links import last_day_of, make_link_token
from meetings.models import ConfirmationRequest, ProposalState, ProposedChange
from members.mails import absolute, send_message
from members.models import Membership
from platform_portal.japanese.calendar import format_wareki

REQUEST = "meetings.confirmation_request"
REMINDER = "meetings.confirmation_reminder"
DECISION = "meetings.confirmation_decision"
KINDS = {
    REQUEST: gettext_lazy("発言の確認のお願い"),
    REMINDER: gettext_lazy("発言の確認の期限が近づいています"),
    DECISION: gettext_lazy("修正案への返事"),
}


def send_request(request: ConfirmationRequest, recipients: Sequence[Membership]) -> None:
    round = request.round
    before = [
        _("「%(meeting)s」の議事録ができました。「%(label)s」の発言が正しいかを確かめてください。")
        % {"meeting": round.minutes.meeting.title, "label": request.label},
        _(
            "次のページを開いて、このままでよいか、直したいところがあるかを返事してください。サインインはいりません。"
        ),
    ]
    _send(request, recipients, REQUEST, before, quote=round.message)


def send_reminder(request: ConfirmationRequest, recipients: Sequence[Membership]) -> None:
    before = [
        _("「%(meeting)s」での「%(label)s」の発言の確認を、まだいただいていません。")
        % {"meeting": request.round.minutes.meeting.title, "label": request.label},
        _("期限までに返事がないときは、返事がなかったと記録して、いまの文のまま進めます。"),
    ]
    _send(request, recipients, REMINDER, before)


def send_decision(change: ProposedChange, recipients: Sequence[Membership]) -> None:
    """What became of a proposal, to whoever was asked."""
    request = change.request
    is_accepted = change.state == ProposalState.ACCEPTED
    meeting = change.utterance.minutes.meeting.title
    before = [
        _("「%(meeting)s」の議事録への修正案を取り入れました。") % {"meeting": meeting}
        if is_accepted
        else _("「%(meeting)s」の議事録への修正案は、取り入れませんでした。") % {"meeting": meeting}
    ]
    _send(request, recipients, DECISION, before, quote=change.decision_note, with_due_date=False)


def _send(
    request: ConfirmationRequest,
    recipients: Sequence[Membership],
    kind: str,
    before: list[str],
    *,
    quote: str = "",
    with_due_date: bool = True,
) -> None:
    last_day = last_day_of(request)
    after = [
        _("このページは %(day)s まで見られます。あなたに送ったものなので、ほかの人には渡さないでください。")
        % {"day": format_wareki(last_day)}
    ]
    if with_due_date:
        due_on = format_wareki(request.round.due_on)
        after.insert(0, _("返事の期限は %(day)s です。それまでは、何度でも答え直せます。") % {"day": due_on})
    for name, address, token in _addressees(request, recipients):
        send_message(
            kind=kind,
            about=request,
            dead_after=timezone.make_aware(dt.datetime.combine(last_day + dt.timedelta(days=1), dt.time())),
            subject=str(KINDS[kind]),
            to=address,
            text="members/emails/letter.txt",
            html="members/emails/letter.html",
            name=name,
            is_title=bool(request.email),  # a label: 〇〇会長 様
            before=before,
            quote=quote,
            link=absolute(reverse("meetings:confirm-utterances", args=[token])),
            link_words=_("発言を確かめるページを開く"),
            after=after,
        )


def _addressees(
    request: ConfirmationRequest, recipients: Sequence[Membership]
) -> Iterator[tuple[str, str, str]]:
    """(name, address, token): each contact with a link of their own."""
    if request.email:
        yield request.label, request.email, make_link_token(request)
        return
    for membership in recipients:
        yield membership.user.name, membership.user.email, make_link_token(request, membership)
