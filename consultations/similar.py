"""Windows that may be the same as the one being written."""

import re
from collections.abc import Collection
from difflib import SequenceMatcher

from consultations.models import Channel, ConsultationWindow
from platform_portal.japanese.text import normalize
from platform_portal.publishing.states import State

ALIKE = 0.86  # tried on the demo's names: spelling variants lie above, sister offices of two towns below
MAX_HINTS = 5


def same_number(digits: Collection[str], apart_from: ConsultationWindow) -> list[tuple[str, str, str]]:
    """(number as shown, id, name) of other windows that are called by one of `digits`."""
    rows = Channel.objects.filter(digits__in=[each for each in digits if each])
    rows = rows.exclude(window__state=State.ARCHIVED).exclude(window=apart_from.pk)
    found = rows.order_by("window__kana", "pk").values_list("value", "window__public_id", "window__name")
    return list(found.distinct()[:MAX_HINTS])


def similar_name(name: str, apart_from: ConsultationWindow) -> list[tuple[str, str]]:
    """(id, name) of other windows with nearly the same name; about 0.2 s for 5,000 windows, asked only when a name is new."""
    wanted = _bare(name)
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(wanted)
    rows = ConsultationWindow.objects.exclude(state=State.ARCHIVED).exclude(pk=apart_from.pk)
    found = []
    for public_id, other in rows.order_by("kana", "pk").values_list("public_id", "name"):
        matcher.set_seq1(_bare(other))
        if (
            matcher.real_quick_ratio() >= ALIKE
            and matcher.quick_ratio() >= ALIKE
            and matcher.ratio() >= ALIKE
        ):
            found.append((public_id, other))
    return found[:MAX_HINTS]


def _bare(name: str) -> str:
    """Without spaces, brackets and dots, which offices put now here, now there."""
    return re.sub(r"[\W_]+", "", normalize(name))
