"""A file becomes a table of organisations."""

from django.utils.translation import gettext as _

from members.importing.columns import Layout, is_known, read_layout
from platform_portal.sheets.reading import Reader, Table

OrganizationTable = Table[Layout]


def _nothing() -> str:
    return _("見出しの下に、団体の行が1つもありません。")


ORGANIZATIONS = Reader(is_known, read_layout, _nothing)
