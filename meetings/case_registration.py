"""Where case studies make themselves known to the rest of the portal, which does not know them."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from meetings.audit_labels import case_studies as labels
from meetings.mails import case_studies as mails
from meetings.models import CaseStudy
from platform_portal import desk_jobs
from platform_portal.access.checks import has
from platform_portal.access.roles import Permission
from platform_portal.audit import kinds as audit_kinds
from platform_portal.desk_jobs import Job
from platform_portal.mail import kinds


def register_case_studies() -> None:
    """Called once, when the app is ready."""
    audit_kinds.register(labels.LABELS)
    kinds.register(mails.KINDS)
    desk_jobs.register(case_jobs)


def case_jobs(user: Any) -> Iterable[Job]:
    """For the desk's first page: what `user` may let members read. One query."""
    if not has(user, Permission.TEND_CASE_STUDIES):
        return
    rows = CaseStudy.objects.waiting_for_review().exclude(author=user).exclude(submitted_by=user)
    hint = _("だれのことか分からないかを確かめてから、会員に見せます。")
    yield Job(_("確認を待っているケーススタディ"), hint, rows.count(), reverse("meetings:desk-case-list"))
