"""Mails that come back: counted once each, from whichever way, and what follows for the address."""

import datetime as dt
import imaplib
import io
import time

import pytest
from django.utils import timezone

from newsletters.bouncing import mailboxes
from newsletters.bouncing.notices import MOST_READ, read_notice
from newsletters.links import bounce_address
from newsletters.models import (
    Bounce,
    BounceKind,
    Delivery,
    DeliveryState,
    HowEnded,
    Subscription,
    Suppression,
    SuppressionReason,
)
from newsletters.services import bounces, forgetting, reading_notices
from newsletters.services.reading_notices import read_mailbox
from newsletters.services.suppressing import is_unwanted, lift_suppression, suppress_address
from newsletters.tasks import erase_unconfirmed_subscribers, forget_delivery_addresses, read_bounces
from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from tests.factories.members import UserFactory
from tests.factories.newsletters import DeliveryFactory, SubscriberFactory, SubscriptionFactory
from tests.notices import complaint, report

pytestmark = pytest.mark.django_db
HOOK = "/newsletters/bounces/"
SECRET = {"X-Portal-Bounce-Secret": "a long secret"}


@pytest.fixture
def subscriber():
    found = SubscriberFactory(address="hana@example.jp")
    SubscriptionFactory(subscriber=found)
    return found


def copy_for(subscriber) -> Delivery:
    now = timezone.now()
    return DeliveryFactory(subscriber=subscriber, state=DeliveryState.ACCEPTED, began_at=now, accepted_at=now)


def come_back(delivery, number=1, **values):
    raw = report(to=bounce_address(delivery.pk), **{"Message-ID": f"<n{number}@mx.example>"}, **values)
    return bounces.note_notice(read_notice(raw))


class TestWhatFollows:
    def test_no_such_address(self, subscriber):
        delivery = copy_for(subscriber)
        bounce = come_back(delivery)
        assert (bounce.kind, bounce.status) == (BounceKind.HARD, "5.1.1")
        delivery.refresh_from_db()
        assert delivery.state == DeliveryState.ACCEPTED
        assert delivery.bounced_at is not None
        assert Suppression.objects.get().reason == SuppressionReason.HARD_BOUNCE
        assert Subscription.objects.get().how_ended == HowEnded.BOUNCE
        # The same notice once more, by whichever way.
        assert come_back(delivery) is None
        assert Bounce.objects.count() == Suppression.objects.count() == 1

    def test_three_in_a_row_for_now(self, subscriber):
        copies = [copy_for(subscriber) for _each in range(5)]
        for number in (0, 1):
            come_back(copies[number], number, status="4.2.2", action="failed")
        subscriber.refresh_from_db()
        assert subscriber.soft_bounces == 2
        # The third arrived; the next begins a new row.
        for number in (3, 4):
            come_back(copies[number], number, status="4.2.2")
        subscriber.refresh_from_db()
        assert subscriber.soft_bounces == 2
        assert not Suppression.objects.exists()
        come_back(copies[2], 2, status="4.2.2")
        assert Suppression.objects.get().reason == SuppressionReason.SOFT_BOUNCES
        # What it subscribes to goes on once the address works again.
        assert Subscription.objects.current().exists()

    def test_what_is_our_own_fault_counts_for_nothing(self, subscriber):
        for number in range(4):
            bounce = come_back(copy_for(subscriber), number, status="5.7.1")
            assert bounce.kind == BounceKind.OTHER
        subscriber.refresh_from_db()
        assert subscriber.soft_bounces == 0
        assert not Suppression.objects.exists()

    def test_a_complaint(self, subscriber):
        delivery = copy_for(subscriber)
        raw = complaint(original=f"Message-ID: {delivery.message_id}\n")
        assert bounces.note_notice(read_notice(raw)).kind == BounceKind.COMPLAINT
        delivery.refresh_from_db()
        assert delivery.bounced_at is None
        assert Suppression.objects.get().reason == SuppressionReason.COMPLAINT
        assert Subscription.objects.get().how_ended == HowEnded.COMPLAINT
        assert is_unwanted("hana@example.jp")

    def test_refused_while_we_spoke(self, subscriber):
        delivery = DeliveryFactory(subscriber=subscriber, state=DeliveryState.FAILED, attempts=1)
        bounces.note_refusal(delivery, 550, "5.1.1")
        bounces.note_refusal(delivery, 550, "5.1.1")
        assert Bounce.objects.get().kind == BounceKind.HARD
        assert Suppression.objects.exists()
        bounces.note_refusal(DeliveryFactory(subscriber=subscriber), 552)
        assert Bounce.objects.filter(kind=BounceKind.OTHER, status="552").exists()

    def test_of_a_reader_who_is_erased(self, subscriber):
        delivery = copy_for(subscriber)
        other = copy_for(subscriber)
        subscriber.delete()
        delivery.refresh_from_db()
        come_back(delivery, status="4.2.2")
        assert not Suppression.objects.exists()
        come_back(delivery, 2)
        assert Suppression.objects.get().address == "hana@example.jp"
        Delivery.objects.update(address="")
        assert come_back(other, 3) is not None
        assert Suppression.objects.count() == 1


