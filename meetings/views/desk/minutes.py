"""Writing the record of a meeting block by block. Only the block that is being written is a form.

Scripts ask for the same addresses with `Accept: application/json` and put the answer in place; see static/js/desk/minutes.js.
"""

from collections.abc import Sequence
from copy import copy
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from meetings.forms.minutes import CUT_MARK, FlagForm, UtteranceForm, questions_before
from meetings.models import Meeting, Minutes, MinutesFlag, MinutesImport, Utterance
from meetings.permissions.meetings import can_edit_meetings
from meetings.permissions.minutes import check_can_edit_minutes, check_can_see_draft
from meetings.presenting.agenda import tree_of
from meetings.services import flags as flag_services
from meetings.services import minutes as services
from meetings.services.minutes import BlockChanged
from meetings.speakers import suggestions_for
from meetings.views.desk.common import edits, get_meeting, meeting_steps, sees
from members.models import Organization
from platform_portal.access.checks import Refused, reason_against
from platform_portal.desk import Crumbs, attempt, reason_of, tell
from platform_portal.versions import number_in

KEPT_KEY = "deleted_utterance"
MOST_RESOLVED = 100


# --- The whole record ---------------------------------------------------------------------------
@sees
@require_http_methods(["GET", "HEAD", "POST"])
def minutes_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who may not write reads the draft here."""
    meeting = get_meeting(request, public_id)
    check_can_see_draft(request.user, minutes_of(meeting))
    if request.method == "POST":
        return _answer_page(request, meeting)
    return draw_page(request, meeting)


def draw_page(
    request: HttpRequest,
    meeting: Meeting,
    *,
    form: UtteranceForm | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """`form`: bound, of the block that is open; else the one named by `edit` in the address."""
    minutes = minutes_of(meeting)
    context: dict[str, Any] = {
        "meeting": meeting,
        "minutes": minutes,
        "can_edit": can_edit_meetings(request.user),
        "crumbs": _crumbs(meeting),
        **more,
    }
    if minutes is not None:
        against = reason_against(check_can_edit_minutes, request.user, minutes)
        blocks = list(blocks_of(minutes))
        opened = form.utterance if form else _opened(request, blocks, against)
        if form is None and opened is not None:
            form = _form_of(meeting, opened, blocks=blocks)
        context |= {
            "blocks": blocks,
            "characters": sum(len(each.text) for each in blocks),
            "against": against,
            "form": form,
            "opened": opened,
            "number": _number_of(opened, blocks) if opened else None,
            "flags": flag_services.open_flags(minutes),
            "source": None if against else _source_of(meeting),
            "resolved": list(
                MinutesFlag._default_manager.filter(minutes=minutes, resolved_at__isnull=False)
                .select_related("resolved_by")
                .order_by("-resolved_at")[:MOST_RESOLVED]
            ),
            "cut_mark": CUT_MARK,
            "may_restore": (request.session.get(KEPT_KEY) or {}).get("minutes") == minutes.pk,
            "suggestions": [] if against else suggestions_for(meeting),
            "organizations": [] if against else Organization.objects.active().values_list("name", flat=True),
        }
    return render(request, "meetings/desk/minutes.html", context, status=status)


def minutes_of(meeting: Meeting) -> Minutes | None:
    found: Minutes | None = Minutes.objects.filter(meeting=meeting).first()
    if found is not None:
        found.meeting = meeting
    return found


def _source_of(meeting: Meeting) -> MinutesImport | None:
    """The file that lines in doubts speak of."""
    taken = MinutesImport._default_manager.filter(meeting=meeting, accepted_at__isnull=False)
    found: MinutesImport | None = taken.only("public_id").order_by("-accepted_at").first()
    return found


def blocks_of(minutes: Minutes) -> Any:
    """As the page shows them. Four queries, however many."""
    doubts = MinutesFlag._default_manager.filter(resolved_at=None)
    rows = minutes.utterances.standing().defer("named_vector", "labels_vector")
    rows = rows.select_related("organization", "reply_to").order_by("position", "pk")
    return rows.prefetch_related("agenda_items", Prefetch("flags", queryset=doubts, to_attr="open_flags"))


def _opened(request: HttpRequest, blocks: Sequence[Utterance], against: str) -> Utterance | None:
    asked = request.GET.get("edit", "")
    return None if against else next((each for each in blocks if each.public_id == asked), None)


def _number_of(block: Utterance, blocks: Sequence[Utterance]) -> int:
    return next((n for n, each in enumerate(blocks, start=1) if each.pk == block.pk), 0)


def _form_of(
    meeting: Meeting, block: Utterance, data: Any = None, *, blocks: Sequence[Utterance] | None = None
) -> UtteranceForm:
    return UtteranceForm(
        data,
        utterance=block,
        agenda=tree_of(meeting),
        questions=questions_before(block.minutes, block, blocks),
        suggestions=suggestions_for(meeting) if data is not None and data.get("pick") else (),
    )


def _answer_page(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    minutes = minutes_of(meeting)
    here = reverse("meetings:desk-minutes", args=[meeting.public_id])
    if minutes is None:
        attempt(
            request,
            lambda: services.start_minutes(meeting=meeting, by=request.user),
            _("議事録の下書きを作りました。"),
        )
        return redirect(here)
    if "restore" in request.POST:
        return _restore(request, minutes, here)
    try:
        added = services.add_utterance(minutes=minutes, by=request.user)
    except Refused as refused:
        messages.error(request, refused.reason)
        return redirect(here)
    return redirect(f"{here}?edit={added.public_id}#u-{added.public_id}")


def _restore(request: HttpRequest, minutes: Minutes, here: str) -> HttpResponse:
    kept = request.session.get(KEPT_KEY)
    if not kept or kept["minutes"] != minutes.pk:
        messages.error(request, _("元に戻せる発言がありません。"))
        return redirect(here)
    done = attempt(
        request,
        lambda: services.restore_utterance(minutes=minutes, kept=kept["block"], by=request.user),
        _("消した発言を、元に戻しました。"),
    )
    if done:
        del request.session[KEPT_KEY]
    return redirect(f"{here}#u-{kept['block']['public_id']}")


# --- One block ----------------------------------------------------------------------------------
@edits
@require_http_methods(["GET", "HEAD", "POST"])
def utterance(request: HttpRequest, public_id: str) -> HttpResponse:
    """Opens a block, or does with it what `do` says after saving what was typed."""
    rows = Utterance.objects.standing().select_related("minutes__meeting__body", "organization", "reply_to")
    block = rows.filter(public_id=public_id).first()
    if block is None and _wants_json(request):
        words = _("この発言は、もうありません。ほかの人が消したか、前の発言に合わせました。")
        return JsonResponse({"said": words}, status=410)
    block = block or get_object_or_404(rows, public_id=public_id)
    work = Work(request, block)
    return work.act() if request.method == "POST" else work.open()


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


class Work:
    """One request about one block, answered as a page or, for scripts, as what changes on it."""

    def __init__(self, request: HttpRequest, block: Utterance) -> None:
        self.request = request
        self.block = block
        self.meeting = block.minutes.meeting

    def open(self) -> HttpResponse:
        if not _wants_json(self.request):
            return redirect(self._address(self.block))
        check_can_edit_minutes(self.request.user, self.block.minutes)
        return JsonResponse({"place": [self._placed(self.block, is_open=True)], "open": self.block.public_id})

    def act(self) -> HttpResponse:
        actions = {
            "split": self._split,
            "up": self._up,
            "down": self._down,
            "move": self._move,
            "merge": self._merge,
            "delete": self._delete,
            "before": self._add_before,
            "after": self._add_after,
            "everywhere": self._everywhere,
        }
        action = actions.get(self.request.POST.get("do", ""), self._save)
        form = _form_of(self.meeting, self.block, self._without_mark())
        if not form.is_valid():
            return self._refuse(form, 422)
        try:
            with transaction.atomic():
                self.block = services.change_utterance(
                    utterance=self.block,
                    values=form.values(),
                    version=form.cleaned_data["version"] or 0,
                    by=self.request.user,
                )
                return action()
        except BlockChanged as told:
            return self._tell_conflict(form, told)
        except (Refused, ValidationError) as error:
            tell(form, error)
            return self._refuse(form, 422, reason_of(error))

    # --- actions: after what was typed has been saved --------------------------------------------
    def _save(self) -> HttpResponse:
        if _wants_json(self.request):
            place = [self._placed(self.block)] if "close" in self.request.POST else []
            return self._answer(place=place, version=self.block.version, said=_("保存しました。"))
        messages.success(self.request, _("保存しました。"))
        return redirect(self._address(self.block, is_open=False))

    def _split(self) -> HttpResponse:
        first, second = services.split_utterance(
            utterance=self.block, at=self._cut(), version=None, by=self.request.user
        )
        place = [self._placed(first), self._placed(second, is_open=True)]
        return self._answer(second, place=place, said=_("2つに分けました。後ろの発言を開いています。"))

    def _merge(self) -> HttpResponse:
        before = len(self.block.text)
        following = self._standing().filter(position__gt=self.block.position).order_by("position").first()
        merged = services.merge_utterance(utterance=self.block, version=None, by=self.request.user)
        return self._answer(
            merged,
            place=[self._placed(merged, is_open=True)],
            gone=[following.public_id],
            caret=before,
            said=_("後ろの発言と合わせました。"),
        )

    def _delete(self) -> HttpResponse:
        kept = services.delete_utterance(utterance=self.block, version=None, by=self.request.user)
        self.request.session[KEPT_KEY] = {"minutes": self.block.minutes_id, "block": kept}
        here = reverse("meetings:desk-minutes", args=[self.meeting.public_id])
        if _wants_json(self.request):
            return self._answer(gone=[self.block.public_id], said=_("発言を消しました。"), undo=True)
        messages.success(self.request, _("発言を消しました。下の「消した発言を元に戻す」で戻せます。"))
        return redirect(here)

    def _add_before(self) -> HttpResponse:
        return self._added(before=self.block)

    def _add_after(self) -> HttpResponse:
        return self._added(after=self.block)

    def _added(self, **where: Utterance) -> HttpResponse:
        added = services.add_utterance(
            minutes=self.block.minutes,
            by=self.request.user,
            values={"agenda_items": list(self.block.agenda_items.all())},
            **where,
        )
        place = [self._placed(self.block), self._placed(added, is_open=True)]
        return self._answer(added, place=place, said=_("新しい発言を入れました。"))

    def _up(self) -> HttpResponse:
        return self._moved(self._number() - 1)

    def _down(self) -> HttpResponse:
        return self._moved(self._number() + 1)

    def _move(self) -> HttpResponse:
        wanted = number_in(self.request.POST.get("to", ""))
        if wanted is None or not 0 < wanted <= self._standing().count():
            raise Refused(_("何番目に動かすかを、1から最後の番号までの数で書いてください。"))
        return self._moved(wanted)

    def _moved(self, number: int) -> HttpResponse:
        """`number` counts what the page shows; a published record may hold blocks that were taken out."""
        count = self._standing().count()
        number = max(1, min(number, count))
        there = self._standing().order_by("position", "pk")[number - 1]
        place = self.block.minutes.utterances.filter(position__lt=there.position).count() + 1
        moved = services.move_utterance(utterance=self.block, to=place, by=self.request.user)
        said = _("%(number)s番目に動かしました。") % {"number": number}
        return self._answer(
            moved,
            moved={"id": moved.public_id, "after": self._before(moved)},
            version=moved.version,
            number=number,
            said=said,
        )

    def _everywhere(self) -> HttpResponse:
        values = {name: getattr(self.block, name) for name in services.SPEAKER_FIELDS}
        count = services.set_speaker(utterance=self.block, values=values, by=self.request.user)
        words = _("同じ呼び名の発言%(count)s件の発言者を、そろえました。") % {"count": count}
        messages.success(self.request, words)
        if _wants_json(self.request):
            return self._answer(reload=self._address(self.block))
        return redirect(self._address(self.block))

    # --- answers --------------------------------------------------------------------------------
    def _answer(self, opened: Utterance | None = None, said: str = "", **changes: Any) -> HttpResponse:
        if _wants_json(self.request):
            return JsonResponse({"said": said, "open": opened.public_id if opened else None, **changes})
        messages.success(self.request, said)
        return redirect(self._address(opened or self.block))

    def _refuse(self, form: UtteranceForm, status: int, words: str = "") -> HttpResponse:
        if _wants_json(self.request):
            errors = [
                f"{form[name].label}：{text}"
                for name in form.errors
                if name in form.fields
                for text in form.errors[name]
            ]
            said = " ".join([words] if words else [*errors, *map(str, form.non_field_errors())])
            return JsonResponse({"said": said}, status=status)
        return draw_page(self.request, self.meeting, form=form, status=status)

    def _tell_conflict(self, form: UtteranceForm, told: BlockChanged) -> HttpResponse:
        """What the other wrote is shown beside what this person wrote. The next save knows of it and may overwrite."""
        current = blocks_of(self.block.minutes).get(pk=told.current.pk)
        context = {"current": current, "told": told.reason}
        if _wants_json(self.request):
            html = render_to_string("meetings/desk/_conflict.html", context, request=self.request)
            return JsonResponse(
                {"said": told.reason, "conflict": html, "version": current.version}, status=409
            )
        data: Any = copy(form.data)  # a query is only read; its copy can be written
        data["version"] = str(current.version)
        form.data = data
        return draw_page(self.request, self.meeting, form=form, status=409, **context)

    # --- inside ---------------------------------------------------------------------------------
    def _without_mark(self) -> Any:
        """Without scripts the place to split at is marked in the text."""
        data = self.request.POST.copy()
        text = data.get("text", "").replace("\r\n", "\n")
        if data.get("do") == "split" and "at" not in data and text.count(CUT_MARK) == 1:
            data["at"] = str(text.index(CUT_MARK))
            text = text.replace(CUT_MARK, "")
        data["text"] = text
        self._at = data.get("at", "")
        return data

    def _cut(self) -> int:
        place = number_in(self._at)
        if place is None:
            raise Refused(
                _("分けるところに「%(mark)s」と1つだけ書いてから、押してください。") % {"mark": CUT_MARK}
            )
        return place

    def _standing(self) -> Any:
        return self.block.minutes.utterances.standing()

    def _number(self) -> int:
        fresh = Utterance.objects.get(pk=self.block.pk)
        return int(self._standing().filter(position__lte=fresh.position).count())

    def _before(self, block: Utterance) -> str | None:
        last = self._standing().filter(position__lt=block.position).order_by("-position").first()
        return last.public_id if last else None

    def _placed(self, block: Utterance, *, is_open: bool = False) -> dict[str, Any]:
        shown = blocks_of(block.minutes).get(pk=block.pk)
        context: dict[str, Any] = {"block": shown, "against": "", "cut_mark": CUT_MARK}
        if is_open:
            number = self._standing().filter(position__lte=shown.position).count()
            shown.minutes = block.minutes
            context |= {"form": _form_of(self.meeting, shown), "number": number}
        name = "_utterance_form" if is_open else "_utterance"
        html = render_to_string(f"meetings/desk/{name}.html", context, request=self.request)
        return {"id": shown.public_id, "html": html, "after": self._before(shown)}

    def _address(self, block: Utterance, *, is_open: bool = True) -> str:
        page = reverse("meetings:desk-minutes", args=[self.meeting.public_id])
        return f"{page}{f'?edit={block.public_id}' if is_open else ''}#u-{block.public_id}"


# --- Doubts -------------------------------------------------------------------------------------
@edits
@require_POST
def flag(request: HttpRequest, pk: int) -> HttpResponse:
    """Settles one doubt, or opens it again."""
    rows = MinutesFlag._default_manager.select_related("minutes__meeting", "utterance")
    doubt = get_object_or_404(rows, pk=pk)
    here = redirect(reverse("meetings:desk-minutes", args=[doubt.minutes.meeting.public_id]) + "#flags")
    if "reopen" in request.POST:
        attempt(
            request,
            lambda: flag_services.reopen_flag(flag=doubt, by=request.user),
            _("確かめるところを、もう一度開きました。"),
        )
        return here
    form = FlagForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("どう片付けたかを選んでください。わけは250文字までです。"))
        return here
    attempt(
        request,
        lambda: flag_services.resolve_flag(flag=doubt, by=request.user, **form.cleaned_data),
        _("確かめるところを、1つ片付けました。"),
    )
    return here


def _crumbs(meeting: Meeting) -> Crumbs:
    return meeting_steps(meeting, (_("議事録を書く"), ""))
