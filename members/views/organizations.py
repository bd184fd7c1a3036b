"""The desk's pages about organisations: list, one with everything about it, writing, leaving, its people."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members import permissions, profile, services
from members.audit_labels import history_of
from members.belongings import belongings_of
from members.correspondence import mails_to
from members.duplicates import COMPARED, find_alike
from members.filters import OrganizationFilter
from members.forms.my import MembershipForm, PersonForm
from members.forms.organizations import LeavingForm, OrganizationForm
from members.models import Membership, Organization
from members.views.editing import changes_since, with_logo
from members.views.my.organization import facts
from members.views.my.people import was_invited
from platform_portal.access.checks import Refused, has, reason_against, requires
from platform_portal.access.roles import Permission
from platform_portal.audit.words import Line
from platform_portal.desk import Crumbs, SearchWords, Step, attempt, crumbs, paged, tell

SEARCH = SearchWords("organization_search_words", gettext_lazy("団体名・カナ・紹介・対象とする人"))
ORDER = ("kana", "name", "pk")
MAILS = 10  # on one page of an organisation

sees = requires(Permission.SEE_ORGANIZATIONS)
edits = requires(Permission.EDIT_ORGANIZATIONS)


def organization_steps(organization: Organization | None, *more: Step) -> Crumbs:
    steps = [(_("会員団体"), reverse("members:organization-list"))]
    if organization is not None:
        steps.append((organization.name, address_of(organization)))
    return crumbs(*steps, *more)


def address_of(organization: Organization) -> str:
    return reverse("members:organization-page", args=[organization.public_id])


def get_organization(public_id: str) -> Organization:
    rows = Organization.objects.select_related("sector", "municipality", "merged_into")
    found: Organization = get_object_or_404(rows, public_id=public_id)
    return found


# --- List ---------------------------------------------------------------------------------------
@sees
@require_safe
def organization_list(request: HttpRequest) -> HttpResponse:
    words = SEARCH.of(request)
    organizations = Organization.objects.search(words).with_people()
    found = OrganizationFilter(request.GET, queryset=organizations)
    rows = found.qs if found.is_valid() else organizations.active()
    context = {
        "filter": found,
        "has_garbage": not found.is_valid(),
        "page": paged(request, rows.select_related("sector", "municipality").order_by(*ORDER)),
        "words": words,
        "search": SEARCH.form(request),
        "is_filtered": bool(words or any(request.GET.get(name) for name in found.filters)),
        "crumbs": crumbs((_("会員団体"), "")),
    }
    return render(request, "members/desk/organization_list.html", context)


@sees
@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """By POST: what somebody looks for stands in no address and no log."""
    return SEARCH.keep(request, "members:organization-list")


# --- One organisation -----------------------------------------------------------------------------
@sees
@require_safe
def page(request: HttpRequest, public_id: str) -> HttpResponse:
    organization = get_organization(public_id)
    me = request.user
    words = profile.Words()
    context = {
        "organization": organization,
        "facts": facts(organization, (*profile.AFTER_REVIEW, *profile.AT_ONCE), words),
        "by_staff": facts(organization, profile.STAFF_ONLY, words),
        "memberships": list(organization.memberships.current().for_list()),
        "former": list(organization.memberships.exclude(ended_at=None).for_list()[:50]),
        "invitations": list(organization.invitations.unsettled()),
        "consents": list(organization.consents.select_related("charter").order_by("-charter__number")),
        "revisions": list(organization.revisions.for_list().order_by("-proposed_at")[:20]),
        "belongings": belongings_of(organization),
        "mails": paged(request, mails_to(organization), MAILS) if has(me, Permission.SEE_MAILS) else None,
        "against_edit": reason_against(permissions.check_can_edit_on_desk, me, organization),
        "against_invite": reason_against(permissions.check_can_invite_to_organization, me, organization),
        "can_come_back": permissions.can_come_back(me, organization),
        "may_manage": permissions.can_manage_people(me, organization),
        "history": history_of(organization),
        "crumbs": organization_steps(None, (organization.name, "")),
    }
    return render(request, "members/desk/organization_page.html", context)


# --- Writing --------------------------------------------------------------------------------------
@edits
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    return _edit(request, None)


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    organization = get_organization(public_id)
    permissions.check_can_edit_on_desk(request.user, organization)
    return _edit(request, organization)


def _edit(request: HttpRequest, organization: Organization | None) -> HttpResponse:
    version = services.version_of(organization) if organization else ""
    others: list[Line] = []
    status = 200
    form = OrganizationForm(instance=organization)
    if request.method == "POST":
        form, status = OrganizationForm(request.POST, request.FILES, instance=organization), 422
        sent = request.POST.get("version", "")
        if form.is_valid() and not (organization is None and _is_known(request, form)):
            try:
                saved = _save(request, organization, form, sent)
            except services.OrganizationChangedMeanwhile:
                assert organization is not None  # noqa: S101  a new one has no version
                others, status = changes_since(organization, sent), 409
            except (Refused, ValidationError) as error:
                tell(form, error)
            else:
                messages.success(request, _("「%(name)s」を保存しました。") % {"name": saved.name})
                return redirect(address_of(saved))
        version = sent if status == 422 else version
    title = _("団体の情報を直す") if organization else _("団体を登録する")
    context = {
        "organization": organization,
        "form": form,
        "fields": [form[name] for name in form.fields],
        "title": title,
        "others": others,
        "is_conflict": status == 409,
        "version": version,
        "known": known_as(form),
        "crumbs": organization_steps(organization, (title, "")),
    }
    return render(request, "members/desk/organization_form.html", context, status=status)


def known_as(form: OrganizationForm) -> str:
    """The ids of those that the person has been told of, for the next press of the button."""
    return " ".join(row.public_id for row in form.alike)


def _is_known(request: HttpRequest, form: OrganizationForm) -> bool:
    """Whether one to be entered looks like one that is there, and the person has not been told of it yet."""
    form.alike = find_alike({name: form.cleaned_data[name] for name in COMPARED})
    if not form.alike or request.POST.get("known", "") == known_as(form):
        return False
    names = "、".join(f"{row.name}（{row.public_id}、{row.get_state_display()}）" for row in form.alike[:5])
    form.add_error(
        None,
        _(
            "名前・法人番号・電話番号などが同じ団体が、もうあります：%(names)s。まだ保存していません。"
            "別の団体なら、もう一度「保存する」を押してください。"
        )
        % {"names": names},
    )
    return True


def _save(
    request: HttpRequest, organization: Organization | None, form: OrganizationForm, version: str
) -> Organization:
    current = (organization.logo.name or "") if organization else ""

    def save(values: dict[str, Any]) -> Organization:
        return services.save_organization(
            organization=organization, values=values, by=request.user, version=version
        )

    return with_logo(form, current, save)


# --- Leaving and coming back ------------------------------------------------------------------------
@edits
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, public_id: str) -> HttpResponse:
    organization = get_organization(public_id)
    permissions.check_can_edit_on_desk(request.user, organization)
    form = LeavingForm(request.POST or None, initial={"on": timezone.localdate()})
    if form.is_valid() and attempt(
        request,
        lambda: services.leave_platform(organization=organization, by=request.user, **form.cleaned_data),
        _("「%(name)s」の退会を記録しました。") % {"name": organization.name},
        form,
    ):
        return redirect(address_of(organization))
    context = {
        "organization": organization,
        "form": form,
        "people": organization.memberships.current().count(),
        "belongings": belongings_of(organization),
        "crumbs": organization_steps(organization, (_("退会"), "")),
    }
    return render(
        request, "members/desk/organization_leave.html", context, status=422 if form.errors else 200
    )


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def come_back(request: HttpRequest, public_id: str) -> HttpResponse:
    organization = get_organization(public_id)
    if request.method == "POST":
        attempt(
            request,
            lambda: services.come_back(organization=organization, by=request.user),
            _("「%(name)s」が、また加入しました。担当者を招待してください。") % {"name": organization.name},
        )
        return redirect(address_of(organization))
    against = reason_against(permissions.check_can_come_back, request.user, organization)
    if against:
        messages.error(request, against)
        return redirect(address_of(organization))
    context = {
        "title": _("「%(name)s」の加入を再開しますか") % {"name": organization.name},
        "text": _("住民のページにも、また出ます（一覧に載せるとき）。担当者は、新しく招待します。"),
        "button": _("加入を再開する"),
        "back": address_of(organization),
        "crumbs": organization_steps(organization, (_("加入の再開"), "")),
    }
    return render(request, "members/desk/confirm.html", context)


# --- People -------------------------------------------------------------------------------------
@edits
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, public_id: str) -> HttpResponse:
    organization = get_organization(public_id)
    permissions.check_can_invite_to_organization(request.user, organization)
    form = PersonForm(request.POST or None)
    if form.is_valid() and was_invited(request, organization, form):
        return redirect(address_of(organization))
    title = _("「%(name)s」の担当者を招待する") % {"name": organization.name}
    return _people_form(request, organization, form, title, _("招待のメールを送る"))


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    organization = get_organization(public_id)
    membership = _membership(organization, pk)
    locked_because = reason_against(permissions.check_can_change_membership_role, request.user, membership)
    form = MembershipForm(request.POST or None, membership=membership, role_locked_because=locked_because)
    if form.is_valid() and attempt(
        request,
        lambda: services.change_membership(membership=membership, by=request.user, **form.cleaned_data),
        _("「%(name)s」さんの担当を保存しました。") % {"name": membership.user.name},
        form,
    ):
        return redirect(address_of(organization))
    title = _("「%(name)s」さんの担当") % {"name": membership.user.name}
    return _people_form(request, organization, form, title, _("保存する"), membership)


def _people_form(
    request: HttpRequest,
    organization: Organization,
    form: Any,
    title: str,
    button: str,
    membership: Membership | None = None,
) -> HttpResponse:
    context = {
        "organization": organization,
        "form": form,
        "title": title,
        "button": button,
        "membership": membership,
        "crumbs": organization_steps(organization, (title, "")),
    }
    return render(
        request, "members/desk/organization_person.html", context, status=422 if form.errors else 200
    )


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def person_end(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    organization = get_organization(public_id)
    membership = _membership(organization, pk)
    if request.method == "POST":
        attempt(
            request,
            lambda: services.end_membership(membership=membership, by=request.user),
            _("「%(name)s」さんは、担当から外れました。") % {"name": membership.user.name},
        )
        return redirect(address_of(organization))
    context = {
        "title": _("「%(name)s」さんを担当から外しますか") % {"name": membership.user.name},
        "text": _(
            "この団体のページは、すぐに見られなくなります。書いたものと記録は残ります。本人にはメールで知らせます。"
        ),
        "button": _("担当から外す"),
        "back": address_of(organization),
        "crumbs": organization_steps(organization, (_("担当から外す"), "")),
    }
    return render(request, "members/desk/confirm.html", context)


def _membership(organization: Organization, pk: int) -> Membership:
    return get_object_or_404(organization.memberships.current().for_list(), pk=pk)
