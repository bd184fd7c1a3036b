"""A whole report: the trial's words with figures of our own."""

import datetime as dt
from dataclasses import replace

from reports.demo_texts import ACTIVITIES, CATEGORIES, PROJECTS, SECTIONS
from reports.snapshots import Figure, Snapshot

FIGURES = (
    Figure("会員団体数", "会員団体の数", "団体", ((2022, 66), (2023, 90), (2024, 112))),
    Figure("相談窓口数", "公開している相談窓口の数", "か所", ((2023, 318), (2024, 342))),
    Figure("確認済みの割合", "確かめてある相談窓口の割合", "%", ((2024, 86),)),
    Figure("会議の回数", "開いた会議の数", "回", ((2022, 3), (2023, 4), (2024, 4))),
)
DRAFT = Snapshot(
    fiscal_year=2024,
    official_name="地方における孤独・孤立対策推進事業交付金",
    issuer="香川県",
    heading="孤独・孤立対策関連事業の実施",
    categories=CATEGORIES,
    activities=ACTIVITIES,
    sections=SECTIONS,
    projects=PROJECTS,
    figures=FIGURES,
)
APPROVED = replace(DRAFT, edition=1, approved_on=dt.date(2025, 4, 10))


def long_report(times: int) -> Snapshot:
    """About `times` + 2 pages."""
    return replace(APPROVED, activities=ACTIVITIES * times, projects=PROJECTS * times)
