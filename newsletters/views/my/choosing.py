"""What comes to the address of one's account, and choosing that: as behind the links in the mails, but signed in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from members.views.my.common import crumbs
from newsletters.forms.subscribing import OwnChoiceForm
from newsletters.models import NOT_REACHED, Suppression
from newsletters.services import members as services
from newsletters.services.consent_texts import current_text
from newsletters.services.subscribing import current_newsletters


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    subscriber = services.subscriber_for(request.user)
    current, text = current_newsletters(subscriber), current_text()
    form = OwnChoiceForm(
        request.POST if request.method == "POST" else None,
        offered=services.offered_to(subscriber),
        current=current,
        text=text,
    )
    if form.is_valid():
        chosen = form.cleaned_data["newsletters"]
        services.choose_for_account(chosen=chosen, text=form.text, by=request.user)
        messages.success(request, _("受け取るメルマガを保存しました。"))
        return redirect("newsletters:my-choice")
    stopped = Suppression.objects.of(subscriber.address).first()
    context = {
        "form": form,
        "text": text,
        "current": current,
        "address": subscriber.address,
        "stopped": stopped,
        "is_unreached": stopped is not None and stopped.reason in NOT_REACHED,
        "crumbs": crumbs(
            (_("メルマガ"), reverse("newsletters:my-archive")), (_("受け取るメルマガを選ぶ"), "")
        ),
    }
    return render(request, "newsletters/my/choose.html", context, status=422 if form.errors else 200)
