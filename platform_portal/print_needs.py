"""System packages that printing to PDF needs.

Run as a script by `scripts/setup` before anything is installed, so it uses the standard library alone.
"""

import ctypes
import sys

LIBRARIES = {
    "libpango-1.0-0": "libpango-1.0.so.0",
    "libpangoft2-1.0-0": "libpangoft2-1.0.so.0",
    "libharfbuzz-subset0": "libharfbuzz-subset.so.0",  # without it a PDF takes twenty times as long
}
FONTS = {
    "fonts-morisawa-bizud-mincho": "BIZ UDMincho",
    "fonts-morisawa-bizud-gothic": "BIZ UDGothic",
}


class FontSet(ctypes.Structure):
    _fields_ = [("count", ctypes.c_int), ("size", ctypes.c_int), ("fonts", ctypes.c_void_p)]


def missing_packages() -> list[str]:
    """Names of Debian's packages, in the order in which they are asked for."""
    libraries = [package for package, file in LIBRARIES.items() if not has_library(file)]
    return libraries + [package for package, family in FONTS.items() if not has_font(family)]


def has_library(file: str) -> bool:
    try:
        ctypes.CDLL(file)
    except OSError:
        return False
    return True


def has_font(family: str) -> bool:
    """Asked of the library that chooses the fonts of a PDF; `fc-list` need not be installed."""
    try:
        fontconfig = ctypes.CDLL("libfontconfig.so.1")
    except OSError:
        return False
    fontconfig.FcNameParse.restype = ctypes.c_void_p
    fontconfig.FcObjectSetBuild.restype = ctypes.c_void_p
    fontconfig.FcFontList.restype = ctypes.POINTER(FontSet)
    fontconfig.FcFontList.argtypes = [ctypes.c_void_p] * 3
    pattern = fontconfig.FcNameParse(family.encode())
    wanted = fontconfig.FcObjectSetBuild(b"family", ctypes.c_void_p())
    found = fontconfig.FcFontList(None, pattern, wanted)
    return bool(found) and found.contents.count > 0


if __name__ == "__main__":
    sys.stdout.write("".join(f"{package}\n" for package in missing_packages()))
