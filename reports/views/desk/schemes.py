"""Years on the desk: the grant of each, and its categories, unconfirmed until somebody has seen the words."""

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from meetings.audit_labels.history import history_of
from platform_portal.access.checks import reason_against
from platform_portal.desk import ask, attempt, crumbs, paged, show_form
from platform_portal.japanese.calendar import fiscal_year
from reports.forms.schemes import BeginYearForm, CategoryForm, ConfirmForm, NewCategoryForm, SchemeForm
from reports.models import GrantCategory, GrantScheme
from reports.models.schemes import MOST_CATEGORIES
from reports.permissions.annual import can_edit_scheme, check_can_edit_scheme
from reports.services import schemes as services
from reports.views.desk.common import address_of, get_scheme, keeps, writes, year_not_begun, year_steps

YEARS_BACK = 10


@writes
@require_safe
def record(request: HttpRequest) -> HttpResponse:
    """The year that runs, or the last one there is."""
    now = fiscal_year(timezone.localdate())
    years = GrantScheme.objects.order_by("-fiscal_year")
    scheme = years.filter(fiscal_year__lte=now).first() or years.first()
    if scheme is not None:
        return redirect(address_of("desk-activity-list", scheme))
    context = {
        "can_begin": can_edit_scheme(request.user),
        "not_begun": year_not_begun(),
        "crumbs": crumbs((_("事業の記録"), "")),
    }
    return render(request, "reports/desk/record_empty.html", context)


@writes
@require_safe
def scheme_list(request: HttpRequest) -> HttpResponse:
    rows = GrantScheme.objects.annotate(
        unconfirmed_count=Count("categories", filter=Q(categories__confirmed_at=None))
    )
    context = {
        "page": paged(request, rows.order_by("-fiscal_year")),
        "can_begin": can_edit_scheme(request.user),
        "not_begun": year_not_begun(),
        "crumbs": crumbs((_("事業の記録"), reverse("reports:desk-record")), (_("年度の一覧"), "")),
    }
    return render(request, "reports/desk/scheme_list.html", context)


@keeps
@require_http_methods(["GET", "HEAD", "POST"])
def scheme_create(request: HttpRequest) -> HttpResponse:
    form = BeginYearForm(request.POST or None, years=_years_to_begin(), initial=_as_last_year())
    if form.is_valid():
        values = form.cleaned_data
        made: list[GrantScheme] = []
        if attempt(
            request,
            lambda: made.append(
                services.begin_year(fiscal_year=values["fiscal_year"], values=values, by=request.user)
            ),
            _("年度を始めました。区分の言葉を確かめてください。"),
            form,
        ):
            return redirect(address_of("desk-scheme", made[0]))
    title = _("年度を始める")
    back = reverse("reports:desk-scheme-list")
    return show_form(
        request,
        form,
        title=title,
        text=_(
            "前の年度の区分を、未確認として引き継ぎます。区分の言葉は年度ごとに変わることがあるので、"
            "あとで交付要綱などで確かめてください。"
        ),
        back=back,
        steps=crumbs((_("事業の記録"), reverse("reports:desk-record")), (_("年度の一覧"), back), (title, "")),
    )


def _years_to_begin() -> list[int]:
    """Newest first: next year, this one, and some of the past."""
    now = fiscal_year(timezone.localdate())
    begun = set(GrantScheme.objects.values_list("fiscal_year", flat=True))
    return [year for year in range(now + 1, now - YEARS_BACK, -1) if year not in begun]


def _as_last_year() -> dict[str, Any]:
    """The name stays more often than not; everything else is of one year."""
    last = GrantScheme.objects.order_by("-fiscal_year").first()
    now = fiscal_year(timezone.localdate())
    return {"official_name": last.official_name if last else "", "fiscal_year": now}


@keeps
@require_safe
def scheme_page(request: HttpRequest, year: int) -> HttpResponse:
    scheme = get_scheme(year)
    categories = scheme.categories.select_related("confirmed_by").annotate(
        activity_count=Count("activity_links", distinct=True), project_count=Count("projects", distinct=True)
    )
    rows = list(categories.order_by("number"))
    context = {
        "scheme": scheme,
        "rows": rows,
        "against": reason_against(check_can_edit_scheme, request.user, scheme),
        "has_room": len(rows) < MOST_CATEGORIES,
        "history": history_of(scheme),
        "crumbs": year_steps(scheme, (_("交付金と区分"), "")),
    }
    return render(request, "reports/desk/scheme_page.html", context)