class TestWhoseCopy:
    def test_by_its_message_id_together_with_its_address(self, subscriber):
        delivery = copy_for(subscriber)
        other = copy_for(SubscriberFactory())

        def by_id(copy, number, **values):
            raw = report(
                to="postmaster@example.jp",
                original=f"Message-ID: {copy.message_id}\n",
                **{"Message-ID": f"<n{number}@mx.example>"},
                **values,
            )
            return bounces.note_notice(read_notice(raw))

        assert by_id(delivery, 1) is not None
        assert by_id(other, 2) is None  # somebody else's mail
        assert by_id(delivery, 3, recipient="another@example.jp") is None
        Delivery.objects.update(address="")
        assert by_id(delivery, 4, recipient="") is None
        raw = report(to="postmaster@example.jp", original="Message-ID: <nobody@example.jp>\n")
        assert bounces.note_notice(read_notice(raw)) is None

    def test_no_such_copy(self):
        assert bounces.note_notice(read_notice(report(to=bounce_address(999_999)))) is None

    def test_a_notice_uses_up_no_other_ones_name(self, subscriber):
        first, second = copy_for(subscriber), copy_for(SubscriberFactory())
        assert come_back(first) is not None
        assert come_back(second) is not None


class TestFloods:
    def test_one_copy_comes_back_once_in_each_way(self, subscriber):
        """Whoever has a copy has its address, too, and can write there as often as they like."""
        delivery, other = copy_for(subscriber), copy_for(subscriber)
        for number in range(20):
            come_back(delivery, number, status=("4.2.2", "5.7.1")[number % 2])
        assert sorted(Bounce.objects.values_list("kind", flat=True)) == [BounceKind.OTHER, BounceKind.SOFT]
        subscriber.refresh_from_db()
        assert subscriber.soft_bounces == 1
        assert come_back(other, 99, status="4.2.2") is not None
        row = come_back(delivery, 100)  # what it says for the first time counts
        assert row.kind == BounceKind.HARD
        lift_suppression(suppression=Suppression.objects.get(), by=UserFactory(secretariat=True))
        assert come_back(delivery, 101) is None  # late news of a copy of then
        assert not Suppression.objects.exists()

    def test_what_no_database_keeps_is_no_name(self):
        raw = report(to="postmaster@example.jp", original="Message-ID: <a\x00b@example.jp>\n")
        notice = read_notice(raw)
        assert notice is None or bounces.note_notice(notice) is None


