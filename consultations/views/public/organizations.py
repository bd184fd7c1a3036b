"""Who belongs to the platform, for residents.

Here and not in `members`, because the page of an organisation shows its windows as they are shown everywhere.
"""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations.models import Category, ConsultationWindow
from consultations.organization_filters import PublicOrganizationFilter
from consultations.presenting import Clock, rendered_cards
from consultations.presenting.cards import SHORT_TOLL
from consultations.tolls import toll_of
from members.models import Organization, OrganizationState, Sector
from platform_portal.japanese.phone import PhoneNumber, read_phone
from platform_portal.page_cache import public_page

PER_PAGE = 30
WINDOWS_SHOWN = 30
BAR = 300  # units of the longest bar


@dataclass(frozen=True, slots=True)
class Bar:
    """One sector of the chart. `y` and `width` in the units of the drawing."""

    name: str
    slug: str
    count: int
    y: int
    width: int


@public_page()
def organization_list(request: HttpRequest) -> HttpResponse:
    found = PublicOrganizationFilter(request.GET, queryset=Organization.objects.public())
    rows = found.qs if found.is_valid() else found.queryset
    light = rows.select_related("sector", "municipality").prefetch_related("strengths")
    bars = sector_bars()
    context = {
        "filter": found,
        "page": Paginator(light, PER_PAGE).get_page(request.GET.get("page")),
        "bars": bars,
        "bars_height": 28 * len(bars) + 12,
        "is_filtered": any(request.GET.get(name) for name in found.filters),
        "crumbs": [(_("ホーム"), reverse("consultations:home")), (_("会員団体"), "")],
    }
    return render(request, "consultations/organization_list.html", context)


def sector_bars() -> list[Bar]:
    """How many of those that residents see work in each field; fields without any are left out. One query."""
    public = Q(organizations__state=OrganizationState.ACTIVE, organizations__is_listed=True)
    sectors = list(Sector.objects.annotate(count=Count("organizations", filter=public)).filter(count__gt=0))
    longest = max((sector.count for sector in sectors), default=1)
    return [
        Bar(sector.name, sector.slug, sector.count, 8 + 28 * number, max(2, BAR * sector.count // longest))
        for number, sector in enumerate(sectors)
    ]


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
