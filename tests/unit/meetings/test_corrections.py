"""What changes in a record after its publication."""

import pytest
from django.core.exceptions import ValidationError

from meetings.models import Correction, Edition, HiddenIn, Utterance
from meetings.permissions import approval as permissions
from meetings.services import corrections as services
from meetings.services.corrections import NamesRemain
from meetings.services.records import ChangedMeanwhile
from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from tests.factories.meetings import MinutesFactory, ProposedCorrectionFactory, UtteranceFactory
from tests.factories.members import UserFactory
from tests.racing import at_once

REASONS = {"reason_kind": "obvious_error", "reason": "数字を書きまちがえていました。"}


@pytest.fixture
def approver(db):
    return UserFactory(role="secretariat")


@pytest.fixture
def block(db):
    """Everybody reads both editions."""
    return UtteranceFactory(minutes=MinutesFactory(published=True), position=0, text="参加は10人でした。")


def members_only(block):
    """Names are for members alone."""
    minutes = block.minutes
    type(minutes).objects.filter(pk=minutes.pk).update(named_audience="members")
    return Utterance.objects.select_related("minutes").get(pk=block.pk)


def propose(block, by, **values):
    given = {"after": "参加は11人でした。", **REASONS, **values}
    checked = given.pop("names_are_checked", False)
    return services.propose_correction(utterance=block, values=given, by=by, names_are_checked=checked)


def test_written_by_one_agreed_to_by_another(block, secretariat, approver):
    correction = propose(block, secretariat)
    block.refresh_from_db()
    assert block.text == "参加は10人でした。"
    assert not Correction.objects.published(Edition.NAMED).exists()
    with pytest.raises(Refused, match="自分で認める"):
        services.approve_correction(correction=correction, by=secretariat)
    version, address = block.version, block.public_id
    services.approve_correction(correction=correction, by=approver)
    block.refresh_from_db()
    assert (block.text, block.public_id) == ("参加は11人でした。", address)
    assert block.version == version + 1
    for edition in Edition:
        (entry,) = Correction.objects.published(edition)
        assert (entry.before_in(edition), entry.after_in(edition)) == (
            "参加は10人でした。",
            "参加は11人でした。",
        )
    types = set(AuditEvent.objects.values_list("type", flat=True))
    assert types == {"meetings.correction_proposed", "meetings.correction_published"}
    kept = "".join(f"{event.old}{event.new}{event.note}" for event in AuditEvent.objects.all())
    assert "参加は" not in kept
    assert block.named_vector


def test_removal_leaves_its_place(block, secretariat, approver):
    earlier = propose(block, secretariat)
    services.approve_correction(correction=earlier, by=approver)
    block.refresh_from_db()
    correction = propose(block, secretariat, is_removal=True, after="どうでもよい")
    services.approve_correction(correction=correction, by=approver)
    block.refresh_from_db()
    assert block.removed_at is not None
    assert (block.removed_by, block.removed_reason) == (approver, REASONS["reason"])
    assert not Utterance.objects.published(Edition.NAMED).exists()
    for edition in Edition:
        entries = Correction.objects.published(edition)
        assert [(each.before_in(edition), each.after_in(edition)) for each in entries] == [("", "")] * 2
    with pytest.raises(Refused):
        propose(block, secretariat)
    assert not permissions.can_propose_correction(secretariat, block)


