"""The desk's page for what a prefecture fills in once."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from platform_portal.access.checks import requires
from platform_portal.access.roles import Permission
from platform_portal.region import services
from platform_portal.region.forms import PortalSettingsForm
from platform_portal.region.models import PortalSettings, Prefecture


@requires(Permission.EDIT_PORTAL_SETTINGS)
@require_http_methods(["GET", "POST"])
def portal_settings(request: HttpRequest) -> HttpResponse:
    row = PortalSettings.load()
    form = PortalSettingsForm(request.POST or None, instance=row)
    if form.is_valid():
        try:
            services.save_portal_settings(values=form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("ポータルの設定を変えました。住民のページにも、すぐに出ます。"))
            return redirect("region:settings")
    context = {"form": form, "has_prefectures": Prefecture.objects.exists()}
    return render(request, "region/settings.html", context)
