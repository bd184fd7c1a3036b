"""What the kinds of mail are called. Each app names its own when it starts; nothing here knows them."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

OTHER = "other"
_labels: dict[str, Any] = {OTHER: _("そのほか")}


def register(labels: Mapping[str, Any]) -> None:
    """`labels`: words by kind, e.g. {"members.invitation": _("招待")}. Called in an app's `ready()`."""
    _labels.update(labels)


def label_of(kind: str) -> str:
    return str(_labels.get(kind, kind))


def choices() -> list[tuple[str, Any]]:
    """(kind, words) for a list to choose from."""
    return list(_labels.items())
