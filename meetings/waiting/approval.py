"""What waits about confirmation and approval: on the desk's first page, and on that of those who spoke."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.confirmation_links import make_link_token
from meetings.models import (
    ConfirmationAnswer,
    ConfirmationRequest,
    Correction,
    CorrectionState,
    Minutes,
    MinutesPdf,
    ProposalState,
    ProposedChange,
)
from members.models import Membership, Organization, User
from members.waiting import Waiting
from platform_portal.access.checks import has
from platform_portal.access.roles import Permission
from platform_portal.desk_jobs import Job
from platform_portal.publishing.states import State


def approval_jobs(user: Any) -> Iterable[Job]:
    """At most four queries. Each leads to the one that waits longest."""
    if has(user, Permission.APPROVE_MINUTES):
        minutes = Minutes.objects.filter(state=State.IN_REVIEW).exclude(author=user)
        rows = minutes.exclude(submitted_by=user).order_by("submitted_at", "pk")
        waiting = list(rows.values_list("meeting__public_id", flat=True))
        hint = _("ほかの人が書いた議事録です。読んで、公開を認めるか、下書きに戻します。")
        yield _job(_("確認を頼まれている議事録"), hint, waiting, "desk-publication")
        found = Correction.objects.filter(state=CorrectionState.PROPOSED).exclude(proposed_by=user)
        corrections = found.order_by("proposed_at", "pk").values_list(
            "utterance__minutes__meeting__public_id", flat=True
        )
        hint = _("公開した議事録の訂正です。読んで、認めるか差し戻します。")
        yield _job(_("確認を頼まれている訂正"), hint, list(corrections), "desk-corrections")
    if has(user, Permission.EDIT_MEETINGS):
        changes = ProposedChange.objects.filter(state=ProposalState.PENDING).order_by("proposed_at", "pk")
        keys = changes.values_list("utterance__minutes__meeting__public_id", flat=True)
        hint = _("発言した人からの修正案です。取り入れるかどうかを決めます。")
        yield _job(_("発言者からの修正案"), hint, list(keys), "desk-confirmation")
        missing = MinutesPdf.objects.missing().order_by("asked_at", "pk")
        meetings = list(missing.values_list("minutes__meeting__public_id", flat=True))
        hint = _("公開した議事録のPDFです。わけを読んで、もう一度つくるか、文字を訂正します。")
        yield _job(_("作れなかったPDF"), hint, meetings, "desk-publication")


def _job(words: str, hint: str, meetings: list[str], page: str) -> Job:
    address = reverse(f"meetings:{page}", args=[meetings[0]]) if meetings else ""
    return Job(words, hint, len(meetings), address or reverse("meetings:desk-meeting-list"))


def confirmations_wait(user: User, memberships: Sequence[Membership]) -> Iterable[Waiting]:
    """For contacts of an organisation, who were sent the same by mail. One query."""
    contact_for = {each.organization_id: each for each in memberships if each.is_contact}
    if not contact_for:
        return
    rows = ConfirmationRequest.objects.filter(
        organization__in=contact_for,
        email="",
        answer=ConfirmationAnswer.WAITING,
        round__closed_at=None,
        round__due_on__gte=timezone.localdate(),
    )
    waiting = list(rows.order_by("round__due_on", "pk"))
    if not waiting:
        return
    first = waiting[0]
    token = make_link_token(first, contact_for[first.organization_id or 0])
    hint = _("会議での発言が議事録に正しく書かれているか、期限までに確かめます。")
    address = reverse("meetings:confirm-utterances", args=[token])
    yield Waiting(_("発言の確認を頼まれています"), hint, len(waiting), address)


def asked_of(organization: Organization) -> "QuerySet[ConfirmationRequest]":
    """What its people get mails about."""
    return ConfirmationRequest.objects.filter(organization=organization)
