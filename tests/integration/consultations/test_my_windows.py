"""Members and their own windows: what they may see, ask for and not reach."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consultations import services
from consultations.forms.editor import WindowEditor
from consultations.models import ConsultationWindow, WindowRevision
from consultations.services import MEMBER_FIELDS, WindowContent
from platform_portal.publishing.states import State
from tests.conftest import signed_in, text_of
from tests.factories.consultations import RevisionFactory, WindowFactory
from tests.factories.members import MembershipFactory, OrganizationFactory, UserFactory
from tests.integration.consultations.window_forms import changed, send
from tests.unit.consultations.test_desk_forms import form_data

pytestmark = pytest.mark.django_db
ON_ONE = ["window-page", "window-edit"]
BY_POST = ["window-submit", "window-take-back", "revision-withdraw"]


def at(name: str, window: ConsultationWindow) -> str:
    return reverse(f"my:{name}", args=[window.public_id])


def data_of(window: ConsultationWindow, **values: Any) -> Any:
    return changed(form_data(WindowEditor(window, fields=MEMBER_FIELDS)), **values)


@pytest.fixture
def group() -> Any:
    return OrganizationFactory(name="つながりの会")


@pytest.fixture
def editor(group) -> Any:
    return MembershipFactory(organization=group, editor=True, user__name="会の人").user


@pytest.fixture
def editor_client(editor) -> Client:
    return signed_in(editor)


@pytest.fixture
def viewer_client(group) -> Client:
    return signed_in(MembershipFactory(organization=group, viewer=True).user)


@pytest.fixture
def owned(group, category) -> ConsultationWindow:
    return WindowFactory(
        name="会の窓口", organization=group, topics=[category], internal_note="秘密のメモ", operator=""
    )


# --- Who reaches what --------------------------------------------------------------------------------
class TestReach:
    @pytest.mark.parametrize("name", ON_ONE + BY_POST)
    def test_windows_of_others_are_not_found(self, name, editor_client, outsider_client, owner_client, owned):
        RevisionFactory(window=owned)
        for window, client in [
            (WindowFactory(organization=OrganizationFactory()), editor_client),
            (WindowFactory(), editor_client),
            (owned, outsider_client),
            (owned, owner_client),
        ]:
            method = client.post if name in BY_POST else client.get
            assert method(at(name, window)).status_code == 404

    @pytest.mark.parametrize("name", ON_ONE)
    def test_nobody_signed_in(self, name, client, owned):
        assert client.get(at(name, owned)).status_code == 302

    def test_walking_all_ids_finds_only_the_own(self, editor_client, owned):
        WindowFactory.create_batch(3, organization=OrganizationFactory())
        found = [
            window.pk
            for window in ConsultationWindow.objects.all()
            if editor_client.get(at("window-page", window)).status_code == 200
        ]
        assert found == [owned.pk]

    def test_viewer_without_windows_is_not_sent_to_a_button_that_is_not_there(self, viewer_client):
        page = text_of(viewer_client.get(reverse("my:window-list")))
        assert "まだ窓口がありません" in page
        assert "相談窓口を作る" not in page

    def test_viewer_looks_but_does_not_write(self, viewer_client, owned):
        page = text_of(viewer_client.get(at("window-page", owned)))
        assert "会の窓口" in page
        assert "「閲覧のみ」の担当なので、直せません" in page
        for name in ("window-edit", "window-submit", "window-take-back"):
            response = viewer_client.post(at(name, owned))
            assert response.status_code == 403
            assert "「閲覧のみ」" in text_of(response)
        assert viewer_client.get(reverse("my:window-create")).status_code == 403

    def test_staff_with_a_membership_act_for_it(self, owner, owner_client, group, owned):
        MembershipFactory(organization=group, user=owner)
        data = data_of(owned, version=owned.updated_at.isoformat(), description="説明")
        assert send(owner_client, at("window-edit", owned), data).status_code == 302
        assert WindowRevision.objects.get().changed_names == ["description"]

    def test_who_belongs_nowhere(self, owner_client):
        assert "担当している団体がありません" in text_of(owner_client.get(reverse("my:window-list")))
        assert owner_client.get(reverse("my:window-create")).status_code == 404


# --- Changing -----------------------------------------------------------------------------------------
class TestChanging:
    def test_change_waits_and_is_shown(self, editor_client, client, owned):
        data = data_of(owned, description="新しい説明")
        response = editor_client.post(
            at("window-edit", owned),
            data.urlencode(),
            content_type="application/x-www-form-urlencoded",
            follow=True,
        )
        page = text_of(response)
        assert "変更を受け付けました" in page
        assert "結果は、メールでお知らせします" in page
        assert "新しい説明" in page
        public = text_of(client.get(reverse("consultations:window-detail", args=[owned.public_id])))
        assert "新しい説明" not in public
        editor_client.post(at("revision-withdraw", owned))
        assert not WindowRevision.objects.waiting().exists()

    @pytest.mark.parametrize(
        "name", ["internal_note", "operator", "organization", "source", "is_verified_now"]
    )
    def test_fields_of_the_office_are_neither_shown_nor_taken(self, name, editor_client, owned):
        page = text_of(editor_client.get(at("window-edit", owned)))
        assert f'name="{name}"' not in page
        assert "秘密のメモ" not in page
        data = data_of(owned, description="説明", **{name: "x"})
        assert send(editor_client, at("window-edit", owned), data).status_code == 302
        assert WindowRevision.objects.get().changed_names == ["description"]

    def test_one_body_is_named_once(self, editor_client, group, owned):
        page = text_of(editor_client.get(at("window-page", owned)))
        assert ("<dt>運営</dt>" in page, "<dt>運営団体</dt>" in page) == (True, False)
        ConsultationWindow.objects.filter(pk=owned.pk).update(operator="となりの市")
        page = text_of(editor_client.get(at("window-page", owned)))
        assert ("<dt>運営</dt>" in page, "<dt>運営団体</dt>" in page) == (True, True)

    def test_the_closure_at_the_end_of_the_year_is_read_back(self, editor_client, owned):
        """Members checked the page against their leaflet and believed it lost."""
        type(owned).objects.update(
            opening_hours="Mo-Fr 09:00-17:00", year_end_from="12-29", year_end_to="01-03"
        )
        page = editor_client.get(reverse("my:window-page", args=[owned.public_id])).content.decode()
        assert "月〜金 9:00〜17:00 ／ 12/29〜1/3 休み" in page

    def test_form_sent_back_untouched_asks_for_nothing(self, editor_client, owned):
        send(editor_client, at("window-edit", owned), data_of(owned))
        assert not WindowRevision.objects.exists()

    def test_conflict_tells_no_secrets(self, editor_client, owner, owned):
        data = data_of(owned, description="会の説明")
        content = WindowContent(values={"description": "県の説明", "internal_note": "もっと秘密"})
        services.save_window(window=owned, content=content, by=owner)
        response = send(editor_client, at("window-edit", owned), data)
        page = text_of(response)
        assert response.status_code == 409
        assert "県の説明" in page
        assert "ほかの人" in page
        assert "もっと秘密" not in page
        assert "県庁 あおい" not in page

    def test_waiting_change_of_the_office_tells_no_secrets(self, editor_client, owner, owned):
        content = WindowContent(values={"address": "番町4-1-10", "internal_note": "もっと秘密"})
        services.change_window(window=owned, content=content, by=owner)
        page = text_of(editor_client.get(at("window-page", owned)))
        assert "番町4-1-10" in page
        assert "事務局が申し出ました" in page
        assert "もっと秘密" not in page
        assert "県庁 あおい" not in page
        assert editor_client.post(at("revision-withdraw", owned)).status_code == 403

    def test_returned_change_says_why_and_begins_anew(self, editor, editor_client, colleague, owned):
        content = WindowContent(values={"description": "新しい説明"})
        done = services.change_window(window=owned, content=content, by=editor, as_member=True)
        services.return_revision(revision=done.revision, by=colleague, reason="もう少し短く")
        page = text_of(editor_client.get(at("window-page", owned)))
        assert "もう少し短く" in page
        address = at("window-edit", owned) + f"?revision={done.revision.public_id}"
        assert page.count(address) == 2, "every way to the form begins with what came back"
        assert f'"{at("window-edit", owned)}"' not in page
        assert "新しい説明" in text_of(editor_client.get(address))

    @pytest.mark.parametrize("is_office", [True, False])
    def test_second_writer_is_told_what_a_member_can_do(self, is_office, owner, group, editor_client, owned):
        first = owner if is_office else MembershipFactory(organization=group, user__name="先に 書いた").user
        before = services.describe_content(owned)
        services.propose(window=owned, before=before, proposed=before | {"address": "番町1"}, by=first)
        page = text_of(send(editor_client, at("window-edit", owned), data_of(owned, description="新しい")))
        assert ("事務局の変更が" if is_office else "先に 書いたさんの変更が") in page
        assert "認めるか差し戻すか" not in page
        assert "県庁 あおい" not in page

    @pytest.mark.parametrize("state", [State.IN_REVIEW, State.ARCHIVED])
    def test_reason_why_not_now(self, state, editor_client, group):
        window = WindowFactory(organization=group, state=state)
        page = text_of(editor_client.get(at("window-page", window)))
        assert 'aria-disabled="true"' in page
        assert editor_client.get(at("window-edit", window)).status_code == 403

    def test_preview(self, editor_client, owned):
        response = send(
            editor_client, at("window-edit", owned), data_of(owned, preview="1", description="見本の説明")
        )
        assert "見本の説明" in text_of(response)
        assert not WindowRevision.objects.exists()

    def test_helpers_without_javascript(self, editor_client, owned):
        response = send(editor_client, at("window-edit", owned), data_of(owned, add="channel"))
        assert response.status_code == 200
        box = send(editor_client, reverse("my:hours-preview"), data_of(owned))
        assert "24時間" in text_of(box)


# --- A new window -----------------------------------------------------------------------------------
class TestNew:
    def new_data(self, **values: Any) -> Any:
        phone = {"channels__0__kind": "phone", "channels__0__value": "087-832-0000"}
        hours = {"hours__mode": "always"}
        data = form_data(WindowEditor(ConsultationWindow(), fields=MEMBER_FIELDS))
        return changed(data, **({"name": "新しい窓口"} | phone | hours | values))

    def test_from_draft_to_review_and_back(self, editor, editor_client, group, category):
        data = self.new_data(categories=str(category.pk))
        response = send(editor_client, reverse("my:window-create"), data)
        window = ConsultationWindow.objects.get()
        assert response.headers["Location"] == at("window-page", window)
        assert (window.state, window.organization, window.author) == (State.DRAFT, group, editor)
        editor_client.post(at("window-submit", window))
        window.refresh_from_db()
        assert window.state == State.IN_REVIEW
        editor_client.post(at("window-take-back", window))
        window.refresh_from_db()
        assert window.state == State.DRAFT

    def test_unfinished_one_says_what_is_missing(self, editor_client):
        send(editor_client, reverse("my:window-create"), self.new_data())
        window = ConsultationWindow.objects.get()
        assert "分野が選ばれていません" in text_of(editor_client.get(at("window-page", window)))

    def test_reason_of_the_office_is_shown(self, editor, editor_client, colleague, group, category):
        window = WindowFactory(draft=True, organization=group, topics=[category])
        services.move_own_window(window=window, to=State.IN_REVIEW, by=editor)
        services.move_window(window=window, to=State.DRAFT, by=colleague, reason="時間を書いてください")
        assert "時間を書いてください" in text_of(editor_client.get(at("window-page", window)))

    def test_with_two_groups_one_is_chosen(self, editor, editor_client):
        other = MembershipFactory(user=editor, organization__name="もう一つの会").organization
        page = text_of(editor_client.get(reverse("my:window-create")))
        assert "どの団体の窓口を作りますか" in page
        address = reverse("my:window-create") + f"?organization={other.public_id}"
        send(editor_client, address, self.new_data())
        assert ConsultationWindow.objects.get().organization == other

    @pytest.mark.parametrize("chosen", ["foreign", "x", "\x00"])
    def test_group_of_others_is_not_taken(self, chosen, editor_client, group):
        foreign = OrganizationFactory()
        address = reverse("my:window-create")
        query = {"organization": foreign.public_id if chosen == "foreign" else chosen}
        response = editor_client.post(
            address,
            self.new_data().dict(),
            QUERY_STRING=f"organization={query['organization']}".replace("\x00", "%00"),
        )
        assert response.status_code == 302
        assert ConsultationWindow.objects.get().organization == group


# --- The list -----------------------------------------------------------------------------------------
class TestList:
    def test_shows_the_own_with_what_waits(self, editor_client, owned, group):
        RevisionFactory(window=owned)
        WindowFactory(organization=group, state=State.ARCHIVED, name="昔の窓口")
        WindowFactory(organization=OrganizationFactory(), name="よその窓口")
        page = text_of(editor_client.get(reverse("my:window-list")))
        assert "会の窓口" in page
        assert "確認待ち" in page
        assert "昔の窓口" not in page
        assert "よその窓口" not in page

    def test_empty(self, editor_client):
        assert "まだ窓口がありません" in text_of(editor_client.get(reverse("my:window-list")))

    def test_viewer_is_offered_no_new_one(self, viewer_client, owned):
        assert reverse("my:window-create") not in text_of(viewer_client.get(reverse("my:window-list")))

    def test_many_rows_cost_no_more_queries(self, editor_client, group):
        editor_client.get(reverse("my:window-list"))
        counts = []
        for size in (1, 20):
            for _each in range(size):
                RevisionFactory(window=WindowFactory(organization=group), proposed_by=UserFactory())
            with CaptureQueriesContext(connection) as queries:
                editor_client.get(reverse("my:window-list"))
            counts.append(len(queries))
        assert counts[0] == counts[1]
