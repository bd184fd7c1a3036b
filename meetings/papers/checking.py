"""What kind a paper really is, judged by its content; and whether it may be kept at all. Nothing is stored here."""

import hashlib
import io
import zipfile
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from meetings.confined.running import Answer, ConfinedError, run_confined
from meetings.extracting import MAX_PAGES, UnreadableFileError, read_at_most
from meetings.extracting.office import check_office, looks_like_office
from meetings.extracting.words import sentence
from meetings.models import DocumentKind
from meetings.papers.names import clean_name, suffix_of

MAX_PIXELS = 50_000_000
MAX_SIDE = 5_000  # pixels of what is kept: A3 at 300 dots per inch
PREVIEW = 640  # pixels
_PNG, _JPEG, _OLE = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = (b"<html", b"<script", b"<!doctype", b"<svg", b"<?php")
SUFFIXES: dict[str, tuple[str, ...]] = {
    DocumentKind.PDF: ("pdf",),
    DocumentKind.DOCX: ("docx",),
    DocumentKind.XLSX: ("xlsx",),
    DocumentKind.PPTX: ("pptx",),
    DocumentKind.PNG: ("png",),
    DocumentKind.JPEG: ("jpg", "jpeg"),
}
_OFFICE_TASKS: dict[str, str] = {
    DocumentKind.DOCX: "word",
    DocumentKind.XLSX: "workbook",
    DocumentKind.PPTX: "slides",
}
PICTURES = (DocumentKind.PNG, DocumentKind.JPEG)


@dataclass(frozen=True, slots=True)
class CheckedPaper:
    """Fit to be kept. `data` of a picture are not those that came: it was drawn anew, without metadata."""

    name: str
    kind: DocumentKind
    data: bytes
    sha256: str
    pages: int | None


@dataclass(frozen=True, slots=True)
class PaperContents:
    """What is read from a paper in the background."""

    text: str
    pages: int | None
    preview: bytes  # PNG; empty where nothing can be drawn


def check_paper(file: Any, name: str) -> CheckedPaper:
    """Raises UnreadableFileError with a sentence that says what to do."""
    data = read_at_most(file)
    kind = _kind_of(data)
    if suffix_of(name) not in SUFFIXES[kind]:
        raise UnreadableFileError(_name_and_content_differ(name, kind))
    pages = None
    if kind == DocumentKind.PDF:
        pages = _check_pdf(data)
    elif kind in PICTURES:
        data = _drawn_anew(data, kind).picture
    return CheckedPaper(clean_name(name), kind, data, hashlib.sha256(data).hexdigest(), pages)


def read_paper(data: bytes, kind: str) -> PaperContents:
    """Text and preview of a paper that passed check_paper(). Raises UnreadableFileError."""
    try:
        if kind == DocumentKind.PDF:
            answer = run_confined("pdf", data, max_pages=MAX_PAGES, preview_width=PREVIEW)
            return PaperContents(answer.facts["text"], answer.facts["pages"], answer.picture)
        if kind in _OFFICE_TASKS:
            return PaperContents(run_confined(_OFFICE_TASKS[kind], data).facts["text"], None, b"")
        return PaperContents("", None, _drawn_anew(data, kind, preview_width=PREVIEW).picture)
    except ConfinedError as error:
        raise UnreadableFileError(sentence(error.code)) from error


def _kind_of(data: bytes) -> DocumentKind:
    if data.startswith(b"%PDF-"):
        return DocumentKind.PDF
    if looks_like_office(data):
        return DocumentKind(check_office(data))
    if data.startswith(_PNG):
        return DocumentKind.PNG
    if data.startswith(_JPEG):
        return DocumentKind.JPEG
    raise UnreadableFileError(_why_not_taken(data))


def _why_not_taken(data: bytes) -> str:
    if data.startswith(_OLE):
        return sentence("ole_locked" if "EncryptedPackage".encode("utf-16-le") in data else "ole")
    if b"%PDF-" in data[:1024] or zipfile.is_zipfile(io.BytesIO(data)):
        return sentence("polyglot")
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return _("WebP の画像です。PNG か JPEG で保存してください。")
    if data.startswith(b"{\\rtf"):
        return sentence("rtf")
    return _(
        "載せられない種類のファイルです。"
        "PDF・Word（.docx）・Excel（.xlsx）・PowerPoint（.pptx）・PNG・JPEG のどれかで保存してください。"
    )


def _name_and_content_differ(name: str, kind: DocumentKind) -> str:
    suffix = suffix_of(name)
    values = {"kind": kind.label, "suffix": suffix, "right": SUFFIXES[kind][0]}
    if not suffix:
        return (
            _(
                "ファイルの名前の終わりに「.%(right)s」がありません。中身は%(kind)sです。名前を直してください。"
            )
            % values
        )
    return (
        _(
            "ファイルの名前は「.%(suffix)s」ですが、中身は%(kind)sです。"
            "ファイルをまちがえていないか確かめて、名前の終わりを「.%(right)s」に直してください。"
        )
        % values
    )


def _check_pdf(data: bytes) -> int:
    """How many pages. Refused: what is also something else, what is locked, what acts by itself."""
    if not _is_nothing_but_pdf(data):
        raise UnreadableFileError(sentence("polyglot"))
    try:
        facts = run_confined("pdf", data, max_pages=MAX_PAGES, wants_text=False).facts
    except ConfinedError as error:
        raise UnreadableFileError(sentence(error.code)) from error
    if facts["is_restricted"]:  # nobody can look inside what is encrypted, with or without a password
        raise UnreadableFileError(sentence("restricted"))
    if facts["active"]:
        raise UnreadableFileError(sentence(facts["active"][0]))
    pages: int = facts["pages"]
    return pages


def _is_nothing_but_pdf(data: bytes) -> bool:
    end = data.rfind(b"%%EOF")
    if end >= 0 and data[end + 5 :].strip(b"\x00 \t\r\n\x1a"):
        return False
    if any(mark in data[:1024].lower() for mark in _MARKUP):
        return False
    return not zipfile.is_zipfile(io.BytesIO(data))


def _drawn_anew(data: bytes, kind: str, **options: int) -> Answer:
    try:
        return run_confined("picture", data, kind=kind, max_pixels=MAX_PIXELS, max_side=MAX_SIDE, **options)
    except ConfinedError as error:
        raise UnreadableFileError(sentence(error.code)) from error
