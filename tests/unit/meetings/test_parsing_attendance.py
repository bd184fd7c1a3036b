"""Lists of those present: organisation, name and role told apart, wherever the gaps stand."""

import pytest

from meetings.parsing.attendance import read_attendance
from meetings.parsing.source import split_lines


@pytest.mark.parametrize(
    ("line", "organization", "name", "role"),
    [
        ("佐藤　一郎委員", "", "佐藤一郎", "委員"),
        ("渡辺　真由美委員長", "", "渡辺真由美", "委員長"),
        ("都市整備部長村田　正夫君", "", "村田正夫", "都市整備部長"),
        ("都市整備部長村田正夫君", "", "村田正夫", "都市整備部長"),
        ("福祉課長田中 太郎", "", "田中太郎", "福祉課長"),
        ("会長　佐藤 花子", "", "佐藤花子", "会長"),
        ("都市整備部長　村田　正夫", "", "村田正夫", "都市整備部長"),
        ("青森　佐藤委員", "青森", "佐藤", "委員"),
        ("千葉 佐藤委員", "千葉", "佐藤", "委員"),
        ("自治会長会 佐藤委員", "自治会長会", "佐藤", "委員"),
        ("あかり電話 井川 理事", "あかり電話", "井川", "理事"),
        ("保健福祉部 障害福祉課長 山田太郎", "保健福祉部", "山田太郎", "障害福祉課長"),
    ],
)
def test_a_person(line: str, organization: str, name: str, role: str) -> None:
    [(entry, _first, _last)] = read_attendance(split_lines(line)[0], 0, absent=False)
    assert (entry.organization, entry.name, entry.role) == (organization, name, role)
