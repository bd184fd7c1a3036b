"""Days out of tokens: 月〜金, 第2・第4水曜, 平日の火・木, 土日祝, 12月29日〜1月3日, 毎月10日."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from consultations.hours.parsing.model import Days, FullDate, MonthDay
from consultations.hours.parsing.tokens import Kind, Token
from consultations.hours.rules import EVERY_DAY, mask_of_range


@dataclass
class Group:
    """A pair of brackets with what stands inside."""

    opening: Token
    items: list["Item"]
    end: int

    @property
    def start(self) -> int:
        return self.opening.start


Item = Token | Group

WORKDAYS_MASK = 0b0011111
WEEKEND_MASK = 0b1100000
DAY_KINDS = frozenset(
    {
        Kind.EVERY_DAY, Kind.WEEKDAY, Kind.WORKDAYS, Kind.OFFICE_DAYS, Kind.OFFICE_CLOSED, Kind.HOLIDAY,
        Kind.REST_DAYS, Kind.PERIOD, Kind.DATE, Kind.MONTH_DAY, Kind.MONTH, Kind.MONTHS, Kind.NTH,
    }
)  # fmt: skip
YEAR_END: tuple[MonthDay, MonthDay] = ((12, 29), (1, 3))
_ALL_MONTHS = tuple(range(1, 13))


def kind_at(items: Sequence[Item], position: int) -> Kind | None:
    item = items[position] if position < len(items) else None
    return item.kind if isinstance(item, Token) else None


class DayReader:
    """Reads one list of days from a position on; what it cannot use stays where it is."""

    def __init__(self, items: Sequence[Item], position: int) -> None:
        self.items = items
        self.position = position
        self.days = Days()
        self.doubtful: list[Item] = []
        self.last_end = position

    def kind(self, offset: int = 0) -> Kind | None:
        return kind_at(self.items, self.position + offset)

    def value(self, offset: int = 0) -> Any:
        item = self.items[self.position + offset]
        return item.value if isinstance(item, Token) else None

    def read(self) -> tuple[Days, int]:
        while self.kind() in DAY_KINDS:
            if self.begins_anew() or not self.read_atom():
                break
            self.last_end = self.position
            self.skip_joint()
        return self.days, self.last_end

    def begins_anew(self) -> bool:
        """「奇数月第1火曜・偶数月第1木曜」, 「土日祝、8月」: months after weekdays belong to what follows."""
        days = self.days
        return self.kind() in (Kind.MONTH, Kind.MONTHS) and bool(days.mask or days.nths or days.holidays)

    def skip_joint(self) -> None:
        """Past 「・」 「、」 「と」 if another day follows; 「の」 as in 平日の火・木; 「：」 as in 4月〜9月：平日."""
        following = self.position
        joints = (
            (Kind.SEPARATOR, Kind.FILLER, Kind.COLON) if self.days.months else (Kind.SEPARATOR, Kind.FILLER)
        )
        while kind_at(self.items, following) in joints or self.is_no(following):
            following += 1
        if kind_at(self.items, following) in DAY_KINDS:
            self.days.is_listed |= kind_at(self.items, self.position) is Kind.SEPARATOR
            self.position = following

    def is_no(self, position: int) -> bool:
        item = self.items[position] if position < len(self.items) else None
        return isinstance(item, Token) and item.kind is Kind.PARTICLE and item.value == "の"

    def read_atom(self) -> bool:
        """Read one name of days; False when it is not understood and stays unread."""
        kind = self.kind()
        longer = {
            Kind.WORKDAYS: self.read_workdays,
            Kind.WEEKDAY: self.read_weekdays,
            Kind.NTH: self.read_nth,
            Kind.PERIOD: self.read_period,
            Kind.DATE: self.read_dates,
            Kind.MONTH_DAY: self.read_month_day,
            Kind.MONTH: self.read_months,
            Kind.MONTHS: self.read_months,
        }
        if kind in longer:
            return longer[kind]()
        self.read_single_word()
        self.position += 1
        return True

    def read_single_word(self) -> None:
        days = self.days
        match self.kind():
            case Kind.EVERY_DAY:
                days.mask = EVERY_DAY
            case Kind.OFFICE_DAYS:
                days.mask |= WORKDAYS_MASK
                days.not_holidays = days.is_office_days = True
            case Kind.OFFICE_CLOSED:
                days.mask |= WEEKEND_MASK
                days.holidays = True
                days.periods.append(YEAR_END)
            case Kind.HOLIDAY:
                days.holidays = True
            case _:  # 休日 alone is any day off; beside 土日 or 祝日 it is the holidays
                days.is_vague = not (days.mask or days.holidays)
                days.holidays = True

    def read_workdays(self) -> bool:
        """平日, or 平日の火・木 (both words name the same days, so only the narrower counts)."""
        self.position += 1
        following = self.position + (1 if self.is_no(self.position) else 0)
        self.days.not_holidays = True
        adjacent = kind_at(self.items, following) is Kind.WEEKDAY
        if not adjacent:
            self.days.mask |= WORKDAYS_MASK
        return True

    def read_weekdays(self) -> bool:
        self.days.mask |= self.weekday_range()
        return True

    def weekday_range(self) -> int:
        first = self.value()
        self.position += 1
        if self.kind() is Kind.RANGE and kind_at(self.items, self.position + 1) is Kind.WEEKDAY:
            self.position += 1
            last = self.value()
            self.position += 1
            if self.kind() is Kind.UNTIL:
                self.position += 1
            return mask_of_range(first.bit_length() - 1, last.bit_length() - 1)
        return int(first)

    def read_nth(self) -> bool:
        """第2・第4水曜; 第1・3土日 (written without a joint) means both weekdays."""
        weeks = self.value()
        following = self.position + 1
        item = self.items[following] if following < len(self.items) else None
        if isinstance(item, Group):
            inner = item.items
            if len(inner) != 1 or kind_at(inner, 0) is not Kind.WEEKDAY:
                return False
            mask = DayReader(inner, 0).weekday_range()
            self.position = following + 1
        elif kind_at(self.items, following) is Kind.WEEKDAY:
            self.position = following
            mask = self.weekday_range()
            while self.kind() is Kind.WEEKDAY:
                mask |= self.weekday_range()
        else:
            return False
        self.days.nths.append((weeks, mask))
        return True

    def read_period(self) -> bool:
        """年末年始, with its own dates if they follow: 年末年始（12月28日〜1月4日）."""
        usual = self.value()
        following = self.position + 1
        item = self.items[following] if following < len(self.items) else None
        if isinstance(item, Group):
            inner = DayReader(item.items, 0)
            dates, end = inner.read()
            if dates.periods and end == len(item.items):
                self.days.periods += dates.periods
                self.position = following + 1
                return True
        dates_follow = DayReader(self.items, following + (1 if self.kind(1) is Kind.COLON else 0))
        if dates_follow.kind() is Kind.DATE and self.kind(1) is not Kind.SEPARATOR:
            self.days.periods += dates_follow.read()[0].periods
            self.position = dates_follow.last_end
            return True
        if usual is None:
            return False
        self.days.periods.append(usual)
        self.position += 1
        return True

    def read_dates(self) -> bool:
        """12月29日〜1月3日, 8月13〜15日, 8月13日・14日. Dates with a year are not rules for every year."""
        first = self.value()
        if first[0]:
            return self.read_full_date(first)
        begin: MonthDay = (first[1], first[2])
        self.position += 1
        self.skip_weekday_in_brackets()
        end = begin
        if self.kind() is Kind.RANGE:
            following = kind_at(self.items, self.position + 1)
            value = self.value(1) if following else None
            if following is Kind.DATE and isinstance(value, tuple) and not value[0]:
                end = (value[1], value[2])
                self.position += 2
            elif following in (Kind.MONTH_DAY, Kind.NUMBER) and isinstance(value, int):
                end = (begin[0], value)
                self.position += 2
            else:
                return False
            self.skip_weekday_in_brackets()
        if self.kind() is Kind.UNTIL:
            self.position += 1
        self.days.periods.append((begin, end))
        return True

    def read_full_date(self, first: FullDate) -> bool:
        """2026年9月10日〜16日: once, not every year. An open end (…から) is not understood."""
        last = first
        following = self.position + 1
        if kind_at(self.items, following) is Kind.RANGE:
            value: Any = self.value(2) if kind_at(self.items, following + 1) else None
            if kind_at(self.items, following + 1) is Kind.DATE:
                last = (value[0] or first[0] + (value[1:] < first[1:]), value[1], value[2])
            elif kind_at(self.items, following + 1) is Kind.MONTH_DAY:
                last = (first[0], first[1], value)
            else:
                return False
            following += 2
        self.position = following
        if self.kind() is Kind.UNTIL:
            self.position += 1
        self.days.once.append((first, last))
        return True

    def skip_weekday_in_brackets(self) -> None:
        item = self.items[self.position] if self.position < len(self.items) else None
        if isinstance(item, Group) and [kind_at(item.items, 0), len(item.items)] == [Kind.WEEKDAY, 1]:
            self.position += 1

    def read_month_day(self) -> bool:
        """毎月10日; after a date (8月13日・14日) it belongs to that month."""
        day = self.value()
        follows_range = kind_at(self.items, self.position - 1) is Kind.RANGE if self.position else False
        if not isinstance(day, int) or not 1 <= day <= 31 or follows_range or self.kind(1) is Kind.RANGE:
            return False
        self.position += 1
        if self.days.periods and not self.days.month_days:
            month = self.days.periods[-1][1][0]
            self.days.periods.append(((month, day), (month, day)))
        else:
            self.days.month_days += (day,)
        return True

    def read_months(self) -> bool:
        """偶数月の, 4月・10月の, 4月〜9月の."""
        months = self.value()
        if isinstance(months, int):
            self.position += 1
            found: tuple[int, ...] = (months,)
            if self.kind() is Kind.RANGE and kind_at(self.items, self.position + 1) is Kind.MONTH:
                self.position += 1
                last = self.value()
                self.position += 1
                if self.kind() is Kind.UNTIL:
                    self.position += 1
                found = tuple((months - 1 + step) % 12 + 1 for step in range((last - months) % 12 + 1))
        else:
            self.position += 1
            found = tuple(months)
        self.days.months = tuple(sorted({*self.days.months, *found}))
        return True


def read_days(items: Sequence[Item], position: int) -> tuple[Days, int]:
    """The days named from `position` on, and where reading stopped (`position` when none were understood)."""
    reader = DayReader(items, position)
    days, end = reader.read()
    if end == position:
        return days, position
    if days.months == _ALL_MONTHS:
        days.months = ()
    return days, end
