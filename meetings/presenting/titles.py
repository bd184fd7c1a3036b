"""What the next meeting of a body is likely called."""

import re
import unicodedata

from meetings.models import Meeting
from platform_portal.japanese.calendar import format_fiscal_year

_NUMBER = re.compile(r"第\s*[0-9０-９]+\s*回")
_YEAR = re.compile(r"(?:令和|平成)\s*(?:元|[0-9０-９]+)\s*年度")


def title_of_next(source: Meeting, number: int, year: int) -> str:
    """令和7年度 第3回コア会議 → 令和7年度 第4回コア会議; without a number in it, the same."""
    title = _NUMBER.sub(f"第{number}回", unicodedata.normalize("NFC", source.title))
    return _YEAR.sub(format_fiscal_year(year), title)
