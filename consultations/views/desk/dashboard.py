"""The portal in numbers: windows by verification, members by field and month, words that found nothing."""

import datetime as dt
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from consultations.models import ConsultationWindow, VerificationRules, ZeroHitWord
from members.models import Organization, Sector
from platform_portal.access.checks import has, requires
from platform_portal.access.roles import Permission
from platform_portal.charts import BarChart, bar_chart
from platform_portal.desk import crumbs

MONTHS = 24
WORDS = 10


@requires(Permission.USE_DESK)
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    context = {"charts": charts_for(request.user), "crumbs": crumbs((_("数で見る"), ""))}
    return render(request, "consultations/desk/dashboard.html", context)


def charts_for(user: Any) -> list[BarChart]:
    """What `user` may see, each in at most two queries however much there is."""
    charts = []
    if has(user, Permission.VERIFY_WINDOWS):
        charts.append(windows_by_verification())
    if has(user, Permission.SEE_ORGANIZATIONS):
        charts += [members_by_sector(), members_by_month(timezone.localdate())]
    if has(user, Permission.SEE_ZERO_HIT_WORDS):
        charts.append(words_that_found_nothing())
    return charts


def windows_by_verification() -> BarChart:
    rules = VerificationRules.load()
    counts = ConsultationWindow.objects.by_verification_state(timezone.localdate(), rules.doubt_days)
    names = {
        "verified": _("確かめてある"),
        "due": _("確かめる日が来た"),
        "doubted": _("確認が取れていない"),
        "never": _("まだ確かめていない"),
    }
    return bar_chart(
        key="verification",
        title=_("公開中の窓口の確認"),
        heading=_("確認"),
        series=[_("窓口の数")],
        rows=[(name, [counts[state]], "") for state, name in names.items()],
    )


def members_by_sector() -> BarChart:
    at = reverse("members:organization-list")
    sectors = Sector.objects.with_members().filter(members__gt=0)
    return bar_chart(
        key="sectors",
        title=_("活動分野ごとの会員団体"),
        heading=_("活動分野"),
        series=[_("団体の数")],
        rows=[(sector.name, [sector.members], f"{at}?sector={quote(sector.slug)}") for sector in sectors],
    )


def members_by_month(today: dt.date) -> BarChart:
    """The last two years, this month included. A merger is no leaving: the body is still there."""
    months = last_months(today, MONTHS)
    joined = Organization.objects.joined_by_month(months[0])
    left = Organization.objects.left_by_month(months[0])
    return bar_chart(
        key="months",
        title=_("月ごとの入会と退会"),
        heading=_("月"),
        series=[_("入会"), _("退会")],
        rows=[
            (
                _("%(year)d年%(month)d月") % {"year": month.year, "month": month.month},
                [joined.get(month, 0), left.get(month, 0)],
                "",
            )
            for month in months
        ],
    )


def last_months(today: dt.date, count: int) -> list[dt.date]:
    """First days of the last `count` months, oldest first."""
    newest = today.year * 12 + today.month - 1
    return [dt.date(number // 12, number % 12 + 1, 1) for number in range(newest - count + 1, newest + 1)]


def words_that_found_nothing() -> BarChart:
    at = reverse("desk:word-list")
    words = ZeroHitWord.objects.order_by("-count", "word")[:WORDS]
    return bar_chart(
        key="words",
        title=_("見つからなかった言葉（多い順に%(count)d語まで）") % {"count": WORDS},
        heading=_("言葉"),
        series=[_("回数")],
        rows=[(word.word, [word.count], at) for word in words],
    )
