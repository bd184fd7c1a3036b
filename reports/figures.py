"""Figures of the year: counted from the portal as it is, put into the prose by name, frozen with the report.

A past year that was approved keeps what its snapshot says. Of the standing of members and windows only today is known,
so the current figure is given for the year that runs, and what an earlier report froze for the years before.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consultations.models import ConsultationWindow
from meetings.models import Event, Meeting, MeetingState
from members.models import Organization, OrganizationState
from newsletters.models import Subscriber
from platform_portal.japanese.calendar import fiscal_year_range
from reports.models import ReportEdition
from reports.snapshots import Figure, from_json

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Known:
    """One figure that can be put into prose as {name}. `count`: of a fiscal year."""

    key: str
    label: "str | _StrPromise"
    unit: "str | _StrPromise"
    count: Callable[[int], int]


def _last_day(year: int) -> dt.date:
    """The end of the year, or today while it runs."""
    return min(fiscal_year_range(year)[1], timezone.localdate())


def _members(year: int) -> int:
    on = _last_day(year)
    rows = Organization.objects.exclude(state=OrganizationState.MERGED).filter(joined_on__lte=on)
    return rows.filter(Q(left_on=None) | Q(left_on__gt=on)).count()


def _windows(_year: int) -> int:
    return ConsultationWindow.objects.published().count()


def _verified_share(_year: int) -> int:
    """Per cent of the published windows that were verified and are not due again, rounded down."""
    windows = ConsultationWindow.objects.published()
    total = windows.count()
    return 100 * (total - windows.due_for_verification().count()) // total if total else 0


def _held(year: int) -> int:
    states = (MeetingState.HELD, MeetingState.PUBLISHED)
    return Meeting.objects.filter(fiscal_year=year, state__in=states).count()


def _events(year: int) -> int:
    first, last = fiscal_year_range(year)
    return Event.objects.published().between(first, last).filter(cancelled_at=None).past().count()


def _subscribers(year: int) -> int:
    """Whoever left since read it then; whoever asked to be forgotten is known of no more."""
    after = timezone.make_aware(dt.datetime.combine(_last_day(year) + dt.timedelta(days=1), dt.time()))
    return Subscriber.objects.who_read_at(after).count()


KNOWN = (
    Known("会員団体数", _("会員団体の数"), _("団体"), _members),
    Known("相談窓口数", _("公開している相談窓口の数"), _("か所"), _windows),
    Known("確認済みの割合", _("確かめてある相談窓口の割合"), _("%"), _verified_share),
    Known("会議の回数", _("開いた会議の数"), _("回"), _held),
    Known("催しの数", _("開いた催しの数"), _("件"), _events),
    Known("メルマガの読者数", _("メルマガの読者の数"), _("人"), _subscribers),
)
_PLACE = re.compile(r"\{([^{}\n]{1,30})\}")


def figures_of(year: int) -> list[Figure]:
    """Each with what earlier reports froze, oldest first, and this year's last. Counted anew at every call."""
    earlier: dict[str, dict[int, int]] = {}
    editions = ReportEdition.objects.filter(report__scheme__fiscal_year__lt=year)
    for edition in editions.order_by("report__scheme__fiscal_year", "number"):
        snapshot = from_json(edition.snapshot)
        for figure in snapshot.figures:
            if figure.value is not None:
                earlier.setdefault(figure.key, {})[snapshot.fiscal_year] = figure.value
    return [
        Figure(
            known.key,
            str(known.label),
            str(known.unit),
            (*sorted(earlier.get(known.key, {}).items()), (year, known.count(year))),
        )
        for known in KNOWN
    ]


def put_in(body: str, figures: Iterable[Figure]) -> str:
    """`body` with each {name} that is known replaced by its number and unit; others stay to be seen.

    Whoever wrote the unit after the braces meant it once.
    """
    for each in figures:
        if each.value is not None:
            place = re.compile(re.escape(f"{{{each.key}}}") + f"(?:{re.escape(each.unit)})?")
            body = place.sub(f"{each.value:,}{each.unit}", body)
    return body


def unknown_names(body: str) -> list[str]:
    """Names in braces that no figure has."""
    known = {each.key for each in KNOWN}
    return [name for name in dict.fromkeys(_PLACE.findall(body)) if name not in known]
