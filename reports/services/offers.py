"""What took place is offered as an activity: looked through, accepted, dismissed, and a dismissal taken back."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit
from reports.models import Activity, Dismissal, GrantScheme
from reports.permissions.activities import check_can_add_activity
from reports.services.activities import add_activity
from reports.services.locking import lock_scheme
from reports.sources import Offer, Source, registered, source_of

LONGEST_RESULT = 4_000  # of Activity.result; what is left out stands in the record of the meeting


# --- Reading --------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Key:
    """Which thing, and when it took place: enough to sort and to count by."""

    moment: dt.datetime
    kind: str
    source_id: str


class Offers(Sequence[Offer]):
    """Newest first. Only those of the slice that is looked at are read in full."""

    def __init__(self, keys: list[Key], user: Any, year: int) -> None:
        self._keys = sorted(keys, key=lambda key: (key.moment, key.kind, key.source_id), reverse=True)
        self._user, self._year = user, year

    def __len__(self) -> int:
        return len(self._keys)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return self._presented(self._keys[place])
        return self._presented([self._keys[place]])[0]

    def _presented(self, keys: list[Key]) -> list[Offer]:
        found: dict[tuple[str, str], Offer] = {}
        for source in registered():
            wanted = [key.source_id for key in keys if key.kind == source.kind]
            if wanted:
                rows = source.rows(self._user, self._year).filter(public_id__in=wanted)
                found |= {(offer.kind, offer.source_id): offer for offer in source.present(rows)}
        return [found[key.kind, key.source_id] for key in keys if (key.kind, key.source_id) in found]


def offers_of(scheme: GrantScheme, user: Any) -> Offers:
    """A query for each kind, and what presenting them takes."""
    year = scheme.fiscal_year
    return Offers([*_keys((source, source.waiting(user, year)) for source in registered())], user, year)


def dismissed_of(scheme: GrantScheme, user: Any) -> Offers:
    year = scheme.fiscal_year
    return Offers([*_keys((source, source.dismissed(user, year)) for source in registered())], user, year)


def count_offers(scheme: GrantScheme, user: Any) -> int:
    """One query for each kind."""
    return sum(source.waiting(user, scheme.fiscal_year).count() for source in registered())


def _keys(of_kinds: Iterable[tuple[Source, Any]]) -> Iterable[Key]:
    for source, rows in of_kinds:
        for moment, source_id in rows.order_by().values_list(source.moment, "public_id"):
            yield Key(moment, source.kind, source_id)


# --- Writing --------------------------------------------------------------------------------------
@transaction.atomic
def accept_offer(*, scheme: GrantScheme, kind: str, source_id: str, by: Any) -> tuple[Activity, bool]:
    """The activity, and whether it is new: who presses twice gets the one of the first press. Raises Refused."""
    locked = lock_scheme(scheme.pk)
    check_can_add_activity(by, locked)
    source, thing = _find(locked, kind, source_id, by)
    standing: Activity | None = thing.activities.order_by("pk").first()
    if standing is not None:
        return standing, False
    offer = source.present(source.rows(by, locked.fiscal_year).filter(pk=thing.pk))[0]
    activity = add_activity(
        scheme=locked,
        values={
            "month_from": offer.happened_on.replace(day=1),
            "title": offer.title,
            "result": Truncator(offer.result).chars(LONGEST_RESULT),
            "attendee_count": offer.attendee_count,
            source.link: [thing],
        },
        by=by,
    )
    Dismissal.objects.filter(kind=kind, source_id=source_id).delete()
    return activity, True


@transaction.atomic
def dismiss_offer(*, scheme: GrantScheme, kind: str, source_id: str, by: Any) -> bool:
    """It is no activity. Whether it was not dismissed before. Raises Refused."""
    locked = lock_scheme(scheme.pk)
    check_can_add_activity(by, locked)
    _source, thing = _find(locked, kind, source_id, by)
    if thing.activities.exists():
        raise Refused(_("もう事業になっています。事業でなくすときは、事業の一覧から消してください。"))
    _row, is_new = Dismissal.objects.get_or_create(
        kind=kind, source_id=source_id, defaults={"dismissed_by": by}
    )
    if is_new:
        audit.record(type="reports.offer_dismissed", by=by, obj=thing, new={"year": locked.fiscal_year})
    return bool(is_new)


@transaction.atomic
def restore_offer(*, scheme: GrantScheme, kind: str, source_id: str, by: Any) -> bool:
    """Takes a dismissal back. Whether there was one. Raises Refused."""
    locked = lock_scheme(scheme.pk)
    check_can_add_activity(by, locked)
    _source, thing = _find(locked, kind, source_id, by)
    gone, _rows = Dismissal.objects.filter(kind=kind, source_id=source_id).delete()
    if gone:
        audit.record(type="reports.offer_restored", by=by, obj=thing, new={"year": locked.fiscal_year})
    return bool(gone)


def _find(scheme: GrantScheme, kind: str, source_id: str, by: Any) -> tuple[Source, Any]:
    source = source_of(kind)
    thing = source and source.rows(by, scheme.fiscal_year).filter(public_id=source_id).first()
    if source is None or thing is None:
        raise Refused(_("この候補は、もうありません。中止になったか、見られる人が変わりました。"))
    return source, thing
