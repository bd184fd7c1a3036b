"""Writes: the one row of settings, and the master data of regions."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from platform_portal.access.checks import check_has
from platform_portal.access.roles import Permission
from platform_portal.audit import services as audit
from platform_portal.page_cache import forget_public_pages
from platform_portal.region.models import Municipality, PortalSettings, Prefecture

SETTINGS_FIELDS = (
    "portal_name",
    "platform_name",
    "prefecture",
    "secretariat_name",
    "secretariat_postal_code",
    "secretariat_address",
    "secretariat_phone",
    "secretariat_email",
)


@transaction.atomic
def save_portal_settings(*, values: Mapping[str, Any], by: Any) -> PortalSettings:
    """Writes the one row. `values`: SETTINGS_FIELDS by name. Raises Refused, ValidationError."""
    check_has(by, Permission.EDIT_PORTAL_SETTINGS)
    row = PortalSettings.objects.select_for_update().filter(pk=1).first() or PortalSettings(pk=1)
    is_new = row._state.adding
    before = {} if is_new else audit.snapshot(row, SETTINGS_FIELDS)
    for name in SETTINGS_FIELDS:
        setattr(row, name, values[name])
    row.full_clean()
    old, new = audit.difference(before, audit.snapshot(row, SETTINGS_FIELDS))
    if new:
        row.save()
        audit.record(type="region.settings_changed", by=by, obj=row, old=old, new=new)
        transaction.on_commit(forget_public_pages)
    return row


@dataclass(frozen=True, slots=True)
class RegionLoad:
    """How many rows the files hold, and how many of them were new or different."""

    prefectures: int
    municipalities: int
    changed: int


class BadRegionFileError(Exception):
    """A master file that cannot be used; the text says which line and why."""


@transaction.atomic
def load_region(*, folder: Path) -> RegionLoad:
    """Brings prefectures and municipalities to what `folder` says; all or nothing, twice changes nothing.

    `prefectures.csv` (code, name, kana) and any `municipalities_NN.csv` (code, name, kana), UTF-8.
    Rows that are in the database but not in a file stay: windows may stand on them.
    Raises BadRegionFileError.
    """
    prefectures = [
        Prefecture(code=row["code"], name=row["name"], kana=row["kana"])
        for row in _rows(folder / "prefectures.csv", ("code", "name", "kana"))
    ]
    changed = _bring(Prefecture, prefectures, ("name", "kana"))
    by_number = {prefecture.code[:2]: prefecture for prefecture in Prefecture.objects.all()}
    municipalities = [
        Municipality(
            code=row["code"],
            name=row["name"],
            kana=row["kana"],
            prefecture=_prefecture(by_number, path, row["code"]),
        )
        for path in sorted(folder.glob("municipalities_*.csv"))
        for row in _rows(path, ("code", "name", "kana"))
    ]
    changed += _bring(Municipality, municipalities, ("name", "kana", "prefecture_id"))
    if changed:
        transaction.on_commit(forget_public_pages)
    return RegionLoad(len(prefectures), len(municipalities), changed)


def _rows(path: Path, columns: Iterable[str]) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows = list(reader)
            missing = set(columns) - set(reader.fieldnames or ())
    except (OSError, UnicodeDecodeError) as error:
        raise BadRegionFileError(_("%(file)s を読めません。") % {"file": path.name}) from error
    if missing:
        raise BadRegionFileError(
            _("%(file)s に列がありません：%(columns)s")
            % {"file": path.name, "columns": ", ".join(sorted(missing))}
        )
    return rows


def _prefecture(by_number: Mapping[str, Prefecture], path: Path, code: str) -> Prefecture:
    """The file's own number must be that of every code in it."""
    number = path.stem.removeprefix("municipalities_")
    if code[:2] != number or number not in by_number:
        raise BadRegionFileError(
            _("%(file)s に、ほかの都道府県のコードがあります：%(code)s") % {"file": path.name, "code": code}
        )
    return by_number[number]


def _bring(model: type[models.Model], rows: list[Any], fields: tuple[str, ...]) -> int:
    """Inserts new rows, updates different ones; returns how many were written."""
    known = {row.pk: row for row in model._default_manager.in_bulk([row.pk for row in rows]).values()}
    written = 0
    for row in rows:
        old = known.get(row.pk)
        if old is not None and all(getattr(old, name) == getattr(row, name) for name in fields):
            continue
        try:
            row.full_clean(validate_unique=False, validate_constraints=False)
        except ValidationError as error:
            raise BadRegionFileError(f"{row.pk}: {' '.join(error.messages)}") from error
        row.save(force_insert=old is None)
        written += 1
    return written