class TestNames:
    def test_a_change_of_names_alone_is_not_told_without_names(self, block, secretariat, approver):
        block = members_only(block)
        with services.correcting():
            Utterance.objects.update(text="山田課長が話した。", labels_text="課長が話した。")
        block.refresh_from_db()
        correction = propose(
            block, secretariat, after="山田課長が話しました。", labels_after="課長が話した。"
        )
        services.approve_correction(correction=correction, by=approver)
        assert Correction.objects.told_in(Edition.NAMED).count() == 1
        assert Correction.objects.told_in(Edition.LABELS).count() == 0
        block.refresh_from_db()
        assert block.labels_text == "課長が話した。"

    def test_a_name_taken_out_is_not_shown_again(self, block, secretariat, approver):
        block = members_only(block)
        with services.correcting():
            Utterance.objects.update(text="山田さんが話した。")
        block.refresh_from_db()
        with pytest.raises(NamesRemain, match="山田"):
            propose(block, secretariat, after="山田さんが話しました。")
        correction = propose(
            block, secretariat, after="山田さんが話しました。", labels_after="課長が話しました。"
        )
        assert correction.before_hidden_in == HiddenIn.LABELS
        services.approve_correction(correction=correction, by=approver)
        (entry,) = Correction.objects.published(Edition.LABELS)
        assert entry.before_in(Edition.LABELS) == ""
        assert entry.after_in(Edition.LABELS) == "課長が話しました。"
        assert entry.before_in(Edition.NAMED) == "山田さんが話した。"

    def test_nor_by_earlier_entries(self, block, secretariat, approver):
        first = propose(block, secretariat, after="参加は10人と、ひみつでした。")
        services.approve_correction(correction=first, by=approver)
        block.refresh_from_db()
        second = propose(block, secretariat, after="参加は10人でした。", hides_before=True)
        assert second.before_hidden_in == HiddenIn.ALL
        services.approve_correction(correction=second, by=approver)
        shown = [
            text
            for edition in Edition
            for entry in Correction.objects.published(edition)
            for text in (entry.before_in(edition), entry.after_in(edition))
        ]
        assert not any("ひみつ" in text for text in shown)

    def test_the_reason_names_nobody_either(self, block, secretariat):
        block = members_only(block)
        with pytest.raises(NamesRemain, match="山田"):
            propose(block, secretariat, reason="山田さんの申し出です。")
        assert propose(block, secretariat, reason="山田さんの申し出です。", names_are_checked=True).pk


class TestRefused:
    def test_of_a_draft(self, secretariat):
        with pytest.raises(Refused, match="まだ公開していない"):
            propose(UtteranceFactory(), secretariat)

    def test_without_a_change(self, block, secretariat):
        with pytest.raises(Refused, match="文が変わっていません"):
            propose(block, secretariat, after=block.text)

    @pytest.mark.parametrize("missing", ["reason_kind", "reason", "after"])
    def test_without_what_is_needed(self, block, secretariat, missing):
        with pytest.raises(ValidationError):
            propose(block, secretariat, **{missing: ""})

    def test_a_second_one_that_waits(self, block, secretariat):
        propose(block, secretariat)
        with pytest.raises(ValidationError, match="確認を待っている訂正"):
            propose(block, secretariat, after="参加は12人でした。")

    def test_of_words_that_changed_since(self, block, secretariat, approver):
        with pytest.raises(ChangedMeanwhile):
            services.propose_correction(
                utterance=block, values={"after": "x", **REASONS}, by=secretariat, version=block.version + 1
            )
        correction = propose(block, secretariat)
        with services.correcting():
            Utterance.objects.update(text="別の文。")
        with pytest.raises(ChangedMeanwhile, match="差し戻して"):
            services.approve_correction(correction=correction, by=approver)

    @pytest.mark.parametrize("role", ["staff", "member"])
    def test_by_others(self, block, role):
        person = UserFactory(role=role)
        with pytest.raises(Refused):
            propose(block, person)
        correction = ProposedCorrectionFactory(utterance=block)
        for action in (
            lambda: services.approve_correction(correction=correction, by=person),
            lambda: services.return_correction(correction=correction, note="x", by=person),
            lambda: services.withdraw_correction(correction=correction, by=person),
        ):
            with pytest.raises(Refused):
                action()


def test_given_back_with_a_reason(block, secretariat, approver):
    correction = propose(block, secretariat)
    with pytest.raises(Refused, match="理由"):
        services.return_correction(correction=correction, note=" ", by=approver)
    services.return_correction(correction=correction, note="もう一度数えてください。", by=approver)
    correction.refresh_from_db()
    assert (correction.state, correction.decision_note) == ("returned", "もう一度数えてください。")
    assert not Correction.objects.published(Edition.NAMED).exists()
    assert not permissions.can_decide_correction(approver, correction)
    assert propose(block, secretariat).pk


def test_withdrawn_by_whoever_wrote_it(block, secretariat, approver):
    correction = propose(block, secretariat)
    with pytest.raises(Refused, match="書いた人だけ"):
        services.withdraw_correction(correction=correction, by=approver)
    services.withdraw_correction(correction=correction, by=secretariat)
    assert Correction.objects.count() == 0
    with pytest.raises(ChangedMeanwhile):
        services.approve_correction(correction=correction, by=approver)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_approve_only_once():
    correction = ProposedCorrectionFactory()
    people = [UserFactory(role="secretariat") for _each in range(2)]
    found = at_once(
        *(
            lambda person=person: services.approve_correction(correction=correction, by=person)
            for person in people
        )
    )
    assert sum(each is None for each in found) == 1
    assert AuditEvent.objects.filter(type="meetings.correction_published").count() == 1
