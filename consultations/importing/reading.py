"""A file becomes a table of windows."""

from django.utils.translation import gettext as _

from consultations.importing.columns import Layout, is_known, read_layout
from platform_portal.sheets.reading import Reader, Table

WindowTable = Table[Layout]


def _nothing() -> str:
    return _("見出しの下に、窓口の行が1つもありません。")


WINDOWS = Reader(is_known, read_layout, _nothing)
