"""The buttons of an issue that is being sent. Each changes rows only; the senders find out with the next copy."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from newsletters.forms.reasons import CancelForm
from newsletters.models import Delivery, Issue
from newsletters.services import controls
from newsletters.views.desk.sending import get_issue, sending_steps, sends
from platform_portal.access.methods import post_only
from platform_portal.desk import ask, attempt

ANSWERS = {"arrived": True, "lost": False}


@sends
@post_only("newsletters:desk-sending", "public_id")
def pause(request: HttpRequest, public_id: str) -> HttpResponse:
    done = _("一時停止しました。渡している途中のものだけ、最後まで送ります。")
    return _do(request, get_issue(public_id), controls.pause_issue, done)


@sends
@post_only("newsletters:desk-sending", "public_id")
def resume(request: HttpRequest, public_id: str) -> HttpResponse:
    done = _("再開しました。止めたところの続きから送ります。")
    return _do(request, get_issue(public_id), controls.resume_issue, done)


@sends
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET asks for the reason, POST does."""
    issue = get_issue(public_id)
    by: Any = request.user
    back = reverse("newsletters:desk-sending", args=[public_id])
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        done = attempt(
            request,
            lambda: controls.cancel_issue(issue=issue, by=by, reason=reason),
            _("残りを送るのをやめました。"),
            form,
        )
        if done:
            return redirect(back)
    context = {
        "form": form,
        "title": _("「%(issue)s」の残りを送るのをやめますか") % {"issue": issue},
        "text": _(
            "まだ送っていない人には届きません。もう送ったものは取り消せません。あとから再開もできません。"
        ),
        "button": _("残りを送らずにやめる"),
        "is_danger": True,
        "back": back,
        "crumbs": sending_steps(issue, (_("残りを送らずにやめる"), "")),
    }
    return render(request, "newsletters/desk/one_form.html", context, status=422 if form.errors else 200)


@sends
@require_http_methods(["GET", "HEAD", "POST"])
def resend(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET asks, POST does."""
    issue = get_issue(public_id)
    back = reverse("newsletters:desk-sending", args=[public_id])
    if request.method == "POST":
        done = _("送れなかった人に、もう一度送ります。届いた人には送りません。")
        return _do(request, issue, controls.resend_unsent, done)
    unsent = Delivery.objects.filter(issue=issue).unsent().count()
    return ask(
        request,
        title=_("送れなかった %(count)s通を、もう一度送りますか") % {"count": unsent},
        text=_(
            "相手のメールサーバーが断ったものだけを送ります。もう届いた人、届いたか分からない人、配信をやめた人には送りません。"
        ),
        button=_("送れなかった分を送り直す"),
        is_danger=False,
        back=back,
        steps=sending_steps(issue, (_("送れなかった分を送り直す"), "")),
    )


@sends
@post_only("newsletters:desk-sending", "public_id")
def settle(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    """By POST `answer`: arrived or lost, as the record of the mail server says. Raises Http404."""
    rows = Delivery.objects.select_related("issue")
    delivery = get_object_or_404(rows, pk=pk, issue=get_issue(public_id))
    has_arrived = ANSWERS.get(request.POST.get("answer", ""))
    if has_arrived is None:
        raise Http404
    by: Any = request.user
    done = _("届いていたことにしました。") if has_arrived else _("届いていなかったので、もう一度送ります。")
    attempt(
        request,
        lambda: controls.settle_doubt(delivery=delivery, has_arrived=has_arrived, by=by),
        done,
    )
    return redirect("newsletters:desk-sending", public_id)


def _do(request: HttpRequest, issue: Issue, action: Callable[..., Any], done: str) -> HttpResponse:
    by: Any = request.user
    attempt(request, lambda: action(issue=issue, by=by), done)
    return redirect("newsletters:desk-sending", issue.public_id)
