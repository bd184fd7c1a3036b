"""How a newsletter fares, issue by issue."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from newsletters.models import Issue, Newsletter, Subscriber, Subscription
from newsletters.statistics import FEWEST_SHOWN, Fared, how_issues_fared
from newsletters.views.desk.common import issue_steps
from platform_portal.access.checks import has, requires
from platform_portal.access.roles import Permission
from platform_portal.charts import BarChart, bar_chart
from platform_portal.desk import paged

PER_PAGE = 12


@requires(Permission.EDIT_ISSUES)
@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """`newsletter`: which one; else the first."""
    newsletters = list(Newsletter.objects.all())
    wanted = request.GET.get("newsletter")
    newsletter = next((each for each in newsletters if each.public_id == wanted), None)
    newsletter = newsletter or next(iter(newsletters), None)
    context: dict[str, Any] = {
        "newsletters": newsletters,
        "newsletter": newsletter,
        "crumbs": issue_steps((_("統計"), "")),
    }
    if newsletter is not None:
        issues = Issue.objects.frozen().filter(newsletter=newsletter).defer("content", "body")
        page = paged(request, issues.order_by("-frozen_at", "-pk"), PER_PAGE)
        fared = how_issues_fared(newsletter, list(page.object_list))
        context |= {
            "page": page,
            "readers": Subscription.objects.current()
            .filter(newsletter=newsletter, subscriber__in=Subscriber.objects.reachable())
            .count(),
            "sent": _sent_chart(fared, leads_on=has(request.user, Permission.SEND_ISSUES)),
            "came_back": _came_back_chart(fared),
            "views": _views_chart(fared),
            "fewest": FEWEST_SHOWN,
        }
    return render(request, "newsletters/desk/statistics.html", context)


def _sent_chart(fared: list[Fared], *, leads_on: bool) -> BarChart:
    return bar_chart(
        key="sent",
        title=_("送った数"),
        heading=_("号"),
        series=[_("送りました")],
        rows=[
            (
                _name(each.issue),
                [each.accepted],
                reverse("newsletters:desk-sending", args=[each.issue.public_id]) if leads_on else "",
            )
            for each in fared
        ],
    )


def _came_back_chart(fared: list[Fared]) -> BarChart:
    """On a scale of its own: beside those sent these are hardly to be seen."""
    return bar_chart(
        key="came-back",
        title=_("戻ってきた数と、やめた数"),
        heading=_("号"),
        series=[_("戻ってきました"), _("購読をやめました")],
        rows=[(_name(each.issue), [each.bounced, each.left], "") for each in fared],
    )


def _views_chart(fared: list[Fared]) -> BarChart:
    return bar_chart(
        key="views",
        title=_("バックナンバーが見られた回数"),
        heading=_("号"),
        series=[_("見られた回数")],
        rows=[(_name(each.issue), [each.issue.page_views], "") for each in fared],
        least=FEWEST_SHOWN,
    )


def _name(issue: Issue) -> str:
    return _("第%(number)s号 %(subject)s") % {"number": issue.number, "subject": issue.subject}