@keeps
@require_http_methods(["GET", "HEAD", "POST"])
def scheme_edit(request: HttpRequest, year: int) -> HttpResponse:
    scheme = get_scheme(year)
    check_can_edit_scheme(request.user, scheme)
    form = SchemeForm(request.POST or None, instance=scheme)
    if form.is_valid():
        values = form.cleaned_data
        if attempt(
            request,
            lambda: services.change_scheme(scheme=scheme, values=values, by=request.user),
            _("交付金の内容を保存しました。"),
            form,
        ):
            return redirect(address_of("desk-scheme", scheme))
    title = _("交付金の内容を直す")
    return show_form(
        request, form, title=title, back=address_of("desk-scheme", scheme), steps=_steps(scheme, title)
    )


# --- Categories -----------------------------------------------------------------------------------
@keeps
@require_http_methods(["GET", "HEAD", "POST"])
def category_create(request: HttpRequest, year: int) -> HttpResponse:
    scheme = get_scheme(year)
    check_can_edit_scheme(request.user, scheme)
    taken = set(scheme.categories.values_list("number", flat=True))
    form = NewCategoryForm(request.POST or None, taken=taken)
    if form.is_valid():
        values = form.cleaned_data
        if attempt(
            request,
            lambda: services.write_category(scheme=scheme, by=request.user, **values),
            _("区分を足しました。"),
            form,
        ):
            return redirect(address_of("desk-scheme", scheme))
    title = _("区分を足す")
    return show_form(
        request, form, title=title, back=address_of("desk-scheme", scheme), steps=_steps(scheme, title)
    )


@keeps
@require_http_methods(["GET", "HEAD", "POST"])
def category_edit(request: HttpRequest, year: int, number: int) -> HttpResponse:
    category = _category(year, number)
    check_can_edit_scheme(request.user, category.scheme)
    form = CategoryForm(request.POST or None, instance=category)
    if form.is_valid():
        label = form.cleaned_data["label"]
        if attempt(
            request,
            lambda: services.write_category(
                scheme=category.scheme, number=number, label=label, by=request.user
            ),
            _("区分%(sign)sの言葉を保存しました。") % {"sign": category.sign},
            form,
        ):
            return redirect(address_of("desk-scheme", category.scheme))
    title = _("区分%(sign)sの言葉を直す") % {"sign": category.sign}
    back = address_of("desk-scheme", category.scheme)
    return show_form(request, form, title=title, back=back, steps=_steps(category.scheme, title))


@keeps
@require_http_methods(["GET", "HEAD", "POST"])
def category_confirm(request: HttpRequest, year: int, number: int) -> HttpResponse:
    category = _category(year, number)
    check_can_edit_scheme(request.user, category.scheme)
    form = ConfirmForm(request.POST or None, initial={"label": category.label})
    if form.is_valid():
        label = form.cleaned_data["label"]
        if attempt(
            request,
            lambda: services.confirm_category(category=category, label=label, by=request.user),
            _("区分%(sign)sを確認済みにしました。") % {"sign": category.sign},
        ):
            return redirect(address_of("desk-scheme", category.scheme))
        return redirect(request.path)  # with the words as they are now
    title = _("区分%(sign)sの言葉を確かめる") % {"sign": category.sign}
    context = {
        "form": form,
        "category": category,
        "scheme": category.scheme,
        "title": title,
        "back": address_of("desk-scheme", category.scheme),
        "crumbs": _steps(category.scheme, title),
    }
    status = 422 if form.errors else 200
    return render(request, "reports/desk/category_confirm.html", context, status=status)


@keeps
@require_http_methods(["GET", "HEAD", "POST"])
def category_remove(request: HttpRequest, year: int, number: int) -> HttpResponse:
    category = _category(year, number)
    check_can_edit_scheme(request.user, category.scheme)
    back = address_of("desk-scheme", category.scheme)
    if request.method == "POST":
        attempt(
            request,
            lambda: services.remove_category(category=category, by=request.user),
            _("区分%(sign)sを消しました。") % {"sign": category.sign},
        )
        return redirect(back)
    title = _("区分%(sign)sを消しますか") % {"sign": category.sign}
    text = _("「%(category)s」を、この年度の区分から消します。") % {"category": category}
    return ask(
        request,
        title=title,
        text=text,
        button=_("区分を消す"),
        back=back,
        steps=_steps(category.scheme, _("区分を消す")),
    )


def _category(year: int, number: int) -> GrantCategory:
    rows = GrantCategory.objects.select_related("scheme")
    found: GrantCategory = get_object_or_404(rows, scheme__fiscal_year=year, number=number)
    return found


def _steps(scheme: GrantScheme, title: str) -> Any:
    return year_steps(scheme, (_("交付金と区分"), address_of("desk-scheme", scheme)), (title, ""))
