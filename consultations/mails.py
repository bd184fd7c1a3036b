"""Mails about windows: one function per message. Subjects are constant and name no window."""

from django.urls import reverse
from django.utils.translation import gettext_lazy

from consultations.models import WindowRevision
from members.mails import absolute, send_message

REVISION_APPROVED = "consultations.revision_approved"
REVISION_RETURNED = "consultations.revision_returned"
KINDS = {
    REVISION_APPROVED: gettext_lazy("申し出の変更を公開しました"),
    REVISION_RETURNED: gettext_lazy("申し出の変更に、直してほしいところがあります"),
}


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
