"""Results that are written while files are read: the same documents, never whole in memory."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from itertools import islice, repeat
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from iml4e_xlsx.errors import WorkbookWriteError
from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.model import Assessment
from iml4e_xlsx.output import write_pieces
from iml4e_xlsx.report.formats.csv_text import render_csv
from iml4e_xlsx.report.formats.format_registry import OutputSubject, find_format, list_formats
from iml4e_xlsx.report.formats.frames import area_frame, statement_frame
from iml4e_xlsx.report.formats.json_text import render_json, render_json_line
from iml4e_xlsx.report.tables.result_data import (
    AREA_COLUMNS,
    STATEMENT_COLUMNS,
    ResultBundle,
    ResultStream,
    area_rows,
    outcome_entry,
    statement_rows,
)
from iml4e_xlsx.text.interface_texts import load_texts

Outcomes = list[Assessment | Failure]
STREAMED = [entry.name for entry in list_formats(OutputSubject.RESULTS) if entry.streams]


def stream(form: str, results: ResultStream) -> bytes:
    return b"".join(find_format(form).stream_results(results))


def test_formats_for_programs_are_streamed() -> None:
    """Those for people need to see all results before they begin: widths, sheets, pictures."""
    assert STREAMED == ["json", "ndjson", "csv", "parquet"]


@pytest.mark.parametrize("some", [slice(None), slice(0), slice(1), slice(-1, None)])
def test_json_is_that_of_the_whole_document(outcomes: Outcomes, some: slice) -> None:
    given = outcomes[some]
    entries = [(isinstance(each, Failure), outcome_entry(each)) for each in given]
    document = {
        "results": [entry for is_failure, entry in entries if not is_failure],
        "failed": [entry for is_failure, entry in entries if is_failure],
        "left_out": [],
    }

    assert stream("json", ResultStream(given)).decode() == render_json(document)
    assert stream("ndjson", ResultStream(given)).decode() == "".join(
        render_json_line(entry) for _, entry in entries
    )


@pytest.mark.parametrize("by_statement", [False, True])
def test_csv_has_the_rows_of_all(outcomes: Outcomes, *, by_statement: bool) -> None:
    columns, rows_of = (
        (STATEMENT_COLUMNS, statement_rows) if by_statement else (AREA_COLUMNS, area_rows)
    )
    rows = [row for each in outcomes if isinstance(each, Assessment) for row in rows_of(each)]

    streamed = stream("csv", ResultStream(outcomes, by_statement=by_statement))

    assert streamed.decode() == render_csv(columns, rows)


@pytest.mark.parametrize("by_statement", [False, True])
def test_parquet_has_row_groups(outcomes: Outcomes, *, by_statement: bool) -> None:
    """Of some hundred results each, all of one schema, whatever the first ones lack."""
    one = next(each for each in outcomes if isinstance(each, Assessment))
    count = 40 if by_statement else 1100
    results = ResultStream(repeat(one, count), by_statement=by_statement)

    file = pq.ParquetFile(io.BytesIO(stream("parquet", results)))

    make_frame = statement_frame if by_statement else area_frame
    expected = pd.concat([make_frame([one])] * count, ignore_index=True)
    pd.testing.assert_frame_equal(file.read().to_pandas(), expected, check_dtype=False)
    assert file.num_row_groups == (1 if by_statement else 3)


@pytest.mark.parametrize("form", STREAMED)
def test_what_was_read_is_written_before_the_next_is_read(outcomes: Outcomes, form: str) -> None:
    """At most one row group of results is in memory, however many there are."""
    one = next(each for each in outcomes if isinstance(each, Assessment))
    taken: list[int] = []

    def read() -> Iterator[Assessment]:
        for number in range(2000):
            taken.append(number)
            yield one

    pieces = find_format(form).stream_results(ResultStream(read()))
    written = [(len(piece), len(taken)) for piece in islice(pieces, 3)]

    assert written[0][0] > 0
    assert written[-1][1] < 2000


def test_files_left_out_while_others_are_read_are_in_the_document(outcomes: Outcomes) -> None:
    left_out: list[Finding] = []
    place = Place(source="results.csv")
    finding = FindingCatalogue(load_texts()).results_left_out(place)

    def read() -> Iterator[Assessment | Failure]:
        yield from outcomes
        left_out.append(finding)

    document = json.loads(stream("json", ResultStream(read(), left_out=left_out)))

    assert [entry["code"] for entry in document["left_out"]] == [finding.code]


@pytest.mark.parametrize("form", STREAMED)
def test_a_bundle_is_written_alike(outcomes: Outcomes, form: str) -> None:
    bundle = find_format(form).encode(OutputSubject.RESULTS, ResultBundle(tuple(outcomes)))

    assert bundle == stream(form, ResultStream(iter(outcomes)))


def test_a_piece_that_fails_leaves_the_target_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "r.json"
    target.write_text("before", encoding="utf-8")

    def read() -> Iterator[bytes]:
        yield b"half"
        raise LookupError

    with pytest.raises(LookupError):
        write_pieces(target, read(), force=True)

    assert [path.name for path in tmp_path.iterdir()] == ["r.json"]
    assert target.read_text(encoding="utf-8") == "before"


def test_an_error_of_reading_is_no_error_of_writing(tmp_path: Path) -> None:
    """What the source of the pieces raises, OSErrors too, is not blamed on the target."""

    def read() -> Iterator[bytes]:
        yield b"half"
        raise OSError("The mailbox is gone")

    with pytest.raises(OSError, match="mailbox"):
        write_pieces(tmp_path / "r.json", read())
    with pytest.raises(WorkbookWriteError):
        write_pieces(tmp_path / "missing" / "r.json", read())
