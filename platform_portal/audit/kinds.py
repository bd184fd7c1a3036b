"""What the types of event are called. Each app names its own when it starts; nothing here knows them."""

from collections.abc import Mapping
from typing import Any

from django.apps import apps

_labels: dict[str, Any] = {}


def register(labels: Mapping[str, Any]) -> None:
    """`labels`: words by type, e.g. {"members.user_changed": _("登録を変えた")}. Called in an app's `ready()`."""
    _labels.update(labels)


def label_of(type_: str) -> str:
    return str(_labels.get(type_, type_))


def object_label_of(object_type: str) -> str:
    """What a model is called; one that is gone by its key."""
    try:
        return str(apps.get_model(object_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return object_type
