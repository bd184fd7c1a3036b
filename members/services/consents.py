"""An organisation agrees to the charter in force."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from members import permissions
from members.models import Charter, CharterConsent, Organization
from members.services.applications import CharterChangedError
from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit


@transaction.atomic
def consent_to_charter(*, organization: Organization, text_hash: str, by: Any) -> CharterConsent:
    """Records that `by` agreed for `organization` to the words whose hash is `text_hash`. Twice is once.

    Raises Refused; CharterChangedError when those are not the words in force.
    """
    # Two managers who agree at the same moment come one after the other.
    locked = Organization.objects.select_for_update(of=("self",)).get(pk=organization.pk)
    permissions.check_can_consent(by, locked)
    charter = Charter.objects.in_force()
    if charter is None:
        raise Refused(_("いま、同意する設置要綱はありません。"))
    if charter.text_hash != text_hash:
        raise CharterChangedError
    consent: CharterConsent | None = charter.consents.filter(organization=locked).first()
    if consent is not None:
        return consent
    consent = CharterConsent.objects.create(
        charter=charter, organization=locked, text_hash=charter.text_hash, person_name=by.name
    )
    audit.record(
        type="members.charter_consented",
        by=by,
        obj=locked,
        new={"charter": charter.number, "text_hash": charter.text_hash},
    )
    return consent
