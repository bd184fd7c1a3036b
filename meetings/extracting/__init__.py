"""The text of a file that somebody brings: minutes to be taken in, papers to be searched."""

import hashlib
from dataclasses import dataclass
from typing import Any, Literal

from django.conf import settings
from django.utils.translation import gettext as _

from meetings.confined.running import ConfinedError, run_confined
from meetings.extracting.office import OfficeKind, check_office, looks_like_office
from meetings.extracting.plain_text import decode
from meetings.extracting.words import sentence
from platform_portal.sheets.files import UnreadableFileError

MAX_PAGES = 1_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")
Kind = Literal["txt", "md", "docx", "pdf"]

__all__ = ["MAX_PAGES", "ExtractedText", "UnreadableFileError", "extract_text", "read_at_most"]


@dataclass(frozen=True, slots=True)
class ExtractedText:
    """Lines end with `\\n`, pages with `\\f`. `pages` only where the file itself says how many there are."""

    text: str
    kind: Kind
    pages: int | None
    sha256: str


def extract_text(file: Any, name_hint: str = "") -> ExtractedText:
    """Of .txt, .md, .docx and .pdf, told apart by their content; the name only tells plain text from Markdown.

    `file`: anything with `read()`. Raises UnreadableFileError with a sentence that says what to do. Keeps nothing.
    """
    data = read_at_most(file)
    digest = hashlib.sha256(data).hexdigest()
    if data.startswith(b"%PDF-"):
        text, pages = _text_of_pdf(data)
        return ExtractedText(text, "pdf", pages, digest)
    if looks_like_office(data):
        return ExtractedText(_text_of_word(data), "docx", None, digest)
    _refuse_other_files(data)
    kind: Kind = "md" if name_hint.lower().endswith((".md", ".markdown")) else "txt"
    return ExtractedText(decode(data), kind, None, digest)


def read_at_most(file: Any) -> bytes:
    """The whole file, unless it is empty or larger than a paper may be. One that says so itself is not read at all."""
    most = settings.PORTAL_PAPER_MB * 1024 * 1024
    is_too_large = (getattr(file, "size", None) or 0) > most
    data = b"" if is_too_large else bytes(file.read(most + 1))
    if is_too_large or len(data) > most:
        raise UnreadableFileError(
            _(
                "ファイルが大きすぎます（%s MB まで）。画像を小さくするか、いくつかのファイルに分けてください。"
            )
            % settings.PORTAL_PAPER_MB
        )
    if not data.strip(b"\x00 \t\r\n"):
        raise UnreadableFileError(_("ファイルが空です。中身のあるファイルを選んでください。"))
    return data


def _text_of_pdf(data: bytes) -> tuple[str, int]:
    try:
        facts = run_confined("pdf", data, max_pages=MAX_PAGES).facts
    except ConfinedError as error:
        raise UnreadableFileError(sentence(error.code)) from error
    if not facts["text"].strip():
        raise UnreadableFileError(
            _(
                "文字が入っていないPDFです。紙を読み取った画像のようです。"
                "文字認識（OCR）をかけたPDFか、もとの Word のファイルを選んでください。"
            )
        )
    return facts["text"], facts["pages"]


def _text_of_word(data: bytes) -> str:
    if check_office(data) != OfficeKind.DOCX:
        raise UnreadableFileError(
            _("Word の文書ではありません。議事録は Word（.docx）か PDF、テキストのファイルで選んでください。")
        )
    try:
        text: str = run_confined("word", data).facts["text"]
    except ConfinedError as error:
        raise UnreadableFileError(sentence(error.code)) from error
    if not text.strip():
        raise UnreadableFileError(
            _("文字が入っていない Word の文書です。文字が画像になっていないか、確かめてください。")
        )
    return text


def _refuse_other_files(data: bytes) -> None:
    if data.startswith(_OLE):
        raise UnreadableFileError(sentence("ole_locked" if _is_locked(data) else "ole"))
    if data[:5] == b"{\\rtf":
        raise UnreadableFileError(sentence("rtf"))
    if data.startswith(_PICTURES) or (data.startswith(b"RIFF") and data[8:12] == b"WEBP"):
        raise UnreadableFileError(
            _("画像のファイルです。文字の入った Word・PDF・テキストのファイルを選んでください。")
        )
    if b"%PDF-" in data[:1024]:
        raise UnreadableFileError(sentence("polyglot"))


def _is_locked(data: bytes) -> bool:
    return "EncryptedPackage".encode("utf-16-le") in data
