"""The list of issues, and the page on which one is written with the mail beside it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from meetings.audit_labels.history import history_of
from newsletters.composing.filling import NAMES
from newsletters.forms.issues import IssueForm
from newsletters.issue_filters import IssueFilter
from newsletters.lints import Finding, errors_in, lint
from newsletters.models import Duty, Issue, IssueState, Newsletter
from newsletters.permissions import can_edit_issue, check_can_edit_issue
from newsletters.permissions.newsletters import can_edit_newsletters
from newsletters.seasons import season_of, seasons_for
from newsletters.services import issues as services
from newsletters.views.desk.common import (
    addressed,
    get_issue,
    issue_steps,
    posted,
    returned_with,
    shown,
    steps_of_issue,
    writes,
)
from platform_portal.access.methods import post_only
from platform_portal.desk import attempt, paged

PREVIEW = "preview"  # the button that shows and saves nothing


@writes
@require_safe
def issue_list(request: HttpRequest) -> HttpResponse:
    rows = Issue.objects.select_related("newsletter", "author").defer("body", "content")
    found = IssueFilter(request.GET, queryset=rows)
    chosen = found.qs if found.is_valid() else rows
    context = {
        "filter": found,
        "has_garbage": not found.is_valid(),
        "is_filtered": any(request.GET.get(name) for name in found.filters),
        "has_newsletters": Newsletter.objects.active().exists(),
        "may_edit_newsletters": can_edit_newsletters(request.user),
        "page": paged(request, chosen.order_by("-created_at", "-pk")),
        "crumbs": issue_steps(),
    }
    return render(request, "newsletters/desk/issue_list.html", context)


@writes
@require_http_methods(["GET", "HEAD", "POST"])
def issue_create(request: HttpRequest) -> HttpResponse:
    """`template`: a season to begin with; `duty`: the turn it is written for; `newsletter`: the one chosen before."""
    duty = _duty(request)
    season = season_of(request.GET.get("template", ""))
    initial: dict[str, Any] = {"subject": season.subject, "body": season.body} if season else {}
    chosen = _chosen(request)
    if duty is not None or chosen is not None:
        initial["newsletter"] = duty.newsletter_id if duty is not None else chosen
    form = IssueForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid() and not _wants_preview(request):
        made: list[Issue] = []
        values = form.values
        newsletter = values.pop("newsletter")
        by: Any = request.user
        if attempt(
            request,
            lambda: made.append(
                services.create_issue(newsletter=newsletter, values=values, by=by, duty=duty)
            ),
            _("下書きを保存しました。"),
            form,
        ):
            return redirect("newsletters:desk-issue", made[0].public_id)
    title = _("新しい号を書く")
    context = {
        "title": title,
        "seasons": seasons_for(timezone.localdate().month),
        "season": season,
        "duty": duty,
        "chosen": chosen,
        "crumbs": issue_steps((title, "")),
    }
    return _write_page(request, form, Issue(), context)


@writes
@require_http_methods(["GET", "HEAD", "POST"])
def issue_write(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who began to write before the issue was sent or given up still sees the words: nothing is saved, or lost."""
    issue = get_issue(public_id)
    if request.method != "POST":
        check_can_edit_issue(request.user, issue)
    initial = {
        name: getattr(issue, name) for name in ("newsletter", "subject", "body", "max_resends", "version")
    }
    form = IssueForm(posted(request), initial=initial, current=issue.newsletter)
    if request.method == "POST" and form.is_valid() and not _wants_preview(request):
        is_voided = issue.state in services.VOIDED_STATES
        values, version = form.values, form.cleaned_data["version"]
        by: Any = request.user
        saved: list[Issue] = []
        if attempt(
            request,
            lambda: saved.append(
                services.edit_issue(issue=issue, values=values, version=version, by=by),
            ),
            _("保存しました。"),
            form,
        ):
            if is_voided and saved[0].state == IssueState.DRAFT:
                messages.info(
                    request, _("承認を取り消して、下書きに戻しました。もう一度、確認を頼んでください。")
                )
            return redirect("newsletters:desk-issue", public_id)
        issue = get_issue(public_id)
        if not can_edit_issue(by, issue):
            form.add_error(
                None, _("書いたものは、下に残っています。使うときは、写して、新しい号に書いてください。")
            )
    context = {
        "title": _("号を書く"),
        "voids": issue.state in services.VOIDED_STATES,
        "returned": returned_with(issue, history_of(issue)),
        "crumbs": steps_of_issue(issue, (_("書く"), "")),
    }
    return _write_page(request, form, issue, context)


