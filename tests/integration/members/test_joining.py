"""Joining as the applicant meets it: nothing lost, nothing kept by the browser, nothing done by opening a link."""

import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from members import services
from members.masters import load_member_masters
from members.models import Application, ApplicationState, JoiningRules, Sector
from members.private_links import application_token
from platform_portal.public_forms import new_token
from tests.conftest import text_of
from tests.factories.members import ApplicationFactory, CharterFactory, UserFactory
from tests.factories.region import MunicipalityFactory, PortalSettingsFactory
from tests.outbox import delivered

pytestmark = pytest.mark.django_db

JOIN, SENT = "/join/", "/join/sent/"
REQUIRED = ["active-here", "shares-purpose", "no-organised-crime", "no-propaganda"]


@pytest.fixture(autouse=True)
def _ready(monkeypatch):
    monkeypatch.setattr("platform_portal.public_forms.TOKEN_MIN_AGE", 0)
    PortalSettingsFactory(secretariat_phone="087-832-0000")
    MunicipalityFactory()
    load_member_masters()
    CharterFactory(number=1, text="## 守秘義務\n\n知ったことを外に出しません。")


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1]


def written(client, **values):
    page = text_of(client.get(JOIN))
    return {
        "token": hidden(page, "token"),
        "form_id": hidden(page, "form_id"),
        "charter_hash": hidden(page, "charter_hash"),
        "organization_name": "みんなの食堂",
        "organization_kana": "みんなのしょくどう",
        "sector": Sector.objects.get(slug="welfare").pk,
        "municipality": "372013",
        "activity": "月に2回、食堂を開いています。",
        "contact_name": "申込 花子",
        "contact_email": "ｈａｎａｋｏ@group.example",
        "contact_phone": "０８７－０００－００００",
        "met": REQUIRED,
        "is_listed": "on",
        "consent": "on",
    } | values


def link():
    return re.search(r"http://testserver(/join/application/\S+/)", delivered()[-1].body)[1]


