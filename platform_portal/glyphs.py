"""Which characters the fonts of this machine have: told while words can still be changed, without printing them.

Asked of the library that chooses the fonts of a PDF. Where BIZ UD lacks a character, printing takes it from any other
font that is installed: so it counts what all of them have together.
"""

import ctypes
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Any

from platform_portal.print_needs import FontSet

# Seen by nobody: spaces, line ends, marks that only tell how their neighbours look.
_UNSEEN = {"Cc", "Cf", "Zl", "Zp", "Zs"}
_VARIANTS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))


def missing(text: Iterable[str]) -> list[str]:
    """Each character once, in the order of `text`. Empty where fonts cannot be asked: printing then says it."""
    fonts = _fonts()
    if fonts is None:
        return []
    library, characters = fonts
    return [
        each
        for each in dict.fromkeys(text)
        if _is_seen(each) and not library.FcCharSetHasChar(characters, ord(each))
    ]


def _is_seen(character: str) -> bool:
    code = ord(character)
    return unicodedata.category(character) not in _UNSEEN and not any(code in each for each in _VARIANTS)


@cache
def _fonts() -> tuple[Any, ctypes.c_void_p] | None:
    """The library, and the characters that any installed font has. Fonts that are installed later count from the next
    start on, as in printing."""
    try:
        library = ctypes.CDLL("libfontconfig.so.1")
    except OSError:
        return None
    for name in ("FcPatternCreate", "FcObjectSetBuild", "FcCharSetCreate"):
        getattr(library, name).restype = ctypes.c_void_p
    library.FcFontList.restype = ctypes.POINTER(FontSet)
    library.FcFontList.argtypes = [ctypes.c_void_p] * 3
    library.FcPatternGetCharSet.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p]
    library.FcCharSetMerge.argtypes = [ctypes.c_void_p] * 3
    library.FcCharSetHasChar.argtypes = [ctypes.c_void_p, ctypes.c_uint32]
    found = library.FcFontList(
        None, library.FcPatternCreate(), library.FcObjectSetBuild(b"charset", ctypes.c_void_p())
    )
    every = ctypes.c_void_p(library.FcCharSetCreate())
    patterns = ctypes.cast(found.contents.fonts, ctypes.POINTER(ctypes.c_void_p))
    for number in range(found.contents.count):
        own = ctypes.c_void_p()
        if library.FcPatternGetCharSet(patterns[number], b"charset", 0, ctypes.byref(own)) == 0:
            library.FcCharSetMerge(every, own, None)
    return library, every
