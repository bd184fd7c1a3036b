"""Sending an issue to oneself and to colleagues before anybody approves it."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from newsletters.composing import compose
from newsletters.mails.trials import send_trial as write_mails
from newsletters.models import Issue
from platform_portal.access.checks import Refused, check_has, has
from platform_portal.access.roles import Permission
from platform_portal.audit import services as audit

MOST_PEOPLE = 10


@transaction.atomic
def send_trial(*, issue: Issue, people: Sequence[Any], by: Any) -> int:
    """Only to those who use the desk. Returns how many mails. Raises Refused."""
    check_has(by, Permission.EDIT_ISSUES)
    distinct = list({person.pk: person for person in people}.values())
    if not distinct:
        raise Refused(_("送る相手を選んでください。"))
    if len(distinct) > MOST_PEOPLE:
        raise Refused(_("試し送りは、一度に%(most)s人までです。") % {"most": MOST_PEOPLE})
    if not all(has(person, Permission.USE_DESK) for person in distinct):
        raise Refused(_("試し送りは、職員のページを使う人にだけ送れます。"))
    write_mails(issue, compose(issue), distinct)
    audit.record(type="newsletters.trial_sent", by=by, obj=issue, new={"count": len(distinct)})
    return len(distinct)
