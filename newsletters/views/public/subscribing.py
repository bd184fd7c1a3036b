"""Subscribing, confirming, choosing and leaving. No cookie anywhere, and no page says whose address is known."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsletters.addresses import masked
from newsletters.forms.subscribing import ChooseForm, ConfirmForm, SubscribeForm
from newsletters.models import Delivery, HowEnded, Newsletter, SubscriberState
from newsletters.services import subscribing as services
from newsletters.services.consent_texts import current_text
from newsletters.subscriber_links import (
    UNCONFIRMED_DAYS,
    choose_token,
    find_consent,
    find_delivery,
    find_subscriber,
)
from platform_portal.access.checks import Refused
from platform_portal.desk import Crumbs, Step
from platform_portal.open_pages import UnusableLinkError, open_page
from platform_portal.public_forms import TOO_MANY, is_limited

RATE = "10/h"
ONE_CLICK = ("List-Unsubscribe", "One-Click")  # RFC 8058
# What the page to choose on says was done just before. In its address: these pages set no cookie.
REGISTERED, CHANGED = "registered", "changed"

for_readers = open_page(unusable="newsletters/public/link_unusable.html")


def _crumbs(*steps: Step) -> Crumbs:
    archive = (_("メルマガ"), reverse("newsletters:archive"))
    return [(_("ホーム"), reverse("consultations:home")), archive, *steps]


# --- Subscribing ----------------------------------------------------------------------------------
@for_readers
def subscribe(request: HttpRequest) -> HttpResponse:
    offered = Newsletter.objects.active().for_everybody()
    if request.method != "POST":
        asked = request.GET.get("newsletter", "")
        first = {"newsletters": [asked]} if asked else None
        return _subscribe_page(request, SubscribeForm(offered=offered, text=current_text(), initial=first))
    form = SubscribeForm(request.POST, offered=offered, text=current_text())
    if form.is_trapped:
        return redirect("newsletters:subscribe-sent")
    if not form.is_valid():
        return _subscribe_page(request, form, status=400)
    if is_limited(request, group="newsletter-subscribe", rate=RATE):
        form.add_error(None, TOO_MANY)
        return _subscribe_page(request, form, status=429)
    try:
        services.ask_to_subscribe(
            address=form.cleaned_data["address"], newsletters=form.cleaned_data["newsletters"], text=form.text
        )
    except Refused as refused:
        form.add_error(None, refused.reason)
        return _subscribe_page(request, form, status=429)
    return redirect("newsletters:subscribe-sent")


def _subscribe_page(request: HttpRequest, form: SubscribeForm, *, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "text": form.text,
        "is_offered": form.is_offered,
        "crumbs": _crumbs((_("メルマガを受け取る"), "")),
    }
    return render(request, "newsletters/public/subscribe.html", context, status=status)


@for_readers
def subscribe_sent(request: HttpRequest) -> HttpResponse:
    """Says the same whoever comes, so that nobody learns whether an address is registered."""
    context = {"days": UNCONFIRMED_DAYS, "crumbs": _crumbs((_("メルマガを受け取る"), ""))}
    return render(request, "newsletters/public/subscribe_sent.html", context)


@for_readers
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Opening confirms nothing: programs open the links in mails before people do."""
    consent = find_consent(token)
    if request.method != "POST":
        if consent.confirmed_at is not None:
            return _to_choose(consent.subscriber)
        return _confirm_page(request, consent, ConfirmForm())
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return _confirm_page(request, consent, form, status=400)
    try:
        subscriber = services.confirm(consent=consent)
    except Refused as refused:
        form.add_error(None, refused.reason)
        return _confirm_page(request, consent, form, status=400)
    return _to_choose(subscriber, done=REGISTERED)


def _to_choose(subscriber: Any, *, done: str = "") -> HttpResponse:
    address = reverse("newsletters:choose", args=[choose_token(subscriber)])
    return redirect(f"{address}?done={done}" if done else address)


def _confirm_page(
    request: HttpRequest, consent: Any, form: ConfirmForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "consent": consent,
        "newsletters": list(consent.newsletters.all()),
        "address": masked(consent.subscriber.address),
    }
    return render(request, "newsletters/public/confirm.html", context, status=status)


# --- Choosing and leaving -------------------------------------------------------------------------
@for_readers
def choose(request: HttpRequest, token: str) -> HttpResponse:
    subscriber = find_subscriber(token)
    if subscriber.state != SubscriberState.CONFIRMED:
        raise UnusableLinkError("gone", days=UNCONFIRMED_DAYS)
    current = services.current_newsletters(subscriber)
    text = current_text()
    form = ChooseForm(
        request.POST if request.method == "POST" else None,
        offered=services.newsletters_for(subscriber),
        current=current,
        text=text,
    )
    if request.method == "POST" and form.is_valid():
        services.choose_newsletters(
            subscriber=subscriber, chosen=form.cleaned_data["newsletters"], text=form.text
        )
        subscriber.refresh_from_db()
        # Leaving everything made the old links dead; this one is of the person at the screen.
        return _to_choose(subscriber, done=CHANGED)
    context = {
        "form": form,
        "text": text,
        "current": current,
        "address": masked(subscriber.address),
        "done": _done(request, current),
    }
    return render(request, "newsletters/public/choose.html", context, status=400 if form.errors else 200)


def _done(request: HttpRequest, current: Sequence[Newsletter]) -> str:
    """In words. Nothing when the page was sent back, or does not show what its address says."""
    done = request.GET.get("done") if request.method != "POST" else None
    if done == REGISTERED and current:
        return _("登録しました。次の号から届きます。")
    if done == CHANGED:
        return _("届くメルマガを変えました。") if current else _("配信を止めました。")
    return ""


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """By GET a page with a button. A mail program's one click (RFC 8058) comes from its own site, without a page."""
    name, value = ONE_CLICK
    if request.method == "POST" and request.POST.get(name) == value:
        return _leave_at_once(token)
    return _leave_page(request, token=token)


def _leave_at_once(token: str) -> HttpResponse:
    """Says the same whether anything ended: the program shows none of it."""
    try:
        services.leave(delivery=find_delivery(token), how=HowEnded.ONE_CLICK)
    except UnusableLinkError:
        return _plain(_("このリンクは使えません。"), status=404)
    return _plain(_("配信を止めました。"), status=200)


def _plain(words: str, *, status: int) -> HttpResponse:
    response = HttpResponse(words, content_type="text/plain; charset=utf-8", status=status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _show_leaving(request: HttpRequest, token: str) -> HttpResponse:
    delivery = find_delivery(token)
    if request.method == "POST":
        services.leave(delivery=delivery, how=HowEnded.PAGE, everything="everything" in request.POST)
        return redirect("newsletters:leave", token=token)
    return render(request, "newsletters/public/leave.html", _leaving(delivery))


_leave_page: Callable[..., HttpResponse] = for_readers(_show_leaving)


def _leaving(delivery: Delivery) -> dict[str, Any]:
    subscriber, newsletter = delivery.subscriber, delivery.issue.newsletter
    running = list(subscriber.subscriptions.current()) if subscriber is not None else []
    this = next((row for row in running if row.newsletter_id == newsletter.pk), None)
    return {
        "newsletter": newsletter,
        "address": masked(subscriber.address) if subscriber is not None else "",
        "is_running": this is not None,
        "is_newer": this is not None and this.began_at > delivery.created_at,
        "others": len(running) - (this is not None),
        "choose": choose_token(subscriber) if running and subscriber is not None else "",
    }