@writes
@post_only("newsletters:desk-issue-list")
def issue_preview(request: HttpRequest) -> HttpResponse:
    """The piece of the page that shows the mail as it stands in the form. Saves nothing."""
    form = IssueForm(request.POST)
    form.is_valid()
    context = {"preview": _preview(form, Issue())}
    response = render(request, "newsletters/desk/_preview.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _write_page(request: HttpRequest, form: IssueForm, issue: Issue, context: dict[str, Any]) -> HttpResponse:
    # After a refusal the next save is about what stands there now: the person sees it on the page.
    context |= {
        "form": form,
        "issue": None if issue._state.adding else issue,
        "version": "" if issue._state.adding else issue.version,
        "blocks": [f"{{{{{name}}}}}" for name in NAMES],
        "preview": _preview(form, issue),
        "is_unsaved": form.is_bound,
    }
    return render(request, "newsletters/desk/write.html", context, status=422 if form.errors else 200)


def _preview(form: IssueForm, saved: Issue) -> dict[str, Any] | None:
    """What would leave, of the words in the form; None while no newsletter is chosen."""
    values = _words_in(form)
    newsletter = values.pop("newsletter")
    if newsletter is None:
        return None
    draft = Issue(newsletter=newsletter, number=saved.number, **values)
    composed = services.proposal_of(draft)
    findings = lint(draft, composed)
    return {"shown": shown(composed.content), "findings": addressed(findings, draft), "said": _said(findings)}


def _said(findings: list[Finding]) -> str:
    """For whoever does not see the list change while they write."""
    if not findings:
        return _("直すところはありません。")
    errors = len(errors_in(findings))
    return _("必ず直すもの%(errors)s件、確かめるもの%(others)s件。") % {
        "errors": errors,
        "others": len(findings) - errors,
    }


def _words_in(form: IssueForm) -> dict[str, Any]:
    """Also of a form that is not right: the preview shows what can be shown."""
    if form.is_bound:
        data = getattr(form, "cleaned_data", {})
        newsletter = data.get("newsletter")
        subject, body = data.get("subject", ""), data.get("body", "")
    else:
        newsletter = form.initial.get("newsletter")
        if isinstance(newsletter, int):
            newsletter = Newsletter.objects.filter(pk=newsletter).first()
        subject, body = form.initial.get("subject", ""), form.initial.get("body", "")
    if newsletter is None:
        newsletter = Newsletter.objects.active().order_by("position", "pk").first()
    return {"newsletter": newsletter, "subject": subject, "body": body}


def _wants_preview(request: HttpRequest) -> bool:
    return PREVIEW in request.POST


def _chosen(request: HttpRequest) -> int | None:
    """By its key, as the form's list has it."""
    key = request.GET.get("newsletter", "")
    if not (key.isascii() and key.isdigit() and len(key) < 10):
        return None
    found: int | None = Newsletter.objects.active().filter(pk=key).values_list("pk", flat=True).first()
    return found


def _duty(request: HttpRequest) -> Duty | None:
    key = request.GET.get("duty", "")
    rows = Duty.objects.select_related("newsletter", "editor").filter(public_id=key, issue=None)
    found: Duty | None = rows.first()
    return found
