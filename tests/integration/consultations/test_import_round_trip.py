"""Whatever a window can say goes out and comes back the same."""

import datetime as dt
import io
from itertools import pairwise

import pytest
from django.core.management import call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consultations.importing.applying import import_table
from consultations.importing.contents import content_of, with_parts
from consultations.importing.exporting import SHEET, table_rows
from consultations.importing.planning import Options
from consultations.importing.reading import WINDOWS
from consultations.indexing import refresh_derived
from consultations.masters import load_categories
from consultations.models import (
    AddressVisibility,
    Anonymity,
    AreaScope,
    Asker,
    Category,
    Channel,
    ConsultationWindow,
    Fallback,
    Fee,
    Toll,
    WindowException,
)
from members.models import Organization
from platform_portal.identifiers import new_public_id
from platform_portal.japanese.phone import read_phone
from platform_portal.publishing.states import State
from platform_portal.sheets.planning import Outcome
from platform_portal.sheets.writing import csv_lines, workbook_bytes
from tests.factories.members import OrganizationFactory

# What a form stores: no control characters but line ends, no spaces around.
CHARACTERS = st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from(
    list("=+-@'\"\\;,\n\t＝；、 \u2028")
)


def texts(limit: int, least: int = 0) -> st.SearchStrategy[str]:
    plain = st.text(CHARACTERS, min_size=least, max_size=limit).map(str.strip)
    formulas = st.sampled_from(
        ["=1+1", "'=1+1", "''@x", "-1", "+81-87-832-0000", "#8008", "'quoted'", "\\n;\\"]
    )
    return (plain | formulas).filter(lambda text: least <= len(text) <= limit)


DATES = st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31))
RULES = st.sampled_from(["", "24/7", "Mo-Fr 08:30-17:15; PH off", "Mo-Su 16:00-21:00"])
LANGUAGES = st.lists(st.sampled_from(["ja", "en", "zh", "pt", "vi"]), unique=True, max_size=4)
PHONES = st.sampled_from(
    ["087-832-0000", "+81-87-832-0000", "#8008", "189", "0570-0783-55", "087-832-0000 内線12"]
)
EXCEPTIONS = st.lists(
    st.tuples(DATES, st.sampled_from(["", "10:00-12:00", "10:00-12:00,13:00-15:00"]), texts(20, 1)),
    unique_by=lambda entry: entry[0],
    max_size=3,
)


@st.composite
def channels(draw) -> dict:
    kind = draw(st.sampled_from(["phone", "fax", "line", "web_form", "email", "visit", "letter"]))
    value = {
        "phone": PHONES,
        "fax": PHONES,
        "line": st.just("https://line.example/talk") | st.just(""),
        "web_form": st.just("https://form.example/?a=1&b='=2"),
        "email": st.just("soudan@example.jp"),
    }.get(kind, texts(30))
    chosen = draw(value)
    return {
        "kind": kind,
        "value": chosen,
        "digits": read_phone(chosen).digits if kind in {"phone", "fax"} else "",
        "toll": draw(st.sampled_from(Toll.values)),
        "accepts_ip_phone": draw(st.none() | st.booleans()),
        "reach_note": draw(texts(20)),
        "opening_hours": draw(RULES),
        "hours_text": draw(texts(20)),
        "is_by_appointment": draw(st.booleans()),
        "languages": draw(LANGUAGES),
        "note": draw(texts(20)),
    }


