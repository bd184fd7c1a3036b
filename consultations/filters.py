"""What residents choose from in the list. Parses the query string; the reading itself is in the querysets.

Garbage in a parameter is ignored, with a plain word about it. A choice that leaves nothing is given up
step by step, and the page says which.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import django_filters
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from consultations.models import Asker, ChannelKind, ConsultationWindow
from consultations.models.kinds import LIVE_WRITTEN_KINDS, WRITTEN_KINDS
from consultations.presenting import ANYBODY, Clock, Seeker
from consultations.presenting.languages import language_choices
from platform_portal.region.models import Municipality

YES = [("1", _("はい"))]
CHANNEL_CHOICES = [
    ("phone", _("電話")),
    ("writing", _("文字（LINE・チャット・メール）")),
    ("visit", _("会って話す")),
]
KINDS_OF_CHANNEL: Mapping[str, tuple[str, ...]] = {
    "phone": (ChannelKind.PHONE,),
    "writing": WRITTEN_KINDS,
    "visit": (ChannelKind.VISIT, ChannelKind.OUTREACH, ChannelKind.VIDEO),
}
# Where somebody is there at this very moment.
LIVE_KINDS_OF_CHANNEL: Mapping[str, tuple[str, ...]] = {**KINDS_OF_CHANNEL, "writing": LIVE_WRITTEN_KINDS}
FLAG_LABELS = {
    "now": _("受付中だけ"),
    "always": _("24時間つながる"),
    "anonymous": _("名前を言わなくてよい"),
    "free": _("相談が無料"),
}
# Given up in this order when nothing is left. Language stays longest: without it, nothing else helps.
GIVEN_UP_IN_ORDER = ("now", "always", "city", "anonymous", "free", "channel", "who", "language")


def _flag(method: str) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(choices=YES, method=method)


class WindowFilter(django_filters.FilterSet):
    """Filters published windows. `clock` gives the moment for "open now"."""

    now = _flag("keep_open")
    always = _flag("keep_always")
    channel = django_filters.MultipleChoiceFilter(choices=CHANNEL_CHOICES, method="keep_channels")
    who = django_filters.ChoiceFilter(choices=Asker.choices, method="keep_asker")
    city = django_filters.ChoiceFilter(method="keep_city")
    language = django_filters.ChoiceFilter(method="keep_language")
    free = _flag("keep_free")
    anonymous = _flag("keep_anonymous")

    class Meta:
        model = ConsultationWindow
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, clock: Clock, cities: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clock = clock
        self.filters["city"].extra["choices"] = cities
        self.filters["language"].extra["choices"] = language_choices()

    @property
    def chosen(self) -> dict[str, Any]:
        """What was understood, by parameter."""
        self.form.errors  # noqa: B018  cleaning happens on the first look
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    @property
    def kinds(self) -> tuple[str, ...] | None:
        """Kinds of channel by which "open now" is meant; None for every live one."""
        return (
            tuple(
                kind for channel in self.chosen.get("channel", []) for kind in LIVE_KINDS_OF_CHANNEL[channel]
            )
            or None
        )

    @property
    def seeker(self) -> Seeker:
        return Seeker(self.chosen.get("language", ""), self.chosen.get("who", ""))

    def keep_open(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.open_at(self.clock.open_at, self.kinds, self.seeker.language)

    def keep_always(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.always_open(self.clock.open_at, self.kinds, self.seeker.language)

    def keep_channels(self, queryset: Any, name: str, value: list[str]) -> Any:
        kinds = [kind for channel in value for kind in KINDS_OF_CHANNEL[channel]]
        return queryset.reached_by(kinds, self.seeker.language)

    def keep_asker(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.for_asker(value)

    def keep_city(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.serving(value)

    def keep_language(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.speaking(value)

    def keep_free(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.free()

    def keep_anonymous(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.anonymous()


PARAMETERS = frozenset({*WindowFilter.base_filters, "page"})


@dataclass(frozen=True, slots=True)
class Chip:
    """A choice in force, and the query string that takes it away."""

    label: str
    query: str


@dataclass(slots=True)
class Narrowed:
    """Windows left by the choices, never none while there is any window at all.

    `given_up`: labels of choices that left nothing and were dropped; `is_wider`: even the category was.
    """

    windows: Any
    count: int
    chosen: dict[str, Any] = field(default_factory=dict)
    kinds: tuple[str, ...] | None = None
    seeker: Seeker = ANYBODY
    chips: list[Chip] = field(default_factory=list)
    has_garbage: bool = False
    given_up: list[str] = field(default_factory=list)
    is_wider: bool = False


@dataclass(frozen=True, slots=True)
class Options:
    """What there is to choose from, as (value, words)."""

    channels: list[tuple[str, str]]
    askers: list[tuple[str, str]]
    cities: list[tuple[str, str]]
    languages: list[tuple[str, str]]


def read_options() -> Options:
    return Options(
        channels=[(value, str(label)) for value, label in CHANNEL_CHOICES],
        askers=[(value, str(label)) for value, label in Asker.choices],
        cities=list(Municipality.objects.own().values_list("code", "name")),
        languages=language_choices(),
    )


def narrow(
    data: QueryDict, windows: Any, *, clock: Clock, wider: Callable[[], Any] | None = None
) -> Narrowed:
    """Applies the choices in `data`; gives them up one by one while nothing is left.

    `wider` makes the windows to fall back on when even without any choice nothing is left.
    """
    is_choosing = any(name in data for name in WindowFilter.base_filters)
    found = _apply_choices(data, windows, clock) if is_choosing else Narrowed(windows, windows.count())
    if wider and not found.count:
        found.windows, found.is_wider = wider(), True
        found.kinds, found.seeker = None, ANYBODY
        found.count = found.windows.count()
    return found


def _apply_choices(data: QueryDict, windows: Any, clock: Clock) -> Narrowed:
    cities = clock.keep("options", read_options).cities
    asked = WindowFilter(data, queryset=windows, clock=clock, cities=cities)
    chosen, errors = asked.chosen, list(asked.form.errors)
    found = Narrowed(
        asked.qs, asked.qs.count(), chosen, asked.kinds, asked.seeker, _chips(asked, data), bool(errors)
    )
    left = _without(data, *errors)
    for name in GIVEN_UP_IN_ORDER:
        if found.count:
            break
        if name in chosen:
            found.given_up += [chip_label(asked, name, value) for value in _values(chosen[name])]
            left = _without(left, name)
            kept = WindowFilter(left, queryset=windows, clock=clock, cities=cities)
            found.windows, found.kinds, found.seeker = kept.qs, kept.kinds, kept.seeker
            found.count = found.windows.count()
    return found


def _values(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def chip_label(window_filter: WindowFilter, name: str, value: str) -> str:
    if name in FLAG_LABELS:
        return str(FLAG_LABELS[name])
    if name == "who":
        return str(_("%(who)sからの相談")) % {"who": Asker(value).label}
    return str(dict(window_filter.form.fields[name].choices).get(value, value))


def _chips(window_filter: WindowFilter, data: QueryDict) -> list[Chip]:
    return [
        Chip(str(chip_label(window_filter, name, value)), _query_without(data, name, value))
        for name, values in window_filter.chosen.items()
        for value in _values(values)
    ]


def _without(data: QueryDict, *names: str) -> QueryDict:
    copy = data.copy()
    for name in names:
        copy.pop(name, None)
    return copy


def _query_without(data: QueryDict, name: str, value: str) -> str:
    copy = _without(data, "page")
    copy.setlist(name, [other for other in copy.getlist(name) if other != value])
    return "?" + copy.urlencode()
