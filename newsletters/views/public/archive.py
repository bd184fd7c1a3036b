"""The archive for everybody: newsletters, their issues, and the same for feed readers and search engines."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from meetings.presenting.atom import MOST_IN_FEED, Entry, absolute, atom_response
from newsletters.archiving import archived_html, summary_of
from newsletters.handing_out import attachment_response
from newsletters.models import Issue, Newsletter
from newsletters.permissions.reading import can_read_for_members
from newsletters.reading import count_view
from platform_portal.desk import Crumbs, Step, paged
from platform_portal.page_cache import public_page
from platform_portal.sitemaps import sitemap_response

PER_PAGE = 20


def archive_steps(*more: Step) -> Crumbs:
    address = reverse("newsletters:archive") if more else ""
    return [(_("ホーム"), reverse("consultations:home")), (_("メルマガ"), address), *more]


@public_page()
def archive(request: HttpRequest) -> HttpResponse:
    """`newsletter`: only the issues of that one; `year`: only those of that year."""
    newsletter = _newsletter(request)
    issues = Issue.objects.published()
    if newsletter is not None:
        issues = issues.filter(newsletter=newsletter)
    years = [moment.year for moment in issues.datetimes("completed_at", "year", order="DESC")]
    year = next((each for each in years if str(each) == request.GET.get("year")), None)
    if year is not None:
        issues = issues.filter(completed_at__year=year)
    rows = issues.select_related("newsletter").defer("content", "body")
    context = {
        "newsletters": list(Newsletter.objects.for_everybody().active()),
        "newsletter": newsletter,
        "feed_query": f"?newsletter={newsletter.public_id}" if newsletter else "",
        "years": years,
        "year": year,
        "page": paged(request, rows.order_by("-completed_at", "-pk"), PER_PAGE),
        "crumbs": archive_steps(),
    }
    return render(request, "newsletters/public/archive.html", context)


@public_page()
def issue(request: HttpRequest, public_id: str) -> HttpResponse:
    found = _issues().published().filter(public_id=public_id).first()
    if found is None:
        return _elsewhere(request, public_id)
    count_view(request, found)
    context = {
        "issue": found,
        "body": archived_html(found.content),
        "attachments": found.content["attachments"],
        "crumbs": archive_steps((found.content["subject"], "")),
    }
    return render(request, "newsletters/public/issue.html", context)


@login_not_required
@require_safe
def attachment(request: HttpRequest, public_id: str, file_id: str) -> HttpResponseBase:
    found = _issues().published().filter(public_id=public_id).first()
    if found is None:
        return _elsewhere(request, public_id)
    return attachment_response(request, found, file_id, is_public=True)


@public_page()
def feed(request: HttpRequest) -> HttpResponse:
    """The newest issues, of one newsletter with `newsletter`."""
    newsletter = _newsletter(request)
    issues = _issues().published()
    if newsletter is not None:
        issues = issues.filter(newsletter=newsletter)
    of_one = f":{newsletter.public_id}" if newsletter else ""
    return atom_response(
        map(_entry, issues.order_by("-completed_at", "-pk")[:MOST_IN_FEED]),
        title=newsletter.name if newsletter else _("メルマガ"),
        page=absolute("newsletters:archive"),
        address=f"{settings.PORTAL_ORIGIN}{request.get_full_path()}",
        unique=f"tag:tsunagari-portal,2026:newsletters{of_one}",
    )


@public_page()
def sitemap(request: HttpRequest) -> HttpResponse:
    return sitemap_response(_addresses())


def _addresses() -> Iterator[tuple[str, dt.datetime | None]]:
    for name in ("archive", "subscribe"):
        yield reverse(f"newsletters:{name}"), None
    issues = Issue.objects.published().order_by("-completed_at", "-pk")
    for public_id, completed in issues.values_list("public_id", "completed_at"):
        yield reverse("newsletters:issue", args=[public_id]), completed


def _entry(issue: Issue) -> Entry:
    assert issue.completed_at is not None  # noqa: S101  a constraint: completed
    assert issue.content is not None  # noqa: S101  the same
    return Entry(
        title=issue.content["subject"],
        address=absolute("newsletters:issue", issue.public_id),
        unique=f"tag:tsunagari-portal,2026:newsletter-issue:{issue.public_id}",
        text=summary_of(issue.content),
        published_at=issue.completed_at,
        updated_at=issue.completed_at,
        categories=(issue.newsletter.name,),
    )


def _issues() -> Any:
    return Issue.objects.select_related("newsletter").defer("body")


def _newsletter(request: HttpRequest) -> Newsletter | None:
    """One that is not for everybody is not found. Raises Http404."""
    wanted = request.GET.get("newsletter", "")
    if not wanted:
        return None
    found: Newsletter = get_object_or_404(Newsletter.objects.for_everybody(), public_id=wanted)
    return found


def _elsewhere(request: HttpRequest, public_id: str) -> HttpResponse:
    """Gone is said to be gone; members are led to what is theirs; for others there is no such issue. Raises Http404."""
    if Issue.objects.withdrawn_from_public().filter(public_id=public_id).exists():
        context = {"crumbs": archive_steps((_("公開をやめた号"), ""))}
        response = render(request, "newsletters/public/issue_withdrawn.html", context, status=410)
        response.headers["X-Robots-Tag"] = "noindex"
        return response
    is_theirs = Issue.objects.for_members().filter(public_id=public_id).exists()
    if not is_theirs or not can_read_for_members(request.user):
        raise Http404
    response = redirect("newsletters:my-issue", public_id)
    response.headers["Cache-Control"] = "private, no-store"
    return response
