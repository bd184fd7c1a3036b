"""The desk's pages about subscribers: list, one with what proves that they asked, one by hand, files in and out."""

from functools import partial
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from newsletters.filters import SubscriberFilter
from newsletters.forms.subscribers import SubscriberForm
from newsletters.importing.columns import COLUMNS, MAX_ROWS
from newsletters.importing.exporting import SHEET, table_rows
from newsletters.importing.uploads import intake
from newsletters.models import Consent, Newsletter, Subscriber, Subscription, Suppression, SuppressionReason
from newsletters.services import tending as services
from newsletters.services.suppressing import suppress_address
from platform_portal.access.checks import requires
from platform_portal.access.methods import post_only
from platform_portal.access.roles import Permission
from platform_portal.audit import words as audit_words
from platform_portal.audit.kinds import label_of
from platform_portal.audit.words import Line, actor_words
from platform_portal.desk import Crumbs, SearchWords, Step, attempt, crumbs, paged
from platform_portal.sheets.pages import ImportPages, download

SEARCH = SearchWords("newsletter_subscriber_words", gettext_lazy("メールアドレス（一部でも）"))
LATEST = 20  # copies and consents on one page

tends = requires(Permission.TEND_SUBSCRIBERS)


def subscriber_steps(*steps: Step) -> Crumbs:
    address = reverse("newsletters:desk-subscriber-list") if steps else ""
    return crumbs((_("メルマガ"), reverse("newsletters:desk-issue-list")), (_("購読者"), address), *steps)


# --- List -----------------------------------------------------------------------------------------
@tends
@require_safe
def subscriber_list(request: HttpRequest) -> HttpResponse:
    found, rows = _found(request)
    running = (
        Subscription.objects.current().select_related("newsletter").order_by("newsletter__position", "pk")
    )
    words = SEARCH.of(request)
    stopped = Suppression.objects.filter(address=OuterRef("address"))
    page = paged(
        request,
        rows.select_related("organization")
        .annotate(is_stopped=Exists(stopped))
        .prefetch_related(Prefetch("subscriptions", running, to_attr="running")),
    )
    context = {
        "filter": found,
        "has_garbage": not found.is_valid(),
        "page": page,
        "words": words,
        "search": SEARCH.form(request),
        "is_filtered": bool(words or any(request.GET.get(name) for name in found.filters)),
        "crumbs": subscriber_steps(),
    }
    return render(request, "newsletters/desk/subscriber_list.html", context)


def _found(request: HttpRequest) -> tuple[SubscriberFilter, Any]:
    subscribers = Subscriber.objects.search(SEARCH.of(request)).order_by("-created_at", "-pk")
    found = SubscriberFilter(request.GET, queryset=subscribers)
    return found, found.qs if found.is_valid() else subscribers


@tends
@post_only("newsletters:desk-subscriber-list")
def subscriber_search(request: HttpRequest) -> HttpResponse:
    """By POST: an address stands in no address and no log."""
    return SEARCH.keep(request, "newsletters:desk-subscriber-list")


@tends
@post_only("newsletters:desk-subscriber-list")
def subscriber_export(request: HttpRequest) -> HttpResponseBase:
    """The list with its conditions, as the file that the import reads."""
    found, rows = _found(request)
    chosen = found.form.cleaned_data if found.is_valid() else {}
    conditions = {name: request.GET[name] for name, value in chosen.items() if value}
    rows = services.export_subscribers(rows=rows, conditions=conditions, by=request.user)
    return download(table_rows(rows), name="subscribers", title=SHEET, as_workbook=False)


