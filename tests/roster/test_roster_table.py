"""Files of rosters: any table is read with its row numbers, anything else refused."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from iml4e_xlsx.findings.finding import Place
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.roster import MOST_ROWS
from iml4e_xlsx.text.spelling import path_text
from tests.support.rosters import (
    ANN,
    BEN,
    HEADINGS,
    TABLE_FORMATS,
    brief_findings,
    change_row,
    read_mailed,
    roster_findings,
    write_table,
)


@pytest.mark.parametrize("kind", TABLE_FORMATS)
def test_rows_are_numbered_as_a_spreadsheet_does(
    official: Scheme, tmp_path: Path, kind: str
) -> None:
    """Empty rows count, also above the headings; a value of several lines is one row."""
    bad = change_row(BEN, language="two\nlines")
    rows: list[Sequence[object]] = [
        [],
        [],
        HEADINGS,
        [],
        ANN,
        [""] * 9,
        bad,
        [],
        change_row(BEN, mail="x"),
    ]
    findings = roster_findings(write_table(tmp_path, kind, rows), official)
    (good,) = read_mailed(write_table(tmp_path, kind, rows[:5]), official)

    assert brief_findings(findings) == [
        ("roster-control-character", 7, "language"),
        ("roster-name-twice", 9, "name"),
        ("roster-mail-malformed", 9, "mail"),
    ]
    assert good.row == 5


def test_a_place_names_file_sheet_row_and_column() -> None:
    """File, sheet, row, column, outermost first."""
    assert str(Place(source="roster.csv", row=7, column="mail")) == (
        "roster.csv, row 7, column mail"
    )
    assert str(Place(source="r.xlsx", sheet="Staff", row=7)) == 'r.xlsx, sheet "Staff", row 7'


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", ("roster-empty", None)),
        (b"\n\n", ("roster-empty", None)),
        (b"name,mail\n", ("roster-empty", None)),
        (b'name,mail\nA,a@b.example\n"B,b@b.example\n', ("roster-quote", 3)),
        (b'name,mail\n"A"x,a@b.example\n', ("roster-quote", 2)),
        (b"name,mail\nA,a@b.example\nB\0,b@b.example\n", ("roster-encoding", 3)),
        (b"name,mail\n\xe4\x81,a@b.example\n", ("roster-encoding", 2)),
        (b"%PDF-1.7 name,mail", ("roster-no-table", None)),
        (b"PK\x03\x04 nothing", ("roster-no-table", None)),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ("roster-no-table", None)),
        (b"<html><table>name,mail", ("roster-no-table", None)),
    ],
)
def test_a_file_that_is_no_table_is_refused(
    official: Scheme, tmp_path: Path, data: bytes, expected: tuple[str, int | None]
) -> None:
    """Said as what they are, with the row where there is one."""
    path = tmp_path / "roster.csv"
    path.write_bytes(data)

    assert [(finding.code, finding.place.row) for finding in roster_findings(path, official)] == [
        expected
    ]


def test_a_missing_file_or_a_folder_is_refused(official: Scheme, tmp_path: Path) -> None:
    """Neither can be opened, nor what no system takes as a path."""
    for path in (tmp_path / "none.csv", tmp_path, tmp_path / "nul\0.csv"):
        (finding,) = roster_findings(path, official)
        assert finding.code == "roster-unreadable"
        assert path_text(path) in str(finding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_csv_of_any_program_is_read(
    official: Scheme, tmp_path: Path, encoding: str, delimiter: str, end: str
) -> None:
    """Encodings, delimiters and line ends as programs write them, with Excel's first line too."""
    path = tmp_path / "roster.csv"
    lines = [delimiter.join(row) for row in (["name", "mail"], ["Jürgen", "j@example.org"])]
    for first in ([], [f"sep={delimiter}"]):
        path.write_bytes(end.join([*first, *lines, ""]).encode(encoding))
        (row,) = read_mailed(path, official)
        assert (row.row, row.profile.respondent, row.mail) == (2, "Jürgen", "j@example.org")


@pytest.mark.slow
def test_more_people_than_allowed_are_refused(official: Scheme, tmp_path: Path) -> None:
    """As many people as allowed are read, one more is refused."""
    path = tmp_path / "roster.csv"
    lines = [f"P{n},p{n}@example.org" for n in range(MOST_ROWS)]
    path.write_text("\n".join(["name,mail", *lines]))
    assert len(read_mailed(path, official)) == MOST_ROWS

    path.write_text("\n".join(["name,mail", *lines, "Q,q@example.org"]))
    assert [finding.code for finding in roster_findings(path, official)] == ["roster-too-many-rows"]
