"""
Reads the gaps of a sheet: the markup that stands between the values of two cells.

A program writes the same gaps around whatever values there are, so each is read once and kept, also
for other workbooks. What fits none of the usual forms is no gap: such a sheet needs a parser.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import IntEnum, auto
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

from iml4e_xlsx.spreadsheets.formats.sheet_content import (
    ERROR,
    INLINE,
    MOST_COLUMNS,
    MOST_ROWS,
    NUMBERS,
    SHARED,
    TEXT,
    TRUE_WORDS,
    Behind,
    column_number,
    replace_entities,
)
from iml4e_xlsx.spreadsheets.grid import CellPosition

VALUE_START, VALUE_END = "<v>", "</v>"
INLINE_END: Final = "</t></is>"
END_MARK: Final = "\x01"
"""What gaps begin with, but for the first: XML has no such character."""

_ROW_END: Final = "</row>"
_ROW: Final = re.compile(r'<row r="([1-9][0-9]{0,6})"([^<>]{0,400})>')
_CELL: Final = re.compile(
    r'<c r="([A-Z]{1,3})([0-9]{1,7})"(?: s="(0|[1-9][0-9]{0,5})")?(?: t="([a-zA-Z]{1,9})")?'
    r'(?: s="(0|[1-9][0-9]{0,5})")?'
    r"(?: ?/>|>(?:"
    r'(?:(<is><t(?: xml:space="preserve")?>)|<f([^<>]{0,400})(?:(?<=/)>|>([^<]+)</f>))?'
    r"(\Z|</c>|<v ?/></c>)))"
)
"""A cell without a value, or the start of one: its attributes, text, formula, and the end of it."""

_ATTRIBUTES: Final = re.compile(r'((?: [a-zA-Z0-9:]+="[^"<&]*")*) ?(/?)')
_ATTRIBUTE: Final = re.compile(r' ([a-zA-Z0-9:]+)="([^"]*)"')
_BAD_ENTITY: Final = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)")
_NUMBERED_ENTITY: Final = re.compile(r"&#[^;]*;")
_ODD: Final = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
"""Characters that XML forbids or a parser changes."""

_TRUTHS: Final = (*TRUE_WORDS, "0", "false")

BLANK_TYPES: Final = frozenset({*NUMBERS, TEXT, INLINE})
"""The types of cells that were left empty; those of other types have lost their content."""

RESULT_TYPES: Final = frozenset({*NUMBERS, TEXT, ERROR, "b"})
"""The types of cells whose formula has a result."""


class OddFormError(Exception):
    """A form that is not known here."""


class ValueForm(IntEnum):
    """How the value behind a gap is read; a value of no usual form is read by its type."""

    NONE = auto()  #: There is no other value: a row ends with the gap.
    SHARED = auto()  #: The index of a text.
    NUMBER = auto()  #: A number that is no date and no percentage.
    INLINE = auto()  #: The text itself.
    RESULT = auto()  #: A number that a formula yields, also a percentage.
    TEXT_RESULT = auto()  #: A text that a formula yields.
    OTHER = auto()  #: Anything else.


class ValueCell(NamedTuple):
    """
    The cell of a value: its type and style as they are written, and its formula if it has one.

    `with_result` and `without_result` are what stands behind a cell with a formula.
    """

    position: CellPosition
    kind: str
    style: str
    formula: str | None
    with_result: Behind
    without_result: Behind


class GapNotes(NamedTuple):
    """What a gap says besides: hidden rows, and what stands behind cells without a value."""

    hidden: tuple[int, ...]
    behind: tuple[tuple[CellPosition, Behind], ...]


class Gap(NamedTuple):
    """
    A gap in its place, which is the one behind the gap that led to it.

    Row and column, both from 0, are those of the next value; `following` holds the gaps that were
    found behind that value, by their markup.
    """

    row: int
    col: int
    form: ValueForm
    cell: ValueCell
    following: dict[str, Gap]
    notes: GapNotes | None = None


FollowingFinder: TypeAlias = Callable[[int, int, ValueForm], dict[str, Gap]]
"""Returns the gaps that are known behind a value, by its row, its column, and its form."""


class GapReader:
    """
    Reads gaps of workbooks with the same styles.

    Args:
        percent: The styles whose numbers are percentages.
        moments: Those whose numbers are dates or times.
        has_x14ac: Whether the attributes of rows may have this prefix, as in Excel's files.
    """

    def __init__(
        self, percent: frozenset[str], moments: frozenset[str], *, has_x14ac: bool
    ) -> None:
        self.percent = percent
        self.moments = moments
        self.has_x14ac = has_x14ac

    def read_gap(self, before: Gap, markup: str, find_following: FollowingFinder) -> Gap:
        """
        Return the gap with this markup behind another one.

        Args:
            before: The other one.
            markup: What stands behind its value.
            find_following: Returns the gaps that are known behind a place.

        Raises:
            OddFormError: If the markup has a form that is not known here.
            ValueError: If it has an entity that XML does not know.
        """
        row, col, is_in_row = before.row, before.col, before.form is not _NONE
        at = _find_end(before, markup) if is_in_row else 0
        check_text(markup[at:])
        hidden: list[int] = []
        behind: list[tuple[CellPosition, Behind]] = []
        while True:
            if not is_in_row:
                if at == len(markup):
                    cell = None
                    break
                tag = _match(_ROW, markup, at)
                row, col, at = _next_row(row, tag[1]), -1, tag.end()
                is_in_row, is_hidden = _read_row_tag(tag[2], has_x14ac=self.has_x14ac)
                if is_hidden:
                    hidden.append(row)
            elif markup.startswith(_ROW_END, at):
                is_in_row, at = False, at + len(_ROW_END)
            else:
                cell = _match(_CELL, markup, at)
                col, at = _next_column(cell, row, col), cell.end()
                if cell[9] == "":
                    break
                if (formula := _read_empty(cell)) is not None:
                    behind.append(((row, col), formula))
        notes = GapNotes(tuple(hidden), tuple(behind)) if hidden or behind else None
        if cell is None:
            return Gap(row, -1, _NONE, _NO_CELL, find_following(row, -1, _NONE), notes)
        form, value_cell = self._read_start(row, col, cell)
        return Gap(row, col, form, value_cell, find_following(row, col, form), notes)

    def _read_start(self, row: int, col: int, cell: re.Match[str]) -> tuple[ValueForm, ValueCell]:
        """Return the form of the value behind a gap, and its cell."""
        kind, style = cell[4] or "", cell[3] or cell[5] or ""
        formula = _find_formula(cell)
        is_percent = style in self.percent
        is_number = kind in NUMBERS and style not in self.moments
        form = ValueForm.OTHER
        if cell[6]:
            if kind != INLINE:
                raise OddFormError
            form = ValueForm.INLINE
        elif kind == INLINE:
            raise OddFormError
        elif formula is not None:
            form = ValueForm.RESULT if is_number else form
            form = ValueForm.TEXT_RESULT if kind == TEXT else form
        elif kind == SHARED:
            form = ValueForm.SHARED
        elif is_number and not is_percent:
            form = ValueForm.NUMBER
        if formula is None:
            return form, ValueCell((row, col), kind, style, None, _NOTHING, _NOTHING)
        with_result: Behind = (formula, "", True, is_number and is_percent, None)
        without_result = _no_result(formula, kind, "")
        return form, ValueCell((row, col), kind, style, formula, with_result, without_result)


def check_text(text: str) -> None:
    """Raise OddFormError or ValueError unless a pattern may read a text as a parser would."""
    if not text.isprintable() and _ODD.search(text):
        raise OddFormError
    if "]" in text and "]]>" in text:
        raise OddFormError
    if "&" in text:
        if _BAD_ENTITY.search(text):
            raise OddFormError
        if "&#" in text:
            for entity in set(_NUMBERED_ENTITY.findall(text)):
                replace_entities(entity)


def _match(pattern: re.Pattern[str], markup: str, at: int) -> re.Match[str]:
    match = pattern.match(markup, at)
    if match is None:
        raise OddFormError
    return match


def _find_end(before: Gap, markup: str) -> int:
    """Return where a gap goes on behind the end of the cell before it."""
    end = END_MARK + (INLINE_END if before.form == ValueForm.INLINE else "") + "</c>"
    if not markup.startswith(end):
        raise OddFormError
    return len(end)


def _next_row(row: int, digits: str) -> int:
    number = int(digits) - 1
    if number <= row or number >= MOST_ROWS:
        raise OddFormError
    return number


def _next_column(cell: re.Match[str], row: int, col: int) -> int:
    number = _column(cell[1])
    if not col < number < MOST_COLUMNS or cell[2] != str(row + 1) or (cell[3] and cell[5]):
        raise OddFormError
    return number


_column = lru_cache(maxsize=1024)(column_number)


@lru_cache(maxsize=1024)
def _read_row_tag(rest: str, *, has_x14ac: bool) -> tuple[bool, bool]:
    """Return whether a row has cells, and whether it is hidden."""
    match = _ATTRIBUTES.fullmatch(rest)
    if match is None:
        raise OddFormError
    attributes = _ATTRIBUTE.findall(match[1])
    names = {name for name, _ in attributes}
    hidden = dict(attributes).get("hidden", "false")
    if "xmlns" in names or hidden not in _TRUTHS:
        raise OddFormError
    prefixes = {name.partition(":")[0] for name in names if ":" in name}
    if len(names) < len(attributes) or "r" in names or prefixes - {"x14ac"}:
        raise OddFormError
    if prefixes and not has_x14ac:
        raise OddFormError
    return not match[2], hidden in TRUE_WORDS


def _read_empty(cell: re.Match[str]) -> Behind | None:
    """Return what stands behind a cell without a value: a formula that has no result, or None."""
    kind, formula = cell[4] or "", _find_formula(cell)
    if cell[6]:
        raise OddFormError
    if formula is None:
        if kind not in BLANK_TYPES:
            raise OddFormError
        return None
    if kind not in RESULT_TYPES:
        raise OddFormError
    return _no_result(formula, kind, cell[9])


def _no_result(formula: str | None, kind: str, end: str) -> Behind:
    """Return what stands behind a formula without a value: a text may be empty, and be stored."""
    return (formula, "", kind == TEXT and end != "</c>", False, None)


def _find_formula(cell: re.Match[str]) -> str | None:
    """Return the formula of a cell, empty if the cell shares one; None if it has none."""
    if cell[7] is None:
        return None
    _check_formula(cell[7])
    return cell[8] or ""


@lru_cache(maxsize=1024)
def _check_formula(tag: str) -> None:
    """Raise OddFormError unless the attributes of a formula's tag are well-formed."""
    match = _ATTRIBUTES.fullmatch(tag)
    names = [name for name, _ in _ATTRIBUTE.findall(tag)]
    if match is None or len(set(names)) < len(names) or ":" in "".join(names):
        raise OddFormError
    if "xmlns" in names:
        raise OddFormError


_NONE: Final = ValueForm.NONE
_NOTHING: Final[Behind] = (None, "", True, False, None)
_NO_CELL: Final = ValueCell((-1, -1), "", "", None, _NOTHING, _NOTHING)


def begin_sheet() -> Gap:
    """Return what stands before the first gap of a sheet."""
    return Gap(-1, -1, ValueForm.NONE, _NO_CELL, {})
