"""Notices as mail servers write them."""

from newsletters.links import bounce_address


def report(
    *,
    to: str = "",
    status: str = "5.1.1",
    action: str = "failed",
    diagnostic: str = "smtp; 550 No such user",
    recipient: str = "hana@example.jp",
    original: str = "Message-ID: <copy.1@example.jp>\nSubject: x\n",
    before: str = "",
    **headers: str,
) -> bytes:
    """RFC 3464. `to`: the copy's own address, unless the notice came to another."""
    top = {"Message-ID": "<notice.1@mx.example>", **headers}
    lines = "".join(f"{name}: {value}\n" for name, value in top.items() if value)
    return f"""From: MAILER-DAEMON@mx.example
To: {to or bounce_address(1)}
{lines}Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="9B095B5ADSN=_01"

This is a MIME-encapsulated message.

--9B095B5ADSN=_01
Content-Type: text/plain; charset=us-ascii

Your mail could not be delivered.

--9B095B5ADSN=_01
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Sun, 22 Nov 2026 09:00:00 +0900

{before}Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: {diagnostic}

--9B095B5ADSN=_01
Content-Type: text/rfc822-headers

{original}
--9B095B5ADSN=_01--
""".replace("\n", "\r\n").encode()


def complaint(
    *, kind: str = "abuse", origin: str = "", original: str = "Message-ID: <copy.1@example.jp>\n"
) -> bytes:
    """RFC 5965."""
    return f"""From: <abuse@isp.example>
To: postmaster@example.jp
Message-ID: <complaint.1@isp.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="part"

--part
Content-Type: text/plain

This is an email abuse report.

--part
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: {origin}

--part
Content-Type: message/rfc822

{original}
Body.
--part--
""".encode()
