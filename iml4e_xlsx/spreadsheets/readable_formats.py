"""
Defines the table of readable formats: the one place that says which workbooks are read.

The guard recognises a file by it, `formats.load_grids` imports the module that reads it, `intake`
takes the suffixes from it, and messages name them. A new format is a module in `formats` and an
entry here.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias, cast

from iml4e_xlsx.spreadsheets.grid import ExtraContent, Grid
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.package import ZipPackage, fold_name

ZIP: Final = b"PK\x03\x04"
"""How a zip begins, and so .xlsx, .xlsb and .ods."""

OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How an OLE compound file begins: .xls, .doc, .msg, and any Office file with a password."""

CONTENT_TYPES: Final = fold_name("[Content_Types].xml")
"""The folded name of the part that every Office Open XML package has."""

ENCRYPTED_PACKAGE: Final = "encrypted-package"
"""The part that holds the whole of an OpenDocument file with a password."""

ReadStart: TypeAlias = Callable[[str], bytes]
"""Returns the beginning of a member's content, bounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadableFormat:
    """
    A format that is read.

    Attributes:
        name: The id of the format.
        suffixes: How the names of such files end; the first is the usual one.
        module: The module in `formats` that reads it, imported when it is needed.
        recognises_start: Whether a file that is no zip is of this format, by its first bytes.
        recognises_zip: Whether a zip is of this format, by the folded names in it.
        cut_lengths: The lengths at which programs are known to cut texts in this format.
        is_reliable: False where some programs write forms that not every reader knows, so that a
            workbook without ratings may have lost them.
        opens_parts_alone: Whether its reader opens the parts that it needs by itself. The parts of
            all other zips are checked before anything else opens the file.
    """

    name: str
    suffixes: tuple[str, ...]
    module: str
    recognises_start: Callable[[bytes], bool] = lambda _: False
    recognises_zip: Callable[[Collection[str], ReadStart], bool] = lambda _, __: False
    cut_lengths: frozenset[int] = frozenset()
    is_reliable: bool = True
    opens_parts_alone: bool = False


def _is_binary_package(names: Collection[str], _: ReadStart) -> bool:
    return "xl/workbook.bin" in names


_WORKBOOK_TYPES: Final = (
    b"spreadsheetml.sheet.main+xml",
    b"spreadsheetml.template.main+xml",
    b"ms-excel.sheet.macroenabled.main+xml",
    b"ms-excel.template.macroenabled.main+xml",
)
"""How the content types of workbook parts end; those of sheets in a document end otherwise."""


def _is_xml_package(names: Collection[str], read_start: ReadStart) -> bool:
    if CONTENT_TYPES not in names or "xl/workbook.bin" in names:
        return False
    if any(name.startswith("xl/") and name.endswith(".xml") for name in names):
        return True
    # The parts may lie in any folder; the zero bytes are those of UTF-16.
    types = read_start(CONTENT_TYPES).replace(b"\0", b"").lower()
    return any(workbook_type in types for workbook_type in _WORKBOOK_TYPES)


def _is_open_document(names: Collection[str], read_start: ReadStart) -> bool:
    if CONTENT_TYPES in names or "mimetype" not in names:
        return False
    # With a password, LibreOffice packs all parts into one and leaves the type outside.
    if "content.xml" not in names and ENCRYPTED_PACKAGE not in names:
        return False
    return b"opendocument.spreadsheet" in read_start("mimetype")


def _is_compound_file(start: bytes) -> bool:
    return start.startswith(OLE)  # whether a workbook is in it, its reader finds out


READABLE_FORMATS: Final = (
    ReadableFormat(
        name="xlsx",
        suffixes=(".xlsx", ".xlsm"),
        module="ooxml",
        recognises_zip=_is_xml_package,
        opens_parts_alone=True,
    ),
    ReadableFormat(
        name="xlsb",
        suffixes=(".xlsb",),
        module="xlsb",
        recognises_zip=_is_binary_package,
        is_reliable=False,  # SheetJS writes short records that other readers skip
    ),
    ReadableFormat(
        name="xls",
        suffixes=(".xls",),
        module="xls",
        recognises_start=_is_compound_file,
        cut_lengths=frozenset({255}),  # SheetJS writes records of Excel 95, which hold no more
    ),
    ReadableFormat(name="ods", suffixes=(".ods",), module="ods", recognises_zip=_is_open_document),
)

READABLE_SUFFIXES: Final = tuple(
    suffix for file_format in READABLE_FORMATS for suffix in file_format.suffixes
)
"""How the names of readable workbooks end."""

REFUSED_SUFFIXES: Final = (".fods", ".numbers")
"""How the names of workbooks end that are refused, with advice how to save them instead."""

ADVISED_SUFFIXES: Final = tuple(
    file_format.suffixes[0] for file_format in READABLE_FORMATS if file_format.is_reliable
)
"""What to save a workbook as that is to be read."""

_BY_NAME: Final = {file_format.name: file_format for file_format in READABLE_FORMATS}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFile:
    """
    A file that passed the guard: its format, its bytes, and its parts if it is a zip.

    Of a format that `opens_parts_alone`, nobody has looked at the parts.
    """

    file_format: ReadableFormat
    data: bytes
    package: ZipPackage | None = None

    @property
    def names(self) -> Collection[str]:
        """Return the names of the parts, as the zip has them."""
        return () if self.package is None else self.package.names.values()

    @property
    def parts(self) -> Mapping[str, bytes]:
        """Return the parts by their names in any form."""
        return {} if self.package is None else self.package


@dataclass(frozen=True, slots=True)
class LoadedSheets:
    """The sheets of a file, what else is in it, and properties that no part of it holds."""

    sheets: list[Grid]
    extras: Collection[ExtraContent] = ()
    properties: str = ""


class FormatReader(Protocol):
    """Describes a module in `formats`."""

    def load_sheets(self, file: CheckedFile, limits: Limits) -> LoadedSheets:
        """Return the sheets of a checked file; FileRefusal if no sense can be made of it."""


def find_format(name: str) -> ReadableFormat | None:
    """Return the format of this name; None if there is none."""
    return _BY_NAME.get(name)


def recognise_start(start: bytes) -> ReadableFormat | None:
    """Return the format of a file that is no zip, by its first bytes; None for all others."""
    return next((f for f in READABLE_FORMATS if f.recognises_start(start)), None)


def recognise_package(names: Iterable[str], read_start: ReadStart) -> ReadableFormat | None:
    """Return the format of a zip, by the names in it; None for all others."""
    folded = {fold_name(name): name for name in names}

    def read_part(name: str) -> bytes:
        return read_start(folded[name])

    return next((f for f in READABLE_FORMATS if f.recognises_zip(folded, read_part)), None)


def import_reader(file_format: ReadableFormat) -> FormatReader:
    """Import the module that reads a format."""
    name = f"iml4e_xlsx.spreadsheets.formats.{file_format.module}"
    return cast(FormatReader, importlib.import_module(name))
