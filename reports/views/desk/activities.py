"""The year's record on the desk: its list, the page of one activity, and the list as a file."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Count, Prefetch
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from meetings.audit_labels.history import history_of
from meetings.models import Meeting
from newsletters.models import Issue
from platform_portal.access.checks import reason_against
from platform_portal.desk import attempt, paged, show_form
from platform_portal.japanese.calendar import format_fiscal_year
from platform_portal.sheets.writing import csv_lines
from reports.filters import ActivityFilter
from reports.forms.activities import ActivityForm, FindForm, RemoveForm
from reports.forms.typed import show_typed
from reports.linking import issue_words
from reports.models import Activity, GrantScheme
from reports.permissions.activities import (
    check_can_add_activity,
    check_can_edit_activity,
)
from reports.permissions.annual import can_edit_scheme
from reports.services import activities as services
from reports.views.desk.common import address_of, get_scheme, writes, year_not_begun, year_steps


def get_activity(request: HttpRequest, public_id: str) -> Activity:
    """Fetching is authorising: those of other sections are not found."""
    rows = Activity.objects.visible_to(request.user).select_related("scheme", "section")
    found: Activity = get_object_or_404(rows, public_id=public_id)
    return found


@writes
@require_safe
def activity_list(request: HttpRequest, year: int) -> HttpResponse:
    scheme = get_scheme(year)
    rows = _rows(request, scheme)
    found = ActivityFilter(request.GET, queryset=rows, scheme=scheme)
    chosen = found.qs if found.is_valid() else rows
    context = {
        "scheme": scheme,
        "filter": found,
        "has_garbage": not found.is_valid(),
        "page": paged(request, chosen.for_list().in_order()),
        "is_filtered": any(request.GET.get(name) for name in found.filters),
        "tally": _tally(scheme, rows),
        "not_begun": year_not_begun(),
        "can_begin": can_edit_scheme(request.user),
        "against": reason_against(check_can_add_activity, request.user, scheme),
        "crumbs": year_steps(scheme),
    }
    return render(request, "reports/desk/activity_list.html", context)


def _rows(request: HttpRequest, scheme: GrantScheme) -> Any:
    return Activity.objects.visible_to(request.user).filter(scheme=scheme)


def _tally(scheme: GrantScheme, rows: Any) -> list[tuple[Any, int]]:
    """Each category of the year with how many activities have it; one activity may have several. Two queries."""
    counted = dict(
        rows.order_by()
        .exclude(category_links=None)
        .values_list("category_links__category")
        .annotate(count=Count("pk", distinct=True))
    )
    return [(each, counted.get(each.pk, 0)) for each in scheme.categories.order_by("number")]


# --- One activity -----------------------------------------------------------------------------------
@writes
@require_http_methods(["GET", "HEAD", "POST"])
def activity_create(request: HttpRequest, year: int) -> HttpResponse:
    scheme = get_scheme(year)
    check_can_add_activity(request.user, scheme)
    form, finding = _forms(request, scheme, None)
    made: list[Activity] = []
    if not finding.is_search and form.is_valid():
        values = form.values()
        if attempt(
            request,
            lambda: made.append(services.add_activity(scheme=scheme, values=values, by=request.user)),
            _("「%(title)s」を書きました。証拠のファイルがあれば、下から載せられます。")
            % {"title": values["title"]},
            form,
        ):
            return redirect("reports:desk-activity", made[0].public_id)
    title = _("事業を書く")
    context = {
        "scheme": scheme,
        "form": form,
        "finding": finding,
        "title": title,
        "back": address_of("desk-activity-list", scheme),
        "crumbs": year_steps(scheme, (title, "")),
    }
    status = 422 if not finding.is_search and form.errors else 200
    return render(request, "reports/desk/activity_form.html", context, status=status)


@writes
@require_http_methods(["GET", "HEAD", "POST"])
def activity_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """What it says; below, the files that show it, and what was done."""
    activity = get_activity(request, public_id)
    scheme = activity.scheme
    title = activity.title
    if request.method == "POST":
        check_can_edit_activity(request.user, activity)
    form, finding = _forms(request, scheme, activity)
    if request.method == "POST" and not finding.is_search and form.is_valid():
        values, version = form.values(), activity.version
        if attempt(
            request,
            lambda: services.change_activity(
                activity=activity, values=values, by=request.user, version=version
            ),
            _("「%(title)s」を保存しました。") % {"title": values["title"]},
            form,
        ):
            return redirect(f"{address_of('desk-activity-list', scheme)}#activity-{activity.public_id}")
    context = {
        "activity": activity,
        "scheme": scheme,
        "form": form,
        "finding": finding,
        "title": title,
        "against": reason_against(check_can_edit_activity, request.user, activity),
        "evidence": list(activity.evidence.select_related("uploaded_by")),
        "history": history_of(activity),
        "back": address_of("desk-activity-list", scheme),
        "crumbs": year_steps(scheme, (title, "")),
    }
    status = 422 if not finding.is_search and form.errors else 200
    return render(request, "reports/desk/activity_page.html", context, status=status)


class Finding:
    """Whether a request looks for something to tie, and for what. `words` None: nothing was looked for yet."""

    def __init__(self, request: HttpRequest) -> None:
        form = FindForm(request.POST)
        typed = form.cleaned_data if request.method == "POST" and form.is_valid() else {}
        words, found = typed.get("find_words", ""), typed.get("found", "")
        # Enter in the field presses no button of the page's choosing: new words are looked for, not saved.
        is_new = "save" not in request.POST and bool(words) and words != found
        self.is_search = "find" in request.POST or is_new
        is_shown = self.is_search or bool(found)
        self.words: str | None = words if is_shown else None
        self.form = FindForm(initial={"find_words": words, "found": words if is_shown else ""})


def _forms(
    request: HttpRequest, scheme: GrantScheme, activity: Activity | None
) -> tuple[ActivityForm, Finding]:
    finding = Finding(request)
    is_post = request.method == "POST"
    options: dict[str, Any] = {
        "scheme": scheme,
        "user": request.user,
        "typed": request.POST if is_post else None,
        "words": finding.words,
    }
    if activity is not None:
        options["instance"] = activity
    if is_post and not finding.is_search:
        return ActivityForm(request.POST, **options), finding
    form = ActivityForm(**options)
    if finding.is_search:
        show_typed(form, request.POST)
    return form, finding


@writes
@require_http_methods(["GET", "HEAD", "POST"])
def activity_remove(request: HttpRequest, public_id: str) -> HttpResponse:
    activity = get_activity(request, public_id)
    check_can_edit_activity(request.user, activity)
    form = RemoveForm(request.POST or None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        if attempt(
            request,
            lambda: services.remove_activity(activity=activity, reason=reason, by=request.user),
            _("「%(title)s」を消しました。") % {"title": activity.title},
            form,
        ):
            return redirect(address_of("desk-activity-list", activity.scheme))
    title = _("「%(title)s」を消す") % {"title": activity.title}
    at = reverse("reports:desk-activity", args=[activity.public_id])
    return show_form(
        request,
        form,
        title=title,
        text=_("事業と、その証拠のファイルが消えます。書いてあったことは、変更の記録に残ります。"),
        button=_("消す"),
        is_danger=True,
        back=at,
        steps=year_steps(activity.scheme, (activity.title, at), (_("消す"), "")),
    )


# --- As a file --------------------------------------------------------------------------------------
@writes
@require_safe
def activity_file(request: HttpRequest, year: int) -> StreamingHttpResponse:
    scheme = get_scheme(year)
    meetings = Prefetch("meetings", Meeting.objects.on_desk_for(request.user))
    sent = Issue.objects.on_desk_for(request.user).select_related("newsletter").defer("body", "content")
    issues = Prefetch("issues", sent)
    rows = _rows(request, scheme).for_list().in_order()
    rows = rows.prefetch_related(meetings, "events", "windows", issues)
    lines = csv_lines(_table(scheme, rows.iterator(chunk_size=500)))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="activities-{year}.csv"'
    return response


def _table(scheme: GrantScheme, rows: Iterable[Activity]) -> Iterator[list[str]]:
    yield [
        _("年度"),
        _("行った月"),
        _("終わりの月"),
        _("事業の名前"),
        _("区分"),
        _("行ったことと結果"),
        _("参加した人数"),
        _("担当の課"),
        _("関係する会議"),
        _("関係する催し"),
        _("関係する相談窓口"),
        _("関係するメルマガ"),
    ]
    for row in rows:
        yield [
            format_fiscal_year(scheme.fiscal_year),
            f"{row.month_from:%Y-%m}" if row.month_from else "",
            f"{row.month_to:%Y-%m}" if row.month_to else "",
            row.title,
            "".join(link.category.sign for link in row.category_links.all()),
            row.result,
            "" if row.attendee_count is None else str(row.attendee_count),
            row.section.name if row.section else "",
            "；".join(meeting.title for meeting in row.meetings.all()),
            "；".join(event.title for event in row.events.all()),
            "；".join(window.name for window in row.windows.all()),
            "；".join(map(issue_words, row.issues.all())),
        ]
