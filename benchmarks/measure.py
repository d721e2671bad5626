"""Times variants in turn: the medians of ratios by round, which noise moves least."""

from __future__ import annotations

import platform
import resource
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import psutil

from iml4e_xlsx.reading.workbook_reader import WorkbookReader

_PAUSE: Final = 0.002


def cpu_seconds() -> float:
    """Return the CPU time of this process and of its ended children."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def run_rounds(
    variants: Mapping[str, Callable[[], float]], count: int = 9
) -> dict[str, list[float]]:
    """Run each variant once a round, in turn; a variant returns the CPU seconds it took."""
    for variant in variants.values():
        variant()
    taken: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(count):
        for name, variant in variants.items():
            taken[name].append(variant())
    return taken


def time_job(job: Callable[[], object], repeat: int = 1) -> Callable[[], float]:
    """Return a variant that times a job in this process."""

    def run() -> float:
        start = time.process_time()
        for _ in range(repeat):
            job()
        return (time.process_time() - start) / repeat

    return run


def time_reading(reader: WorkbookReader, paths: Sequence[Path]) -> Callable[[], float]:
    """
    Return a variant that times reading and scoring a workbook, on average over several.

    What it returns is the CPU time of this process and of the parsing process that works for it.
    """
    reader.assess(paths[0])  # starts the parsing process, which then stays

    def run() -> float:
        start, parser_start = time.process_time(), _settle_children()
        for path in paths:
            reader.assess(path)
        own = time.process_time() - start
        parser = _settle_children()
        # A process that was ended and replaced takes its time with it: such a figure is none.
        if parser.keys() != parser_start.keys():
            raise RuntimeError("The parsing process was replaced while it was measured.")
        return (own + sum(parser.values()) - sum(parser_start.values())) / len(paths)

    return run


def _settle_children() -> dict[int, float]:
    """Return the CPU time of each child once all have come to rest, which follows an answer."""
    children = psutil.Process().children(recursive=True)
    taken: dict[int, float] = {}
    while True:
        before, taken = taken, {child.pid: _child_seconds(child) for child in children}
        if taken == before:
            return taken
        time.sleep(_PAUSE)


def _child_seconds(child: psutil.Process) -> float:
    """Return the CPU time of a process and of those that it started and that have ended."""
    times = child.cpu_times()
    own = times.user + times.system
    if platform.system() == "Linux":
        # The clock of a process, as `clock_getcpuclockid` gives it: the figures above count
        # hundredths of a second, in which a parsing process reads several files.
        own = time.clock_gettime((~child.pid << 3) | 2)
    return float(own + times.children_user + times.children_system)


def print_report(title: str, taken: Mapping[str, list[float]], reference: str) -> None:
    """Print the median of each variant, and its ratio to the reference."""
    print(f"\n{title}")
    for name, seconds in taken.items():
        ratios = [base / own for own, base in zip(seconds, taken[reference], strict=True)]
        median, ratio = statistics.median(seconds) * 1000, statistics.median(ratios)
        print(f"  {name:<52} {median:9.2f} ms   {ratio:6.2f} x as fast as the reference")
