"""What tests of reading reports share: fixtures, and the promise that nothing of a source is lost."""

from collections import Counter, defaultdict
from pathlib import Path

from meetings.parsing.source import squeeze
from reports.parsing import ReadReport

FIXTURES = Path(__file__).resolve().parents[2] / "data" / "reports"
# Signs of the form, which prints them again, and what stands between two categories.
FRAME = frozenset("()（）[]［］〔〕→⇒➡⇨->=・○●◎◆■◇□▼▪▶*、，,/／;；:：0123456789０１２３４５６７８９")


_REPEATED = {"title", "form"}


def fixture(name: str) -> str:
    return (FIXTURES / name).read_text(encoding="utf-8")


def assert_nothing_lost(source: str, report: ReadReport) -> None:
    """Every character that is not white space is in one piece, and what a field took it also says."""
    owners = [0] * len(source)
    taken: dict[tuple[str, int], list[str]] = defaultdict(list)
    for piece in report.pieces:
        assert piece.start < piece.end
        taken[piece.kind, piece.index].append(source[piece.start : piece.end])
        for place in range(piece.start, piece.end):
            owners[place] += 1
    lost = [place for place, count in enumerate(owners) if count == 0 and not source[place].isspace()]
    assert not lost, f"lost at {lost[:5]}: {source[lost[0] : lost[0] + 30]!r}"
    assert max(owners, default=0) <= 1
    for (kind, index), pieces in taken.items():
        if kind != "table":
            _assert_said(
                "".join(pieces), _words(report, kind, index) * (len(pieces) if kind in _REPEATED else 1)
            )


def _assert_said(source: str, words: str) -> None:
    left = Counter(squeeze(source))
    left.subtract(squeeze(words))
    circled = {sign for sign in left if "①" <= sign <= "⑳" or "❶" <= sign <= "➓"}
    unsaid = {sign: count for sign, count in left.items() if count > 0 and sign not in FRAME | circled}
    assert not unsaid, f"{unsaid} of {source!r} is not in {words!r}"


def _words(report: ReadReport, kind: str, index: int) -> str:
    if kind == "activity":
        activity = report.activities[index]
        labels = "".join(label.words for label in activity.labels)
        left = "".join(flag.text for flag in report.flags if flag.code == "brackets")
        attended = "参加者名人" if activity.attendee_count is not None else ""
        return (
            activity.timing
            + activity.title
            + labels
            + activity.result
            + left
            + attended
            + "【未確認】" * len(labels)
        )
    if kind == "section":
        return report.sections[index].heading + report.sections[index].body
    if kind == "remainder":
        return report.flags[index].text
    return {"title": report.title, "heading": report.heading, "form": "【事業内容】"}[kind]
