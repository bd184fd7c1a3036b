"""Events for residents: list, month, one event, calendars and feed, and applying. No cookie anywhere.

No page says who applies; how many have is not told either, only whether there is a seat.
"""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.event_calendars import calendar_of, feed_entries
from meetings.event_filters import PublicEventFilter
from meetings.event_links import application_token, find_application
from meetings.forms.applying import ApplyForm, CancelForm
from meetings.models import ApplicantState, Event, EventApplication
from meetings.models.events import KEPT_DAYS
from meetings.permissions import events as permissions
from meetings.presenting import events as words
from meetings.presenting.atom import MOST_IN_FEED, absolute, atom_response
from meetings.presenting.months import Month
from meetings.services import event_applications as services
from platform_portal.access.checks import Refused, reason_against
from platform_portal.desk import Crumbs, Step, tell
from platform_portal.markdown import render_markdown
from platform_portal.open_pages import open_page
from platform_portal.page_cache import public_page
from platform_portal.public_forms import TOO_MANY, is_limited
from platform_portal.region.models import PortalSettings

PER_PAGE = 20
IN_CALENDAR = 500
RATE = "10/h"
CALENDAR_TYPE = "text/calendar; charset=utf-8"


# --- Reading ------------------------------------------------------------------------------------
@public_page(tells_time=True)
def event_list(request: HttpRequest) -> HttpResponse:
    found = PublicEventFilter(request.GET, queryset=Event.objects.published().for_list())
    # Garbage in the address is no reason to show nothing: then as without conditions.
    rows = found.qs if found.is_valid() else Event.objects.published().for_list().coming()
    is_past = found.is_valid() and bool(found.form.cleaned_data.get("when"))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    now = Month.of(timezone.localdate())
    context = {
        "filter": found,
        "page": page,
        "is_past": is_past,
        "is_filtered": any(request.GET.get(name) for name in found.filters),
        "month": now,
        "crumbs": _crumbs(),
    }
    return render(request, "meetings/public/event_list.html", context)


@public_page(tells_time=True)
def event_month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    today = timezone.localdate()
    if not (1 <= month <= 12 and today.year - 3 <= year <= today.year + 3):
        raise Http404
    shown = Month.of(today.replace(year=year, month=month, day=1))
    if not shown.is_shown(today):
        raise Http404
    events = Event.objects.published().for_list().between(shown.first, shown.last)
    earlier, later = shown.shifted(-1), shown.shifted(1)
    context = {
        "month": shown,
        "weeks": shown.weeks(events, today),
        "has_events": bool(events),
        "earlier": earlier if earlier.is_shown(today) else None,
        "later": later if later.is_shown(today) else None,
        "crumbs": _crumbs((_("カレンダー"), "")),
    }
    return render(request, "meetings/public/event_month.html", context)


@public_page(tells_time=True)
def event_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    event = _published(public_id)
    seats = words.seats_of(event)
    context = {
        "event": event,
        "description": render_markdown(event.description, top=3),
        "host": words.host_words(event),
        "when": words.when_of_event(event),
        "place": words.place_words(event),
        "seats": seats.words,
        "capacity": words.capacity_words(event),
        "may_apply": seats in {words.Seats.FREE, words.Seats.WAITING},
        "button": ApplyForm.button_for(seats),
        "crumbs": _crumbs((event.title, "")),
    }
    return render(request, "meetings/public/event_detail.html", context)


@public_page()
def event_calendar(request: HttpRequest, public_id: str) -> HttpResponse:
    """One event for somebody's own calendar."""
    event = _published(public_id)
    return _attached(calendar_of([event], name=event.title), f"event-{public_id}.ics")


@public_page()
def event_calendar_all(request: HttpRequest) -> HttpResponse:
    """What is coming, and what was of the last weeks, so that calendars learn of a cancellation."""
    since = timezone.now() - dt.timedelta(days=60)
    events = Event.objects.published().for_list().coming(since)[:IN_CALENDAR]
    name = _("%(portal)sの催し") % {"portal": PortalSettings.load().portal_name}
    return _attached(calendar_of(events, name=name), "events.ics")


def _attached(body: bytes, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type=CALENDAR_TYPE)
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


