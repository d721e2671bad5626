"""
Measures reading and scoring workbooks against reading their cells with pandas and openpyxl.

The files are those of `samples.write_samples`, in groups by the program that saved them and by how
far they are filled. What counts is the worst group.

A round reads a batch. Of each variant the fastest round is compared: whatever else the computer
does only adds time, to the short ones more than in proportion (see `timeit.Timer.repeat`). The
medians stand beside it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from itertools import cycle, islice
from pathlib import Path
from statistics import median

import pandas as pd

from benchmarks.measure import run_rounds, time_job, time_reading
from benchmarks.samples import WorkbookSample, write_samples
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from tests.support.office import Office

try:
    from python_calamine import CalamineWorkbook
except ImportError:  # a second reference, which not every computer has
    CalamineWorkbook = None  # type: ignore[assignment, misc]

WANTED, WANTED_PLAIN = 10, 15
PLAIN_SAMPLE = "plain sample (XlsxWriter, complete)"
_ROUNDS = 15
_BATCH = 20
"""How many files are read one after another, as from a folder: the first finds cold caches."""


Variant = Callable[[], float]
Rounds = Mapping[str, list[float]]


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, WorkbookReader() as reader:
        with Office() as office:
            samples = list(write_samples(Path(folder), office))
        groups = group_samples(samples)
        # All variants of all groups take turns, so that a busy minute falls on none of them alone.
        taken = run_rounds(
            {
                f"{what}: {name}": variant
                for name, paths in groups.items()
                for what, variant in _list_variants(paths, reader).items()
            },
            count=_ROUNDS,
        )
    _print_table(len(samples), groups, taken)


def group_samples(samples: Sequence[WorkbookSample]) -> dict[str, list[Path]]:
    """Return a batch of files for each group by its name, then one of the plain sample alone."""
    groups: dict[str, list[Path]] = {}
    for sample in samples:
        groups.setdefault(sample.kind.group, []).append(sample.path)
    [plain] = [sample.path for sample in samples if sample.kind.is_plain]
    groups[PLAIN_SAMPLE] = [plain]
    return {name: list(islice(cycle(paths), _BATCH)) for name, paths in groups.items()}


def _list_variants(paths: Sequence[Path], reader: WorkbookReader) -> dict[str, Variant]:
    """Return what reads the files of a group; each returns the CPU seconds for one of them."""

    def read_with_pandas() -> None:
        for path in paths:
            pd.read_excel(path, engine="openpyxl", sheet_name=None, header=None)

    def read_with_calamine() -> None:
        for path in paths:
            book = CalamineWorkbook.from_path(str(path))
            for name in book.sheet_names:
                book.get_sheet_by_name(name).to_python()

    variants = {
        "pandas": _divide(time_job(read_with_pandas), len(paths)),
        "ours": time_reading(reader, paths),
    }
    if CalamineWorkbook is not None:
        variants["calamine"] = _divide(time_job(read_with_calamine), len(paths))
    return variants


def _divide(variant: Variant, count: int) -> Variant:
    return lambda: variant() / count


def _print_table(count: int, groups: Mapping[str, Sequence[Path]], taken: Rounds) -> None:
    print(
        f"\nReading and scoring {count} workbooks, guard and parsing process included\n"
        "  CPU time of one file; how many times as fast as pandas.read_excel(engine='openpyxl'),"
        f" fastest of {_ROUNDS} rounds"
    )
    print(
        f"  {'':<38} {'files':>5} {'pandas':>10} {'ours':>10} {'ratio':>8} {'median':>8}"
        f" {'calamine':>10}"
    )
    for name, paths in groups.items():
        pandas_ms, ours_ms = (min(taken[f"{what}: {name}"]) * 1000 for what in ("pandas", "ours"))
        line = f"  {name:<38} {len(set(paths)):>5} {pandas_ms:7.2f} ms {ours_ms:7.2f} ms"
        line += f" {find_ratio(taken, name):6.2f} x {find_median_ratio(taken, name):6.2f} x"
        if f"calamine: {name}" in taken:
            line += f" {find_ratio(taken, name, 'calamine'):8.2f} x"
        print(line)
    ratios = {name: find_ratio(taken, name) for name in groups if name != PLAIN_SAMPLE}
    worst = min(ratios, key=lambda name: ratios[name])
    _print_verdict(f"worst group: {worst}", ratios[worst], WANTED)
    _print_verdict(PLAIN_SAMPLE, find_ratio(taken, PLAIN_SAMPLE), WANTED_PLAIN)
    print(f"  {'median of all groups':<52} {median(ratios.values()):6.2f} x")


def find_ratio(taken: Rounds, group: str, what: str = "ours") -> float:
    """Return how many times as fast as pandas a group was read: the fastest round of each."""
    return min(taken[f"pandas: {group}"]) / min(taken[f"{what}: {group}"])


def find_median_ratio(taken: Rounds, group: str) -> float:
    """Return the same as the median over all rounds, with whatever else the computer did."""
    pairs = zip(taken[f"pandas: {group}"], taken[f"ours: {group}"], strict=True)
    return median(theirs / own for theirs, own in pairs)


def _print_verdict(name: str, ratio: float, wanted: float) -> None:
    verdict = "reached" if ratio >= wanted else "MISSED"
    print(f"  {name:<52} {ratio:6.2f} x   (wanted: {wanted} x or more: {verdict})")
