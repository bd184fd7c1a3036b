"""Conversations of one's organisations. Those of others are not found, whatever else one may do on the desk."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from members import board_permissions as permissions
from members import services
from members.board_waiting import writing
from members.forms.board import BoardReportForm, MessageForm
from members.models import Conversation, ConversationParty, Organization
from members.views.my.board import PAGE_SIZE, board_crumbs, sees_board
from members.views.my.common import own_memberships
from platform_portal.access.checks import Refused, reason_against
from platform_portal.desk import Crumbs, attempt, paged


@sees_board
@require_safe
def conversation_list(request: HttpRequest) -> HttpResponse:
    memberships = own_memberships(request.user)
    keys = [one.pk for one in writing(memberships)]
    rows = ConversationParty.objects.filter(organization__in=keys).with_unread()
    rows = rows.select_related("conversation__offer__organization", "conversation__asker", "organization")
    context = {
        "page": paged(request, rows.order_by("-conversation__last_message_at", "pk"), PAGE_SIZE),
        "reads_only": bool(memberships) and not keys,
        "crumbs": board_crumbs((_("やりとり"), "")),
    }
    return render(request, "members/my/board/conversation_list.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def conversation(request: HttpRequest, public_id: str) -> HttpResponse:
    row = _conversation(request, public_id)
    sides = _sides(request, row)
    form = MessageForm(request.POST or None, organizations=sides)
    if form.is_valid() and attempt(
        request,
        lambda: services.write_message(conversation=row, by=request.user, **form.cleaned_data),
        _("メッセージを送りました。"),
        form,
    ):
        return redirect("my:conversation", public_id)
    written = list(row.messages.select_related("organization", "author"))
    if request.method == "GET" and written:
        services.mark_read(conversation=row, up_to=written[-1].written_at, by=request.user)
    context = {
        "conversation": row,
        "written": written,
        "sides": [one.pk for one in sides],
        "other": row.other_than(sides[0]),
        "form": form,
        "against": reason_against(permissions.check_can_write_message, request.user, row, sides[0]),
        "reports": row.reports.waiting().filter(organization__in=sides),
        "handled": row.reports.exclude(handled_at=None)
        .filter(organization__in=sides)
        .order_by("handled_at")
        .last(),
        "crumbs": _steps(row),
    }
    return render(request, "members/my/board/conversation.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, public_id: str) -> HttpResponse:
    row = _conversation(request, public_id)
    side = _sides(request, row)[0]
    permissions.check_can_close_conversation(request.user, row, side)
    if request.method == "POST":
        attempt(
            request,
            lambda: services.close_conversation(conversation=row, organization=side, by=request.user),
            _("やりとりを終えました。書いたものは、これからも読めます。"),
        )
        return redirect("my:conversation", public_id)
    context = {"conversation": row, "crumbs": _steps(row, _("終える"))}
    return render(request, "members/my/board/close.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, public_id: str) -> HttpResponse:
    """「事務局に知らせる」: says plainly that staff may read everything from then on."""
    row = _conversation(request, public_id)
    sides = _sides(request, row)
    form = BoardReportForm(request.POST or None, organizations=sides)
    if form.is_valid() and attempt(
        request,
        lambda: services.report_conversation(conversation=row, by=request.user, **form.cleaned_data),
        _("事務局に知らせました。事務局の人が読んで、対応します。"),
        form,
    ):
        return redirect("my:conversation", public_id)
    context = {"conversation": row, "form": form, "crumbs": _steps(row, _("事務局に知らせる"))}
    return render(request, "members/my/board/report.html", context, status=422 if form.errors else 200)


def _conversation(request: HttpRequest, public_id: str) -> Conversation:
    """404 for a conversation of others; a viewer of one of the two learns why it stays closed."""
    rows = Conversation.objects.acted_for_by(request.user).for_list()
    found: Conversation = get_object_or_404(rows, public_id=public_id)
    permissions.check_can_read_conversation(request.user, found)
    return found


def _sides(request: HttpRequest, row: Conversation) -> list[Organization]:
    """For which of the two one writes; seldom both. Never none: who has been taken off meanwhile is told so."""
    own = {one.pk for one in writing(own_memberships(request.user))}
    sides = [organization for organization in row.organizations if organization.pk in own]
    if not sides:
        raise Refused(_("このやりとりの担当者ではありません。"))
    return sides


def _steps(row: Conversation, last: Any = "") -> Crumbs:
    listing = (_("やりとり"), reverse("my:conversation-list"))
    if not last:
        return board_crumbs(listing, (row.offer.title, ""))
    return board_crumbs(
        listing, (row.offer.title, reverse("my:conversation", args=[row.public_id])), (last, "")
    )
