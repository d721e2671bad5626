"""
Reads the sheet of an Excel workbook piece by piece, in the forms that programs write all the time.

A sheet is cut at its values, and `sheet_gaps` says what stands between them: between the first row
and the last nothing is passed over. A sheet with a form that is not known there goes to
`sheet_reader`, which knows all forms and reads the same in these, in ten times the time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from iml4e_xlsx.spreadsheets.formats.gap_map import GapSequence, keep_gaps
from iml4e_xlsx.spreadsheets.formats.sheet_content import (
    ERROR,
    INLINE,
    NUMBERS,
    PERCENT,
    TEXT,
    CellFaultError,
    SheetContent,
    SheetTables,
    column_number,
    replace_entities,
    replace_escapes,
)
from iml4e_xlsx.spreadsheets.formats.sheet_gaps import (
    BLANK_TYPES,
    END_MARK,
    INLINE_END,
    RESULT_TYPES,
    VALUE_END,
    VALUE_START,
    Gap,
    GapNotes,
    OddFormError,
    ValueCell,
    ValueForm,
    check_text,
)
from iml4e_xlsx.spreadsheets.grid import CellPosition, GridRow, GridValue
from iml4e_xlsx.spreadsheets.xml import PROLOG

_OPEN, _CLOSE, _ROW_END = b"<sheetData>", b"</sheetData>", b"</row>"
_WINDOW: Final = 1 << 18
"""How many bytes are looked at together: the pieces of a long sheet would take much memory."""

_TAG: Final = rb"</?[a-zA-Z0-9:]+(?: [a-zA-Z0-9:_]+=\"[^\"<>&]*\")* ?/?>\s*"
_HEAD: Final = re.compile(PROLOG + rb"<worksheet(?: [^<>]*)?>\s*(?:" + _TAG + rb")*")
_LONGEST_HEAD: Final = 1 << 12
_MERGES: Final = re.compile(
    rb"<mergeCells(?: count=\"\d+\")?>((?:<mergeCell ref=\"[^\"<&]*\"/>)*)</mergeCells>"
)
_MERGE: Final = re.compile(r'"([A-Z]{1,3})([1-9]\d{0,6}):([A-Z]{1,3})([1-9]\d{0,6})"', re.ASCII)

_MOST_MERGES: Final = 1_000
_MOST_SHARED: Final = 2_000
"""The most values of a sheet whose gaps are kept."""


_INLINE_STARTS: Final = ("<is><t>", '<is><t xml:space="preserve">')
_LONGEST_KNOWN, _MOST_KNOWN = 20, 4096
"""Numbers of so many characters are kept, and so many: levels, ratings, totals come again."""


def scan_sheet(part: bytes, tables: SheetTables, most_cells: int) -> SheetContent | None:
    """
    Return the content of a sheet's part; None if it holds a form that is not known here.

    It stops after `most_cells` cells: the parser then refuses the sheet.
    """
    scan = _begin_scan(part, tables)
    if scan is None:
        return None
    at, end = scan.start, scan.end
    try:
        while at < end:
            stop = part.find(_ROW_END, at + _WINDOW, end)
            stop = end if stop < 0 else stop + len(_ROW_END)
            scan.read_window(part[at:stop].decode())
            at = stop
            if scan.count > most_cells:
                return None
    except (OddFormError, CellFaultError, ValueError):
        return None
    return scan.content


def find_formula_texts(part: bytes, tables: SheetTables) -> frozenset[str] | None:
    """Return all texts of a sheet of formulas that is known as a sequence; None for all others."""
    scan = _begin_scan(part, tables)
    if scan is None or scan.end - scan.start > _WINDOW:
        return None
    try:
        return scan.find_texts(part[scan.start : scan.end].decode())
    except (OddFormError, ValueError):
        return None


def _begin_scan(part: bytes, tables: SheetTables) -> _SheetScan | None:
    """Return the scan of a part; None if what stands around its rows has no known form."""
    start, end = part.find(_OPEN), part.rfind(_CLOSE)
    if not 0 <= start <= end or not _has_plain_head(part[:start]):
        return None
    rest = part[end + len(_CLOSE) :]
    merged = find_merges(rest)
    if merged is None or b"<sheetData" in rest or not rest.rstrip().endswith(b"</worksheet>"):
        return None
    root = part.find(b"<worksheet", 0, start)
    has_x14ac = b" xmlns:x14ac=" in part[root : part.find(b">", root)]
    scan = _SheetScan(tables, start + len(_OPEN), end, has_x14ac=has_x14ac)
    scan.content.merged = merged
    return scan


def _has_plain_head(head: bytes) -> bool:
    """Return whether what stands before the cells is whole, so that they lie in the worksheet."""
    return len(head) <= _LONGEST_HEAD and _is_plain_head(head)


@lru_cache(maxsize=64)
def _is_plain_head(head: bytes) -> bool:
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
    # In a comment, or in what programs add for themselves, they mean nothing.
    before = rest[: match.start()]
    if b"<!" in before or b"<extLst" in before:
        return None
    if match[1].count(b"<") > _MOST_MERGES:  # the parser counts them as it goes
        return None
    ranges = _read_ranges(match[1])
    return None if ranges is None else list(ranges)


@lru_cache(maxsize=64)
def _read_ranges(markup: bytes) -> tuple[tuple[CellPosition, CellPosition], ...] | None:
    """Return merged ranges, which are the same on all sheets as issued; None for odd forms."""
    ranges = _MERGE.findall(markup.decode("ascii", errors="replace"))
    if len(ranges) != markup.count(b"<"):
        return None
    return tuple(
        ((int(top) - 1, column_number(left)), (int(bottom) - 1, column_number(right)))
        for left, top, right, bottom in ranges
    )


_NUMBERS: Final[dict[str, float]] = {}
"""The numbers that were read before, also in other workbooks: no dates and times among them."""


class _SheetScan:
    """The scan of one sheet, window by window; its rows begin and end in these places."""

    def __init__(self, tables: SheetTables, start: int, end: int, *, has_x14ac: bool) -> None:
        self.tables = tables
        self.start = start
        self.end = end
        self.content = SheetContent(has_entities=True)
        self.count = 0
        self.numbers = _NUMBERS
        self.gaps = keep_gaps(tables.percent, tables.moments, has_x14ac=has_x14ac)
        self.gap = self.gaps.start

    def read_window(self, text: str) -> None:
        """Read some rows; OddFormError, CellFaultError or ValueError for what is not known."""
        first, values, markups = _cut_text(text)
        self.count += len(values)
        gap = self._follow_gap(self.gap, first)
        sequence = self.gaps.find_sequence(gap, markups)
        if sequence is not None and self._read_sequence(sequence, values):
            self.gap = sequence.last
        else:
            formulas = len(self.content.behind)
            self.gap = self._read_values(gap, values, markups)
            if sequence is None and 2 * (len(self.content.behind) - formulas) > len(values):
                self.gaps.keep_sequence(gap, markups)
        if self.gap.form != ValueForm.NONE:
            raise OddFormError

    def find_texts(self, text: str) -> frozenset[str] | None:
        """
        Return the texts in all rows together; None unless they are a known sequence.

        Numbers are not looked at: nobody has asked for them.
        """
        text = _mark_inline(text)
        first, *pieces = text.split(VALUE_START)
        ends = self.gaps.find_ends(self._follow_gap(self.gap, first), pieces)
        if ends is None or ends.gaps[-1].form != ValueForm.NONE:
            return None
        # Then no tag stands in any of the values: those of the gaps are all that there are.
        if text.count("<") != first.count("<") + len(pieces) + ends.tags:
            return None
        shared = {self.tables.texts.get(ends.cut_value(pieces, at)) for at in ends.texts}
        plain = [ends.cut_value(pieces, at) for at in ends.plain]
        check_text(" ".join(plain))
        texts = shared | {_read_inline(value) or "" for value in plain}
        return None if None in texts else frozenset(text for text in texts if text)

    def _follow_gap(self, before: Gap, markup: str) -> Gap:
        """Return the gap behind another one, and take in what it says besides."""
        # The sheets of a workbook as issued have less; a list of one's own is nobody else's.
        gap = self.gaps.find_gap(before, markup, keep=self.count <= _MOST_SHARED)
        if gap.notes is not None:
            self._take_notes(gap.notes)
        return gap

    def _read_values(self, gap: Gap, values: Sequence[str], markups: Sequence[str]) -> Gap:
        """Read each value by the gap before it; return the last gap."""
        find_text, find_number = self.tables.filled_texts.get, self.numbers.get
        rows, behind = self.content.rows, self.content.behind
        shared, number, inline, result, text_result, other = _FORMS
        read_row, cells = -1, _NO_CELLS
        for value, markup in zip(values, markups, strict=True):
            row, col, form, cell, following, _ = gap
            content: GridValue | None
            if form is shared:
                content = find_text(value)
            elif form is number:
                content = find_number(value)
            elif form is inline:
                content = _read_inline(value)
            elif form is result or form is text_result:
                content = find_number(value) if form is result else _read_inline(value)
                behind[cell.position] = cell.with_result if value else cell.without_result
            else:
                content = None
            if content is None and (value or cell.formula is None or form is other):
                content = self._read_value(cell, value)
            if content is not None:
                if row != read_row:
                    read_row, cells = row, rows.setdefault(row, {})
                cells[col] = content
            next_gap = following.get(markup)
            if next_gap is None or next_gap.notes is not None:
                next_gap = self._follow_gap(gap, markup)
            gap = next_gap
        return gap

    def _read_sequence(self, sequence: GapSequence, values: Sequence[str]) -> bool:
        """Read values among known gaps; return whether all of them are of the usual forms."""
        contents: list[GridValue | None] = list(map(self.numbers.get, values))
        find_text = self.tables.filled_texts.get
        for at in sequence.texts:
            contents[at] = find_text(values[at])
        for at in sequence.inline:
            contents[at] = _read_inline(values[at])
        for at in sequence.text_results:
            contents[at] = _read_inline(values[at]) or ""
        behind = sequence.with_results
        if None in contents:
            # Some programs store no numbers at all; else a value is none that was read before.
            results = sequence.results
            if contents.count(None) != len(results) or any(values[at] for at in results):
                return False
            behind = sequence.without_results
        self.content.behind.update(behind)
        for at, cell in sequence.text_results.items():
            is_stored = bool(contents[at])
            self.content.behind[cell.position] = (
                cell.with_result if is_stored else cell.without_result
            )
        for row, start, end, cols in sequence.rows:
            pairs = zip(cols, contents[start:end], strict=True)
            if cells := {col: value for col, value in pairs if value is not None and value != ""}:
                self.content.rows[row] = cells
        return True

    def _take_notes(self, notes: GapNotes) -> None:
        self.content.hidden.update(notes.hidden)
        self.content.behind.update(notes.behind)
        self.count += len(notes.behind)

    def _read_value(self, cell: ValueCell, value: str) -> GridValue | None:
        """Return the value of a cell that is neither a known text nor a known number."""
        kind, style = cell.kind, cell.style
        if cell.formula is not None:
            return self._read_result(cell, value)
        if not value:
            if kind not in BLANK_TYPES:
                raise OddFormError
            return None
        if kind == ERROR:
            error = _plain_text(value).strip()
            if not error:
                raise OddFormError
            self.content.behind[cell.position] = (None, error, True, False, None)
            return None
        content = self.tables.read_value(kind, style, _plain_text(value))
        if content == "":
            return None
        if kind in NUMBERS and style in self.tables.percent:
            self.content.behind[cell.position] = PERCENT
        self._keep_number(cell, value, content)
        return content

    def _keep_number(self, cell: ValueCell, text: str, content: GridValue) -> None:
        if (
            isinstance(content, float)
            and cell.style not in self.tables.moments
            and len(text) <= _LONGEST_KNOWN
            and len(self.numbers) < _MOST_KNOWN
        ):
            self.numbers[text] = content

    def _read_result(self, cell: ValueCell, value: str) -> GridValue | None:
        """Return the stored result of a formula, and keep what stands behind the cell."""
        kind, style = cell.kind, cell.style
        if kind not in RESULT_TYPES:
            raise OddFormError
        stored, behind = _plain_text(value), self.content.behind
        if not stored:
            behind[cell.position] = cell.without_result
            return None
        if not stored.strip():
            raise OddFormError
        if kind == ERROR:
            behind[cell.position] = (cell.formula, stored.strip(), True, False, None)
            return None
        content = self.tables.read_value(kind, style, stored)
        is_number = kind in NUMBERS
        if content == "" and kind != TEXT:
            raise OddFormError
        behind[cell.position] = cell.with_result
        if is_number:
            self._keep_number(cell, value, content)
        return None if content == "" else content


def _mark_inline(text: str) -> str:
    """Return some rows in which texts that stand in their cells have the marks of values."""
    if INLINE not in text:  # the type of all such cells, and found faster than their tags
        return text
    for start in _INLINE_STARTS:
        text = text.replace(start, start + VALUE_START)
    return text.replace(INLINE_END, VALUE_END + INLINE_END)


def _cut_text(text: str) -> tuple[str, list[str], list[str]]:
    """
    Return the first gap in some rows, the values, and the gaps behind each of them.

    Raises:
        OddFormError: If the text cannot be cut in this way, or a value is no text.
        ValueError: If a value has an entity that XML does not know.
    """
    if END_MARK in text:
        raise OddFormError
    text = _mark_inline(text)
    pieces = text.replace(VALUE_END, VALUE_START + END_MARK).split(VALUE_START)
    values, markups = pieces[1::2], pieces[2::2]
    # Else a value began within another, or ended twice.
    if len(values) != len(markups):
        raise OddFormError
    _check_values(values)
    return pieces[0], values, markups


_FORMS: Final = (
    ValueForm.SHARED,
    ValueForm.NUMBER,
    ValueForm.INLINE,
    ValueForm.RESULT,
    ValueForm.TEXT_RESULT,
    ValueForm.OTHER,
)
_NO_CELLS: Final[GridRow] = {}


def _check_values(values: Sequence[str]) -> None:
    """Raise OddFormError or ValueError if there is more than text in any of the values."""
    joined = " ".join(values)
    if "<" in joined:
        raise OddFormError
    check_text(joined)


def _read_inline(value: str) -> str | None:
    """Return a text that stands in its cell; None if it is empty."""
    if "&" in value or "_x" in value:
        value = replace_escapes(_plain_text(value))
    return value or None


def _plain_text(text: str) -> str:
    return replace_entities(text) if "&" in text else text
