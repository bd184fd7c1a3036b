"""Files of an activity: put there, opened by whoever may see the activity, taken away."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from meetings.papers.serving import file_response
from platform_portal.desk import Crumbs, Step, ask, attempt, show_form
from reports.forms.evidence import EvidenceForm
from reports.models import Activity, Evidence
from reports.permissions.activities import check_can_edit_activity
from reports.services import evidence as services
from reports.views.desk.activities import get_activity
from reports.views.desk.common import writes, year_steps


@writes
@require_http_methods(["GET", "HEAD", "POST"])
def evidence_add(request: HttpRequest, public_id: str) -> HttpResponse:
    activity = get_activity(request, public_id)
    check_can_edit_activity(request.user, activity)
    form = EvidenceForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        paper = form.cleaned_data["file"]
        if attempt(
            request,
            lambda: services.add_evidence(activity=activity, paper=paper, by=request.user),
            _("「%(name)s」を載せました。") % {"name": paper.name},
            form,
        ):
            return redirect(_at(activity))
    title = _("証拠のファイルを載せる")
    return show_form(
        request,
        form,
        title=title,
        text=activity.title,
        button=_("載せる"),
        back=_at(activity),
        steps=_steps(activity, (title, "")),
    )


@writes
@require_safe
def evidence_file(request: HttpRequest, public_id: str, evidence_id: str) -> HttpResponseBase:
    return file_response(request, _evidence(request, public_id, evidence_id), is_public=False, is_newest=True)


@writes
@require_http_methods(["GET", "HEAD", "POST"])
def evidence_remove(request: HttpRequest, public_id: str, evidence_id: str) -> HttpResponse:
    evidence = _evidence(request, public_id, evidence_id)
    activity = evidence.activity
    check_can_edit_activity(request.user, activity)
    if request.method == "POST":
        attempt(
            request,
            lambda: services.remove_evidence(evidence=evidence, by=request.user),
            _("「%(name)s」を消しました。") % {"name": evidence.name},
        )
        return redirect(_at(activity))
    return ask(
        request,
        title=_("「%(name)s」を消しますか") % {"name": evidence.name},
        text=_("消したファイルは戻せません。ファイルの名前は、変更の記録に残ります。"),
        button=_("ファイルを消す"),
        back=_at(activity),
        steps=_steps(activity, (_("ファイルを消す"), "")),
    )


def _evidence(request: HttpRequest, public_id: str, evidence_id: str) -> Evidence:
    activity = get_activity(request, public_id)
    rows = Evidence.objects.select_related("activity__scheme")
    found: Evidence = get_object_or_404(rows, activity=activity, public_id=evidence_id)
    return found


def _at(activity: Activity) -> str:
    return reverse("reports:desk-activity", args=[activity.public_id]) + "#evidence"


def _steps(activity: Activity, *more: Step) -> Crumbs:
    return year_steps(activity.scheme, (activity.title, _at(activity)), *more)
