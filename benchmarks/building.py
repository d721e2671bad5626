"""Building a workbook against XlsxWriter bare, given the same calls."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import xlsxwriter

from benchmarks.measure import report, rounds, timed
from benchmarks.samples import CREATED, filled
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.workbook.builder import build_workbook

Call = tuple[str, tuple[Any, ...], dict[str, Any]]


class _Recorder:
    """Stands for an object of XlsxWriter and notes every call made to it."""

    def __init__(self, real: Any, calls: list[tuple[Any, Call]], made: dict[int, Any]) -> None:
        self.real_object, self._calls, self._made = real, calls, made

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            self._calls.append((self, (name, args, options)))
            plain = tuple(a.real_object if isinstance(a, _Recorder) else a for a in args)
            kept = {
                key: value.real_object if isinstance(value, _Recorder) else value
                for key, value in options.items()
            }
            result = getattr(self.real_object, name)(*map(_unwrapped, plain), **kept)
            if name.startswith("add_"):
                result = _Recorder(result, self._calls, self._made)
                self._calls[-1] = (self, (name, args, {**options, "_makes": result}))
            return result

        return call


def _unwrapped(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: v.real_object if isinstance(v, _Recorder) else v for k, v in value.items()}
    return value


def recorded(build: Callable[[], bytes]) -> list[tuple[Any, Call]]:
    """Return the calls that a build makes to XlsxWriter."""
    calls: list[tuple[Any, Call]] = []
    real = xlsxwriter.Workbook

    def workbook(*args: Any, **options: Any) -> Any:
        return _Recorder(real(*args, **options), calls, {})

    xlsxwriter.Workbook = workbook
    try:
        build()
    finally:
        xlsxwriter.Workbook = real
    return calls


def replayed(calls: list[tuple[Any, Call]]) -> bytes:
    """Make the same calls to XlsxWriter directly and return the workbook."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    objects: dict[int, Any] = {id(calls[0][0]): xlsxwriter.Workbook(buffer, options)}

    def real(value: Any) -> Any:
        if isinstance(value, _Recorder):
            return objects[id(value)]
        if isinstance(value, dict):
            return {key: real(one) for key, one in value.items()}
        return value

    for target, (name, args, given) in calls:
        kept = {key: real(value) for key, value in given.items() if key != "_makes"}
        result = getattr(objects[id(target)], name)(*map(real, args), **kept)
        if "_makes" in given:
            objects[id(given["_makes"])] = result
    return buffer.getvalue()


def main() -> None:
    """Measure and print."""
    scheme = load_scheme()
    response = filled(scheme)

    def build() -> bytes:
        return build_workbook(scheme, created=CREATED, response=response)

    calls = recorded(build)
    assert replayed(calls) == build()
    taken = rounds(
        {
            "XlsxWriter in memory, the same calls": timed(lambda: replayed(calls), repeat=3),
            "build_workbook": timed(build, repeat=3),
        },
        count=15,
    )
    report("Building one workbook (CPU time; wanted: 0.77 x or more)", taken, next(iter(taken)))
