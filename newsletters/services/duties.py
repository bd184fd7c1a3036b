"""編集の当番: whose turn it is, arranged months ahead, and the mails that remind of it."""

import datetime as dt
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from members.models import User
from newsletters.mails.duties import send_duty_reminder
from newsletters.models import Duty, Issue, IssueState, Newsletter
from newsletters.permissions.newsletters import check_can_plan_duties
from platform_portal.access.checks import Refused, has
from platform_portal.access.roles import PERMISSIONS_OF_ROLE, Permission
from platform_portal.audit import services as audit

logger = logging.getLogger(__name__)

FIELDS = ("newsletter", "due_on", "editor", "note")
DAYS_BEFORE = 7
MOST_MONTHS = 12
# Somebody is at it already.
ON_ITS_WAY = (IssueState.IN_REVIEW, IssueState.APPROVED, IssueState.SCHEDULED)


def editors() -> Any:
    """Who may have a turn."""
    roles = [
        role for role, permissions in PERMISSIONS_OF_ROLE.items() if Permission.EDIT_ISSUES in permissions
    ]
    return User.objects.filter(is_active=True, role__in=roles).order_by("name", "pk")


@transaction.atomic
def assign_duty(*, values: Mapping[str, Any], by: Any) -> Duty:
    """`values`: newsletter, due_on, editor, note. Raises Refused, ValidationError."""
    check_can_plan_duties(by)
    duty = Duty(**values)
    _check_editor(duty.editor)
    duty.full_clean()
    duty.save()
    audit.record(type="newsletters.duty_assigned", by=by, obj=duty, new=audit.snapshot(duty, FIELDS))
    return duty


@transaction.atomic
def plan_duties(
    *, newsletter: Newsletter, first_on: dt.date, months: int, editors: Sequence[Any], by: Any
) -> list[Duty]:
    """One turn a month on the same day, the editors one after the other. Days that are taken stay as they are."""
    check_can_plan_duties(by)
    if not editors:
        raise ValidationError({"editors": _("担当する人を選んでください。")})
    taken = set(Duty.objects.filter(newsletter=newsletter).values_list("due_on", flat=True))
    days = [_months_later(first_on, number) for number in range(min(months, MOST_MONTHS))]
    return [
        assign_duty(
            values={"newsletter": newsletter, "due_on": day, "editor": editors[number % len(editors)]}, by=by
        )
        for number, day in enumerate(days)
        if day not in taken
    ]


@transaction.atomic
def change_duty(*, duty: Duty, values: Mapping[str, Any], by: Any) -> Duty:
    """Who is newly given the turn, or another day of it, is reminded anew. Raises Refused, ValidationError."""
    check_can_plan_duties(by)
    locked = _lock(duty)
    before = audit.snapshot(locked, FIELDS)
    for name, value in values.items():
        setattr(locked, name, value)
    _check_editor(locked.editor)
    locked.full_clean()
    old, new = audit.difference(before, audit.snapshot(locked, FIELDS))
    if not new:
        return locked
    if {"editor", "due_on"} & set(new):
        locked.reminded_at = locked.reminded_again_at = None
    locked.save()
    audit.record(type="newsletters.duty_changed", by=by, obj=locked, old=old, new=new)
    return locked


@transaction.atomic
def swap_duties(*, duty: Duty, other: Duty, by: Any) -> None:
    """Two editors take each other's turn. Raises Refused."""
    check_can_plan_duties(by)
    rows = {
        row.pk: row
        for row in Duty.objects.select_for_update().filter(pk__in=[duty.pk, other.pk]).order_by("pk")
    }
    if len(rows) < 2:
        raise Refused(_("入れかえる当番を、もう1つ選んでください。"))
    one, two = rows[duty.pk], rows[other.pk]
    if one.issue_id or two.issue_id:
        raise Refused(_("もう号を書きはじめた当番は、入れかえられません。"))
    for row, editor in ((one, two.editor), (two, one.editor)):
        old = audit.snapshot(row, ("editor",))
        Duty.objects.filter(pk=row.pk).update(editor=editor, reminded_at=None, reminded_again_at=None)
        audit.record(type="newsletters.duty_swapped", by=by, obj=row, old=old, new={"editor": editor.pk})


@transaction.atomic
def remove_duty(*, duty: Duty, by: Any) -> None:
    """Already gone is gone. Raises Refused."""
    check_can_plan_duties(by)
    locked = Duty.objects.select_for_update().filter(pk=duty.pk).first()
    if locked is None:
        return
    audit.record(type="newsletters.duty_removed", by=by, obj=locked, old=audit.snapshot(locked, FIELDS))
    locked.delete()


def remind_of_duties() -> int:
    """Once some days before and once on the day, while no issue is on its way. Returns how many mails.

    Safe any number of times a day and beside another run. One that fails does not keep the others waiting.
    """
    today = timezone.localdate()
    due = Duty.objects.filter(due_on__range=(today, today + dt.timedelta(days=DAYS_BEFORE)))
    sent = 0
    for key in list(due.order_by("due_on", "pk").values_list("pk", flat=True)):
        try:
            sent += _remind(key, today)
        except Exception:  # one turn must not keep the others from being told
            # Its transaction is undone as a whole; the next run tries again.
            logger.exception("duty %s could not be reminded of", key)
    return sent


@transaction.atomic
def _remind(key: int, today: dt.date) -> int:
    rows = Duty.objects.select_for_update(of=("self",)).select_related("newsletter", "editor", "issue")
    duty: Duty | None = rows.filter(pk=key).first()
    if duty is None or not duty.newsletter.is_active or not duty.editor.is_active or is_under_way(duty):
        return 0
    name = "reminded_again_at" if duty.due_on <= today else "reminded_at"
    if getattr(duty, name) is not None:
        return 0
    setattr(duty, name, timezone.now())
    duty.save(update_fields=[name])
    send_duty_reminder(duty)
    return 1


def is_under_way(duty: Duty) -> bool:
    """Its issue has left the drafts, or another of the newsletter, that belongs to no turn, has."""
    if duty.issue is not None and duty.issue.state not in {IssueState.DRAFT, IssueState.CANCELLED}:
        return True
    loose = Issue.objects.filter(newsletter=duty.newsletter_id, state__in=ON_ITS_WAY, duty=None)
    return bool(loose.exists())


def waiting_for(user: Any, until: dt.date) -> Any:
    """Turns of `user` up to a day whose issue has not left the drafts."""
    undone = Q(issue=None) | Q(issue__state__in=[IssueState.DRAFT, IssueState.CANCELLED])
    rows = Duty.objects.filter(undone, editor=user, newsletter__is_active=True)
    return rows.filter(due_on__range=(timezone.localdate(), until)).order_by("due_on")


def _lock(duty: Duty) -> Duty:
    locked: Duty | None = Duty.objects.select_for_update().filter(pk=duty.pk).first()
    if locked is None:
        raise Refused(_("この当番は、もう消されています。"))
    return locked


def _check_editor(editor: Any) -> None:
    if not has(editor, Permission.EDIT_ISSUES):
        raise ValidationError({"editor": _("この人は、メルマガを書けません。ほかの人を選んでください。")})


def _months_later(day: dt.date, months: int) -> dt.date:
    """The 31st becomes the last day of a shorter month."""
    number = day.month - 1 + months
    year, month = day.year + number // 12, number % 12 + 1
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    return day.replace(year=year, month=month, day=min(day.day, (following - dt.timedelta(days=1)).day))
