"""Windows follow their operator when it is merged into another organisation."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from consultations.indexing import refresh_derived_of_many
from consultations.models import ConsultationWindow, VerificationRequest
from members.merging import Part, register
from members.models import Organization
from platform_portal.audit import services as audit


def count_windows(organization: Organization) -> int:
    return ConsultationWindow.objects.filter(organization=organization).count()


def move_windows(*, source: Organization, target: Organization, by: Any) -> None:
    """Changes under review name the old operator; they are compared with the window as it is when decided."""
    rows = ConsultationWindow.objects.select_for_update(of=("self",)).defer("search_vector")
    windows = list(rows.filter(organization=source).order_by("pk"))
    for window in windows:
        window.organization = target
        window.save(update_fields=["organization", "updated_at"])
    audit.record_all(
        audit.prepare(
            type="consultations.window_changed",
            by=by,
            obj=window,
            old={"organization": source.public_id},
            new={"organization": target.public_id},
        )
        for window in windows
    )
    # A round of asking goes on with whoever operates the window now.
    VerificationRequest.objects.filter(organization=source).update(organization=target)
    # All of them: the name they are found by may have changed too.
    refresh_derived_of_many(
        ConsultationWindow.objects.filter(organization=target).values_list("pk", flat=True)
    )


def register_windows() -> None:
    """Called once, when the app is ready."""
    labels = (ConsultationWindow._meta.label, VerificationRequest._meta.label)
    register(Part(_("相談窓口"), labels, count_windows, move_windows))
