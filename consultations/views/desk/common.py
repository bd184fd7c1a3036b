"""What the desk's pages share: paging, breadcrumbs, saying what was done, and reading the record aloud."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from consultations import audit_labels
from consultations.models import Category, ConsultationWindow
from members.models import Organization, User
from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from platform_portal.region.models import Municipality

PAGE_SIZE = 50
HISTORY_LENGTH = 100
Crumbs = list[tuple[str, str]]


def paged(request: HttpRequest, rows: Any, size: int = PAGE_SIZE) -> Page[Any]:
    """Garbage and numbers out of range lead to the first or last page."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def crumbs(*steps: tuple[str, str]) -> Crumbs:
    """From the desk's first page down; the last step has no address."""
    return [(_("管理画面"), reverse("desk:home")), *steps]


def window_steps(window: ConsultationWindow, *more: tuple[str, str]) -> Crumbs:
    steps = [(_("相談窓口"), reverse("desk:window-list"))]
    address = reverse("desk:window-page", args=[window.public_id]) if more else ""
    return crumbs(*steps, (window.name, address), *more)


def get_window(public_id: str, windows: Any = None) -> ConsultationWindow:
    rows = ConsultationWindow.objects.all() if windows is None else windows
    window: ConsultationWindow = get_object_or_404(rows, public_id=public_id)
    return window


def attempt(request: HttpRequest, action: Callable[[], Any], done: str) -> bool:
    """Runs one service and says what came of it; True when it was done."""
    try:
        action()
    except Refused as refused:
        messages.error(request, refused.reason)
        return False
    except ValidationError as error:  # somebody was faster: the form itself found nothing wrong
        messages.error(request, " ".join(error.messages))
        return False
    messages.success(request, done)
    return True


def next_address(request: HttpRequest, otherwise: str) -> str:
    """Where the person came from, if that is a page of ours."""
    address = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}):
        return address
    return otherwise


def history_of(obj: Any, only: Collection[str] | None = None) -> list[audit_labels.Line]:
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
    return dict(
        User.objects.filter(pk__in={key for key in keys if key is not None}).values_list("pk", "name")
    )


def _values(sides: Iterable[Mapping[str, Any]], name: str) -> list[Any]:
    return [side[name] for side in sides if side.get(name)]


def _keys(sides: Iterable[Mapping[str, Any]], name: str) -> set[str]:
    return {key for value in _values(sides, name) if isinstance(value, list) for key in value}
