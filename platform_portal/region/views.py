"""The desk's page for what a prefecture fills in once."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from platform_portal.access.checks import requires
from platform_portal.access.roles import Permission
from platform_portal.audit.models import AuditEvent
from platform_portal.audit.words import Line, actor_words, history_of
from platform_portal.desk import crumbs
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
            if form.phone_warning:
                messages.warning(
                    request, _("事務局の電話番号：%(warning)s") % {"warning": form.phone_warning}
                )
            return redirect("region:settings")
    context = {
        "form": form,
        "has_prefectures": Prefecture.objects.exists(),
        "crumbs": crumbs((_("ポータルの設定"), "")),
        "history": history_of(row, _describe),
    }
    return render(request, "region/settings.html", context)


def _describe(event: AuditEvent, names: Mapping[int, str]) -> Line:
    changes = [_change_in_words(*change) for change in event.changed_fields]
    return Line(event.at, actor_words(event, names), event.get_type_display(), changes)


def _change_in_words(name: str, old: Any, new: Any) -> tuple[str, str, str]:
    label = getattr(PortalSettings._meta.get_field(name), "verbose_name", name)
    return str(label), str(old or _("なし")), str(new or _("なし"))
