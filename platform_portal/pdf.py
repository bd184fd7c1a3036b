"""Printing to PDF: the same HTML and CSS give the same bytes, in every process with the same programs and fonts.

WeasyPrint is loaded by the first print alone: web processes never print.
"""

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
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


def source_hash(html: str, css: str) -> str:
    """Names what a PDF was made of, the programs included."""
    parts = (html, css, LAYOUT, VARIANT, version("weasyprint"), version("pydyf"))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def print_pdf(html: str, css: str) -> bytes:
    """Raises UnprintableError for a character that the fonts do not have: a document with holes is not handed out."""
    from weasyprint import CSS, HTML

    logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)
    fetcher = _fetcher()
    with _missing_glyphs() as missing:
        document = HTML(string=html, base_url=OWN_FILES, url_fetcher=fetcher)
        sheet = CSS(string=css, base_url=OWN_FILES, url_fetcher=fetcher)
        data: bytes = document.write_pdf(stylesheets=[sheet], pdf_variant=VARIANT)
    if missing:
        raise UnprintableError(
            _("印刷用の書体にない文字があるため、PDFを作れません：%(characters)s。ほかの字に替えてください。")
            % {"characters": "、".join(missing)}
        )
    return data


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
            self.missing.setdefault(message.partition(_MISSING_GLYPH)[2].strip(" :"))


@contextmanager
def _missing_glyphs() -> Iterator[dict[str, None]]:
    """What WeasyPrint says to its log of characters without a glyph."""
    logger, listener = logging.getLogger("weasyprint"), _Listener()
    logger.addHandler(listener)
    try:
        yield listener.missing
    finally:
        logger.removeHandler(listener)
