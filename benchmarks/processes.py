"""What other processes take: clock, processor and memory, theirs and their children's. Linux: read from /proc."""

import os
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_MEGABYTE = 1024  # in kB, as /proc counts


@dataclass(frozen=True)
class Taken:
    """`seconds` by the clock, `processor` seconds, `megabytes` at the most."""

    seconds: float
    processor: float
    megabytes: float


def run_alone(command: Sequence[str]) -> tuple[str, Taken]:
    """One process without children, and what it said; its memory is the most that ever was resident."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = process.stdout.read()
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    taken = Taken(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / _MEGABYTE)
    return said, taken


def run_family(command: Sequence[str], every: float = 0.05) -> Taken:
    """A process and all its children; what they share is counted once (PSS)."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    most, processor, is_over = 0.0, {}, threading.Event()

    def watch() -> None:
        nonlocal most
        while not is_over.wait(every):
            family = family_of(process.pid)
            processor.update(processor_seconds(family))
            most = max(most, sum(map(_shared_megabytes, family)))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        process.wait(timeout=300)
    finally:
        is_over.set()
        watcher.join()
        if process.poll() is None:
            process.kill()
    seconds = time.perf_counter() - start
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Taken(seconds, sum(processor.values()), most)


def family_of(pid: int) -> list[int]:
    """`pid` and its descendants."""
    children: dict[int, list[int]] = {}
    for each in Path("/proc").glob("[0-9]*"):
        fields = _stat(int(each.name))
        if fields:
            children.setdefault(int(fields[1]), []).append(int(each.name))
    family, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        family.append(one)
        waiting += children.get(one, [])
    return family


def processor_seconds(pids: Sequence[int]) -> dict[int, float]:
    found = {pid: _stat(pid) for pid in pids}
    return {pid: (int(fields[11]) + int(fields[12])) / _TICKS for pid, fields in found.items() if fields}


def _stat(pid: int) -> list[str]:
    """From the state on: what follows the name, which may hold spaces. Empty for one that has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _shared_megabytes(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / _MEGABYTE
