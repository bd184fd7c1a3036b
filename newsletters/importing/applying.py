"""Carries out a plan: all of it or nothing, in few queries, with one event in the record for the whole."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletters.importing.columns import SubscriberTable
from newsletters.importing.planning import SubscriberPlan, make_plan
from newsletters.models import Consent, HowAsked, Subscriber, SubscriberState, Subscription
from platform_portal.access.checks import Refused, check_has
from platform_portal.access.roles import Permission
from platform_portal.audit import services as audit
from platform_portal.sheets.planning import Outcome, PlannedRow
from platform_portal.sheets.progress import Report, unreported, within

BATCH = 2_000
# Any fixed number: two imports at once would each add the same address.
_LOCK = 74_230_006
_PLANNED = 25  # of a hundred, as the person at the screen is told


@transaction.atomic
def import_table(
    *,
    table: SubscriberTable,
    by: Any,
    shown: str | None = None,
    source: dict[str, Any] | None = None,
    obj: Any = None,
    report: Report = unreported,
) -> SubscriberPlan:
    """Plans anew under a lock and carries the plan out.

    `shown`: digest of the plan that a person agreed to; another plan now raises PlanOutdatedError. Refused rows
    raise PlanRefusedError. Raises Refused.
    """
    check_has(by, Permission.TEND_SUBSCRIBERS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    plan = make_plan(table=table, lock=True, report=within(report, 0, _PLANNED))
    plan.check(shown)
    if touched := plan.touched:
        try:
            with transaction.atomic():
                _write(touched, by, within(report, _PLANNED, 100))
        except IntegrityError as error:
            raise Refused(
                _(
                    "取り込んでいるあいだに、同じアドレスの登録がありました。何も変えていません。もう一度アップロードしてください。"
                )
            ) from error
        new = {**(source or {}), **plan.plain_counts}
        audit.record(type="newsletters.subscribers_imported", by=by, obj=obj, new=new)
    return plan


def _write(rows: Sequence[PlannedRow], by: Any, report: Report) -> None:
    """A batch at a time, so that a hundred thousand rows do not lie in memory five times over."""
    now = timezone.now()
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        _write_batch(batch, by, now)
        report(start + len(batch), len(rows))


def _write_batch(rows: Sequence[PlannedRow], by: Any, now: dt.datetime) -> None:
    _create([row for row in rows if row.outcome == Outcome.CREATED], now)
    _change([row for row in rows if row.outcome == Outcome.CHANGED], now)
    Subscription.objects.bulk_create(
        (
            Subscription(subscriber=row.target, newsletter=newsletter, began_at=now)
            for row in rows
            for newsletter in row.after["begun"]
        ),
        batch_size=BATCH,  # a file may name many newsletters in each row
    )
    ids = Consent.draw_public_ids(len(rows))
    consents = Consent.objects.bulk_create(
        (
            Consent(
                public_id=public_id,
                subscriber=row.target,
                how=HowAsked.IMPORT,
                proof=row.after["proof"],
                asked_at=_moment(row.after["asked_on"], now),
                confirmed_at=now,
                entered_at=now,
                entered_by=by,
            )
            for public_id, row in zip(ids, rows, strict=True)
        )
    )
    through = Consent.newsletters.through
    through.objects.bulk_create(
        (
            through(consent_id=consent.pk, newsletter_id=newsletter.pk)
            for consent, row in zip(consents, rows, strict=True)
            for newsletter in row.after["begun"]
        ),
        batch_size=BATCH,
    )


def _create(rows: Sequence[PlannedRow], now: dt.datetime) -> None:
    for row, public_id in zip(rows, Subscriber.draw_public_ids(len(rows)), strict=True):
        row.public_id = public_id
        row.target = Subscriber(
            public_id=public_id,
            address=row.after["address"],
            organization_id=row.after["organization"],
            state=SubscriberState.CONFIRMED,
            confirmed_at=now,
        )
    Subscriber.objects.bulk_create([row.target for row in rows])


def _change(rows: Sequence[PlannedRow], now: dt.datetime) -> None:
    for row in rows:
        target = row.target
        if target.state != SubscriberState.CONFIRMED:
            target.state, target.confirmed_at = SubscriberState.CONFIRMED, now
        if row.after["organization"]:
            target.organization_id = row.after["organization"]
    Subscriber.objects.bulk_update(
        [row.target for row in rows], ["state", "confirmed_at", "organization"], batch_size=BATCH
    )


def _moment(day: dt.date | None, now: dt.datetime) -> dt.datetime:
    """Of that day no hour is known."""
    if day is None:
        return now
    return min(now, timezone.make_aware(dt.datetime.combine(day, dt.time())))
