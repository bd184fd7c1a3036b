"""Notices of mail servers: those that exist, those that somebody makes up, and those made to hurt."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsletters.bouncing.notices import Sort, read_notice
from newsletters.bouncing.verdicts import verdict_on
from newsletters.links import bounce_address
from tests.notices import complaint, report


def test_a_report_with_our_own_address() -> None:
    notice = read_notice(report(to=bounce_address(42)))
    assert notice is not None
    assert (notice.sort, notice.delivery_id) == (Sort.UNDELIVERED, 42)
    assert (notice.status, notice.code, notice.recipient) == ("5.1.1", 550, "hana@example.jp")
    assert notice.message_id == "<copy.1@example.jp>"


@pytest.mark.parametrize("name", ["Delivered-To", "X-Original-To", "Envelope-To"])
def test_whom_it_was_delivered_to_stands_in_other_headers(name: str) -> None:
    notice = read_notice(report(to="postmaster@example.jp", **{name: f"<{bounce_address(7)}>"}))
    assert notice is not None
    assert notice.delivery_id == 7


def test_one_of_several_recipients_has_failed() -> None:
    block = "Final-Recipient: rfc822; a@example.jp\nAction: delivered\nStatus: 2.0.0\n\n"
    notice = read_notice(report(before=block))
    assert notice is not None
    assert notice.recipient == "hana@example.jp"


def test_the_status_is_looked_for_in_the_words_of_the_server() -> None:
    notice = read_notice(report(status="", diagnostic="smtp; 452 4.2.2 mailbox full"))
    assert notice is not None
    assert (notice.status, notice.code) == ("4.2.2", 452)
    notice = read_notice(report(status="", diagnostic=""))
    assert notice is not None
    assert (notice.status, notice.code) == ("", 0)


def test_the_same_notice_has_the_same_fingerprint() -> None:
    first, again = read_notice(report()), read_notice(report(Received="by another way"))
    assert first is not None
    assert again is not None
    assert first.fingerprint == again.fingerprint
    unnamed = read_notice(report(**{"Message-ID": ""}))
    assert unnamed is not None
    assert unnamed.fingerprint != first.fingerprint


def test_a_complaint() -> None:
    notice = read_notice(complaint())
    assert notice is not None
    assert (notice.sort, notice.message_id) == (Sort.COMPLAINT, "<copy.1@example.jp>")
    found = read_notice(complaint(origin=f"<{bounce_address(9)}>"))
    assert found is not None
    assert found.delivery_id == 9
    assert read_notice(complaint(kind="not-spam")) is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff" * 900,
        b"Subject: Out of office\nAuto-Submitted: auto-replied\n\nI am away.",
        b"Content-Type: multipart/report\n\n--x\n",
        b"Content-Type: multipart/report; report-type=disposition-notification; boundary=x\n\n--x\n\n--x--",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\nnothing",
        report(action="delayed"),
        report(action="relayed"),
        report(to="postmaster@example.jp", original="Subject: without an id\n"),
        # Another's address made up: the part after the dot is a key of ours.
        report(to="b+1.0000000000000000@testserver", original="\n"),
        report(to="postmaster@example.jp", original="Message-ID: <a\x00b@example.jp>\n"),
    ],
)
def test_what_is_no_notice(raw: bytes) -> None:
    assert read_notice(raw) is None


@pytest.mark.parametrize(
    "raw",
    [
        report() + b"x" * 10_000_000,
        report(before="Final-Recipient: rfc822; a@example.jp\nAction: failed\n\n" * 100_000),
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n"
        + b"--x\n\n\n" * 10_000,
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n"
        + b"".join(
            b"--x\nContent-Type: multipart/mixed; boundary=x%d\n\n--x%d\n" % (n, n) for n in range(5_000)
        ),
        b"Content-Type: multipart/report;" + b"\n a=b;" * 500_000,
        b"To: " + b"b+1.aaaaaaaaaaaaaaaa@testserver," * 100_000,
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="' + b"-" * 1_000_000,
        b"a:b\n" * 1_000_000,
        # A thousand reports, each inside the one before.
        b"".join(
            b"Content-Type: multipart/report; report-type=delivery-status; boundary=x%d\n\n--x%d\n" % (n, n)
            for n in range(1_000)
        ),
        b"Content-Type: " + b"message/rfc822\n\nContent-Type: " * 50_000,
    ],
    ids=range(10),
)
def test_a_bomb_costs_little(raw: bytes) -> None:
    before = time.process_time()
    read_notice(raw)
    # A fraction of a second's work each, even where everything counts coverage.
    assert time.process_time() - before < 5


PIECES = st.sampled_from(
    [
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\n",
        b'Content-Type: multipart/report; report-type=feedback-report; boundary="x"\n',
        b"\n",
        b"\n--x\n",
        b"--x--",
        b"Content-Type: message/delivery-status\n\n",
        b"Content-Type: message/feedback-report\n\n",
        b"Content-Type: text/rfc822-headers\n\n",
        b"Action: failed\n",
        b"Status: 5.1.1\n",
        b"Status: 9999.1\n",
        b"Feedback-Type: abuse\n",
        b"Message-ID: <a@b>\n",
        b"Final-Recipient: rfc822;\n",
        b"To: b+zz.\xe3\x81\x82@testserver\n",
        b" folded\n",
        b":\n",
    ]
)


@given(st.one_of(st.binary(max_size=400), st.lists(PIECES, max_size=30).map(b"".join)))
@example(report()[:500])
def test_it_never_raises(raw: bytes) -> None:
    notice = read_notice(raw)
    if notice is not None:
        assert notice.message_id or notice.delivery_id is not None
        verdict_on(status=notice.status, code=notice.code)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        ("5.1.1", 550, "hard"),
        ("5.1.2", 0, "hard"),
        ("5.2.1", 0, "hard"),
        ("5.1.8", 0, "other"),
        ("5.2.2", 552, "soft"),
        ("5.4.4", 0, "soft"),
        ("5.0.0", 0, "soft"),
        ("5.7.1", 550, "other"),
        ("5.3.4", 552, "other"),
        ("4.2.2", 452, "soft"),
        ("4.4.7", 0, "soft"),
        ("4.7.0", 421, "other"),
        ("", 550, "hard"),
        ("", 554, "other"),
        ("", 450, "soft"),
        ("", 0, "soft"),
    ],
)
def test_what_follows(status: str, code: int, kind: str) -> None:
    assert verdict_on(status=status, code=code) == kind
