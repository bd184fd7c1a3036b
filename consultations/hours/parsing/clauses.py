"""Tokens into clauses, with brackets as groups."""

from collections.abc import Sequence

from consultations.hours.parsing.days import DAY_KINDS, Group, Item, kind_at
from consultations.hours.parsing.tokens import Kind, Token

# A bracket that closes later than this many tokens was never meant to; bounds the search.
_LONGEST_GROUP = 200


def ends_with_closing(items: Sequence[Item]) -> bool:
    """Whether the clause ends with 「は休み」 or 「を除く」, which then holds for all days it lists."""
    kinds = [item.kind for item in items if isinstance(item, Token) and item.kind is not Kind.SEPARATOR]
    return bool(kinds) and kinds[-1] in (Kind.CLOSED, Kind.EXCLUDE)


def flat(items: Sequence[Item]) -> list[Token]:
    found: list[Token] = []
    for item in items:
        if isinstance(item, Group):
            found += flat(item.items)
        else:
            found.append(item)
    return found


def nest(tokens: list[Token]) -> list[Item]:
    """Brackets as groups, one level deep; deeper and unmatched ones stay words."""
    items: list[Item] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.kind is Kind.OPEN:
            end = _closing(tokens, index)
            if end:
                inner: list[Item] = list(tokens[index + 1 : end])
                if _is_heading_of_days(token, inner):
                    items += inner
                    index = end + 1
                    continue
                kinds = {item.kind for item in flat(inner)}
                is_after_date = index > 0 and tokens[index - 1].kind is Kind.DATE
                if is_after_date and kinds <= {Kind.WEEKDAY, Kind.HOLIDAY, Kind.SEPARATOR}:
                    index = end + 1  # 1月1日（祝）: only says what day that is
                    continue
                if kinds == {Kind.WEEKDAY} and len(inner) == 1:
                    items += inner  # （月）（水）（金） names days
                    index = end + 1
                    continue
                items.append(Group(token, inner, tokens[end].end))
                index = end + 1
                continue
        items.append(token)
        index += 1
    return items


def _is_heading_of_days(opening: Token, inner: Sequence[Item]) -> bool:
    """【土日祝】 names the days of what follows, as if the brackets were not there."""
    if opening.value not in "【[《<":
        return False
    kinds = {item.kind for item in flat(inner)}
    return bool(kinds & DAY_KINDS) and kinds <= DAY_KINDS | {Kind.SEPARATOR, Kind.RANGE, Kind.FILLER}


def _closing(tokens: list[Token], index: int) -> int:
    """Index of the next closing bracket, 0 if there is none before another opens."""
    for following in range(index + 1, min(index + _LONGEST_GROUP, len(tokens))):
        if tokens[following].kind is Kind.CLOSE:
            return following
        if tokens[following].kind is Kind.OPEN:
            return 0
    return 0


def clauses(items: Sequence[Item]) -> list[list[Item]]:
    """Split at 「／」, 「。」 and the like, but 「月／水／金」 is one list."""
    found: list[list[Item]] = [[]]
    for index, item in enumerate(items):
        if not isinstance(item, Token) or item.kind is not Kind.BREAK:
            found[-1].append(item)
        elif item.value == "/" and {kind_at(items, index - 1), kind_at(items, index + 1)} == {Kind.WEEKDAY}:
            found[-1].append(Token(Kind.SEPARATOR, item.start, item.end, item.value))
        else:
            found.append([])
    return [clause for clause in found if clause]
