"""What a call costs, as far as the number itself tells."""

from consultations.models.channel import Toll

# Facts: the operators' own pages (189 and the emergency numbers are free, 188 and the # dials are charged like
# ordinary calls; #8891 is free since 2022). What is not listed here stays unknown.
_TOLL_OF_SHORT = {
    "110": Toll.FREE,
    "118": Toll.FREE,
    "119": Toll.FREE,
    "189": Toll.FREE,
    "#8891": Toll.FREE,
    "188": Toll.CHARGED,
    "#7119": Toll.CHARGED,
    "#8000": Toll.CHARGED,
    "#8008": Toll.CHARGED,
    "#8778": Toll.CHARGED,
    "#9110": Toll.CHARGED,
}


def toll_of(digits: str) -> Toll:
    """What a call to `digits` (as in PhoneNumber.digits) costs, as far as the number itself tells."""
    if digits in _TOLL_OF_SHORT:
        return _TOLL_OF_SHORT[digits]
    if digits.startswith(("0120", "0800")):
        return Toll.FREE
    if digits.startswith("0570"):
        return Toll.NAVI
    if digits.startswith(("0", "+")) and len(digits) >= 10:
        return Toll.CHARGED
    return Toll.UNKNOWN
