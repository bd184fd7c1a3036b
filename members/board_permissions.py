"""Who may do what on the matching board. Twins, as in `members.permissions`."""

from typing import Any

from django.utils.translation import gettext as _

from members.models import (
    BoardReport,
    Conversation,
    Membership,
    Offer,
    OfferState,
    Organization,
    OrganizationState,
)
from members.permissions import membership_of, require_membership
from platform_portal.access.checks import Refused, check_has, has, passes
from platform_portal.access.roles import Permission


def check_can_see_board(user: Any) -> None:
    """Members of today, and the desk. Nobody else, not even with an account."""
    if has(user, Permission.TEND_BOARD):
        return
    if not user.is_authenticated or not user.is_active:
        raise Refused(_("サインインが必要です。"))
    rows = Membership.objects.current().filter(user=user, organization__state=OrganizationState.ACTIVE)
    if not rows.exists():
        raise Refused(
            _("掲示板は、会員団体の担当者だけが見られます。団体の管理担当か事務局に相談してください。")
        )


def can_see_board(user: Any) -> bool:
    return passes(check_can_see_board, user)


def check_can_write_offers(user: Any, organization: Organization) -> None:
    """For an organisation, as one of its people: the desk puts up nothing in the name of others."""
    if not require_membership(user, organization).may_edit:
        raise Refused(
            _("「閲覧のみ」の担当なので、掲示板は読むことだけができます。団体の管理担当に頼んでください。")
        )


def can_write_offers(user: Any, organization: Organization) -> bool:
    return passes(check_can_write_offers, user, organization)


def check_can_edit_offer(user: Any, offer: Offer) -> None:
    check_can_write_offers(user, offer.organization)
    if offer.state in {OfferState.SETTLED, OfferState.WITHDRAWN}:
        raise Refused(_("終わった掲示は直せません。もう一度載せるときは、新しく書いてください。"))


def can_edit_offer(user: Any, offer: Offer) -> bool:
    return passes(check_can_edit_offer, user, offer)


def check_can_settle_offer(user: Any, offer: Offer) -> None:
    check_can_edit_offer(user, offer)


def can_settle_offer(user: Any, offer: Offer) -> bool:
    return passes(check_can_settle_offer, user, offer)


def check_can_withdraw_offer(user: Any, offer: Offer) -> None:
    """Its own people; the desk too, when something stands there that must not."""
    if not has(user, Permission.TEND_BOARD):
        check_can_edit_offer(user, offer)
    elif offer.state != OfferState.OPEN:
        raise Refused(_("この掲示は、もう終わっています。"))


def can_withdraw_offer(user: Any, offer: Offer) -> bool:
    return passes(check_can_withdraw_offer, user, offer)


def check_can_ask(user: Any, offer: Offer, organization: Organization) -> None:
    """Begin to talk about `offer` in the name of `organization`."""
    check_can_write_offers(user, organization)
    if offer.organization_id == organization.pk:
        raise Refused(_("自分の団体の掲示です。"))
    _check_is_open(offer)


def can_ask(user: Any, offer: Offer, organization: Organization) -> bool:
    return passes(check_can_ask, user, offer, organization)


def check_can_introduce(user: Any, first: Offer, second: Offer) -> None:
    """Bring two organisations together: the desk."""
    check_has(user, Permission.TEND_BOARD)
    if first.organization_id == second.organization_id:
        raise Refused(_("同じ団体の掲示どうしは引き合わせられません。"))
    _check_is_open(first)
    _check_is_open(second)


def can_introduce(user: Any, first: Offer, second: Offer) -> bool:
    return passes(check_can_introduce, user, first, second)


def check_can_read_conversation(user: Any, conversation: Conversation) -> None:
    """Whoever writes for one of the two. Staff read through a report alone: see `check_can_read_reported`."""
    memberships = [membership_of(user, organization) for organization in conversation.organizations]
    held = [membership for membership in memberships if membership is not None]
    if not held:
        raise Refused(_("このやりとりの担当者ではありません。"))
    if not any(membership.may_edit for membership in held):
        raise Refused(_("「閲覧のみ」の担当なので、やりとりは読めません。団体の管理担当に頼んでください。"))


def can_read_conversation(user: Any, conversation: Conversation) -> bool:
    return passes(check_can_read_conversation, user, conversation)


def check_can_write_message(user: Any, conversation: Conversation, organization: Organization) -> None:
    check_can_write_offers(user, organization)
    _check_takes_part(conversation, organization)
    _check_is_going_on(conversation)
    other = conversation.other_than(organization)
    if not other.is_active:
        raise Refused(_("「%(name)s」は退会しました。もうメッセージは送れません。") % {"name": other.name})


def can_write_message(user: Any, conversation: Conversation, organization: Organization) -> bool:
    return passes(check_can_write_message, user, conversation, organization)


def check_can_close_conversation(user: Any, conversation: Conversation, organization: Organization) -> None:
    check_can_write_offers(user, organization)
    _check_takes_part(conversation, organization)
    _check_is_going_on(conversation)


def can_close_conversation(user: Any, conversation: Conversation, organization: Organization) -> bool:
    return passes(check_can_close_conversation, user, conversation, organization)


def check_can_report_conversation(user: Any, conversation: Conversation, organization: Organization) -> None:
    """Also after it has ended: the trouble may come to light later."""
    check_can_write_offers(user, organization)
    _check_takes_part(conversation, organization)


def can_report_conversation(user: Any, conversation: Conversation, organization: Organization) -> bool:
    return passes(check_can_report_conversation, user, conversation, organization)


def check_can_read_reported(user: Any, report: BoardReport) -> None:
    """Staff read what two organisations say to each other only while one of them asks for it."""
    check_has(user, Permission.TEND_BOARD)
    if report.handled_at is not None:
        raise Refused(_("対応が済んだので、このやりとりはもう読めません。"))


def can_read_reported(user: Any, report: BoardReport) -> bool:
    return passes(check_can_read_reported, user, report)


def check_can_handle_report(user: Any, report: BoardReport) -> None:
    check_has(user, Permission.TEND_BOARD)
    if report.handled_at is not None:
        raise Refused(_("この知らせは、もう対応が済んでいます。"))


def can_handle_report(user: Any, report: BoardReport) -> bool:
    return passes(check_can_handle_report, user, report)


def _check_takes_part(conversation: Conversation, organization: Organization) -> None:
    if organization not in conversation.organizations:
        raise Refused(_("このやりとりの担当者ではありません。"))


def _check_is_going_on(conversation: Conversation) -> None:
    if not conversation.is_open:
        raise Refused(_("このやりとりは終わっています。もう一度話すときは、掲示から始めてください。"))


def _check_is_open(offer: Offer) -> None:
    if not offer.is_open:
        raise Refused(_("「%(title)s」は、もう募集していません。") % {"title": offer.title})