class TestHook:
    @pytest.fixture(autouse=True)
    def _secret(self, settings):
        settings.PORTAL_BOUNCE_SECRET = SECRET["X-Portal-Bounce-Secret"]

    def send(self, client, raw, headers=SECRET):
        return client.post(HOOK, raw, content_type="message/rfc822", headers=headers)

    def test_one_notice(self, client, subscriber):
        delivery = copy_for(subscriber)
        raw = report(to=bounce_address(delivery.pk))
        assert self.send(client, raw).status_code == 204
        assert self.send(client, raw).status_code == 204
        assert Bounce.objects.count() == 1
        assert not client.cookies

    def test_noise_and_bombs(self, client):
        for raw in (b"", b"hello", report()[:300] + b"x" * 3 * MOST_READ):
            assert self.send(client, raw).status_code == 204
        assert not Bounce.objects.exists()

    def test_a_hundred_megabytes_cost_their_beginning(self, client, monkeypatch):
        asked = []

        class Endless(io.RawIOBase):
            def read(self, size=-1):
                assert size > 0, "all of it"
                asked.append(size)
                return b"x" * size

        def send(secret):
            return client.request(
                REQUEST_METHOD="POST",
                PATH_INFO=HOOK,
                CONTENT_TYPE="message/rfc822",
                CONTENT_LENGTH="100000000",
                HTTP_X_PORTAL_BOUNCE_SECRET=secret,
                **{"wsgi.input": Endless()},
            )

        assert send("another secret").status_code == 403
        assert asked == []  # not read at all
        assert send(SECRET["X-Portal-Bounce-Secret"]).status_code == 204
        assert sum(asked) == MOST_READ

    def test_the_secret_is_compared_in_the_same_time_whatever_is_given(self, client, monkeypatch):
        compared = []

        def compare(given, wanted):
            compared.append((given, wanted))
            return False

        monkeypatch.setattr("newsletters.views.bounce_hook.hmac.compare_digest", compare)
        assert self.send(client, report()).status_code == 403
        assert compared == [(b"a long secret", b"a long secret")]

    @pytest.mark.parametrize("given", [None, "", "another secret", "あ"])
    def test_without_the_secret(self, client, subscriber, given):
        raw = report(to=bounce_address(copy_for(subscriber).pk))
        headers = {} if given is None else {"X-Portal-Bounce-Secret": given}
        assert self.send(client, raw, headers).status_code == 403
        assert not Bounce.objects.exists()

    def test_only_by_post(self, client):
        assert client.get(HOOK, headers=SECRET).status_code == 405

    def test_where_there_is_none(self, client, settings):
        settings.PORTAL_BOUNCE_SECRET = ""
        assert self.send(client, report(), {"X-Portal-Bounce-Secret": ""}).status_code == 404


