"""The PDF of a report: PDF/UA-1 to be read, PDF/A-3a with the snapshot inside for those who file it."""

import datetime as dt
from collections.abc import Callable

from django.utils.translation import gettext as _

from platform_portal.pdf import VARIANT, AttachedFile, LaidOut, UnprintableError, lay_out
from reports.models.schemes import circled
from reports.printing.pages import html_and_css
from reports.snapshots import Snapshot, canonical, to_json

FILING_VARIANT = "pdf/a-3a"
ATTACHED_NAME = "report.json"
MOST_PAGES_WITHOUT_CONTENTS = 6
_CHARACTERS_ON_A_PAGE = 900
_ROOM_AROUND = 120  # characters that the heads and spaces of an activity or a row take


def lay_out_report(snapshot: Snapshot) -> LaidOut:
    """Reports of more than six pages begin with their contents.

    How many there are is known when they are laid out, and that is most of the work: a guess saves doing it twice.
    """
    if _looks_long(snapshot):
        laid = lay_out(*html_and_css(snapshot, with_contents=True))
        if laid.page_count > MOST_PAGES_WITHOUT_CONTENTS + 1:  # the contents themselves take less than a page
            return laid
    laid = lay_out(*html_and_css(snapshot))
    if laid.page_count > MOST_PAGES_WITHOUT_CONTENTS:
        laid = lay_out(*html_and_css(snapshot, with_contents=True))
    return laid


def _looks_long(snapshot: Snapshot) -> bool:
    words = sum(len(each.title) + len(each.result) + _ROOM_AROUND for each in snapshot.activities)
    words += sum(len(each.body) for each in snapshot.sections)
    words += sum(
        _ROOM_AROUND + 2 * len(each.content + each.expected_effect + each.response)
        for each in snapshot.projects
    )
    return words > (MOST_PAGES_WITHOUT_CONTENTS + 1) * _CHARACTERS_ON_A_PAGE


def print_report(
    snapshot: Snapshot, *, is_for_filing: bool = False, on_writing: Callable[[], None] = lambda: None
) -> tuple[bytes, int]:
    """The file and its number of pages; `on_writing` is called between its two halves. Raises UnprintableError."""
    refuse_unconfirmed(snapshot)
    laid = lay_out_report(snapshot)
    on_writing()
    if not is_for_filing:
        return laid.write(VARIANT), laid.page_count
    return laid.write(FILING_VARIANT, [_source_of(snapshot)]), laid.page_count


def refuse_unconfirmed(snapshot: Snapshot) -> None:
    """Raises UnprintableError where a final report uses a category whose words nobody has confirmed."""
    used = {number for each in snapshot.activities for number in each.categories}
    used |= {each.category for each in snapshot.projects if each.category is not None}
    doubtful = [each.number for each in snapshot.categories if each.number in used and not each.is_confirmed]
    if doubtful and not snapshot.is_draft:
        raise UnprintableError(
            _(
                "まだ確認していない区分があるため、承認した報告書にはできません：%(numbers)s。"
                "区分の名前を交付金の文書で確かめ、確認済みにしてください。"
            )
            % {"numbers": "、".join(map(circled, doubtful))}
        )


def _source_of(snapshot: Snapshot) -> AttachedFile:
    """Dated by the report, so that the file is the same whenever it is made."""
    day = snapshot.approved_on or dt.date(snapshot.fiscal_year + 1, 3, 31)
    return AttachedFile(
        ATTACHED_NAME,
        _("この報告書のもとのデータ（JSON）"),
        canonical(to_json(snapshot)),
        dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC),
    )
