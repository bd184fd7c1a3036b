"""The desk's pages about subscribers: what staff see, write, take in and hand out."""

import datetime as dt
import io
import time

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from newsletters.importing import applying, exporting
from newsletters.importing.columns import MAX_BYTES, SUBSCRIBERS
from newsletters.importing.planning import make_plan
from newsletters.importing.uploads import intake
from newsletters.models import (
    Consent,
    ConsentText,
    HowAsked,
    HowEnded,
    Subscriber,
    SubscriberImport,
    Subscription,
    Suppression,
    SuppressionReason,
)
from newsletters.services import tending
from newsletters.services.consent_texts import current_text, write_consent_text
from newsletters.tasks import apply_subscriber_import, forget_old_subscriber_imports, plan_subscriber_import
from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from platform_portal.sheets import intake as intake_module
from platform_portal.sheets.planning import Outcome, PlanOutdatedError, PlanRefusedError
from tests.conftest import text_of
from tests.factories.members import OrganizationFactory
from tests.factories.newsletters import (
    ConsentFactory,
    DeliveryFactory,
    NewsletterFactory,
    SubscriberFactory,
    SubscriptionFactory,
    SuppressionFactory,
)

pytestmark = pytest.mark.django_db
LIST = "/desk/newsletters/subscribers/"
HEADERS = "メールアドレス,メルマガ,同意の記録,同意した日,団体ID"


@pytest.fixture
def newsletter():
    return NewsletterFactory(name="県民だより")


class TestList:
    def test_constant_queries_however_many(self, secretariat_client, newsletter, django_assert_num_queries):
        def ask():
            return secretariat_client.get(LIST)

        assert "購読者はまだいません" in text_of(ask())
        SubscriptionFactory(newsletter=newsletter)
        ask()
        with django_assert_num_queries(7) as few:
            ask()
        for _each in range(6):
            row = SubscriptionFactory(newsletter=newsletter, subscriber__organization=OrganizationFactory())
            SubscriptionFactory(subscriber=row.subscriber)
        SuppressionFactory(address=row.subscriber.address)
        with django_assert_num_queries(len(few)):
            shown = text_of(ask())
        assert "7人" in shown
        assert "配信停止" in shown

    def test_an_address_is_looked_for_by_post_alone(self, secretariat_client, newsletter):
        SubscriberFactory(address="hana@example.jp")
        SubscriberFactory(address="taro@example.jp", state="unconfirmed", confirmed_at=None)
        response = secretariat_client.post(f"{LIST}find/", {"words": "HANA@"})
        assert response.headers["Location"] == LIST
        shown = text_of(secretariat_client.get(LIST))
        assert "hana@example.jp" in shown
        assert "taro@" not in shown
        secretariat_client.post(f"{LIST}find/", {"words": ""})
        assert "hana@" not in text_of(secretariat_client.get(LIST, {"state": "unconfirmed"}))
        assert "hana@" in text_of(secretariat_client.get(LIST, {"state": "left"}))
        assert "hana@" not in text_of(secretariat_client.get(LIST, {"state": "confirmed"}))
        reader = SubscriptionFactory(newsletter=newsletter).subscriber
        assert reader.address not in text_of(secretariat_client.get(LIST, {"state": "left"}))
        shown = text_of(secretariat_client.get(LIST, {"newsletter": newsletter.public_id}))
        assert reader.address in shown
        assert "hana@" not in shown
        for garbage in ("'", "\0"):
            assert "条件なしで" in text_of(secretariat_client.get(LIST, {"newsletter": garbage}))


