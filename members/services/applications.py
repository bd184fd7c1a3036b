"""An application to join: written, confirmed by mail, asked about, decided. Each step goes through `_move`."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from members import mails, permissions
from members.duplicates import find_namesakes
from members.models import (
    Application,
    ApplicationQuestion,
    ApplicationState,
    Charter,
    CharterConsent,
    JoiningRules,
    MembershipRole,
    Organization,
)
from members.services.memberships import invite_to_organization
from members.workflow import ApplicationWay, way_to
from platform_portal.access.checks import Refused, check_has
from platform_portal.audit import services as audit
from platform_portal.mail.services import cancel_mails_about
from platform_portal.page_cache import forget_public_pages

ORGANIZATION_FIELDS = ("name", "kind", "sector", "joined_on")


class CharterChangedError(Exception):
    """The charter in force is not the one that the applicant read."""


# --- The applicant ------------------------------------------------------------------------------
@transaction.atomic
def submit_application(
    *,
    form_id: uuid.UUID,
    values: Mapping[str, Any],
    criteria: list[dict[str, Any]],
    charter_hash: str,
) -> Application:
    """Keeps what was written and mails the link that confirms it.

    The same form sent twice makes one application. Sent again with other words before it was confirmed (a slip in
    the mail address), it replaces the first. Raises Refused, CharterChangedError, ValidationError.
    """
    if not JoiningRules.load().is_open:
        raise Refused(_("いまは、入会の申込を受け付けていません。"))
    charter = Charter.objects.in_force()
    if charter is None or charter.text_hash != charter_hash:
        raise CharterChangedError
    written = dict(values) | {"criteria": criteria}
    known = Application.objects.select_for_update().filter(form_id=form_id).first()
    if known is None:
        known = _first_of_form(Application(form_id=form_id, **written))
        if known is None:
            return Application.objects.get(form_id=form_id)
        audit.record(type="members.application_written", by=None, obj=known)
    elif known.state != ApplicationState.UNCONFIRMED or _says(known, written):
        return known
    else:
        for name, value in written.items():
            setattr(known, name, value)
        known.link_version += 1
        known.created_at = timezone.now()
        known.full_clean()
        known.save()
        CharterConsent.objects.filter(application=known).delete()
        cancel_mails_about(known)
        audit.record(type="members.application_rewritten", by=None, obj=known)
    CharterConsent.objects.create(
        charter=charter, application=known, text_hash=charter_hash, person_name=known.contact_name
    )
    mails.send_application_confirm(known)
    return known


def _first_of_form(application: Application) -> Application | None:
    """None when the same form arrived a moment before, by a second press of the button."""
    application.full_clean(exclude=["form_id"])
    try:
        with transaction.atomic():
            application.save()
    except IntegrityError:
        if not Application.objects.filter(form_id=application.form_id).exists():
            raise
        return None
    return application


def _says(application: Application, written: Mapping[str, Any]) -> bool:
    return all(getattr(application, name) == value for name, value in written.items())


@transaction.atomic
def confirm_application(*, application: Application) -> Application:
    """The mail address is right and the person means it: staff may see it now. Raises Refused."""
    locked = _lock(application)
    if locked.state != ApplicationState.UNCONFIRMED:
        raise Refused(_("この申込は、もう確定されています。"))
    way = way_to(locked, ApplicationState.SUBMITTED)
    locked.confirmed_at = timezone.now()
    same = Application.objects.filter(
        state=ApplicationState.UNCONFIRMED,
        contact_email=locked.contact_email,
        organization_name=locked.organization_name,
    )
    # Written twice by one person: the mail of the other would make a second application of it.
    _erase(same.exclude(pk=locked.pk), note=_("同じ人の同じ団体の申込が確定された"))
    return _move(locked, ApplicationState.SUBMITTED, way, by=None)


@transaction.atomic
def answer_questions(*, application: Application, values: Mapping[str, Any], answer: str) -> Application:
    """Sends the application back to staff, with the answer and what was corrected. Raises Refused, ValidationError."""
    locked, way = _locked(application, ApplicationState.SUBMITTED)
    if locked.state != ApplicationState.RETURNED:
        raise Refused(_("いま、答えていただく質問はありません。"))
    for name, value in values.items():
        setattr(locked, name, value)
    locked.full_clean()
    locked.questions.filter(answered_at=None).update(answer=answer, answered_at=timezone.now())
    return _move(locked, ApplicationState.SUBMITTED, way, by=None)


@transaction.atomic
def withdraw_application(*, application: Application) -> Application:
    """By the applicant. Raises Refused."""
    locked, way = _locked(application, ApplicationState.WITHDRAWN)
    return _move(locked, ApplicationState.WITHDRAWN, way, by=None)


# --- Staff --------------------------------------------------------------------------------------
@transaction.atomic
def return_application(*, application: Application, questions: str, by: Any) -> Application:
    """Raises Refused."""
    locked, way = _locked(application, ApplicationState.RETURNED, by)
    _check_is_said(questions, _("質問を書いてください。"))
    ApplicationQuestion.objects.create(application=locked, text=questions.strip(), asked_by=by)
    return _move(locked, ApplicationState.RETURNED, way, by=by)


@transaction.atomic
def refuse_application(*, application: Application, reason: str, by: Any) -> Application:
    """Raises Refused."""
    locked, way = _locked(application, ApplicationState.REFUSED, by)
    _check_is_said(reason, _("断る理由を書いてください。"))
    locked.reason = reason.strip()
    locked.decided_at, locked.decided_by = timezone.now(), by
    return _move(locked, ApplicationState.REFUSED, way, by=by)


@transaction.atomic
def approve_application(
    *, application: Application, joined_on: dt.date, by: Any, kind: str = "", is_another_body: bool = False
) -> Application:
    """Makes the organisation and invites the contact as its manager. Raises Refused, ValidationError.

    `is_another_body`: `by` has made sure that a member of the same name is not the same body.
    """
    locked, way = _locked(application, ApplicationState.APPROVED, by)
    if not is_another_body:
        _check_has_no_namesake(locked)
    organization = _organization_of(locked, joined_on, kind or locked.kind)
    audit.record(
        type="members.organization_joined",
        by=by,
        obj=organization,
        new=audit.snapshot(organization, ORGANIZATION_FIELDS),
    )
    CharterConsent.objects.filter(application=locked).update(organization=organization)
    locked.organization = organization
    locked.decided_at, locked.decided_by = timezone.now(), by
    _move(locked, ApplicationState.APPROVED, way, by=by)
    invite_to_organization(
        organization=organization,
        email=locked.contact_email,
        name=locked.contact_name,
        role=MembershipRole.MANAGER,
        by=by,
    )
    transaction.on_commit(forget_public_pages)
    return locked


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one application of a batch; `against` is empty when it was approved."""

    application: Application
    against: str


