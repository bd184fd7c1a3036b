"""Writing a window: the form, its helpers that save nothing, and the way out when two people write at once."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from consultations import permissions, services
from consultations.audit_labels import Line
from consultations.forms.editor import ADDABLE, WindowEditor, digest, with_row, with_rule, with_suggestion
from consultations.hours.evaluation import DayHours, week_table
from consultations.hours.parsing import ParsedHours
from consultations.hours_words import hours_words, lacks_days, read_hours_text
from consultations.models import ConsultationWindow
from consultations.opening import holiday_calendar
from consultations.views.desk.common import crumbs, get_window, history_of, window_steps
from consultations.views.desk.reviewing import words_on_editing_under_review, words_on_return
from consultations.views.desk.workflow import preview_response
from members.models import Organization
from platform_portal.access.checks import Refused, requires
from platform_portal.access.roles import Permission

NAMES_OFFERED = 300
NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


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


@requires(Permission.EDIT_WINDOWS)
@require_http_methods(["GET", "HEAD", "POST"])
def window_create(request: HttpRequest) -> HttpResponse:
    return _edit(request, ConsultationWindow())


@requires(Permission.EDIT_WINDOWS)
@require_http_methods(["GET", "HEAD", "POST"])
def window_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    window = get_window(public_id, ConsultationWindow.objects.for_detail())
    permissions.check_can_edit_window(request.user, window)
    return _edit(request, window)


def _edit(request: HttpRequest, window: ConsultationWindow) -> HttpResponse:
    answer = Answer([], [])
    if request.method != "POST":
        return _page(request, WindowEditor(window), answer)
    helper = _without_saving(request.POST, window, answer)
    if helper is not None:
        return _page(request, helper, answer)
    editor = WindowEditor(window, request.POST)
    if not editor.is_valid():
        return _page(request, editor, answer, status=422)
    if "preview" in request.POST:
        return _preview(request, editor)
    warnings = editor.warnings()
    if not editor.are_confirmed(warnings):
        answer.warnings = warnings
        return _page(request, editor, answer, status=422)
    saved = _save(request, editor, answer)
    if saved is None:
        return _page(request, editor, answer, status=409 if answer.is_conflict else 422)
    return redirect("desk:window-page", public_id=saved.public_id)


# --- Buttons that save nothing ---------------------------------------------------------------------
def _without_saving(data: QueryDict, window: ConsultationWindow, answer: Answer) -> WindowEditor | None:
    """The form after one of its own buttons, or None when it is to be saved."""
    added = str(data.get("add", ""))
    if added in ADDABLE:
        return WindowEditor(window, with_row(data, added)).without_errors()
    if "take" in data:
        return WindowEditor(window, with_suggestion(data, str(data["take"]))).without_errors()
    if "say" in data:
        return WindowEditor(window, data)
    if "read" in data:
        answer.parsed = read_hours_text(str(data.get("hours_text", ""))[:500])
        rule = answer.parsed.opening_hours
        return WindowEditor(window, with_rule(data, rule) if rule else data).without_errors()
    return None


def _preview(request: HttpRequest, editor: WindowEditor) -> HttpResponse:
    """Saves in a transaction, draws the page from what was saved, and takes all of it back."""
    with transaction.atomic():
        try:
            saved = services.save_window(window=editor.window, content=editor.content(), by=request.user)
            shown = ConsultationWindow.objects.for_detail().get(pk=saved.pk)
            return preview_response(request, shown, is_saved=False)
        except (Refused, ValidationError) as error:
            _tell(editor, error)
        finally:
            transaction.set_rollback(True)
    return _page(request, editor, Answer([], []), status=422)


# --- Saving ------------------------------------------------------------------------------------------
def _save(request: HttpRequest, editor: WindowEditor, answer: Answer) -> ConsultationWindow | None:
    window = editor.window
    is_new = window._state.adding
    was_verified = window.verified_on
    try:
        saved = services.save_window(
            window=ConsultationWindow() if is_new else window,
            content=editor.content(),
            by=request.user,
            version=None if is_new else editor.version or NEVER,
        )
    except services.ChangedMeanwhile:
        answer.is_conflict, answer.others = True, _changes_since(window, editor.version or NEVER)
        return None
    except (Refused, ValidationError) as error:
        _tell(editor, error)
        return None
    messages.success(request, _done(saved, is_new=is_new))
    if was_verified and saved.verified_on is None:
        messages.warning(
            request,
            _(
                "番号・リンク・受付時間・住所のどれかが変わったので、「確かめた日」を消しました。確かめたら「変わりありません」を押してください。"
            ),
        )
    return saved


def _done(window: ConsultationWindow, *, is_new: bool) -> str:
    if is_new:
        return _("「%(name)s」を下書きとして保存しました。できたら「確認を頼む」を押してください。") % {
            "name": window.name
        }
    if window.is_published:
        return _("「%(name)s」を保存しました。住民の画面にすぐ出ます。") % {"name": window.name}
    return _("「%(name)s」を保存しました。") % {"name": window.name}


def _changes_since(window: ConsultationWindow, moment: dt.datetime) -> list[Line]:
    lines = history_of(window)
    return [line for line in lines if line.at >= moment] or lines[:1]


def _tell(editor: WindowEditor, error: Exception) -> None:
    if isinstance(error, Refused):
        editor.add_error(error.reason)
    elif isinstance(error, ValidationError):
        for message in error.messages:
            editor.add_error(str(message))


# --- The page ------------------------------------------------------------------------------------------
def _page(request: HttpRequest, editor: WindowEditor, answer: Answer, status: int = 200) -> HttpResponse:
    window = editor.window
    is_new = window._state.adding
    title = _("相談窓口を作る") if is_new else _("内容を直す")
    context = {
        "editor": editor,
        "window": window,
        "is_new": is_new,
        "title": title,
        "answer": answer,
        "on_return": words_on_return(window),
        "on_review": words_on_editing_under_review(request.user, window),
        "warnings_digest": digest(answer.warnings),
        # After a conflict the form carries the new version: whoever saves again has seen the other's change.
        "version": _version(editor, answer),
        "fallback_names": _fallback_names(),
        "organization_names": list(Organization.objects.active().values_list("name", flat=True)),
        "crumbs": crumbs((_("相談窓口"), reverse("desk:window-list")), (title, ""))
        if is_new
        else window_steps(window, (title, "")),
        **_saying(editor),
    }
    return render(request, "consultations/desk/window_form.html", context, status=status)


def _version(editor: WindowEditor, answer: Answer) -> str:
    if editor.window._state.adding:
        return ""
    if editor.data is not None and not answer.is_conflict:
        return str(editor.data.get("version", ""))
    return editor.window.updated_at.isoformat()


def _fallback_names() -> list[str]:
    names = ConsultationWindow.objects.published().order_by("kana", "pk").values_list("name", flat=True)
    return list(names[:NAMES_OFFERED])


def _saying(editor: WindowEditor) -> dict[str, Any]:
    """The rule so far in words, and the coming week by it and by everything that limits it."""
    rule, served = editor.rule_so_far(), editor.rule_served_so_far()
    week: list[DayHours] = week_table(served, timezone.localdate(), holiday_calendar()) if served else []
    words = hours_words(rule, editor.year_end_so_far()) if rule else ""
    return {"rule": rule, "rule_words": words, "week": week}


@requires(Permission.EDIT_WINDOWS)
@require_POST
def hours_preview(request: HttpRequest) -> HttpResponse:
    """The box that says the ticked hours in words; the form's script asks for it while one types."""
    editor = WindowEditor(ConsultationWindow(), request.POST)
    return render(request, "consultations/desk/_hours_saying.html", _saying(editor))