class TestOne:
    def test_what_proves_that_somebody_asked(
        self, secretariat_client, newsletter, django_assert_max_num_queries
    ):
        subscription = SubscriptionFactory(newsletter=newsletter)
        subscriber = subscription.subscriber
        consent = ConsentFactory(subscriber=subscriber, confirmed_at=timezone.now())
        consent.newsletters.add(newsletter)
        DeliveryFactory(subscriber=subscriber)
        address = reverse("newsletters:desk-subscriber", args=[subscriber.public_id])
        with django_assert_max_num_queries(13):
            shown = text_of(secretariat_client.get(address))
        assert consent.text.text in shown
        assert newsletter.name in shown
        SubscriptionFactory(subscriber=subscriber)
        for forged in ("\0", "zzzzzz", "x" * 10_000):
            assert secretariat_client.post(address, {"newsletter": forged}).status_code == 404
        secretariat_client.post(address, {"newsletter": newsletter.public_id})
        subscription.refresh_from_db()
        assert subscription.how_ended == HowEnded.STAFF
        secretariat_client.post(address, {"all": "1"})
        assert not Subscription.objects.current().exists()
        assert "もう止まっています" in text_of(secretariat_client.post(address, {"all": "1"}, follow=True))
        secretariat_client.post(address, {"suppress": "1"})
        assert Suppression.objects.get().reason == SuppressionReason.STAFF
        secretariat_client.post(address)
        shown = text_of(secretariat_client.get(address))
        assert "何も送っていません" in shown
        assert "メルマガの購読を終えた" in shown
        assert "同意の記録はありません" in text_of(
            secretariat_client.get(
                reverse("newsletters:desk-subscriber", args=[SubscriberFactory().public_id])
            )
        )


class TestByHand:
    def test_with_proof(self, secretariat_client, newsletter, secretariat):
        organization = OrganizationFactory()
        members_only = NewsletterFactory(readership="members")
        values = {
            "address": "ＨＡＮＡ＠example.jp",
            "newsletters": [newsletter.public_id, members_only.public_id],
            "proof": "11月2日の申込用紙",
        }
        response = secretariat_client.post(f"{LIST}new/", values)
        assert response.status_code == 422
        assert "会員団体だけのメルマガ" in text_of(response)
        assert not Subscriber.objects.exists()
        values["organization"] = organization.public_id
        assert secretariat_client.post(f"{LIST}new/", values).status_code == 302
        subscriber = Subscriber.objects.get()
        consent = Consent.objects.get()
        assert (subscriber.address, subscriber.organization) == ("hana@example.jp", organization)
        assert (consent.how, consent.entered_by) == (HowAsked.STAFF, secretariat)
        assert Subscriber.objects.reading(members_only).exists()
        again = secretariat_client.post(f"{LIST}new/", values)
        assert "もう届いています" in text_of(again)
        assert "hana" not in str(list(AuditEvent.objects.values("old", "new", "note")))

    @pytest.mark.parametrize("missing", ["address", "newsletters", "proof"])
    def test_nothing_may_be_missing(self, secretariat_client, newsletter, missing):
        values = {"address": "hana@example.jp", "newsletters": [newsletter.public_id], "proof": "紙"}
        del values[missing]
        assert secretariat_client.post(f"{LIST}new/", values).status_code == 422
        assert not Subscriber.objects.exists()
        assert secretariat_client.get(f"{LIST}new/").status_code == 200

    def test_not_one_that_was_stopped(self, secretariat, newsletter):
        row = SuppressionFactory(address="hana@example.jp")
        Suppression.objects.filter(pk=row.pk).update(address="")
        with pytest.raises(ValidationError, match="配信を止めている"):
            tending.add_subscriber(
                address="hana@example.jp", newsletters=[newsletter], proof="紙", by=secretariat
            )


