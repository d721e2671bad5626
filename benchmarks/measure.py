"""Times variants in turn: the medians of ratios by round, which noise moves least."""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable, Mapping


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


def print_report(title: str, taken: Mapping[str, list[float]], reference: str) -> None:
    """Print the median of each variant, and its ratio to the reference."""
    print(f"\n{title}")
    for name, seconds in taken.items():
        ratios = [base / own for own, base in zip(seconds, taken[reference], strict=True)]
        median, ratio = statistics.median(seconds) * 1000, statistics.median(ratios)
        print(f"  {name:<52} {median:9.2f} ms   {ratio:6.2f} x as fast as the reference")
