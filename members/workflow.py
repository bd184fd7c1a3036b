"""Ways between the states of an application to join. The only place that knows them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members import mails
from members.models import Application, ApplicationState
from platform_portal.access.checks import Refused
from platform_portal.access.roles import Permission

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class ApplicationWay:
    """One permitted step. `verb` ends the audit type; without a `permission` it is the applicant's, by the link."""

    verb: str
    label: "str | _StrPromise"
    permission: Permission | None = None
    mail: Callable[[Application], None] | None = None


_S = ApplicationState
_RETURN = ApplicationWay(
    "returned", gettext_lazy("質問して返す"), Permission.DECIDE_APPLICATIONS, mails.send_application_returned
)
_APPROVE = ApplicationWay(
    "approved", gettext_lazy("入会を認める"), Permission.DECIDE_APPLICATIONS, mails.send_application_approved
)
_REFUSE = ApplicationWay(
    "refused", gettext_lazy("入会を断る"), Permission.DECIDE_APPLICATIONS, mails.send_application_refused
)
_WITHDRAW = ApplicationWay("withdrawn", gettext_lazy("取り下げる"), mail=mails.send_application_withdrawn)

APPLICATION_WAYS: dict[tuple[ApplicationState, ApplicationState], ApplicationWay] = {
    (_S.UNCONFIRMED, _S.SUBMITTED): ApplicationWay("confirmed", gettext_lazy("申込を確定する")),
    (_S.SUBMITTED, _S.RETURNED): _RETURN,
    (_S.RETURNED, _S.SUBMITTED): ApplicationWay("answered", gettext_lazy("返事を送る")),
    (_S.SUBMITTED, _S.APPROVED): _APPROVE,
    (_S.SUBMITTED, _S.REFUSED): _REFUSE,
    (_S.SUBMITTED, _S.WITHDRAWN): _WITHDRAW,
    # The answer may come by telephone, or never.
    (_S.RETURNED, _S.APPROVED): _APPROVE,
    (_S.RETURNED, _S.REFUSED): _REFUSE,
    (_S.RETURNED, _S.WITHDRAWN): _WITHDRAW,
}


def way_to(application: Application, to: ApplicationState, by: Any = None) -> ApplicationWay:
    """Raises Refused when somebody was faster: then it says how the application stands now.

    Who decided is said among staff alone; `by` is None for the applicant.
    """
    way = APPLICATION_WAYS.get((ApplicationState(application.state), to))
    if way is None:
        who = f"（{application.decided_by.name}）" if by and application.decided_by else ""
        raise Refused(
            _("この申込は、もう「%(state)s」%(who)sになっています。今の状態を確かめてください。")
            % {"state": application.get_state_display(), "who": who}
        )
    return way


def diagram() -> str:
    """The table as a Mermaid state diagram; `docs/` holds a copy and a test compares the two."""
    lines = ["stateDiagram-v2", "    [*] --> unconfirmed"]
    for (before, after), way in sorted(APPLICATION_WAYS.items(), key=lambda item: item[0]):
        remark = "" if way.permission else " (applicant)"
        lines.append(f"    {before.value} --> {after.value}: {way.verb}{remark}")
    lines.append("    unconfirmed --> [*]: erased after 7 days")
    return "\n".join(lines) + "\n"