class TestSuppressions:
    ADDRESS = "/desk/newsletters/suppressions/"

    def test_added_found_and_lifted(self, secretariat_client):
        assert "配信を止めたアドレスはありません" in text_of(secretariat_client.get(self.ADDRESS))
        assert secretariat_client.post(f"{self.ADDRESS}new/", {"address": "x"}).status_code == 422
        secretariat_client.post(f"{self.ADDRESS}new/", {"address": "Hana@example.jp", "note": "電話で"})
        erased = SuppressionFactory(address="taro@example.jp")
        Suppression.objects.filter(pk=erased.pk).update(address="")
        shown = text_of(secretariat_client.get(self.ADDRESS))
        assert "hana@example.jp" in shown
        assert "（消しました）" in shown
        secretariat_client.post(f"{self.ADDRESS}find/", {"words": "taro@example.jp"})
        shown = text_of(secretariat_client.get(self.ADDRESS))
        assert "hana@" not in shown
        assert "（消しました）" in shown
        assert "条件なしで" in text_of(secretariat_client.get(self.ADDRESS, {"reason": "x"}))
        row = Suppression.objects.get(address="hana@example.jp")
        lift = f"{self.ADDRESS}{row.public_id}/lift/"
        assert "電話で" in text_of(secretariat_client.get(lift))
        secretariat_client.post(lift)
        assert not Suppression.objects.filter(pk=row.pk).exists()


class TestConsentTexts:
    ADDRESS = "/desk/newsletters/consent/"

    def test_a_new_version_beside_the_old_ones(self, secretariat_client, secretariat, monkeypatch):
        assert current_text().text in text_of(secretariat_client.get(self.ADDRESS)).replace("<br>", "\n")
        assert secretariat_client.post(self.ADDRESS, {"text": ""}).status_code == 422
        response = secretariat_client.post(self.ADDRESS, {"text": current_text().text})
        assert "いまの文章と同じ" in text_of(response)
        secretariat_client.post(self.ADDRESS, {"text": "新しい文章です。"})
        newest = current_text()
        assert (newest.version, newest.text, newest.written_by) == (2, "新しい文章です。", secretariat)
        assert "第1版" in text_of(secretariat_client.get(self.ADDRESS))
        for change in (lambda: newest.delete(), lambda: ConsentText.objects.update(text="x")):
            with pytest.raises(ProgrammingError), transaction.atomic():
                change()
        old = ConsentText.objects.get(version=1)
        monkeypatch.setattr("newsletters.services.consent_texts.current_text", lambda: old)
        with pytest.raises(ValidationError, match="ほかの人"):
            write_consent_text(text="別の文章", by=secretariat)


def lines(*rows: str) -> bytes:
    return "\n".join([HEADERS, *rows]).encode()


def planned(*rows: str):
    return make_plan(table=SUBSCRIBERS.read(lines(*rows)))


