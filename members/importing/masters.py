"""Sectors, strengths and municipalities by name, as people write them in a cell."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from members.models import Sector, Strength
from platform_portal.region.models import Municipality
from platform_portal.sheets import values

_PART = re.compile(r"(?:\\.|[^;；\n\\]|\\$)+")


class Names:
    """One short list: keys and the names they are written with. Fetched once for a whole file."""

    def __init__(self, what: str, names: dict[Any, str], other_spellings: dict[str, Any]) -> None:
        self._what = what
        self._names = names
        self._keys = other_spellings | {_compared(name): key for key, name in names.items()}

    def write(self, key: Any) -> str:
        return "" if key is None else self._names[key]

    def write_list(self, keys: Iterable[Any]) -> str:
        return ";".join(re.sub(r"([\\;；])", r"\\\1", self._names[key]) for key in keys)

    def read(self, text: str) -> Any:
        """The key, or None for an empty cell. Raises ValidationError for a name that is not in the list."""
        if not text:
            return None
        key = self._keys.get(_compared(text))
        if key is None:
            raise self._unknown([text])
        return key

    def read_list(self, text: str) -> list[Any]:
        """Keys in a fixed order. Between `;`; between 、 and commas too, unless a name holds one."""
        keys: set[Any] = set()
        unknown: list[str] = []
        for part in _PART.findall(text):
            plain = re.sub(r"\\(.)", r"\1", part).strip()
            names = [plain] if _compared(plain) in self._keys else values.split(plain)
            for name in names:
                key = self._keys.get(_compared(name))
                if key is None:
                    unknown.append(name)
                else:
                    keys.add(key)
        if unknown:
            raise self._unknown(unknown)
        return sorted(keys)

    def _unknown(self, names: list[str]) -> ValidationError:
        known = "、".join(list(self._names.values())[:30])
        return ValidationError(
            _("「%(names)s」という%(what)sはありません。使える名前は %(known)s です。"),
            params={
                "names": "、".join(name[:40] for name in names[:5]),
                "what": self._what,
                "known": known or _("まだ1つも"),
            },
        )


class Masters:
    """The lists that a file speaks of. Three queries."""

    def __init__(self) -> None:
        towns = list(Municipality.objects.values_list("code", "name"))
        written = Counter(name for _code, name in towns)
        # Two prefectures may have towns of one name: those are written by their code.
        town_names = {code: name if written[name] == 1 else code for code, name in towns}
        towns_list = Names(_("市町"), town_names, {code: code for code, _name in towns})
        self._lists = {
            "sector": Names(_("活動分野"), dict(Sector.objects.values_list("pk", "name")), {}),
            "strengths": Names(_("得意分野"), dict(Strength.objects.values_list("pk", "name")), {}),
            "municipality": towns_list,
            "activity_areas": towns_list,
        }

    def __getitem__(self, field: str) -> Names:
        return self._lists[field]


def _compared(name: str) -> str:
    return values.half(name).casefold()
