"""The windows of an organisation, for its page on the desk."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations.models import ConsultationWindow
from members.belongings import Belonging, Belongings
from members.models import Organization
from platform_portal.publishing.states import State


def written_about(organization: Organization) -> "QuerySet[ConsultationWindow]":
    """Windows about which its people get mails."""
    return ConsultationWindow.objects.operated_by(organization)


def windows_of(organization: Organization) -> Belongings:
    rows = ConsultationWindow.objects.operated_by(organization).exclude(state=State.ARCHIVED)
    return Belongings(
        _("相談窓口"),
        [
            Belonging(
                window.name,
                str(window.get_state_display()),
                reverse("desk:window-page", args=[window.public_id]),
            )
            for window in rows.only("public_id", "name", "state", "kana")
        ],
        left=_("退会した団体の窓口です。新しい運営者を決めるか、公開を止めてください。"),
    )
