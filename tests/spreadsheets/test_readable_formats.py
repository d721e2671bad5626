"""The table of readable formats, and what the guard, the readers and the messages take from it."""

from __future__ import annotations

import pytest

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.failures import describe_bytes, empty_failure, refusal_failure
from iml4e_xlsx.spreadsheets.grid import ExtraContent
from iml4e_xlsx.spreadsheets.package import fold_name
from iml4e_xlsx.spreadsheets.readable_formats import (
    OLE,
    READABLE_FORMATS,
    READABLE_SUFFIXES,
    ReadableFormat,
    find_format,
    import_reader,
    recognise_package,
    recognise_start,
)
from iml4e_xlsx.spreadsheets.refusal import ContentKind, FileRefusal, RefusalReason
from iml4e_xlsx.text.interface_texts import load_texts


@pytest.mark.parametrize("file_format", READABLE_FORMATS, ids=lambda f: f.name)
def test_each_format_has_a_module_that_reads_it(file_format: ReadableFormat) -> None:
    """The entry of the table is found by its name, and its module has the reading function."""
    assert find_format(file_format.name) is file_format
    assert callable(import_reader(file_format).load_sheets)
    assert all(suffix.startswith(".") for suffix in file_format.suffixes)


def test_no_suffix_belongs_to_two_formats() -> None:
    """A suffix leads to one format."""
    assert len(set(READABLE_SUFFIXES)) == len(READABLE_SUFFIXES)


PACKAGES = [
    (["[Content_Types].xml", "xl/workbook.xml"], b"", "xlsx"),
    (["[Content_Types].xml", "xl/workbook.bin", "xl/a.xml"], b"", "xlsb"),
    (["mimetype", "content.xml"], b"application/vnd.oasis.opendocument.spreadsheet", "ods"),
    (["mimetype", "content.xml"], b"application/vnd.oasis.opendocument.text", None),
    (["mimetype", "encrypted-package"], b"application/vnd.oasis.opendocument.spreadsheet", "ods"),
    (["mimetype", "encrypted-package"], b"application/vnd.oasis.opendocument.text", None),
    (["[Content_Types].xml", "word/document.xml"], b"", None),
    (["team.xlsx"], b"", None),
]
"""Names in a zip, the beginning of its mimetype, and the format that it is of."""


@pytest.mark.parametrize(("names", "mimetype", "name"), PACKAGES)
def test_a_package_is_recognised_by_its_parts(
    names: list[str], mimetype: bytes, name: str | None
) -> None:
    """Whatever the order of the table, one format recognises a zip, or none does."""
    folded = list(map(fold_name, names))
    takers = [f.name for f in READABLE_FORMATS if f.recognises_zip(folded, lambda _: mimetype)]
    assert takers == ([name] if name else [])
    file_format = recognise_package(names, lambda _: mimetype)
    assert (file_format.name if file_format else None) == name


def test_a_compound_file_is_recognised_by_its_first_bytes() -> None:
    """Only .xls begins so; text begins like nothing that is read."""
    file_format = recognise_start(OLE + b"rest")
    assert file_format is not None
    assert file_format.name == "xls"
    assert recognise_start(b"a;b;c") is None


def test_each_reason_kind_and_extra_has_words() -> None:
    """No verdict leaves its reader without an explanation."""
    texts = load_texts()
    assert all(f"reason.{reason}" in texts for reason in RefusalReason)
    assert all(f"kind.{kind}" in texts for kind in ContentKind)
    assert all(f"extra.{extra}" in texts for extra in ExtraContent)


def test_messages_name_the_suffixes_of_the_table() -> None:
    """What to look for are all formats; what to ask for those that every program writes alike."""
    texts = load_texts()
    empty = empty_failure("folder", texts)
    assert all(suffix in empty.message for suffix in READABLE_SUFFIXES)
    refused = FileRefusal(FailureCode.NOT_A_WORKBOOK, kind=ContentKind.PDF)
    assert ".xlsx, .xls or .ods" in refusal_failure(refused, "a.pdf", texts).message


@pytest.mark.parametrize(
    ("size", "words"),
    [(1, "1 byte"), (900, "900 bytes"), (1536, "1.5 KB"), (20 << 20, "20 MB"), (4 << 30, "4 GB")],
)
def test_a_size_is_told_in_the_unit_that_leaves_few_digits(size: int, words: str) -> None:
    """Bytes have a plural form, larger units a symbol."""
    assert load_texts().render(describe_bytes(size)) == words
