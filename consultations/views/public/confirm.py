"""The page behind the link in a mail that asks "is this still true?". Open to whoever holds the link.

Opening it changes nothing, so a scanner of mails confirms nothing; a press is a POST with the form's own token.
"""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations import services
from consultations.forms.public import ConfirmForm, DifferenceForm
from consultations.models import ConsultationWindow, VerificationRequest, WindowRevision
from consultations.presenting.checking import WindowFacts, facts_to_check
from consultations.verification_links import Link, read_link_token
from platform_portal.access.checks import Refused
from platform_portal.open_pages import open_page
from platform_portal.public_forms import TOO_MANY, is_limited

PER_PAGE = 20
RATE = "120/h"  # one person answers for a few dozen windows at once


@dataclass(frozen=True, slots=True)
class Row:
    request: VerificationRequest
    facts: WindowFacts
    is_public: bool
    has_waiting_change: bool

    @property
    def can_confirm(self) -> bool:
        """See services.check_nobody_said_otherwise."""
        return not self.has_waiting_change and self.request.told_at is None


behind_a_link = open_page(unusable="consultations/confirm_unusable.html")


@behind_a_link
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """All windows of the mail; each with 「変わりありません」 and 「直す」."""
    link = read_link_token(token)
    asked = link.requests()
    if request.method != "POST":
        return _page(request, token, link, asked)
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return _page(request, token, link, asked, problem=form.problem, status=400)
    if is_limited(request, group="window-confirmation", rate=RATE):
        return _page(request, token, link, asked, problem=str(TOO_MANY), status=429)
    chosen = _chosen(asked, form.cleaned_data["window"])
    try:
        services.confirm_by_link(request=chosen, membership=link.membership)
    except services.AlreadyAnswered as answered:
        return _page(request, token, link, link.requests(), said=answered.reason)
    except Refused as refused:
        return _page(request, token, link, link.requests(), problem=refused.reason, status=409)
    page = request.GET.get("page", "")
    query = f"?page={page}" if page.isdigit() else ""
    return redirect(f"{reverse('consultations:confirm', args=[token])}{query}#w-{chosen.window.public_id}")


@behind_a_link
def confirm_difference(request: HttpRequest, token: str, *, public_id: str) -> HttpResponse:
    """「直す」: what is no longer true, in the operator's own words."""
    link = read_link_token(token)
    chosen = _chosen(link.requests(), public_id)
    # What somebody has already written is taken, though a colleague has answered meanwhile.
    if not chosen.is_open and request.method != "POST":
        return redirect("consultations:confirm", token=token)
    form = DifferenceForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            if not is_limited(request, group="window-difference", rate=RATE):
                return _tell(request, token, link, chosen, form)
            form.add_error(None, TOO_MANY)
            status = 429
    context = {
        "form": form,
        "row": _row(chosen, _shown([chosen])),
        "back": reverse("consultations:confirm", args=[token]),
    }
    return render(request, "consultations/confirm_difference.html", context, status=status)


def _tell(
    request: HttpRequest, token: str, link: Link, chosen: VerificationRequest, form: DifferenceForm
) -> HttpResponse:
    services.tell_difference(request=chosen, kind=form.cleaned_data["kind"], text=form.cleaned_data["text"])
    if not chosen.is_open:  # the list says only that the window was confirmed
        said = _("ちがうところを受け取りました。事務局が確かめて直します。")
        return _page(request, token, link, link.requests(), said=said)
    return redirect(f"{reverse('consultations:confirm', args=[token])}#w-{chosen.window.public_id}")


def _chosen(asked: list[VerificationRequest], public_id: str) -> VerificationRequest:
    """Only among those that the link opens: windows of others are not found."""
    for each in asked:
        if each.window.public_id == public_id:
            return each
    raise Http404


def _page(
    request: HttpRequest,
    token: str,
    link: Link,
    asked: list[VerificationRequest],
    *,
    said: str = "",
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    page = Paginator(asked, PER_PAGE).get_page(request.GET.get("page"))
    shown = _shown(page.object_list)
    context = {
        "organization": link.membership.organization,
        "token": token,
        "form": ConfirmForm(),
        "page": page,
        "rows": [_row(each, shown) for each in page.object_list],
        "left": sum(each.is_open and each.told_at is None for each in asked),
        "said": said,
        "problem": problem,
    }
    return render(request, "consultations/confirm.html", context, status=status)


def _shown(asked: Any) -> dict[int, Any]:
    keys = [each.window_id for each in asked]
    waiting = Exists(WindowRevision.objects.waiting().filter(window=OuterRef("pk")))
    windows = ConsultationWindow.objects.annotate(has_waiting_change=waiting)
    return windows.prefetch_related("channels", "municipalities").in_bulk(keys)


def _row(request: VerificationRequest, shown: dict[int, Any]) -> Row:
    window = shown[request.window_id]
    return Row(request, facts_to_check(window), window.is_published, window.has_waiting_change)
