"""The desk's pages about addresses that we write to no more, and about the words under which people subscribe."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from newsletters.filters import SuppressionFilter
from newsletters.forms.subscribers import ConsentTextForm, SuppressionForm
from newsletters.models import ConsentText, Suppression, SuppressionReason
from newsletters.services import consent_texts
from newsletters.services.suppressing import lift_suppression, suppress_address
from newsletters.views.desk.subscribers import subscriber_steps, tends
from platform_portal.access.methods import post_only
from platform_portal.desk import SearchWords, attempt, paged

SEARCH = SearchWords("newsletter_suppression_words", gettext_lazy("メールアドレス（一部でも）"))


@tends
@require_safe
def suppression_list(request: HttpRequest) -> HttpResponse:
    words = SEARCH.of(request)
    rows = Suppression.objects.search(words).select_related("stopped_by").order_by("-created_at", "-pk")
    found = SuppressionFilter(request.GET, queryset=rows)
    context = {
        "filter": found,
        "has_garbage": not found.is_valid(),
        "page": paged(request, found.qs if found.is_valid() else rows),
        "words": words,
        "search": SEARCH.form(request),
        "is_filtered": bool(words or request.GET.get("reason")),
        "crumbs": subscriber_steps((_("配信を止めたアドレス"), "")),
    }
    return render(request, "newsletters/desk/suppression_list.html", context)


@tends
@post_only("newsletters:desk-suppression-list")
def suppression_search(request: HttpRequest) -> HttpResponse:
    return SEARCH.keep(request, "newsletters:desk-suppression-list")


@tends
@require_http_methods(["GET", "HEAD", "POST"])
def suppression_create(request: HttpRequest) -> HttpResponse:
    form = SuppressionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = {**form.cleaned_data, "reason": SuppressionReason.STAFF, "by": request.user}
        if attempt(request, partial(suppress_address, **values), _("配信を止めました。"), form):
            return redirect("newsletters:desk-suppression-list")
    title = _("アドレスへの配信を止める")
    back = reverse("newsletters:desk-suppression-list")
    context = {
        "form": form,
        "title": title,
        "text": _("このアドレスには、どのメルマガも、登録の確認のメールも送らなくなります。"),
        "button": _("配信を止める"),
        "back": back,
        "crumbs": subscriber_steps((_("配信を止めたアドレス"), back), (title, "")),
    }
    return render(request, "newsletters/desk/one_form.html", context, status=422 if form.errors else 200)


@tends
@require_http_methods(["GET", "HEAD", "POST"])
def suppression_lift(request: HttpRequest, public_id: str) -> HttpResponse:
    row = get_object_or_404(Suppression, public_id=public_id)
    back = reverse("newsletters:desk-suppression-list")
    if request.method == "POST":
        attempt(
            request,
            partial(lift_suppression, suppression=row, by=request.user),
            _("配信の停止を解きました。"),
        )
        return redirect(back)
    title = _("配信の停止を解く")
    context = {
        "row": row,
        "title": title,
        "back": back,
        "crumbs": subscriber_steps((_("配信を止めたアドレス"), back), (title, "")),
    }
    return render(request, "newsletters/desk/suppression_lift.html", context)


# --- The words under which people subscribe -------------------------------------------------------
@tends
@require_http_methods(["GET", "HEAD", "POST"])
def consent_text_list(request: HttpRequest) -> HttpResponse:
    """All versions, the newest first, with the form that adds one."""
    newest = consent_texts.current_text()
    form = ConsentTextForm(request.POST or None, initial={"text": newest.text})
    if request.method == "POST" and form.is_valid():
        action = partial(consent_texts.write_consent_text, text=form.cleaned_data["text"], by=request.user)
        if attempt(request, action, _("新しい版にしました。これから登録する人に、この文を見せます。"), form):
            return redirect("newsletters:desk-consent-texts")
    rows = ConsentText.objects.select_related("written_by").order_by("-version")
    context = {
        "form": form,
        "page": paged(request, rows, 10),
        "crumbs": subscriber_steps((_("登録のときの文章"), "")),
    }
    return render(request, "newsletters/desk/consent_texts.html", context, status=422 if form.errors else 200)
