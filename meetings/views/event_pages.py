"""The pages about events that members and the desk share: whose they are decides what is found and what is asked."""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.forms.events import CopyForm, EventForm, ReasonForm
from meetings.models import ApplicantState, Event, EventApplication, EventRevision
from meetings.models.events import KEPT_DAYS
from meetings.permissions import events as permissions
from meetings.presenting import events as words
from meetings.services import event_applications, events
from platform_portal.access.checks import reason_against
from platform_portal.desk import Crumbs, Step, attempt
from platform_portal.markdown import render_markdown
from platform_portal.sheets.writing import csv_lines
from platform_portal.versions import version_in


@dataclass(frozen=True, slots=True)
class Side:
    """`prefix`: of URL names; `frame`: what the templates extend; `rows`: the events that somebody finds here."""

    prefix: str
    frame: str
    as_member: bool
    rows: Callable[[HttpRequest], Any]
    crumbs: Callable[..., Crumbs]

    def url(self, name: str, *args: str) -> str:
        """`name` empty: the page of the event itself."""
        return reverse(f"meetings:{self.prefix}{'-' if name else ''}{name}", args=args)

    def find(self, request: HttpRequest, public_id: str) -> Event:
        """404 for what belongs to others, as for what does not exist."""
        rows = self.rows(request).select_related("organization", "municipality", "submitted_by", "author")
        found: Event = get_object_or_404(rows, public_id=public_id)
        return found

    def check_can_edit(self, user: Any, event: Event) -> None:
        if self.as_member:
            permissions.check_can_edit_own_event(user, event)
        else:
            permissions.check_can_edit_event(user, event)

    def steps(self, event: Event, *more: Step) -> Crumbs:
        address = self.url("", event.public_id) if more else ""
        return self.crumbs((_("催し"), self.url("list")), (event.title, address), *more)


