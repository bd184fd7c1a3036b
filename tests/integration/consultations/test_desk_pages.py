"""The desk as a whole: what waits, the menu, and that many rows cost no more queries than few."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consultations import services
from consultations.models import Category
from platform_portal.publishing.states import State
from tests.conftest import text_of
from tests.factories.consultations import (
    CalendarOverrideFactory,
    CategoryFactory,
    ErrorReportFactory,
    RevisionFactory,
    VerificationRequestFactory,
    WindowFactory,
    ZeroHitWordFactory,
)
from tests.factories.members import (
    ApplicationFactory,
    BoardReportFactory,
    MembershipFactory,
    OrganizationFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
LISTS = [
    "home",
    "window-list",
    "verification-list",
    "report-list",
    "word-list",
    "category-list",
    "override-list",
]


def fill(category: Category, owner: Any, count: int) -> None:
    for number in range(count):
        window = WindowFactory(topics=[category])
        WindowFactory(draft=True, topics=[category], author=owner)
        ErrorReportFactory(window=window)
        ZeroHitWordFactory()
        CategoryFactory()
        CalendarOverrideFactory(on=dt.date(2027, 1, 4) + dt.timedelta(days=number + 10 * count))
        services.verify_window(window=window, by=owner, on=timezone.localdate() - dt.timedelta(days=400))


@pytest.mark.parametrize("name", LISTS)
def test_many_rows_cost_no_more_queries(name, administrator, administrator_client, category):
    administrator_client.get(reverse("desk:home"))  # the first visit also writes the session
    counts = []
    for rows in (2, 12):
        fill(category, administrator, rows)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = administrator_client.get(reverse(f"desk:{name}"))
        assert response.status_code == 200
        counts.append(len(queries))
    # The first page asks once for each kind of work.
    assert counts[0] == counts[1] <= (39 if name == "home" else 20)


def test_long_history_costs_no_more_queries(owner, owner_client, category):
    window = WindowFactory(topics=[category])
    owner_client.get(reverse("desk:home"))
    counts = []
    for rows in (2, 12):
        for number in range(rows):
            content = services.WindowContent(values={"operator": f"{rows}-{number}"}, categories=[category])
            services.save_window(window=window, content=content, by=owner)
        with CaptureQueriesContext(connection) as queries:
            owner_client.get(reverse("desk:window-page", args=[window.public_id]))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 26


# --- Home -----------------------------------------------------------------------------------------
def test_home_says_what_waits_for_me(owner, colleague, owner_client, category):
    WindowFactory(
        state=State.IN_REVIEW, author=colleague, submitted_by=colleague, submitted_at=timezone.now()
    )
    WindowFactory(state=State.IN_REVIEW, author=owner)
    WindowFactory(draft=True, author=owner)
    WindowFactory(draft=True, author=colleague)
    ErrorReportFactory(window=WindowFactory(opening_hours="", topics=[category]))
    for person in (owner, colleague, colleague):
        RevisionFactory(
            window=WindowFactory(verified_on=timezone.localdate(), verified_by=owner), proposed_by=person
        )
    ApplicationFactory()
    ApplicationFactory(unconfirmed=True)
    OrganizationFactory()
    MembershipFactory()
    OrganizationFactory(left=True)
    response = owner_client.get(reverse("desk:home"))
    counts = [job.count for job in response.context["jobs"] if job.words != "電話で確かめる窓口"]
    # The last two are told by the app of meetings: events and changes of them.
    assert counts == [1, 2, 1, 1, 0, 1, 0, 1, 1, 1, 0, 0]


def test_home_counts_what_members_report(owner_client):
    BoardReportFactory()
    BoardReportFactory(handled_at=timezone.now(), handled_by=UserFactory())
    jobs = {job.words: job.count for job in owner_client.get(reverse("desk:home")).context["jobs"]}
    assert jobs["やりとりについての知らせ"] == 1


def test_home_counts_windows_to_telephone(owner_client):
    VerificationRequestFactory(stage="phone")
    jobs = {job.words: job.count for job in owner_client.get(reverse("desk:home")).context["jobs"]}
    assert jobs["電話で確かめる窓口"] == 1


def test_home_shows_the_last_thing_done(owner, owner_client, category):
    window = WindowFactory(topics=[category])
    services.verify_window(window=window, by=owner)
    services.move_window(window=window, to=State.SUSPENDED, by=owner, reason="閉鎖")
    (line,) = owner_client.get(reverse("desk:home")).context["latest"]
    assert (line.what, line.who) == ("公開を止めた", "県庁 あおい")


def test_menu_shows_only_what_one_may_do(owner_client, administrator_client):
    staff, administrator = (
        text_of(client.get(reverse("desk:home"))) for client in (owner_client, administrator_client)
    )
    address = reverse("desk:category-list")
    assert address not in staff
    assert address in administrator


def test_desk_pages_are_kept_nowhere(owner_client):
    assert owner_client.get(reverse("desk:home")).headers["Cache-Control"] == "no-store"


# --- Gallery --------------------------------------------------------------------------------------
def test_gallery_shows_every_component(owner_client, category):
    WindowFactory(topics=[category])
    page = text_of(owner_client.get(reverse("desk:components")))
    for name in ("window_card", "error_summary", "week_table", "state", "notice"):
        assert f'id="part-{name}"' in page
