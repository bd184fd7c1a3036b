"""Forgets people once the months are over that the rules of joining give. Each call does one batch and can be repeated."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from members.models import (
    Application,
    ApplicationState,
    Invitation,
    JoiningRules,
    Organization,
)
from members.services.personal_data import scrub_applications, scrub_organizations
from platform_portal.audit import services as audit
from platform_portal.personal_data import scrub

BATCH = 500  # rows that one run touches at most


@transaction.atomic
def scrub_left_organizations() -> int:
    """Contact and notes of organisations that left or were merged long ago; their names stay. Returns how many.

    Whoever was a member as a person loses the name too.
    """
    limit = timezone.localdate() - _months(JoiningRules.load().left_kept_months)
    rows = Organization.objects.filter(left_on__lte=limit, scrubbed_at=None).order_by("pk")
    chosen = list(
        rows.select_for_update(skip_locked=True, of=("self",)).select_related("application")[:BATCH]
    )
    scrub_organizations(chosen)
    return len(chosen)


@transaction.atomic
def scrub_closed_applications() -> int:
    """Applications that were refused or withdrawn long ago. Returns how many."""
    limit = timezone.now() - _months(JoiningRules.load().closed_kept_months)
    ended = Q(state=ApplicationState.REFUSED, decided_at__lte=limit) | Q(
        state=ApplicationState.WITHDRAWN, updated_at__lte=limit
    )
    rows = Application.objects.filter(ended, scrubbed_at=None).order_by("pk")
    chosen = list(rows.select_for_update(skip_locked=True, of=("self",))[:BATCH])
    scrub_applications(Application.objects.filter(pk__in=[application.pk for application in chosen]))
    audit.record_all(
        audit.prepare(type="members.application_scrubbed", by=None, obj=application) for application in chosen
    )
    return len(chosen)


@transaction.atomic
def scrub_settled_invitations() -> int:
    """Names and addresses of invitations whose end is long ago; the account, if there is one, has its own.

    One that nobody answered is deleted: without an address nothing of it is left. Returns how many.
    """
    limit = timezone.now() - _months(JoiningRules.load().closed_kept_months)
    ended = Q(accepted_at__lte=limit) | Q(withdrawn_at__lte=limit)
    lapsed = Q(accepted_at=None, withdrawn_at=None, expires_at__lte=limit)
    rows = Invitation.objects.filter(ended | lapsed).exclude(email="").order_by("pk")
    chosen = list(rows.select_for_update(skip_locked=True, of=("self",))[:BATCH])
    keys = [invitation.pk for invitation in chosen]
    Invitation.objects.filter(pk__in=keys, accepted_at=None, withdrawn_at=None).delete()
    scrub(Invitation.objects.filter(pk__in=keys))
    return len(keys)


def _months(count: int) -> dt.timedelta:
    """Months of 31 days: never sooner than promised."""
    return dt.timedelta(days=31 * count)
