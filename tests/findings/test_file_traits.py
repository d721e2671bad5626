"""The traits of a file: its content's digest, and when the document itself says it was saved."""

from __future__ import annotations

import random
import struct
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path

import pytest

from iml4e_xlsx.findings.file_traits import find_modified
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.spreadsheets.formats.summary_information import summary_text
from iml4e_xlsx.workbook.workbook_layout import layout_of
from tests.support.builders import CREATED, built
from tests.support.office import Office

SAVED = datetime(2026, 11, 23, 17, 4, 5, tzinfo=UTC)


def test_response_keeps_digest_and_time_of_its_file(
    reader: WorkbookReader, small: Scheme, tmp_path: Path
) -> None:
    """The time is the document's own: a copy on another day does not change it."""
    path = built(small, tmp_path / "a.xlsx")
    received = datetime(2026, 11, 25, tzinfo=UTC)
    assessment = reader.assess_source(path.read_bytes, "a.xlsx", received=received)

    file = assessment.response.file
    assert file.digest == sha256(path.read_bytes()).hexdigest()
    assert file.modified == CREATED
    assert file.received == received
    assert assessment.result.response.file == file


@pytest.mark.parametrize("suffix", ["ods", "xls"])
def test_other_formats_tell_when_they_were_saved(
    reader: WorkbookReader, small: Scheme, office: Office, tmp_path: Path, suffix: str
) -> None:
    """Calc sets the time when it saves; ods has no time zone."""
    path = tmp_path / f"a.{suffix}"
    before = datetime.now(UTC) - timedelta(seconds=2)
    cell = layout_of(small).area_sheet_of("AA-01").rating_cell("AA-01")
    source = built(small, tmp_path / "a.xlsx")
    office.edit(source, {(cell.sheet, cell.a1): "3 - Fully"}, targets={suffix: path})
    modified = reader.assess(path).response.file.modified

    assert modified is not None
    assert before < modified.astimezone() < before + timedelta(hours=1)


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        (
            '<dcterms:modified xsi:type="dcterms:W3CDTF">2026-11-23T17:04:05Z</dcterms:modified>',
            SAVED,
        ),
        ("<ns2:modified>\n 2026-11-23T17:04:05Z </ns2:modified>", SAVED),
        (
            "<dc:date>2026-11-23T17:04:05.123456789</dc:date>",
            datetime.fromisoformat("2026-11-23T17:04:05.123456"),
        ),
        (
            "<dcterms:modified>2026-11-23T18:04:05+01:00</dcterms:modified>",
            SAVED.astimezone(timezone(timedelta(hours=1))),
        ),
        ("<dcterms:created>2026-11-23T17:04:05Z</dcterms:created>", None),
        ("<meta:creation-date>2026-11-23T17:04:05</meta:creation-date>", None),
        ("<dcterms:modified>yesterday afternoon</dcterms:modified>", None),
        ("<dcterms:modified>2026-13-45T00:00:00Z</dcterms:modified>", None),
        ("", None),
    ],
)
def test_time_of_a_document(properties: str, expected: datetime | None) -> None:
    """Only the last change counts, never the creation; what is no time is none."""
    assert find_modified(properties) == expected


def summary_stream(*properties: tuple[int, bytes]) -> bytes:
    """Return a stream of properties as [MS-OLEPS] describes it."""
    start = 8 + 8 * len(properties)
    entries, values = b"", b""
    for number, value in properties:
        entries += struct.pack("<II", number, start + len(values))
        values += value
    head = struct.pack("<HHI16xI16xI", 0xFFFE, 0, 0, 1, 48)
    return head + struct.pack("<II", start + len(values), len(properties)) + entries + values


def test_time_of_a_compound_file() -> None:
    """It is the last saving among other properties; 0 stands for unknown."""
    ticks = int((SAVED - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000
    codepage, time = struct.pack("<II", 2, 1252), struct.pack("<IQ", 0x40, ticks)

    assert find_modified(summary_text(summary_stream((1, codepage), (13, time)))) == SAVED
    assert not summary_text(summary_stream((13, struct.pack("<IQ", 0x40, 0))))
    assert not summary_text(summary_stream((12, time)))


def test_damaged_properties_of_a_compound_file_tell_nothing() -> None:
    """Whatever stands there, the file is read: it costs the time alone."""
    rng = random.Random(14)
    whole = summary_stream((13, struct.pack("<IQ", 0x40, 1 << 57)))
    for _ in range(2_000):
        damaged = bytearray(whole[: rng.randrange(len(whole) + 1)])
        for _ in range(rng.randrange(1, 6)):
            if damaged:
                damaged[rng.randrange(len(damaged))] = rng.choice((0, 1, 0x7F, 0x80, 0xFF))
        assert isinstance(summary_text(bytes(damaged)), str)