@st.composite
def windows(draw) -> dict:
    ages = sorted(draw(st.tuples(st.integers(0, 120), st.integers(0, 120))))
    period = sorted(draw(st.tuples(DATES, DATES)))
    year_end = draw(st.booleans())
    long_texts = ("description", "internal_note")
    short_texts = (
        "kana",
        "operator",
        "eligibility",
        "fee_note",
        "who_answers",
        "what_is_asked",
        "confidentiality",
        "address",
        "hours_text",
        "source",
    )
    scalars = {name: draw(texts(60)) for name in long_texts} | {name: draw(texts(20)) for name in short_texts}
    return scalars | {
        "name": draw(texts(20, 1)),
        "askers": draw(st.lists(st.sampled_from(Asker.values), unique=True)),
        "minimum_age": draw(st.none() | st.just(ages[0])),
        "maximum_age": draw(st.none() | st.just(ages[1])),
        "is_women_only": draw(st.booleans()),
        "area_scope": draw(st.sampled_from(AreaScope.values)),
        "fee": draw(st.sampled_from(Fee.values)),
        "anonymity": draw(st.sampled_from(Anonymity.values)),
        "languages": draw(LANGUAGES),
        "address_visibility": draw(st.sampled_from(AddressVisibility.values)),
        "website": draw(st.sampled_from(["", "https://example.jp/a?b=1&c=;d", "http://example.jp/"])),
        "opening_hours": draw(RULES),
        "is_by_appointment": draw(st.booleans()),
        "year_end_from": "12-29" if year_end else "",
        "year_end_to": "01-03" if year_end else "",
        "valid_from": draw(st.none() | st.just(period[0])),
        "valid_to": draw(st.none() | st.just(period[1])),
        "verified_on": draw(st.none() | st.dates(dt.date(2020, 1, 1), dt.date(2025, 1, 1))),
        "verification_interval": draw(st.integers(1, 24)),
        "source_on": draw(st.none() | DATES),
        "state": draw(st.sampled_from([State.DRAFT, State.SUSPENDED, State.ARCHIVED])),
        "organization": draw(st.none() | st.sampled_from(["groupa", "groupb"])),
        "categories": draw(st.lists(st.sampled_from(["living", "mental", "violence"]), unique=True)),
        "municipalities": draw(st.lists(st.sampled_from(["372013", "372021"]), unique=True)),
        "channels": draw(st.lists(channels(), max_size=6)),
        "exceptions": draw(EXCEPTIONS),
    }


def make(values: dict, by) -> ConsultationWindow:
    """Straight into the tables, past every path of the import."""
    parts = ("categories", "municipalities", "channels", "exceptions", "organization")
    scalars = {name: value for name, value in values.items() if name not in parts}
    window = ConsultationWindow.objects.create(
        public_id=new_public_id(),
        verified_by=by if values["verified_on"] else None,
        verification_source="staff" if values["verified_on"] else "",
        organization=Organization.objects.filter(public_id=values["organization"]).first(),
        **scalars,
    )
    window.categories.set(Category.objects.filter(slug__in=values["categories"]))
    window.municipalities.set(values["municipalities"])
    for position, channel in enumerate(values["channels"]):
        Channel.objects.create(window=window, position=position, **channel)
    for on, spans, reason in values["exceptions"]:
        WindowException.objects.create(window=window, on=on, spans=spans, reason=reason)
    refresh_derived(window)
    return window


def everything() -> dict:
    return {
        window.public_id: content_of(window)
        for window in with_parts(ConsultationWindow.objects.order_by("pk"))
    }


def derived() -> list:
    return sorted(
        Channel.objects.values_list(
            "window__public_id", "position", "effective_hours", "takes_appointments_only"
        )
    )


@pytest.fixture
def masters(db):
    load_categories()
    call_command("load_region", stdout=io.StringIO())
    for public_id in ("groupa", "groupb"):
        OrganizationFactory(public_id=public_id)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rows=st.lists(windows(), min_size=1, max_size=3), as_workbook=st.booleans())
def test_out_and_back(rows, as_workbook, masters, administrator):
    with transaction.atomic():
        made = [make(values, administrator) for values in rows]
        for first, second in pairwise(made):
            Fallback.objects.create(window=second, target=first)
            Fallback.objects.create(window=first, target=second)
        before, hours = everything(), derived()
        text = "".join(csv_lines(table_rows(ConsultationWindow.objects.order_by("public_id"))))
        carrier = (
            workbook_bytes(table_rows(ConsultationWindow.objects.order_by("pk")), SHEET)
            if as_workbook
            else text.encode()
        )
        ConsultationWindow.objects.all().delete()
        table = WINDOWS.read(carrier)
        plan = import_table(table=table, by=administrator, options=Options(trusts_state=True))
        assert plan.counts[Outcome.CREATED] == len(rows)
        assert everything() == before
        assert derived() == hours
        assert "".join(csv_lines(table_rows(ConsultationWindow.objects.order_by("public_id")))) == text
        again = import_table(table=table, by=administrator, options=Options(trusts_state=True))
        assert again.counts[Outcome.UNCHANGED] == len(rows)
        transaction.set_rollback(True)
