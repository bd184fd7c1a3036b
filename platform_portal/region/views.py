"""The desk's page for what a prefecture fills in once."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from platform_portal.access.checks import requires
from platform_portal.access.roles import Permission
from platform_portal.audit.models import AuditEvent
from platform_portal.region import services
from platform_portal.region.forms import PortalSettingsForm
from platform_portal.region.models import PortalSettings, Prefecture

HISTORY_LENGTH = 20


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
        "crumbs": [(_("管理画面"), reverse("desk:home")), (_("ポータルの設定"), "")],
        "history": _history(row),
    }
    return render(request, "region/settings.html", context)


def _history(row: PortalSettings) -> list[dict[str, Any]]:
    """Who changed the settings, when and how, newest first."""
    events = list(AuditEvent.objects.about(row)[:HISTORY_LENGTH])
    people = get_user_model().objects.in_bulk({event.actor_id for event in events if event.actor_id})
    return [
        {
            "at": event.at,
            "who": people.get(event.actor_id) or _("ポータル"),
            "what": _("設定を変えた"),
            "changes": [_change_in_words(row, *change) for change in event.changed_fields],
        }
        for event in events
    ]


def _change_in_words(row: PortalSettings, name: str, old: Any, new: Any) -> tuple[str, str, str]:
    label = getattr(row._meta.get_field(name), "verbose_name", name)
    return str(label), str(old or _("なし")), str(new or _("なし"))
