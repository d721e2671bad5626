"""Reads the part of an Excel workbook that lists its sheets and leads to all other parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.formats.relationships import Relationship, read_relationships
from iml4e_xlsx.spreadsheets.formats.sheet_content import TRUE_WORDS
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason
from iml4e_xlsx.spreadsheets.xml import keep_readings, local_name, stream_markup

_USUAL_NAME: Final = "xl/workbook.xml"
_HIDDEN: Final = ("hidden", "veryhidden")
_NO_GRIDS: Final = ("chartsheet", "dialogsheet", "xlmacrosheet", "xlintlmacrosheet")
"""The kinds of relationships that lead to sheets without cells that people fill in."""


@dataclass(frozen=True, slots=True)
class ListedSheet:
    """A sheet as the workbook lists it; `part` is the name of its part."""

    name: str
    part: str
    is_visible: bool


@dataclass(slots=True)
class WorkbookPart:
    """
    The list of the sheets, whether dates count from 1904, and the tables that sheets refer to.

    `texts` and `styles` are names of parts; empty where there is none.
    """

    sheets: list[ListedSheet] = field(default_factory=list)
    is_1904: bool = False
    texts: str = ""
    styles: str = ""


def read_workbook(parts: Mapping[str, bytes], limits: Limits) -> WorkbookPart:
    """
    Return what a package's workbook says of its sheets.

    Raises:
        FileRefusal: If there is no workbook in the package, it is no XML, or has too many sheets.
    """
    name = _find_workbook(parts, limits)
    links = read_relationships(parts, name, limits)
    workbook = WorkbookPart(
        texts=_find_table(parts, links, name, "sharedstrings", "sharedStrings.xml"),
        styles=_find_table(parts, links, name, "styles", "styles.xml"),
    )
    listed = _parse_list(parts[name], limits)
    workbook.is_1904 = listed.is_1904
    for attributes in listed.sheets:
        _add_sheet(workbook, attributes, links, parts)
    if len(workbook.sheets) > limits.sheets:
        count, limit = len(workbook.sheets), limits.sheets
        raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.SHEETS, found=count, limit=limit)
    return workbook


@dataclass(frozen=True, slots=True)
class _SheetList:
    """What the workbook's own part says: the attributes of each sheet, and the date system."""

    sheets: Sequence[Mapping[str, str]]
    is_1904: bool


@keep_readings
def _parse_list(content: bytes, limits: Limits) -> _SheetList:
    sheets: list[Mapping[str, str]] = []
    is_1904 = False
    path: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal is_1904
        path.append(local_name(tag))
        if path[1:] == ["workbookPr"]:
            is_1904 = attributes.get("date1904", "").lower() in TRUE_WORDS
        elif path[1:] == ["sheets", "sheet"]:
            sheets.append(attributes)

    stream_markup(content, limits, start, lambda _: path.pop())
    return _SheetList(sheets, is_1904)


def _find_workbook(parts: Mapping[str, bytes], limits: Limits) -> str:
    """Return the name of the workbook's part: what the package leads to, whatever it is called."""
    for link in read_relationships(parts, "", limits).values():
        if link.kind == "officedocument" and link.target in parts:
            return link.target
    if _USUAL_NAME in parts:
        return _USUAL_NAME
    raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.PART_MISSING, part=_USUAL_NAME)


def _find_table(
    parts: Mapping[str, bytes],
    links: Mapping[str, Relationship],
    workbook: str,
    kind: str,
    usual_name: str,
) -> str:
    """
    Return the name of a table's part; empty where there is none.

    Raises:
        FileRefusal: If the workbook leads to a table that is not in the package.
    """
    for link in links.values():
        if link.kind == kind:
            if link.target not in parts:
                part = link.target
                raise FileRefusal(
                    FailureCode.BROKEN_WORKBOOK, RefusalReason.PART_MISSING, part=part
                )
            return link.target
    beside = f"{workbook.rpartition('/')[0]}/{usual_name}"
    return beside if beside in parts else ""


def _add_sheet(
    workbook: WorkbookPart,
    attributes: Mapping[str, str],
    links: Mapping[str, Relationship],
    parts: Mapping[str, bytes],
) -> None:
    """Add a sheet to the list, unless no part belongs to it or it has no cells."""
    keys = [value for name, value in attributes.items() if name.endswith("}id")]
    link = links.get(keys[0]) if keys else None
    if link is not None and link.kind not in _NO_GRIDS and link.target in parts:
        is_visible = attributes.get("state", "").lower() not in _HIDDEN
        workbook.sheets.append(ListedSheet(attributes.get("name", ""), link.target, is_visible))
