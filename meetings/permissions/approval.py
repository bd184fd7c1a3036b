"""Who may send a record around, approve, correct and carry on. Twins: check_… says why not, can_… says whether."""

from typing import Any

from django.utils.translation import gettext as _

from meetings.models import (
    ActionItem,
    ConfirmationRound,
    Correction,
    CorrectionState,
    Minutes,
    ProposalState,
    ProposedChange,
    Utterance,
)
from meetings.workflow import FROZEN_STATES, MINUTES_WAYS
from platform_portal.access.checks import Refused, check_has, passes
from platform_portal.access.roles import Permission
from platform_portal.publishing.services import check_can_transition
from platform_portal.publishing.states import State


def check_is_not_frozen(minutes: Minutes) -> None:
    """For every service that writes a record, whoever asks. Raises Refused."""
    if minutes.state in FROZEN_STATES:
        raise Refused(_("公開した議事録は変えられません。直すところは「訂正」に書いてください。"))


# --- Confirmation by those who spoke --------------------------------------------------------------
def check_can_open_round(user: Any, minutes: Minutes) -> None:
    check_has(user, Permission.EDIT_MEETINGS)
    check_is_not_frozen(minutes)
    if minutes.state == State.IN_REVIEW:
        raise Refused(
            _("いま承認を待っています。発言者に確認を頼むには、先に「下書きに戻す」を押してください。")
        )
    if minutes.rounds.filter(closed_at=None).exists():
        raise Refused(_("この議事録は、いま確認を頼んでいるところです。"))


def can_open_round(user: Any, minutes: Minutes) -> bool:
    return passes(check_can_open_round, user, minutes)


def check_can_tend_round(user: Any, round: ConfirmationRound) -> None:
    """Remind, send again, withdraw a link, close early."""
    check_has(user, Permission.EDIT_MEETINGS)
    if round.closed_at is not None:
        raise Refused(_("この確認は、もう締め切りました。"))


def can_tend_round(user: Any, round: ConfirmationRound) -> bool:
    return passes(check_can_tend_round, user, round)


def check_can_decide_proposal(user: Any, change: ProposedChange) -> None:
    check_has(user, Permission.EDIT_MEETINGS)
    if change.state != ProposalState.PENDING:
        raise Refused(_("この修正案は、もう扱いが決まっています。"))
    check_is_not_frozen(change.utterance.minutes)
    if change.utterance.minutes.state == State.IN_REVIEW:
        raise Refused(_("いま承認を待っています。直すには、先に「下書きに戻す」を押してください。"))


def can_decide_proposal(user: Any, change: ProposedChange) -> bool:
    return passes(check_can_decide_proposal, user, change)


# --- The way to publication -----------------------------------------------------------------------
def check_can_move_minutes(user: Any, minutes: Minutes, to: State) -> None:
    check_can_transition(user, minutes, to, MINUTES_WAYS)
    if minutes.state == State.SUSPENDED and minutes.suspended_by_id == user.pk:
        raise Refused(_("公開を止めた人は、自分でもう一度公開できません。ほかの人に頼んでください。"))


def can_move_minutes(user: Any, minutes: Minutes, to: State) -> bool:
    return passes(check_can_move_minutes, user, minutes, to)


def check_can_print_again(user: Any, minutes: Minutes) -> None:
    check_has(user, Permission.EDIT_MEETINGS)
    if minutes.state != State.PUBLISHED:
        raise Refused(_("PDFを作るのは、公開している議事録だけです。"))


def can_print_again(user: Any, minutes: Minutes) -> bool:
    return passes(check_can_print_again, user, minutes)


def check_can_check_leaks(user: Any, minutes: Minutes) -> None:
    """Write other words for the edition without names, or say that a name does no harm."""
    check_has(user, Permission.EDIT_MEETINGS)
    if minutes.state == State.IN_REVIEW:
        raise Refused(_("いま承認を待っています。直すには、先に「下書きに戻す」を押してください。"))


def can_check_leaks(user: Any, minutes: Minutes) -> bool:
    return passes(check_can_check_leaks, user, minutes)


def check_can_set_audiences(user: Any, minutes: Minutes) -> None:
    check_has(user, Permission.EDIT_MEETINGS)
    if minutes.state != State.DRAFT:
        raise Refused(_("読める人を変えられるのは、下書きのあいだだけです。"))


def can_set_audiences(user: Any, minutes: Minutes) -> bool:
    return passes(check_can_set_audiences, user, minutes)


# --- Corrections ----------------------------------------------------------------------------------
def check_can_propose_correction(user: Any, utterance: Utterance) -> None:
    check_has(user, Permission.EDIT_MEETINGS)
    if utterance.minutes.state not in FROZEN_STATES:
        raise Refused(_("まだ公開していない議事録です。「議事録」の画面で直してください。"))
    if utterance.removed_at is not None:
        raise Refused(_("この発言は、もう消してあります。"))


def can_propose_correction(user: Any, utterance: Utterance) -> bool:
    return passes(check_can_propose_correction, user, utterance)


def check_can_decide_correction(user: Any, correction: Correction) -> None:
    """Give back too: whoever wrote it withdraws it (check_can_withdraw_correction)."""
    check_has(user, Permission.APPROVE_MINUTES)
    _check_waits(correction)
    if correction.proposed_by_id == user.pk:
        raise Refused(_("自分が書いた訂正を、自分で認めることはできません。ほかの人に頼んでください。"))


def can_decide_correction(user: Any, correction: Correction) -> bool:
    return passes(check_can_decide_correction, user, correction)


def check_can_withdraw_correction(user: Any, correction: Correction) -> None:
    check_has(user, Permission.EDIT_MEETINGS)
    _check_waits(correction)
    if correction.proposed_by_id != user.pk:
        raise Refused(_("取り下げられるのは、この訂正を書いた人だけです。"))


def can_withdraw_correction(user: Any, correction: Correction) -> bool:
    return passes(check_can_withdraw_correction, user, correction)


def _check_waits(correction: Correction) -> None:
    if correction.state != CorrectionState.PROPOSED:
        raise Refused(_("この訂正は、もう扱いが決まっています。"))


# --- What was promised ----------------------------------------------------------------------------
def check_can_edit_action_items(user: Any) -> None:
    check_has(user, Permission.EDIT_MEETINGS)


def can_edit_action_items(user: Any) -> bool:
    return passes(check_can_edit_action_items, user)


def check_can_change_action_item(user: Any, item: ActionItem) -> None:
    check_can_edit_action_items(user)
    if item.closed_at is not None:
        raise Refused(_("もう終わった宿題です。直すには、先に「まだ終わっていない」に戻してください。"))


def can_change_action_item(user: Any, item: ActionItem) -> bool:
    return passes(check_can_change_action_item, user, item)