@public_page()
def event_feed(request: HttpRequest) -> HttpResponse:
    """Atom: what was published or changed last."""
    events = Event.objects.published().for_list().order_by("-updated_at", "-pk")[:MOST_IN_FEED]
    page = absolute("meetings:event-list")
    return atom_response(
        feed_entries(events),
        title=_("催し"),
        page=page,
        address=absolute("meetings:event-feed"),
        unique=page,  # as it was known from the beginning
    )


def _published(public_id: str) -> Event:
    found: Event = get_object_or_404(Event.objects.published().for_list(), public_id=public_id)
    return found


def _crumbs(*steps: Step) -> Crumbs:
    address = reverse("meetings:event-list") if steps else ""
    return [(_("ホーム"), reverse("consultations:home")), (_("催し"), address), *steps]


# --- Applying -----------------------------------------------------------------------------------
for_applicants = open_page(unusable="meetings/public/application_unusable.html")


@for_applicants
def event_apply(request: HttpRequest, public_id: str) -> HttpResponse:
    event = _published(public_id)
    seats = words.seats_of(event)
    if request.method != "POST":
        against = reason_against(permissions.check_can_apply, event)
        if not against and seats == words.Seats.FULL:
            against = _("定員に達しました。")
        return _apply_page(request, event, ApplyForm(seats=seats), against=against)
    form = ApplyForm(request.POST, seats=seats)
    if form.is_trapped:
        return redirect("meetings:event-applied", public_id=public_id)
    if not form.is_valid():
        return _apply_page(request, event, form, status=400)
    if is_limited(request, group="event-application", rate=RATE):
        form.add_error(None, TOO_MANY)
        return _apply_page(request, event, form, status=429)
    try:
        application = services.apply_to_event(
            event=event, form_id=form.cleaned_data["form_id"], values=form.values()
        )
    except (Refused, ValidationError) as error:
        tell(form, error)
        return _apply_page(request, event, form, status=400)
    if application.email:
        # The same page whether or not that address had applied before; the rest stands in the mail.
        return redirect("meetings:event-applied", public_id=public_id)
    return redirect("meetings:event-application", token=application_token(application))


@for_applicants
def event_applied(request: HttpRequest, public_id: str) -> HttpResponse:
    """Says the same whoever comes, so that nobody learns whether an address has applied."""
    event = _published(public_id)
    context = {
        "event": event,
        "days": KEPT_DAYS,
        "crumbs": _crumbs(
            (event.title, reverse("meetings:event-detail", args=[event.public_id])), (_("申込"), "")
        ),
    }
    return render(request, "meetings/public/event_applied.html", context)


def _apply_page(
    request: HttpRequest, event: Event, form: ApplyForm, *, against: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "event": event,
        "form": form,
        "against": against,
        "when": words.when_of_event(event),
        "place": words.place_words(event),
        "seats": form.seats.words,
        "host": words.host_words(event),
        "days": KEPT_DAYS,
        "crumbs": _crumbs(
            (event.title, reverse("meetings:event-detail", args=[event.public_id])), (_("申し込む"), "")
        ),
    }
    return render(request, "meetings/public/event_apply.html", context, status=status)


@for_applicants
def event_application(request: HttpRequest, token: str) -> HttpResponse:
    """How an application stands. Opening cancels nothing: programs open the links in mails before people do."""
    application = find_application(token)
    if request.method != "POST":
        return _state_page(request, application, token, CancelForm())
    form = CancelForm(request.POST)
    if not form.is_valid():
        return _state_page(request, application, token, form, status=400)
    try:
        services.cancel_application(application=application)
    except Refused as refused:
        return _state_page(request, find_application(token), token, CancelForm(), notice=refused.reason)
    return redirect("meetings:event-application", token=token)


def _state_page(
    request: HttpRequest,
    application: EventApplication,
    token: str,
    form: Any,
    *,
    notice: str = "",
    status: int = 200,
) -> HttpResponse:
    event = application.event
    is_accepted = application.state == ApplicantState.ACCEPTED
    context = {
        "application": application,
        "event": event,
        "is_public": event.is_published,
        "form": form,
        "token": token,
        "notice": notice,
        "when": words.when_of_event(event),
        "place": words.place_words(event),
        # The way into an online event: for those who take part, and for nobody else.
        "online_url": event.online_url
        if is_accepted and event.is_published and not event.is_cancelled
        else "",
        "no_cancel": reason_against(permissions.check_can_cancel_application, application),
        "days": KEPT_DAYS,
    }
    return render(request, "meetings/public/application.html", context, status=status)
