"""Taking an issue out of the archive, and putting it back."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from newsletters.forms.reasons import WithdrawForm
from newsletters.services import archive as services
from newsletters.views.desk.sending import get_issue, sending_steps, sends
from platform_portal.access.methods import post_only
from platform_portal.desk import attempt


@sends
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET asks for the reason, POST does."""
    issue = get_issue(public_id)
    by: Any = request.user
    back = reverse("newsletters:desk-sending", args=[public_id])
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = attempt(
            request,
            lambda: services.withdraw_issue(issue=issue, reason=form.cleaned_data["reason"], by=by),
            _("この号の公開をやめました。"),
            form,
        )
        if done:
            return redirect(back)
    context = {
        "form": form,
        "title": _("「%(issue)s」の公開をやめますか") % {"issue": issue},
        "text": _("バックナンバーから消えます。もう送ったメールは、取り消せません。"),
        "button": _("公開をやめる"),
        "is_danger": True,
        "back": back,
        "crumbs": sending_steps(issue, (_("公開をやめる"), "")),
    }
    return render(request, "newsletters/desk/one_form.html", context, status=422 if form.errors else 200)


@sends
@post_only("newsletters:desk-sending", "public_id")
def restore(request: HttpRequest, public_id: str) -> HttpResponse:
    issue = get_issue(public_id)
    by: Any = request.user
    attempt(request, lambda: services.restore_issue(issue=issue, by=by), _("この号をもう一度公開しました。"))
    return redirect("newsletters:desk-sending", public_id)
