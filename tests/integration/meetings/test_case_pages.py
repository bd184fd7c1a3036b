"""The pages on which case studies are written, checked and shown, for the desk and for members."""

from typing import Any

import pytest
from django.urls import reverse

from meetings.models import CaseStudy, Meeting
from members.models import CharterConsent, Membership
from platform_portal.publishing.states import State
from tests.conftest import signed_in, text_of
from tests.factories.events import CaseStudyFactory
from tests.factories.meetings import MeetingFactory
from tests.factories.members import CharterFactory, MembershipFactory

pytestmark = pytest.mark.django_db
WRITTEN = {
    "title": "畑の会につながるまで",
    "background": "ひとり暮らしだった。",
    "course": "鈴木さんに会った。",
    "support": "畑の会をすすめた。",
    "learning": "急がない。",
}


def address(name: str, thing: Any, *more: str) -> str:
    return reverse(f"meetings:{name}", args=[thing.public_id, *more])


@pytest.fixture
def writer() -> Membership:
    """Of an organisation that is of the body and has agreed to the charter."""
    membership, charter = MembershipFactory(), CharterFactory()
    CharterConsent.objects.create(
        organization=membership.organization,
        charter=charter,
        text_hash=charter.text_hash,
        person_name="だれか",
    )
    return membership


@pytest.fixture
def meeting(writer) -> Meeting:
    return MeetingFactory(body__seats=[writer.organization])


class TestDesk:
    def test_from_the_first_words_to_the_readers(self, secretariat_client, administrator_client):
        meeting = MeetingFactory()
        create = address("desk-case-create", meeting)
        assert secretariat_client.get(create).status_code == 200
        made = secretariat_client.post(create, WRITTEN)
        case = CaseStudy.objects.get()
        page = address("desk-case", case)
        assert made.headers["Location"] == page
        review = address("desk-case-move", case, State.IN_REVIEW)
        assert "あと1か所" in text_of(secretariat_client.get(page))
        assert "あと1か所" in text_of(secretariat_client.post(review))
        reason = {"kind": "name", "words": "鈴木さん", "reason": "会の名前です。"}
        justified = secretariat_client.post(address("desk-case-justify", case), reason, follow=True)
        assert "会の名前です。" in text_of(justified)
        assert secretariat_client.get(review).status_code == 200
        secretariat_client.post(review)
        publish = address("desk-case-move", case, State.PUBLISHED)
        assert secretariat_client.post(publish).status_code == 403  # one's own
        administrator_client.post(publish)
        assert CaseStudy.objects.get().is_published
        listed = text_of(administrator_client.get(reverse("meetings:desk-case-list"), {"state": "published"}))
        assert case.title in listed
        drafts = text_of(administrator_client.get(reverse("meetings:desk-case-list"), {"state": "draft"}))
        assert case.title not in drafts

    def test_what_is_missing_is_said_and_nothing_kept(self, secretariat_client):
        create = address("desk-case-create", MeetingFactory())
        assert secretariat_client.post(create, WRITTEN | {"title": ""}).status_code == 422
        assert not CaseStudy.objects.exists()
        case = CaseStudyFactory()
        edit = address("desk-case-edit", case)
        assert secretariat_client.get(edit).status_code == 200
        assert secretariat_client.post(edit, WRITTEN | {"background": ""}).status_code == 422
        assert secretariat_client.post(edit, WRITTEN).status_code == 302
        case.refresh_from_db()
        assert case.course == WRITTEN["course"]

    def test_a_reason_that_says_nothing_is_not_taken(self, secretariat_client):
        case = CaseStudyFactory(course="鈴木さんに会った。")
        for reason, said in (("", "300文字まで"), ("長" * 301, "300文字まで"), ("会の名前", "もう文の中に")):
            values = {"kind": "name", "words": "佐藤さん", "reason": reason}
            answer = secretariat_client.post(address("desk-case-justify", case), values, follow=True)
            assert said in text_of(answer)
        assert not case.signs.exists()

    def test_steps_that_are_not_there(self, secretariat_client):
        case = CaseStudyFactory()
        assert secretariat_client.get(address("desk-case-move", case, "nowhere")).status_code == 404
        answer = secretariat_client.post(address("desk-case-move", case, State.SUSPENDED), follow=True)
        assert "この操作はできません" in text_of(answer)
        assert CaseStudy.objects.get().state == State.DRAFT

    def test_stopping_asks_why(self, secretariat_client):
        case = CaseStudyFactory(published=True)
        stop = address("desk-case-move", case, State.SUSPENDED)
        assert secretariat_client.post(stop).status_code == 422
        assert CaseStudy.objects.get().is_published
        secretariat_client.post(stop, {"reason": "本人から言われた"})
        assert CaseStudy.objects.get().state == State.SUSPENDED


class TestMembers:
    def test_their_own_case_from_the_first_words_to_the_review(self, writer, meeting):
        client = signed_in(writer.user)
        create = address("my-case-create", meeting)
        assert client.get(create).status_code == 200
        client.post(
            create, {**WRITTEN, "course": "母に会った。", "organization": writer.organization.public_id}
        )
        case = CaseStudy.objects.get()
        assert case.organization == writer.organization
        assert case.title in text_of(client.get(address("my-case-list", meeting)))
        client.post(address("my-case-move", case, State.IN_REVIEW))
        assert CaseStudy.objects.get().state == State.IN_REVIEW
        assert client.get(address("my-case-edit", case)).status_code == 403
        client.post(address("my-case-move", case, State.DRAFT))
        assert CaseStudy.objects.get().state == State.DRAFT

    def test_nobody_shows_their_own_case_to_others(self, writer, meeting):
        case = CaseStudyFactory(meeting=meeting, organization=writer.organization, state=State.IN_REVIEW)
        answer = signed_in(writer.user).post(address("my-case-move", case, State.PUBLISHED), follow=True)
        assert "この操作はできません" in text_of(answer)
        assert not CaseStudy.objects.published().exists()

    def test_drafts_of_others_are_not_listed(self, writer, meeting):
        draft, shown = CaseStudyFactory(meeting=meeting), CaseStudyFactory(meeting=meeting, published=True)
        listed = text_of(signed_in(writer.user).get(address("my-case-list", meeting)))
        assert shown.title in listed
        assert draft.title not in listed

    def test_whoever_only_looks_writes_nothing(self, writer, meeting):
        viewer = MembershipFactory(organization=writer.organization, viewer=True)
        client = signed_in(viewer.user)
        assert client.get(address("my-case-list", meeting)).status_code == 200
        assert client.get(address("my-case-create", meeting)).status_code == 404
        assert client.post(address("my-case-create", meeting), WRITTEN).status_code == 404
        assert not CaseStudy.objects.exists()

    def test_not_before_the_organisation_has_agreed(self, writer, meeting):
        CharterConsent.objects.all().delete()
        client = signed_in(writer.user)
        assert client.get(address("my-case-create", meeting)).status_code == 403
        assert client.get(address("my-case-list", meeting)).status_code == 403
