"""Reading of minutes: text in, proposal out. No database, no files."""

from meetings.parsing.minutes import parse_minutes
from meetings.parsing.proposal import Proposal

__all__ = ["Proposal", "parse_minutes"]