def respond(
    request: HttpRequest, side: Side, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    event = context.get("event")
    addresses = {"list_address": side.url("list")}
    if event is not None:
        addresses |= {
            "page_address": side.url("", event.public_id),
            "applicants_address": side.url("applicants", event.public_id),
            "file_address": side.url("applicants-file", event.public_id),
        }
    values = {**context, **addresses, "side": side}
    return render(request, template, values, status=status)


def event_context(request: HttpRequest, side: Side, event: Event) -> dict[str, Any]:
    """What both sides show of one event."""
    user = request.user
    revisions = EventRevision.objects.for_list().filter(event=event)
    pending = revisions.pending().first()
    may_see = permissions.can_see_applicants(user, event)
    return {
        "event": event,
        "description": render_markdown(event.description, top=4),
        "host": words.host_words(event),
        "when": words.when_of_event(event),
        "place": words.place_words(event),
        "capacity": words.capacity_words(event),
        "pending": pending,
        "rows": changes_of(pending) if pending else [],
        "can_withdraw": pending is not None and permissions.can_withdraw_event_revision(user, pending),
        "returned": None if pending else revisions.returned_to(user.pk).first(),
        "no_edit": reason_against(side.check_can_edit, user, event),
        "can_copy": permissions.can_copy_event(user, event, as_member=side.as_member),
        "can_cancel": permissions.can_cancel_event(user, event, as_member=side.as_member),
        "may_see_applicants": may_see,
        "counts": counts_of(event) if may_see else None,
        "crumbs": side.steps(event),
    }


@dataclass(frozen=True, slots=True)
class Counts:
    accepted: int
    waiting: int
    unreached: int  # accepted or waiting without a mail address: nobody but the host can tell them


def counts_of(event: Event) -> Counts:
    standing = event.applications.standing()
    return Counts(
        accepted=standing.accepted().people_count(),
        waiting=standing.waiting().people_count(),
        unreached=standing.filter(email="").count(),
    )


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    before: str
    after: str


def changes_of(revision: EventRevision) -> list[Row]:
    """Field by field, as it is and as it should be."""
    old, new = _from(revision.event, revision.before), _from(revision.event, revision.proposed)
    return [
        Row(str(_field(name).verbose_name), _value(old, name), _value(new, name))
        for name in revision.changed_names
    ]


def _field(name: str) -> Any:
    return Event._meta.get_field(name)


def _from(event: Event, description: dict[str, Any]) -> Event:
    shown = copy(event)
    events.set_content(shown, description)
    return shown


def _value(event: Event, name: str) -> str:
    value = getattr(event, name)
    if name in {"starts_at", "ends_at", "apply_until_at"} and value is not None:
        return f"{words.day_words(timezone.localdate(value))} {words.clock_words(value)}"
    if isinstance(value, bool):
        return _("はい") if value else _("いいえ")
    display = getattr(event, f"get_{name}_display", None)
    return str(display() if display else value) if value not in (None, "") else _("なし")


# --- Writing ------------------------------------------------------------------------------------
def edit(request: HttpRequest, side: Side, public_id: str) -> HttpResponse:
    event = side.find(request, public_id)
    side.check_can_edit(request.user, event)
    own = EventRevision.objects.pending().filter(event=event, proposed_by=request.user.pk).first()
    shown = _from(event, own.proposed) if own else copy(event)
    form = EventForm(request.POST or None, instance=shown)
    changes: list[events.Change] = []
    if form.is_valid() and attempt(
        request,
        lambda: changes.append(
            events.save_event(event=event, values=form.values(), by=request.user, as_member=side.as_member)
        ),
        _("変更を受け取りました。ほかの人が確かめると、住民の画面が変わります。")
        if event.is_published
        else _("保存しました。"),
        form,
    ):
        return redirect(side.url("", public_id))
    context = {
        "form": form,
        "event": event,
        "title": _("催しを直す"),
        "crumbs": side.steps(event, (_("直す"), "")),
    }
    return respond(request, side, "meetings/events/form.html", context, status=422 if form.errors else 200)


def create(request: HttpRequest, side: Side, organizations: list[Any]) -> HttpResponse:
    form = EventForm(request.POST or None, organizations=organizations)
    made: list[events.Change] = []
    if form.is_valid():
        event = Event(organization=form.cleaned_data.get("organization"))
        if attempt(
            request,
            lambda: made.append(
                events.save_event(
                    event=event, values=form.values(), by=request.user, as_member=side.as_member
                )
            ),
            _("下書きを保存しました。公開するには、「確認を頼む」を押してください。"),
            form,
        ):
            return redirect(side.url("", made[0].event.public_id))
    context = {
        "form": form,
        "title": _("催しを作る"),
        "crumbs": side.crumbs((_("催し"), side.url("list")), (_("作る"), "")),
    }
    return respond(request, side, "meetings/events/form.html", context, status=422 if form.errors else 200)


def copy_to_days(request: HttpRequest, side: Side, public_id: str) -> HttpResponse:
    event = side.find(request, public_id)
    permissions.check_can_copy_event(request.user, event, as_member=side.as_member)
    form = CopyForm(request.POST or None)
    if form.is_valid() and attempt(
        request,
        lambda: events.copy_event(
            event=event,
            dates=form.cleaned_data["dates"],
            by=request.user,
            as_member=side.as_member,
            submit=form.cleaned_data["submit"],
        ),
        _("%(count)d日に写しました。") % {"count": len(form.cleaned_data["dates"])},
        form,
    ):
        return redirect(side.url("list"))
    context = {
        "form": form,
        "event": event,
        "when": words.when_of_event(event),
        "crumbs": side.steps(event, (_("ほかの日程に写す"), "")),
    }
    return respond(request, side, "meetings/events/copy.html", context, status=422 if form.errors else 200)


def cancel(request: HttpRequest, side: Side, public_id: str) -> HttpResponse:
    """GET asks, POST does: everybody who has applied gets a mail."""
    event = side.find(request, public_id)
    permissions.check_can_cancel_event(request.user, event, as_member=side.as_member)
    hint = _("住民の画面と、申し込んだ人へのメールに、そのまま出ます。")
    form = ReasonForm(request.POST or None, hint=hint)
    if form.is_valid() and attempt(
        request,
        lambda: events.cancel_event(
            event=event, by=request.user, reason=form.cleaned_data["reason"], as_member=side.as_member
        ),
        _("中止にしました。メールアドレスのある申込者に、メールで知らせます。"),
        form,
    ):
        return redirect(side.url("", public_id))
    context = {"form": form, "event": event, "crumbs": side.steps(event, (_("中止にする"), ""))}
    return respond(request, side, "meetings/events/cancel.html", context, status=422 if form.errors else 200)


def withdraw_revision(request: HttpRequest, side: Side, public_id: str) -> HttpResponse:
    event = side.find(request, public_id)
    revision = get_object_or_404(EventRevision.objects.pending(), event=event)
    attempt(
        request,
        lambda: events.withdraw_event_revision(revision=revision, by=request.user),
        _("変更を取り下げました。住民の画面は、前の内容のままです。"),
    )
    return redirect(side.url("", public_id))


def version_read(request: HttpRequest) -> Any:
    return version_in(request.POST.get("version", ""))


# --- Applicants ---------------------------------------------------------------------------------
def applicants(request: HttpRequest, side: Side, public_id: str) -> HttpResponse:
    """For the host alone; that somebody looked is recorded."""
    event = side.find(request, public_id)
    permissions.check_can_see_applicants(request.user, event)
    applications = event_applications.open_applicants(event=event, by=request.user)
    context = {
        "event": event,
        "applications": applications,
        "repeated": with_one_number(applications),
        "counts": counts_of(event),
        "capacity": words.capacity_words(event),
        "days": KEPT_DAYS,
        "crumbs": side.steps(event, (_("申し込んだ人"), "")),
    }
    return respond(request, side, "meetings/events/applicants.html", context)


def with_one_number(applications: Sequence[EventApplication]) -> set[int]:
    """Keys of standing applications that share a telephone number.

    An address has one seat; whoever leaves only a number cannot be told by mail, so the host asks when calling.
    """
    rows: dict[str, list[int]] = {}
    for application in applications:
        digits = "".join(character for character in application.phone if character.isdigit())
        if digits and application.is_standing:
            rows.setdefault(digits, []).append(application.pk)
    return {pk for keys in rows.values() if len(keys) > 1 for pk in keys}


def applicants_file(request: HttpRequest, side: Side, public_id: str) -> HttpResponseBase:
    event = side.find(request, public_id)
    permissions.check_can_see_applicants(request.user, event)
    rows = event_applications.export_applicants(event=event, by=request.user)
    lines = csv_lines([_head(), *(_line(row) for row in rows)])
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="applicants-{public_id}.csv"'
    return response


def _head() -> list[str]:
    return [
        _("状態"),
        _("名前"),
        _("人数"),
        _("メール"),
        _("電話"),
        _("配慮してほしいこと"),
        _("申し込んだ時刻"),
    ]


def _line(row: EventApplication) -> list[str]:
    at = timezone.localtime(row.applied_at)
    state = str(ApplicantState(row.state).label)
    return [state, row.name, str(row.people), row.email, row.phone, row.note, f"{at:%Y-%m-%d %H:%M}"]


def cancel_application(request: HttpRequest, side: Side, public_id: str, application_id: str) -> HttpResponse:
    """GET asks, POST does: at the word of somebody who called."""
    event = side.find(request, public_id)
    permissions.check_can_see_applicants(request.user, event)
    application = get_object_or_404(event.applications, public_id=application_id)
    permissions.check_can_cancel_application_for(request.user, application)
    if request.method == "POST":
        attempt(
            request,
            lambda: event_applications.cancel_application(application=application, by=request.user),
            _("申込を取り消しました。席が空いたときは、キャンセル待ちの人にまわしました。"),
        )
        return redirect(side.url("applicants", public_id))
    context = {
        "event": event,
        "application": application,
        "crumbs": side.steps(
            event, (_("申し込んだ人"), side.url("applicants", public_id)), (_("取り消す"), "")
        ),
    }
    return respond(request, side, "meetings/events/application_cancel.html", context)
