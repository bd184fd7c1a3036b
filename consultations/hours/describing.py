"""A rule written back in plain Japanese: 月〜金 8:30〜17:15 ／ 祝日・12/29〜1/3 休み.

The words are composed by Japanese grammar, so they are not message ids; another language needs its own module.
"""

from consultations.hours.rules import (
    BY_APPOINTMENT,
    DAY,
    EVERY_DAY,
    Certainty,
    DateRange,
    NthWeekday,
    Rule,
    Selector,
    UnsupportedSyntaxError,
    ranges_of_weekdays,
    read_rules,
)

_WEEKDAYS = "月火水木金土日"


def describe(opening_hours: str) -> str:
    """The rule in words. A rule outside our model is quoted, an empty one is said to be unknown."""
    if not opening_hours.strip():
        return "受付時間は分かりません"
    try:
        rules = read_rules(opening_hours.strip()).rules
    except UnsupportedSyntaxError:
        return f"規則：{opening_hours.strip()}"
    parts: list[str] = []
    closed: list[str] = []
    named = 0
    for rule in rules:
        if rule.is_off and not rule.spans:
            closed.append(_days(rule.selector) or "すべての日")
            continue
        if closed:
            parts.append(f"{'・'.join(closed)} 休み")
            closed = []
        also = "も" if rule.is_additional and named & rule.selector.weekdays else ""
        named |= rule.selector.weekdays
        parts.append(_sentence(rule, also))
    if closed:
        parts.append(f"{'・'.join(closed)} 休み")
    return " ／ ".join(parts)


def _sentence(rule: Rule, also: str) -> str:
    days = _days(rule.selector)
    spans = "、".join(_span(start, end) for start, end, _certainty in rule.spans)
    if rule.is_off:
        return f"{days} {spans} は休み".strip()
    if spans == "24時間" and rule.spans[0][2] == Certainty.UNKNOWN:
        # Open all day, perhaps: "24時間" would be read as a promise.
        return f"{days} 分かりません{_reservation(rule)}".strip()
    if not days:
        return "24時間・毎日" if spans == "24時間" else f"{spans}（曜日の記載なし）"
    return f"{days} {spans}{also}{_reservation(rule)}"


def _reservation(rule: Rule) -> str:
    certainty = rule.spans[0][2]
    if certainty == Certainty.BY_APPOINTMENT:
        return "（予約制）"
    comment = "" if rule.comment.lower() == BY_APPOINTMENT else rule.comment
    if certainty == Certainty.UNKNOWN:
        return f"（{comment or '確かめてください'}）"
    return f"（{comment}）" if comment else ""


def _span(start: int, end: int) -> str:
    return "24時間" if (start, end) == (0, DAY) else f"{clock(start)}〜{clock(end)}"


def clock(minutes: int) -> str:
    """8:30, and 翌8:00 for what lies on the next day."""
    if minutes > DAY:
        return f"翌{(minutes - DAY) // 60}:{minutes % 60:02}"
    return f"{minutes // 60}:{minutes % 60:02}"


def _days(selector: Selector) -> str:
    dates = _dates(selector.dates)
    days = [_weekdays(selector.weekdays)] if selector.weekdays else []
    days += [_nth(nth) for nth in selector.nths]
    if selector.holidays:
        days.append("祝日")
    named = "・".join(days)
    if dates and named:
        return f"{dates}の{named}"
    return dates or named


def _weekdays(mask: int) -> str:
    """月〜金, 火・木, 毎日."""
    if mask == EVERY_DAY:
        return "毎日"
    return "・".join(ranges_of_weekdays(mask, _WEEKDAYS, to="〜"))


def _nth(nth: NthWeekday) -> str:
    """第2・第4水曜, 最終金曜."""
    weeks = [f"第{week}" for week in nth.weeks if week > 0]
    weeks += ["最終" if week == -1 else f"最後から{-week}番目の" for week in nth.weeks if week < 0]
    weekdays = "・".join(f"{_WEEKDAYS[index]}曜" for index in range(7) if nth.mask >> index & 1)
    return f"{'・'.join(weeks)}{weekdays}"


def _dates(dates: tuple[DateRange, ...]) -> str:
    monthly = _monthly_days(dates)
    if monthly:
        return monthly
    if dates and all(_is_month(each) and each.first // 100 == each.last // 100 for each in dates):
        return "・".join(str(each.first // 100) for each in dates) + "月"
    return "・".join(_date_range(each) for each in dates)


def _monthly_days(dates: tuple[DateRange, ...]) -> str:
    """毎月10日, when every month that has that day is listed."""
    if any(each.has_year or each.first != each.last for each in dates):
        return ""
    days: dict[int, set[int]] = {}
    for each in dates:
        days.setdefault(each.first % 100, set()).add(each.first // 100)
    for day, months in days.items():
        if any(_month_has(month, day) and month not in months for month in range(1, 13)):
            return ""
    return "毎月" + "・".join(f"{day}日" for day in days) if days else ""


def _month_has(month: int, day: int) -> bool:
    return day <= (29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31)


def _is_month(dates: DateRange) -> bool:
    return not dates.has_year and dates.first % 100 == 1 and dates.last % 100 == 31


def _date_range(dates: DateRange) -> str:
    if _is_month(dates):
        return f"{dates.first // 100}〜{dates.last // 100}月"
    first, last = _date(dates.first, dates.has_year), _date(dates.last, dates.has_year)
    return first if first == last else f"{first}〜{last}"


def _date(value: int, has_year: bool) -> str:
    month_day = f"{value // 100 % 100}/{value % 100}"
    return f"{value // 10000}/{month_day}" if has_year else month_day
