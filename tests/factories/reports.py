import datetime as dt

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from reports.models import (
    Activity,
    ActivityCategory,
    AnnualReport,
    BudgetLine,
    Evidence,
    GrantCategory,
    GrantScheme,
    ImportDoubt,
    Rendering,
    ReportComment,
    ReportEdition,
    ReportSection,
    ReportState,
    SectionKind,
    TrialProject,
)
from reports.snapshots import DoneActivity, Section, Snapshot, sha256_of, to_json
from tests.factories.members import UserFactory

YEAR = 2024


class GrantSchemeFactory(DjangoModelFactory):
    class Meta:
        model = GrantScheme
        django_get_or_create = ("fiscal_year",)

    fiscal_year = YEAR
    official_name = "地方における孤独・孤立対策推進事業交付金"


class GrantCategoryFactory(DjangoModelFactory):
    class Meta:
        model = GrantCategory
        django_get_or_create = ("scheme", "number")

    class Params:
        confirmed = factory.Trait(
            confirmed_at=factory.LazyFunction(timezone.now), confirmed_by=factory.SubFactory(UserFactory)
        )

    scheme = factory.SubFactory(GrantSchemeFactory)
    number = 3
    label = "関係者間の活動等に係る情報共有や相互啓発活動"


class ActivityFactory(DjangoModelFactory):
    class Meta:
        model = Activity
        skip_postgeneration_save = True

    scheme = factory.SubFactory(GrantSchemeFactory)
    month_from = dt.date(YEAR, 7, 1)
    title = factory.Sequence(lambda n: f"部内の連絡会 その{n:05}")
    result = "担当の課が集まり、進め方を話し合った。"
    created_by = factory.SubFactory(UserFactory, role="secretariat")

    @factory.post_generation
    def categories(self, create: bool, extracted: list[GrantCategory] | None, **kwargs: object) -> None:
        if create:
            for place, category in enumerate(extracted or []):
                ActivityCategory.objects.create(activity=self, category=category, position=place)


class EvidenceFactory(DjangoModelFactory):
    class Meta:
        model = Evidence

    activity = factory.SubFactory(ActivityFactory)
    file = factory.django.FileField(filename="flyer.pdf", data=b"%PDF-1.7\n")
    name = "ちらし.pdf"
    kind = "pdf"
    size = 9
    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    uploaded_by = factory.SubFactory(UserFactory, role="secretariat")


class TrialProjectFactory(DjangoModelFactory):
    class Meta:
        model = TrialProject

    scheme = factory.SubFactory(GrantSchemeFactory)
    name = factory.Sequence(lambda n: f"ためしの講座 その{n:05}")
    created_by = factory.SubFactory(UserFactory, role="secretariat")


class BudgetLineFactory(DjangoModelFactory):
    class Meta:
        model = BudgetLine

    project = factory.SubFactory(TrialProjectFactory)
    payee = factory.Sequence(lambda n: f"印刷所{n:05}")
    amount_yen = 70_000


class AnnualReportFactory(DjangoModelFactory):
    """A draft with its sections, all of them empty."""

    class Meta:
        model = AnnualReport
        django_get_or_create = ("scheme",)
        skip_postgeneration_save = True

    scheme = factory.SubFactory(GrantSchemeFactory)

    @factory.post_generation
    def sections(self, create: bool, extracted: dict[str, str] | None, **kwargs: object) -> None:
        if create:
            for kind in SectionKind:
                body = (extracted or {}).get(kind.value, "")
                ReportSection.objects.get_or_create(report=self, kind=kind, defaults={"body": body})


class ReportEditionFactory(DjangoModelFactory):
    """Submitted: everybody reads it. `said` stands in its second section."""

    class Meta:
        model = ReportEdition
        django_get_or_create = ("report", "number")

    class Params:
        said = "連絡会を開いた。(③)"

    report = factory.SubFactory(
        AnnualReportFactory,
        state=ReportState.SUBMITTED,
        approved_at=factory.LazyFunction(timezone.now),
        approved_by=factory.SubFactory(UserFactory, role="secretariat"),
    )
    number = 1
    snapshot = factory.LazyAttribute(
        lambda edition: to_json(
            Snapshot(
                fiscal_year=edition.report.scheme.fiscal_year,
                official_name=edition.report.scheme.official_name,
                issuer="香川県",
                edition=edition.number,
                approved_on=dt.date(YEAR + 1, 4, 10),
                activities=(DoneActivity("部内の連絡会", dt.date(YEAR, 7, 1), result="集まって話した。"),),
                sections=(
                    Section("overview", "事業概要"),
                    Section("background", "事業実施の経緯・背景及び目的", edition.said),
                ),
            )
        )
    )
    sha256 = factory.LazyAttribute(lambda edition: sha256_of(edition.snapshot))
    approved_by = factory.SubFactory(UserFactory, role="secretariat")
    submitted_at = factory.LazyFunction(timezone.now)
    submitted_by = factory.SelfAttribute("approved_by")


class ReportCommentFactory(DjangoModelFactory):
    class Meta:
        model = ReportComment

    section = factory.LazyFunction(lambda: AnnualReportFactory().sections.get(kind=SectionKind.OUTCOME))
    text = "数を確かめてください。"
    written_by = factory.SubFactory(UserFactory, role="secretariat")


class ImportDoubtFactory(DjangoModelFactory):
    """Nobody has looked at it yet."""

    class Meta:
        model = ImportDoubt

    class Params:
        resolved = factory.Trait(
            resolved_at=factory.LazyFunction(timezone.now),
            resolved_by=factory.SubFactory(UserFactory, role="secretariat"),
        )

    scheme = factory.SubFactory(GrantSchemeFactory)
    code = "remainder"
    file_name = "報告書.docx"
    line = factory.Sequence(lambda n: n + 1)
    message = "どの欄にも入らない文があります。"
    text = "欄の外に書いてあった文。"
    found_by = factory.SubFactory(UserFactory, role="secretariat")


class RenderingFactory(DjangoModelFactory):
    """Of the draft; it waits for a worker."""

    class Meta:
        model = Rendering

    report = factory.SubFactory(AnnualReportFactory)
    kind = "pdf"
    source = factory.LazyFunction(lambda: to_json(Snapshot(YEAR, "交付金", "香川県")))
    source_sha256 = factory.Sequence(lambda n: f"{n:064}")
    asked_by = factory.SubFactory(UserFactory, role="secretariat")
