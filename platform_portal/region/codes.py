"""全国地方公共団体コード: five digits and a check digit."""

_WEIGHTS = (6, 5, 4, 3, 2)


def check_digit(first_five: str) -> str:
    """Check digit of the first five digits (総務省 全国地方公共団体コード仕様).

    Source of the rule: weights 6, 5, 4, 3, 2; eleven minus the sum's remainder by eleven, its last digit.
    """
    total = sum(int(digit) * weight for digit, weight in zip(first_five, _WEIGHTS, strict=True))
    return str(11 - total % 11)[-1]


def is_valid_code(code: str) -> bool:
    """True for six ASCII digits whose last one is the right check digit."""
    return len(code) == 6 and code.isascii() and code.isdigit() and check_digit(code[:5]) == code[5]
