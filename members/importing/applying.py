"""Carries out a plan: all of it or nothing, in few queries, with one audit event per organisation and one for the whole."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from members import permissions
from members.importing.columns import LISTS, REFERENCES, SCALARS, WRITTEN
from members.importing.planning import OrganizationPlan, make_plan
from members.importing.reading import OrganizationTable
from members.models import Organization
from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit
from platform_portal.page_cache import forget_public_pages
from platform_portal.sheets.planning import Content, Outcome, PlannedRow
from platform_portal.sheets.progress import Report, counted, unreported

BATCH = 500
# Any fixed number: two imports at once would each create the same organisation.
_LOCK = 74_230_002


@transaction.atomic
def import_table(
    *,
    table: OrganizationTable,
    by: Any,
    shown: str | None = None,
    source: dict[str, Any] | None = None,
    obj: Any = None,
    report: Report = unreported,
) -> OrganizationPlan:
    """Plans anew under a lock and carries the plan out.

    `shown`: digest of the plan that a person agreed to; another plan now raises PlanOutdatedError. Refused rows
    raise PlanRefusedError. `source` (file name, sha256) and `obj` go into the event of the whole import.
    `by` may be None only for the command line. Raises Refused.
    """
    if by is not None:
        permissions.check_can_import_organizations(by)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    plan = make_plan(table=table, lock=True, report=report)
    plan.check(shown)
    if touched := plan.touched:
        _write(touched, report, of=2 * len(plan.rows))
        audit.record_all(_event(row, by) for row in touched)
        audit.record(
            type="members.organizations_imported", by=by, obj=obj, new={**(source or {}), **plan.plain_counts}
        )
        transaction.on_commit(forget_public_pages)
    return plan


def _write(rows: Sequence[PlannedRow], report: Report, *, of: int) -> None:
    try:
        with transaction.atomic():
            _create([row for row in rows if row.outcome == Outcome.CREATED])
            for row in counted(rows, report, begin=of // 2, of=of):
                if row.outcome == Outcome.CHANGED:
                    _change(row)
    except IntegrityError as error:
        raise Refused(
            _(
                "取り込んでいるあいだに、ほかの人が同じ団体を登録しました。何も変えていません。もう一度アップロードしてください。"
            )
        ) from error
    for name in LISTS:
        _replace(name, [row for row in rows if row.before[name] != row.after[name]])


def _create(rows: Sequence[PlannedRow]) -> None:
    drawn = iter(
        Organization.draw_public_ids(
            sum(not row.public_id for row in rows), apart_from={row.public_id for row in rows}
        )
    )
    for row in rows:
        row.public_id = row.after["public_id"] = row.public_id or next(drawn)
        row.target = Organization(public_id=row.public_id)
        _set(row.target, row.after, (*SCALARS, *REFERENCES))
    Organization.objects.bulk_create([row.target for row in rows], batch_size=BATCH)


def _change(row: PlannedRow) -> None:
    names = [name for name in (*SCALARS, *REFERENCES) if row.before[name] != row.after[name]]
    _set(row.target, row.after, names)
    row.target.save(update_fields=[*names, "updated_at"])


def _set(organization: Organization, content: Content, names: Iterable[str]) -> None:
    for name in names:
        setattr(organization, f"{name}_id" if name in REFERENCES else name, content[name])
    organization.search_text = organization.searched_words()


def _replace(name: str, rows: Sequence[PlannedRow]) -> None:
    """What the organisation had goes, what the file says comes."""
    field: Any = Organization._meta.get_field(name)
    through = field.remote_field.through
    ours, theirs = field.m2m_column_name(), field.m2m_reverse_name()
    keys = [row.target.pk for row in rows if row.outcome == Outcome.CHANGED]
    if keys:
        through.objects.filter(**{f"{ours}__in": keys}).delete()
    links = [through(**{ours: row.target.pk, theirs: key}) for row in rows for key in row.after[name]]
    through.objects.bulk_create(links, batch_size=BATCH)


def _event(row: PlannedRow, by: Any) -> Any:
    if row.outcome == Outcome.CREATED:
        new = {name: row.after[name] for name in WRITTEN}
        return audit.prepare(type="members.organization_created", by=by, obj=row.target, new=new)
    changed = [name for name in WRITTEN if row.before[name] != row.after[name]]
    return audit.prepare(
        type="members.organization_changed",
        by=by,
        obj=row.target,
        old={name: row.before[name] for name in changed},
        new={name: row.after[name] for name in changed},
    )
