"""What the members' pages share: finding one's own organisation, and where one is."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from members.models import Membership, Organization
from platform_portal.desk import Crumbs, Step


def own_organization(request: HttpRequest, public_id: str) -> Organization:
    """404 for an organisation of others, as for one that does not exist."""
    rows = Organization.objects.acted_for_by(request.user).select_related("sector", "municipality")
    found: Organization = get_object_or_404(rows, public_id=public_id)
    return found


def own_memberships(user: Any) -> list[Membership]:
    """With what one acts for which organisations today. One query."""
    rows = Membership.objects.current().filter(user=user.pk, organization__state="active")
    return list(
        rows.select_related("organization").order_by("organization__kana", "organization__name", "pk")
    )


def crumbs(*steps: Step) -> Crumbs:
    """From the first page of the members down; the last step has no address."""
    return [(_("わたしの団体"), reverse("my:home")), *steps]


def steps_of(organization: Organization, *more: Step) -> Crumbs:
    address = reverse("my:organization", args=[organization.public_id]) if more else ""
    return crumbs((organization.name, address), *more)
