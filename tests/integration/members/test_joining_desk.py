"""Charter and rules of joining on the desk, and the charter as everybody sees it."""

import datetime as dt

import pytest
from django.urls import reverse

from members.masters import load_member_masters
from members.models import Charter, JoiningCriterion, JoiningRules, Sector
from tests.conftest import text_of
from tests.factories.members import CharterFactory

pytestmark = pytest.mark.django_db

WORDS = {
    "title": "プラットフォーム設置要綱",
    "text": "# 目的\r\n\r\n<script>alert(1)</script>つながる。",
    "change_summary": "",
    "effective_on": "2026-04-01",
}


def test_from_the_first_word_to_the_public_page(
    secretariat_client, client, django_capture_on_commit_callbacks
):
    assert "公開している設置要綱はありません" in text_of(client.get("/charter/"))
    created = secretariat_client.post(reverse("members:charter-create"), WORDS)
    assert created.headers["Location"] == reverse("members:charter-list")
    charter = Charter.objects.get()
    assert "\r" not in charter.text
    page = text_of(secretariat_client.get(reverse("members:charter-publish", args=[1])))
    assert "取り消せません" in page
    assert "<script>alert" not in page
    with django_capture_on_commit_callbacks(execute=True):
        secretariat_client.post(
            reverse("members:charter-publish", args=[1]), {"text_hash": charter.text_hash}
        )
    charter.refresh_from_db()
    assert charter.is_published
    page = text_of(client.get("/charter/"))
    assert "<h2>目的</h2>" in page
    assert "<script>alert" not in page
    assert "変えられません" in text_of(secretariat_client.get(reverse("members:charter-page", args=[1])))


def test_preview_keeps_nothing(secretariat_client):
    page = text_of(secretariat_client.post(reverse("members:charter-create"), WORDS | {"preview": "1"}))
    assert "まだ保存していません" in page
    assert "<h3>目的</h3>" in page
    assert "つながる。" in page
    assert not Charter.objects.exists()


def test_a_new_version_begins_with_the_words_of_the_last(secretariat_client):
    CharterFactory(text="もとの本文")
    assert "もとの本文" in text_of(secretariat_client.get(reverse("members:charter-create")))


def test_publishing_other_words_than_those_read_is_refused(secretariat_client):
    CharterFactory(draft=True, number=1)
    response = secretariat_client.post(
        reverse("members:charter-publish", args=[1]), {"text_hash": "old"}, follow=True
    )
    assert "ほかの人が本文を変えました" in text_of(response)
    assert Charter.objects.in_force() is None


def test_a_draft_is_thrown_away_after_a_question(secretariat_client):
    CharterFactory(draft=True, number=1)
    address = reverse("members:charter-delete", args=[1])
    assert "元に戻せません" in text_of(secretariat_client.get(address))
    secretariat_client.post(address)
    assert not Charter.objects.exists()


def test_lists_take_as_many_queries_for_many_rows(secretariat_client, django_assert_max_num_queries):
    CharterFactory.create_batch(30)
    with django_assert_max_num_queries(9):
        secretariat_client.get(reverse("members:charter-list"))
    load_member_masters()
    with django_assert_max_num_queries(9):
        secretariat_client.get(reverse("members:master-list"))


def test_public_charter_needs_no_cookie_and_may_be_kept(client):
    CharterFactory()
    response = client.get("/charter/")
    assert not response.cookies
    assert response.headers["Cache-Control"] == "public, max-age=60"


def test_masters_are_added_and_changed(secretariat_client):
    secretariat_client.post(
        reverse("members:master-create", args=["sectors"]),
        {"name": "観光", "position": "5", "is_active": "on"},
    )
    sector = Sector.objects.get()
    secretariat_client.post(
        reverse("members:master-edit", args=["sectors", sector.pk]), {"name": "観光・宿泊", "position": "5"}
    )
    sector.refresh_from_db()
    assert (sector.name, sector.is_active) == ("観光・宿泊", False)
    secretariat_client.post(
        reverse("members:master-create", args=["criteria"]),
        {"text": "県内にある。", "position": "5", "is_active": "on"},
    )
    assert JoiningCriterion.objects.get().is_required is False
    page = text_of(secretariat_client.get(reverse("members:master-list")))
    assert "観光・宿泊" in page
    assert "県内にある。" in page


def test_a_taken_name_is_said_beside_the_field(secretariat_client):
    load_member_masters()
    response = secretariat_client.post(
        reverse("members:master-create", args=["sectors"]), {"name": "福祉", "position": "5"}
    )
    assert response.status_code == 200
    assert 'id="id_name_error"' in text_of(response)


def test_unknown_kind_is_not_found(secretariat_client):
    assert secretariat_client.get("/desk/joining/nonsense/new/").status_code == 404


def test_rules_are_changed(secretariat_client):
    address = reverse("members:rules-edit")
    values = {
        "is_open": "on",
        "admission_interval": "14",
        "left_kept_months": "6",
        "closed_kept_months": "12",
    }
    response = secretariat_client.post(address, values)
    assert "始まりの日も入れてください" in text_of(response)
    response = secretariat_client.post(address, values | {"first_admission_on": "2026-04-01"})
    assert response.headers["Location"] == reverse("members:master-list")
    assert JoiningRules.load().first_admission_on == dt.date(2026, 4, 1)
    assert JoiningRules.load().left_kept_months == 6
    assert "14日ごとにまとめて" in text_of(secretariat_client.get(reverse("members:master-list")))
