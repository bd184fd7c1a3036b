"""Lines that answer day and night, wherever one lives: the end of every list, and the beginning of the general one."""

from collections.abc import Iterable

from django.db.models import Count, Exists, OuterRef

from consultations.models import AreaScope, ChannelKind, ConsultationWindow, Toll
from consultations.models.querysets import ConsultationWindowQuerySet
from consultations.opening import OpenAt
from consultations.presenting import Clock, WindowCard, present_cards

# A window of so many of the fifteen categories takes whatever somebody calls about.
GENERAL_BREADTH = 5
MOST_GENERAL = 3
EVERYBODYS = (AreaScope.NATION, AreaScope.PREFECTURE)  # residents of the whole prefecture may use it


def last_resort(clock: Clock, apart_from: Iterable[ConsultationWindow] = ()) -> WindowCard | None:
    """A nationwide telephone line that never closes; None when it is already shown, or there is none.

    Of several, the one that takes the most kinds of trouble.
    """
    card: WindowCard | None = clock.keep("last resort", lambda: _find_line(clock))
    shown = {window.public_id for window in apart_from}
    return None if card is None or card.public_id in shown else card


def general_lines(clock: Clock) -> list[int]:
    """Keys of the lines that take nearly every trouble, cost nothing and never close."""
    keys: list[int] = clock.keep("general lines", lambda: _find_general(clock))
    return keys


def _nationwide() -> ConsultationWindowQuerySet:
    """Nationwide windows, those that take the most kinds of trouble first."""
    windows: ConsultationWindowQuerySet = ConsultationWindow.objects.published().filter(
        area_scope=AreaScope.NATION
    )
    broadest_first: ConsultationWindowQuerySet = windows.annotate(breadth=Count("categories")).order_by(
        "-breadth", "kana", "pk"
    )
    return broadest_first


def _find_line(clock: Clock) -> WindowCard | None:
    lines = _nationwide().always_open(clock.open_at, [ChannelKind.PHONE]).for_cards()[:1]
    cards = present_cards(lines, clock)
    return cards[0] if cards else None


def _find_general(clock: Clock) -> list[int]:
    free = clock.open_at.channels([ChannelKind.PHONE], endless=True).filter(toll=Toll.FREE)
    general = _nationwide().filter(Exists(free.filter(window=OuterRef("pk"))), breadth__gte=GENERAL_BREADTH)
    return list(general.values_list("pk", flat=True)[:MOST_GENERAL])


def left_without_a_line(window: ConsultationWindow, open_at: OpenAt) -> list[str]:
    """What would have no round-the-clock answer any more if the window went: names of its categories.

    A telephone that never closes is replaced by another such telephone only; any other line by any line.
    The last nationwide telephone of all, at the end of every list, stands for itself with its own name.
    """
    alone: list[str] = []
    for kinds in ([ChannelKind.PHONE], None):
        lines = (
            ConsultationWindow.objects.published()
            .filter(area_scope__in=EVERYBODYS)
            .always_open(open_at, kinds)
        )
        if not lines.filter(pk=window.pk).exists():
            continue
        others = lines.exclude(pk=window.pk)
        held = set(others.values_list("categories", flat=True))
        alone += [each.name for each in window.categories.published() if each.pk not in held]
        if kinds and window.area_scope == AreaScope.NATION:
            is_last = not others.filter(area_scope=AreaScope.NATION).exists()
            alone += [window.name] if is_last else []
    return list(dict.fromkeys(alone))
