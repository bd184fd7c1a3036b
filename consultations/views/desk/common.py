"""What the desk's pages about windows share: finding one, and reading the record aloud."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from consultations import audit_labels
from consultations.models import Category, ConsultationWindow
from members.models import Organization
from platform_portal.audit.models import AuditEvent
from platform_portal.audit.words import Line, names_of
from platform_portal.desk import Crumbs, Step, crumbs
from platform_portal.region.models import Municipality

HISTORY_LENGTH = 100


def window_steps(window: ConsultationWindow, *more: Step) -> Crumbs:
    steps = [(_("相談窓口"), reverse("desk:window-list"))]
    address = reverse("desk:window-page", args=[window.public_id]) if more else ""
    return crumbs(*steps, (window.name, address), *more)


def get_window(public_id: str, windows: Any = None) -> ConsultationWindow:
    rows = ConsultationWindow.objects.all() if windows is None else windows
    window: ConsultationWindow = get_object_or_404(rows, public_id=public_id)
    return window


def next_address(request: HttpRequest, otherwise: str) -> str:
    """Where the person came from, if that is a page of ours."""
    address = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}):
        return address
    return otherwise


def history_of(obj: Any, only: Collection[str] | None = None) -> list[Line]:
    """The latest events of an object in words, newest first. Constant queries.

    `only`: for eyes outside the office: just these fields, without names and notes.
    """
    events = list(AuditEvent.objects.about(obj)[:HISTORY_LENGTH])
    names = names_for((side for event in events for side in (event.old, event.new)), people_of(events))
    if only is None:
        return [audit_labels.describe(event, names) for event in events]
    for event in events:
        for side in (event.old, event.new):
            for name in set(side) - set(only):
                del side[name]
    lines = [audit_labels.describe(event, names) for event in events if event.old or event.new]
    return [replace(line, who=_("ほかの人"), note="") for line in lines]


def names_for(contents: Iterable[Mapping[str, Any]], people: Mapping[int, str]) -> audit_labels.Names:
    """Words for all keys in `contents` (sides of events, or whole descriptions of windows). Four queries."""
    sides = list(contents)
    organizations = Organization.objects.filter(public_id__in=_values(sides, "organization"))
    municipalities = Municipality.objects.filter(code__in=_keys(sides, "municipalities"))
    windows = ConsultationWindow.objects.filter(public_id__in=_keys(sides, "fallbacks"))
    return audit_labels.Names(
        people=people,
        organizations=dict(organizations.values_list("public_id", "name")),
        categories=dict(Category.objects.values_list("slug", "name")),
        municipalities=dict(municipalities.values_list("code", "name")),
        windows=dict(windows.values_list("public_id", "name")),
    )


def people_of(events: Collection[AuditEvent]) -> dict[int, str]:
    sides = [side for event in events for side in (event.old, event.new)]
    keys = [event.actor_id for event in events]
    keys += [side.get(name) for side in sides for name in audit_labels.PERSONS]
    return names_of(keys)


def _values(sides: Iterable[Mapping[str, Any]], name: str) -> list[Any]:
    return [side[name] for side in sides if side.get(name)]


def _keys(sides: Iterable[Mapping[str, Any]], name: str) -> set[str]:
    return {key for value in _values(sides, name) if isinstance(value, list) for key in value}
