"""Reading files that yield no response: each is refused with its code, and the next is read."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from iml4e_xlsx.errors import WorkbookReadError
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.reading.identity import Schemes
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from tests.support.assessments import change_part
from tests.support.builders import built, small_scheme


def other_workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page["A1"] = "Budget"
    book.save(path)


def broken_zip(path: Path) -> None:
    other_workbook(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flipped_bytes(path: Path) -> None:
    other_workbook(path)
    data = bytearray(path.read_bytes())
    start = data.index(b"xl/worksheets/sheet1.xml") + 40
    data[start : start + 60] = bytes(60)
    path.write_bytes(bytes(data))


def entities(path: Path) -> None:
    other_workbook(path)
    change_part(
        path,
        "xl/workbook.xml",
        lambda xml: '<!DOCTYPE x [<!ENTITY a "b">]>' + xml.split("?>", 1)[-1],
    )


def far_cell(path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page["XFD1048576"] = "far"
    book.save(path)


def many_strings(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/sharedStrings.xml", '<sst count="1" uniqueCount="4294967295"/>')


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (100 << 20))


def content(data: bytes) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.write_bytes(data)

    return make


def other_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")


def document(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")


def encrypted(path: Path) -> None:
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    )


NO_RESPONSE: list[tuple[str, Callable[[Path], None], str]] = [
    ("empty", content(b""), "empty-file"),
    ("text", content(b"Dear team,\nsee attached\n"), "not-a-workbook"),
    ("csv", content(b"No.;Rating\nAA-01;2\n"), "not-a-workbook"),
    ("pdf", content(b"%PDF-1.7\n"), "not-a-workbook"),
    ("image", content(b"\x89PNG\r\n\x1a\n"), "not-a-workbook"),
    ("html", content(b"<html><body>"), "not-a-workbook"),
    ("xml", content(b"<?xml version='1.0'?><a/>"), "not-a-workbook"),
    ("binary", content(bytes(range(256)) * 4), "not-a-workbook"),
    ("zip", other_zip, "not-a-workbook"),
    ("document", document, "not-a-workbook"),
    ("broken zip", broken_zip, "broken-workbook"),
    ("flipped bytes", flipped_bytes, "broken-workbook"),
    ("fake xls", content(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)), "broken-workbook"),
    ("other workbook", other_workbook, "not-an-assessment"),
    ("encrypted", encrypted, "encrypted"),
    ("entities", entities, "broken-workbook"),
    ("far cell", far_cell, "not-an-assessment"),  # how far away it lies costs nothing
    ("many strings", many_strings, "broken-workbook"),  # no sheet asks for them
    ("bomb", bomb, "broken-workbook"),  # nothing leads to the part
]


@pytest.mark.parametrize(("name", "make", "code"), NO_RESPONSE)
def test_files_without_a_response(
    reader: WorkbookReader, tmp_path: Path, name: str, make: Callable[[Path], None], code: str
) -> None:
    """What is no assessment is refused by name, with a reason and what to do."""
    path = tmp_path / f"{name}.xlsx"
    make(path)
    with pytest.raises(WorkbookReadError) as caught:
        reader.assess(path)

    assert caught.value.code == code
    assert str(path) in str(caught.value)
    assert len(str(caught.value)) > len(str(path)) + 30


def test_missing_file_is_said(reader: WorkbookReader, tmp_path: Path) -> None:
    """A path where nothing is."""
    with pytest.raises(WorkbookReadError) as caught:
        reader.assess(tmp_path / "none.xlsx")

    assert caught.value.code == "not-found"


def test_folder_in_place_of_a_file_is_said(reader: WorkbookReader, tmp_path: Path) -> None:
    """A folder is not a file."""
    with pytest.raises(WorkbookReadError) as caught:
        reader.assess(tmp_path)

    assert caught.value.code == "unreadable"


def test_unknown_version_names_the_known_ones(tmp_path: Path, official: Scheme) -> None:
    """A workbook of another version says which versions this installation has."""
    folder = tmp_path / "future"
    scheme = small_scheme(folder)
    path = built(scheme, tmp_path / "w.xlsx")
    text = (folder / "scheme.yaml").read_text().replace('"version": "1.0.0"', '"version": "2.0.0"')
    (folder / "scheme.yaml").write_text(text)
    with (
        WorkbookReader(Schemes.find_installed([folder])) as reader,
        pytest.raises(WorkbookReadError) as caught,
    ):
        reader.assess(path)

    assert caught.value.code == "unknown-scheme-version"
    assert "2.0.0" in str(caught.value)


def test_unknown_scheme_names_the_known_ones(tmp_path: Path, small: Scheme) -> None:
    """The failure of a workbook of a scheme that is not installed names the installed ones."""
    with WorkbookReader() as reader, pytest.raises(WorkbookReadError) as caught:
        reader.assess(built(small, tmp_path / "w.xlsx"))

    assert caught.value.code == "unknown-scheme"
    values = caught.value.failure.values
    assert values["scheme"] == small.id
    assert values["schemes"] == ", ".join(Schemes.find_installed().list_ids())
    assert str(values["schemes"]) in str(caught.value)
