"""Where events make themselves known to the rest of the portal, which does not know them."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.audit_labels import events as labels
from meetings.mails import events as mails
from meetings.models import Event, EventApplication, EventRevision
from meetings.presenting.events import when_of_event
from meetings.services.event_applications import erase_applications
from members import belongings, correspondence, shown, waiting
from members.belongings import Belonging, Belongings
from members.models import Membership, Organization, User
from members.shown import Shown, ShownPart
from members.waiting import Waiting
from platform_portal import desk_jobs, personal_data
from platform_portal.access.checks import has
from platform_portal.access.roles import Permission
from platform_portal.audit import kinds as audit_kinds
from platform_portal.desk_jobs import Job
from platform_portal.mail import kinds
from platform_portal.publishing.states import State

MOST_SHOWN = 5


def register_events() -> None:
    """Called once, when the app is ready."""
    audit_kinds.register(labels.LABELS)
    kinds.register(mails.KINDS)
    words = gettext_lazy("催しへの申込を消します。空いた席は、キャンセル待ちの人にまわります。")
    personal_data.handle(
        EventApplication._meta.label_lower, personal_data.Handling(words, erase_applications)
    )
    belongings.register(belonging_events)
    correspondence.register(written_about)
    waiting.register(changes_wait)
    shown.register(coming_events)
    desk_jobs.register(event_jobs)


def belonging_events(organization: Organization) -> Belongings:
    """For its page on the desk: those that are not over."""
    rows = Event.objects.filter(organization=organization).exclude(state=State.ARCHIVED).coming()
    return Belongings(
        _("催し"),
        [
            Belonging(
                event.title,
                _("中止") if event.is_cancelled else str(event.get_state_display()),
                reverse("meetings:desk-event", args=[event.public_id]),
            )
            for event in rows
        ],
        left=_("退会した団体の催しです。公開を止めるか、中止にしてください。"),
    )


def written_about(organization: Organization) -> "QuerySet[Event]":
    """Events about which its people get mails."""
    rows: QuerySet[Event] = Event.objects.filter(organization=organization)
    return rows


def changes_wait(user: User, memberships: Sequence[Membership]) -> Iterable[Waiting]:
    """Changes of published events that came back. One query."""
    writing = [membership.organization_id for membership in memberships if membership.may_edit]
    if writing:
        count = EventRevision.objects.filter(event__organization__in=writing).returned_to(user).count()
        hint = _("理由を読んで、直してからもう一度申し出てください。")
        yield Waiting(_("差し戻された、催しの変更"), hint, count, reverse("meetings:my-event-list"))


def coming_events(organization: Organization) -> ShownPart:
    """For its public page. One query."""
    rows = Event.objects.published().filter(organization=organization, cancelled_at=None).coming()
    return ShownPart(
        _("この団体の催し"),
        [
            Shown(event.title, when_of_event(event), reverse("meetings:event-detail", args=[event.public_id]))
            for event in rows[:MOST_SHOWN]
        ],
        (_("ほかの催しを見る"), reverse("meetings:event-list")),
    )


def event_jobs(user: Any) -> Iterable[Job]:
    """For the desk's first page: what `user` may publish or approve. Two queries."""
    if not has(user, Permission.APPROVE_EVENTS):
        return
    at = reverse("meetings:desk-event-list")
    asked = Event.objects.waiting_for_review().exclude(author=user).exclude(submitted_by=user).count()
    hint = _("会員団体か同僚が書いた催しです。確かめてから公開します。")
    yield Job(_("確認を待っている催し"), hint, asked, at)
    changed = EventRevision.objects.pending().exclude(proposed_by=user).count()
    hint = _("公開中の催しを直したいという申し出です。")
    yield Job(_("確認を待っている催しの変更"), hint, changed, at)
