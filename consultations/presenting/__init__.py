"""Turns windows and their states into the words that residents read."""

from consultations.presenting.cards import (
    ANYBODY,
    ChannelWords,
    Seeker,
    WindowCard,
    present_cards,
    rendered_cards,
)
from consultations.presenting.clock import Clock
from consultations.presenting.details import WindowDetail, present_detail

__all__ = [
    "ANYBODY",
    "ChannelWords",
    "Clock",
    "Seeker",
    "WindowCard",
    "WindowDetail",
    "present_cards",
    "present_detail",
    "rendered_cards",
]
