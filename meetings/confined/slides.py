"""The words of PowerPoint slides, inside the child: in the order in which they are shown, without speaker's notes."""

import io
import posixpath
import zipfile
from collections.abc import Iterator
from typing import Any

from lxml import etree

from meetings.confined.errors import DeclinedError

MAX_CHARACTERS = 5_000_000
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# How pieces of one line are written besides its words; a field is the number of the page.
_PLAIN = {f"{_A}br": "\n", f"{_A}tab": "\t"}


def read(data: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            text = "\f".join(_counted(_slides(archive)))
    except (zipfile.BadZipFile, etree.LxmlError, KeyError, ValueError) as error:
        raise DeclinedError("broken") from error
    return {"text": text}, b""


def _slides(archive: zipfile.ZipFile) -> Iterator[str]:
    main = "ppt/presentation.xml"
    targets = _targets(archive, main)
    for entry in _part(archive, main).iter(f"{_P}sldId"):
        _kind, name = targets[entry.get(f"{_R}id")]
        slide = _part(archive, name)
        if slide.get("show", "1") in {"0", "false"}:
            continue
        drawn = [
            _part(archive, target)  # SmartArt keeps its words beside the slide
            for kind, target in _targets(archive, name).values()
            if kind.endswith("/diagramData")
        ]
        yield "".join(line for part in (slide, *drawn) for line in _lines(part))


def _lines(parent: Any) -> Iterator[str]:
    """A line for each paragraph; the cells of a table one after the other. What is hidden is left out."""
    for child in parent:
        if child.tag == f"{_A}p":
            line = "".join(_pieces(child)).strip()
            if line:
                yield f"{line}\n"
        elif child.tag != _FALLBACK and not _is_hidden(child):
            yield from _lines(child)


def _pieces(paragraph: Any) -> Iterator[str]:
    for node in paragraph.iter():
        if node.tag == f"{_A}t" and node.getparent().tag != f"{_A}fld":
            yield node.text or ""
        else:
            yield _PLAIN.get(node.tag, "")


def _is_hidden(shape: Any) -> bool:
    return any(
        name.get("hidden", "0") in {"1", "true"}
        for properties in shape
        for name in properties.iterchildren(f"{_P}cNvPr")
    )


def _targets(archive: zipfile.ZipFile, part: str) -> dict[str | None, tuple[str, str]]:
    """{id: (kind, part)} of what a part leads to inside the file."""
    folder, name = posixpath.split(part)
    path = f"{folder}/_rels/{name}.rels"
    if path not in archive.namelist():
        return {}
    return {
        each.get("Id"): (
            each.get("Type", ""),
            posixpath.normpath(posixpath.join("/", folder, each.get("Target", ""))).lstrip("/"),
        )
        for each in _part(archive, path)
        if each.get("TargetMode", "").lower() != "external"
    }


def _part(archive: zipfile.ZipFile, name: str) -> Any:
    # No entity is followed, no address is opened; nesting ends where libxml2 ends it.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    root = etree.fromstring(archive.read(name), parser)
    if root.getroottree().docinfo.doctype:
        raise DeclinedError("broken")
    return root


def _counted(slides: Iterator[str]) -> Iterator[str]:
    total = 0
    for text in slides:
        total += len(text)
        if total > MAX_CHARACTERS:
            raise DeclinedError("long")
        yield text
