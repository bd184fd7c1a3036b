"""What kind of file somebody gave us, judged by its content and never by its name; and whether it is safe to open."""

import io
import zipfile

import puremagic
from django.utils.translation import gettext as _

MEGABYTE = 1024 * 1024
MAX_UPLOAD = 5 * MEGABYTE
MAX_UNZIPPED = 50 * 1024 * 1024
MAX_RATIO = 200  # sheets of text shrink to a tenth; a bomb to a thousandth
MAX_MEMBERS = 1_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BYTE_ORDER_MARKS_16 = (b"\xff\xfe", b"\xfe\xff")
_MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<table", b"<head", b"<meta", b"mime-version:")


class UnreadableFileError(Exception):
    """The file cannot be read as what it should be, a table or a text. The message says so in plain Japanese, and what to do."""

    @property
    def message(self) -> str:
        return str(self.args[0])


def how_to_save() -> str:
    return _("Excel では「名前を付けて保存」で「CSV UTF-8」か「Excel ブック（.xlsx）」を選んでください。")


def file_kind(content: bytes) -> str:
    """`xlsx` or `text`. Raises UnreadableFileError for everything else."""
    if not content.strip():
        raise UnreadableFileError(_("ファイルが空です。中身のあるファイルを選んでください。"))
    if content.startswith(b"PK"):
        check_workbook(content)
        return "xlsx"
    if content.startswith(_OLE):
        raise UnreadableFileError(_ole_message(content) + how_to_save())
    if content.startswith(_BYTE_ORDER_MARKS_16):
        raise UnreadableFileError(_("文字コードが UTF-16 です（「Unicode テキスト」）。") + how_to_save())
    if content[:2_000].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        raise UnreadableFileError(
            _("ウェブページ（HTML や XML）の形のファイルです。Excel で開けても、中身は表ではありません。")
            + how_to_save()
        )
    if b"\x00" in content or content.startswith(b"%PDF-"):
        raise UnreadableFileError(
            _binary_message(content) + _("CSV か Excel（.xlsx）のファイルを選んでください。")
        )
    return "text"


def check_workbook(content: bytes) -> None:
    """Raises UnreadableFileError unless `content` is a plain XLSX of bearable size. Nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise UnreadableFileError(
            _("ファイルがこわれています。Excel で開いて、もう一度保存してください。")
        ) from error
    names = {member.filename for member in members}
    _check_is_plain_workbook(names, members)
    _check_size(content, members)


def _check_is_plain_workbook(names: set[str], members: list[zipfile.ZipInfo]) -> None:
    if any(member.flag_bits & 0x1 for member in members):
        raise UnreadableFileError(_("パスワードがかかっています。パスワードをはずして保存してください。"))
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise UnreadableFileError(
            _("マクロが入っています（.xlsm）。マクロのない「Excel ブック（.xlsx）」で保存してください。")
        )
    if "xl/workbook.xml" not in names or "[Content_Types].xml" not in names:
        kind = _("ZIP ファイル")
        for mark, label in (
            ("word/", _("Word の文書")),
            ("ppt/", _("PowerPoint の資料")),
            ("mimetype", _("OpenDocument の文書")),
            ("xl/workbook.bin", _("Excel のバイナリ形式（.xlsb）")),
        ):
            if any(name.startswith(mark) for name in names):
                kind = label
        raise UnreadableFileError(_("%sです。Excel の表ではありません。") % kind + how_to_save())


def _check_size(content: bytes, members: list[zipfile.ZipInfo]) -> None:
    unpacked = unpacked_size(members)
    if unpacked > MAX_UNZIPPED or len(members) > MAX_MEMBERS or unpacked > MAX_RATIO * len(content):
        raise UnreadableFileError(
            _(
                "開くと大きくなりすぎるファイルです。いらないシート・画像・書式を消すか、CSV で保存してください。"
            )
        )


def unpacked_size(members: list[zipfile.ZipInfo]) -> int:
    """Bytes after unpacking, as declared; zipfile never reads more than declared."""
    return sum(member.file_size for member in members)


def _ole_message(content: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return _("パスワードがかかっています。パスワードをはずしてから保存してください。")
    return _("古い形式（.xls など）のファイルです。")


def _binary_message(content: bytes) -> str:
    try:
        extension = puremagic.from_string(content[:8_192])
    except (puremagic.PureError, ValueError):
        extension = ""
    return _("表ではないファイルです（%s）。") % (extension or _("種類は分かりません"))
