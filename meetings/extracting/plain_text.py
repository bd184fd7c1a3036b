"""Plain text in the encodings that Japanese offices write."""

from django.utils.translation import gettext as _

from platform_portal.sheets.files import UnreadableFileError

_WIDE_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<script", b"<svg", b"mime-version:")
_ESCAPES = (b"\x1b$B", b"\x1b$@", b"\x1b(J")
_OFTEN = "。、のはをにがでと（）　"


def decode(data: bytes) -> str:
    """With `\\n` at the ends of lines. Raises UnreadableFileError for what is no text at all."""
    text = _decoded(data)
    if "\x00" in text:
        raise UnreadableFileError(
            _("文字のファイルではないようです。Word（.docx）・PDF・テキストのファイルを選んでください。")
        )
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    if not plain.strip("\ufeff \t\n\f\u3000"):
        raise UnreadableFileError(_("ファイルが空です。中身のあるファイルを選んでください。"))
    return plain


def _decoded(data: bytes) -> str:
    for mark, encoding in _WIDE_MARKS.items():
        if data.startswith(mark):
            return _strict(data, encoding)
    if data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        raise UnreadableFileError(
            _("ウェブページ（HTML や XML）のファイルです。文字だけをテキストのファイルに保存してください。")
        )
    if b"\x00" in data:
        return _without_mark(data)
    if any(escape in data for escape in _ESCAPES):
        return _strict(data, "iso2022_jp_ext")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _shift_jis_or_euc(data)


def _without_mark(data: bytes) -> str:
    """UTF-16 without its mark: every line end and every space has a zero on one side."""
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text and _is_japanese(text):
            return text
    return "\x00"


def _shift_jis_or_euc(data: bytes) -> str:
    """Both may decode without an error; the one with the words of every sentence is meant."""
    first = next((line for line in data.split(b"\n") if not line.isascii()), b"")
    if _is_utf8(first):  # Japanese in UTF-8 is no accident: the file is UTF-8 and broken further down
        raise _unreadable(data)
    found = []
    for encoding in ("cp932", "euc_jp"):
        try:
            found.append(data.decode(encoding))
        except UnicodeDecodeError:
            continue
    if not found:
        raise _unreadable(data)
    return max(found, key=lambda text: sum(text.count(sign) for sign in _OFTEN))


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _unreadable(data) from error


def _is_japanese(text: str) -> bool:
    return sum(text.count(sign) for sign in _OFTEN + "\n ") * 20 > len(text)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return True


def _unreadable(data: bytes) -> UnreadableFileError:
    """Names the first line that is not UTF-8, since that is what most files are."""
    try:
        data.decode("utf-8-sig")
        line = 1
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    return UnreadableFileError(
        _("%(line)s行目の文字が読めません。文字コードを UTF-8 にして保存してください。") % {"line": line}
    )
