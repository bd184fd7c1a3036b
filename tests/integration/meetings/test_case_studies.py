"""Case studies: who may read them, what has to be taken out of them first, and that every reading is recorded."""

import time
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from meetings.case_workflow import CASE_WAYS, MEMBER_CASE_WAYS
from meetings.models import Audience, CaseStudy
from meetings.permissions import case_studies as permissions
from meetings.scrubbing import SignKind, find_signs
from meetings.services import case_studies as services
from members.models import CharterConsent
from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from platform_portal.publishing.states import State, diagram
from tests.conftest import signed_in, text_of
from tests.factories.events import CaseStudyFactory
from tests.factories.meetings import AttendanceFactory, MeetingFactory
from tests.factories.members import CharterFactory, MembershipFactory, UserFactory
from tests.outbox import delivered
from tests.test_consistency import BASE

SECRET = "ひみつの背景"


def consent(organization: Any, charter: Any) -> None:
    CharterConsent.objects.create(
        organization=organization, charter=charter, text_hash=charter.text_hash, person_name="だれか"
    )


@pytest.fixture
def charter(db: None) -> Any:
    return CharterFactory()


@pytest.fixture
def reader(charter: Any) -> Any:
    """Viewer of an organisation that is of the body and has agreed."""
    membership = MembershipFactory(viewer=True)
    consent(membership.organization, charter)
    return membership


@pytest.fixture
def case(reader: Any) -> CaseStudy:
    meeting = MeetingFactory(body__seats=[reader.organization])
    found: CaseStudy = CaseStudyFactory(published=True, meeting=meeting, background=SECRET)
    return found


@pytest.mark.parametrize("ways", [CASE_WAYS, MEMBER_CASE_WAYS])
def test_the_diagram_in_the_docs_is_the_table(ways):
    assert diagram(ways) in (BASE / "docs" / "workflow.md").read_text(encoding="utf-8")


def seen_by(user: Any, case: CaseStudy) -> int:
    response = signed_in(user).get(reverse("meetings:my-case", args=[case.public_id]))
    assert (SECRET in text_of(response)) == (response.status_code == 200)
    return response.status_code


@pytest.mark.django_db
class TestWhoReads:
    def test_a_member_of_the_body(self, reader, case):
        assert seen_by(reader.user, case) == 200
        event = AuditEvent.objects.get(type="meetings.casestudy_read")
        assert (event.actor_id, event.object_id) == (reader.user.pk, str(case.pk))

    def test_somebody_who_was_invited(self, charter, case):
        invited = MembershipFactory()
        consent(invited.organization, charter)
        AttendanceFactory(meeting=case.meeting, organization=invited.organization)
        assert seen_by(invited.user, case) == 200

    def test_not_without_consent_to_the_charter_of_today(self, reader, case, charter):
        """And the refusal says what to do."""
        CharterFactory(number=charter.number + 1, change_summary="新しい条文")
        response = signed_in(reader.user).get(reverse("meetings:my-case", args=[case.public_id]))
        assert response.status_code == 403
        assert "同意" in text_of(response)
        assert SECRET not in text_of(response)
        assert not AuditEvent.objects.filter(type="meetings.casestudy_read").exists()

    def test_consent_of_another_organisation_does_not_count(self, charter, case):
        person = UserFactory(member=True)
        silent = MembershipFactory(user=person).organization
        agreed = MembershipFactory(user=person).organization
        consent(agreed, charter)
        case.meeting.body.organizations.add(silent)
        assert seen_by(person, case) == 403

    def test_not_without_a_second_factor(self, reader, case, settings):
        settings.PORTAL_REQUIRE_MFA = True
        response = signed_in(reader.user).get(reverse("meetings:my-case", args=[case.public_id]))
        assert response.status_code == 403
        assert "2段階認証" in text_of(response)

    @pytest.mark.parametrize("role", ["staff", "member"])
    def test_nobody_else(self, case, charter, role):
        """Prefecture staff see meetings on the desk, but not what was told there about people."""
        assert seen_by(UserFactory(role=role), case) == 404
        other = MembershipFactory()
        consent(other.organization, charter)
        assert seen_by(other.user, case) == 404

    @pytest.mark.parametrize("role", ["secretariat", "administrator"])
    def test_the_secretariat(self, case, role):
        client = signed_in(UserFactory(role=role))
        response = client.get(reverse("meetings:desk-case", args=[case.public_id]))
        assert SECRET in text_of(response)

    @pytest.mark.parametrize("state", [state for state in State if state != State.PUBLISHED])
    def test_what_is_not_published_is_its_authors_alone(self, reader, case, state):
        CaseStudy.objects.update(state=state)
        assert seen_by(reader.user, case) == 404
        author = MembershipFactory(organization=case.organization)
        assert seen_by(author.user, case) == 200

    def test_of_a_closed_meeting_nobody_does(self, reader, case):
        type(case.meeting).objects.update(audience=Audience.CLOSED)
        assert seen_by(reader.user, case) == 404

    def test_never_kept_nor_indexed_nor_public(self, reader, case, client):
        for name, key in (("my-case", case.public_id), ("my-case-list", case.meeting.public_id)):
            response = signed_in(reader.user).get(reverse(f"meetings:{name}", args=[key]))
            assert "no-store" in response.headers["Cache-Control"]
            assert "noindex" in response.headers["X-Robots-Tag"]
        for address in ("/sitemap.xml", "/events/feed.atom", f"/meetings/{case.meeting.public_id}/"):
            assert case.title not in text_of(client.get(address))
            assert case.public_id not in text_of(client.get(address))

    def test_a_list_asks_a_constant_number_of_questions(self, reader, case, django_assert_max_num_queries):
        address = reverse("meetings:my-case-list", args=[case.meeting.public_id])
        client = signed_in(reader.user)
        for _each in range(6):
            CaseStudyFactory(published=True, meeting=case.meeting)
        with django_assert_max_num_queries(18):
            client.get(address)


