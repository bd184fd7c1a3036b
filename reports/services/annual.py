"""The annual report: begun, written section by section, looked at, approved and frozen, submitted."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit
from platform_portal.page_cache import forget_public_pages
from reports.lints import Finding, lint
from reports.models import (
    AnnualReport,
    GrantScheme,
    RenderingKind,
    ReportComment,
    ReportEdition,
    ReportSection,
    ReportState,
    SectionKind,
)
from reports.permissions.annual import (
    check_can_comment,
    check_can_edit_scheme,
    check_can_move_report,
    check_can_write_report,
)
from reports.services.locking import check_is_as_seen, lock_scheme
from reports.services.renderings import ask_for_file
from reports.snapshots import sha256_of, to_json
from reports.snapshotting import take_snapshot
from reports.workflow import REPORT_WAYS

# From the request on nothing can be mended: whoever asked too early would have to take the report back.
NEEDS_READINESS = (ReportState.IN_REVIEW, ReportState.APPROVED)


class NotReady(Refused):
    """With every finding that keeps the report from being looked at and approved."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(
            _("直すところが%(count)s件あります。") % {"count": len(findings)}
            + " ".join(each.words for each in findings)
        )
        self.findings = findings


@transaction.atomic
def begin_report(*, scheme: GrantScheme, by: Any) -> AnnualReport:
    """The report of a year, with its empty sections, made when there is none. Raises Refused."""
    check_can_edit_scheme(by, scheme)
    locked = lock_scheme(scheme.pk)
    existing: AnnualReport | None = AnnualReport.objects.filter(scheme=locked).first()
    if existing is not None:
        return existing
    report: AnnualReport = AnnualReport.objects.create(scheme=locked, author=by)
    ReportSection.objects.bulk_create(ReportSection(report=report, kind=kind) for kind in SectionKind)
    audit.record(type="reports.report_begun", by=by, obj=report, new={"scheme": locked.pk})
    return report


@transaction.atomic
def write_heading(*, report: AnnualReport, heading: str, by: Any) -> AnnualReport:
    """Raises Refused, ValidationError."""
    locked = lock_report(report)
    check_can_write_report(by, locked)
    before = locked.heading
    if before == heading.strip():
        return locked
    locked.heading = heading.strip()
    locked.full_clean(exclude=["scheme"])
    _touch(locked, by)
    audit.record(
        type="reports.report_heading_written",
        by=by,
        obj=locked,
        old={"heading": before},
        new={"heading": locked.heading},
    )
    return locked


@transaction.atomic
def write_section(*, section: ReportSection, body: str, by: Any, version: int | None = None) -> ReportSection:
    """`version`: of the section that the person saw. Raises Refused, ValidationError; then nothing was changed."""
    report = lock_report(section.report)
    check_can_write_report(by, report)
    locked: ReportSection = ReportSection.objects.select_for_update(of=("self",)).get(pk=section.pk)
    if locked.body == body:
        return locked
    check_is_as_seen(version, locked.version)
    old = locked.body
    locked.body = body
    locked.version += 1
    locked.written_at, locked.written_by = timezone.now(), by
    locked.full_clean(exclude=["report"])
    locked.save()
    _touch(report, by)
    audit.record(
        type="reports.section_written", by=by, obj=locked, old={"body": old}, new={"body": locked.body}
    )
    return locked


@transaction.atomic
def comment_on(*, section: ReportSection, text: str, by: Any) -> ReportComment:
    """Raises Refused, ValidationError."""
    report = lock_report(section.report)
    check_can_comment(by, report)
    comment = ReportComment(section=section, text=text.strip(), written_by=by)
    comment.full_clean()
    comment.save()
    audit.record(type="reports.comment_written", by=by, obj=comment, new={"section": section.pk})
    return comment


