"""Made-up bodies and meetings for showing and trying. Nobody said a word of it."""

import datetime as dt
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from meetings.models import Audience, Body, Meeting, MeetingState, Minutes
from meetings.presenting.agenda import tree_of
from meetings.services import agenda as agendas
from meetings.services import bodies, meetings
from meetings.services import minutes as records
from meetings.services.action_items import add_action_item
from meetings.services.publication import move_minutes
from members.models import Organization
from platform_portal.japanese.calendar import fiscal_year, format_fiscal_year
from platform_portal.publishing.states import State

FILE = Path(__file__).parent / "data" / "demo_meetings.toml"
_PLAIN = ("place", "online_url", "summary", "closed_reason")


@transaction.atomic
def load_demo_meetings(*, by: Any, approver: Any) -> int:
    """Bodies with their meetings; a body that is there already stays as it is. How many were made.

    `by` writes, `approver` lets the records go public.
    """
    made = 0
    for position, entry in enumerate(tomllib.loads(FILE.read_text(encoding="utf-8"))["body"]):
        if not Body.objects.filter(name=entry["name"]).exists():
            _load_body(entry, position * 10, by, approver)
            made += 1
    return made


def _load_body(entry: Mapping[str, Any], position: int, by: Any, approver: Any) -> None:
    values = {
        "name": entry["name"],
        "purpose": entry["purpose"],
        "audience": entry.get("audience", Audience.PUBLIC),
        "named_audience": entry.get("named_audience", Audience.MEMBERS),
        "labels_audience": entry.get("labels_audience", Audience.PUBLIC),
        "position": position,
    }
    seats = Organization.objects.active().filter(name__in=entry.get("organizations", []))
    body = bodies.create_body(values=values, organizations=seats, by=by)
    numbers: dict[int, int] = {}
    for each in entry.get("meeting", []):
        _load_meeting(body, each, numbers, by, approver)
    if not entry.get("is_active", True):
        bodies.change_body(body=body, values={"is_active": False}, by=by)


def _load_meeting(
    body: Body, entry: Mapping[str, Any], numbers: dict[int, int], by: Any, approver: Any
) -> None:
    day = timezone.localdate() + dt.timedelta(days=entry["days"])
    if day.isoweekday() > 5:
        day += dt.timedelta(days=8 - day.isoweekday())  # to Monday
    year = fiscal_year(day)
    numbers[year] = number = numbers.get(year, 0) + 1
    starts, ends = (_at(day, clock) for clock in entry["hours"])
    values = {
        "body": body,
        "number": number,
        "title": f"{format_fiscal_year(year)} 第{number}回{body.name}",
        "starts_at": starts,
        "ends_at": ends,
        "audience": body.audience,
        **{name: entry[name] for name in _PLAIN if name in entry},
    }
    meeting = meetings.create_meeting(values=values, by=by)
    _load_agenda(meeting, entry.get("agenda", []), by)
    if counts := entry.get("counts"):
        rows = [(label, count, unit) for label, count, unit in counts]
        meetings.record_numbers(meeting=meeting, observers=entry.get("observers"), counts=rows, by=by)
    meeting = _move(meeting, entry, by)
    if entry["state"] == MeetingState.PUBLISHED:
        _load_record(meeting, entry, by, approver)


def _at(day: dt.date, clock: str) -> dt.datetime:
    hour, minute = clock.split(":")
    return timezone.make_aware(dt.datetime.combine(day, dt.time(int(hour), int(minute))))


def _load_agenda(meeting: Meeting, lines: list[Any], by: Any) -> None:
    above: dict[int, Any] = {}
    for depth, title, performer, reason in lines:
        values = {
            "title": title,
            "performer": performer,
            "is_closed": bool(reason),
            "closed_reason": reason,
        }
        above[depth] = agendas.add_agenda_item(
            meeting=meeting, values=values, parent=above.get(depth - 1), by=by
        )


def _move(meeting: Meeting, entry: Mapping[str, Any], by: Any) -> Meeting:
    state = MeetingState(entry["state"])
    if state == MeetingState.DRAFT:
        return meeting
    if state in {MeetingState.HELD, MeetingState.PUBLISHED}:
        return meetings.mark_held(meeting=meeting, by=by)
    meeting = meetings.announce_meeting(meeting=meeting, by=by)
    if state == MeetingState.CANCELLED:
        meeting = meetings.cancel_meeting(meeting=meeting, reason=entry["reason"], by=by)
    return meeting


def _load_record(meeting: Meeting, entry: Mapping[str, Any], by: Any, approver: Any) -> None:
    minutes: Minutes = records.start_minutes(meeting=meeting, by=by)
    items = {node.item.title: node.item for node in tree_of(meeting)}
    for kind, organization, role, text, item in entry["utterances"]:
        values = {
            "kind": kind,
            "organization_name": organization,
            "role": role,
            "label": "・".join(part for part in (organization, role) if part),
            "text": text,
            "agenda_items": [items[item]],
        }
        records.add_utterance(minutes=minutes, by=by, values=values)
    minutes = move_minutes(minutes=minutes, to=State.IN_REVIEW, by=by)
    move_minutes(minutes=minutes, to=State.PUBLISHED, by=approver)
    for text, responsible, is_public in entry.get("promised", []):
        promise = {"text": text, "responsible": responsible, "is_public": is_public, "due_on": None}
        add_action_item(body=meeting.body, values=promise, by=by)
