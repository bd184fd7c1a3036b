"""送達台帳: "did they get it?", over all issues; every copy of one issue; the same as a file."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from newsletters.ledger import Stretch, counts_of, stretch
from newsletters.models import Delivery, DeliveryState, Issue
from newsletters.services.exporting import export_ledger
from newsletters.standing import standing_of
from newsletters.views.desk.common import issue_steps
from newsletters.views.desk.sending import get_issue, sending_steps, sends
from platform_portal.access.checks import has
from platform_portal.access.methods import post_only
from platform_portal.access.roles import Permission
from platform_portal.desk import SearchWords, paged
from platform_portal.sheets.pages import download

SEARCH = SearchWords("newsletter_ledger_words", gettext_lazy("メールアドレス（一部でも）"))
ISSUES_PER_PAGE = 20


@sends
@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """With words what these people were sent, over all issues; without, the issues that have a ledger."""
    words = SEARCH.of(request).strip()
    context: dict[str, Any] = {
        "words": words,
        "search": SEARCH.form(request),
        "crumbs": issue_steps((_("送達台帳"), "")),
    }
    if words:
        rows = Delivery.objects.search(words).select_related("issue__newsletter")
        context["found"] = _piece(request, rows)
        if has(request.user, Permission.TEND_SUBSCRIBERS):
            context["standings"] = standing_of(words)
    else:
        issues = Issue.objects.frozen().select_related("newsletter").defer("content", "body")
        context["page"] = paged(request, issues.order_by("-frozen_at", "-pk"), ISSUES_PER_PAGE)
    return render(request, "newsletters/desk/ledger.html", context)


@sends
@post_only("newsletters:desk-ledger")
def ledger_search(request: HttpRequest) -> HttpResponse:
    return SEARCH.keep(request, "newsletters:desk-ledger")


@sends
@require_safe
def issue_ledger(request: HttpRequest, public_id: str) -> HttpResponse:
    """`state`: only those; `before`, `after`: where in the list. The number of rows comes from the counts."""
    issue = get_issue(public_id)
    state, counts = _state(request), counts_of(issue)
    rows = Delivery.objects.filter(issue=issue, **({"state": state} if state else {}))
    context = {
        "issue": issue,
        "state": state,
        "found": _piece(request, rows),
        "counts": counts,
        "many": counts.of(DeliveryState(state)) if state else counts.total,
        "states": [(each.value, each.label, counts.of(each)) for each in DeliveryState if counts.of(each)],
        "crumbs": sending_steps(issue, (_("あて先ごとの結果"), "")),
    }
    return render(request, "newsletters/desk/issue_ledger.html", context)


@sends
@require_safe
def ledger_file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The same rows as CSV. Who took it along is recorded."""
    issue, state = get_issue(public_id), _state(request)
    by: Any = request.user
    if issue.frozen_at is None:
        return redirect("newsletters:desk-issue-ledger", public_id)
    rows = export_ledger(issue=issue, state=state, by=by)
    return download(_lines(rows), name=f"ledger-{public_id}", title=_("送達台帳"), as_workbook=False)


def _state(request: HttpRequest) -> str:
    wanted = request.GET.get("state", "")
    return wanted if wanted in DeliveryState.values else ""


def _piece(request: HttpRequest, rows: Any) -> Stretch:
    before, after = (_key(request.GET.get(name, "")) for name in ("before", "after"))
    return stretch(rows, before=before, after=after)


def _key(text: str) -> int | None:
    """What no key can be is nothing."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _lines(rows: Any) -> Iterator[list[str]]:
    yield [
        _("メールアドレス"),
        _("状態"),
        _("送った時刻"),
        _("戻ってきた時刻"),
        _("送ろうとした回数"),
        _("届いたか分からない回数"),
        _("サーバーの答え"),
        _("最後の失敗"),
        "Message-ID",
    ]
    for row in rows:
        yield [
            row.address or _("（消しました）"),
            str(row.get_state_display()),
            _moment(row.accepted_at),
            _moment(row.bounced_at),
            str(row.attempts),
            str(row.doubts),
            str(row.smtp_code or ""),
            row.reply,
            row.message_id,
        ]


def _moment(at: Any) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}" if at else ""