@pytest.mark.django_db
class TestWay:
    def test_nothing_is_shown_while_somebody_may_be_recognised(self, secretariat, administrator):
        case = services.save_case_study(
            case=CaseStudy(meeting=MeetingFactory()),
            values=texts(course="鈴木さんに会った。"),
            by=secretariat,
        )
        with pytest.raises(Refused, match="1か所"):
            services.move_case_study(case=case, to=State.IN_REVIEW, by=secretariat)
        services.justify_sign(
            case=case, kind="name", words="鈴木さん", reason="会の名前です。", by=secretariat
        )
        services.move_case_study(case=case, to=State.IN_REVIEW, by=secretariat)
        with pytest.raises(Refused):
            services.move_case_study(case=case, to=State.PUBLISHED, by=secretariat)
        assert services.move_case_study(case=case, to=State.PUBLISHED, by=administrator).is_published

    def test_a_reason_is_for_the_words_that_were_there(self, secretariat):
        case = services.save_case_study(
            case=CaseStudy(meeting=MeetingFactory()),
            values=texts(course="鈴木さんに会った。"),
            by=secretariat,
        )
        services.justify_sign(
            case=case, kind="name", words="鈴木さん", reason="会の名前です。", by=secretariat
        )
        services.save_case_study(case=case, values={"course": "佐藤さんに会った。"}, by=secretariat)
        assert [sign.words for sign in services.open_signs(CaseStudy.objects.get())] == ["佐藤さん"]
        with pytest.raises(Refused, match="もう文の中に"):
            services.justify_sign(case=case, kind="name", words="鈴木さん", reason="なし", by=secretariat)

    def test_never_without_a_reason(self, secretariat):
        case = CaseStudyFactory(course="鈴木さんに会った。")
        with pytest.raises(ValidationError):
            services.justify_sign(case=case, kind="name", words="鈴木さん", reason=" ", by=secretariat)

    def test_what_is_being_read_is_not_changed(self, secretariat):
        case = CaseStudyFactory(published=True)
        with pytest.raises(Refused):
            services.save_case_study(case=case, values={"title": "別の題"}, by=secretariat)

    def test_its_organisation_stops_it_at_once(self):
        case = CaseStudyFactory(published=True)
        author = MembershipFactory(organization=case.organization)
        services.move_case_study(case=case, to=State.SUSPENDED, by=author.user, reason="本人から言われた")
        assert not CaseStudy.objects.published().exists()
        assert not permissions.can_move_case_study(author.user, CaseStudy.objects.get(), State.PUBLISHED)

    def test_whoever_wrote_it_hears_what_became_of_it(self, secretariat, charter):
        author = MembershipFactory()
        consent(author.organization, charter)
        meeting = MeetingFactory(body__seats=[author.organization])
        case = CaseStudyFactory(
            organization=author.organization, meeting=meeting, author=author.user, title="ひみつの題"
        )
        pages = [
            (signed_in(author.user), reverse("meetings:my-case", args=[case.public_id])),
            (signed_in(secretariat), reverse("meetings:desk-case", args=[case.public_id])),
        ]
        for state, by, reason in (
            (State.IN_REVIEW, author.user, ""),
            (State.DRAFT, secretariat, "背景を短くしてください"),
            (State.IN_REVIEW, author.user, ""),
            (State.PUBLISHED, secretariat, ""),
            (State.SUSPENDED, secretariat, "本人から申し出があったため"),
        ):
            case.refresh_from_db()
            services.move_case_study(case=case, to=state, by=by, reason=reason)
            shown = [text_of(visitor.get(address)) for visitor, address in pages]
            assert all(reason in page for page in shown)
            assert ("に戻した理由：" in shown[0]) is (state == State.DRAFT)
            assert ("止めた理由：" in shown[0]) is (state == State.SUSPENDED)
            assert "公開" not in shown[0].partition("<main")[2].partition("</main>")[0]
        mails = delivered()
        assert [mail.to for mail in mails] == [[author.user.email]] * 3
        for mail, words in zip(mails, ("お返しします", "読めるように", "止めました"), strict=True):
            assert words in mail.body
            assert "ひみつの題" not in mail.body + mail.subject
            assert "背景を短く" not in mail.body

    def test_words_that_were_taken_out_are_kept_nowhere(self, secretariat):
        case = CaseStudyFactory(course="鈴木さんと佐藤さんに会った。", author=secretariat)
        for words in ("鈴木さん", "佐藤さん"):
            services.justify_sign(case=case, kind="name", words=words, reason="仮の名前", by=secretariat)
        services.save_case_study(case=case, values={"course": "佐藤さんに会った。"}, by=secretariat)
        assert [sign.words for sign in case.signs.all()] == ["佐藤さん"]

    def test_the_record_keeps_not_one_word(self, secretariat):
        services.save_case_study(
            case=CaseStudy(meeting=MeetingFactory()), values=texts(background=SECRET), by=secretariat
        )
        for event in AuditEvent.objects.all():
            assert SECRET not in f"{event.old}{event.new}{event.note}"


