"""The desk's pages about mails: who was told what, and what became of it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from platform_portal.access.checks import reason_against, requires
from platform_portal.access.methods import post_only
from platform_portal.access.roles import Permission
from platform_portal.desk import SearchWords, attempt, crumbs, paged
from platform_portal.mail import audit_labels, mailbox, permissions, services
from platform_portal.mail.explanations import explain
from platform_portal.mail.filters import MailFilter
from platform_portal.mail.models import OPEN_STATES, MailState, OutgoingMail

FILES_PER_PAGE = 20
SEARCH = SearchWords("mail_search_words", gettext_lazy("あて先"))


def _mails() -> tuple[str, str]:
    return _("メール"), reverse("mail:mail-list")


@requires(Permission.SEE_MAILS)
@require_GET
def mail_list(request: HttpRequest) -> HttpResponse:
    words = SEARCH.of(request)
    # Bodies are long, and no list shows them.
    mails = OutgoingMail.objects.search(words).defer("text", "html", "headers")
    found = MailFilter(request.GET, queryset=mails)
    context = {
        "crumbs": crumbs((_("メール"), "")),
        "filter": found,
        "has_garbage": not found.is_valid(),
        "page": paged(request, found.qs),
        "words": words,
        "search": SEARCH.form(request),
        "has_mailbox": mailbox.has_mailbox(),
        "is_filtered": bool(words or found.is_filtered),
    }
    return render(request, "mail/mail_list.html", context)


@requires(Permission.SEE_MAILS)
@post_only("mail:mail-list")
def mail_search(request: HttpRequest) -> HttpResponse:
    return SEARCH.keep(request, "mail:mail-list")


@requires(Permission.SEE_MAILS)
@require_GET
def mail_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    mail = get_object_or_404(OutgoingMail, public_id=public_id)
    me = request.user
    context = {
        "crumbs": crumbs(_mails(), (mail.subject, "")),
        "mail": mail,
        "explanation": explain(mail.last_error),
        "may_be_resent": mail.state in {MailState.FAILED, MailState.GIVEN_UP},
        "no_resending": reason_against(permissions.check_can_resend_mail, me, mail),
        "may_be_cancelled": mail.state in {*OPEN_STATES, MailState.SENDING},
        "no_cancelling": reason_against(permissions.check_can_cancel_mail, me, mail),
        "history": audit_labels.history_of(mail),
    }
    return render(request, "mail/mail_detail.html", context)


@requires(Permission.RESEND_MAILS)
@post_only("mail:mail-detail", "public_id")
def mail_resend(request: HttpRequest, public_id: str) -> HttpResponse:
    mail = get_object_or_404(OutgoingMail, public_id=public_id)
    done = _("もう一度送ります。送れたかどうかは、この画面の「状態」に出ます。")
    attempt(request, lambda: services.resend_mail(mail=mail, by=request.user), done)
    return redirect("mail:mail-detail", public_id=public_id)


@requires(Permission.RESEND_MAILS)
@require_http_methods(["GET", "POST"])
def mail_cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET asks, POST does."""
    mail = get_object_or_404(OutgoingMail, public_id=public_id)
    page = reverse("mail:mail-detail", args=[public_id])
    if request.method != "POST":
        steps = crumbs(_mails(), (mail.subject, page), (_("送るのをやめる"), ""))
        return render(request, "mail/mail_cancel.html", {"mail": mail, "crumbs": steps})
    attempt(
        request,
        lambda: services.cancel_mail(mail=mail, by=request.user),
        _("このメールを送るのをやめました。"),
    )
    return redirect(page)


# --- The mailbox of a trial -----------------------------------------------------------------------
@requires(Permission.SEE_MAILS)
@require_GET
def mailbox_list(request: HttpRequest) -> HttpResponse:
    """What would have arrived at everybody's. Raises Http404 where mails really leave."""
    if not mailbox.has_mailbox():
        raise Http404
    page = paged(request, mailbox.file_names(), FILES_PER_PAGE)
    context = {
        "page": page,
        "mails": [mail for name in page.object_list for mail in mailbox.mails_in(name)],
        "crumbs": crumbs(_mails(), (_("届いたメール（試用）"), "")),
    }
    return render(request, "mail/mailbox_list.html", context)


@requires(Permission.SEE_MAILS)
@require_GET
def mailbox_mail(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """Raises Http404, also where mails really leave."""
    found = mailbox.mails_in(name) if mailbox.has_mailbox() else []
    mail = next((each for each in found if each.number == number), None)
    if mail is None:
        raise Http404
    steps = crumbs(_mails(), (_("届いたメール（試用）"), reverse("mail:mailbox")), (mail.subject, ""))
    return render(request, "mail/mailbox_mail.html", {"mail": mail, "crumbs": steps})