# --- One subscriber -------------------------------------------------------------------------------
@tends
@require_http_methods(["GET", "HEAD", "POST"])
def subscriber(request: HttpRequest, public_id: str) -> HttpResponse:
    """By POST: ends one newsletter (`newsletter`), all of them (`all`), or stops the address (`suppress`)."""
    rows = Subscriber.objects.select_related("organization", "user")
    found = get_object_or_404(rows, public_id=public_id)
    if request.method == "POST":
        _carry_out(request, found)
        return redirect("newsletters:desk-subscriber", public_id)
    subscriptions = list(
        found.subscriptions.select_related("newsletter").order_by("ended_at", "-began_at", "-pk")
    )
    consents = Consent.objects.select_related("text", "entered_by").prefetch_related("newsletters")
    context = {
        "subscriber": found,
        "subscriptions": subscriptions,
        "is_running": any(row.ended_at is None for row in subscriptions),
        "consents": list(consents.filter(subscriber=found)[:LATEST]),
        "deliveries": list(
            found.deliveries.select_related("issue__newsletter")
            .defer("issue__content", "issue__body")
            .order_by("-pk")[:LATEST]
        ),
        "suppression": Suppression.objects.of(found.address).first(),
        "history": audit_words.history_of(found, _line),
        "crumbs": subscriber_steps((found.address, "")),
    }
    return render(request, "newsletters/desk/subscriber.html", context)


def _line(event: Any, names: Any) -> Line:
    return Line(event.at, actor_words(event, names), label_of(event.type), note=event.note)


def _carry_out(request: HttpRequest, found: Subscriber) -> None:
    by = request.user
    if "suppress" in request.POST:
        stop = partial(suppress_address, address=found.address, reason=SuppressionReason.STAFF, by=by)
        attempt(request, stop, _("このアドレスへの配信を、すべて止めました。"))
    elif "all" in request.POST:
        end = partial(services.stop_newsletter, subscriber=found, newsletter=None, by=by)
        attempt(request, end, _("購読をすべて終えました。"))
    elif "newsletter" in request.POST:
        newsletter = get_object_or_404(Newsletter, public_id=request.POST["newsletter"])
        end = partial(services.stop_newsletter, subscriber=found, newsletter=newsletter, by=by)
        attempt(request, end, _("購読を終えました。"))


@tends
@require_http_methods(["GET", "HEAD", "POST"])
def subscriber_create(request: HttpRequest) -> HttpResponse:
    form = SubscriberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        action = partial(services.add_subscriber, by=request.user, **form.cleaned_data)
        if attempt(request, action, _("購読者に加えました。"), form):
            row = Subscriber.objects.get(address=form.cleaned_data["address"])
            return redirect("newsletters:desk-subscriber", row.public_id)
    title = _("購読者を加える")
    context = {
        "form": form,
        "title": title,
        "text": _("本人が紙や電話で頼んだときに使います。頼まれていないアドレスを加えてはいけません。"),
        "button": _("加える"),
        "back": reverse("newsletters:desk-subscriber-list"),
        "crumbs": subscriber_steps((title, "")),
    }
    return render(request, "newsletters/desk/one_form.html", context, status=422 if form.errors else 200)


# --- Files ----------------------------------------------------------------------------------------
def _given_up() -> str:
    return _("ファイルを消しました。購読者は変わっていません。")


PAGES = ImportPages(
    intake=intake,
    start_name="newsletters:desk-subscriber-import",
    result_name="newsletters:desk-subscriber-import-result",
    start_template="newsletters/desk/subscriber_import.html",
    result_template="newsletters/desk/subscriber_import_result.html",
    steps=lambda: [*subscriber_steps()[:-1], (_("購読者"), reverse("newsletters:desk-subscriber-list"))],
    given_up=_given_up,
)


@tends
@require_http_methods(["GET", "HEAD", "POST"])
def subscriber_import(request: HttpRequest) -> HttpResponse:
    headers = [column.header for column in COLUMNS]
    return PAGES.start(request, headers=headers, most=f"{MAX_ROWS:,}")


@tends
@require_http_methods(["GET", "HEAD", "POST"])
def subscriber_import_result(request: HttpRequest, public_id: str) -> HttpResponse:
    return PAGES.result(request, public_id)