class TestImport:
    def send(self, client, content, name="readers.csv"):
        return client.post(f"{LIST}import/", {"file": SimpleUploadedFile(name, content)})

    def test_the_whole_way(self, secretariat_client, newsletter, secretariat):
        other = NewsletterFactory(name="催し")
        known = SubscriptionFactory(newsletter=newsletter, subscriber__address="known@example.jp").subscriber
        waiting = SubscriberFactory(address="waiting@example.jp", state="unconfirmed", confirmed_at=None)
        SuppressionFactory(address="gone@example.jp")
        organization = OrganizationFactory()
        assert "100,000行" in text_of(secretariat_client.get(f"{LIST}import/"))
        response = self.send(
            secretariat_client,
            lines(
                "ｎｅｗ＠example.jp,県民だより;催し,講座の申込用紙,2026-04-01,",
                f"known@example.jp,県民だより;催し,紙,,{organization.public_id}",
                "waiting@example.jp,催し,紙,,",
                "gone@example.jp,催し,紙,,",
            ),
        )
        result = response.headers["Location"]
        shown = text_of(secretariat_client.get(result))
        assert "配信を止めているアドレスなので、加えません" in shown
        assert Subscriber.objects.count() == 2
        assert SubscriberImport.objects.get().counts == {
            "refused": 0,
            "created": 1,
            "proposed": 0,
            "changed": 2,
            "unchanged": 1,
        }
        secretariat_client.post(result, {"agree": "1"})
        assert "新しいアドレスを1件加え" in text_of(secretariat_client.get(result))
        new = Subscriber.objects.get(address="new@example.jp")
        consent = new.consents.get()
        assert (consent.how, consent.proof) == (HowAsked.IMPORT, "講座の申込用紙")
        assert timezone.localdate(consent.asked_at).isoformat() == "2026-04-01"
        assert set(consent.newsletters.all()) == {newsletter, other}
        assert set(Subscriber.objects.reading(other)) == {new, known, waiting}
        known.refresh_from_db()
        assert known.organization == organization
        assert set(known.consents.get().newsletters.all()) == {other}
        assert known.subscriptions.count() == 2
        assert not Subscriber.objects.filter(address="gone@example.jp").exists()
        upload = SubscriberImport.objects.get()
        assert bytes(upload.content) == b""
        assert AuditEvent.objects.filter(type="newsletters.subscribers_imported").count() == 1

    @pytest.mark.parametrize(
        ("row", "column"),
        [
            ("hana,県民だより,紙,,", "メールアドレス"),
            ('"""hana b""@example.jp",県民だより,紙,,', "メールアドレス"),
            ('"hana@example.jp\r\nBcc: x@example.jp",県民だより,紙,,', "メールアドレス"),
            ("=cmd|'/c calc'!A1,県民だより,紙,,", "メールアドレス"),
            ("hana@example.jp,,紙,,", "メルマガ"),
            ("hana@example.jp,ないもの,紙,,", "メルマガ"),
            ("hana@example.jp,会員向け,紙,,", "メルマガ"),
            ("hana@example.jp,県民だより\x07,紙,,", "メルマガ"),
            ("hana@example.jp,県民だより,,,", "同意の記録"),
            (f"hana@example.jp,県民だより,{'長' * 301},,", "同意の記録"),
            ("hana@example.jp,県民だより,紙,きのう,", "同意した日"),
            ("hana@example.jp,県民だより,紙,2999-01-01,", "同意した日"),
            ("hana@example.jp,県民だより,紙,,zzzzzz", "団体ID"),
            ("hana@example.jp,県民だより,紙,,,はみだし", "6列目"),
        ],
    )
    def test_one_wrong_row_and_nothing_is_taken_in(self, secretariat, newsletter, row, column):
        NewsletterFactory(name="会員向け", readership="members")
        table = SUBSCRIBERS.read(lines("good@example.jp,県民だより,紙,,", row))
        plan = make_plan(table=table)
        assert [each.outcome for each in plan.rows] == [Outcome.CREATED, Outcome.REFUSED]
        assert column in {problem.column for problem in plan.rows[1].problems}
        with pytest.raises(PlanRefusedError):
            applying.import_table(table=table, by=secretariat)
        assert not Subscriber.objects.exists()

    @pytest.mark.parametrize(
        ("how_ended", "days_later", "begins"),
        [
            ("one_click", None, False),  # nobody knows when they agreed
            ("one_click", 0, False),
            ("page", -30, False),
            ("complaint", -1, False),
            ("one_click", 1, True),
            ("left", -30, True),  # an organisation left, not the reader
        ],
    )
    def test_an_old_list_does_not_bring_back_who_left(self, newsletter, how_ended, days_later, begins):
        ended = timezone.now() - dt.timedelta(days=40)
        SubscriptionFactory(
            newsletter=newsletter,
            subscriber__address="left@example.jp",
            began_at=ended - dt.timedelta(days=90),
            ended_at=ended,
            how_ended=how_ended,
        )
        agreed = "" if days_later is None else str(timezone.localdate(ended) + dt.timedelta(days=days_later))
        plan = planned(f"left@example.jp,県民だより,紙,{agreed},")
        assert plan.plain_counts["changed"] == begins
        [row] = plan.rows
        assert [each.value for each in row.warnings] == ([] if begins else ["県民だより"])

    def test_the_same_address_twice_in_other_letters(self, newsletter):
        plan = planned("hana@日本語.jp,県民だより,紙,,", "ＨＡＮＡ@xn--wgv71a119e.jp,県民だより,紙,,")
        assert "2行目と同じ" in plan.rows[1].problems[0].reason

    def test_a_name_is_read_as_people_write_it(self):
        NewsletterFactory(name="ABC 通信")
        assert planned("hana@example.jp,ａｂｃ　通信,紙,,").rows[0].outcome == Outcome.CREATED

    def test_a_workbook(self, secretariat_client, newsletter):
        book = openpyxl.Workbook()
        for row in (HEADERS.split(","), ["hana@example.jp", "県民だより", "紙", None, None]):
            book.active.append(row)
        content = io.BytesIO()
        book.save(content)
        response = self.send(secretariat_client, content.getvalue(), "readers.xlsx")
        assert response.status_code == 302
        secretariat_client.post(response.headers["Location"], {"agree": "1"})
        assert Subscriber.objects.get().address == "hana@example.jp"

    @pytest.mark.parametrize(
        "content", [b"", b"\x00\x01", b"PK\x03\x04x", "メールアドレス\nx@y.jp".encode(), HEADERS.encode()]
    )
    def test_what_is_no_such_table(self, secretariat_client, content):
        assert self.send(secretariat_client, content).status_code == 422

    def test_no_more_than_can_be_carried(self, secretariat_client, newsletter, monkeypatch):
        shown = text_of(secretariat_client.get(f"{LIST}import/"))
        assert "15 MB、100,000行まで。" in shown
        response = self.send(secretariat_client, b"x" * (MAX_BYTES + 1))
        assert "ファイルが大きすぎます（15 MB まで）" in text_of(response)
        # Ten megabytes in few rows are left to a worker as well; in one cell they are no table.
        monkeypatch.setattr(intake_module, "_queue", lambda *args, **values: None)
        row = f"hana@example.jp,{'県民だより;' * 6_000},紙,,"
        before = time.process_time()
        for content in (b"x" * 10_000_000, lines(*[row] * 60)):
            self.send(secretariat_client, content)
            upload = SubscriberImport.objects.latest("pk")
            assert upload.stage == upload.Stage.READING
            plan_subscriber_import(upload.pk)
            upload.refresh_from_db()
            assert upload.message or "長すぎます" in str(upload.rows.first().problems)
        assert time.process_time() - before < 10
        assert [each.stage for each in SubscriberImport.objects.order_by("pk")] == ["failed", "planned"]
        assert upload.counts["refused"] == 60

    def test_it_is_told_how_far_it_is(self, newsletter, secretariat, monkeypatch):
        monkeypatch.setattr(applying, "BATCH", 2)
        told = []
        table = SUBSCRIBERS.read(lines(*(f"reader{n}@example.jp,県民だより,紙,," for n in range(5))))
        applying.import_table(table=table, by=secretariat, report=lambda done, of: told.append(done / of))
        assert told == sorted(told)
        assert told[-4:] == [0.25, 0.55, 0.85, 1.0]
        assert Subscription.objects.count() == Consent.objects.count() == 5

    def test_something_changed_meanwhile(self, secretariat, newsletter, monkeypatch):
        table = SUBSCRIBERS.read(lines("hana@example.jp,県民だより,紙,,"))
        shown = make_plan(table=table).digest
        SubscriptionFactory(subscriber__address="hana@example.jp", newsletter=newsletter)
        with pytest.raises(PlanOutdatedError):
            applying.import_table(table=table, by=secretariat, shown=shown)

    def test_somebody_was_faster(self, secretariat, newsletter, monkeypatch):
        table = SUBSCRIBERS.read(lines("hana@example.jp,県民だより,紙,,"))

        def create(rows, now):
            raise IntegrityError

        monkeypatch.setattr(applying, "_create", create)
        with pytest.raises(Refused, match="何も変えていません"):
            applying.import_table(table=table, by=secretariat)

    def test_thrown_away_and_forgotten(self, secretariat_client, newsletter):
        result = self.send(secretariat_client, lines("hana@example.jp,県民だより,紙,,")).headers["Location"]
        secretariat_client.post(result, {"give_up": "1"})
        assert not SubscriberImport.objects.exists()
        self.send(secretariat_client, lines("hana@example.jp,県民だより,紙,,"))
        SubscriberImport.objects.update(expires_at=timezone.now())
        forget_old_subscriber_imports()
        assert not SubscriberImport.objects.exists()

    def test_a_long_list_goes_to_a_worker_in_few_queries(
        self, secretariat, newsletter, monkeypatch, django_assert_max_num_queries
    ):
        monkeypatch.setattr(intake_module, "_queue", lambda *args, **values: None)
        count = 3_000
        content = lines(*(f"reader{n}@example.jp,県民だより,紙,," for n in range(count)))
        upload = intake.keep_upload(content=content, file_name="x.csv", by=secretariat)
        before = time.process_time()
        with django_assert_max_num_queries(40):
            plan_subscriber_import(upload.pk)
        upload.refresh_from_db()
        intake.agree(upload=upload, by=secretariat)
        with django_assert_max_num_queries(60):
            apply_subscriber_import(upload.pk)
        # A hundred thousand within the ten minutes of the task, on a slow machine, with coverage counted.
        assert time.process_time() - before < 60
        assert Subscription.objects.count() == Consent.objects.count() == count


