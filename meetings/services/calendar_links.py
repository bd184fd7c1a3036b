"""The address of one's own calendar: made, made anew, stopped."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from meetings.calendar_links import new_nonce
from meetings.models import CalendarLink
from platform_portal.audit import services as audit


@transaction.atomic
def make_calendar_link(*, by: Any) -> CalendarLink:
    """An address that was there before is worthless from now on."""
    values = {"nonce": new_nonce(), "created_at": timezone.now()}
    link, is_new = CalendarLink.objects.update_or_create(user_id=by.pk, defaults=values)
    audit.record(type=f"meetings.calendar_link_{'made' if is_new else 'renewed'}", by=by, obj=link)
    found: CalendarLink = link
    return found


@transaction.atomic
def stop_calendar_link(*, by: Any) -> None:
    """Nothing happens where there is none."""
    link = CalendarLink.objects.select_for_update().filter(user_id=by.pk).first()
    if link is not None:
        audit.record(type="meetings.calendar_link_stopped", by=by, obj=link)
        link.delete()