def texts(**values: str) -> dict[str, str]:
    return {
        "title": "題名",
        "background": "背景",
        "course": "経過",
        "support": "支援",
        "learning": "学び",
        **values,
    }


class TestSigns:
    @pytest.mark.parametrize(
        ("text", "kind", "words"),
        [
            ("担当の鈴木さんが訪ねた", SignKind.NAME, "鈴木さん"),
            ("山田太郎氏は", SignKind.NAME, "山田太郎氏"),
            ("スミス様へ", SignKind.NAME, "スミス様"),
            ("「はなこちゃん」", SignKind.NAME, "はなこちゃん"),
            ("電話は０８７－８３２－１２３４", SignKind.PHONE, "０８７－８３２－１２３４"),
            ("090 1234 5678 に", SignKind.PHONE, "090 1234 5678"),
            ("hana.y@mail.example まで", SignKind.EMAIL, "hana.y@mail.example"),
            ("番町４丁目に", SignKind.ADDRESS, "番町４丁目"),
            ("〒760-8570", SignKind.ADDRESS, "〒760-8570"),
            ("昭和45年3月2日生まれ", SignKind.BIRTH, "昭和45年3月2日"),
            ("S45.3.2", SignKind.BIRTH, "S45.3.2"),
            ("高松市に住む52歳の男性", SignKind.AGE, "52歳"),
            ("木太小学校に通う", SignKind.SCHOOL, "木太小学校"),
            ("被保険者番号 12345678", SignKind.NUMBER, "番号 12345678"),
        ],
    )
    def test_found_with_its_surroundings(self, text, kind, words):
        signs = find_signs({"course": text})
        assert (kind, words) in [(sign.kind, sign.words) for sign in signs]
        sign = next(sign for sign in signs if sign.kind == kind)
        assert text.find(sign.before + sign.words) >= 0

    @pytest.mark.parametrize(
        "text",
        [
            "Aさんは母と暮らす。",
            "お母さんと皆さん",
            "40代の女性",
            "たくさんの会員",
            "様子を見る",
            "同様に",
            "13:30〜15:30",
            "県内の52歳",
        ],
    )
    def test_not_everything_is_a_sign(self, text):
        assert find_signs({"course": text}) == []

    @given(st.text(alphabet="あさん鈴木市歳0１-丁目@.年月日番号 \n", max_size=300))
    def test_any_text(self, text):
        for sign in find_signs({"course": text}):
            assert sign.words in text

    @pytest.mark.timed
    @pytest.mark.parametrize("piece", ["さん", "0-", "鈴", "市52歳", "a@a.", "年1月", "1"])
    def test_no_text_takes_long(self, piece):
        began = time.perf_counter()
        find_signs({"course": (piece * 20_000)[:20_000]})
        assert time.perf_counter() - began < 5
