"""Windows and the members that operate them: in the form, in files, and on the residents' page."""

import io
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import ProtectedError
from django.urls import reverse

from consultations import services
from consultations.importing.applying import import_table
from consultations.importing.reading import WINDOWS
from consultations.models import ConsultationWindow
from platform_portal.publishing.states import State
from platform_portal.sheets.planning import PlanRefusedError
from tests.conftest import text_of
from tests.factories.consultations import WindowFactory
from tests.factories.members import OrganizationFactory
from tests.integration.consultations.window_forms import data_of, edit, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def group() -> Any:
    return OrganizationFactory(name="つながりの会")


class TestName:
    @pytest.mark.parametrize(
        ("operator", "is_listed", "name"),
        [("", True, "つながりの会"), ("", False, ""), ("県の相談室", True, "県の相談室")],
    )
    def test_text_before_member_and_only_a_listed_one(self, operator, is_listed, name, group):
        group.is_listed = is_listed
        window = WindowFactory(organization=group, operator=operator)
        assert window.operator_name == name

    def test_residents_read_it(self, group, client, category):
        window = WindowFactory(organization=group, operator="", topics=[category])
        page = text_of(client.get(reverse("consultations:window-detail", args=[window.public_id])))
        assert "つながりの会" in page

    def test_member_with_windows_is_not_deleted(self, group):
        WindowFactory(organization=group)
        with pytest.raises(ProtectedError):
            group.delete()

    def test_windows_of_one_member(self, group):
        mine, _other = WindowFactory(organization=group), WindowFactory()
        assert list(ConsultationWindow.objects.operated_by(group)) == [mine]


class TestLeftBehind:
    """The organisation has left; residents still see its window."""

    @pytest.fixture
    def window(self, category) -> ConsultationWindow:
        WindowFactory(organization=OrganizationFactory(), topics=[category])
        return WindowFactory(
            name="のこった窓口",
            organization=OrganizationFactory(name="去った会", left=True),
            topics=[category],
        )

    def test_staff_are_told_and_led_there(self, window, owner_client):
        home = owner_client.get(reverse("desk:home"))
        assert "退会した団体の窓口" in text_of(home)
        address = reverse("desk:window-list") + "?state=published&operator=left"
        assert address.replace("&", "&amp;") in home.content.decode()
        rows = owner_client.get(address).context["page"].object_list
        assert [row.name for row in rows] == ["のこった窓口"]

    def test_window_page_says_so(self, window, owner_client):
        page = text_of(owner_client.get(reverse("desk:window-page", args=[window.public_id])))
        assert "去った会（退会）" in page

    def test_nothing_is_said_when_there_is_none(self, owner_client, category):
        WindowFactory(organization=OrganizationFactory(), topics=[category])
        assert "退会した団体の窓口" not in text_of(owner_client.get(reverse("desk:home")))


class TestForm:
    @pytest.mark.parametrize("words", ["つながりの会", "つながり", "ｔｓｕ", "{id}", " つながりの会 "])
    def test_member_is_found_by_name_or_id(self, words, group, owner_client, window):
        group.name = "つながりの会 tsu"
        group.save()
        response = send(
            owner_client, edit(window), data_of(window, organization=words.format(id=group.public_id))
        )
        assert response.status_code == 302
        window.refresh_from_db()
        assert window.organization == group

    @pytest.mark.parametrize("words", ["つながりの会（第１支部）", "つながりの会(第1支部)", "会（第"])
    def test_brackets_and_digits_of_either_width_are_the_same_name(self, words, group, owner_client, window):
        group.name = "つながりの会（第１支部）"
        group.save()
        assert send(owner_client, edit(window), data_of(window, organization=words)).status_code == 302

    @pytest.mark.parametrize(
        ("words", "reason"), [("どこにもない会", "見つかりません"), ("つながり", "いくつかあります")]
    )
    def test_what_names_no_member_or_two(self, words, reason, group, owner_client, window):
        OrganizationFactory(name="つながり隊")
        response = send(owner_client, edit(window), data_of(window, organization=words))
        assert response.status_code == 422
        assert reason in text_of(response)

    def test_form_of_a_window_whose_member_has_left_can_still_be_saved(self, owner_client):
        window = WindowFactory(organization=OrganizationFactory(left=True, name="去った会"))
        response = send(owner_client, edit(window), data_of(window, description="新しい説明"))
        assert response.status_code == 302
        window.refresh_from_db()
        assert window.organization.name == "去った会"

    def test_history_names_the_member(self, group, owner, owner_client, window):
        services.save_window(
            window=window, content=services.WindowContent(values={"organization": group}), by=owner
        )
        page = text_of(owner_client.get(reverse("desk:window-page", args=[window.public_id])))
        assert page.count("つながりの会") == 2  # among the facts and in the history


def test_window_is_found_by_its_members_name(group, owner_client):
    window = WindowFactory(organization=group, operator="")
    page = text_of(owner_client.get(reverse("desk:window-list"), {"words": "つながり"}))
    assert window.public_id in page


class TestFile:
    def take(self, window: ConsultationWindow, cell: str, by: Any) -> Any:
        text = f"ID,運営団体\n{window.public_id},{cell}\n"
        return import_table(table=WINDOWS.read(text.encode()), by=by)

    @pytest.mark.parametrize("by_name", [True, False])
    def test_by_name_or_id(self, by_name, group, window, owner):
        self.take(window, group.name if by_name else group.public_id, owner)
        window.refresh_from_db()
        assert window.organization == group
        self.take(window, "", owner)
        window.refresh_from_db()
        assert window.organization is None

    @pytest.mark.parametrize(
        ("cell", "reason"), [("去った会", "加入中の団体はありません"), ("双子", "ID を書いて")]
    )
    def test_no_member_or_two(self, cell, reason, window, owner):
        OrganizationFactory(left=True, name="去った会")
        OrganizationFactory.create_batch(2, name="双子")
        with pytest.raises(PlanRefusedError) as refused:
            self.take(window, cell, owner)
        assert reason in refused.value.plan.rows[0].problems[0].reason

    def test_out_by_id(self, group):
        WindowFactory(organization=group, state=State.PUBLISHED)
        out = io.StringIO()
        call_command("export_windows", stdout=out)
        assert group.public_id in out.getvalue()
