"""
Holds a module for each format that is read, and the function that reads any of them.

In: the bytes of a file from anybody. Out: `Grids`. Only parsing processes load files
here: a parser may abort its process. Each module of the table in `readable_formats` has a function
`load_sheets`; the other modules are what several share.
"""

from __future__ import annotations

from typing import Final

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.grid import Grids
from iml4e_xlsx.spreadsheets.guard import check_file
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.readable_formats import CheckedFile, import_reader
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason

_PROPERTY_PARTS: Final = ("docProps/custom.xml", "docProps/core.xml", "meta.xml")
_PROPERTY_LIMIT: Final = 256 * 1024
_WIDE_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


def load_grids(data: bytes, limits: Limits) -> Grids:
    """
    Return the grids of a workbook; its content decides the format, not its name.

    Raises:
        FileRefusal: If the guard refuses the file or no parser can make sense of it.
    """
    file = check_file(data, limits)
    loaded = import_reader(file.file_format).load_sheets(file, limits)
    if not loaded.sheets:
        raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.NO_SHEETS)
    return Grids(
        format_name=file.file_format.name,
        sheets=loaded.sheets,
        properties=_property_text(file) + loaded.properties,
        extras=tuple(sorted(set(loaded.extras))),
    )


def _property_text(file: CheckedFile) -> str:
    """Return the text of the parts that hold document properties, whatever state they are in."""
    if file.package is None:
        return ""
    contents = (file.package.read_start(name, _PROPERTY_LIMIT) for name in _PROPERTY_PARTS)
    return "\n".join(map(_decode_part, contents))


def _decode_part(content: bytes) -> str:
    is_wide = content.startswith(_WIDE_MARKS)
    return content.decode("utf-16" if is_wide else "utf-8", errors="replace")
