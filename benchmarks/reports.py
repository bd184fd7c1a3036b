"""Annual reports: from the click to the file, long ones in a process of their own, Chromium printing the same HTML."""

import datetime as dt
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.processes import Taken, family_of, processor_seconds, run_alone, run_family
from reports.demo_texts import ACTIVITIES, CATEGORIES, PROJECTS, SECTIONS
from reports.snapshots import Figure, Snapshot, to_json

YEAR = 2024
GRANT = "地方における孤独・孤立対策推進事業交付金"
CLICKS = 3
# How often the trial's report stands in one of so many pages.
FIFTY_PAGES, LONG_PAGES = 17, 78
_BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def report_of(times: int, heading: str = "孤独・孤立対策関連事業の実施") -> Snapshot:
    """The trial's report with all its parts `times` as long: activities, prose and the table of projects."""
    return Snapshot(
        YEAR,
        GRANT,
        "香川県",
        heading=heading,
        edition=1,
        approved_on=dt.date(YEAR + 1, 4, 10),
        categories=CATEGORIES,
        activities=ACTIVITIES * times,
        sections=tuple(replace(each, body="\n\n".join([each.body] * times)) for each in SECTIONS),
        projects=PROJECTS * times,
        figures=(Figure("会員団体数", "会員団体の数", "団体", ((YEAR - 1, 90), (YEAR, 112))),),
    )


# --- From the click to the file --------------------------------------------------------------------
def is_complete() -> bool:
    from reports.models import AnnualReport

    return bool(AnnualReport.objects.exists())


def fill() -> None:
    """A year and its report; what is printed of it are editions made for the measurement."""
    from members.models import User
    from reports.services.annual import begin_report
    from reports.services.schemes import begin_year

    writer = User.objects.create(email="writer@portal.example", name="書記", role="secretariat")
    scheme = begin_year(fiscal_year=YEAR, values={"official_name": GRANT}, by=writer)
    begin_report(scheme=scheme, by=writer)


@dataclass(frozen=True)
class Clicked:
    seconds: float
    processor: float
    pages: int


def pace() -> float:
    """Processor seconds of a loop: the same work takes three times as long where cores are shared with others."""
    start = time.process_time()
    sum(number * number for number in range(1_000_000))
    return time.process_time() - start


def click_to_file(folder: Path) -> Clicked:
    """The medium of some clicks. Each asks for an edition of its own: the same content is never printed twice."""
    from reports.models import Rendering, ReportEdition

    Rendering.objects.all().delete()
    ReportEdition.objects.all().delete()
    with printer(folder / "printer.log") as worker:
        click(0, worker)  # loads the programs
        clicks = [click(number, worker) for number in range(1, CLICKS + 1)]
    return sorted(clicks, key=lambda each: each.seconds)[CLICKS // 2]


def click(number: int, worker: int) -> Clicked:
    from reports.models import AnnualReport, RenderingKind, RenderingState, ReportEdition
    from reports.services.renderings import ask_for_file

    report = AnnualReport.objects.get()
    edition = ReportEdition.objects.create(
        report=report,
        number=number,
        snapshot=to_json(report_of(1, heading=f"孤独・孤立対策（{number}回目）")),
        approved_by=report.author,
    )
    before = sum(processor_seconds(family_of(worker)).values())
    start = time.perf_counter()
    row: Any = ask_for_file(report=report, kind=RenderingKind.PDF, edition=edition, by=report.author)
    while row.state not in {RenderingState.DONE, RenderingState.FAILED}:
        if time.perf_counter() - start > 120:
            raise TimeoutError(row.state)
        time.sleep(0.02)
        row.refresh_from_db()
    seconds = time.perf_counter() - start
    if row.state == RenderingState.FAILED:
        raise RuntimeError(row.error)
    return Clicked(seconds, sum(processor_seconds(family_of(worker)).values()) - before, row.page_count)


@contextmanager
def printer(log_file: Path) -> Iterator[int]:
    """A worker of the `pdf` queue alone, as production runs it; yields its process."""
    log = log_file.open("w")
    process = subprocess.Popen(
        [
            sys.executable, "-W", "ignore:You're running the worker", "-m", "celery", "--app", "platform_portal",
            "--quiet", "worker", "--queues", "pdf", "--concurrency", "1", "--loglevel", "WARNING",
            "--without-gossip", "--without-mingle",
        ],
        stdout=log,
        stderr=log,
    )  # fmt: skip
    try:
        _wait_until_ready(process)
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=60)
        log.close()


def _wait_until_ready(process: subprocess.Popen[bytes], seconds: float = 120) -> None:
    """A hint that nobody takes within a minute is let go: production's tick then takes its place."""
    from platform_portal.celery import app

    end = time.monotonic() + seconds
    while not app.control.ping(timeout=1):
        if process.poll() is not None or time.monotonic() > end:
            raise TimeoutError("the worker does not start: see printer.log")


# --- Long ones, and Chromium beside them -----------------------------------------------------------
@dataclass(frozen=True)
class Printed:
    """`taken`: by printing alone, but the memory of the whole process."""

    pages: int
    taken: Taken
    kilobytes: float


def print_alone(times: int, html: Path) -> Printed:
    said, whole = run_alone([sys.executable, "-m", "benchmarks.print_report", str(times), str(html)])
    own = json.loads(said.splitlines()[-1])
    return Printed(
        own["pages"], Taken(own["seconds"], own["processor"], whole.megabytes), own["bytes"] / 1024
    )


def browser() -> str | None:
    named = os.environ.get("CHROMIUM")
    return next(filter(None, map(shutil.which, [*([named] if named else []), *_BROWSERS])), None)


def print_with_chromium(program: str, html: Path, folder: Path) -> Printed:
    import pypdfium2

    target, profile = folder / "chromium.pdf", folder / "chromium-profile"
    target.unlink(missing_ok=True)
    taken = run_family(
        [
            program, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}",
            "--no-pdf-header-footer", "--timeout=120000", f"--print-to-pdf={target}", html.resolve().as_uri(),
        ]
    )  # fmt: skip
    shutil.rmtree(profile, ignore_errors=True)
    return Printed(len(pypdfium2.PdfDocument(target)), taken, target.stat().st_size / 1024)


def median_print(times: int, html: Path, runs: int = 1) -> Printed:
    """By processor seconds."""
    printed = [print_alone(times, html) for _run in range(runs)]
    middle = statistics.median_low(each.taken.processor for each in printed)
    return next(each for each in printed if each.taken.processor == middle)
