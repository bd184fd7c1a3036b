"""The desk's pages about mails: who was told what, and what became of it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from platform_portal.access.checks import Refused, reason_against, requires
from platform_portal.access.methods import post_only
from platform_portal.access.roles import Permission
from platform_portal.audit.models import AuditEvent
from platform_portal.mail import audit_labels, permissions, services
from platform_portal.mail.explanations import explain
from platform_portal.mail.filters import MailFilter
from platform_portal.mail.forms import MailSearchForm
from platform_portal.mail.models import OPEN_STATES, MailState, OutgoingMail

PAGE_SIZE = 50
HISTORY_LENGTH = 20
WORDS_KEY = "mail_search_words"


def _crumbs(*steps: tuple[str, str]) -> list[tuple[str, str]]:
    """From the desk's first page down; the last step has no address."""
    return [(_("管理画面"), reverse("desk:home")), *steps]


def _mails() -> tuple[str, str]:
    return _("メール"), reverse("mail:mail-list")


@requires(Permission.SEE_MAILS)
@require_GET
def mail_list(request: HttpRequest) -> HttpResponse:
    words = request.session.get(WORDS_KEY, "")
    # Bodies are long, and no list shows them.
    mails = OutgoingMail.objects.search(words).defer("text", "html", "headers")
    found = MailFilter(request.GET, queryset=mails)
    context = {
        "crumbs": _crumbs((_("メール"), "")),
        "filter": found,
        "has_garbage": not found.is_valid(),
        "page": Paginator(found.qs, PAGE_SIZE).get_page(request.GET.get("page")),
        "words": words,
        "search": MailSearchForm(initial={"words": words}),
        "is_filtered": bool(words or found.is_filtered),
    }
    return render(request, "mail/mail_list.html", context)


@requires(Permission.SEE_MAILS)
@post_only("mail:mail-list")
def mail_search(request: HttpRequest) -> HttpResponse:
    form = MailSearchForm(request.POST)
    if form.is_valid():
        request.session[WORDS_KEY] = form.cleaned_data["words"]
    else:
        messages.error(request, _("探す言葉は100文字までで書いてください。"))
    return redirect("mail:mail-list")


@requires(Permission.SEE_MAILS)
@require_GET
def mail_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    mail = get_object_or_404(OutgoingMail, public_id=public_id)
    me = request.user
    context = {
        "crumbs": _crumbs(_mails(), (mail.subject, "")),
        "mail": mail,
        "explanation": explain(mail.last_error),
        "may_be_resent": mail.state in {MailState.FAILED, MailState.GIVEN_UP},
        "no_resending": reason_against(permissions.check_can_resend_mail, me, mail),
        "may_be_cancelled": mail.state in {*OPEN_STATES, MailState.SENDING},
        "no_cancelling": reason_against(permissions.check_can_cancel_mail, me, mail),
        "history": _history(mail),
    }
    return render(request, "mail/mail_detail.html", context)


@requires(Permission.RESEND_MAILS)
@post_only("mail:mail-detail", "public_id")
def mail_resend(request: HttpRequest, public_id: str) -> HttpResponse:
    mail = get_object_or_404(OutgoingMail, public_id=public_id)
    try:
        services.resend_mail(mail=mail, by=request.user)
    except Refused as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(request, _("もう一度送ります。送れたかどうかは、この画面の「状態」に出ます。"))
    return redirect("mail:mail-detail", public_id=public_id)


@requires(Permission.RESEND_MAILS)
@require_http_methods(["GET", "POST"])
def mail_cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET asks, POST does."""
    mail = get_object_or_404(OutgoingMail, public_id=public_id)
    page = reverse("mail:mail-detail", args=[public_id])
    if request.method != "POST":
        crumbs = _crumbs(_mails(), (mail.subject, page), (_("送るのをやめる"), ""))
        return render(request, "mail/mail_cancel.html", {"mail": mail, "crumbs": crumbs})
    try:
        services.cancel_mail(mail=mail, by=request.user)
    except Refused as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(request, _("このメールを送るのをやめました。"))
    return redirect(page)


def _history(mail: OutgoingMail) -> list[Any]:
    """Constant queries."""
    events = list(AuditEvent.objects.about(mail)[:HISTORY_LENGTH])
    people = get_user_model().objects.filter(pk__in={event.actor_id for event in events if event.actor_id})
    names = {person.pk: str(person) for person in people}
    return [audit_labels.describe(event, names) for event in events]
