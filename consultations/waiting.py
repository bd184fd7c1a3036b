"""What waits for a member about the windows of its organisations: those to verify, and changes that came back."""

from collections.abc import Iterable, Sequence

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations.models import ConsultationWindow, VerificationRequest, WindowRevision
from members.models import Membership, User
from members.waiting import Waiting


def windows_wait(user: User, memberships: Sequence[Membership]) -> Iterable[Waiting]:
    """At most two queries, whatever there is."""
    writing = [membership.organization_id for membership in memberships if membership.may_edit]
    if not writing:
        return
    rows = ConsultationWindow.objects.due_for_verification().filter(organization__in=writing)
    # What they have said already stands: see services.check_nobody_said_otherwise.
    changed = WindowRevision.objects.waiting().filter(window=OuterRef("pk"))
    told = VerificationRequest.objects.waiting().filter(window=OuterRef("pk"), told_at__isnull=False)
    due = rows.filter(~Exists(changed), ~Exists(told)).count()
    hint = _("番号と受付時間が今も正しいか、確かめる日が来ています。")
    yield Waiting(_("確かめる日が来た窓口"), hint, due, reverse("my:window-list"))
    own = WindowRevision.objects.filter(window__organization__in=writing)
    returned = own.returned_to(user).count()
    hint = _("理由を読んで、直してからもう一度申し出てください。")
    yield Waiting(_("差し戻された、窓口の変更"), hint, returned, reverse("my:window-list"))
