"""Printing to PDF: the same HTML and CSS give the same bytes, in every process with the same programs and fonts.

WeasyPrint is loaded by the first print alone: web processes never print.
"""

import datetime as dt
import gc
import hashlib
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils.translation import gettext as _

# Raised whenever the same HTML and CSS shall give another file.
LAYOUT = "1"
VARIANT = "pdf/ua-1"
OWN_FILES = "static:"
_MISSING_GLYPH = ".notdef glyph rendered"


class UnprintableError(Exception):
    """Says in plain Japanese why there is no PDF."""


def source_hash(html: str, css: str, variant: str = VARIANT) -> str:
    """Names what a PDF was made of, the programs included."""
    parts = (html, css, LAYOUT, variant, version("weasyprint"), version("pydyf"))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def print_pdf(html: str, css: str) -> bytes:
    """Raises UnprintableError for a character that the fonts do not have: a document with holes is not handed out."""
    return lay_out(html, css).write()


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """The data that a document was made of, for those who keep it. `dated` is what the document says, not the clock."""

    name: str
    description: str
    content: str
    dated: dt.datetime


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A document in pages, not yet a file."""

    document: Any

    @property
    def page_count(self) -> int:
        return len(self.document.pages)

    def write(self, variant: str = VARIANT, attached: Sequence[AttachedFile] = ()) -> bytes:
        """Raises UnprintableError as print_pdf() does. Files are attached in PDF/A-3 alone."""
        with _missing_glyphs() as missing, _rare_collections():
            data: bytes = self.document.write_pdf(
                pdf_variant=variant,
                attachments=[_attachment(each) for each in attached],
                finisher=_name_attachments_once,
            )
        if missing:
            raise UnprintableError(
                _(
                    "印刷用の書体にない文字があるため、PDFを作れません：%(characters)s。ほかの字に替えてください。"
                )
                % {"characters": "、".join(missing)}
            )
        return data


def lay_out(html: str, css: str) -> LaidOut:
    """The longer half of printing. Lines are justified as Japanese is where the CSS asks for it."""
    logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)
    from weasyprint import CSS

    from platform_portal import justification, lighter_printing

    justification.install()
    lighter_printing.install()
    _settle()
    fetcher = _fetcher()
    gc.collect()  # what is left of the document before this one
    with _rare_collections():
        document = lighter_printing.Source(string=html, base_url=OWN_FILES, url_fetcher=fetcher)
        sheet = CSS(string=css, base_url=OWN_FILES, url_fetcher=fetcher)
        return LaidOut(document.render(stylesheets=[sheet]))


@cache
def _settle() -> None:
    """Once in a process. Its programs stay: no collection looks through them again."""
    gc.collect()
    gc.freeze()


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Pages are made of many objects that all stay: looking through them for garbage took a quarter of the time."""
    usual = gc.get_threshold()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _attachment(file: AttachedFile) -> Any:
    from weasyprint import Attachment

    return Attachment(
        string=file.content,
        name=file.name,
        description=file.description,
        created=file.dated,
        modified=file.dated,
        relationship="Source",
        url_fetcher=_fetcher(),
    )


def _name_attachments_once(document: Any, pdf: Any) -> None:
    """WeasyPrint lists each attachment twice among those that belong to the document."""
    if "AF" in pdf.catalog:
        pdf.catalog["AF"][:] = dict.fromkeys(pdf.catalog["AF"])


def _fetcher() -> Any:
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class OwnFilesOnly(URLFetcher):  # type: ignore[misc]  # ships no types
        """Neither the network nor the disk: whatever a text brings along, a print reads nothing but our static files."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            name = url.removeprefix(OWN_FILES).lstrip("/")
            if not url.startswith(OWN_FILES) or ".." in name or not staticfiles_storage.exists(name):
                raise FatalURLFetchingError(f"not one of our static files: {url}")
            with staticfiles_storage.open(name) as file:
                return URLFetcherResponse(url, body=file.read())

    return OwnFilesOnly()


class _Listener(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.missing: dict[str, None] = {}

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if _MISSING_GLYPH in message:
            self.missing.setdefault(message.rpartition("fonts:")[2].strip())


@contextmanager
def _missing_glyphs() -> Iterator[dict[str, None]]:
    """What WeasyPrint says to its log of characters without a glyph."""
    logger, listener = logging.getLogger("weasyprint"), _Listener()
    logger.addHandler(listener)
    try:
        yield listener.missing
    finally:
        logger.removeHandler(listener)
