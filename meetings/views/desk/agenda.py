"""The agenda of one meeting on the desk: every step is a button, no script is needed."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from meetings.forms.meetings import AgendaItemForm, NewAgendaItemForm
from meetings.models import AgendaItem, Meeting
from meetings.permissions.meetings import can_edit_meetings, check_can_edit_meeting
from meetings.presenting.agenda import DEEPEST, Node, tree_of
from meetings.services import agenda as services
from meetings.services.agenda import Direction
from meetings.views.desk.common import edits, get_meeting, led_back, meeting_steps, sees
from platform_portal.access.checks import reason_against
from platform_portal.access.methods import post_only
from platform_portal.desk import ask, attempt


def address_of(meeting: Meeting) -> str:
    return reverse("meetings:desk-agenda", args=[meeting.public_id])


def _item(request: HttpRequest, public_id: str, item_id: str) -> AgendaItem:
    """404 for one of another meeting."""
    meeting = get_meeting(request, public_id)
    rows = meeting.agenda.select_related("meeting", "parent")
    found: AgendaItem = get_object_or_404(rows, public_id=item_id)
    return found


@sees
@require_safe
def agenda(request: HttpRequest, public_id: str) -> HttpResponse:
    meeting = get_meeting(request, public_id)
    return _page(request, meeting, None)


def _page(request: HttpRequest, meeting: Meeting, form: NewAgendaItemForm | None) -> HttpResponse:
    against = reason_against(check_can_edit_meeting, request.user, meeting)
    nodes = tree_of(meeting)
    context = {
        "meeting": meeting,
        "nodes": nodes,
        "against": against,
        "can_edit": can_edit_meetings(request.user),
        "form": form or (None if against else _empty_form(request, nodes)),
        "is_in_order": all(node.item.number == node.number_in_order for node in nodes),
        "crumbs": meeting_steps(meeting, (_("次第"), "")),
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "meetings/desk/agenda.html", context, status=status)


def _empty_form(request: HttpRequest, nodes: list[Node]) -> NewAgendaItemForm:
    """What follows is most often added at the same place: `parent` names the item below which the last one went."""
    parents = _parents(nodes)
    chosen = next((item.pk for item in parents if item.public_id == request.GET.get("parent")), None)
    return NewAgendaItemForm(parents=parents, initial={"parent": chosen})


def _parents(nodes: list[Node]) -> list[AgendaItem]:
    return [node.item for node in nodes if node.depth < DEEPEST]


@edits
@post_only("meetings:desk-agenda", "public_id")
def agenda_add(request: HttpRequest, public_id: str) -> HttpResponse:
    meeting = get_meeting(request, public_id)
    form = NewAgendaItemForm(request.POST, parents=_parents(tree_of(meeting)))
    if form.is_valid():
        values = dict(form.cleaned_data)
        parent = values.pop("parent")
        if attempt(
            request,
            lambda: services.add_agenda_item(meeting=meeting, values=values, parent=parent, by=request.user),
            _("「%(title)s」を足しました。") % {"title": values["title"]},
            form,
        ):
            return redirect(f"{address_of(meeting)}{f'?parent={parent.public_id}' if parent else ''}#add")
    return _page(request, meeting, form)


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def agenda_item(request: HttpRequest, public_id: str, item_id: str) -> HttpResponse:
    item = _item(request, public_id, item_id)
    against = reason_against(check_can_edit_meeting, request.user, item.meeting)
    if answer := led_back(request, address_of(item.meeting), against):
        return answer
    form = AgendaItemForm(request.POST or None, instance=item)
    if form.is_valid():
        values = form.cleaned_data
        if attempt(
            request,
            lambda: services.change_agenda_item(item=item, values=values, by=request.user),
            _("「%(title)s」を保存しました。") % {"title": values["title"]},
            form,
        ):
            return redirect(f"{address_of(item.meeting)}#item-{item.public_id}")
    title = _("次第の項目を直す")
    context = {
        "form": form,
        "title": title,
        "back": address_of(item.meeting),
        "crumbs": meeting_steps(item.meeting, (_("次第"), address_of(item.meeting)), (title, "")),
    }
    return render(request, "meetings/desk/form.html", context, status=422 if form.errors else 200)


@edits
@post_only("meetings:desk-agenda", "public_id")
def agenda_move(request: HttpRequest, public_id: str, item_id: str, direction: str) -> HttpResponse:
    if direction not in set(Direction):
        raise Http404
    item = _item(request, public_id, item_id)
    attempt(
        request,
        lambda: services.move_agenda_item(item=item, direction=Direction(direction), by=request.user),
        _("「%(title)s」を動かしました。") % {"title": item.title},
    )
    return redirect(f"{address_of(item.meeting)}#item-{item.public_id}")


@edits
@post_only("meetings:desk-agenda", "public_id")
def agenda_renumber(request: HttpRequest, public_id: str) -> HttpResponse:
    meeting = get_meeting(request, public_id)
    attempt(
        request,
        lambda: services.renumber_agenda(meeting=meeting, by=request.user),
        _("上から順に、番号を振り直しました。"),
    )
    return redirect(address_of(meeting))


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def agenda_delete(request: HttpRequest, public_id: str, item_id: str) -> HttpResponse:
    item = _item(request, public_id, item_id)
    back = address_of(item.meeting)
    against = reason_against(check_can_edit_meeting, request.user, item.meeting)
    if answer := led_back(request, back, against):
        return answer
    if request.method == "POST":
        attempt(
            request,
            lambda: services.delete_agenda_item(item=item, by=request.user),
            _("「%(title)s」を消しました。") % {"title": item.title},
        )
        return redirect(back)
    return ask(
        request,
        title=_("「%(item)s」を次第から消しますか") % {"item": item},
        text=_cut_off(item),
        button=_("項目を消す"),
        back=back,
        steps=meeting_steps(item.meeting, (_("次第"), back), (_("項目を消す"), "")),
    )


def _cut_off(item: AgendaItem) -> str:
    """What goes with it, and what stays without it."""
    node = next(node for node in tree_of(item.meeting) if node.item.pk == item.pk)
    gone = [each.item for each in node.subtree]
    below = [str(each) for each in gone[1:]]
    words = []
    if below:
        words.append(
            _("下にある%(items)sも消えます。") % {"items": "、".join(f"「{each}」" for each in below)}
        )
    for rows, one in (
        (item.meeting.documents.filter(agenda_items__in=gone), _("資料%(count)s件")),
        (item.utterances.model.objects.filter(agenda_items__in=gone), _("発言%(count)s件")),
        (item.action_items.model.objects.filter(agenda_items__in=gone), _("宿題%(count)s件")),
    ):
        if count := rows.distinct().count():
            words.append(
                _("%(things)sとのつながりが切れます（もとのものは残ります）。")
                % {"things": one % {"count": count}}
            )
    return " ".join(words) or _("ほかに消えるものや、切れるつながりはありません。")
