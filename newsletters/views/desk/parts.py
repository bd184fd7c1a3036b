"""What belongs to one issue: its files, and the mail to colleagues before anybody approves it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from meetings.papers.serving import file_response
from newsletters.forms.issues import AttachmentForm, TrialForm
from newsletters.models import IssueAttachment
from newsletters.permissions import check_can_edit_issue
from newsletters.services import attachments as services
from newsletters.services.issues import VOIDED_STATES
from newsletters.services.trials import send_trial
from newsletters.views.desk.common import (
    address_of,
    get_issue,
    posted,
    posted_with_files,
    steps_of_issue,
    writes,
)
from platform_portal.desk import ask, attempt, show_form


@writes
@require_http_methods(["GET", "HEAD", "POST"])
def attachment_add(request: HttpRequest, public_id: str) -> HttpResponse:
    issue = get_issue(public_id)
    check_can_edit_issue(request.user, issue)
    form = AttachmentForm(*posted_with_files(request))
    if request.method == "POST" and form.is_valid():
        paper, by = form.cleaned_data["file"], request.user
        if attempt(
            request,
            lambda: services.add_attachment(issue=issue, paper=paper, by=by),
            _("「%(name)s」を付けました。") % {"name": paper.name},
            form,
        ):
            return redirect(f"{address_of(issue)}#attachments")
    title = _("ファイルを付ける")
    return show_form(
        request,
        form,
        title=title,
        text=_voiding(issue.state)
        or _("大きなファイルは、ポータルの資料のページに載せてリンクにしてください。"),
        button=_("付ける"),
        back=address_of(issue),
        steps=steps_of_issue(issue, (title, "")),
    )


@writes
@require_safe
def attachment_file(request: HttpRequest, public_id: str, attachment_id: str) -> HttpResponseBase:
    attachment = _attachment(public_id, attachment_id)
    return file_response(request, attachment, is_public=False, is_newest=True)


@writes
@require_http_methods(["GET", "HEAD", "POST"])
def attachment_remove(request: HttpRequest, public_id: str, attachment_id: str) -> HttpResponse:
    attachment = _attachment(public_id, attachment_id)
    issue = attachment.issue
    check_can_edit_issue(request.user, issue)
    if request.method == "POST":
        by: Any = request.user
        attempt(
            request,
            lambda: services.remove_attachment(attachment=attachment, by=by),
            _("「%(name)s」を外しました。") % {"name": attachment.name},
        )
        return redirect(f"{address_of(issue)}#attachments")
    return ask(
        request,
        title=_("「%(name)s」を外しますか") % {"name": attachment.name},
        text=_("外したファイルは戻せません。") + _voiding(issue.state),
        button=_("ファイルを外す"),
        back=address_of(issue),
        steps=steps_of_issue(issue, (_("ファイルを外す"), "")),
    )


@writes
@require_http_methods(["GET", "HEAD", "POST"])
def issue_trial(request: HttpRequest, public_id: str) -> HttpResponse:
    issue = get_issue(public_id)
    by: Any = request.user
    form = TrialForm(posted(request), initial={"people": [by.pk]})
    if request.method == "POST" and form.is_valid():
        people = list(form.cleaned_data["people"])
        if attempt(
            request,
            lambda: send_trial(issue=issue, people=people, by=by),
            _("%(count)s人に試し送りしました。数分で届きます。") % {"count": len(people)},
            form,
        ):
            return redirect(address_of(issue))
    title = _("試し送りをする")
    return show_form(
        request,
        form,
        title=title,
        text=_(
            "いま保存されている内容を、件名に「【試し送り】」を付けて送ります。添付ファイルも付きます。差出人はポータルです。"
            "「配信をやめる」のリンクは、押しても何も起きないページを開きます。"
        ),
        button=_("試し送りをする"),
        back=address_of(issue),
        steps=steps_of_issue(issue, (title, "")),
    )


def _voiding(state: str) -> str:
    if state not in VOIDED_STATES:
        return ""
    return _("この号は承認が済んでいます。変えると承認は取り消され、下書きに戻ります。")


def _attachment(public_id: str, attachment_id: str) -> IssueAttachment:
    rows = IssueAttachment.objects.select_related("issue__newsletter")
    found: IssueAttachment = get_object_or_404(rows, issue__public_id=public_id, public_id=attachment_id)
    return found
