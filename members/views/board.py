"""The matching board on the desk: who talks to whom, what was reported, and bringing two together."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members import services
from members.audit_labels import history_of
from members.board_filters import BoardReportFilter, ConversationFilter
from members.forms.board import HandleForm, IntroduceForm
from members.models import BoardReport, Conversation, Offer
from members.views.my.board import why_fitting
from platform_portal.access.checks import requires
from platform_portal.access.roles import Permission
from platform_portal.desk import Crumbs, Step, attempt, crumbs, paged

MOST_FITTING = 50

tends = requires(Permission.TEND_BOARD)


@tends
@require_safe
def conversation_list(request: HttpRequest) -> HttpResponse:
    """That two talk, and about which offer; never what they say."""
    found = ConversationFilter(request.GET, queryset=Conversation.objects.for_list())
    context = {
        "crumbs": crumbs((_("掲示板"), "")),
        "filter": found,
        "has_garbage": not found.is_valid(),
        "is_filtered": bool(request.GET.get("state")),
        "page": paged(request, found.qs),
        "reports": BoardReport.objects.waiting().count(),
        "offers": Offer.objects.open().count(),
    }
    return render(request, "members/desk/board_list.html", context)


@tends
@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    found = BoardReportFilter(request.GET, queryset=BoardReport.objects.for_list())
    context = {
        "crumbs": _crumbs((_("事務局への知らせ"), "")),
        "filter": found,
        "has_garbage": not found.is_valid(),
        "page": paged(request, found.qs),
    }
    return render(request, "members/desk/board_report_list.html", context)


@tends
@require_http_methods(["GET", "HEAD", "POST"])
def report_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What was reported, and by whom. The messages open with a button of their own, which leaves a mark."""
    row = _report(pk)
    form = HandleForm(request.POST or None)
    if form.is_valid() and attempt(
        request,
        lambda: services.handle_report(report=row, by=request.user, **form.cleaned_data),
        _("対応を記録しました。このやりとりは、もう職員には読めません。"),
        form,
    ):
        return redirect("members:board-report-list")
    return _report_answer(request, row, form)


@tends
@never_cache
@require_POST
def report_read(request: HttpRequest, pk: int) -> HttpResponse:
    row = _report(pk)
    written = services.read_reported(report=row, by=request.user)
    return _report_answer(request, row, HandleForm(), written=written)


@tends
@require_http_methods(["GET", "HEAD", "POST"])
def introduce(request: HttpRequest, public_id: str) -> HttpResponse:
    """「引き合わせる」"""
    row = get_object_or_404(Offer.objects.for_list(), public_id=public_id)
    fitting = Offer.objects.fitting(row).for_list()
    keys = list(fitting.values_list("pk", flat=True)[:MOST_FITTING])
    form = IntroduceForm(request.POST or None, fitting=Offer.objects.filter(pk__in=keys).for_list())
    if form.is_valid() and attempt(
        request,
        lambda: services.introduce(first=row, by=request.user, **form.cleaned_data),
        _("引き合わせました。2つの団体の担当者に、メールで知らせます。"),
        form,
    ):
        return redirect("members:board-list")
    context = {
        "offer": row,
        "form": form,
        "has_fitting": bool(keys) and row.is_open,
        "why": why_fitting(row),
        "crumbs": _crumbs((row.title, reverse("my:offer", args=[public_id])), (_("引き合わせる"), "")),
    }
    return render(request, "members/desk/board_introduce.html", context, status=422 if form.errors else 200)


def _report(pk: int) -> BoardReport:
    found: BoardReport = get_object_or_404(BoardReport.objects.for_list(), pk=pk)
    return found


def _report_answer(
    request: HttpRequest, row: BoardReport, form: HandleForm, written: object = None
) -> HttpResponse:
    context = {
        "report": row,
        "form": form,
        "written": written,
        "history": history_of(row.conversation),
        "crumbs": _crumbs((_("事務局への知らせ"), reverse("members:board-report-list")), (_("対応"), "")),
    }
    return render(request, "members/desk/board_report.html", context, status=422 if form.errors else 200)


def _crumbs(*steps: Step) -> Crumbs:
    return crumbs((_("掲示板"), reverse("members:board-list")), *steps)
