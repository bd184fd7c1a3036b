"""The line at the end of every list: somebody who answers day and night, wherever one lives."""

from collections.abc import Iterable

from django.db.models import Count

from consultations.models import AreaScope, ChannelKind, ConsultationWindow
from consultations.presenting import Clock, WindowCard, present_cards


def last_resort(clock: Clock, apart_from: Iterable[ConsultationWindow] = ()) -> WindowCard | None:
    """A nationwide telephone line that never closes; None when it is already shown, or there is none.

    Of several, the one that takes the most kinds of trouble.
    """
    card: WindowCard | None = clock.keep("last resort", lambda: _find_line(clock))
    shown = {window.public_id for window in apart_from}
    return None if card is None or card.public_id in shown else card


def _find_line(clock: Clock) -> WindowCard | None:
    lines = (
        ConsultationWindow.objects.published()
        .filter(area_scope=AreaScope.NATION)
        .always_open(clock.open_at, [ChannelKind.PHONE])
        .annotate(breadth=Count("categories"))
        .order_by("-breadth", "kana", "pk")
        .for_cards()[:1]
    )
    cards = present_cards(lines, clock)
    return cards[0] if cards else None
