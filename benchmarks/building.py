"""Measures building a workbook against bare XlsxWriter, which makes the same calls."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import xlsxwriter

from benchmarks.measure import print_report, run_rounds, time_job
from benchmarks.samples import CREATED, fill_response
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
            values = {
                key: value.real_object if isinstance(value, _Recorder) else value
                for key, value in options.items()
            }
            result = getattr(self.real_object, name)(*map(_unwrap, plain), **values)
            if name.startswith("add_"):
                result = _Recorder(result, self._calls, self._made)
                self._calls[-1] = (self, (name, args, {**options, "_makes": result}))
            return result

        return call


def _unwrap(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: v.real_object if isinstance(v, _Recorder) else v for k, v in value.items()}
    return value


def record_calls(build: Callable[[], bytes]) -> list[tuple[Any, Call]]:
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


def replay_calls(calls: list[tuple[Any, Call]]) -> bytes:
    """Make the same calls to XlsxWriter directly and return the workbook."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    objects: dict[int, Any] = {id(calls[0][0]): xlsxwriter.Workbook(buffer, options)}

    def find_real(value: Any) -> Any:
        if isinstance(value, _Recorder):
            return objects[id(value)]
        if isinstance(value, dict):
            return {key: find_real(item) for key, item in value.items()}
        return value

    for target, (name, args, options) in calls:
        values = {key: find_real(value) for key, value in options.items() if key != "_makes"}
        result = getattr(objects[id(target)], name)(*map(find_real, args), **values)
        if "_makes" in options:
            objects[id(options["_makes"])] = result
    return buffer.getvalue()


def main() -> None:
    """Measure and print."""
    scheme = load_scheme()
    response = fill_response(scheme)

    def build() -> bytes:
        return build_workbook(scheme, created=CREATED, response=response)

    calls = record_calls(build)
    assert replay_calls(calls) == build()
    taken = run_rounds(
        {
            "XlsxWriter in memory, the same calls": time_job(lambda: replay_calls(calls), repeat=3),
            "build_workbook": time_job(build, repeat=3),
        },
        count=15,
    )
    print_report(
        "Building one workbook (CPU time; wanted: 0.77 x or more)", taken, next(iter(taken))
    )