@transaction.atomic
def settle_comment(*, comment: ReportComment, by: Any) -> ReportComment:
    """Twice is once. Raises Refused."""
    report = lock_report(comment.section.report)
    check_can_comment(by, report)
    locked: ReportComment = ReportComment.objects.select_for_update(of=("self",)).get(pk=comment.pk)
    if locked.settled_at is None:
        locked.settled_at, locked.settled_by = timezone.now(), by
        locked.save(update_fields=["settled_at", "settled_by"])
        audit.record(type="reports.comment_settled", by=by, obj=locked)
    return locked


@transaction.atomic
def move_report(
    *, report: AnnualReport, to: ReportState, by: Any, reason: str = "", version: int | None = None
) -> AnnualReport:
    """One step in the workflow. Approval freezes what the report says at this moment as a new edition.

    `version`: of the report that the person read. Raises Refused, NotReady; then nothing was changed.
    """
    locked = lock_report(report)
    before = ReportState(locked.state)
    if before == to and locked.version == version:  # the second of two clicks
        return locked
    if before != report.state and (before, to) not in REPORT_WAYS:
        raise Refused(_("そのあいだに状態が変わりました。画面を読み込み直して、今の状態を確かめてください。"))
    check_can_move_report(by, locked, to)
    check_is_as_seen(version, locked.version)
    way = REPORT_WAYS[before, to]
    if way.needs_reason and not reason.strip():
        raise Refused(_("理由を書いてください。"))
    if to in NEEDS_READINESS and (obstacles := obstacles_of(locked)):
        raise NotReady(obstacles)
    if to == ReportState.APPROVED:
        _freeze(locked, by)
    if to == ReportState.SUBMITTED:
        _stamp_submission(locked, by)
    locked.state = to
    _stamp(locked, to, by)
    locked.save()
    audit.record(
        type=f"reports.report_{way.verb}",
        by=by,
        obj=locked,
        old={"state": before.value},
        new={"state": to.value},
        note=reason.strip(),
    )
    return locked


def lock_report(report: AnnualReport) -> AnnualReport:
    """The scheme first, as whoever writes an activity does."""
    lock_scheme(report.scheme_id)
    rows = AnnualReport.objects.select_for_update(of=("self",)).select_related("scheme")
    locked: AnnualReport = rows.get(pk=report.pk)
    return locked


def obstacles_of(report: AnnualReport) -> list[Finding]:
    """What keeps the report from being approved."""
    return [each for each in lint(take_snapshot(report)) if each.is_error]


def _freeze(report: AnnualReport, by: Any) -> ReportEdition:
    if open_comments := ReportComment.objects.filter(section__report=report, settled_at=None).count():
        raise Refused(
            _("済んでいない意見が%(count)s件あります。先に、済みにしてください。") % {"count": open_comments}
        )
    number = report.editions.count() + 1
    snapshot = to_json(take_snapshot(report, edition=number))
    edition: ReportEdition = ReportEdition.objects.create(
        report=report, number=number, snapshot=snapshot, sha256=sha256_of(snapshot), approved_by=by
    )
    return edition


def _stamp_submission(report: AnnualReport, by: Any) -> None:
    edition = report.editions.latest("number")  # nothing is approved without one
    edition.submitted_at, edition.submitted_by = timezone.now(), by
    edition.save(update_fields=["submitted_at", "submitted_by"])
    # What is published with it; the one that was made already is found again.
    ask_for_file(report=report, kind=RenderingKind.PDF, edition=edition, by=by)
    transaction.on_commit(forget_public_pages)


def _stamp(report: AnnualReport, to: ReportState, by: Any) -> None:
    if to == ReportState.IN_REVIEW:
        report.requested_at, report.requested_by = timezone.now(), by
    if to == ReportState.APPROVED:
        report.approved_at, report.approved_by = timezone.now(), by
    if to == ReportState.DRAFT:
        report.requested_at = report.requested_by = None
        report.approved_at = report.approved_by = None


def _touch(report: AnnualReport, by: Any) -> None:
    """The content changed: who did it must not approve it."""
    report.version += 1
    report.author = by
    report.save(update_fields=["heading", "version", "author", "updated_at"])
