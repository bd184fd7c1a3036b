"""What the portal holds about one person: for administrators who answer requests, and for each of oneself.

Whose data is looked at stands in the session. A mail address is never part of an address of ours, nor of a log.
"""

from collections.abc import Callable
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from members import permissions, services
from members.forms.desk import PersonForm
from members.models import User
from members.people import person_of, person_with, user_of
from platform_portal import personal_data
from platform_portal.access.checks import reason_against, requires
from platform_portal.access.roles import Permission
from platform_portal.desk import attempt, crumbs
from platform_portal.privacy import Person

ADDRESS_KEY = "person_address"

exports_personal_data = requires(Permission.EXPORT_PERSONAL_DATA)
erases_personal_data = requires(Permission.ERASE_PERSONAL_DATA)
# Typed rather than used bare: allauth ships no types.
after_proof: Callable[[Any], Any] = reauthentication_required


def _search() -> tuple[str, str]:
    return _("個人のデータ"), reverse("members:person-search")


def _chosen(request: HttpRequest) -> Person | None:
    address = request.session.get(ADDRESS_KEY, "")
    return person_with(address) if address else None


def _is_as_shown(request: HttpRequest) -> bool:
    """Whether the button was pressed on a page of the person in the session: another tab may have chosen another since."""
    if request.POST.get("email", "") == request.session[ADDRESS_KEY]:
        return True
    messages.error(
        request,
        _(
            "別の画面で、ほかの人をさがしています。まだ何もしていません。この人でよいか、もう一度確かめてください。"
        ),
    )
    return False


@exports_personal_data
@require_http_methods(["GET", "HEAD", "POST"])
def person_search(request: HttpRequest) -> HttpResponse:
    form = PersonForm(request.POST or None)
    if form.is_valid():
        request.session[ADDRESS_KEY] = form.cleaned_data["email"]
        return redirect("members:person-page")
    context = {"form": form, "crumbs": crumbs((_("個人のデータ"), ""))}
    return render(request, "members/desk/person_search.html", context)


@exports_personal_data
@after_proof
@require_http_methods(["GET", "HEAD", "POST"])
def person_page(request: HttpRequest) -> HttpResponse:
    person = _chosen(request)
    if person is None:
        return redirect("members:person-search")
    user = user_of(person)
    context = {
        "crumbs": crumbs(_search(), (_("見つかったデータ"), "")),
        "address": request.session[ADDRESS_KEY],
        "person": user,
        "found": personal_data.find(person),
        "no_erasing": _against_erasing(request, person, user),
    }
    return render(request, "members/desk/person_page.html", context)


def _against_erasing(request: HttpRequest, person: Person, user: User | None) -> list[str]:
    """Why not, in sentences; first what no settling helps against."""
    if user is None:
        refusal = reason_against(permissions.check_can_erase_personal_data, request.user)
    else:
        refusal = reason_against(permissions.check_can_erase_user, request.user, user)
    return [refusal] if refusal else personal_data.obstacles(person)


@exports_personal_data
@after_proof
@require_http_methods(["GET", "HEAD", "POST"])
def person_export(request: HttpRequest) -> HttpResponse:
    person = _chosen(request)
    if person is None:
        return redirect("members:person-search")
    if request.method != "POST" or not _is_as_shown(request):
        return redirect("members:person-page")
    return _as_file(services.export_personal_data(person=person, by=request.user))


@erases_personal_data
@after_proof
@require_http_methods(["GET", "HEAD", "POST"])
def person_erase(request: HttpRequest) -> HttpResponse:
    person = _chosen(request)
    if person is None:
        return redirect("members:person-search")
    if request.method == "POST":
        if not _is_as_shown(request):
            return redirect("members:person-page")
        done = attempt(
            request,
            lambda: services.erase_person(person=person, by=request.user),
            _("データを消しました。記録には、番号だけが残ります。"),
        )
        if not done:
            return redirect("members:person-page")
        del request.session[ADDRESS_KEY]
        return redirect("members:person-search")
    no_erasing = _against_erasing(request, person, user_of(person))
    found = personal_data.find(person)
    if no_erasing or not found:
        messages.error(request, "".join(no_erasing) or _("この人のデータは、もうありません。"))
        return redirect("members:person-page")
    context = {
        "crumbs": crumbs(
            _search(), (_("見つかったデータ"), reverse("members:person-page")), (_("データを消す"), "")
        ),
        "address": request.session[ADDRESS_KEY],
        "person": user_of(person),
        "goes": [entry for entry in found if not entry.stays],
        "stays": [entry for entry in found if entry.stays],
    }
    return render(request, "members/desk/person_erase.html", context)


@after_proof
@require_http_methods(["GET", "HEAD", "POST"])
def my_data(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)  # noqa: S101  the middleware lets nobody else in
    person = person_of(request.user)
    if request.method == "POST":
        return _as_file(services.export_personal_data(person=person, by=request.user))
    return render(request, "members/my_data.html", {"found": personal_data.find(person)})


def _as_file(content: bytes) -> HttpResponse:
    """The name says nothing of the person: folders of downloads are seen by others."""
    response = HttpResponse(content, content_type="application/zip")
    name = f"personal-data-{timezone.localdate():%Y-%m-%d}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
