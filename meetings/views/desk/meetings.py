"""The desk's list of meetings, and the one page from which everything about a meeting is reached."""

from typing import Any

from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from meetings.audit_labels.history import history_of
from meetings.filters import DeskMeetingFilter
from meetings.forms.meetings import CountFormSet, MeetingForm, ObserversForm, ReasonForm
from meetings.models import Body, Meeting, MeetingState
from meetings.permissions.meetings import (
    can_delete_meeting,
    can_edit_meetings,
    can_move_meeting,
    check_can_delete_meeting,
    check_can_edit_meeting,
    check_can_move_meeting,
)
from meetings.presenting.agenda import tree_of
from meetings.presenting.titles import title_of_next
from meetings.presenting.todo import todos_of
from meetings.services import meetings as services
from meetings.views.desk.common import address_of, edits, get_meeting, led_back, meeting_steps, sees
from meetings.workflow import MEETING_WAYS
from platform_portal.access.checks import reason_against
from platform_portal.desk import ask, attempt, crumbs, paged
from platform_portal.japanese.calendar import fiscal_year
from platform_portal.publishing.states import Way
from platform_portal.versions import version_in

# Those that follow the minutes are taken with them, not by a button.
FOLLOWING = {
    (MeetingState.HELD, MeetingState.PUBLISHED),
    (MeetingState.PUBLISHED, MeetingState.HELD),
}


@sees
@require_safe
def meeting_list(request: HttpRequest) -> HttpResponse:
    rows = Meeting.objects.on_desk_for(request.user)
    found = DeskMeetingFilter(request.GET, queryset=rows)
    chosen = found.qs if found.is_valid() else rows
    context = {
        "filter": found,
        "has_garbage": not found.is_valid(),
        "page": paged(request, chosen.for_list()),
        "is_filtered": any(request.GET.get(name) for name in found.filters),
        "can_edit": can_edit_meetings(request.user),
        "crumbs": crumbs((_("会議・議事録"), "")),
    }
    return render(request, "meetings/desk/meeting_list.html", context)


@sees
@require_safe
def meeting_page(request: HttpRequest, public_id: str) -> HttpResponse:
    meeting = get_meeting(request, public_id)
    me = request.user
    context = {
        "meeting": meeting,
        "todos": todos_of(meeting) if can_edit_meetings(me) else [],
        "steps": _steps(me, meeting),
        "against_edit": reason_against(check_can_edit_meeting, me, meeting),
        "can_edit": can_edit_meetings(me),
        "can_delete": can_delete_meeting(me, meeting),
        "nodes": tree_of(meeting),
        "counts": list(meeting.counts.all()),
        "history": history_of(meeting),
        "crumbs": meeting_steps(meeting),
    }
    return render(request, "meetings/desk/meeting_page.html", context)


def _steps(user: Any, meeting: Meeting) -> list[tuple[str, Way, bool]]:
    """(state, way, leads out) of the buttons."""
    return [
        (after.value, way, way.needs_reason)
        for (before, after), way in MEETING_WAYS.items()
        if before == meeting.state
        and (before, after) not in FOLLOWING
        and can_move_meeting(user, meeting, after)
    ]


# --- Writing --------------------------------------------------------------------------------------
@edits
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_create(request: HttpRequest) -> HttpResponse:
    body = Body.objects.active().filter(public_id=request.GET.get("body", "")).first()
    initial: dict[str, Any] = {}
    if body is not None:
        initial = {"body": body, "audience": body.audience, **_next_number(body)}
    form = MeetingForm(request.POST or None, initial=initial)
    return _create(request, form, None, _("会議を登録する"))


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_next(request: HttpRequest, public_id: str) -> HttpResponse:
    """A new one that takes over what usually stays: body, place, hours, audience, agenda."""
    source = get_meeting(request, public_id)
    starts, ends = timezone.localtime(source.starts_at), source.ends_at
    number = _next_number(source.body)
    initial = {
        "body": source.body,
        "title": title_of_next(source, number["number"], fiscal_year(timezone.localdate())),
        "place": source.place,
        "online_url": source.online_url,
        "audience": source.audience,
        "starts": starts.time().replace(second=0, microsecond=0),
        "ends": timezone.localtime(ends).time().replace(second=0, microsecond=0) if ends else None,
        **number,
    }
    form = MeetingForm(request.POST or None, initial=initial)
    return _create(request, form, source, _("次の会議をこの会議から作る"))


def _next_number(body: Body) -> dict[str, int]:
    """After the last one of this fiscal year."""
    rows = body.meetings.filter(fiscal_year=fiscal_year(timezone.localdate()))
    return {"number": (rows.aggregate(last=Max("number"))["last"] or 0) + 1}


