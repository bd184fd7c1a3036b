"""Rows that change what was verified of a published window: a second person looks before residents see them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from consultations.importing.verification import HEADER, as_recorded
from consultations.models import ConsultationWindow, WindowRevision
from consultations.services.content import CONTENT_FIELDS, PARTS, touches_what_was_verified
from consultations.services.revisions import propose
from platform_portal.publishing.states import State
from platform_portal.sheets.planning import Problem

if TYPE_CHECKING:
    from consultations.importing.contents import Content
    from consultations.importing.planning import PlannedWindow


def pending_by_window(windows: Iterable[ConsultationWindow]) -> dict[int, WindowRevision]:
    """{key of the window: the change that waits for it}."""
    found = WindowRevision.objects.pending().filter(window__in=windows).select_related("proposed_by")
    return {revision.window_id: revision for revision in found}


def needs_review(planned: "PlannedWindow") -> bool:
    if planned.window is None or planned.before["state"] != State.PUBLISHED:
        return False
    return touches_what_was_verified(as_recorded(planned.before), as_recorded(planned.after))


def settle_review(planned: "PlannedWindow", pending: WindowRevision | None, by: Any) -> bool:
    """Whether the row has something to propose; refuses it where nobody or somebody else stands in the way.

    The day of checking comes from whoever approves, so a date in the file is left aside.
    """
    before, after = planned.before, planned.after
    if after["verified_on"] != before["verified_on"]:
        planned.warnings.append(
            Problem(
                HEADER,
                str(after["verified_on"] or ""),
                _("番号や受付時間が変わるので、確認日は、認める人が確かめた日になります。"),
            )
        )
        after["verified_on"] = before["verified_on"]
    if pending is not None and _changes(described(before), described(after)) == _changes(
        pending.before, pending.proposed
    ):
        planned.warnings.append(Problem("ID", planned.public_id, _("同じ変更が、もう確認を待っています。")))
        return False
    if by is None:
        planned.problems.append(
            Problem("ID", planned.public_id, _("だれが変えるのかが分かりません。--by をつけてください。"))
        )
    elif pending is not None and pending.proposed_by_id != by.pk:
        planned.problems.append(
            Problem(
                "ID",
                planned.public_id,
                _(
                    "%sさんの変更が確認を待っています。先にそれを認めるか差し戻すかしてから、もう一度お試しください。"
                )
                % pending.proposed_by.name,
            )
        )
    return True


def propose_rows(rows: Iterable["PlannedWindow"], by: Any) -> None:
    for row in rows:
        assert row.window is not None  # noqa: S101  only rows of published windows wait
        propose(window=row.window, before=described(row.before), proposed=described(row.after), by=by)


def described(content: "Content") -> dict[str, Any]:
    """As services.describe_content() would write it."""
    recorded = as_recorded(content)
    return {name: recorded[name] for name in (*CONTENT_FIELDS, *PARTS)}


def _changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in after.items() if before.get(name) != value}
