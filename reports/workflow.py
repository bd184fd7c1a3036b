"""Ways between the states of an annual report. The only place that knows them."""

from django.utils.translation import gettext_lazy as _

from platform_portal.access.roles import Permission
from platform_portal.publishing.states import Way
from reports.models import ReportState

_S = ReportState

REPORT_WAYS: dict[tuple[ReportState, ReportState], Way] = {
    (_S.DRAFT, _S.IN_REVIEW): Way("requested", _("確認を頼む"), Permission.EDIT_REPORTS),
    (_S.IN_REVIEW, _S.DRAFT): Way("returned", _("下書きに戻す"), Permission.EDIT_REPORTS, needs_reason=True),
    (_S.IN_REVIEW, _S.APPROVED): Way(
        "approved", _("承認する"), Permission.APPROVE_REPORTS, needs_other_person=True
    ),
    (_S.APPROVED, _S.SUBMITTED): Way("submitted", _("提出済みにする"), Permission.EDIT_REPORTS),
    # What was approved stays as an edition; the next approval makes another.
    (_S.APPROVED, _S.DRAFT): Way("reopened", _("書き直す"), Permission.APPROVE_REPORTS, needs_reason=True),
    (_S.SUBMITTED, _S.DRAFT): Way("reopened", _("書き直す"), Permission.APPROVE_REPORTS, needs_reason=True),
}
