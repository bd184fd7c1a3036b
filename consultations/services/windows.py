"""Writing, moving and verifying one window."""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from consultations import mails, permissions
from consultations.indexing import refresh_derived
from consultations.models import (
    Channel,
    ConsultationWindow,
    Fallback,
    VerificationSource,
    WindowException,
)
from consultations.services.content import (
    MEMBER_FIELDS,
    WindowContent,
    describe_content,
    touches_what_was_verified,
)
from consultations.services.overtaking import overtake_where_changed
from consultations.services.rounds import close_round, reopen_round
from consultations.workflow import WINDOW_WAYS
from members.models import Membership, User
from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit
from platform_portal.audit.models import AuditEvent
from platform_portal.page_cache import forget_public_pages
from platform_portal.publishing.services import transition
from platform_portal.publishing.states import State


class ChangedMeanwhile(Refused):
    """Somebody else saved the same window after this person opened the form."""


class NeedsReview(Refused):
    """The change must not go live before a second person has looked at it. `before`, `after`: the whole content."""

    def __init__(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        super().__init__(_("この変更は、ほかの人が確かめてから公開します。"))
        self.before = before
        self.after = after


@transaction.atomic
def save_window(
    *,
    window: ConsultationWindow,
    content: WindowContent,
    by: Any,
    version: dt.datetime | None = None,
    as_member: bool = False,
) -> ConsultationWindow:
    """Creates or changes a window with all its parts, keeps what is derived from them, and audits.

    `version`: the `updated_at` that the person saw; None when nobody looked. `as_member`: for the window's
    organisation, whatever role the person has besides.
    Raises Refused, ChangedMeanwhile, NeedsReview, ValidationError (from `full_clean`), IntegrityError; then nothing
    was changed.
    """
    is_new = window._state.adding
    window = window if is_new else lock_window(window)
    check_may_write(by, window, content, as_member=as_member)
    check_is_as_seen(window, version)
    before, after = write_content(window=window, content=content, by=by, author=by)
    if needs_review(window, before, after, as_member=as_member):
        raise NeedsReview(before, after)
    return window


def needs_review(
    window: ConsultationWindow, before: Mapping[str, Any], after: Mapping[str, Any], *, as_member: bool
) -> bool:
    """The rule: of a published window, members change nothing alone, and nobody changes what was verified alone."""
    if not window.is_published:
        return False
    return (as_member and before != after) or touches_what_was_verified(before, after)


def check_may_write(by: Any, window: ConsultationWindow, content: WindowContent, *, as_member: bool) -> None:
    if not as_member:
        permissions.check_can_edit_window(by, None if window._state.adding else window)
        return
    permissions.check_can_edit_own_window(by, window)
    if not content.names <= MEMBER_FIELDS:
        raise Refused(_("この項目は、事務局だけが変えられます。"))


def check_is_as_seen(window: ConsultationWindow, version: dt.datetime | None) -> None:
    if version is not None and not window._state.adding and window.updated_at != version:
        raise ChangedMeanwhile(_("画面を開いてから、ほかの人がこの窓口を変えました。"))


def write_content(
    *,
    window: ConsultationWindow,
    content: WindowContent,
    by: Any,
    author: Any,
    type_: str = "",
    note: str = "",
    verified_by: Any = None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The one path into the tables, for live edits and approved changes. Asks nobody; call it inside a transaction.

    `window` is new or locked. `author` wrote it, `by` makes it so. `verified_by`: has checked it today, so that
    nobody asks the operator any more. Returns the content before and after.
    """
    is_new = window._state.adding
    before = {} if is_new else describe_content(window)
    for name, value in content.values.items():
        setattr(window, name, value)
    _keep_verifier(window, before, by)
    if verified_by is not None:
        window.set_verification(on=timezone.localdate(), by=verified_by, source=VerificationSource.STAFF)
    window.full_clean(exclude=["verification_due_on", "search_vector"])
    window.author = author
    window.save()
    _save_parts(window, content)
    after = describe_content(window)
    old, new = audit.difference(before, after)
    if not is_new and _loses_verification(window, before, after):
        window.save(update_fields=[*window.set_verification(on=None), "updated_at"])
        old["verified_on"], new["verified_on"] = before["verified_on"], None
    refresh_derived(window)
    if is_new or new or type_:
        type_ = type_ or f"consultations.window_{'created' if is_new else 'changed'}"
        audit.record(type=type_, by=by, obj=window, old=old, new=new, note=note)
        transaction.on_commit(forget_public_pages)
        overtake_where_changed([window])
    if verified_by is not None:
        _end_round_of_verified(window, source=VerificationSource.STAFF, by=verified_by)
    return before, after


@contextmanager
def as_if_saved(
    *, window: ConsultationWindow, content: WindowContent, by: Any
) -> Iterator[ConsultationWindow]:
    """The window as the public page would be drawn from it; at the end all of it is taken back.

    Raises Refused and ValidationError as saving would.
    """
    with transaction.atomic():
        try:
            changed = ConsultationWindow() if window._state.adding else lock_window(window)
            if window._state.adding:
                changed.organization = window.organization
            write_content(window=changed, content=content, by=by, author=by)
            yield ConsultationWindow.objects.for_detail().get(pk=changed.pk)
        finally:
            transaction.set_rollback(True)


def lock_window(window: ConsultationWindow) -> ConsultationWindow:
    locked: ConsultationWindow = ConsultationWindow.objects.select_for_update(of=("self",)).get(pk=window.pk)
    return locked


def _keep_verifier(window: ConsultationWindow, before: Mapping[str, Any], by: Any) -> None:
    """A date that did not change keeps its person; a new one is the word of whoever wrote it."""
    if window.verified_on is None:
        window.set_verification(on=None)
    elif before.get("verified_on") != window.verified_on.isoformat():
        window.set_verification(on=window.verified_on, by=by, source=VerificationSource.STAFF)


def _loses_verification(
    window: ConsultationWindow, before: Mapping[str, Any], after: Mapping[str, Any]
) -> bool:
    """A critical change makes an earlier verification worthless, unless this very change renews it."""
    if window.verified_on is None or before.get("verified_on") != after["verified_on"]:
        return False
    return window.verified_on != timezone.localdate() and touches_what_was_verified(before, after)


def _save_parts(window: ConsultationWindow, content: WindowContent) -> None:
    if content.categories is not None:
        window.categories.set(content.categories)
    if content.municipalities is not None:
        window.municipalities.set(content.municipalities)
    if content.channels is not None:
        window.channels.all().delete()
        for position, values in enumerate(content.channels):
            channel = Channel(window=window, position=position, **values)
            channel.full_clean(exclude=["window"])
            channel.save()
    if content.exceptions is not None:
        window.exceptions.all().delete()
        WindowException.objects.bulk_create(
            WindowException(window=window, on=on, spans=spans, reason=reason)
            for on, spans, reason in content.exceptions
        )
    if content.fallbacks is not None:
        window.fallback_links.all().delete()
        Fallback.objects.bulk_create(
            Fallback(window=window, target=target, position=position)
            for position, target in enumerate(content.fallbacks)
        )


def move_window(
    *,
    window: ConsultationWindow,
    to: State,
    by: Any,
    reason: str = "",
    version: dt.datetime | None = None,
    is_checked: bool = False,
) -> ConsultationWindow:
    """One step in the workflow. `version`: the `updated_at` of the words that the person read; None when nobody looked.

    `is_checked`: whoever publishes has called the number and opened the pages; that day becomes the day of verification.
    Raises Refused, ChangedMeanwhile; then nothing was changed.
    """
    with transaction.atomic():
        if version is not None:
            check_is_as_seen(lock_window(window), version)
        if to in {State.IN_REVIEW, State.PUBLISHED}:
            check_is_complete(window)
        before = lock_window(window)
        if to == State.PUBLISHED and (State(before.state), to) in WINDOW_WAYS:
            permissions.check_can_move_window(by, before, to)
            _vouch(before, by=by, is_checked=is_checked)
        moved = transition(obj=window, to=to, ways=WINDOW_WAYS, by=by, reason=reason)
        if before.state == State.IN_REVIEW:
            _answer_members(before, is_published=to == State.PUBLISHED, by=by, reason=reason.strip())
        transaction.on_commit(forget_public_pages)
    return moved


def _vouch(window: ConsultationWindow, *, by: Any, is_checked: bool) -> None:
    """Nothing is shown to residents that only its author has seen to be true. What the author claims is no second look."""
    if not is_checked:
        raise Refused(
            _(
                "番号・リンク・受付時間・住所が、住民の画面に出ます。実際に確かめて、印をつけてから認めてください。"
            )
        )
    record_verification(window, on=timezone.localdate(), source=VerificationSource.STAFF, by=by)


def _answer_members(asked: ConsultationWindow, *, is_published: bool, by: Any, reason: str) -> None:
    """Tells the member that waits for a review. Silent about windows that only the office has to do with.

    `asked`: as it was when it waited: going back to a draft forgets who had asked.
    """
    if asked.organization_id is None:
        return
    waiting = {asked.submitted_by_id}
    if asked.published_at is None:
        waiting.add(asked.author_id)  # the office may have handed in what a member wrote
    acting = Membership.objects.current().filter(
        organization=asked.organization_id, user__in=waiting - {by.pk, None}, user__is_active=True
    )
    people = [each.user for each in acting.for_list()]
    if not people and asked.submitted_by is not None and not asked.submitted_by.is_desk_user:
        # Whoever asked has gone since.
        contacts = Membership.objects.contacts().filter(organization=asked.organization_id)
        people = [each.user for each in contacts.for_list()]
    mails.send_window_reviewed(asked, people, is_published=is_published, reason=reason)


def check_is_complete(window: ConsultationWindow) -> None:
    """What residents need at the very least. Uses prefetched parts when there are any."""
    if not window.channels.all():
        raise Refused(_("連絡手段が1つもありません。電話番号などを書いてから、もう一度お試しください。"))
    if not window.categories.all():
        raise Refused(_("分野が選ばれていません。分野を1つ以上選んでください。"))


@transaction.atomic
def verify_window(*, window: ConsultationWindow, by: Any, on: dt.date | None = None) -> ConsultationWindow:
    """Records that somebody made sure the window's entry is true. Doing it twice a day changes nothing."""
    locked = lock_window(window)
    permissions.check_can_verify_window(by, locked)
    today = on or timezone.localdate()
    if locked.verified_on == today:
        return locked
    record_verification(locked, on=today, source=VerificationSource.STAFF, by=by)
    return locked


def record_verification(
    window: ConsultationWindow,
    *,
    on: dt.date,
    source: str,
    by: Any,
    outcome: str | None = None,
    note: str = "",
) -> None:
    """For services that hold the window's lock: writes who verified it and ends the round of asking.

    `by`: None for a mailed link, whose person is not known.
    """
    _set_verification(window, "consultations.window_verified", on=on, who=by, source=source, by=by, note=note)
    _end_round_of_verified(window, source=source, by=by, outcome=outcome)


def _end_round_of_verified(
    window: ConsultationWindow, *, source: str, by: Any, outcome: str | None = None
) -> None:
    """Unless the day of verification lies so far back that the window is due all the same."""
    window.refresh_from_db(fields=["verification_due_on"])
    if not window.is_due:
        close_round(window=window, ending=source, by=by, outcome=outcome)


@transaction.atomic
def take_back_verification(*, window: ConsultationWindow, by: Any) -> ConsultationWindow:
    """Undoes one's own `verify_window`: who had verified before, and when, stands there again."""
    locked = lock_window(window)
    permissions.check_can_take_back_verification(by, locked)
    event = AuditEvent.objects.about(locked)[0]
    before = event.old
    on = before["verified_on"] and dt.date.fromisoformat(before["verified_on"])
    _set_verification(
        locked,
        "consultations.window_unverified",
        on=on,
        who=User.objects.filter(pk=before["verified_by"]).first(),
        # Events of old do not name it: then everything was the word of staff.
        source=before.get("verification_source", VerificationSource.STAFF),
        by=by,
    )
    reopen_round(window=locked, closed_since=event.at)
    return locked


def _set_verification(
    window: ConsultationWindow,
    type_: str,
    *,
    on: dt.date | None,
    who: Any,
    source: str,
    by: Any,
    note: str = "",
) -> None:
    """The event always names both persons and sources: taking back needs the former ones."""
    old = _verification_of(window)
    window.save(update_fields=window.set_verification(on=on, by=who, source=source))
    audit.record(type=type_, by=by, obj=window, old=old, new=_verification_of(window), note=note)
    transaction.on_commit(forget_public_pages)


def _verification_of(window: ConsultationWindow) -> dict[str, Any]:
    return {
        "verified_on": window.verified_on,
        "verified_by": window.verified_by_id,
        "verification_source": window.verification_source,
    }
