"""Takes the notices that wait in the mailbox: each counted once, and gone from there after that."""

import logging
import time

from django.conf import settings

from newsletters.bouncing.mailboxes import open_mailbox
from newsletters.bouncing.notices import read_notice
from newsletters.services.bounces import note_notice

logger = logging.getLogger(__name__)

LONGEST = 120  # seconds of one round; the task itself is ended after twice that


def read_mailbox() -> int:
    """One round; returns how many notices counted. Letters that are no notices go too: nobody reads this mailbox.

    A notice is taken from the mailbox when its row is committed: a run that dies between reads it again, and the
    fingerprint keeps it from counting twice.
    """
    if not settings.PORTAL_BOUNCE_MAILBOX:
        return 0
    counted = seen = 0
    until = time.monotonic() + LONGEST
    with open_mailbox(settings.PORTAL_BOUNCE_MAILBOX) as mailbox:
        for name, raw in mailbox.notices():
            notice = read_notice(raw)
            if notice is not None and note_notice(notice) is not None:
                counted += 1
            mailbox.remove(name)
            seen += 1
            if time.monotonic() >= until:
                break
    if seen:
        logger.info("bounces: %s letters read, %s counted", seen, counted)
    return counted
