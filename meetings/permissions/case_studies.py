"""Who may read and write case studies. Twins: check_… says why not and what to do, can_… says whether."""

from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.utils.translation import gettext as _

from meetings.case_workflow import CASE_WAYS, EDITABLE, MEMBER_CASE_WAYS
from meetings.models import CaseStudy, Meeting
from meetings.models.case_studies import meetings_of
from members.models import Charter, Membership, Organization
from members.permissions import check_can_write_as_member
from platform_portal.access.checks import Refused, check_has, has, passes
from platform_portal.access.roles import Permission
from platform_portal.publishing.services import check_can_transition
from platform_portal.publishing.states import State


def check_has_second_factor(user: Any) -> None:
    """Stricter than the rest of the members' pages: these texts are about people."""
    if settings.PORTAL_REQUIRE_MFA and not is_mfa_enabled(user):
        raise Refused(
            _(
                "ケーススタディを読むには、2段階認証が要ります。「アカウント」のページで設定してから、もう一度開いてください。"
            )
        )


def check_can_read_case_studies(user: Any, meeting: Meeting) -> None:
    """Those of one meeting: the desk, and people of an organisation that is of the meeting and has agreed to the charter."""
    if not user.is_authenticated or not user.is_active:
        raise Refused(_("サインインが必要です。"))
    check_has_second_factor(user)
    if has(user, Permission.TEND_CASE_STUDIES):
        return
    own = Organization.objects.acted_for_by(user)
    reaching = [each for each in own if meetings_of([each.pk]).filter(pk=meeting.pk).exists()]
    if not reaching:
        raise Refused(
            _(
                "この会議に入っている会員団体の担当者だけが読めます。読む必要があるときは、事務局に相談してください。"
            )
        )
    # Of the meeting itself, not just another organisation of the same person.
    charter = Charter.objects.in_force()
    if (
        charter is None
        or not own.with_consent_to(charter).filter(pk__in=[each.pk for each in reaching]).exists()
    ):
        raise Refused(
            _(
                "団体がいまの設置要綱（守秘義務）にまだ同意していないので、読めません。団体の管理担当の方が「わたしの団体」のページで同意すると、読めるようになります。"
            )
        )


def can_read_case_studies(user: Any, meeting: Meeting) -> bool:
    return passes(check_can_read_case_studies, user, meeting)


def check_can_read_case_study(user: Any, case: CaseStudy) -> None:
    """Drafts: whoever may write them."""
    if case.state == State.PUBLISHED:
        check_can_read_case_studies(user, case.meeting)
        return
    check_has_second_factor(user)
    if not has(user, Permission.TEND_CASE_STUDIES):
        check_can_write_as_member(user, case.organization)


def can_read_case_study(user: Any, case: CaseStudy) -> bool:
    return passes(check_can_read_case_study, user, case)


def check_can_write_case_study(user: Any, meeting: Meeting, organization: Organization | None) -> None:
    """Begin one: the desk (without an organisation), or an organisation that may read those of the meeting."""
    if organization is None:
        check_has(user, Permission.TEND_CASE_STUDIES)
        check_has_second_factor(user)
        return
    check_can_write_as_member(user, organization)
    check_can_read_case_studies(user, meeting)


def can_write_case_study(user: Any, meeting: Meeting, organization: Organization | None) -> bool:
    return passes(check_can_write_case_study, user, meeting, organization)


def check_can_edit_case_study(user: Any, case: CaseStudy) -> None:
    check_has_second_factor(user)
    if not has(user, Permission.TEND_CASE_STUDIES):
        check_can_write_as_member(user, case.organization)
    if case.state not in EDITABLE:
        raise Refused(
            _("「%(state)s」のあいだは直せません。先に、下書きに戻すか、見せるのを止めてください。")
            % {"state": case.state_words}
        )


def can_edit_case_study(user: Any, case: CaseStudy) -> bool:
    return passes(check_can_edit_case_study, user, case)


def check_can_move_case_study(user: Any, case: CaseStudy, to: State) -> None:
    check_has_second_factor(user)
    if has(user, Permission.TEND_CASE_STUDIES):
        check_can_transition(user, case, to, CASE_WAYS)
        return
    check_can_write_as_member(user, case.organization)
    check_can_transition(user, case, to, MEMBER_CASE_WAYS)


def can_move_case_study(user: Any, case: CaseStudy, to: State) -> bool:
    return passes(check_can_move_case_study, user, case, to)


def writable_organizations(user: Any) -> Any:
    """Of which `user` is a manager or editor today."""
    rows = Membership.objects.current().filter(user=user.pk, role__in=["manager", "editor"])
    return Organization.objects.active().filter(pk__in=rows.values("organization"))
