"""Who belongs to the platform, for residents.

Here and not in `members`, because the page of an organisation shows its windows as they are shown everywhere.
"""

from urllib.parse import quote

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations.models import Category, ConsultationWindow
from consultations.organization_filters import PublicOrganizationFilter
from consultations.presenting import Clock, rendered_cards
from consultations.presenting.cards import SHORT_TOLL
from consultations.tolls import toll_of
from members.models import Organization, Sector
from members.shown import shown_of
from platform_portal.charts import BarChart, bar_chart
from platform_portal.japanese.phone import PhoneNumber, read_phone
from platform_portal.page_cache import public_page

PER_PAGE = 30
WINDOWS_SHOWN = 30


@public_page()
def organization_list(request: HttpRequest) -> HttpResponse:
    found = PublicOrganizationFilter(request.GET, queryset=Organization.objects.public())
    rows = found.qs if found.is_valid() else found.queryset
    light = rows.select_related("sector", "municipality").prefetch_related("strengths")
    context = {
        "filter": found,
        "page": Paginator(light, PER_PAGE).get_page(request.GET.get("page")),
        "chart": members_by_sector(),
        "is_filtered": any(request.GET.get(name) for name in found.filters),
        "crumbs": [(_("ホーム"), reverse("consultations:home")), (_("会員団体"), "")],
    }
    return render(request, "consultations/organization_list.html", context)


def members_by_sector() -> BarChart:
    """How many of those that residents see work in each field; fields without any are left out. One query."""
    at = reverse("consultations:organization-list")
    sectors = Sector.objects.with_members(listed_only=True).filter(members__gt=0)
    return bar_chart(
        key="sectors",
        title=_("活動分野ごとの団体の数"),
        heading=_("活動分野"),
        series=[_("団体の数")],
        rows=[(sector.name, [sector.members], f"{at}?sector={quote(sector.slug)}") for sector in sectors],
    )


@public_page(tells_time=True)
def organization_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = Organization.objects.public().select_related("sector", "municipality")
    organization = rows.prefetch_related("strengths", "activity_areas").filter(public_id=public_id).first()
    if organization is None:
        return _lead_to_survivor(public_id)
    windows = ConsultationWindow.objects.published().operated_by(organization)
    shown = list(windows.only("pk", "public_id", "updated_at", "kana", "name")[:WINDOWS_SHOWN])
    is_risk = Category.objects.filter(is_risk=True, windows__in=[window.pk for window in shown]).exists()
    phone = _phone(organization.public_phone)
    context = {
        "organization": organization,
        "phone": phone,
        "toll": SHORT_TOLL[toll_of(phone.digits)] if phone else "",
        "cards": rendered_cards(shown, Clock.of(request)),
        "is_risk": is_risk,
        "parts": shown_of(organization),
        "crumbs": [
            (_("ホーム"), reverse("consultations:home")),
            (_("会員団体"), reverse("consultations:organization-list")),
            (organization.name, ""),
        ],
    }
    response = render(request, "consultations/organization_detail.html", context)
    if is_risk:
        response.headers["Cache-Control"] = "no-store"
    return response


def _lead_to_survivor(public_id: str) -> HttpResponse:
    """What is printed and linked elsewhere keeps leading to the organisation after a merger. Raises Http404."""
    survivor = Organization.objects.survivor_of(public_id)
    if survivor is None:
        raise Http404
    return redirect("consultations:organization-detail", survivor.public_id, permanent=True)


def _phone(text: str) -> PhoneNumber | None:
    """None without a number, or with one that cannot be dialled: then the words stand alone."""
    try:
        return read_phone(text) if text else None
    except ValidationError:
        return None