def _create(request: HttpRequest, form: MeetingForm, source: Meeting | None, title: str) -> HttpResponse:
    if form.is_valid():
        made: list[Meeting] = []
        values = form.values()
        if attempt(
            request,
            lambda: made.append(services.create_meeting(values=values, by=request.user, source=source)),
            _("「%(title)s」を登録しました。まだだれにも知らせていません。") % {"title": values["title"]},
            form,
        ):
            return redirect(address_of(made[0]))
    promised = list(source.body.action_items.open()[:20]) if source is not None else []
    steps = [(title, "")]
    context = {
        "form": form,
        "title": title,
        "promised": promised,
        "source": source,
        "back": address_of(source) if source else reverse("meetings:desk-meeting-list"),
        "crumbs": meeting_steps(source, *steps),
    }
    return render(request, "meetings/desk/meeting_form.html", context, status=422 if form.errors else 200)


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    meeting = get_meeting(request, public_id)
    against = reason_against(check_can_edit_meeting, request.user, meeting)
    if answer := led_back(request, address_of(meeting), against):
        return answer
    form = MeetingForm(request.POST or None, instance=meeting)
    if form.is_valid() and attempt(
        request,
        lambda: services.change_meeting(meeting=meeting, values=form.values(), by=request.user),
        _("「%(title)s」を保存しました。") % {"title": form.cleaned_data["title"]},
        form,
    ):
        return redirect(address_of(meeting))
    title = _("会議の内容を直す")
    context = {
        "form": form,
        "title": title,
        "promised": [],
        "source": None,
        "back": address_of(meeting),
        "crumbs": meeting_steps(meeting, (title, "")),
    }
    return render(request, "meetings/desk/meeting_form.html", context, status=422 if form.errors else 200)


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_numbers(request: HttpRequest, public_id: str) -> HttpResponse:
    meeting = get_meeting(request, public_id)
    against = reason_against(check_can_edit_meeting, request.user, meeting)
    if answer := led_back(request, address_of(meeting), against):
        return answer
    rows = [{"label": row.label, "count": row.count, "unit": row.unit} for row in meeting.counts.all()]
    version = meeting.updated_at.isoformat()
    form = ObserversForm(request.POST or None, initial={"observers": meeting.observers, "version": version})
    formset = CountFormSet(request.POST or None, initial=rows, prefix="counts")
    if request.method == "POST" and form.is_valid() and formset.is_valid():

        def save() -> None:
            services.record_numbers(
                meeting=meeting,
                observers=form.cleaned_data["observers"],
                counts=formset.counts(),
                version=version_in(seen) if (seen := form.cleaned_data["version"]) else None,
                by=request.user,
            )

        if attempt(request, save, _("参加の数を保存しました。"), form):
            return redirect(address_of(meeting))
    has_errors = request.method == "POST"
    context = {
        "meeting": meeting,
        "form": form,
        "formset": formset,
        "crumbs": meeting_steps(meeting, (_("参加の数"), "")),
    }
    return render(request, "meetings/desk/meeting_numbers.html", context, status=422 if has_errors else 200)


# --- Moving ---------------------------------------------------------------------------------------
@edits
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_move(request: HttpRequest, public_id: str, to: str) -> HttpResponse:
    meeting = get_meeting(request, public_id)
    if to not in MeetingState.values or (MeetingState(meeting.state), MeetingState(to)) in FOLLOWING:
        raise Http404
    after = MeetingState(to)
    against = reason_against(check_can_move_meeting, request.user, meeting, after)
    if answer := led_back(request, address_of(meeting), against):
        return answer
    way = MEETING_WAYS[MeetingState(meeting.state), after]
    form = ReasonForm(request.POST or None) if way.needs_reason else None
    if request.method == "POST" and (form is None or form.is_valid()):
        reason = form.cleaned_data["reason"] if form is not None else ""
        if attempt(
            request,
            lambda: services.move_meeting(meeting=meeting, to=after, by=request.user, reason=reason),
            _("「%(title)s」を「%(state)s」にしました。") % {"title": meeting.title, "state": after.label},
            form,
        ):
            return redirect(address_of(meeting))
        if form is None:
            return redirect(address_of(meeting))
    context = {
        "meeting": meeting,
        "way": way,
        "form": form,
        "text": _effect(meeting, after),
        "back": address_of(meeting),
        "crumbs": meeting_steps(meeting, (str(way.label), "")),
    }
    has_errors = form is not None and bool(form.errors)
    return render(request, "meetings/desk/meeting_move.html", context, status=422 if has_errors else 200)


def _effect(meeting: Meeting, after: MeetingState) -> str:
    if after == MeetingState.CANCELLED:
        return _("ページは消えません。中止したことと理由が、見られる人に見えます。カレンダーにも伝わります。")
    if after == MeetingState.HELD:
        return _("これから、参加の数と議事録を書きます。")
    if meeting.state == MeetingState.DRAFT:
        return _(
            "これから「%(who)s」に見えるようになります。案内のメールは、「案内と出欠」から送ります。"
        ) % {"who": meeting.get_audience_display()}
    return _("また「開催予定」として見えるようになります。日時が変わるときは、このあと直してください。")


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_delete(request: HttpRequest, public_id: str) -> HttpResponse:
    meeting = get_meeting(request, public_id)
    against = reason_against(check_can_delete_meeting, request.user, meeting)
    if answer := led_back(request, address_of(meeting), against):
        return answer
    if request.method == "POST":
        if attempt(
            request,
            lambda: services.delete_meeting(meeting=meeting, by=request.user),
            _("「%(title)s」を消しました。") % {"title": meeting.title},
        ):
            return redirect("meetings:desk-meeting-list")
        return redirect(address_of(meeting))
    return ask(
        request,
        title=_("「%(title)s」を消しますか") % {"title": meeting.title},
        text=_("次第もいっしょに消えます。元には戻せません。まだだれにも知らせていない会議です。"),
        button=_("会議を消す"),
        back=address_of(meeting),
        steps=meeting_steps(meeting, (_("会議を消す"), "")),
    )
