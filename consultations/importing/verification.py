"""確認日 in a file: a date may not outlive the facts it vouched for."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from consultations.importing.contents import Content
from consultations.services import CHANNEL_FIELDS
from consultations.services.content import touches_what_was_verified
from platform_portal.sheets.planning import Problem

if TYPE_CHECKING:
    from consultations.importing.planning import PlannedWindow

HEADER = "確認日"


def settle_verification(planned: "PlannedWindow", *, has_column: bool, by: Any) -> None:
    """As services.save_window(): a critical change takes the old date away.

    A file that still carries the old date is refused instead: read twice, it would set the date anew. A date from
    before the one that stands here comes from an old file: the newer one stays.
    """
    before, after = planned.before, planned.after
    day = after["verified_on"]
    if day is None:
        return
    if before["verified_on"] is not None and day < before["verified_on"]:
        _keep_newer(planned, day)
        return
    if day != before["verified_on"]:
        if by is None:
            planned.problems.append(
                Problem(HEADER, day.isoformat(), _("だれが確かめたかが分かりません。--by をつけてください。"))
            )
        return
    if day == timezone.localdate() or not touches_what_was_verified(as_recorded(before), as_recorded(after)):
        return
    if has_column:
        planned.problems.append(
            Problem(
                HEADER,
                day.isoformat(),
                _("受付時間や番号が変わるのに、確認日が前のままです。確かめた日に直すか、空にしてください。"),
            )
        )
    else:
        after["verified_on"] = None


def _keep_newer(planned: "PlannedWindow", day: dt.date) -> None:
    """The rest of the row counts, unless it changes what the newer check was about."""
    before, after = planned.before, planned.after
    after["verified_on"] = before["verified_on"]
    words = {"day": before["verified_on"].isoformat()}
    if touches_what_was_verified(as_recorded(before), as_recorded(after)):
        reason = _(
            "いまの確認日（%(day)s）より前の日付です。受付時間や番号が変わるので、古いファイルではないか確かめてください。"
            "新しく確かめたのなら、その日に直してください。"
        )
        planned.problems.append(Problem(HEADER, day.isoformat(), reason % words))
    else:
        reason = _("いまの確認日（%(day)s）より前の日付です。新しいほうの日付をそのまま残します。")
        planned.warnings.append(Problem(HEADER, day.isoformat(), reason % words))


def as_recorded(content: Content) -> Content:
    """The content as the audit record writes it (services.describe_content)."""
    recorded = {
        name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in content.items()
    }
    recorded["channels"] = [
        {name: channel[name] for name in CHANNEL_FIELDS if channel[name] not in ("", None, [])}
        for channel in content["channels"]
    ]
    recorded["exceptions"] = [[on.isoformat(), spans, reason] for on, spans, reason in content["exceptions"]]
    return recorded
