"""What both editors of an organisation share: the new logo, the version, and the way out when two people write."""

import datetime as dt
from collections.abc import Callable, Collection
from typing import Any, TypeVar

from django.utils.dateparse import parse_datetime

from members.audit_labels import history_of
from members.forms.organizations import ProfileForm
from members.logos import remove_logo, store_logo
from members.models import Organization
from platform_portal.audit.words import Line

T = TypeVar("T")


def with_logo(form: ProfileForm, current: str, action: Callable[[dict[str, Any]], T]) -> T:
    """Runs a service with the values of a valid form. A new file goes into the storage first and out again when
    the service refuses; `current`: the logo that stays when nothing was chosen."""
    new = form.new_logo
    stored = store_logo(new) if new else ""
    kept = "" if form.cleaned_data["is_logo_removed"] else current
    try:
        return action({**form.values(), "logo": stored or kept})
    except BaseException:
        if stored:
            remove_logo(stored)
        raise


def changes_since(
    organization: Organization, version: str, only: Collection[str] | None = None
) -> list[Line]:
    """What others did after the form with this `version` was drawn; `only`: see `history_of`."""
    moment = parse_datetime(version.partition("/")[0]) or dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    lines = history_of(organization, only)
    return [line for line in lines if line.at >= moment] or lines[:1]
