"""Invitations and users, for administrators."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from members import permissions, services
from members.audit_labels import history_of
from members.filters import InvitationFilter, UserFilter
from members.forms.desk import InvitationForm, UserForm
from members.models import Invitation, User
from platform_portal.access.checks import reason_against, requires
from platform_portal.access.methods import post_only
from platform_portal.access.roles import Permission
from platform_portal.desk import SearchWords, Step, attempt, crumbs, paged

SEARCH = SearchWords("user_search_words", gettext_lazy("名前・メールアドレス・所属"))

manages_users = requires(Permission.MANAGE_USERS)


def _users() -> Step:
    return _("利用者"), reverse("members:user-list")


def _invitations() -> Step:
    return _("招待"), reverse("members:invitation-list")


# --- Users --------------------------------------------------------------------------------------
@manages_users
@require_GET
def user_list(request: HttpRequest) -> HttpResponse:
    words = SEARCH.of(request)
    users = (
        User.objects.get_queryset()
        .not_erased()
        .search(words)
        .annotate(has_second_factor=Exists(Authenticator.objects.filter(user=OuterRef("pk"))))
    )
    found = UserFilter(request.GET, queryset=users)
    context = {
        "crumbs": crumbs((_("利用者"), "")),
        "filter": found,
        "has_garbage": not found.is_valid(),
        "page": paged(request, found.qs),
        "words": words,
        "search": SEARCH.form(request),
        "is_filtered": bool(words or request.GET.get("role") or request.GET.get("active")),
    }
    return render(request, "members/desk/user_list.html", context)


@manages_users
@post_only("members:user-list")
def user_search(request: HttpRequest) -> HttpResponse:
    return SEARCH.keep(request, "members:user-list")


@manages_users
@require_http_methods(["GET", "POST"])
def user_detail(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    locked_because = reason_against(permissions.check_can_change_role, request.user, user)
    form = UserForm(request.POST or None, instance=user, role_locked_because=locked_because)
    if form.is_valid() and _change(request, user, form):
        return redirect("members:user-detail", pk=pk)
    return render(request, "members/desk/user_detail.html", {"form": form, **_about(request, user)})


def _change(request: HttpRequest, user: User, form: UserForm) -> bool:
    return attempt(
        request,
        lambda: services.change_user(user=user, by=request.user, **form.cleaned_data),
        _("「%(name)s」さんの登録を変えました。") % {"name": form.cleaned_data["name"]},
        form,
    )


def _about(request: HttpRequest, user: User) -> dict[str, Any]:
    me = request.user
    return {
        "crumbs": crumbs(_users(), (user.name, "")),
        "person": user,
        "second_factors": Authenticator.objects.filter(user=user)
        .exclude(type=Authenticator.Type.RECOVERY_CODES)
        .count(),
        "no_deactivation": reason_against(permissions.check_can_deactivate_user, me, user),
        "no_reset": reason_against(permissions.check_can_reset_second_factor, me, user),
        "history": history_of(user),
    }


def _confirmed(
    request: HttpRequest, pk: int, *, action: Callable[..., User], done: str, question: dict[str, str]
) -> HttpResponse:
    """GET asks, POST does. `question`: title, text, button; `%(name)s` stands for the person."""
    user = get_object_or_404(User, pk=pk)
    if request.method != "POST":
        words = {key: text % {"name": user.name} for key, text in question.items()}
        back = reverse("members:user-detail", args=[pk])
        steps = crumbs(_users(), (user.name, back), (words["button"], ""))
        context = {"back": back, "crumbs": steps, **words}
        return render(request, "members/desk/confirm.html", context)
    attempt(request, lambda: action(user=user, by=request.user), done % {"name": user.name})
    return redirect("members:user-detail", pk=pk)


@manages_users
@require_http_methods(["GET", "POST"])
def user_deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    return _confirmed(
        request,
        pk,
        action=services.deactivate_user,
        done=_("「%(name)s」さんの利用を止めました。"),
        question={
            "title": _("「%(name)s」さんの利用を止めますか"),
            "text": _("すぐにサインアウトされ、もうサインインできなくなります。書いたものと記録は残ります。"),
            "button": _("利用を止める"),
        },
    )


@manages_users
@require_http_methods(["GET", "POST"])
def user_reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    return _confirmed(
        request,
        pk,
        action=services.reactivate_user,
        done=_("「%(name)s」さんが、また利用できるようになりました。"),
        question={
            "title": _("「%(name)s」さんの利用を再開しますか"),
            "text": _("前と同じパスワードと2段階認証で、サインインできるようになります。"),
            "button": _("利用を再開する"),
        },
    )


@manages_users
@require_http_methods(["GET", "POST"])
def user_reset_second_factor(request: HttpRequest, pk: int) -> HttpResponse:
    return _confirmed(
        request,
        pk,
        action=services.reset_second_factor,
        done=_("「%(name)s」さんの2段階認証を消しました。本人にメールで知らせます。"),
        question={
            "title": _("「%(name)s」さんの2段階認証を消しますか"),
            "text": _(
                "認証アプリも予備コードもパスキーも使えなくなった人のための操作です。"
                "電話などで、本人であることを必ず確かめてください。"
                "本人は、次にサインインしたあと、もう一度設定します。"
            ),
            "button": _("2段階認証を消す"),
        },
    )


# --- Invitations --------------------------------------------------------------------------------
@manages_users
@require_GET
def invitation_list(request: HttpRequest) -> HttpResponse:
    found = InvitationFilter(
        request.GET, queryset=Invitation.objects.with_mail_state().select_related("invited_by")
    )
    context = {
        "crumbs": crumbs(_users(), (_("招待"), "")),
        "filter": found,
        "has_garbage": not found.is_valid(),
        "page": paged(request, found.qs),
        "is_filtered": bool(request.GET.get("state")),
    }
    return render(request, "members/desk/invitation_list.html", context)


@manages_users
@require_http_methods(["GET", "POST"])
def invitation_create(request: HttpRequest) -> HttpResponse:
    form = InvitationForm(request.POST or None)
    if form.is_valid() and attempt(
        request,
        lambda: services.invite(by=request.user, **form.cleaned_data),
        _what_follows(form.cleaned_data["email"].lower()),
        form,
    ):
        return redirect("members:invitation-list")
    context = {"form": form, "crumbs": crumbs(_users(), _invitations(), (_("招待する"), ""))}
    return render(request, "members/desk/invitation_form.html", context)


@manages_users
@post_only("members:invitation-list")
def invitation_resend(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation, pk=pk)
    attempt(
        request,
        lambda: services.resend_invitation(invitation=invitation, by=request.user),
        _what_follows(invitation.email),
    )
    return redirect("members:invitation-list")


@manages_users
@require_http_methods(["GET", "POST"])
def invitation_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation, pk=pk)
    if request.method != "POST":
        if against := reason_against(permissions.check_can_withdraw_invitation, request.user, invitation):
            messages.error(request, against)
            return redirect("members:invitation-list")
        context = {
            "invitation": invitation,
            "crumbs": crumbs(_users(), _invitations(), (_("取り消す"), "")),
        }
        return render(request, "members/desk/invitation_withdraw.html", context)
    attempt(
        request,
        lambda: services.withdraw_invitation(invitation=invitation, by=request.user),
        _("「%(name)s」さんへの招待を取り消しました。") % {"name": invitation.name},
    )
    return redirect("members:invitation-list")


def _what_follows(email: str) -> str:
    """The mail is stored, not sent: the list shows what becomes of it."""
    return _("%(email)s に招待のメールを送ります。送れたかどうかは、下の一覧の「状態」に出ます。") % {
        "email": email
    }
