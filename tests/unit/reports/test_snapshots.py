import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.snapshots import (
    Category,
    DoneActivity,
    Figure,
    Line,
    Project,
    Section,
    Snapshot,
    canonical,
    from_json,
    sha256_of,
    to_json,
)

words = st.text(max_size=20)
months = st.dates(dt.date(2024, 4, 1), dt.date(2025, 3, 31)).map(lambda day: day.replace(day=1))
snapshots = st.builds(
    Snapshot,
    fiscal_year=st.integers(2020, 2099),
    official_name=words,
    issuer=words,
    approved_on=st.none() | st.dates(),
    categories=st.lists(st.builds(Category, st.integers(1, 20), words, st.booleans())).map(tuple),
    activities=st.lists(
        st.builds(
            DoneActivity,
            words,
            month_from=st.none() | months,
            month_to=st.none() | months,
            categories=st.lists(st.integers(1, 20)).map(tuple),
            attendee_count=st.none() | st.integers(0),
        )
    ).map(tuple),
    sections=st.lists(st.builds(Section, words, words, words)).map(tuple),
    projects=st.lists(
        st.builds(
            Project,
            words,
            lines=st.lists(
                st.builds(Line, words, st.none() | st.integers(0), words, st.booleans()), max_size=3
            ).map(tuple),
        )
    ).map(tuple),
    figures=st.lists(
        st.builds(Figure, words, words, words, st.lists(st.tuples(st.integers(), st.integers())).map(tuple))
    ).map(tuple),
)


@given(snapshots)
def test_what_is_frozen_comes_back(snapshot):
    assert from_json(to_json(snapshot)) == snapshot


def test_same_content_has_the_same_name_whatever_the_order_of_its_keys():
    values = to_json(Snapshot(2024, "交付金", "香川県"))
    turned = dict(reversed(values.items()))
    assert canonical(values) == canonical(turned)
    assert sha256_of(values) == sha256_of(turned)
    assert sha256_of(values) != sha256_of(values | {"issuer": "徳島県"})


def test_sums_count_what_is_known():
    project = Project(
        "講座", lines=(Line("甲", 618_182), Line("甲", 372_728, is_additional=True), Line("乙"))
    )
    assert project.total_yen == 990_910
    assert Snapshot(2022, "交付金", "徳島県", projects=(project, project)).total_yen == 1_981_820


def test_format_of_a_later_program_is_not_guessed_at():
    with pytest.raises(ValueError, match="unknown format"):
        from_json(to_json(Snapshot(2024, "交付金", "香川県")) | {"format": 2})
