"""Makes tables of pandas, typed as their columns mean, and Parquet; needs the extra `report`."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from iml4e_xlsx.errors import ResourceError
from iml4e_xlsx.findings.error_codes import ReportErrorCode
from iml4e_xlsx.model import Assessment
from iml4e_xlsx.report.tables.result_data import (
    AREA_COLUMNS,
    SOURCE_COLUMNS,
    STATEMENT_COLUMNS,
    ResultBundle,
    ResultStream,
    area_rows,
    source_rows,
    statement_rows,
)

if TYPE_CHECKING:
    import pandas as pd

_TYPES: Final[Mapping[str, str]] = {
    "level": "Int64",
    "index": "Float64",
    "completeness": "Float64",
    "applies": "boolean",
    "highest": "Int64",
    "complete": "boolean",
    "gap_below": "boolean",
    "steps_to_next": "Int64",
    "one_step_level": "Int64",
    "target": "Int64",
    "effective_target": "Int64",
    "steps_to_target": "Int64",
    "required_for_target": "Int64",
    "way_to_target": "Float64",
    "estimate": "Int64",
    "provisional": "boolean",
    "not_applicable": "Float64",
    "dont_know": "Int64",
    "high_level": "Int64",
    "high_index": "Float64",
    "rating": "Int64",
    "date": "datetime64[s]",
}
"""By column; every other one is text."""

_RESULTS_OF_GROUP: Final = 500
"""Of a thousand results, a row for each statement takes a hundred megabytes until it is written."""

_FLAGS: Final = {"not_applicable": "boolean", "dont_know": "boolean"}
"""Columns that count in a row for an area, and in one for a statement tell how it was answered."""


def encode_results(results: ResultBundle) -> bytes:
    """Return results as a Parquet file, a row for each area or each statement."""
    return b"".join(stream_results(results))


def stream_results(results: ResultBundle | ResultStream) -> Iterator[bytes]:
    """Yield the same file piece by piece, a row group for some hundred results."""
    _require_pyarrow()  # its extra brings pandas, so that one line says all that is missing
    import pyarrow as pa
    import pyarrow.parquet as pq

    def make_table(assessments: Iterable[Assessment]) -> pa.Table:
        return pa.Table.from_pandas(_choose_frame(results, assessments), preserve_index=False)

    sink = _Pieces()
    remaining = iter(results.assessments)
    with pq.ParquetWriter(sink, make_table(()).schema) as writer:
        while some := list(islice(remaining, _RESULTS_OF_GROUP)):
            writer.write_table(make_table(some))
            yield sink.take()
    yield sink.take()


def _choose_frame(
    results: ResultBundle | ResultStream, assessments: Iterable[Assessment]
) -> pd.DataFrame:
    if results.by_source:
        return source_frame(assessments, results.by_source)
    return statement_frame(assessments) if results.by_statement else area_frame(assessments)


class _Pieces(io.RawIOBase):
    """A file that is only written to, and from which what was written is taken."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []
        self._length = 0

    def writable(self) -> bool:
        """Return that it can be written to."""
        return True

    def write(self, data: Any) -> int:
        """Take a piece."""
        piece = bytes(data)
        self._waiting.append(piece)
        self._length += len(piece)
        return len(piece)

    def tell(self) -> int:
        """Return how much was written, taken or not: the format notes where things stand."""
        return self._length

    def take(self) -> bytes:
        """Return what was written since the last time."""
        pieces, self._waiting = self._waiting, []
        return b"".join(pieces)


def area_frame(assessments: Iterable[Assessment]) -> pd.DataFrame:
    """
    Return one row for each area of each result, and one, `overall`, for the whole.

    Levels and steps are nullable whole numbers, `index` and `high_index` floats in 0..top,
    `completeness`, `way_to_target` and `not_applicable` floats in 0..1.

    Raises:
        ResourceError: If pandas is not installed.
    """
    rows = [row for assessment in assessments for row in area_rows(assessment)]
    return _make_frame(rows, AREA_COLUMNS, _TYPES)


def statement_frame(assessments: Iterable[Assessment]) -> pd.DataFrame:
    """
    Return one row for each statement of each result.

    `rating` is a nullable whole number of the scale; `not_applicable` says that it is missing
    because the statement does not apply, and `dont_know` that the respondent could not tell.

    Raises:
        ResourceError: If pandas is not installed.
    """
    rows = [row for assessment in assessments for row in statement_rows(assessment)]
    return _make_frame(rows, STATEMENT_COLUMNS, {**_TYPES, **_FLAGS})


def source_frame(assessments: Iterable[Assessment], key: str) -> pd.DataFrame:
    """
    Return one row for each thing that a source asks for, of each result.

    `fulfilment` is a float in 0..1, the mean of the rated statements that cite it; `rated`,
    `open`, `dont_know` and `not_applicable` count statements.

    Raises:
        ResourceError: If pandas is not installed.
    """
    rows = [row for assessment in assessments for row in source_rows(assessment, key)]
    counts = dict.fromkeys(("rated", "open", "dont_know", "not_applicable"), "Int64")
    return _make_frame(rows, SOURCE_COLUMNS, {**_TYPES, "fulfilment": "Float64", **counts})


def _require_pyarrow() -> None:
    try:
        import_module("pyarrow")
    except ImportError as error:
        raise ResourceError(
            ReportErrorCode.LIBRARY_MISSING, library="pyarrow", extra="data"
        ) from error


def _make_frame(
    rows: list[Mapping[str, Any]], columns: Sequence[str], types: Mapping[str, str]
) -> pd.DataFrame:
    try:
        import pandas as pd
    except ImportError as error:
        raise ResourceError(
            ReportErrorCode.LIBRARY_MISSING, library="pandas", extra="report"
        ) from error
    frame = pd.DataFrame.from_records(rows, columns=list(columns))
    dates = pd.to_datetime(frame["date"].replace("", None))
    kinds: dict[str, Any] = {name: types.get(name, "string") for name in columns}
    return frame.assign(date=dates).astype(kinds)
