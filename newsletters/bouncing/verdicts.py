"""What the answer of a mail server says about an address, and what it says about us alone."""

from newsletters.models import BounceKind

# 5.1.x: no such address; 5.1.7 and 5.1.8 speak of the sender. 5.2.1: the mailbox is closed.
_ABOUT_THE_SENDER = {"5.1.7", "5.1.8"}
_CLOSED = {"5.2.1"}
# Answers without a status of their own (RFC 5321): no such mailbox, not here, a name that is none, takes no mail.
_GONE_CODES = {521, 550, 551, 553, 556}


def verdict_on(*, status: str, code: int) -> BounceKind:
    """`status`: of RFC 3463 or empty; `code`: of SMTP or 0. OTHER counts for nothing: it speaks of us."""
    if not status:
        if code in _GONE_CODES:
            return BounceKind.HARD
        return BounceKind.SOFT if code < 500 else BounceKind.OTHER
    kind, subject, _detail = status.split(".")
    if kind == "5" and (subject == "1" or status in _CLOSED) and status not in _ABOUT_THE_SENDER:
        return BounceKind.HARD
    # 0 and 1: said of the address after all; 2: the mailbox (full); 4: the way there.
    is_about_it = subject in {"0", "1", "2", "4"} and status not in _ABOUT_THE_SENDER
    return BounceKind.SOFT if is_about_it else BounceKind.OTHER
