"""Writing a window: the form, its buttons that save nothing, and the way out when two people write at once.

The desk and the members' pages put it into their own frame: see Place.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from consultations import services
from consultations.forms.editor import ADDABLE, WindowEditor, digest, with_row, with_rule, with_suggestion
from consultations.hours.evaluation import DayHours, week_table
from consultations.hours.parsing import ParsedHours
from consultations.hours_words import hours_words, lacks_days, read_hours_text
from consultations.models import ConsultationWindow, RevisionState, WindowRevision
from consultations.opening import holiday_calendar
from consultations.presenting import Clock
from consultations.services import Change
from consultations.views.desk.common import history_of
from consultations.views.desk.reviewing import words_on_editing_under_review, words_on_return
from consultations.views.public.detail import detail_context
from members.models import Organization
from platform_portal.access.checks import Refused
from platform_portal.audit.words import Line
from platform_portal.desk import Crumbs
from platform_portal.versions import NEVER

NAMES_OFFERED = 300


@dataclass(frozen=True, slots=True)
class Place:
    """Whose form it is. `crumbs` gets the window and the page's title."""

    template: str
    namespace: str
    as_member: bool
    crumbs: Callable[[ConsultationWindow, str], Crumbs]


@dataclass(slots=True)
class Answer:
    """What the page says besides the form."""

    warnings: list[str]
    others: list[Line]
    is_conflict: bool = False
    parsed: ParsedHours | None = None

    @property
    def lacks_days(self) -> bool:
        return self.parsed is not None and lacks_days(self.parsed.opening_hours or "")


