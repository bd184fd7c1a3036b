"""From stored rules to "open now": the bridge between the hours package and the database."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from consultations.hours.evaluation import open_rules_at
from platform_portal.japanese.calendar import HolidayCalendar

from consultations.models.calendar import CalendarOverride
from consultations.models.channel import Channel, ChannelKind
from platform_portal.publishing.states import State

LIVE_KINDS = (ChannelKind.PHONE, ChannelKind.LINE, ChannelKind.CHAT, ChannelKind.VIDEO)


def holiday_calendar() -> HolidayCalendar:
    """Public holidays with the staff's corrections. One small query."""
    overrides = CalendarOverride.objects.values_list("on", "is_holiday", "name")
    return HolidayCalendar(
        {on: is_holiday for on, is_holiday, _name in overrides},
        names={on: name for on, is_holiday, name in overrides if is_holiday},
    )


def open_channels(moment: dt.datetime, kinds: Sequence[str] | None = None) -> Any:
    """Channels of published windows where somebody answers at `moment`."""
    live = Channel.objects.filter(kind__in=kinds or LIVE_KINDS, takes_appointments_only=False)
    rules = (
        live.filter(window__state=State.PUBLISHED)
        .exclude(effective_hours="")
        .order_by()
        .values_list("effective_hours", flat=True)
        .distinct()
    )
    open_rules = open_rules_at(rules, moment, holiday_calendar())
    return live.filter(effective_hours__in=open_rules)
