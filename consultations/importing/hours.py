"""Hours in a file that nobody may have read to the end."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from consultations.hours_words import hours_words, lacks_days, read_hours_text, unread_words
from consultations.importing.columns import (
    CHANNEL_COLUMN_OF_FIELD,
    COLUMN_OF_FIELD,
    group_header,
)
from consultations.importing.contents import Content
from platform_portal.sheets.headers import Column
from platform_portal.sheets.planning import Problem

if TYPE_CHECKING:
    from consultations.importing.planning import PlannedWindow


def settle_hours(planned: "PlannedWindow") -> None:
    """A rule without days is not stored, and what the published text says beyond the rule is warned of.

    OSM lets 「09:00-17:00」 hold every day, but in a file it is mostly a text read in part. Stored as it is, the
    window would be shown as open on Sundays and holidays, and a person in need would ring in vain. So the window's
    hours stay unknown, which residents are told, until somebody has named the days. A channel has no "unknown"
    (empty means the window's hours), so there the row is refused.
    """
    before, after = planned.before, planned.after
    if after["opening_hours"] != before["opening_hours"] and lacks_days(after["opening_hours"]):
        planned.warnings.append(
            Problem(
                COLUMN_OF_FIELD["opening_hours"].header,
                after["opening_hours"],
                _("曜日がないので「分からない」として取り込みます。")
                + how_to_name_days(after["opening_hours"]),
            )
        )
        after["opening_hours"] = ""
    _warn_of_text_alone(planned)
    if _has_new_hours(before, after):
        _warn_of_words(planned, COLUMN_OF_FIELD["hours_text"].header, after)
    for number, channel in enumerate(after["channels"], start=1):
        if channel in before["channels"]:
            continue
        if lacks_days(channel["opening_hours"]):
            planned.problems.append(
                Problem(
                    _header(number, "opening_hours"),
                    channel["opening_hours"],
                    _("曜日がありません。") + how_to_name_days(channel["opening_hours"]),
                )
            )
        _warn_of_words(planned, _header(number, "hours_text"), channel)


def _warn_of_text_alone(planned: "PlannedWindow") -> None:
    """Residents are told "open" by the rule; whoever mends only the text believes the hours mended."""
    before, after = planned.before, planned.after
    text, rule = after["hours_text"], after["opening_hours"]
    is_alone = text != before["hours_text"] and rule == before["opening_hours"]
    if is_alone and text and rule and read_hours_text(text).opening_hours != rule:
        reason = _(
            "文を変えても、受付時間は「%(words)s」のままです。変わったなら、規則の欄も直してください。"
        )
        header = COLUMN_OF_FIELD["hours_text"].header
        planned.warnings.append(Problem(header, text, reason % {"words": hours_words(rule)}))


def how_to_name_days(rule: str) -> str:
    return _("毎日なら「Mo-Su %(rule)s」、平日なら「Mo-Fr %(rule)s; PH off」のように書いてください。") % {
        "rule": rule.split(";")[0].strip()
    }


def _warn_of_words(planned: "PlannedWindow", header: str, content: Content) -> None:
    """What is in the text and in no rule: words that were not understood, hours of other channels, all of it."""
    text, rule = content["hours_text"], content["opening_hours"]
    if not text:
        return
    read = read_hours_text(text)
    words = unread_words(read, is_by_appointment=content["is_by_appointment"])
    reasons = []
    if not rule and read.confidence == "exact":
        reasons.append(
            _("規則が空です。「%(words)s」（%(rule)s）と読めます。")
            % {"words": hours_words(read.opening_hours or ""), "rule": read.opening_hours}
        )
    elif words and (not rule or rule == read.opening_hours):
        reasons.append(_("「%s」は、規則に入っていません。") % words)
    if read.channel_notes:
        reasons.append(_("ほかの連絡手段の時間があります：%s。") % "、".join(read.channel_notes))
    if reasons:
        planned.warnings.append(Problem(header, text, "".join(reasons)))


def _has_new_hours(before: Content, after: Content) -> bool:
    return any(before[name] != after[name] for name in ("opening_hours", "hours_text"))


def _header(number: int, name: str) -> str:
    column: Column = CHANNEL_COLUMN_OF_FIELD[name]
    return group_header(number, column)
