"""Windows of one's own organisations. Fetching is authorising: what belongs to others is not found."""

from typing import Any

from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultations import permissions, services
from consultations.hours_words import hours_words
from consultations.models import ConsultationWindow, WindowRevision
from consultations.presenting import Clock, present_detail
from consultations.views.comparing import rows_of
from consultations.views.editing import Editing, Place, hours_saying
from consultations.workflow import EVENTS_OF_MOVES, RETURNED
from members.models import Membership, MembershipRole, Organization
from members.permissions import check_can_write_as_member
from members.views.my.common import crumbs
from platform_portal.access.checks import reason_against
from platform_portal.access.methods import post_only
from platform_portal.audit.models import AuditEvent
from platform_portal.desk import Crumbs, attempt, paged
from platform_portal.publishing.states import State
from platform_portal.publishing.steps import reason_against_step


def _crumbs(*steps: tuple[str, str]) -> Crumbs:
    return crumbs((_("窓口"), reverse("my:window-list")), *steps)


def _form_crumbs(window: ConsultationWindow, title: str) -> Crumbs:
    if window._state.adding:
        return _crumbs((title, ""))
    return _crumbs((window.name, reverse("my:window-page", args=[window.public_id])), (title, ""))


MY = Place("consultations/my/window_form.html", "my", as_member=True, crumbs=_form_crumbs)


@require_safe
def window_list(request: HttpRequest) -> HttpResponse:
    waiting = Prefetch("revisions", WindowRevision.objects.waiting(), to_attr="waiting_revisions")
    windows = ConsultationWindow.objects.acted_for_by(request.user).exclude(state=State.ARCHIVED)
    context = {
        "page": paged(
            request,
            windows.select_related("organization").prefetch_related(waiting).order_by("kana", "name", "pk"),
        ),
        "organizations": Organization.objects.acted_for_by(request.user),
        "can_create": _writable(request).exists(),
        "crumbs": crumbs((_("窓口"), "")),
    }
    return render(request, "consultations/my/window_list.html", context)


@require_safe
def window_page(request: HttpRequest, public_id: str) -> HttpResponse:
    window = _own(request, public_id)
    revisions = WindowRevision.objects.for_list().filter(window=window)
    waiting = revisions.waiting().first()
    returned = None if waiting else revisions.returned_to(request.user.pk).first()
    context = {
        "window": window,
        "detail": present_detail(window, Clock()),
        "hours_words": hours_words(window.opening_hours, window.year_end) or _("分からない"),
        "waiting": waiting,
        "rows": [row for row in rows_of(waiting, None) if row.name in services.MEMBER_FIELDS]
        if waiting
        else [],
        "proposer": _proposer(waiting) if waiting else "",
        "can_withdraw": waiting is not None and permissions.can_withdraw_revision(request.user, waiting),
        "returned": returned,
        "remark": _remark(window),
        "no_edit": reason_against(permissions.check_can_edit_own_window, request.user, window),
        "can_confirm": window.is_due and permissions.can_confirm_own_window(request.user, window),
        "no_confirm": reason_against(services.check_nobody_said_otherwise, window),
        "can_submit": window.state == State.DRAFT,
        "no_submit": _reason_against_submitting(request.user, window),
        "can_take_back": permissions.can_move_own_window(request.user, window, State.DRAFT),
        "crumbs": _crumbs((window.name, "")),
    }
    return render(request, "consultations/my/window_page.html", context)


def _reason_against_submitting(user: Any, window: ConsultationWindow) -> str:
    return reason_against_step(
        user,
        window,
        State.IN_REVIEW,
        may_move=permissions.check_can_move_own_window,
        is_ready=services.check_is_complete,
    )


def _proposer(revision: WindowRevision) -> str:
    """Members learn the names of their own people, not those of the office."""
    if revision.proposed_by.is_desk_user:
        return _("事務局")
    return _("%(name)sさん") % {"name": revision.proposed_by.name}


