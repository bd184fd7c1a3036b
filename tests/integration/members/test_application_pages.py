"""The work list of applications: found, read, decided, and never twice."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from members import services
from members.models import Application, ApplicationState, Invitation, JoiningRules, Organization
from platform_portal.mail.models import OutgoingMail
from tests.conftest import text_of
from tests.factories.members import ApplicationFactory, OrganizationFactory, SectorFactory
from tests.factories.region import MunicipalityFactory, PortalSettingsFactory

pytestmark = pytest.mark.django_db

LIST = reverse("members:application-list")
BATCH = reverse("members:application-batch")


def page_of(application, step="page"):
    return reverse(f"members:application-{step}", args=[application.public_id])


class TestList:
    def test_unconfirmed_ones_are_nobodys_business(self, owner_client):
        hidden = ApplicationFactory(unconfirmed=True, organization_name="まだの会")
        ApplicationFactory(organization_name="確定した会")
        page = text_of(owner_client.get(LIST))
        assert "確定した会" in page
        assert "まだの会" not in page
        assert owner_client.get(page_of(hidden)).status_code == 404

    def test_empty_list_says_what_to_do(self, owner_client):
        assert "まだ申込はありません" in text_of(owner_client.get(LIST))
        assert "あてはまる申込はありません" in text_of(owner_client.get(LIST, {"state": "refused"}))

    def test_filters(self, owner_client):
        PortalSettingsFactory()
        town, law = MunicipalityFactory(), SectorFactory(slug="law", name="法律")
        ApplicationFactory(organization_name="高松の会", municipality=town)
        ApplicationFactory(organization_name="法律の会", sector=law, state="withdrawn")
        for query, found, missing in [
            ({"municipality": town.pk}, "高松の会", "法律の会"),
            ({"sector": law.pk}, "法律の会", "高松の会"),
            ({"state": "withdrawn"}, "法律の会", "高松の会"),
        ]:
            page = text_of(owner_client.get(LIST, query))
            assert found in page
            assert missing not in page
        assert "読めない条件" in text_of(owner_client.get(LIST, {"state": "nonsense"}))

    def test_rounds_where_members_are_admitted_together(self, owner_client):
        assert 'name="round"' not in text_of(owner_client.get(LIST))
        JoiningRules.objects.create(pk=1, admission_interval=14, first_admission_on=dt.date(2026, 11, 2))
        with time_machine.travel("2026-11-21 09:00+09:00"):
            before = dt.datetime(2026, 11, 15, 23, 0, tzinfo=dt.UTC) - dt.timedelta(hours=9)
            ApplicationFactory(organization_name="前の会", confirmed_at=before)
            ApplicationFactory(organization_name="次の会", confirmed_at=before + dt.timedelta(hours=2))
            due = text_of(owner_client.get(LIST, {"round": "due"}))
            coming = text_of(owner_client.get(LIST, {"round": "next"}))
            assert "次にまとめて認める日は 2026年11月30日" in due
        assert ("前の会" in due, "次の会" in due) == (True, False)
        assert ("前の会" in coming, "次の会" in coming) == (False, True)

    def test_search_goes_by_post_and_stays_out_of_the_address(self, owner_client):
        ApplicationFactory(organization_name="みんなの食堂")
        ApplicationFactory(organization_name="よその会")
        response = owner_client.post(reverse("members:application-search"), {"words": "食堂"})
        assert response.headers["Location"] == LIST
        page = text_of(owner_client.get(LIST))
        assert "みんなの食堂" in page
        assert "よその会" not in page

    def test_pages_and_constant_queries(self, owner_client, django_assert_max_num_queries):
        ApplicationFactory.create_batch(60, municipality=MunicipalityFactory())
        with django_assert_max_num_queries(12):
            assert text_of(owner_client.get(LIST)).count('name="selected"') == 50
        with django_assert_max_num_queries(12):
            assert text_of(owner_client.get(LIST, {"page": "2"})).count('name="selected"') == 10

    def test_the_first_page_counts_what_waits(self, owner_client):
        ApplicationFactory.create_batch(3)
        page = text_of(owner_client.get(reverse("desk:home")))
        assert f"{LIST}?state=submitted" in page


class TestPage:
    def test_shows_everything_that_a_decision_needs(self, owner_client, django_assert_max_num_queries):
        OrganizationFactory(name="NPO法人みんなの食堂")
        application = ApplicationFactory(
            organization_name="みんなの食堂",
            criteria=[{"text": "県内で活動している。", "is_required": False, "is_met": False}],
        )
        with django_assert_max_num_queries(16):
            page = text_of(owner_client.get(page_of(application)))
        for words in (
            "同じ団体かもしれません",
            "NPO法人みんなの食堂",
            "<strong>いいえ</strong>",
            "入会を認める",
        ):
            assert words in page

    def test_approving(self, owner_client):
        application = ApplicationFactory()
        asked = text_of(owner_client.get(page_of(application, "approve")))
        assert timezone.localdate().isoformat() in asked
        response = owner_client.post(
            page_of(application, "approve"), {"joined_on": "2026-11-30", "kind": "leading"}, follow=True
        )
        assert "入会を認めました" in text_of(response)
        organization = Organization.objects.get()
        assert (organization.joined_on, organization.kind) == (dt.date(2026, 11, 30), "leading")
        assert "入会を認める</a>" not in text_of(response)

    def test_the_day_of_admission_is_offered(self, owner_client):
        JoiningRules.objects.create(pk=1, admission_interval=14, first_admission_on=dt.date(2099, 4, 1))
        assert 'value="2099-04-01"' in text_of(owner_client.get(page_of(ApplicationFactory(), "approve")))

    @pytest.mark.parametrize(
        ("step", "data", "state"),
        [("return", {"questions": "どこで？"}, "returned"), ("refuse", {"reason": "県外"}, "refused")],
    )
    def test_returning_and_refusing(self, owner_client, step, data, state):
        application = ApplicationFactory()
        empty = owner_client.post(page_of(application, step), dict.fromkeys(data, " "))
        assert 'id="error-summary"' in text_of(empty)
        owner_client.post(page_of(application, step), data)
        application.refresh_from_db()
        assert application.state == state
        assert OutgoingMail.objects.get().address == application.contact_email

    @pytest.mark.parametrize("step", ["approve", "return", "refuse"])
    def test_who_comes_second_is_told(self, owner_client, colleague, step):
        application = ApplicationFactory()
        services.refuse_application(application=application, reason="県外", by=colleague)
        data = {"joined_on": "2026-11-30", "kind": "general", "questions": "？", "reason": "県内"}
        response = owner_client.post(page_of(application, step), data, follow=True)
        assert "もう「入会を断った」（同僚 みどり）になっています" in text_of(response)
        assert not Organization.objects.exists()
        gone = owner_client.get(page_of(application, step), follow=True)
        assert "もうこの操作はできません" in text_of(gone)

    def test_a_second_of_the_same_name_takes_a_deliberate_tick(self, owner_client):
        there = OrganizationFactory(name="ＮＰＯ法人 みんなの食堂")
        application = ApplicationFactory(organization_name="みんなの食堂")
        data = {"joined_on": "2026-11-30", "kind": "general"}
        address = reverse("members:organization-page", args=[there.public_id])
        assert address in text_of(owner_client.get(page_of(application, "approve")))
        refused = owner_client.post(page_of(application, "approve"), data)
        assert "別の団体か、確かめてください" in text_of(refused)
        assert Organization.objects.get() == there
        owner_client.post(page_of(application, "approve"), data | {"is_another_body": "on"})
        assert Organization.objects.count() == 2

    def test_a_number_that_is_taken_is_said_beside_the_form(self, owner_client):
        OrganizationFactory(corporate_number="7010705000725")
        application = ApplicationFactory(corporate_number="7010705000725")
        data = {"joined_on": "2026-11-30", "kind": "general"}
        response = owner_client.post(page_of(application, "approve"), data)
        assert response.status_code == 200
        assert "この法人番号の団体は、すでに登録されています" in text_of(response)

    def test_history_tells_the_applicant_from_the_portal(self, owner_client):
        application = ApplicationFactory()
        services.withdraw_application(application=application)
        assert "<strong>申込者</strong>" in text_of(owner_client.get(page_of(application)))

    def test_note_stays_among_staff(self, owner_client):
        application = ApplicationFactory()
        owner_client.post(page_of(application, "note"), {"staff_note": "電話で確認"})
        assert "電話で確認" in text_of(owner_client.get(page_of(application)))

    def test_the_contact_can_be_invited_again(self, owner_client, owner):
        application = ApplicationFactory()
        services.approve_application(application=application, joined_on=timezone.localdate(), by=owner)
        old = Invitation.objects.get().secret_hash
        page = text_of(owner_client.post(page_of(application, "invite-again"), follow=True))
        assert "もう一度送ります" in page
        assert Invitation.objects.get().secret_hash != old
        Invitation.objects.update(withdrawn_at=timezone.now(), withdrawn_by=owner)
        page = text_of(owner_client.post(page_of(application, "invite-again"), follow=True))
        assert "返事を待っている招待はありません" in page


class TestBatch:
    def test_asks_first_and_then_reports_each(self, owner_client):
        OrganizationFactory(corporate_number="7010705000725")
        good, twin = ApplicationFactory(), ApplicationFactory(corporate_number="7010705000725")
        gone = ApplicationFactory(state="withdrawn", organization_name="取り下げた会")
        chosen = [row.public_id for row in (good, twin, gone)]
        page = text_of(owner_client.post(BATCH, {"selected": chosen}))
        assert "2件の入会をまとめて認めます" in page
        assert "取り下げた会" in page
        assert not Organization.objects.exclude(corporate_number="7010705000725").exists()
        data = {"selected": chosen[:2], "confirmed": "1", "joined_on": "2026-11-30"}
        page = text_of(owner_client.post(BATCH, data))
        assert "1件の入会を認めました" in page
        assert "すでに登録されています" in page
        assert Application.objects.get(pk=good.pk).state == ApplicationState.APPROVED
        assert Application.objects.get(pk=twin.pk).state == ApplicationState.SUBMITTED

    def test_a_namesake_of_a_member_is_left_out_and_named(self, owner_client, django_assert_max_num_queries):
        member = OrganizationFactory(name="NPO法人 まちの会")
        good, twin = ApplicationFactory(), ApplicationFactory(organization_name="まちの会")
        chosen = [good.public_id, twin.public_id]
        with django_assert_max_num_queries(12):
            response = owner_client.post(BATCH, {"selected": chosen})
        page = text_of(response)
        assert "1件の入会をまとめて認めます" in page
        assert "同じ名前の会員団体があります" in page
        assert reverse("members:organization-page", args=[member.public_id]) in page
        assert f'name="selected" value="{good.public_id}"' in page
        assert f'value="{twin.public_id}"' not in page
        data = {"selected": chosen, "confirmed": "1", "joined_on": "2026-11-30"}
        page = text_of(owner_client.post(BATCH, data))
        assert "1件の入会を認めました" in page
        assert "同じ名前の会員団体「NPO法人 まちの会」があります" in page
        assert Application.objects.get(pk=twin.pk).state == ApplicationState.SUBMITTED

    def test_nothing_but_namesakes_leaves_no_button(self, owner_client):
        OrganizationFactory(name="まちの会")
        twin = ApplicationFactory(organization_name="まちの会")
        page = text_of(owner_client.post(BATCH, {"selected": [twin.public_id]}))
        assert "まとめては認めないもの" in page
        assert 'name="confirmed"' not in page

    def test_nothing_chosen(self, owner_client):
        page = text_of(owner_client.post(BATCH, {"selected": ["zzzzzz"]}, follow=True))
        assert "申込を選んでください" in page

    def test_a_day_is_needed(self, owner_client):
        data = {"selected": [ApplicationFactory().public_id], "confirmed": "1", "joined_on": ""}
        assert "入会日を入れてください" in text_of(owner_client.post(BATCH, data))
        assert not Organization.objects.exists()

    def test_a_wrong_year_is_noticed(self, owner_client):
        data = {"selected": [ApplicationFactory().public_id], "confirmed": "1", "joined_on": "1026-11-30"}
        assert "年を確かめてください" in text_of(owner_client.post(BATCH, data))
        assert not Organization.objects.exists()
