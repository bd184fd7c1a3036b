"""Mails to an organisation, as its page on the desk lists them.

What is only its own is written about to nobody else. Where a thing has several sides (a conversation; a window, about
which staff are told too), only mails to people of the organisation count. Apps above this one register such things
when they start, as for `members.belongings`.
"""

from collections.abc import Callable
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from members.models import Application, Conversation, Organization
from platform_portal.mail.models import OutgoingMail, OutgoingMailQuerySet

Rows = models.QuerySet[Any]
Provider = Callable[[Organization], Rows]
_shared: list[Provider] = []


def register(provider: Provider) -> None:
    """Called in an app's `ready()`; twice is once."""
    if provider not in _shared:
        _shared.append(provider)


def conversations_of(organization: Organization) -> Rows:
    return Conversation.objects.filter(Q(offer__organization=organization) | Q(asker=organization))


def mails_to(organization: Organization) -> OutgoingMailQuerySet:
    """Newest first. Bodies are long, and no list shows them. Constant queries."""
    about = Q(about_type=organization._meta.label_lower, about_id=str(organization.pk))
    for rows in (
        organization.memberships.all(),
        organization.invitations.all(),
        organization.revisions.all(),
        Application.objects.filter(organization=organization),
    ):
        about |= _about(rows)
    addresses = list(organization.memberships.values_list(Lower("user__email"), flat=True))
    for provider in _shared:
        about |= _about(provider(organization)) & Q(address__in=addresses)
    return OutgoingMail.objects.filter(about).defer("text", "html", "headers").order_by("-created_at", "-pk")


def _about(rows: Rows) -> Q:
    """By keys, not by a subquery: so the index on what mails are about serves."""
    keys = [str(key) for key in rows.order_by().values_list("pk", flat=True)]
    return Q(about_type=rows.model._meta.label_lower, about_id__in=keys)
