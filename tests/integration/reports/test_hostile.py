"""Every address of the reports, asked for things that are not there, not one's own, or no things at all."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from reports.models import (
    Activity,
    AnnualReport,
    Evidence,
    ImportDoubt,
    Rendering,
    RenderingState,
    ReportComment,
)
from reports.urls import urlpatterns
from tests.conftest import signed_in
from tests.factories.members import OrganizationFactory, UserFactory
from tests.factories.region import PortalSettingsFactory
from tests.factories.reports import (
    YEAR,
    ActivityFactory,
    AnnualReportFactory,
    BudgetLineFactory,
    EvidenceFactory,
    GrantCategoryFactory,
    GrantSchemeFactory,
    ImportDoubtFactory,
    RenderingFactory,
    ReportCommentFactory,
)

pytestmark = pytest.mark.django_db
SECRET = "zqひみつqz"
PUBLIC = {"report-list", "report-detail", "report-pdf", "report-json"}
# What no page ever sends: other digits, too many of them, a byte that no text has, too much.
HOSTILE = ["²", "9" * 40, "a\0b", "あ" * 300]
HOSTILE_ARGUMENTS = {
    "year": ["0", "9" * 25],
    "public_id": ["bbbbbb"],
    "evidence_id": ["bbbbbb"],
    "number": ["0", "9" * 25],
    "kind": ["nothing"],
    "source_id": ["..", "a%00b", "あ" * 50],
}
FIELDS = [
    "kind",
    "edition",
    "to",
    "version",
    "reason",
    "heading",
    "body",
    "text",
    "place",
    "find",
    "find_words",
    "found",
    "title",
    "month_from",
    "month_to",
    "categories_0",
    "result",
    "attendee_count",
    "section",
    "meetings",
    "events",
    "windows",
    "seen",
    "fiscal_year",
    "official_name",
    "rate_numerator",
    "rate_denominator",
    "ceiling_yen",
    "source_url",
    "source_note",
    "number",
    "label",
    "has_seen",
    "name",
    "content",
    "timing",
    "category",
    "token",
    "lines-TOTAL_FORMS",
    "lines-INITIAL_FORMS",
    "lines-0-payee",
    "lines-0-amount_yen",
    "drop",
]
SEARCHES = ["page", "category", "month", "section", "select"]


def names() -> list[str]:
    return [str(pattern.name) for pattern in urlpatterns]


def address(name: str, world: dict[str, Any], **instead: str) -> str:
    (pattern,) = [each for each in urlpatterns if each.name == name]
    own = {**world, "public_id": next((each for part, each in world["ids"].items() if part in name), "")}
    arguments = {**own, **instead}
    # Built by hand: reverse() would refuse some of what a stranger may type.
    route = "/" + str(pattern.pattern)
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(arguments[found[1]]), route)


@pytest.fixture
def world() -> dict[str, Any]:
    """All of it the secretariat's, none of it submitted; in every text a word that nobody else may see.

    What the grant and its categories are called everybody on the desk knows.
    """
    PortalSettingsFactory()
    scheme = GrantSchemeFactory()
    category = GrantCategoryFactory(scheme=scheme)
    section = OrganizationFactory(kind="section")
    activity = ActivityFactory(
        scheme=scheme, title=SECRET, result=SECRET, section=section, categories=[category]
    )
    evidence = EvidenceFactory(activity=activity, name=f"{SECRET}.pdf")
    line = BudgetLineFactory(project__scheme=scheme, project__name=SECRET, payee=SECRET)
    report = AnnualReportFactory(scheme=scheme, heading=SECRET)
    report.sections.update(body=SECRET)
    comment = ReportCommentFactory(text=SECRET)
    file = RenderingFactory(report=report, error=SECRET, state=RenderingState.FAILED)
    doubt = ImportDoubtFactory(scheme=scheme, text=SECRET)
    return {
        "year": YEAR,
        "number": 3,
        "kind": comment.section.kind,
        "source_id": "bbbbbb",
        "evidence_id": evidence.public_id,
        # By a part of the address's name, the first that fits.
        "ids": {
            "comment": comment.public_id,
            "report": file.public_id,
            "project": line.project.public_id,
            "activity": activity.public_id,
            "evidence": activity.public_id,
            "doubt": doubt.public_id,
        },
    }


def ask(client: Client, method: str, path: str, data: dict[str, Any] | None = None) -> Any:
    answer = getattr(client, method)(path, data or {})
    assert answer.status_code < 500
    if answer.streaming:
        b"".join(answer.streaming_content)
    return answer


def test_what_is_not_there_is_not_found(world, secretariat_client):
    """Asked for by somebody who may do everything; what is thrown here would be an error page."""
    for pattern in urlpatterns:
        for key in pattern.pattern.converters:
            for value in HOSTILE_ARGUMENTS[key]:
                path = address(str(pattern.name), world, **{key: value})
                for method in ("get", "post"):
                    ask(secretariat_client, method, path)


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_is_sent_is_judged(world, secretariat_client, value):
    """In every field of every form; in the query of every list."""
    for name in names():
        path = address(name, world)
        if name.endswith("-list"):
            ask(secretariat_client, "get", path, dict.fromkeys(SEARCHES, value))
        else:
            ask(secretariat_client, "post", path, dict.fromkeys(FIELDS, value))
    report = address("desk-report", world)
    ask(secretariat_client, "post", report, {**dict.fromkeys(FIELDS, value), "to": "in_review"})
    ask(secretariat_client, "post", f"{report}files/", {"kind": "pdf", "edition": value})
    upload = SimpleUploadedFile(value.replace("\0", ""), value.encode())
    for name in ("desk-import", "desk-evidence-add"):
        ask(secretariat_client, "post", address(name, world), {"file": upload})
    assert not Evidence.objects.exclude(public_id=world["evidence_id"]).exists()
    assert AnnualReport.objects.get().state == "draft"


@pytest.mark.parametrize("role", ["staff", "member", None])
def test_nobody_else_reads_or_changes_it(world, role):
    """By its own address: staff of another section, a member, somebody who is not signed in."""
    client = signed_in(UserFactory(role=role)) if role else Client()
    before = _everything()
    for name in names():
        for method in ("get", "post"):
            answer = ask(client, method, address(name, world), {"to": "in_review", "kind": "pdf"})
            told = answer.content.decode() if not answer.streaming else ""
            assert SECRET not in told, name
            if name not in PUBLIC and role != "staff":
                assert answer.status_code in ({403} if role else {302}), name
    assert _everything() == before


def test_things_of_another_are_not_found_under_ones_own(world, secretariat_client):
    """The right number behind the wrong parent."""
    other = AnnualReportFactory(scheme__fiscal_year=YEAR - 1)
    activity = ActivityFactory(scheme=other.scheme)
    comment = ReportComment.objects.get()
    wrong = [
        address("desk-report-file", world, year=str(YEAR - 1)),
        address("desk-report-download", world, year=str(YEAR - 1)),
        address("desk-report-file-cancel", world, year=str(YEAR - 1)),
        address("desk-evidence", world, public_id=activity.public_id),
        address("desk-evidence-remove", world, public_id=activity.public_id),
        address("desk-report-comment-settle", world, year=str(YEAR - 1)),
        address("desk-report-comment-settle", world, kind="outlook"),
        address("desk-category", world, year=str(YEAR - 1)),
        address("desk-category-remove", world, year=str(YEAR - 1)),
    ]
    for path in wrong:
        answers = {ask(secretariat_client, method, path).status_code for method in ("get", "post")}
        assert answers <= {404, 405, 302}, path  # a form that is only sent leads a reader back
        assert 404 in answers, path
    comment.refresh_from_db()
    assert comment.settled_at is None
    assert Evidence.objects.count() == 1


def _everything() -> list[Any]:
    return [
        list(model.objects.order_by("pk").values())
        for model in (Activity, AnnualReport, ImportDoubt, Rendering, ReportComment)
    ]
