"""掲示板: what member organisations can give and what they look for, and what two of them say to each other."""

from members.models.board.conversations import (
    MESSAGE_LENGTH,
    BoardMessage,
    BoardReport,
    Conversation,
    ConversationParty,
    writes_for,
)
from members.models.board.offers import (
    LONGEST_DAYS,
    NOTICE_DAYS,
    Offer,
    OfferResource,
    OfferSide,
    OfferState,
    in_half_a_year,
)

__all__ = [
    "LONGEST_DAYS",
    "MESSAGE_LENGTH",
    "NOTICE_DAYS",
    "BoardMessage",
    "BoardReport",
    "Conversation",
    "ConversationParty",
    "Offer",
    "OfferResource",
    "OfferSide",
    "OfferState",
    "in_half_a_year",
    "writes_for",
]
