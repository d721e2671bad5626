"""
Reads the sheet of an Excel workbook by one pattern, in the forms that programs write all the time.

The pattern takes in all that stands between the first row and the last, piece by piece; what fits
none of its forms ends the scan, and the sheet goes to `sheet_reader`, which knows all forms and
reads the same in these. So nothing is ever passed over, and a sheet is read five times as fast.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from iml4e_xlsx.spreadsheets.formats.sheet_content import (
    ERROR,
    INLINE,
    MOST_ROWS,
    NUMBERS,
    PERCENT,
    SHARED,
    TEXT,
    TRUE_WORDS,
    CellFaultError,
    SheetContent,
    SheetTables,
    column_number,
    replace_entities,
    replace_escapes,
)
from iml4e_xlsx.spreadsheets.grid import CellPosition, GridRow, GridValue
from iml4e_xlsx.spreadsheets.xml import PROLOG, is_plain

_OPEN, _CLOSE, _ROW_END = b"<sheetData>", b"</sheetData>", b"</row>"
_WINDOW: Final = 1 << 18
"""How many bytes are looked at together: the pieces of a long sheet would take much memory."""

_TAG: Final = rb"</?[a-zA-Z0-9:]+(?: [a-zA-Z0-9:_]+=\"[^\"<&]*\")* ?/?>\s*"
_HEAD: Final = re.compile(PROLOG + rb"<worksheet(?: [^<>]*)?>\s*(?:" + _TAG + rb")*")
_MERGES: Final = re.compile(
    rb"<mergeCells(?: count=\"\d+\")?>((?:<mergeCell ref=\"[^\"<&]*\"/>)*)</"
)
_MERGE: Final = re.compile(r'"([A-Z]{1,3})([1-9]\d{0,6}):([A-Z]{1,3})([1-9]\d{0,6})"', re.ASCII)

_ROW: Final = re.compile(r'<row r="([1-9][0-9]{0,6})"([^<>]*)>')
_CELL: Final = re.compile(
    r'<c r="([A-Z]{1,3})([0-9]{1,7})"(?: s="([0-9]{1,6})")?(?: t="([a-zA-Z]{1,9})")?'
    r"(?:>(?:"
    r"<v>([^<]*)</v>"
    r'|<is><t(?: xml:space="preserve")?>([^<]*)</t></is>'
    r"|<f([^<>]*)(?:(?<=/)>|>([^<]+)</f>)(?:<v(>[^<]*</v| ?/)>)?"
    r"|<v ?/>|)</c>"
    # Cells without content, which say nothing, are taken in together.
    r'| ?/>(?:<c r="[A-Z]{1,3}[0-9]{1,7}"(?: s="[0-9]{1,6}")? ?/>)*)'
    r"|[\s\S]+"
)
"""A cell, or all that is none: column, row, style, type, value, text, formula, its result."""

_TYPE_FIRST: Final = re.compile(
    r'(<c r="[A-Z]{1,3}[0-9]{1,7}")( t="[a-zA-Z]{1,9}")( s="[0-9]{1,6}")'
)
_FIRST_TYPE: Final = re.compile(rb'<c r="[A-Z]+[0-9]+"( s="\d+")? t=')
_ATTRIBUTES: Final = re.compile(r'((?: [a-zA-Z0-9:]+="[^"<&]*")*) ?(/?)')
_ATTRIBUTE: Final = re.compile(r' ([a-zA-Z0-9:]+)="([^"]*)"')
_BAD_ENTITY: Final = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)")
_NUMBERED_ENTITY: Final = re.compile(r"&#[^;]*;")
_BLANK_TYPES: Final = frozenset({*NUMBERS, TEXT, INLINE})
"""The types of cells that were left empty; those of other types have lost their content."""

_RESULT_TYPES: Final = frozenset({*NUMBERS, TEXT, ERROR, "b"})
_LONGEST_KNOWN, _MOST_KNOWN = 12, 4096
"""
Numbers of so many characters are kept, and so many of them: levels, ratings, totals come again.
The results of formulas are kept with the markup around them.
"""


class _OddFormError(Exception):
    """A form that the scan does not know."""


class _Columns(dict[str, int]):
    """The positions of columns by their letters, each computed once."""

    def __missing__(self, letters: str) -> int:
        number = self[letters] = column_number(letters)
        return number


_COLUMNS: Final = _Columns()


def scan_sheet(part: bytes, tables: SheetTables, most_cells: int) -> SheetContent | None:
    """
    Return the content of a sheet's part; None if it holds a form that is not known here.

    It stops after `most_cells` cells: the parser then refuses the sheet.
    """
    start, end = part.find(_OPEN), part.rfind(_CLOSE)
    if start < 0 or not _has_plain_head(part[:start]) or not is_plain(part, start):
        return None
    rest = part[end + len(_CLOSE) :]
    merged = find_merges(rest)
    if merged is None or b"<sheetData" in rest or not rest.rstrip().endswith(b"</worksheet>"):
        return None
    scan = _SheetScan(part, start, tables)
    scan.content.merged = merged
    at = start + len(_OPEN)
    try:
        while at < end:
            stop = part.find(_ROW_END, at + _WINDOW, end)
            stop = end if stop < 0 else stop + len(_ROW_END)
            scan.read_window(part[at:stop].decode())
            at = stop
            if scan.count > most_cells:
                return None
    except (_OddFormError, CellFaultError, ValueError):
        return None
    return scan.content


def _has_plain_head(head: bytes) -> bool:
    """Return whether what stands before the cells is whole, so that they lie in the worksheet."""
    if _HEAD.fullmatch(head) is None or b"</worksheet" in head:
        return False
    tags = head.count(b"<") - head.count(b"<?")
    return tags - head.count(b"/>") - 2 * head.count(b"</") == 1


def find_merges(rest: bytes) -> list[tuple[CellPosition, CellPosition]] | None:
    """Return the merged ranges in what follows the cells; None if it holds odd forms."""
    if b"mergeCell" not in rest:
        return []
    match = _MERGES.search(rest)
    if match is None or rest.count(b"mergeCell") != 2 + match[1].count(b"mergeCell"):
        return None
    ranges = _MERGE.findall(match[1].decode())
    if len(ranges) != match[1].count(b"<"):
        return None
    return [
        ((int(top) - 1, _COLUMNS[left]), (int(bottom) - 1, _COLUMNS[right]))
        for left, top, right, bottom in ranges
    ]


@lru_cache(maxsize=8)
def _keep_forms(special: frozenset[str]) -> tuple[dict[str, float], dict[str, tuple[bool, bool]]]:  # noqa: ARG001
    """Return the numbers and tags of rows that were read before, also in other workbooks."""
    return {}, {}


class _SheetScan:
    """The scan of one sheet, window by window."""

    def __init__(self, part: bytes, start: int, tables: SheetTables) -> None:
        self.tables = tables
        self.content = SheetContent(has_entities=True)
        self.count = 0
        first = _FIRST_TYPE.search(part, start)
        self.has_type_first = first is not None and first[1] is None
        self.row_number = 0
        self.known_numbers, self.known_tags = _keep_forms(tables.special)
        self.known_formulas: set[str] = {""}
        self.has_x14ac = b" xmlns:x14ac=" in part[:start]

    def read_window(self, text: str) -> None:
        """Read some rows; _OddFormError, CellFaultError or ValueError for what is not known."""
        if "&" in text:
            _check_entities(text)
        if self.has_type_first:
            text = _TYPE_FIRST.sub(r"\1\3\2", text)
        at = 0
        while at < len(text):
            tag = _ROW.match(text, at)
            if tag is None:
                raise _OddFormError
            at = tag.end()
            if self._begin_row(tag):
                end = text.find("</row>", at)
                if end < 0:
                    raise _OddFormError
                row = self._read_row(_CELL.findall(text, at, end), tag[1])
                if row:
                    self.content.rows[self.row_number - 1] = row
                    self.count += len(row)
                at = end + len("</row>")

    def _begin_row(self, match: re.Match[str]) -> bool:
        """Take the tag of a row; return whether there are cells in it."""
        number = int(match[1])
        if number <= self.row_number or number > MOST_ROWS:
            raise _OddFormError
        self.row_number = number
        tag = self.known_tags.get(match[2])
        if tag is None:
            tag = self._read_row_tag(match[2])
            # A prefix means what this sheet says; and strangers must not fill the memory.
            if ":" not in match[2] and len(self.known_tags) < _MOST_KNOWN:
                self.known_tags[match[2]] = tag
        has_cells, is_hidden = tag
        if is_hidden:
            self.content.hidden.add(number - 1)
        return has_cells

    def _read_row(  # noqa: C901, PLR0912 - a call for each cell would take as long as all this
        self, cells: list[tuple[str, ...]], row_digits: str
    ) -> GridRow:
        """Return the values of the cells of a row."""
        row: GridRow = {}
        last = -1
        find_text, known_number = self.tables.filled_texts.get, self.known_numbers.get
        columns, special = _COLUMNS, self.tables.special
        for letters, digits, style, kind, value, inline, tag, formula, result in cells:
            if not (value or inline or formula or tag):
                if letters and kind in _BLANK_TYPES:
                    continue
                raise _OddFormError
            col = columns[letters]
            if digits != row_digits or col <= last:
                raise _OddFormError
            last = col
            content: GridValue | None = None
            if value:
                if kind == SHARED:
                    content = find_text(value)
                elif kind in NUMBERS and style not in special:
                    content = known_number(value)
                if content is None:
                    content = self._read_value(col, kind, style, value)
            elif inline:
                content = self._read_inline(kind, inline)
            else:
                if kind in NUMBERS and style not in special and tag in self.known_formulas:
                    content = known_number(result)
                if content is None:
                    content = self._read_formula(col, kind, style, tag, formula, result)
                else:
                    self.content.behind[self.row_number - 1, col] = (formula, "", True, False, None)
            if content is not None:
                row[col] = content
        return row

    def _read_row_tag(self, rest: str) -> tuple[bool, bool]:
        """Return whether a row has no cells, and whether it is hidden."""
        match = _ATTRIBUTES.fullmatch(rest)
        if match is None:
            raise _OddFormError
        attributes = _ATTRIBUTE.findall(match[1])
        names = {name for name, _ in attributes}
        prefixes = {name.partition(":")[0] for name in names if ":" in name}
        if len(names) < len(attributes) or "r" in names or prefixes - {"x14ac"}:
            raise _OddFormError
        if prefixes and not self.has_x14ac:
            raise _OddFormError
        return not match[2], dict(attributes).get("hidden") in TRUE_WORDS

    def _read_inline(self, kind: str, text: str) -> str | None:
        """Return the text that stands in a cell."""
        if kind != INLINE:
            raise _OddFormError
        return replace_escapes(_plain_text(text)) or None

    def _read_value(self, col: int, kind: str, style: str, value: str) -> GridValue | None:
        """Return the value of a cell that is neither a known text nor a known number."""
        if kind == INLINE:
            raise _OddFormError
        at = (self.row_number - 1, col)
        if kind == ERROR:
            self.content.behind[at] = (None, _plain_text(value).strip(), True, False, None)
            return None
        content = self.tables.read_value(kind, style, _plain_text(value))
        if content == "":
            return None
        if kind in NUMBERS and style in self.tables.percent:
            self.content.behind[at] = PERCENT
        elif isinstance(content, float):
            self._keep_number(value, content)
        return content

    def _keep_number(self, text: str, number: float) -> None:
        if len(text) <= _LONGEST_KNOWN and len(self.known_numbers) < _MOST_KNOWN:
            self.known_numbers[text] = number

    def _read_formula(
        self, col: int, kind: str, style: str, tag: str, formula: str, result: str
    ) -> GridValue | None:
        """Return the stored result of a formula, and keep what stands behind the cell."""
        self._check_formula(tag)
        if kind not in _RESULT_TYPES:
            raise _OddFormError
        at = (self.row_number - 1, col)
        stored = _plain_text(result[1:-3])  # `>2</v`, or `/` where the tag is closed at once
        if not stored or kind == ERROR:
            is_stored = bool(stored) or (kind == TEXT and bool(result))
            self.content.behind[at] = (formula, stored.strip(), is_stored, False, None)
            return None
        content = self.tables.read_value(kind, style, stored)
        is_number = kind in NUMBERS
        if content == "" and kind != TEXT:
            raise _OddFormError
        percent = is_number and style in self.tables.percent
        self.content.behind[at] = (formula, "", True, percent, None)
        if is_number and style not in self.tables.special and isinstance(content, float):
            self._keep_number(result, content)
        return None if content == "" else content

    def _check_formula(self, tag: str) -> None:
        """Raise _OddFormError unless the attributes of a formula's tag are well-formed."""
        if tag not in self.known_formulas:
            match = _ATTRIBUTES.fullmatch(tag)
            names = [name for name, _ in _ATTRIBUTE.findall(tag)]
            if match is None or len(set(names)) < len(names) or ":" in "".join(names):
                raise _OddFormError
            self.known_formulas.add(tag)


def _plain_text(text: str) -> str:
    return replace_entities(text) if "&" in text else text


def _check_entities(text: str) -> None:
    """Raise _OddFormError or ValueError if there is an entity that a parser would refuse."""
    if _BAD_ENTITY.search(text):
        raise _OddFormError
    if "&#" in text:
        for entity in set(_NUMBERED_ENTITY.findall(text)):
            replace_entities(entity)