def approve_applications(
    *, applications: Iterable[Application], joined_on: dt.date, by: Any
) -> list[Outcome]:
    """Approves each wholly or not at all; one that cannot be approved does not stop the others.

    One with the name of a member is left: whether it is another body is looked at one by one.
    """
    permissions.check_can_decide_applications(by)
    outcomes = []
    for application in applications:
        try:
            approved = approve_application(application=application, joined_on=joined_on, by=by)
        except Refused as refused:
            outcomes.append(Outcome(application, refused.reason))
        except ValidationError as error:
            outcomes.append(Outcome(application, " ".join(error.messages)))
        else:
            outcomes.append(Outcome(approved, ""))
    return outcomes


@transaction.atomic
def note_on_application(*, application: Application, note: str, by: Any) -> Application:
    """A remark among staff. The record says that it changed, not what it says: it may speak of people."""
    permissions.check_can_decide_applications(by)
    locked = Application.objects.confirmed().select_for_update().get(pk=application.pk)
    if locked.staff_note != note.strip():
        locked.staff_note = note.strip()
        locked.full_clean()
        locked.save(update_fields=["staff_note", "updated_at"])
        audit.record(type="members.application_noted", by=by, obj=locked)
    return locked


# --- The portal itself --------------------------------------------------------------------------
@transaction.atomic
def erase_unconfirmed() -> int:
    """Erases what nobody confirmed in time, consent and waiting mails included; returns how many."""
    return _erase(Application.objects.expired())


def _erase(rows: models.QuerySet[Application], note: str = "") -> int:
    erased = list(rows.select_for_update(skip_locked=True, of=("self",)))
    for application in erased:
        cancel_mails_about(application)
        audit.record(type="members.application_erased", by=None, obj=application, note=note)
        application.delete()
    return len(erased)


def _lock(application: Application) -> Application:
    rows = Application.objects.select_for_update(of=("self",)).select_related("decided_by")
    return rows.get(pk=application.pk)


def _locked(
    application: Application, to: ApplicationState, by: Any = None
) -> tuple[Application, ApplicationWay]:
    """The row, locked, and the way it may go. `by` is None for the applicant, who holds the link."""
    locked = _lock(application)
    if by is not None:
        permissions.check_can_decide_applications(by)
    way = way_to(locked, to, by)
    if way.permission is not None:
        check_has(by, way.permission)
    return locked, way


def _move(application: Application, to: ApplicationState, way: ApplicationWay, *, by: Any) -> Application:
    before = application.state
    application.state = to
    application.save()
    audit.record(
        type=f"members.application_{way.verb}",
        by=by,
        obj=application,
        old={"state": before},
        new={"state": to.value},
    )
    if way.mail is not None:
        way.mail(application)
    return application


def _organization_of(application: Application, joined_on: dt.date, kind: str) -> Organization:
    organization = Organization(
        name=application.organization_name,
        kana=application.organization_kana,
        kind=kind,
        sector=application.sector,
        corporate_number=application.corporate_number,
        municipality=application.municipality,
        address=application.address,
        website=application.website,
        profile=application.activity,
        is_listed=application.is_listed,
        office_phone=application.contact_phone,
        office_email=application.contact_email,
        joined_on=joined_on,
    )
    organization.full_clean()
    organization.save()
    return organization


def _check_has_no_namesake(application: Application) -> None:
    namesake = find_namesakes([application]).get(application.pk)
    if namesake is not None:
        raise Refused(
            _(
                "同じ名前の会員団体「%(name)s」があります。申込を開いて、別の団体であることを確かめてから、1件ずつ認めてください。"
            )
            % {"name": namesake.name}
        )


def _check_is_said(text: str, otherwise: str) -> None:
    if not text.strip():
        raise Refused(otherwise)
