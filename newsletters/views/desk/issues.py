"""One issue on the desk: what is to be mended, the next step, approval, the time at which it leaves."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from meetings.audit_labels.history import history_of
from newsletters.content import from_json
from newsletters.forms.issues import ScheduleForm, StepForm
from newsletters.lints import errors_in, lint
from newsletters.models import BOUND_STATES, Issue, IssueState, Subscriber
from newsletters.permissions import check_can_edit_issue, check_can_move_issue
from newsletters.services import issues as services
from newsletters.views.desk.common import (
    addressed,
    get_issue,
    posted,
    returned_with,
    shown,
    steps_of_issue,
    writes,
)
from newsletters.workflow import ISSUE_WAYS
from platform_portal.access.checks import has, reason_against
from platform_portal.access.roles import Permission
from platform_portal.desk import attempt
from platform_portal.japanese.calendar import format_wareki_moment

# Steps that are a button here; approving and setting a time have pages of their own, sending has the ledger's.
_BUTTONS = {
    (IssueState.DRAFT, IssueState.IN_REVIEW),
    (IssueState.IN_REVIEW, IssueState.DRAFT),
    (IssueState.APPROVED, IssueState.DRAFT),
    (IssueState.SCHEDULED, IssueState.DRAFT),
    (IssueState.SCHEDULED, IssueState.APPROVED),
    (IssueState.DRAFT, IssueState.CANCELLED),
    (IssueState.APPROVED, IssueState.CANCELLED),
    (IssueState.SCHEDULED, IssueState.CANCELLED),
}
_PAGES = {
    (IssueState.IN_REVIEW, IssueState.APPROVED): "desk-issue-approve",
    (IssueState.APPROVED, IssueState.SCHEDULED): "desk-issue-schedule",
}
_FORWARD = (IssueState.IN_REVIEW, IssueState.APPROVED, IssueState.SCHEDULED)


@dataclass(frozen=True, slots=True)
class Step:
    """A way on. `against` says why it cannot be taken, or is empty; `page`: the URL name of a page of its own.

    `others`: it is the step of other people, in words; then there is no button at all.
    """

    to: str
    label: str
    against: str
    needs_reason: bool
    is_main: bool
    page: str
    others: str = ""


@writes
@require_http_methods(["GET", "HEAD", "POST"])
def issue_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """By POST: `to` (a step, with its reason)."""
    issue = get_issue(public_id)
    form = _step_form(request, issue)
    if form is not None and form.is_valid() and _move(request, issue, form):
        return redirect("newsletters:desk-issue", public_id)
    if form is not None:
        issue = get_issue(public_id)
    composed = None if issue.state in BOUND_STATES else services.proposal_of(issue)
    findings = lint(issue, composed) if composed else []
    content = composed.content if composed else from_json(issue.content or {})
    history = history_of(issue)
    context = {
        "issue": issue,
        "shown": shown(content),
        "is_final": composed is None,
        "findings": addressed(findings, issue),
        "error_count": len(errors_in(findings)),
        "no_writing": reason_against(check_can_edit_issue, request.user, issue),
        "voids": issue.state in services.VOIDED_STATES,
        "steps": _steps_of(request.user, issue, len(errors_in(findings))),
        "step_form": form,
        "asked_for": request.POST.get("to", ""),
        "attachments": issue.attachments.order_by("pk"),
        "readers": Subscriber.objects.reading(issue.newsletter).count(),
        "may_see_sending": has(request.user, Permission.SEND_ISSUES) and issue.state in BOUND_STATES,
        "history": history,
        "returned": returned_with(issue, history),
        "crumbs": steps_of_issue(issue),
    }
    return render(
        request, "newsletters/desk/issue.html", context, status=422 if form and form.errors else 200
    )


@writes
@require_http_methods(["GET", "HEAD", "POST"])
def issue_approve(request: HttpRequest, public_id: str) -> HttpResponse:
    """Shows what would leave, to how many; approves just that. What changed meanwhile is shown anew."""
    issue = get_issue(public_id)
    if issue.state != IssueState.IN_REVIEW:
        messages.info(request, _("この号は「%(state)s」です。") % {"state": issue.get_state_display()})
        return redirect("newsletters:desk-issue", public_id)
    if request.method == "POST":
        by: Any = request.user
        seen = request.POST.get("seen", "")
        if attempt(
            request,
            lambda: services.approve_issue(issue=issue, seen_sha256=seen, by=by),
            _("承認しました。次に、送る時刻を決めてください。"),
        ):
            return redirect("newsletters:desk-issue", public_id)
        issue = get_issue(public_id)
    composed = services.proposal_of(issue)
    findings = lint(issue, composed)
    context = {
        "issue": issue,
        "shown": shown(composed.content, top=2),
        "findings": addressed(findings, issue),
        "error_count": len(errors_in(findings)),
        "against": reason_against(check_can_move_issue, request.user, issue, IssueState.APPROVED),
        "readers": Subscriber.objects.reading(issue.newsletter).count(),
        "attachments": issue.attachments.order_by("pk"),
        "crumbs": steps_of_issue(issue, (_("確認して承認する"), "")),
    }
    return render(request, "newsletters/desk/approve.html", context)


@writes
@require_http_methods(["GET", "HEAD", "POST"])
def issue_schedule(request: HttpRequest, public_id: str) -> HttpResponse:
    issue = get_issue(public_id)
    if issue.state != IssueState.APPROVED:
        messages.info(request, _("この号は「%(state)s」です。") % {"state": issue.get_state_display()})
        return redirect("newsletters:desk-issue", public_id)
    form = ScheduleForm(posted(request))
    if form.is_valid():
        send_at, by = form.cleaned_data["send_at"], request.user
        if attempt(
            request,
            lambda: services.schedule_issue(issue=issue, send_at=send_at, by=by),
            _("%(at)s に送ります。") % {"at": format_wareki_moment(send_at)}
            if send_at
            else _("まもなく送りはじめます。"),
            form,
        ):
            return redirect("newsletters:desk-issue", public_id)
    context = {
        "issue": issue,
        "form": form,
        "against": reason_against(check_can_move_issue, request.user, issue, IssueState.SCHEDULED),
        "readers": Subscriber.objects.reading(issue.newsletter).count(),
        "crumbs": steps_of_issue(issue, (_("送る時刻を決める"), "")),
    }
    return render(request, "newsletters/desk/schedule.html", context, status=422 if form.errors else 200)


def _step_form(request: HttpRequest, issue: Issue) -> StepForm | None:
    to = request.POST.get("to", "")
    if not to:
        return None
    if to not in IssueState.values:
        raise Http404
    way = ISSUE_WAYS.get((IssueState(issue.state), IssueState(to)))
    return StepForm(request.POST, needs_reason=bool(way and way.needs_reason))


def _move(request: HttpRequest, issue: Issue, form: StepForm) -> bool:
    to, by = IssueState(request.POST["to"]), request.user
    reason, version = form.cleaned_data["reason"], form.cleaned_data["version"]
    before = IssueState(issue.state)
    actions = {
        IssueState.IN_REVIEW: lambda: services.request_review(issue=issue, version=version, by=by),
        IssueState.DRAFT: lambda: (
            services.return_issue(issue=issue, reason=reason, by=by)
            if before == IssueState.IN_REVIEW
            else services.reopen_issue(issue=issue, by=by)
        ),
        IssueState.APPROVED: lambda: services.unschedule_issue(issue=issue, by=by),
        IssueState.CANCELLED: lambda: services.discard_issue(issue=issue, reason=reason, by=by),
    }
    if to not in actions or (to == IssueState.APPROVED and before == IssueState.IN_REVIEW):
        raise Http404  # has a page of its own, or is the portal's
    return attempt(request, actions[to], _done(before, to))


def _done(before: IssueState, to: IssueState) -> str:
    """What was done, and whose turn it is now."""
    if to == IssueState.IN_REVIEW:
        return _("確認を頼みました。事務局の「きょうの仕事」に出ています。")
    if to == IssueState.DRAFT and before == IssueState.IN_REVIEW:
        return _("理由を付けて、下書きに戻しました。")
    if to == IssueState.DRAFT:
        return _("承認を取り消して、下書きに戻しました。")
    if to == IssueState.APPROVED:
        return _("送る予定を取り消しました。承認はそのままです。")
    return _("この号をやめました。")


def _steps_of(user: Any, issue: Issue, errors: int) -> list[Step]:
    """Every way that leads on from here, the main one first. Of the steps of others only those that come next."""
    steps = []
    for (before, to), way in ISSUE_WAYS.items():
        pair = (before, to)
        if before != issue.state or (pair not in _BUTTONS and pair not in _PAGES):
            continue
        if way.permission is not None and not has(user, way.permission):
            if pair in _PAGES:
                words = (
                    _("ほかの人（事務局）が確かめて、承認します。")
                    if to == IssueState.APPROVED
                    else _("送る時刻は、事務局が決めます。")
                )
                steps.append(Step(to.value, str(way.label), "", way.needs_reason, True, "", words))
            continue
        against = reason_against(check_can_move_issue, user, issue, to)
        if not against and to == IssueState.IN_REVIEW and errors:
            against = _("先に、「直すところ」の「必ず直す」を片付けてください。")
        page = _PAGES.get(pair, "") if not against else ""
        is_main = to in _FORWARD and before != IssueState.SCHEDULED
        steps.append(Step(to.value, str(way.label), against, way.needs_reason, is_main, page))
    return sorted(steps, key=lambda step: not step.is_main)
