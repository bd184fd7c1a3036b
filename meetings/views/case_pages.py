"""Case studies, for members and for the desk. Never kept, never indexed; each reading is recorded."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from meetings.audit_labels.case_studies import history_of, text_label
from meetings.case_workflow import CASE_WAYS, MEMBER_CASE_WAYS
from meetings.forms.case_studies import CaseStudyForm, JustifyForm
from meetings.forms.events import ReasonForm
from meetings.models import CaseStudy, Meeting
from meetings.models.case_studies import TEXTS, meetings_of
from meetings.permissions import case_studies as permissions
from meetings.services import case_studies as services
from members.models import Organization
from members.views.my.common import crumbs as my_crumbs
from platform_portal.access.checks import has, reason_against
from platform_portal.access.roles import Permission
from platform_portal.desk import Crumbs, Step, attempt
from platform_portal.desk import crumbs as desk_crumbs
from platform_portal.publishing.states import State, Ways
from platform_portal.publishing.steps import WAYS_OUT, NextStep, reason_against_step, steps_from

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def hidden(view: View[P]) -> View[P]:
    """No cache keeps it and no search engine may, should it ever reach one."""

    @wraps(view)
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store, private"
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response

    return answer


@dataclass(frozen=True, slots=True)
class Side:
    prefix: str
    frame: str
    is_desk: bool

    def url(self, name: str, *args: str) -> str:
        return reverse(f"meetings:{self.prefix}{'-' if name else ''}{name}", args=args)

    def find(self, request: HttpRequest, public_id: str) -> CaseStudy:
        """404 for what somebody has nothing to do with."""
        rows = CaseStudy.objects.for_list()
        if not self.is_desk and not has(request.user, Permission.TEND_CASE_STUDIES):
            rows = rows.found_by(request.user)
        found: CaseStudy = get_object_or_404(rows, public_id=public_id)
        return found

    def meeting(self, request: HttpRequest, public_id: str) -> Meeting:
        rows = Meeting.objects.select_related("body")
        if not self.is_desk and not has(request.user, Permission.TEND_CASE_STUDIES):
            own = Organization.objects.acted_for_by(request.user).values("pk")
            rows = rows.filter(pk__in=meetings_of(own).values("pk"))
        found: Meeting = get_object_or_404(rows, public_id=public_id)
        return found

    def steps(self, meeting: Meeting, *more: Step) -> Crumbs:
        if self.is_desk:
            return desk_crumbs((_("ケーススタディ"), self.url("list")), *more)
        return my_crumbs(
            (_("会議"), reverse("meetings:my-meetings")),
            (meeting.title, reverse("meetings:my-meeting", args=[meeting.public_id])),
            (_("ケーススタディ"), self.url("list", meeting.public_id)),
            *more,
        )

    def respond(
        self, request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
    ) -> HttpResponse:
        case = context.get("case")
        page = self.url("", case.public_id) if case is not None else ""
        return render(request, template, {**context, "side": self, "page_address": page}, status=status)


MY = Side("my-case", "base_my.html", is_desk=False)
DESK = Side("desk-case", "base_desk.html", is_desk=True)


def page(request: HttpRequest, side: Side, public_id: str) -> HttpResponse:
    case = services.read_case_study(case=side.find(request, public_id), by=request.user)
    user = request.user
    no_edit = reason_against(permissions.check_can_edit_case_study, user, case)
    is_author = (
        has(user, Permission.TEND_CASE_STUDIES)
        or permissions.writable_organizations(user).filter(pk=case.organization_id).exists()
    )
    context = {
        "case": case,
        "texts": [(text_label(name), getattr(case, name)) for name in TEXTS[1:]],
        "is_author": is_author,
        "no_edit": no_edit,
        "signs": services.open_signs(case) if is_author and case.state != State.PUBLISHED else [],
        "sent_back": services.why_sent_back(case) if is_author else None,
        "justified": case.signs.select_related("justified_by") if is_author else [],
        "steps": _steps(user, side, case) if is_author else [],
        "history": history_of(case) if side.is_desk else None,
        "crumbs": side.steps(case.meeting, (case.title, "")),
    }
    return side.respond(request, "meetings/cases/page.html", context)


def _ways(user: Any) -> Ways:
    return CASE_WAYS if has(user, Permission.TEND_CASE_STUDIES) else MEMBER_CASE_WAYS


def _steps(user: Any, side: Side, case: CaseStudy) -> list[tuple[NextStep, str]]:
    """What may become of it, and where that is asked."""

    def against(to: State) -> str:
        return reason_against_step(
            user,
            case,
            to,
            may_move=permissions.check_can_move_case_study,
            is_ready=services.check_is_clean,
        )

    return [
        (step, side.url("move", case.public_id, step.to))
        for step in steps_from(case.state, _ways(user), against)
    ]


def create(request: HttpRequest, side: Side, public_id: str) -> HttpResponse:
    meeting = side.meeting(request, public_id)
    organizations: list[Any] = []
    if side.is_desk:
        permissions.check_can_write_case_study(request.user, meeting, None)
    else:
        organizations = list(permissions.writable_organizations(request.user))
        if not organizations:
            permissions.check_can_read_case_studies(request.user, meeting)
            raise Http404
        permissions.check_can_read_case_studies(request.user, meeting)
    form = CaseStudyForm(request.POST or None, organizations=organizations)
    made: list[CaseStudy] = []
    if form.is_valid():
        case = CaseStudy(meeting=meeting, organization=form.cleaned_data.get("organization"))
        if attempt(
            request,
            lambda: made.append(services.save_case_study(case=case, values=form.values(), by=request.user)),
            _("下書きを保存しました。下に「確かめるところ」が出ているときは、そこを見てください。"),
            form,
        ):
            return redirect(side.url("", made[0].public_id))
    context = {
        "form": form,
        "meeting": meeting,
        "title": _("ケーススタディを書く"),
        "crumbs": side.steps(meeting, (_("書く"), "")),
    }
    return side.respond(request, "meetings/cases/form.html", context, status=422 if form.errors else 200)


def edit(request: HttpRequest, side: Side, public_id: str) -> HttpResponse:
    case = side.find(request, public_id)
    permissions.check_can_edit_case_study(request.user, case)
    title = case.title
    form = CaseStudyForm(request.POST or None, instance=case)
    if form.is_valid() and attempt(
        request,
        lambda: services.save_case_study(case=case, values=form.values(), by=request.user),
        _("保存しました。"),
        form,
    ):
        return redirect(side.url("", public_id))
    context = {
        "form": form,
        "case": case,
        "meeting": case.meeting,
        "title": _("ケーススタディを直す"),
        "crumbs": side.steps(case.meeting, (title, side.url("", public_id)), (_("直す"), "")),
    }
    return side.respond(request, "meetings/cases/form.html", context, status=422 if form.errors else 200)


def justify(request: HttpRequest, side: Side, public_id: str) -> HttpResponse:
    case = side.find(request, public_id)
    permissions.check_can_edit_case_study(request.user, case)
    form = JustifyForm(request.POST)
    if form.is_valid():
        attempt(
            request,
            lambda: services.justify_sign(case=case, by=request.user, **form.cleaned_data),
            _("残してよい理由を記録しました。"),
        )
    else:
        messages.error(request, _("残してよい理由を、300文字までで書いてください。"))
    return redirect(side.url("", public_id))


def _done(to: State) -> str:
    return {
        State.DRAFT: _("下書きに戻しました。"),
        State.IN_REVIEW: _("確認を頼みました。"),
        State.PUBLISHED: _("認めました。会員が読めるようになりました。"),
        State.SUSPENDED: _("見せるのを止めました。書いた人と事務局のほかは、読めません。"),
        State.ARCHIVED: _("保管しました。"),
    }[to]


def move(request: HttpRequest, side: Side, public_id: str, to: str) -> HttpResponse:
    """Asks for the reason or a last yes, then takes the step."""
    case = side.find(request, public_id)
    if to not in State.values:
        raise Http404
    way = _ways(request.user).get((State(case.state), State(to)))
    if way is None:
        messages.error(request, _("いまの状態では、この操作はできません。今の内容を確かめてください。"))
        return redirect(side.url("", public_id))
    permissions.check_can_move_case_study(request.user, case, State(to))
    form = ReasonForm(request.POST if request.method == "POST" else None, is_needed=way.needs_reason)
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(
            request,
            lambda: services.move_case_study(
                case=case, to=State(to), by=request.user, reason=form.cleaned_data["reason"]
            ),
            _done(State(to)),
            form,
        )
    ):
        return redirect(side.url("", public_id))
    context = {
        "case": case,
        "way": way,
        "form": form,
        "is_way_out": to in WAYS_OUT,
        "crumbs": side.steps(case.meeting, (case.title, side.url("", public_id)), (str(way.label), "")),
    }
    return side.respond(request, "meetings/cases/move.html", context, status=422 if form.errors else 200)
