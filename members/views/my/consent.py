"""The charter in force, and the organisation's answer to it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from members import permissions, services
from members.forms.my import ConsentForm
from members.models import Charter, Organization
from members.views.my.common import own_organization, steps_of
from members.views.my.home import LATER
from platform_portal.access.checks import reason_against
from platform_portal.desk import attempt
from platform_portal.markdown import render_markdown


@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest, public_id: str) -> HttpResponse:
    """Shown to a manager before the first page; 「あとで決める」 leads past it until the next sign-in."""
    organization = own_organization(request, public_id)
    charter = Charter.objects.in_force()
    given = charter.consents.filter(organization=organization).first() if charter else None
    form = ConsentForm()
    status = 200
    if request.method == "POST" and charter is not None:
        if "later" in request.POST:
            request.session[LATER] = charter.number
            messages.info(
                request, _("設置要綱への同意は、まだ済んでいません。いつでもこの画面から開けます。")
            )
            return redirect("my:home")
        permissions.check_can_consent(request.user, organization)
        form, status = ConsentForm(request.POST), 422
        if form.is_valid():
            if _consent(request, organization, form.cleaned_data["text_hash"]):
                return redirect("my:home")
            form, status = ConsentForm(), 409  # other words are in force now: the tick was not for these
    context = {
        "organization": organization,
        "charter": charter,
        "given": given,
        "form": form,
        "html": render_markdown(charter.text) if charter else "",
        "against": reason_against(permissions.check_can_consent, request.user, organization),
        "crumbs": steps_of(organization, (_("設置要綱への同意"), "")),
    }
    return render(request, "members/my/consent.html", context, status=status)


def _consent(request: HttpRequest, organization: Organization, text_hash: str) -> bool:
    try:
        return attempt(
            request,
            lambda: services.consent_to_charter(
                organization=organization, text_hash=text_hash, by=request.user
            ),
            _("「%(name)s」の同意を記録しました。") % {"name": organization.name},
        )
    except services.CharterChangedError:
        messages.error(
            request,
            _("読んでいるあいだに、設置要綱が新しくなりました。お手数ですが、もう一度読んでください。"),
        )
        return False