class TestForm:
    def test_shows_what_is_asked_and_the_whole_charter(self, client):
        page = text_of(client.get(JOIN))
        for words in ("入会金と会費はかかりません", "知ったことを外に出しません", "公開しません", "（必須）"):
            assert words in page
        assert "個人の入会は受け付けていません" in page
        assert 'name="is_individual"' not in page

    def test_what_is_sent_is_kept_and_mailed(self, client):
        response = client.post(JOIN, written(client))
        assert (response.status_code, response.headers["Location"]) == (302, SENT)
        application = Application.objects.get()
        assert application.contact_email == "hanako@group.example"
        assert application.contact_phone == "087-000-0000"
        assert application.organization_kana == "ミンナノショクドウ"
        assert [row["is_met"] for row in application.criteria] == [True, True, True, True, False]
        assert application.public_id not in response.headers["Location"]
        assert link()

    def test_no_cookie_and_no_copy_anywhere(self, client):
        for response in (client.get(JOIN), client.post(JOIN, written(client)), client.get(SENT)):
            assert not response.cookies
            assert "no-store" in response.headers["Cache-Control"]
            assert response.headers["X-Robots-Tag"] == "noindex, nofollow"

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"organization_name": ""}, "団体の名前を書いてください"),
            ({"organization_name": "あ" * 101}, "もう少し短く"),
            ({"sector": ""}, "活動分野を1つ選んでください"),
            ({"contact_email": "hanako"}, "メールアドレス"),
            ({"contact_phone": "12"}, "市外局番から"),
            ({"corporate_number": "1234567890123"}, "法人番号ではありません"),
            ({"website": "javascript:alert(1)"}, "https:// で始まる"),
            ({"contact_name": "花子\nBcc: all"}, "改行や見えない文字"),
            ({"activity": ""}, "活動の内容を書いてください"),
            ({"consent": ""}, "同意するときは印を"),
            ({"met": REQUIRED[1:]}, "事務局（087-832-0000）に聞いてください"),
            ({"token": "forged"}, "もう一度「送る」"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_is_lost(self, client, change, said):
        response = client.post(JOIN, written(client) | change)
        page = text_of(response)
        assert response.status_code == 400
        assert 'id="error-summary"' in page
        assert said in page
        assert "月に2回" in page or "activity" in change
        assert page.count("checked") >= 4
        assert not Application.objects.exists()

    def test_an_address_as_it_stands_on_a_leaflet_is_taken(self, client):
        assert 'type="url"' not in text_of(client.get(JOIN))
        client.post(JOIN, written(client, website="shokudo.example"))
        assert Application.objects.get().website == "https://shokudo.example"

    def test_an_old_page_keeps_every_tick(self, client):
        with time_machine.travel("2026-11-21 09:00+09:00"):
            data = written(client)
        with time_machine.travel("2026-11-21 21:00+09:00"):
            page = text_of(client.post(JOIN, data))
        for slug in REQUIRED:
            assert re.search(rf'value="{slug}"[^>]* checked', page), slug

    def test_a_charter_that_changed_meanwhile_is_shown_and_asked_about_again(self, client):
        data = written(client)
        CharterFactory(number=2, text="新しい第1条")
        response = client.post(JOIN, data)
        page = text_of(response)
        assert response.status_code == 400
        assert "設置要綱が変わりました" in page
        assert "新しい第1条" in page
        assert not re.search(r'name="consent"[^>]* checked', page)
        again = data | {"charter_hash": hidden(page, "charter_hash")}
        assert client.post(JOIN, again).status_code == 302
        assert Application.objects.get().consent.charter.number == 2

    def test_double_press_and_back_button_make_one(self, client):
        data = written(client)
        for _time in range(3):
            assert client.post(JOIN, data).status_code == 302
        assert Application.objects.count() == 1
        assert len(delivered()) == 1

    def test_individuals_where_they_are_taken(self, client, secretariat):
        services.save_joining_rules(values={"accepts_individuals": True}, by=secretariat)
        assert 'name="is_individual"' in text_of(client.get(JOIN))
        client.post(JOIN, written(client, is_individual="on"))
        assert Application.objects.get().is_individual

    def test_individuals_where_they_are_not(self, client):
        client.post(JOIN, written(client, is_individual="on"))
        assert not Application.objects.get().is_individual

    def test_the_next_day_of_admission_is_said(self, client):
        JoiningRules.objects.update(admission_interval=14, first_admission_on=dt.date(2099, 4, 1))
        assert "次は 2099年4月1日" in text_of(client.get(JOIN))

    @pytest.mark.parametrize("why", ["closed", "no charter"])
    def test_closed(self, client, why, monkeypatch):
        data = written(client)
        if why == "closed":
            JoiningRules.objects.update(is_open=False)
        else:
            monkeypatch.setattr("members.models.charters.CharterQuerySet.in_force", lambda self: None)
        assert "受け付けていません" in text_of(client.get(JOIN))
        assert "受け付けていません" in text_of(client.post(JOIN, data))
        assert not Application.objects.exists()

    def test_programs_and_other_sites_are_kept_out(self, client):
        data = written(client)
        assert client.post(JOIN, data | {"website_url": "https://spam.example"}).status_code == 302
        assert client.post(JOIN, data, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
        assert client.post(JOIN, data | {"token": new_token("error-report")}).status_code == 400
        assert not Application.objects.exists()

    def test_too_many_must_wait(self, client):
        for number in range(10):
            assert client.post(JOIN, written(client, organization_name=f"会{number}")).status_code == 302
        response = client.post(JOIN, written(client, organization_name="もう1つの会"))
        assert response.status_code == 429
        assert "もう1つの会" in text_of(response)
        assert Application.objects.count() == 10

    def test_mail_that_cannot_be_stored_leaves_nothing(self, client, monkeypatch):
        data = written(client)

        def fail(messages):
            raise RuntimeError("away")

        monkeypatch.setattr("platform_portal.mail.storing.store", fail)
        client.raise_request_exception = False
        assert client.post(JOIN, data).status_code == 500
        assert not Application.objects.exists()


class TestLink:
    def test_from_the_mail_to_the_list_of_staff(self, client):
        client.post(JOIN, written(client))
        address = link()
        for _scanner in range(2):
            assert "まだ申込は終わっていません" in text_of(client.get(address))
        assert Application.objects.get().state == ApplicationState.UNCONFIRMED
        assert client.post(address).headers["Location"] == address
        assert "申込を受け付けました" in text_of(client.get(address))
        second = client.post(address)
        assert second.status_code == 200
        assert "もう確定されています" in text_of(second)
        assert "申込を受け付けました" in text_of(second)

    def test_nothing_is_kept_on_the_way(self, client):
        response = client.get(
            reverse("members:application-open", args=[application_token(ApplicationFactory())])
        )
        assert not response.cookies
        assert "no-store" in response.headers["Cache-Control"]
        assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert response.headers["Referrer-Policy"] == "same-origin"

    @pytest.mark.parametrize(
        ("trouble", "status", "said"),
        [
            ("tampered", 404, "途中で切れている"),
            ("expired", 410, "もう一度申し込んでください"),
            ("replaced", 410, "いちばん新しいメール"),
        ],
    )
    @pytest.mark.parametrize("page", ["open", "answer", "withdraw"])
    def test_links_that_lead_nowhere_say_what_to_do(self, client, trouble, status, said, page):
        old = timezone.now() - dt.timedelta(days=8)
        application = ApplicationFactory(
            unconfirmed=True, created_at=old if trouble == "expired" else timezone.now()
        )
        token = application_token(application)
        if trouble == "tampered":
            token = token[:-2]
        if trouble == "replaced":
            Application.objects.update(link_version=2)
        for response in (
            client.get(reverse(f"members:application-{page}", args=[token])),
            client.post(reverse(f"members:application-{page}", args=[token])),
        ):
            assert response.status_code == status
            assert said in text_of(response)
            assert application.contact_name not in text_of(response)

    def test_other_sites_cannot_press_the_button(self, client):
        address = reverse(
            "members:application-open", args=[application_token(ApplicationFactory(unconfirmed=True))]
        )
        assert client.post(address, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403

    def test_questions_are_answered_and_words_corrected(self, client):
        application = ApplicationFactory(activity="食堂", contact_email="hanako@group.example")
        services.return_application(application=application, questions="どこで？", by=UserFactory())
        token = application_token(application)
        state = reverse("members:application-open", args=[token])
        answer = reverse("members:application-answer", args=[token])
        assert "どこで？" in text_of(client.get(state))
        page = text_of(client.get(answer))
        assert "食堂" in page
        assert 'name="contact_email"' not in page
        data = {
            "organization_name": application.organization_name,
            "sector": application.sector.pk,
            "activity": "高松で食堂",
            "contact_name": "申込 花子",
            "contact_phone": "087-000-0000",
        }
        empty = client.post(answer, data)
        assert empty.status_code == 400
        assert "質問への返事を書いてください" in text_of(empty)
        assert client.post(answer, data | {"answer": "高松です"}).headers["Location"] == state
        application.refresh_from_db()
        assert (application.state, application.activity) == (ApplicationState.SUBMITTED, "高松で食堂")
        assert "高松です" in text_of(client.get(state))
        assert client.get(answer).headers["Location"] == state

    def test_withdrawing_asks_first(self, client):
        application = ApplicationFactory()
        address = reverse("members:application-withdraw", args=[application_token(application)])
        assert "取り下げますか" in text_of(client.get(address))
        client.post(address)
        assert "もう" in text_of(client.post(address))
        application.refresh_from_db()
        assert application.state == ApplicationState.WITHDRAWN
        asked_again = client.get(address)
        assert asked_again.headers["Location"] == address.replace("withdraw/", "")

    def test_who_decided_is_not_said_outside_the_office(self, client):
        application, by = ApplicationFactory(), UserFactory(name="県庁 あおい")
        services.approve_application(application=application, joined_on=timezone.localdate(), by=by)
        page = text_of(
            client.post(reverse("members:application-withdraw", args=[application_token(application)]))
        )
        assert "もう「入会を認めた」になっています" in page
        assert "あおい" not in page

    def test_written_twice_and_confirmed_once(self, client):
        first, second, other = (
            ApplicationFactory(unconfirmed=True, organization_name=name, contact_email="one@group.example")
            for name in ("みんなの食堂", "みんなの食堂", "ほかの会")
        )
        page = text_of(client.get(reverse("members:application-open", args=[application_token(second)])))
        assert "はじめから書いて" in page
        services.confirm_application(application=second)
        assert set(Application.objects.all()) == {second, other}
        gone = client.get(reverse("members:application-open", args=[application_token(first)]))
        assert gone.status_code == 410

    @pytest.mark.parametrize(
        ("state", "said"),
        [("approved", "入会を認めました"), ("refused", "県外のため"), ("withdrawn", "取り下げました")],
    )
    def test_the_end_is_said_in_plain_words(self, client, state, said):
        application, by = ApplicationFactory(), UserFactory()
        if state == "approved":
            services.approve_application(application=application, joined_on=timezone.localdate(), by=by)
        elif state == "refused":
            services.refuse_application(application=application, reason="県外のため", by=by)
        else:
            services.withdraw_application(application=application)
        page = text_of(client.get(reverse("members:application-open", args=[application_token(application)])))
        assert said in page
        assert "申込を取り下げる" not in page
