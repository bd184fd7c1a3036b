"""Mails about case studies: to whoever wrote them. Not a word of the text, not even its title, leaves by mail."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.models import CaseStudy
from members.mails import absolute, send_message
from members.models import Membership, User
from platform_portal.publishing.states import State

DECIDED = "meetings.casestudy_decided"
KINDS = {DECIDED: gettext_lazy("ケーススタディの確認の結果")}


def send_case_study_decided(case: CaseStudy, *, to: State, by: Any) -> None:
    """`case`: as it was before, for going back to a draft forgets who had asked. The reason stands on its page."""
    before = {
        State.DRAFT: _(
            "書いていただいたケーススタディを確かめました。直してほしいところがあるので、お返しします。"
        ),
        State.PUBLISHED: _("書いていただいたケーススタディを確かめて、会議の会員が読めるようにしました。"),
        State.SUSPENDED: _("書いていただいたケーススタディを、会員に見せるのを止めました。"),
    }[to]
    after = [] if to == State.PUBLISHED else [_("理由は、ページに書いてあります。")]
    people = {person.pk: person for person in (case.submitted_by, case.author) if person is not None}
    people.pop(by.pk, None)
    for person in people.values():
        if not _writes_for(person, case):
            continue
        name = "meetings:desk-case" if case.organization_id is None else "meetings:my-case"
        send_message(
            kind=DECIDED,
            about=case,
            subject=_("ケーススタディの確認の結果"),
            to=person.email,
            text="members/emails/letter.txt",
            html="members/emails/letter.html",
            name=person.name,
            before=[before],
            link=absolute(reverse(name, args=[case.public_id])),
            link_words=_("ケーススタディのページを開く"),
            after=after,
        )


def _writes_for(person: User, case: CaseStudy) -> bool:
    """Whoever has left the organisation since learns nothing more of it."""
    if case.organization_id is None:
        return person.is_active and person.is_desk_user
    rows = Membership.objects.current().filter(user=person, organization=case.organization_id)
    return person.is_active and rows.exists()
