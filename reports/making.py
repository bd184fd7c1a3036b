"""One file of a report from its snapshot: the same snapshot gives the same bytes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import override

from platform_portal.pdf import source_hash
from reports.models import RenderingKind
from reports.printing.pdf import print_report, refuse_unconfirmed
from reports.printing.word import word_of
from reports.snapshots import canonical, from_json

# Raised whenever the same snapshot shall give another file.
LAYOUT = 2


@dataclass(frozen=True, slots=True)
class Made:
    """`page_count` None where a file has no fixed pages."""

    data: bytes
    page_count: int | None = None


def source_name(kind: RenderingKind, source: Mapping[str, Any]) -> str:
    """Names what a file is made of: content, layout and programs. The same name, the same file."""
    return source_hash(canonical(source), f"{kind} {LAYOUT}")


def make_file(kind: RenderingKind, source: Mapping[str, Any], *, on_writing: Callable[[], None]) -> Made:
    """Raises UnprintableError. `on_writing` is called when the pages are laid out."""
    snapshot = from_json(source)
    with override("ja"):  # whatever language the asker reads
        if kind == RenderingKind.DOCX:
            refuse_unconfirmed(snapshot)
            on_writing()
            return Made(word_of(snapshot))
        is_for_filing = kind == RenderingKind.FILING
        return Made(*print_report(snapshot, is_for_filing=is_for_filing, on_writing=on_writing))
