"""The newsletters themselves on the desk: begun, changed, stopped."""

from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from newsletters.forms.newsletters import NewsletterForm
from newsletters.models import Newsletter, Subscription
from newsletters.services import newsletters as services
from newsletters.views.desk.common import issue_steps, keeps, posted
from platform_portal.desk import Crumbs, Step, ask, attempt, paged, show_form


def _steps(*more: Step) -> Crumbs:
    return issue_steps(
        (_("メルマガの種類"), reverse("newsletters:desk-newsletter-list") if more else ""), *more
    )


@keeps
@require_safe
def newsletter_list(request: HttpRequest) -> HttpResponse:
    readers = (
        Subscription.objects.current()
        .filter(newsletter=OuterRef("pk"), subscriber__state="confirmed")
        .order_by()
        .values("newsletter")
        .annotate(count=Count("pk"))
        .values("count")
    )
    rows = Newsletter.objects.annotate(
        reader_count=Coalesce(Subquery(readers), 0),
        sent_count=Count("issues", filter=Q(issues__completed_at__isnull=False)),
    )
    context = {"page": paged(request, rows.order_by("-is_active", "position", "pk")), "crumbs": _steps()}
    return render(request, "newsletters/desk/newsletter_list.html", context)


@keeps
@require_http_methods(["GET", "HEAD", "POST"])
def newsletter_create(request: HttpRequest) -> HttpResponse:
    form = NewsletterForm(posted(request))
    by: Any = request.user
    if form.is_valid() and attempt(
        request,
        lambda: services.create_newsletter(values=form.cleaned_data, by=by),
        _("「%(name)s」を作りました。") % {"name": form.cleaned_data["name"]},
        form,
    ):
        return redirect("newsletters:desk-newsletter-list")
    title = _("メルマガを作る")
    return show_form(
        request,
        form,
        title=title,
        button=_("作る"),
        back=reverse("newsletters:desk-newsletter-list"),
        steps=_steps((title, "")),
    )


@keeps
@require_http_methods(["GET", "HEAD", "POST"])
def newsletter_page(request: HttpRequest, public_id: str) -> HttpResponse:
    newsletter = _newsletter(public_id)
    name = newsletter.name
    form = NewsletterForm(posted(request), instance=newsletter)
    by: Any = request.user
    if form.is_valid() and attempt(
        request,
        lambda: services.change_newsletter(newsletter=newsletter, values=form.cleaned_data, by=by),
        _("保存しました。"),
        form,
    ):
        return redirect("newsletters:desk-newsletter-list")
    return show_form(
        request,
        form,
        title=name,
        text=_(
            "List-Id は「%(label)s」です。読む人のメールソフトが振り分けに使うので、名前を変えても変わりません。"
        )
        % {"label": newsletter.list_label},
        back=reverse("newsletters:desk-newsletter-list"),
        steps=_steps((name, "")),
        template="newsletters/desk/form.html",
        more={"newsletter": newsletter},
    )


@keeps
@require_http_methods(["GET", "HEAD", "POST"])
def newsletter_stop(request: HttpRequest, public_id: str) -> HttpResponse:
    """Stops one that is issued, takes up one that was stopped."""
    newsletter = _newsletter(public_id)
    is_active, name = newsletter.is_active, {"name": newsletter.name}
    if request.method == "POST":
        by: Any = request.user
        attempt(
            request,
            lambda: services.change_newsletter(
                newsletter=newsletter, values={"is_active": not is_active}, by=by
            ),
            (_("「%(name)s」の発行をやめました。") if is_active else _("「%(name)s」をまた発行します。"))
            % name,
        )
        return redirect("newsletters:desk-newsletter-list")
    title = (_("「%(name)s」の発行をやめますか") if is_active else _("「%(name)s」をまた発行しますか")) % name
    text = (
        _("新しい号は書けず、申し込みも受けなくなります。これまでの号と購読者の記録は残ります。")
        if is_active
        else _("やめる前に購読していた人に、また届くようになります。")
    )
    return ask(
        request,
        title=title,
        text=text,
        button=_("発行をやめる") if is_active else _("また発行する"),
        back=reverse("newsletters:desk-newsletter", args=[public_id]),
        steps=_steps((newsletter.name, "")),
    )


def _newsletter(public_id: str) -> Newsletter:
    found: Newsletter = get_object_or_404(Newsletter, public_id=public_id)
    return found