class TestMaildir:
    @pytest.fixture
    def folder(self, tmp_path, settings):
        for part in ("new", "cur", "tmp"):
            (tmp_path / part).mkdir()
        settings.PORTAL_BOUNCE_MAILBOX = f"maildir://{tmp_path}"
        return tmp_path

    def test_each_counts_once_and_goes(self, folder, subscriber):
        raw = report(to=bounce_address(copy_for(subscriber).pk))
        (folder / "new" / "1").write_bytes(raw)
        (folder / "cur" / "2:2,S").write_bytes(raw)
        (folder / "new" / "3").write_bytes(b"Subject: on holiday\n\nAway.")
        (folder / "tmp" / "4").write_bytes(raw)  # still being written
        assert read_mailbox() == 1
        assert [path.name for path in folder.rglob("*") if path.is_file()] == ["4"]
        read_bounces()
        assert Bounce.objects.count() == 1

    def test_so_many_in_one_run(self, folder, monkeypatch):
        monkeypatch.setattr(mailboxes, "MOST_AT_ONCE", 2)
        for number in range(3):
            (folder / "new" / str(number)).write_bytes(b"x")
        read_mailbox()
        assert len(list((folder / "new").iterdir())) == 1

    def test_a_run_ends_in_time_and_the_next_goes_on(self, folder, monkeypatch):
        monkeypatch.setattr(reading_notices, "LONGEST", 0)
        for number in range(3):
            (folder / "new" / str(number)).write_bytes(b"x")
        for left in (2, 1, 0, 0):
            read_mailbox()
            assert len(list((folder / "new").iterdir())) == left

    def test_a_letter_of_a_hundred_megabytes(self, folder):
        with (folder / "new" / "1").open("wb") as file:
            file.write(report()[:300])
            file.truncate(100_000_000)
        before = time.process_time()
        read_mailbox()
        assert time.process_time() - before < 2
        assert list((folder / "new").iterdir()) == []

    def test_another_run_was_faster(self, folder):
        (folder / "new" / "1").write_bytes(b"x")
        box = mailboxes.MaildirMailbox(folder)
        names = box.notices()
        (folder / "new" / "1").unlink()
        assert list(names) == []
        box.remove("new/1")

    def test_a_letter_stays_when_it_could_not_be_counted(self, folder, monkeypatch):
        (folder / "new" / "1").write_bytes(report())
        monkeypatch.setattr("newsletters.services.reading_notices.note_notice", lambda notice: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            read_mailbox()
        assert (folder / "new" / "1").exists()


class FakeImap:
    """As much of a server as is asked."""

    def __init__(self, letters, folder="OK"):
        self.letters, self.folder, self.said = letters, folder, []

    def login(self, user, password):
        self.said.append((user, password))

    def select(self, folder):
        self.said.append(folder)
        return self.folder, [b"1"]

    def uid(self, command, *words):
        if command == "SEARCH":
            return "OK", [b" ".join(self.letters) or None]
        if command == "FETCH":
            return "OK", [(b"1 (UID 1 BODY[] {9}", self.letters[words[0]]), b")"]
        self.said.append((command, *words))
        return "OK", [None]

    def expunge(self):
        self.said.append("expunge")

    def logout(self):
        self.said.append("logout")


class TestImap:
    def test_each_is_marked_and_goes(self, monkeypatch, settings, subscriber):
        raw = report(to=bounce_address(copy_for(subscriber).pk))
        server = FakeImap({b"3": raw, b"4": b"noise"})
        asked = []

        def connect(host, port, timeout):
            asked.append((host, port))
            return server

        monkeypatch.setattr(imaplib, "IMAP4_SSL", connect)
        settings.PORTAL_BOUNCE_MAILBOX = "imaps://bounce%40example.jp:s3cret%2F@imap.example.jp/Bounces"
        assert read_mailbox() == 1
        assert asked == [("imap.example.jp", 993)]
        deleted = [("STORE", name, "+FLAGS", r"(\Deleted)") for name in ("3", "4")]
        assert server.said == [
            ("bounce@example.jp", "s3cret/"),
            '"Bounces"',
            *deleted,
            "expunge",
            "logout",
        ]
        server.letters = {}
        assert read_mailbox() == 0
        server.folder = "NO"
        with pytest.raises(OSError, match="no folder"):
            read_mailbox()
        assert server.said[-1] == "logout"

    @pytest.mark.parametrize("address", ["imap://u:p@host/", "imaps:///x", "/var/mail", "maildir://host/x"])
    def test_other_ways_are_refused(self, settings, address):
        settings.PORTAL_BOUNCE_MAILBOX = address
        with pytest.raises(ValueError, match="PORTAL_BOUNCE_MAILBOX"):
            read_mailbox()

    def test_nowhere(self, settings):
        settings.PORTAL_BOUNCE_MAILBOX = ""
        assert read_mailbox() == 0


class TestSuppressing:
    def test_twice_is_once_and_a_will_outweighs_a_bounce(self, secretariat):
        suppress_address(address="Hana@example.jp", reason=SuppressionReason.HARD_BOUNCE)
        row = suppress_address(
            address="hana@example.jp", reason=SuppressionReason.STAFF, by=secretariat, note="電話で"
        )
        assert (row.reason, row.stopped_by, row.note) == (SuppressionReason.STAFF, secretariat, "電話で")
        suppress_address(address="hana@example.jp", reason=SuppressionReason.HARD_BOUNCE)
        assert Suppression.objects.get().reason == SuppressionReason.STAFF
        lift_suppression(suppression=row, by=secretariat)
        lift_suppression(suppression=row, by=secretariat)
        assert not Suppression.objects.exists()
        kinds = AuditEvent.objects.filter(type__startswith="newsletters.supp").order_by("pk")
        assert [event.type for event in kinds] == [
            "newsletters.suppressed",
            "newsletters.suppressed",
            "newsletters.suppression_lifted",
        ]
        assert "hana" not in str(list(kinds.values("old", "new", "note")))

    def test_for_those_who_tend_subscribers(self, owner):
        with pytest.raises(Refused):
            suppress_address(address="hana@example.jp", reason=SuppressionReason.STAFF, by=owner)
        row = suppress_address(address="hana@example.jp", reason=SuppressionReason.COMPLAINT)
        with pytest.raises(Refused):
            lift_suppression(suppression=row, by=owner)


def test_old_addresses_are_forgotten(subscriber):
    old, waiting, new = copy_for(subscriber), DeliveryFactory(), copy_for(SubscriberFactory())
    later = timezone.now() + dt.timedelta(days=400)
    Delivery.objects.filter(pk=new.pk).update(created_at=later)
    assert forgetting.forget_addresses(now=later) == 1
    assert forgetting.forget_addresses(now=later) == 0
    for each in (old, waiting, new):
        each.refresh_from_db()
    assert (old.address, old.state, old.subscriber) == ("", DeliveryState.ACCEPTED, subscriber)
    assert waiting.address
    assert new.address
    forget_delivery_addresses()
    erase_unconfirmed_subscribers()