def _remark(window: ConsultationWindow) -> str:
    """Why the secretariat gave a draft back."""
    if window.state != State.DRAFT:
        return ""
    last = AuditEvent.objects.about(window).filter(type__in=EVENTS_OF_MOVES).first()
    return last.note if last is not None and last.type == RETURNED else ""


@require_http_methods(["GET", "HEAD", "POST"])
def window_create(request: HttpRequest) -> HttpResponse:
    """A new window of one's organisation; with several, `organization` in the address says of which."""
    organizations = _writable(request)
    if not organizations.exists():
        # A member that may only look is told why.
        own = Organization.objects.acted_for_by(request.user).first()
        if own is None:
            raise Http404
        check_can_write_as_member(request.user, own)
    chosen = organizations.filter(public_id=request.GET.get("organization", "")).first()
    if chosen is None and len(organizations) > 1:
        context = {"organizations": organizations, "crumbs": _crumbs((_("相談窓口を作る"), ""))}
        return render(request, "consultations/my/choose_organization.html", context)
    organization = chosen or organizations[0]
    return Editing(request, ConsultationWindow(organization=organization), MY).respond()


@require_http_methods(["GET", "HEAD", "POST"])
def window_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    window = _own(request, public_id)
    permissions.check_can_edit_own_window(request.user, window)
    return Editing(request, window, MY).respond()


@post_only("my:window-page", "public_id")
def window_submit(request: HttpRequest, public_id: str) -> HttpResponse:
    return _move(request, public_id, State.IN_REVIEW, _("確認を頼みました。認められると、公開されます。"))


@post_only("my:window-page", "public_id")
def window_take_back(request: HttpRequest, public_id: str) -> HttpResponse:
    return _move(request, public_id, State.DRAFT, _("確認を頼んだのを取り下げました。下書きに戻っています。"))


def _move(request: HttpRequest, public_id: str, to: State, done: str) -> HttpResponse:
    window = _own(request, public_id)
    check_can_write_as_member(request.user, window.organization)
    attempt(request, lambda: services.move_own_window(window=window, to=to, by=request.user), done)
    return redirect("my:window-page", public_id=public_id)


@post_only("my:window-page", "public_id")
def window_confirm(request: HttpRequest, public_id: str) -> HttpResponse:
    """「変わりありません」 of somebody who has signed in."""
    window = _own(request, public_id)
    permissions.check_can_confirm_own_window(request.user, window)
    attempt(
        request,
        lambda: services.confirm_own_window(window=window, by=request.user),
        _("今日確かめたものとして記録しました。ありがとうございます。"),
    )
    return redirect("my:window-page", public_id=public_id)


@post_only("my:window-page", "public_id")
def revision_withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Takes back what is waiting for this window."""
    window = _own(request, public_id)
    revision = WindowRevision.objects.waiting().filter(window=window).order_by("-proposed_at").first()
    if revision is None:
        raise Http404
    permissions.check_can_withdraw_revision(request.user, revision)
    attempt(
        request,
        lambda: services.withdraw_revision(revision=revision, by=request.user),
        _("変更を取り下げました。住民の画面は、前の内容のままです。"),
    )
    return redirect("my:window-page", public_id=public_id)


@require_POST
def hours_preview(request: HttpRequest) -> HttpResponse:
    return hours_saying(request)


def _own(request: HttpRequest, public_id: str) -> ConsultationWindow:
    windows = ConsultationWindow.objects.acted_for_by(request.user).for_editing()
    found: ConsultationWindow = get_object_or_404(windows, public_id=public_id)
    return found


def _writable(request: HttpRequest) -> Any:
    """Organisations for which this person may write."""
    roles = [role for role in MembershipRole if Membership(role=role).may_edit]
    return Organization.objects.active().filter(
        memberships__user=request.user.pk, memberships__ended_at=None, memberships__role__in=roles
    )
