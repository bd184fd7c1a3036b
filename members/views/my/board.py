"""The matching board: members and the desk read it, editors and managers write for their organisation."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from members import board_permissions as permissions
from members import services
from members.board_filters import BoardFilter
from members.board_waiting import unread_conversations, writing
from members.forms.board import MessageForm, OfferForm
from members.models import Conversation, ConversationParty, Membership, Offer, Organization
from members.views.my.common import crumbs, own_memberships
from platform_portal.access.checks import Refused, has, reason_against
from platform_portal.access.roles import Permission
from platform_portal.desk import Crumbs, SearchWords, Step, attempt, paged

PAGE_SIZE = 20
MOST_SUGGESTIONS = 5
SEARCH = SearchWords("board_search_words", gettext_lazy("言葉（見出し・内容・団体名）"))
P = ParamSpec("P")


View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def sees_board(view: View[P]) -> View[P]:
    """For members of today and the desk."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        permissions.check_can_see_board(request.user)
        return view(request, *args, **kwargs)

    return guarded


# --- The board ----------------------------------------------------------------------------------
@sees_board
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    memberships = own_memberships(request.user)
    own = [membership.organization_id for membership in memberships]
    words = SEARCH.of(request)
    found = BoardFilter(request.GET, queryset=Offer.objects.search(words).for_list(), own_organizations=own)
    context = {
        "filter": found,
        "has_garbage": not found.is_valid(),
        "page": paged(request, found.qs, PAGE_SIZE),
        "own": own,
        "words": words,
        "search": SEARCH.form(request),
        "is_filtered": bool(words or any(request.GET.get(name) for name in found.filters)),
        "against": _against_writing(memberships),
        "unread": unread_conversations(memberships),
        "crumbs": crumbs((_("掲示板"), "")),
    }
    return render(request, "members/my/board/list.html", context)


@sees_board
@require_POST
def search(request: HttpRequest) -> HttpResponse:
    return SEARCH.keep(request, "my:board")


@sees_board
@require_safe
def offer(request: HttpRequest, public_id: str) -> HttpResponse:
    row = _visible_offer(request, public_id)
    memberships = own_memberships(request.user)
    is_own = row.organization_id in {membership.organization_id for membership in memberships}
    askers = writing(memberships, apart_from=row.organization_id)
    context = {
        "offer": row,
        "is_own": is_own,
        "fitting": list(Offer.objects.fitting(row).for_list()[:MOST_SUGGESTIONS]) if row.is_open else [],
        "why": why_fitting(row),
        "parties": _parties_about(row, memberships),
        "may_ask": bool(askers) and row.is_open,
        "against_asking": _against_asking(row, memberships, askers),
        "against_editing": reason_against(permissions.check_can_edit_offer, request.user, row),
        "may_withdraw": permissions.can_withdraw_offer(request.user, row),
        "may_introduce": has(request.user, Permission.TEND_BOARD) and row.is_open,
        "crumbs": board_crumbs((row.title, "")),
    }
    return render(request, "members/my/board/offer.html", context)