def test_the_list_as_a_file_that_can_be_taken_in_again(secretariat_client, newsletter):
    subscriber = SubscriberFactory(address="+hana@example.jp", organization=OrganizationFactory())
    SubscriptionFactory(subscriber=subscriber, newsletter=newsletter)
    ConsentFactory(
        subscriber=subscriber, how=HowAsked.IMPORT, proof="=1+1", text=None, confirmed_at=timezone.now()
    )
    night = dt.datetime(2026, 11, 1, 15, 0, tzinfo=dt.UTC)  # the second of November began in Japan
    Consent.objects.update(asked_at=night, confirmed_at=night)
    SubscriberFactory(state="unconfirmed", confirmed_at=None)
    response = secretariat_client.post(f"{LIST}export/?state=confirmed")
    content = b"".join(response.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    text = content.decode()
    assert "'+hana@example.jp" in text
    assert "'=1+1" in text
    assert ",2026-11-02," in text
    (event,) = AuditEvent.objects.filter(type="newsletters.subscribers_exported")
    assert event.new == {"count": 1, "conditions": {"state": "confirmed"}}
    (row,) = make_plan(table=SUBSCRIBERS.read(content)).rows
    assert (row.outcome, row.target) == (Outcome.UNCHANGED, subscriber)
    assert secretariat_client.get(f"{LIST}export/").status_code == 302
    assert b"reader" in b"".join(secretariat_client.post(f"{LIST}export/?newsletter='").streaming_content)


def test_a_long_list_leaves_piece_by_piece(secretariat_client, newsletter, monkeypatch):
    monkeypatch.setattr(exporting, "_CHUNK", 2)
    for _each in range(5):
        SubscriptionFactory(newsletter=newsletter)
    response = secretariat_client.post(f"{LIST}export/")
    assert response.streaming
    lines = iter(response.streaming_content)
    with CaptureQueriesContext(connection) as first:
        next(lines), next(lines)
    with CaptureQueriesContext(connection) as rest:
        assert len(list(lines)) == 4
    assert len(rest) == 2 * (len(first) - 1) > 0  # as many for each piece; the first also asks for all


def test_members_of_staff_without_that_work(owner_client):
    for address in (LIST, f"{LIST}new/", f"{LIST}import/", "/desk/newsletters/suppressions/"):
        assert owner_client.get(address).status_code == 403
