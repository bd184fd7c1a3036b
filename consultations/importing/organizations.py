"""運営団体 in a file: a member, by its ID or by its name as registered."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from members.models import Organization
from platform_portal.sheets import values


class KnownOrganizations:
    """All members, fetched once, when the first cell names one."""

    def __init__(self) -> None:
        self._rows: list[Organization] | None = None

    def find(self, text: str) -> str:
        """The public id, or an empty string for an empty cell. Raises ValidationError."""
        if not text:
            return ""
        if self._rows is None:
            self._rows = list(Organization.objects.only("public_id", "name", "state"))
        named_by_id = values.half(text)
        if any(row.public_id == named_by_id for row in self._rows):
            return named_by_id
        namesakes = [row for row in self._rows if row.name == text and row.is_active]
        if len(namesakes) == 1:
            return namesakes[0].public_id
        if namesakes:
            raise ValidationError(
                _("同じ名前の団体がいくつもあります（%s）。ID を書いてください。")
                % "、".join(row.public_id for row in namesakes)
            )
        raise ValidationError(
            _("「%s」という加入中の団体はありません。登録されている名前か ID を書いてください。") % text[:60]
        )
