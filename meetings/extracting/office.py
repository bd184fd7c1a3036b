"""Word, Excel and PowerPoint are ZIP files: what is inside is looked at before anything is unpacked."""

import io
import struct
import zipfile
import zlib
from enum import StrEnum
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from meetings.extracting.words import sentence
from platform_portal.sheets.files import UnreadableFileError, unpacked_size

MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 200  # text shrinks to a tenth; a bomb to a thousandth
MAX_MEMBERS = 3_000
MAX_XML = 20 * 1024 * 1024  # of one part that is read here
_END = b"PK\x05\x06"
_MACRO_WORDS = ("vbaproject", "vbadata", "activex", "macrosheets", "customui")
_OPAQUE = (".bin", ".exe", ".dll", ".js", ".vbs", ".hta", ".lnk", ".scr", ".docm", ".xlsm", ".pptm", ".xlsb")


class OfficeKind(StrEnum):
    DOCX = "docx"
    XLSX = "xlsx"
    PPTX = "pptx"


_MAIN = {
    "word/document.xml": OfficeKind.DOCX,
    "xl/workbook.xml": OfficeKind.XLSX,
    "ppt/presentation.xml": OfficeKind.PPTX,
}


def looks_like_office(data: bytes) -> bool:
    return data.startswith(b"PK")


def check_office(data: bytes) -> OfficeKind:
    """Which of the three it is. Raises UnreadableFileError for anything that is not a plain document."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            _check_envelope(data, members)
            kind = _kind({member.filename for member in members})
            _check_names(members)
            _check_parts(archive)
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, NotImplementedError) as error:
        raise UnreadableFileError(sentence("broken")) from error
    return kind


def _check_envelope(data: bytes, members: list[zipfile.ZipInfo]) -> None:
    """Before a single byte is unpacked. `zipfile` never unpacks more than a member declares."""
    unpacked = unpacked_size(members)
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * len(data):
        raise UnreadableFileError(sentence("bomb"))
    if any(member.flag_bits & 0x1 for member in members):
        raise UnreadableFileError(sentence("locked"))
    first = min((member.header_offset for member in members), default=-1)
    if first != 0 or not data.startswith(b"PK\x03\x04") or not _ends_cleanly(data):
        raise UnreadableFileError(sentence("polyglot"))


def _ends_cleanly(data: bytes) -> bool:
    """The end mark is the last thing in the file, without words behind it."""
    place = data.rfind(_END)
    if place < 0 or len(data) < place + 22:
        return False
    (comment,) = struct.unpack_from("<H", data, place + 20)
    return bool(comment == 0 and place + 22 == len(data))


def _kind(names: set[str]) -> OfficeKind:
    found = [kind for part, kind in _MAIN.items() if part in names]
    if len(found) == 1 and "[Content_Types].xml" in names:
        return found[0]
    if found:
        raise UnreadableFileError(sentence("broken"))
    if "xl/workbook.bin" in names:
        raise UnreadableFileError(sentence("macros"))  # .xlsb may hold them where nobody sees
    raise UnreadableFileError(sentence("opendocument" if "mimetype" in names else "zip"))


def _check_names(members: list[zipfile.ZipInfo]) -> None:
    seen = set()
    for member in members:
        name = member.filename.lower()
        parts = name.split("/")
        if ".." in parts or name.startswith("/") or "\\" in name or ":" in name or name in seen:
            raise UnreadableFileError(sentence("paths"))
        seen.add(name)
        if any(word in name for word in _MACRO_WORDS):
            raise UnreadableFileError(sentence("macros"))
        if name.endswith(_OPAQUE) and not _is_harmless(name):
            raise UnreadableFileError(sentence("objects"))


def _is_harmless(name: str) -> bool:
    """Excel and PowerPoint keep a printer's settings in such a file."""
    return "printersettings" in name.rsplit("/", 1)[-1]


def _check_parts(archive: zipfile.ZipFile) -> None:
    """What the parts call themselves, and what they would fetch."""
    for member in archive.infolist():
        name = member.filename
        if name == "[Content_Types].xml":
            types = (each.get("ContentType", "") for each in _xml(archive, member).iter())
            if any("macroenabled" in kind.lower() or "vbaproject" in kind.lower() for kind in types):
                raise UnreadableFileError(sentence("macros"))
        elif name.endswith(".rels") and any(_fetches(each) for each in _xml(archive, member).iter()):
            raise UnreadableFileError(sentence("outside"))


def _fetches(relation: Element) -> bool:
    """A link waits for a click; a template, a picture or an object from elsewhere is fetched on opening."""
    if relation.get("TargetMode", "").lower() != "external":
        return False
    target = relation.get("Target", "").strip().lower().replace("\\", "/")
    if relation.get("Type", "").endswith("/hyperlink"):
        return False
    return target.startswith(("http:", "https:", "ftp:", "mhtml:", "//", "file://")) and not _is_own_disk(
        target
    )


def _is_own_disk(target: str) -> bool:
    """`file:///C:/…`: Word notes so where the writer's own template lay."""
    return target.startswith("file:///") and not target.startswith("file:////")


def _xml(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Element:
    if member.file_size > MAX_XML:
        raise UnreadableFileError(sentence("bomb"))
    try:
        root: Element = ElementTree.fromstring(archive.read(member), forbid_dtd=True)
    except (ParseError, DefusedXmlException) as error:
        raise UnreadableFileError(sentence("broken")) from error
    return root
