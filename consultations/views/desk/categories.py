"""The categories: order, texts, words, icon, safety, use."""

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consultations import permissions, services
from consultations.forms.category import CategoryForm
from consultations.models import Category
from consultations.views.desk.common import history_of
from platform_portal.access.checks import reason_against, requires
from platform_portal.access.roles import Permission
from platform_portal.desk import attempt, crumbs
from platform_portal.publishing.states import State


@requires(Permission.EDIT_CATEGORIES)
@require_safe
def category_list(request: HttpRequest) -> HttpResponse:
    published = Count("windows", filter=Q(windows__state=State.PUBLISHED))
    context = {
        "categories": Category.objects.annotate(published=published).order_by("position", "pk"),
        "crumbs": crumbs((_("分野"), "")),
    }
    return render(request, "consultations/desk/category_list.html", context)


@requires(Permission.EDIT_CATEGORIES)
@require_http_methods(["GET", "HEAD", "POST"])
def category_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    category = get_object_or_404(Category, public_id=public_id)
    against = reason_against(permissions.check_can_deactivate_category, request.user, category)
    title = category.name
    form = CategoryForm(request.POST or None, instance=category)
    if form.is_valid() and _save(request, category, form):
        return redirect("desk:category-list")
    context = {
        "form": form,
        "title": title,
        "against": against,
        "history": history_of(category),
        "crumbs": crumbs((_("分野"), reverse("desk:category-list")), (title, "")),
    }
    return render(request, "consultations/desk/category_form.html", context)


def _save(request: HttpRequest, category: Category, form: CategoryForm) -> bool:
    return attempt(
        request,
        lambda: services.save_category(category=category, values=form.cleaned_data, by=request.user),
        _("分野「%(name)s」を直しました。") % {"name": form.cleaned_data["name"]},
    )
