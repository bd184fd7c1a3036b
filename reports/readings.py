"""Readings as prose writes them: 孤独《こどく》 behind kanji, ｜孤独・孤立《こどく・こりつ》 behind anything else."""

import re
from collections.abc import Callable

# Neither < > nor &: the marks are also looked for in finished HTML.
_READING = re.compile(
    r"(?:[｜|]([^｜|《》<>&\n]{1,40})|([々〆\u3400-\u9fff\uf900-\ufaff]{1,20}))《([ぁ-ゖァ-ヺー・]{1,40})》"
)


def write_readings(text: str, write: Callable[[str, str], str]) -> str:
    """`text` with what `write` makes of each word and its reading."""
    return _READING.sub(lambda found: write(found[1] or found[2], found[3]), text)
