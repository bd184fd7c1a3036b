"""What an activity may be tied to: meetings, events, windows and newsletters, found by words in their names."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consultations.models import ConsultationWindow
from meetings.models import Event, Meeting, MeetingState
from newsletters.models import Issue
from platform_portal.japanese.calendar import fiscal_year_range, format_wareki
from platform_portal.japanese.text import clean, normalize_width
from platform_portal.publishing.states import State

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MOST_FOUND = 10


@dataclass(frozen=True, slots=True)
class Linkable:
    """`rows`: what a person may tie an activity to. `of_year`: what is looked through first."""

    name: str  # of the field of Activity
    label: "str | _StrPromise"
    searched: tuple[str, ...]  # fields
    rows: Callable[[Any], "QuerySet[Any]"]
    of_year: Callable[[int], Q]
    newest_first: tuple[str, ...]
    words: Callable[[Any], str]

    def found(self, user: Any, year: int, words: str) -> list[Any]:
        """At most MOST_FOUND, those of the year first. One query."""
        plain = clean(words)
        wanted = Q()
        for field in self.searched:
            wanted |= Q(**{f"{field}__icontains": plain}) | Q(
                **{f"{field}__icontains": normalize_width(plain)}
            )
        place = Case(When(self.of_year(year), then=Value(0)), default=Value(1), output_field=IntegerField())
        rows = self.rows(user).filter(wanted) if plain else self.rows(user).filter(self.of_year(year))
        return list(rows.order_by(place, *self.newest_first)[:MOST_FOUND])

    def chosen(self, user: Any, keys: Iterable[str]) -> list[Any]:
        """By public id; what this person may not see is left out. One query."""
        return list(self.rows(user).filter(public_id__in=list(keys)).order_by("pk"))


def _day(row: Any) -> str:
    return f"{row.title}（{format_wareki(timezone.localdate(row.starts_at))}）"


def issue_words(row: Any) -> str:
    day = format_wareki(timezone.localdate(row.frozen_at))
    return gettext("%(newsletter)s 第%(number)s号 %(subject)s（%(day)s）") % {
        "newsletter": row.newsletter.name,
        "number": row.number,
        "subject": row.subject,
        "day": day,
    }


def _sent_in(year: int) -> Q:
    first, last = fiscal_year_range(year)
    return Q(frozen_at__date__gte=first, frozen_at__date__lte=last)


def _starts_in(year: int) -> Q:
    first, last = fiscal_year_range(year)
    return Q(starts_at__date__gte=first, starts_at__date__lte=last)


def _shown_in(year: int) -> Q:
    first, last = fiscal_year_range(year)
    return Q(published_at__date__gte=first, published_at__date__lte=last)


LINKABLE = (
    Linkable(
        "meetings",
        _("会議"),
        ("title",),
        lambda user: Meeting.objects.on_desk_for(user).exclude(
            state__in=(MeetingState.DRAFT, MeetingState.CANCELLED)
        ),
        lambda year: Q(fiscal_year=year),
        ("-starts_at", "-pk"),
        _day,
    ),
    Linkable(
        "events",
        _("催し"),
        ("title",),
        lambda _user: Event.objects.filter(state=State.PUBLISHED, cancelled_at=None),
        _starts_in,
        ("-starts_at", "-pk"),
        _day,
    ),
    Linkable(
        "windows",
        _("相談窓口"),
        ("name",),
        lambda _user: ConsultationWindow.objects.published(),
        _shown_in,
        ("name", "pk"),
        str,
    ),
    Linkable(
        "issues",
        _("メルマガ"),
        ("subject", "newsletter__name"),
        lambda user: (
            Issue.objects.on_desk_for(user).completed().select_related("newsletter").defer("body", "content")
        ),
        _sent_in,
        ("-frozen_at", "-pk"),
        issue_words,
    ),
)
