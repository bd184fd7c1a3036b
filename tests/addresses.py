"""Every address of the portal, and one of everything that an address may speak of."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from consultations.verification_links import make_link_token
from meetings.attendance_links import make_answer_token
from meetings.calendar_links import token_of
from meetings.confirmation_links import make_link_token as make_confirmation_token
from meetings.event_links import application_token as event_application_token
from meetings.services.calendar_links import make_calendar_link
from members.private_links import application_token
from newsletters.links import leave_token
from newsletters.subscriber_links import choose_token, confirm_token
from platform_portal.access.roles import Permission
from tests.factories.consultations import (
    CalendarOverrideFactory,
    CategoryFactory,
    ErrorReportFactory,
    RevisionFactory,
    VerificationRequestFactory,
    WindowFactory,
    ZeroHitWordFactory,
)
from tests.factories.events import (
    CaseStudyFactory,
    EventApplicationFactory,
    EventFactory,
    EventRevisionFactory,
)
from tests.factories.mail import OutgoingMailFactory
from tests.factories.meetings import (
    ActionItemFactory,
    AgendaItemFactory,
    AttendanceFactory,
    ConfirmationRequestFactory,
    DocumentVersionFactory,
    MeetingFactory,
    MinutesFactory,
    MinutesFlagFactory,
    MinutesImportFactory,
    ProposedChangeFactory,
    ProposedCorrectionFactory,
    UtteranceFactory,
)
from tests.factories.members import (
    ApplicationFactory,
    BoardReportFactory,
    CharterFactory,
    InvitationFactory,
    MembershipFactory,
    OrganizationFactory,
    OrganizationRevisionFactory,
    SectorFactory,
    UserFactory,
)
from tests.factories.newsletters import (
    ConsentFactory,
    DeliveryFactory,
    DutyFactory,
    IssueAttachmentFactory,
    IssueFactory,
    SubscriberFactory,
    SuppressionFactory,
)
from tests.factories.reports import (
    ActivityFactory,
    AnnualReportFactory,
    EvidenceFactory,
    GrantCategoryFactory,
    GrantSchemeFactory,
    ImportDoubtFactory,
    RenderingFactory,
    ReportCommentFactory,
    ReportEditionFactory,
    TrialProjectFactory,
)


@dataclass(frozen=True)
class Page:
    name: str
    pattern: str
    view: Any

    @property
    def is_public(self) -> bool:
        return not getattr(self.view, "login_required", True)

    @property
    def permission(self) -> Permission | None:
        return getattr(self.view, "required_permission", None)


def pages(resolver: Any = None, prefix: str = "", namespace: str = "") -> Iterator[Page]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            space = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from pages(entry, prefix + str(entry.pattern), space)
        elif isinstance(entry, URLPattern):
            yield Page(f"{namespace}{entry.name}", prefix + str(entry.pattern), entry.callback)


PAGES = list(pages())
# allauth's own pages; tests/integration/members asks them one by one, with their steps.
OUR_PAGES = [page for page in PAGES if not page.name.startswith(("account_", "mfa_"))]


# What an address needs to be built; a page that is missing here fails.
def submitted_year() -> int:
    """Of a report that everybody may read."""
    edition = ReportEditionFactory(report__scheme=GrantSchemeFactory(fiscal_year=2022))
    return int(edition.report.scheme.fiscal_year)


SAMPLES: dict[str, Any] = {
    "public_id": lambda world: world["window"].public_id,
    "item_id": lambda world: world["agenda_item"].public_id,
    "attendance_id": lambda world: world["attendance"].public_id,
    "paper_id": lambda world: world["paper"].document.public_id,
    "version_id": lambda world: world["paper"].public_id,
    "year": lambda world: world["activity"].scheme.fiscal_year,
    "number": lambda world: GrantCategoryFactory(scheme=world["activity"].scheme).number,
    "kind": lambda world: "meeting",
    "source_id": lambda world: world["meeting"].public_id,
    "evidence_id": lambda world: EvidenceFactory(activity=world["activity"]).public_id,
}


def _of_confirmed_meeting(**makers: Any) -> dict[str, Any]:
    return {
        "public_id": lambda world: world["confirmation"].round.minutes.meeting.public_id,
        **makers,
    }


# Addresses whose id is not that of a window.
SAMPLES_BY_PAGE: dict[str, dict[str, Any]] = {
    "consultations:category": {"public_id": lambda world: world["category"].public_id},
    "consultations:confirm": {"token": lambda world: make_link_token(world["contact"])},
    "consultations:confirm-difference": {"token": lambda world: make_link_token(world["contact"])},
    "desk:call": {"pk": lambda world: world["asked"].pk},
    "desk:category-edit": {"public_id": lambda world: world["category"].public_id},
    "desk:override-edit": {"pk": lambda world: world["override"].pk},
    "desk:override-delete": {"pk": lambda world: world["override"].pk},
    "desk:report-handle": {"pk": lambda world: world["report"].pk},
    "desk:revision-page": {"public_id": lambda world: world["revision"].public_id},
    "desk:revision-preview": {"public_id": lambda world: world["revision"].public_id},
    "desk:window-move": {"to": lambda world: "suspended"},
    "desk:word-adopt": {"pk": lambda world: world["word"].pk},
    "desk:word-forget": {"pk": lambda world: world["word"].pk},
    "mail:mail-detail": {"public_id": lambda world: world["mail"].public_id},
    "mail:mailbox-mail": {
        "name": lambda world: "20260101-000000-1.log",
        "number": lambda world: 0,
    },
    "mail:mail-resend": {"public_id": lambda world: world["mail"].public_id},
    "mail:mail-cancel": {"public_id": lambda world: world["mail"].public_id},
    "meetings:own-calendar": {
        "token": lambda world: token_of(make_calendar_link(by=world["membership"].user))
    },
    "meetings:desk-agenda-move": {
        "public_id": lambda world: world["meeting"].public_id,
        "direction": lambda world: "up",
    },
    "meetings:desk-meeting-move": {
        "public_id": lambda world: world["meeting"].public_id,
        "to": lambda world: "planned",
    },
    **{
        f"meetings:{side}-case{page}": {
            "public_id": lambda world, key=key: world[key].public_id,
            "to": lambda world: "suspended",
        }
        for side in ("desk", "my")
        for page, key in (
            ("", "case"),
            ("-edit", "case_draft"),
            ("-justify", "case_draft"),
            ("-move", "case"),
        )
    },
    "meetings:desk-event-application-cancel": {
        "public_id": lambda world: world["own_event"].public_id,
        "application_id": lambda world: EventApplicationFactory(event=world["own_event"]).public_id,
    },
    "meetings:desk-event-applicants": {"public_id": lambda world: world["own_event"].public_id},
    "meetings:desk-event-applicants-file": {"public_id": lambda world: world["own_event"].public_id},
    "meetings:desk-event-move": {"to": lambda world: "suspended"},
    "meetings:event-application": {
        "token": lambda world: event_application_token(EventApplicationFactory(event=world["event"]))
    },
    "meetings:event-month": {
        "year": lambda world: world["event"].month.year,
        "month": lambda world: world["event"].month.month,
    },
    "meetings:my-event-application-cancel": {
        "application_id": lambda world: EventApplicationFactory(event=world["event"]).public_id
    },
    "meetings:answer-calendar": {"token": lambda world: make_answer_token(world["guest"])},
    "meetings:answer": {"token": lambda world: make_answer_token(world["guest"])},
    "meetings:my-answer": {"attendance_id": lambda world: world["attendance"].public_id},
    "members:application-answer": {"token": lambda world: application_token(world["application"])},
    "members:application-open": {"token": lambda world: application_token(world["application"])},
    "members:application-withdraw": {"token": lambda world: application_token(world["application"])},
    "members:application-page": {"public_id": lambda world: world["application"].public_id},
    "members:application-approve": {"public_id": lambda world: world["application"].public_id},
    "members:application-return": {"public_id": lambda world: world["application"].public_id},
    "members:application-refuse": {"public_id": lambda world: world["application"].public_id},
    "members:application-note": {"public_id": lambda world: world["application"].public_id},
    "members:application-invite-again": {"public_id": lambda world: world["application"].public_id},
    "members:charter-delete": {"number": lambda world: world["charter"].number},
    "members:charter-page": {"number": lambda world: world["charter"].number},
    "members:charter-publish": {"number": lambda world: world["charter"].number},
    "members:master-create": {"kind": lambda world: "sectors"},
    "members:master-edit": {"kind": lambda world: "sectors", "pk": lambda world: SectorFactory().pk},
    "members:organization-merge": {
        "first_id": lambda world: OrganizationFactory().public_id,
        "second_id": lambda world: OrganizationFactory().public_id,
    },
    "members:organization-different": {
        "first_id": lambda world: OrganizationFactory().public_id,
        "second_id": lambda world: OrganizationFactory().public_id,
    },
    "members:application-different": {
        "public_id": lambda world: world["application"].public_id,
        "organization_id": lambda world: world["organization"].public_id,
    },
    "members:invitation-open": {"secret": lambda world: "nobody-was-sent-this"},
    "members:invitation-resend": {"pk": lambda world: world["invitation"].pk},
    "members:invitation-withdraw": {"pk": lambda world: world["invitation"].pk},
    "members:organization-person": {"pk": lambda world: world["membership"].pk},
    "members:organization-person-end": {"pk": lambda world: world["membership"].pk},
    "members:own-logo": {"digest": lambda world: "none"},
    "members:public-logo": {"digest": lambda world: "none"},
    "members:revision-page": {"revision_id": lambda world: world["organization_revision"].public_id},
    "members:revision-approve": {"revision_id": lambda world: world["organization_revision"].public_id},
    "members:revision-return": {"revision_id": lambda world: world["organization_revision"].public_id},
    "members:board-introduce": {"public_id": lambda world: world["offer"].public_id},
    "members:board-report": {"pk": lambda world: world["board_report"].pk},
    "members:board-report-read": {"pk": lambda world: world["board_report"].pk},
    "meetings:confirm-utterances": {"token": lambda world: make_confirmation_token(world["confirmation"])},
    "meetings:confirm-utterance-change": {
        "token": lambda world: make_confirmation_token(world["confirmation"]),
        "public_id": lambda world: world["confirmation"].utterances.get().public_id,
    },
    "meetings:desk-confirmation-request": _of_confirmed_meeting(
        request_id=lambda world: world["confirmation"].public_id
    ),
    "meetings:desk-confirmation-open": _of_confirmed_meeting(),
    "meetings:desk-confirmation-close": _of_confirmed_meeting(),
    "meetings:desk-leaks": _of_confirmed_meeting(),
    "meetings:desk-proposal": _of_confirmed_meeting(
        pk=lambda world: ProposedChangeFactory(request=world["confirmation"]).pk
    ),
    "meetings:desk-correction": {
        "public_id": lambda world: world["record"].meeting.public_id,
        "correction_id": lambda world: ProposedCorrectionFactory(utterance=world["utterance"]).public_id,
    },
    "meetings:desk-correction-create": {
        "public_id": lambda world: world["record"].meeting.public_id,
        "utterance_id": lambda world: world["utterance"].public_id,
    },
    "meetings:desk-action-item": {
        "public_id": lambda world: world["meeting"].public_id,
        "item_id": lambda world: ActionItemFactory(body=world["meeting"].body).public_id,
    },
    "meetings:desk-import-proposal": {"public_id": lambda world: MinutesImportFactory().public_id},
    "meetings:desk-utterance": {"public_id": lambda world: UtteranceFactory().public_id},
    "meetings:desk-flag": {"pk": lambda world: MinutesFlagFactory().pk},
    "meetings:minutes": {"public_id": lambda world: world["record"].meeting.public_id},
    "meetings:minutes-pdf": {"public_id": lambda world: world["record"].meeting.public_id},
    "meetings:my-minutes": {"public_id": lambda world: world["record"].meeting.public_id},
    "meetings:my-minutes-pdf": {"public_id": lambda world: world["record"].meeting.public_id},
    "meetings:my-utterance": {"public_id": lambda world: world["utterance"].public_id},
    "meetings:utterance": {"public_id": lambda world: world["utterance"].public_id},
    # Addresses of the record that name one thing of the year; those of a year alone take it from SAMPLES.
    **{
        f"reports:desk-report{page}": {
            "year": lambda world: AnnualReportFactory(scheme=world["activity"].scheme).scheme.fiscal_year,
            "kind": lambda world: "outcome",
        }
        for page in ("", "-begin", "-ask", "-section", "-comment")
    },
    **{
        f"reports:desk-report-{page}": {
            "year": lambda world: AnnualReportFactory(scheme=world["activity"].scheme).scheme.fiscal_year,
            "public_id": lambda world: (
                RenderingFactory(report=AnnualReportFactory(scheme=world["activity"].scheme)).public_id
            ),
        }
        for page in ("file", "file-cancel", "download")
    },
    "reports:desk-report-comment-settle": {
        "kind": lambda world: "outcome",
        "public_id": lambda world: ReportCommentFactory().public_id,
    },
    **{
        f"reports:report-{page}": {"year": lambda world: submitted_year()}
        for page in ("detail", "pdf", "json")
    },
    "newsletters:desk-subscriber": {"public_id": lambda world: SubscriberFactory().public_id},
    "newsletters:desk-suppression-lift": {"public_id": lambda world: SuppressionFactory().public_id},
    "newsletters:choose": {"token": lambda world: choose_token(SubscriberFactory())},
    "newsletters:confirm": {"token": lambda world: confirm_token(ConsentFactory())},
    "newsletters:leave": {"token": lambda world: leave_token(DeliveryFactory().pk)},
    **{
        f"newsletters:desk-{page}": {"public_id": lambda world: world["issue_file"].issue.public_id}
        for page in ("issue", "issue-write", "issue-trial", "attachment-add")
    },
    **{
        f"newsletters:desk-attachment{page}": {
            "public_id": lambda world: world["issue_file"].issue.public_id,
            "attachment_id": lambda world: world["issue_file"].public_id,
        }
        for page in ("", "-remove")
    },
    "newsletters:desk-issue-approve": {"public_id": lambda world: IssueFactory(in_review=True).public_id},
    "newsletters:desk-issue-schedule": {"public_id": lambda world: IssueFactory(approved=True).public_id},
    **{
        f"newsletters:desk-newsletter{page}": {
            "public_id": lambda world: world["issue_file"].issue.newsletter.public_id
        }
        for page in ("", "-stop")
    },
    **{
        f"newsletters:desk-duty{page}": {"public_id": lambda world: world["duty"].public_id}
        for page in ("", "-swap", "-remove")
    },
    **{
        f"newsletters:desk-{page}": {"public_id": lambda world: IssueFactory(completed=True).public_id}
        for page in (
            "sending",
            "sending-pause",
            "sending-resume",
            "sending-cancel",
            "sending-rest",
            "issue-ledger",
            "ledger-file",
            "issue-withdraw",
            "issue-restore",
        )
    },
    "newsletters:desk-doubt-settle": {
        "public_id": lambda world: IssueFactory(completed=True).public_id,
        "pk": lambda world: 1,
    },
    **{
        f"newsletters:{page}": {
            "public_id": lambda world: IssueFactory(completed=True).public_id,
            "file_id": lambda world: "abcdef",
        }
        for page in ("issue", "issue-file", "my-issue", "my-issue-file")
    },
    "reports:desk-activity": {"public_id": lambda world: world["activity"].public_id},
    "reports:desk-activity-move": {"public_id": lambda world: world["activity"].public_id},
    "reports:desk-activity-remove": {"public_id": lambda world: world["activity"].public_id},
    "reports:desk-evidence-add": {"public_id": lambda world: world["activity"].public_id},
    "reports:desk-evidence": {"public_id": lambda world: world["activity"].public_id},
    "reports:desk-evidence-remove": {"public_id": lambda world: world["activity"].public_id},
    "reports:desk-doubt-list": {
        "year": lambda world: ImportDoubtFactory(scheme=world["activity"].scheme).scheme.fiscal_year
    },
    "reports:desk-doubt-reopen": {
        "public_id": lambda world: (
            ImportDoubtFactory(scheme=world["activity"].scheme, resolved=True).public_id
        )
    },
    "reports:desk-project": {"public_id": lambda world: TrialProjectFactory().public_id},
    "reports:desk-project-remove": {"public_id": lambda world: TrialProjectFactory().public_id},
    "my:person-change": {"pk": lambda world: world["membership"].pk},
    "my:person-end": {"pk": lambda world: world["membership"].pk},
    "my:person-invite-again": {"pk": lambda world: world["invitation"].pk},
    "my:person-uninvite": {"pk": lambda world: world["invitation"].pk},
    "members:user-detail": {"pk": lambda world: world["person"].pk},
    "members:user-deactivate": {"pk": lambda world: world["person"].pk},
    "members:user-reactivate": {"pk": lambda world: world["person"].pk},
    "members:user-reset-second-factor": {"pk": lambda world: world["person"].pk},
}


def make_world() -> dict[str, Any]:
    """All that can belong to an organisation belongs to `organization`; the conversation is with another one."""
    category = CategoryFactory(slug="living", name="生活上の困りごと")
    membership = MembershipFactory()
    organization = membership.organization
    window = WindowFactory(topics=[category], organization=organization)
    event = EventFactory(organization=organization)
    board_report = BoardReportFactory(conversation__offer__organization=organization)
    record = MinutesFactory(published=True)
    meeting, coming = MeetingFactory(), MeetingFactory(planned=True)
    return {
        "category": category,
        "window": window,
        "revision": RevisionFactory(window=window),
        "override": CalendarOverrideFactory(),
        "contact": MembershipFactory(),
        "asked": VerificationRequestFactory(window=window),
        "report": ErrorReportFactory(window=window),
        "word": ZeroHitWordFactory(),
        "person": UserFactory(name="だれか"),
        "invitation": InvitationFactory(organization=organization, membership_role="viewer", role="member"),
        "mail": OutgoingMailFactory(state="failed"),
        "application": ApplicationFactory(),
        "organization": organization,
        "membership": membership,
        "organization_revision": OrganizationRevisionFactory(organization=organization),
        "case": CaseStudyFactory(published=True, organization=organization),
        "case_draft": CaseStudyFactory(organization=organization),
        "event": event,
        "own_event": EventFactory(own=True),
        "event_revision": EventRevisionFactory(event=event),
        "board_report": board_report,
        "conversation": board_report.conversation,
        "offer": board_report.conversation.offer,
        "charter": CharterFactory(draft=True),
        "activity": ActivityFactory(),
        "agenda_item": AgendaItemFactory(meeting=meeting),
        "confirmation": ConfirmationRequestFactory(),
        "record": record,
        "utterance": UtteranceFactory(minutes=record),
        "meeting": meeting,
        "attendance": AttendanceFactory(meeting=meeting, organization=organization),
        "guest": AttendanceFactory(meeting=coming, guest=True),
        "paper": DocumentVersionFactory(document__meeting=meeting),
        "issue_file": IssueAttachmentFactory(issue__subject="とても長い件名" * 14),
        "duty": DutyFactory(note="とても長いメモ" * 20),
    }


def address_of(page: Page, world: dict[str, Any]) -> str:
    names = re.findall(r"<(?:\w+:)?(\w+)>", page.pattern)
    if page.pattern.startswith("^") or "(?P<" in page.pattern:
        names = re.findall(r"\(\?P<(\w+)>", page.pattern)
    makers = dict(SAMPLES)
    if re.match("((my|desk)/)?events/<public_id:public_id>", page.pattern):
        makers["public_id"] = lambda world: world["event"].public_id
    makers |= SAMPLES_BY_PAGE.get(page.name, {})
    if re.search("(organizations|members)/<public_id:public_id>", page.pattern):
        makers["public_id"] = lambda world: world["organization"].public_id
    if page.pattern.startswith("desk/meetings/bodies/<"):
        makers["public_id"] = lambda world: world["meeting"].body.public_id
    is_about_meeting = re.match("((my|desk)/)?meetings/<public_id:public_id>", page.pattern)
    if is_about_meeting and page.name not in SAMPLES_BY_PAGE:
        makers["public_id"] = lambda world: world["meeting"].public_id
    for thing in ("offer", "conversation"):
        if page.pattern.startswith(f"my/board/{thing}s/<"):
            makers["public_id"] = lambda world, thing=thing: world[thing].public_id
    return reverse(page.name, kwargs={name: makers[name](world) for name in names})