class Editing:
    """One request for one window's form."""

    def __init__(self, request: HttpRequest, window: ConsultationWindow, place: Place) -> None:
        self.request = request
        self.window = window
        self.place = place
        self.answer = Answer([], [])
        self.begun_from = self._revision()

    def respond(self) -> HttpResponse:
        if self.request.method != "POST":
            return self.page(self.editor(None))
        helper = self._without_saving(self.request.POST)
        if helper is not None:
            return self.page(helper)
        editor = self.editor(self.request.POST)
        if not editor.is_valid():
            return self.page(editor, status=422)
        if "preview" in self.request.POST:
            return self._preview(editor)
        warnings = editor.warnings()
        if not editor.are_confirmed(warnings):
            self.answer.warnings = warnings
            return self.page(editor, status=422)
        saved = self._save(editor)
        if saved is None:
            return self.page(editor, status=409 if self.answer.is_conflict else 422)
        return redirect(f"{self.place.namespace}:window-page", public_id=saved.public_id)

    # --- What the form begins with -------------------------------------------------------------
    def _revision(self) -> WindowRevision | None:
        """The person's own change that the form goes on with: a waiting one, or a returned one that was asked for."""
        if self.window._state.adding:
            return None
        own = self.window.revisions.filter(proposed_by=self.request.user.pk)
        asked = (self.request.POST if self.request.method == "POST" else self.request.GET).get("revision", "")
        chosen = own.filter(public_id=asked, state=RevisionState.RETURNED).first()
        return chosen or own.waiting().order_by("-proposed_at").first()

    def editor(self, data: QueryDict | None) -> WindowEditor:
        start = None
        if self.begun_from is not None:
            live = services.describe_content(self.window)
            start = services.content_from_description(self.begun_from.merge_with(live).result)
        fields = services.MEMBER_FIELDS if self.place.as_member else None
        return WindowEditor(self.window, data, start=start, fields=fields)

    # --- Buttons that save nothing -------------------------------------------------------------
    def _without_saving(self, data: QueryDict) -> WindowEditor | None:
        """The form after one of its own buttons, or None when it is to be saved."""
        added = str(data.get("add", ""))
        if added in ADDABLE:
            return self.editor(with_row(data, added)).without_errors()
        if "take" in data:
            return self.editor(with_suggestion(data, str(data["take"]))).without_errors()
        if "say" in data:
            return self.editor(data)
        if "read" in data:
            self.answer.parsed = read_hours_text(str(data.get("hours_text", ""))[:500])
            rule = self.answer.parsed.opening_hours
            return self.editor(with_rule(data, rule) if rule else data).without_errors()
        return None

    def _preview(self, editor: WindowEditor) -> HttpResponse:
        try:
            with services.as_if_saved(
                window=self.window, content=editor.content(), by=self.request.user
            ) as shown:
                return preview_response(self.request, shown, is_saved=False)
        except (Refused, ValidationError) as error:
            tell(editor, error)
        return self.page(editor, status=422)

    # --- Saving --------------------------------------------------------------------------------
    def _save(self, editor: WindowEditor) -> ConsultationWindow | None:
        is_new = self.window._state.adding
        was_verified = self.window.verified_on
        try:
            change = services.change_window(
                window=ConsultationWindow(organization=self.window.organization) if is_new else self.window,
                content=editor.content(),
                by=self.request.user,
                version=None if is_new else editor.version or NEVER,
                revising=self._revising(),
                as_member=self.place.as_member,
            )
        except services.ChangedMeanwhile:
            self.answer.is_conflict, self.answer.others = True, self._changes_since(editor.version or NEVER)
            return None
        except (Refused, ValidationError) as error:
            tell(editor, error)
            return None
        self._say(change, is_new=is_new)
        if was_verified and change.window.verified_on is None:
            messages.warning(
                self.request,
                _(
                    "番号・リンク・受付時間・住所のどれかが変わったので、「確かめた日」を消しました。確かめたら「変わりありません」を押してください。"
                ),
            )
        return change.window

    def _revising(self) -> WindowRevision | None:
        """The waiting change that the person saw when the form was opened; it may have ended since."""
        named = str(self.request.POST.get("revising", ""))[:6].replace("\0", "")
        if not named or self.window._state.adding:
            return None
        found: WindowRevision | None = self.window.revisions.filter(
            public_id=named, proposed_by=self.request.user.pk
        ).first()
        return found

    def _say(self, change: Change, *, is_new: bool) -> None:
        name = {"name": change.window.name}
        if change.revision is not None:
            text = _(
                "「%(name)s」の変更を受け付けました。住民の画面は、まだ前のままです。ほかの人が実際に確かめて認めると、公開されます。"
            )
            if change.window.organization_id and self.place.as_member:
                text += _("結果は、メールでお知らせします。")
        elif is_new:
            text = _("「%(name)s」を下書きとして保存しました。できたら「確認を頼む」を押してください。")
        elif change.window.is_published:
            text = _("「%(name)s」を保存しました。住民の画面にすぐ出ます。")
        else:
            text = _("「%(name)s」を保存しました。")
        messages.success(self.request, text % name)

    def _changes_since(self, moment: dt.datetime) -> list[Line]:
        lines = history_of(self.window, only=services.MEMBER_FIELDS if self.place.as_member else None)
        return [line for line in lines if line.at >= moment] or lines[:1]

    # --- The page --------------------------------------------------------------------------------
    def page(self, editor: WindowEditor, status: int = 200) -> HttpResponse:
        is_new = self.window._state.adding
        title = _("相談窓口を作る") if is_new else _("内容を直す")
        space = self.place.namespace
        waiting = None if is_new else self.window.revisions.waiting().for_list().first()
        is_own = self.begun_from is not None and self.begun_from.is_open
        context = {
            "editor": editor,
            "window": self.window,
            "is_new": is_new,
            "is_member": self.place.as_member,
            "title": title,
            "answer": self.answer,
            # Names of the office are for the office.
            "on_return": "" if self.place.as_member else words_on_return(self.window),
            "on_review": ""
            if self.place.as_member
            else words_on_editing_under_review(self.request.user, self.window),
            "warnings_digest": digest(self.answer.warnings),
            # After a conflict the form carries the new version: whoever saves again has seen the other's change.
            "version": self._version(editor),
            "begun_from": self.begun_from,
            "revising": self.begun_from.public_id if self.begun_from is not None and is_own else "",
            "waiting_of_others": waiting if waiting is not None and not is_own else None,
            "fallback_names": _fallback_names(),
            "organization_names": []
            if self.place.as_member
            else list(Organization.objects.active().values_list("name", flat=True)),
            "hours_preview": reverse(f"{space}:hours-preview"),
            "back": reverse(f"{space}:window-list")
            if is_new
            else reverse(f"{space}:window-page", args=[self.window.public_id]),
            "crumbs": self.place.crumbs(self.window, title),
            **saying(editor),
        }
        return render(self.request, self.place.template, context, status=status)

    def _version(self, editor: WindowEditor) -> str:
        if editor.window._state.adding:
            return ""
        if editor.data is not None and not self.answer.is_conflict:
            return str(editor.data.get("version", ""))
        return editor.window.updated_at.isoformat()


def tell(editor: WindowEditor, error: Exception) -> None:
    if isinstance(error, Refused):
        editor.add_error(error.reason)
    elif isinstance(error, ValidationError):
        for message in error.messages:
            editor.add_error(str(message))


def preview_response(request: HttpRequest, window: ConsultationWindow, *, is_saved: bool) -> HttpResponse:
    context = detail_context(window, Clock()) | {"is_saved": is_saved, "window": window}
    response = render(request, "consultations/desk/window_preview.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


def _fallback_names() -> list[str]:
    names = ConsultationWindow.objects.published().order_by("kana", "pk").values_list("name", flat=True)
    return list(names[:NAMES_OFFERED])


def saying(editor: WindowEditor) -> dict[str, Any]:
    """The rule so far in words, and the coming week by it and by everything that limits it."""
    rule, served = editor.rule_so_far(), editor.rule_served_so_far()
    week: list[DayHours] = week_table(served, timezone.localdate(), holiday_calendar()) if served else []
    words = hours_words(rule, editor.year_end_so_far()) if rule else ""
    return {"rule": rule, "rule_words": words, "week": week}


def hours_saying(request: HttpRequest) -> HttpResponse:
    """The box that says the ticked hours in words; the form's script asks for it while one types."""
    editor = WindowEditor(ConsultationWindow(), request.POST)
    return render(request, "consultations/desk/_hours_saying.html", saying(editor))
