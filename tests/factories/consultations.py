"""Numbers are padded: a list sorted by name keeps the order in which its rows were made, past the tenth as well."""

from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from consultations.indexing import refresh_derived
from consultations.models import (
    CalendarOverride,
    Category,
    Channel,
    ConsultationWindow,
    ErrorReport,
    LinkCheck,
    VerificationRequest,
    WindowRevision,
    ZeroHitWord,
)
from consultations.services.content import describe_content
from platform_portal.publishing.states import State
from tests.factories.members import UserFactory


class CategoryFactory(DjangoModelFactory):
    class Meta:
        model = Category
        django_get_or_create = ("slug",)

    slug = factory.Sequence(lambda n: f"topic-{n:05}")
    name = factory.Sequence(lambda n: f"分野{n:05}")
    description = "こまったこと"
    intro = "どんなことでも話せます。"
    icon = "living"
    position = factory.Sequence(lambda n: n)

    class Params:
        risk = factory.Trait(slug="violence", name="DV・性暴力・犯罪被害", is_risk=True)


class WindowFactory(DjangoModelFactory):
    """A published, nationwide window with one free telephone number, open round the clock."""

    class Meta:
        model = ConsultationWindow
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"そうだん窓口{n:05}")
    kana = factory.Sequence(lambda n: f"ソウダンマドグチ{n:05}")
    description = "くらしのことを話せます。"
    operator = "県の相談室"
    area_scope = "national"
    opening_hours = "24/7"
    hours_text = "24時間"
    state = State.PUBLISHED
    verification_source = factory.LazyAttribute(
        lambda window: "staff" if getattr(window, "verified_on", None) else ""
    )

    class Params:
        draft = factory.Trait(state=State.DRAFT)

    @factory.post_generation
    def topics(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create and extracted:
            self.categories.set(extracted)

    @factory.post_generation
    def places(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create and extracted:
            self.municipalities.set(extracted)

    @factory.post_generation
    def phone(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        """`phone=False` makes a window without channels; a string sets the number shown."""
        if not create or extracted is False:
            return
        number = extracted or "0120-000-000"
        digits = number.replace("-", "")
        Channel.objects.create(window=self, kind="phone", value=number, digits=digits, toll="free", **kwargs)
        refresh_derived(self)


class ChannelFactory(DjangoModelFactory):
    class Meta:
        model = Channel

    window = factory.SubFactory(WindowFactory, phone=False)
    kind = "phone"
    value = "0120-000-000"
    digits = factory.LazyAttribute(
        lambda channel: channel.value.replace("-", "") if channel.kind in {"phone", "fax"} else ""
    )
    toll = "free"


OTHER_NUMBER = {"kind": "phone", "value": "087-832-0000", "digits": "0878320000"}


class RevisionFactory(DjangoModelFactory):
    """Somebody wants another number for a published window; `change={…}` wants something else."""

    class Meta:
        model = WindowRevision

    class Params:
        change: Any = factory.LazyAttribute(
            lambda revision: {
                "channels": [{**line, **OTHER_NUMBER} for line in revision.before["channels"]]
                or [OTHER_NUMBER]
            }
        )

    window = factory.SubFactory(WindowFactory)
    before = factory.LazyAttribute(lambda revision: describe_content(revision.window))
    proposed = factory.LazyAttribute(lambda revision: revision.before | revision.change)
    base_at = factory.LazyAttribute(lambda revision: revision.window.updated_at)
    proposed_by = factory.SubFactory(UserFactory, member=True)


class ErrorReportFactory(DjangoModelFactory):
    class Meta:
        model = ErrorReport

    window = factory.SubFactory(WindowFactory)
    kind = "number"
    text = "番号がちがうようです"


class VerificationRequestFactory(DjangoModelFactory):
    """An open round about a window that its organisation was asked about by mail today."""

    class Meta:
        model = VerificationRequest

    window = factory.SubFactory(WindowFactory)
    organization = factory.LazyAttribute(lambda request: request.window.organization)
    due_on = factory.LazyFunction(timezone.localdate)


class LinkCheckFactory(DjangoModelFactory):
    """A link that failed in two runs."""

    class Meta:
        model = LinkCheck

    url = factory.Sequence(lambda n: f"https://office{n:05}.example/")
    checked_at = factory.LazyFunction(timezone.now)
    failures = 2
    last_status = "404"


class CalendarOverrideFactory(DjangoModelFactory):
    class Meta:
        model = CalendarOverride

    on = "2026-12-28"
    name = "臨時の休日"


class ZeroHitWordFactory(DjangoModelFactory):
    class Meta:
        model = ZeroHitWord

    word = factory.Sequence(lambda n: f"ことば{n:05}")
    count = 3
    last_on = "2026-11-20"
