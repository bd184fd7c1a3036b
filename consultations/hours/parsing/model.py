"""What was read: statements about days and times, before they become rules."""

from dataclasses import dataclass, field, replace

MonthDay = tuple[int, int]
FullDate = tuple[int, int, int]  # year, month, day
Minutes = tuple[int, int]


@dataclass
class Days:
    """A set of days as named in the text. `mask` has a bit per weekday, Monday is 1."""

    mask: int = 0
    nths: list[tuple[tuple[int, ...], int]] = field(default_factory=list)  # (weeks, mask)
    holidays: bool = False
    not_holidays: bool = False  # 平日, or 「（祝日を除く）」 right beside the days
    months: tuple[int, ...] = ()
    periods: list[tuple[MonthDay, MonthDay]] = field(default_factory=list)
    month_days: tuple[int, ...] = ()
    once: list[tuple[FullDate, FullDate]] = field(default_factory=list)  # dates with a year
    is_office_days: bool = False  # 開庁日: also closed at New Year
    is_listed: bool = False  # 日・祝・年末年始: the periods stand beside the weekdays, not around them
    is_vague: bool = False  # 休日 on its own: holidays, perhaps weekends too

    @property
    def is_empty(self) -> bool:
        return (
            replace(self, not_holidays=False, is_office_days=False, is_listed=False, is_vague=False) == Days()
        )

    def split(self) -> list["Days"]:
        """日曜・祝日・年末年始 as weekly days and periods apart."""
        if not (self.is_listed and self.periods and (self.mask or self.holidays or self.nths)):
            return [self]
        return [replace(self, periods=[], is_listed=False), Days(periods=self.periods)]

    @property
    def is_seasonal(self) -> bool:
        return bool(self.months or self.periods or self.once)

    @property
    def is_weekly(self) -> bool:
        """Only weekdays and holidays, the same all year."""
        return not (self.nths or self.months or self.periods or self.month_days or self.once)


@dataclass
class Hours:
    """Open on `days` (None: the text does not say) during `spans`, minutes from midnight."""

    days: Days | None
    spans: list[Minutes]
    is_additional: bool = False
    label: str = ""
    is_all_day: bool = False


@dataclass
class Closure:
    """Closed on `days`, or only during `spans` of them.

    `open_words`: what said that the rest of those days is open (土曜は午前のみ).
    """

    days: Days
    spans: list[Minutes] = field(default_factory=list)
    open_words: str = ""


@dataclass
class Change:
    """「木曜は19時まで」: the hours of those days begin or end differently."""

    days: Days
    start: int | None = None
    end: int | None = None
    words: str = ""


@dataclass
class Limit:
    """What holds for all hours: a break, or the end of reception (a time, or minutes before the end)."""

    rest: list[Minutes] = field(default_factory=list)
    last_reception: int | None = None
    before_end: int = 0


Statement = Hours | Closure | Change | Limit


@dataclass
class Reading:
    """Everything found in the text."""

    hours: list[Hours] = field(default_factory=list)
    closures: list[Closure] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)
    included: list[Days] = field(default_factory=list)
    is_never_closed: bool = False
    unparsed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def apply_limit(hours: Hours, limit: Limit) -> None:
    """Take breaks and time after the last reception out of the spans."""
    for first, last in limit.rest:
        cut = [(start, min(end, first)) for start, end in hours.spans]
        cut += [(max(start, last), end) for start, end in hours.spans]
        hours.spans = sorted({(start, end) for start, end in cut if start < end})
    if limit.last_reception is not None:
        until = limit.last_reception
        hours.spans = [(start, min(end, until)) for start, end in hours.spans if start < until]
    if limit.before_end and hours.spans:
        start, end = hours.spans[-1]
        hours.spans[-1] = (start, max(end - limit.before_end, start + 1))
