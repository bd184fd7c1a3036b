import datetime as dt

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from reports.models import (
    Activity,
    ActivityCategory,
    BudgetLine,
    Evidence,
    GrantCategory,
    GrantScheme,
    TrialProject,
)
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
