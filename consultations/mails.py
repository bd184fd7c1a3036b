"""Mails about windows: one function per message, stored in the transaction of what it speaks of.

Subjects are constant and name no window.
"""

import datetime as dt
from collections.abc import Sequence

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.models import ConsultationWindow, VerificationRules, WindowRevision
from consultations.presenting.checking import facts_to_check
from consultations.verification_links import DAYS_VALID, make_link_token
from members.mails import absolute, send_message
from members.models import Membership, Organization, User
from platform_portal.access.roles import Role
from platform_portal.region.models import PortalSettings

REVISION_APPROVED = "consultations.revision_approved"
REVISION_RETURNED = "consultations.revision_returned"
WINDOW_PUBLISHED = "consultations.window_published"
WINDOW_RETURNED = "consultations.window_returned"
VERIFICATION = "consultations.verification"
STOPPED_NOTICE = "consultations.stopped_notice"
KINDS = {
    REVISION_APPROVED: gettext_lazy("申し出の変更を公開しました"),
    REVISION_RETURNED: gettext_lazy("申し出の変更に、直してほしいところがあります"),
    WINDOW_PUBLISHED: gettext_lazy("新しい窓口を公開しました"),
    WINDOW_RETURNED: gettext_lazy("新しい窓口に、直してほしいところがあります"),
    VERIFICATION: gettext_lazy("窓口の内容の確認のお願い"),
    STOPPED_NOTICE: gettext_lazy("窓口の公開を自動で止めた知らせ"),
}
MOST_LISTED = 30  # of windows in one mail; the page behind the link shows all


def send_verification(
    organization: Organization,
    contacts: Sequence[Membership],
    asked: Sequence[ConsultationWindow],
    stopped: Sequence[ConsultationWindow],
    rules: VerificationRules,
) -> None:
    """Everything there is to say to an organisation today, to each contact with a link of their own."""
    facts = [facts_to_check(window) for window in asked[:MOST_LISTED]]
    for contact in contacts:
        token = make_link_token(contact)
        dead_after = timezone.now() + dt.timedelta(days=DAYS_VALID)
        send_message(
            kind=VERIFICATION,
            about=organization,
            dead_after=dead_after,
            # The graver of the two when there is both; the mail says everything.
            subject=_("窓口の公開を止めました") if stopped else _("窓口の内容を確かめてください"),
            to=contact.user.email,
            text="consultations/emails/verification.txt",
            html="consultations/emails/verification.html",
            name=contact.user.name,
            organization=organization.name,
            facts=facts,
            more=len(asked) - len(facts),
            asked=len(asked),
            stopped=[window.name for window in stopped],
            rules=rules,
            link=absolute(reverse("consultations:confirm", args=[token])),
            expires_at=dead_after,
        )


def send_windows_stopped(windows: Sequence[ConsultationWindow]) -> None:
    """To the secretariat: what the portal took down by itself."""
    for name, address in _secretariat():
        send_message(
            kind=STOPPED_NOTICE,
            about=windows[0],
            subject=_("確認の取れない窓口の公開を止めました"),
            to=address,
            text="consultations/emails/windows_stopped.txt",
            html="consultations/emails/windows_stopped.html",
            name=name,
            names=[window.name for window in windows[:MOST_LISTED]],
            more=max(0, len(windows) - MOST_LISTED),
            count=len(windows),
            link=absolute(reverse("desk:call-list") + "?show=stopped"),
        )


def _secretariat() -> list[tuple[str, str]]:
    """(name, address): the office's own box, or else everybody who works there."""
    portal = PortalSettings.load()
    if portal.secretariat_email:
        return [(portal.secretariat_name, portal.secretariat_email)]
    people = User.objects.filter(is_active=True, role__in=[Role.SECRETARIAT, Role.ADMINISTRATOR])
    return list(people.order_by("pk").values_list("name", "email"))


# --- Changes that members proposed --------------------------------------------------------------
def send_revision_approved(revision: WindowRevision) -> None:
    """To whoever proposed the change, inside the transaction that made it live."""
    _send(
        revision,
        REVISION_APPROVED,
        text="consultations/emails/revision_approved.txt",
        html="consultations/emails/revision_approved.html",
    )


def send_revision_returned(revision: WindowRevision) -> None:
    """To whoever proposed the change, with the reason."""
    _send(
        revision,
        REVISION_RETURNED,
        text="consultations/emails/revision_returned.txt",
        html="consultations/emails/revision_returned.html",
    )


def _send(revision: WindowRevision, kind: str, *, text: str, html: str) -> None:
    person = revision.proposed_by
    if not person.is_active:
        return
    page = "desk:window-page" if person.is_desk_user else "my:window-page"
    send_message(
        kind=kind,
        about=revision.window,
        subject=str(KINDS[kind]),
        to=person.email,
        text=text,
        html=html,
        name=person.name,
        window=revision.window.name,
        reason=revision.note,
        link=absolute(reverse(page, args=[revision.window.public_id])),
    )


# --- Windows of members that were not public yet --------------------------------------------------
def send_window_reviewed(
    window: ConsultationWindow, people: Sequence[User], *, is_published: bool, reason: str = ""
) -> None:
    """What came of the review: it is public, or it came back with the reason."""
    kind = WINDOW_PUBLISHED if is_published else WINDOW_RETURNED
    for person in people:
        send_message(
            kind=kind,
            about=window,
            subject=str(KINDS[kind]),
            to=person.email,
            text="consultations/emails/window_reviewed.txt",
            html="consultations/emails/window_reviewed.html",
            name=person.name,
            window=window.name,
            is_published=is_published,
            reason=reason,
            link=absolute(reverse("my:window-page", args=[window.public_id])),
        )
