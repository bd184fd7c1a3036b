"""What existing reports and tables of projects say, as plain values. Knows nothing of the database."""

from reports.parsing.dates import Days, read_timing
from reports.parsing.payees import read_payees, read_yen
from reports.parsing.reading import (
    Budget,
    Flag,
    Label,
    Piece,
    ReadActivity,
    ReadProject,
    ReadReport,
    ReadSection,
)
from reports.parsing.report import parse_report

__all__ = [
    "Budget",
    "Days",
    "Flag",
    "Label",
    "Piece",
    "ReadActivity",
    "ReadProject",
    "ReadReport",
    "ReadSection",
    "parse_report",
    "read_payees",
    "read_timing",
    "read_yen",
]
