"""Who acts for an organisation. Everybody in it may look, its managers decide, everybody may leave."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members import permissions, services
from members.forms.my import MembershipForm, PersonForm
from members.models import Invitation, Membership, Organization
from members.views.my.common import own_organization, steps_of
from platform_portal.access.checks import reason_against
from platform_portal.desk import Crumbs, attempt


@require_safe
def people(request: HttpRequest, public_id: str) -> HttpResponse:
    organization = own_organization(request, public_id)
    may_manage = permissions.can_manage_people(request.user, organization)
    context = {
        "organization": organization,
        "memberships": list(organization.memberships.current().for_list()),
        # Addresses of people who have not answered are nobody's business but the managers'.
        "invitations": list(Invitation.objects.unsettled().filter(organization=organization))
        if may_manage
        else [],
        "may_manage": may_manage,
        "against": reason_against(permissions.check_can_invite_to_organization, request.user, organization),
        "crumbs": steps_of(organization, (_("担当者"), "")),
    }
    return render(request, "members/my/people.html", context)


def was_invited(request: HttpRequest, organization: Organization, form: PersonForm) -> bool:
    return attempt(
        request,
        lambda: services.invite_to_organization(
            organization=organization, by=request.user, **form.cleaned_data
        ),
        _("%(email)s に招待のメールを送りました。") % {"email": form.cleaned_data["email"]},
        form,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, public_id: str) -> HttpResponse:
    organization = own_organization(request, public_id)
    permissions.check_can_invite_to_organization(request.user, organization)
    form = PersonForm(request.POST or None)
    if form.is_valid() and was_invited(request, organization, form):
        return redirect("my:people", public_id)
    context = {
        "organization": organization,
        "form": form,
        "crumbs": _crumbs(organization, _("招待する")),
    }
    return render(request, "members/my/person_invite.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    organization = own_organization(request, public_id)
    membership = _membership(organization, pk)
    permissions.check_can_manage_people(request.user, organization)
    locked_because = reason_against(permissions.check_can_change_membership_role, request.user, membership)
    form = MembershipForm(request.POST or None, membership=membership, role_locked_because=locked_because)
    if form.is_valid() and attempt(
        request,
        lambda: services.change_membership(membership=membership, by=request.user, **form.cleaned_data),
        _("「%(name)s」さんの担当を保存しました。") % {"name": membership.user.name},
        form,
    ):
        return redirect("my:people", public_id)
    context = {
        "organization": organization,
        "membership": membership,
        "form": form,
        "against_end": reason_against(permissions.check_can_end_membership, request.user, membership),
        "crumbs": _crumbs(organization, membership.user.name),
    }
    return render(request, "members/my/person_change.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    """Asks first. Also how one leaves oneself; then the organisation is not found any more."""
    organization = own_organization(request, public_id)
    membership = _membership(organization, pk)
    is_me = membership.user_id == request.user.pk
    permissions.check_can_end_membership(request.user, membership)
    if request.method != "POST":
        context = {
            "organization": organization,
            "membership": membership,
            "is_me": is_me,
            "crumbs": _crumbs(organization, _("担当を外れる") if is_me else _("担当から外す")),
        }
        return render(request, "members/my/person_end.html", context)
    done = _("「%(name)s」さんは、担当から外れました。") % {"name": membership.user.name}
    ended = attempt(request, lambda: services.end_membership(membership=membership, by=request.user), done)
    if ended and is_me:
        return redirect("my:home")
    return redirect("my:people", public_id)


@require_POST
def resend(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    organization = own_organization(request, public_id)
    invitation = _invitation(organization, pk)
    permissions.check_can_invite_to_organization(request.user, organization)
    attempt(
        request,
        lambda: services.resend_invitation(invitation=invitation, by=request.user),
        _("%(email)s に招待のメールを送りました。") % {"email": invitation.email},
    )
    return redirect("my:people", public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    organization = own_organization(request, public_id)
    invitation = _invitation(organization, pk)
    permissions.check_can_manage_people(request.user, organization)
    if request.method == "POST":
        attempt(
            request,
            lambda: services.withdraw_invitation(invitation=invitation, by=request.user),
            _("「%(name)s」さんへの招待を取り消しました。") % {"name": invitation.name},
        )
        return redirect("my:people", public_id)
    if against := reason_against(permissions.check_can_withdraw_invitation, request.user, invitation):
        messages.error(request, against)
        return redirect("my:people", public_id)
    context = {
        "organization": organization,
        "invitation": invitation,
        "crumbs": _crumbs(organization, _("招待を取り消す")),
    }
    return render(request, "members/my/person_uninvite.html", context)


def _membership(organization: Organization, pk: int) -> Membership:
    """Somebody of this organisation today; another's is not found."""
    return get_object_or_404(organization.memberships.current().for_list(), pk=pk)


def _invitation(organization: Organization, pk: int) -> Invitation:
    return get_object_or_404(Invitation, organization=organization, pk=pk)


def _crumbs(organization: Organization, last: str) -> Crumbs:
    address = reverse("my:people", args=[organization.public_id])
    return steps_of(organization, (_("担当者"), address), (last, ""))
