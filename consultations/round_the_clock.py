"""Lines that answer day and night, wherever one lives: the end of every list, and the beginning of the general one."""

from collections.abc import Iterable

from django.db.models import Count, Exists, OuterRef

from consultations.models import AreaScope, ChannelKind, ConsultationWindow, Toll
from consultations.models.querysets import ConsultationWindowQuerySet
from consultations.presenting import Clock, WindowCard, present_cards

# A window of so many of the fifteen categories takes whatever somebody calls about.
GENERAL_BREADTH = 5
MOST_GENERAL = 3


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
