"""The portal in numbers: the same numbers as the lists, in a constant number of queries."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consultations.views.desk.dashboard import last_months, members_by_month
from tests.conftest import text_of
from tests.factories.consultations import WindowFactory, ZeroHitWordFactory
from tests.factories.members import OrganizationFactory, SectorFactory

pytestmark = pytest.mark.django_db
DASHBOARD = reverse("desk:dashboard")


def charts(client) -> dict[str, dict[str, list[int]]]:
    found = client.get(DASHBOARD).context["charts"]
    return {chart.key: {row.name: row.counts for row in chart.rows} for chart in found}


def test_windows_stand_where_they_belong(owner, owner_client):
    today = timezone.localdate()
    for days in (10, 200, 400):
        WindowFactory(
            verified_on=today - dt.timedelta(days=days), verified_by=owner, verification_source="staff"
        )
    WindowFactory()
    WindowFactory(draft=True)
    numbers = charts(owner_client)["verification"]
    assert numbers == {
        "確かめてある": [1],
        "確かめる日が来た": [1],
        "確認が取れていない": [1],
        "まだ確かめていない": [1],
    }


def test_sectors_lead_to_lists_of_as_many(owner_client):
    OrganizationFactory()
    OrganizationFactory(is_listed=False)
    OrganizationFactory(left=True)
    OrganizationFactory(sector=SectorFactory(slug="police", name="警察"))
    chart = next(c for c in owner_client.get(DASHBOARD).context["charts"] if c.key == "sectors")
    assert {row.name: row.counts for row in chart.rows} == {"福祉": [2], "警察": [1]}
    for row in chart.rows:
        assert owner_client.get(row.address).context["page"].paginator.count == row.counts[0]


def test_months_hold_who_came_and_who_left():
    survivor = OrganizationFactory(joined_on=dt.date(2025, 4, 1))
    OrganizationFactory(joined_on=dt.date(2025, 4, 30), left_on=dt.date(2026, 3, 31), state="left")
    OrganizationFactory(joined_on=dt.date(2020, 4, 1))
    OrganizationFactory(
        joined_on=dt.date(2025, 4, 1), left_on=dt.date(2026, 3, 1), state="merged", merged_into=survivor
    )
    rows = {row.name: row.counts for row in members_by_month(dt.date(2026, 3, 31)).rows}
    assert len(rows) == 24
    assert rows["2025年4月"] == [2, 0]
    assert rows["2026年3月"] == [0, 1]
    assert sum(sum(counts) for counts in rows.values()) == 3


def test_last_months_cross_the_year():
    assert last_months(dt.date(2026, 2, 28), 3) == [
        dt.date(2025, 12, 1),
        dt.date(2026, 1, 1),
        dt.date(2026, 2, 1),
    ]


def test_words_are_the_most_frequent(owner_client):
    for number in range(12):
        ZeroHitWordFactory(word=f"言葉{number}", count=number + 1)
    words = charts(owner_client)["words"]
    assert next(iter(words.items())) == ("言葉11", [12])
    assert len(words) == 10


def test_nothing_to_count_is_said(owner_client):
    assert "まだ数えるものがありません" in text_of(owner_client.get(DASHBOARD))


def test_queries_stay_the_same(owner_client):
    owner_client.get(DASHBOARD)
    counts = []
    for rows in (1, 12):
        for number in range(rows):
            WindowFactory()
            OrganizationFactory(sector=SectorFactory(slug=f"s{rows}-{number}"))
            ZeroHitWordFactory()
        with CaptureQueriesContext(connection) as queries:
            owner_client.get(DASHBOARD)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 14