# --- One's own offers ---------------------------------------------------------------------------
@sees_board
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    memberships = own_memberships(request.user)
    organizations = writing(memberships)
    if not organizations:
        raise Refused(_against_writing(memberships))
    form = OfferForm(request.POST or None, organizations=organizations)
    if form.is_valid():
        values = dict(form.cleaned_data)
        organization = values.pop("organization")
        if attempt(
            request,
            lambda: services.put_up_offer(organization=organization, values=values, by=request.user),
            _("掲示板に載せました。"),
            form,
        ):
            return redirect(f"{reverse('my:board')}?own=1")
    context = {"form": form, "title": _("掲示板に載せる"), "crumbs": board_crumbs((_("載せる"), ""))}
    return render(request, "members/my/board/offer_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    row = own_offer(request, public_id)
    permissions.check_can_edit_offer(request.user, row)
    title = row.title
    form = OfferForm(request.POST or None, instance=row)
    if form.is_valid() and attempt(
        request,
        lambda: services.change_offer(offer=row, values=form.cleaned_data, by=request.user),
        _("掲示を直しました。"),
        form,
    ):
        return redirect("my:offer", public_id)
    context = {
        "form": form,
        "offer": row,
        "title": _("掲示を直す"),
        "crumbs": board_crumbs((title, reverse("my:offer", args=[public_id])), (_("直す"), "")),
    }
    return render(request, "members/my/board/offer_form.html", context, status=422 if form.errors else 200)


@require_POST
def prolong(request: HttpRequest, public_id: str) -> HttpResponse:
    row = own_offer(request, public_id)
    permissions.check_can_edit_offer(request.user, row)
    last = date_format(row.prolonged_to, "Y年n月j日")
    return _done(request, row, services.prolong_offer, _("%(day)sまで、掲示板に載せます。") % {"day": last})


@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET asks, POST does: it cannot be taken back."""
    row = own_offer(request, public_id)
    permissions.check_can_settle_offer(request.user, row)
    if request.method != "POST":
        context = {
            "offer": row,
            "crumbs": board_crumbs((row.title, reverse("my:offer", args=[public_id])), (_("決まった"), "")),
        }
        return render(request, "members/my/board/settle.html", context)
    done = _("「決まった」にして、掲示板から下ろしました。続いているやりとりは、そのまま使えます。")
    return _done(request, row, services.settle_offer, done)


@sees_board
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET asks, POST does. The desk may, too."""
    row = (
        _visible_offer(request, public_id)
        if has(request.user, Permission.TEND_BOARD)
        else own_offer(request, public_id)
    )
    permissions.check_can_withdraw_offer(request.user, row)
    if request.method == "POST":
        return _done(request, row, services.withdraw_offer, _("掲示を取り下げました。"))
    context = {
        "offer": row,
        "crumbs": board_crumbs((row.title, reverse("my:offer", args=[public_id])), (_("取り下げる"), "")),
    }
    return render(request, "members/my/board/withdraw.html", context)


@sees_board
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, public_id: str) -> HttpResponse:
    """「話を聞きたい」: the first message begins the conversation."""
    row = _visible_offer(request, public_id)
    memberships = own_memberships(request.user)
    askers = writing(memberships, apart_from=row.organization_id)
    against = _against_asking(row, memberships, askers)
    if against:
        raise Refused(against)
    known = Conversation.objects.open().filter(offer=row, asker__in=[one.pk for one in askers])
    if request.method != "POST" and len(known) == len(askers):  # nobody left to begin another one for
        return redirect("my:conversation", known[0].public_id)
    form = MessageForm(request.POST or None, organizations=askers)
    begun: list[Conversation] = []
    if form.is_valid() and attempt(
        request,
        lambda: begun.append(services.ask_about_offer(offer=row, by=request.user, **form.cleaned_data)),
        _("メッセージを送りました。相手の団体の担当者に、メールで知らせます。"),
        form,
    ):
        return redirect("my:conversation", begun[0].public_id)
    context = {
        "offer": row,
        "form": form,
        "crumbs": board_crumbs((row.title, reverse("my:offer", args=[public_id])), (_("話を聞きたい"), "")),
    }
    return render(request, "members/my/board/ask.html", context, status=422 if form.errors else 200)


# --- Shared with the conversations --------------------------------------------------------------
def own_offer(request: HttpRequest, public_id: str) -> Offer:
    """404 for an offer of others, as for one that does not exist."""
    rows = Offer.objects.acted_for_by(request.user).for_list()
    found: Offer = get_object_or_404(rows, public_id=public_id)
    return found


def why_fitting(row: Offer) -> str:
    """In one sentence, so that nobody takes the list for more than it is."""
    values = {"resource": row.get_resource_display()}
    side = (
        _("「%(resource)s」を求めている団体の掲示です。")
        if row.side == "give"
        else _("「%(resource)s」を提供できる団体の掲示です。")
    ) % values
    if row.municipality is None:
        return side + _("場所はしぼっていません。")
    place = _("場所が「%(place)s」のものと、場所を問わないものが出ます。")
    return side + place % {"place": row.municipality.name}


def _visible_offer(request: HttpRequest, public_id: str) -> Offer:
    """What stands on the board, and what has ended of one's own, or was talked about."""
    rows = Offer.objects.for_list()
    if not has(request.user, Permission.TEND_BOARD):
        talked = Conversation.objects.acted_for_by(request.user).values("offer")
        rows = rows.open() | rows.acted_for_by(request.user) | rows.filter(pk__in=talked)
    found: Offer = get_object_or_404(rows.distinct(), public_id=public_id)
    return found


def _parties_about(row: Offer, memberships: Sequence[Membership]) -> list[ConversationParty]:
    """The conversations about it that one may read, with what is unread in each."""
    keys = [one.pk for one in writing(memberships)]
    rows = ConversationParty.objects.filter(organization__in=keys, conversation__offer=row).with_unread()
    rows = rows.select_related("conversation__offer__organization", "conversation__asker", "organization")
    return list(rows.order_by("-conversation__last_message_at", "pk"))


def _against_writing(memberships: Sequence[Membership]) -> str:
    if writing(memberships):
        return ""
    if memberships:
        return _("「閲覧のみ」の担当なので、掲示板は読むことだけができます。団体の管理担当に頼んでください。")
    return _("掲示板に書けるのは、会員団体の担当者だけです。")


def _against_asking(row: Offer, memberships: Sequence[Membership], askers: Sequence[Organization]) -> str:
    if not row.is_open:
        return _("「%(title)s」は、もう募集していません。") % {"title": row.title}
    if askers:
        return ""
    if writing(memberships):
        return _("自分の団体の掲示です。")
    return _against_writing(memberships)


def _done(request: HttpRequest, row: Offer, service: Callable[..., Any], done: str) -> HttpResponse:
    attempt(request, lambda: service(offer=row, by=request.user), done)
    return redirect("my:offer", row.public_id)


def board_crumbs(*steps: Step) -> Crumbs:
    return crumbs((_("掲示板"), reverse("my:board")), *steps)
