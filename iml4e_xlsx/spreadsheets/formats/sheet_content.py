"""
Defines what the sheet of an Excel workbook holds, and what the text of one of its cells means.

Source: ISO/IEC 29500-1, 18.3.1.4 (cells), 18.18.11 (their types) and 22.9.2.19 (escapes).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, TypeAlias

from iml4e_xlsx.spreadsheets.formats.numbers import CellStyles
from iml4e_xlsx.spreadsheets.grid import (
    CellDetails,
    CellFault,
    CellPosition,
    GridRow,
    GridValue,
    LateDetails,
)

SHARED, INLINE, TEXT, ERROR = "s", "inlineStr", "str", "e"
"""Types of cells: a text of the table, one in the cell, one that a formula yields, an error."""

NUMBERS: Final = frozenset({"", "n"})
_UNKNOWN_FORMULA: Final = "…"

MOST_COLUMNS: Final = 1 << 14
MOST_ROWS: Final = 1 << 20

Behind: TypeAlias = tuple[str | None, str, bool, bool, CellFault | None]
"""
What stands behind a cell: formula, error, whether stored, whether a percentage, fault.

The formula is None if there is none, and has no equals sign. It is empty where the cell does not
hold its text, since it shares that of another.
"""

PERCENT: Final[Behind] = (None, "", True, True, None)

_NUMBER: Final = re.compile(r"\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)\s*", re.ASCII)
_INDEX: Final = re.compile(r"\s*\+?0*(\d+)\s*", re.ASCII)
_STYLE: Final = re.compile(r"\d{1,6}", re.ASCII)
TRUE_WORDS: Final = ("1", "true")
_TRUTHS: Final = {"1": True, "true": True, "0": False, "false": False}
_ESCAPE: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ENTITIES: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_NAMED: Final = {f"&{name};": _ENTITIES[name] for name in ("lt", "gt", "quot", "apos", "amp")}
"""The ampersand comes last, so that no entity is made that was not there."""

_ENTITY: Final = re.compile(r"&(?:([a-z]{2,4})|#([0-9]{1,7})|#x([0-9a-fA-F]{1,6}));")
_SURROGATES: Final = range(0xD800, 0xE000)
_LETTERS: Final = 26
_FIRST_LETTER: Final = ord("A") - 1


class CellFaultError(Exception):
    """A cell that cannot be understood; its argument is the fault."""

    def __init__(self, fault: CellFault) -> None:
        super().__init__(fault)
        self.fault = fault


class DetailsMap(LateDetails):
    """The details of cells by position, made when they are asked for: hardly any ever are."""

    def __init__(self, behind: Mapping[CellPosition, Behind], *, has_entities: bool) -> None:
        """Take what stands behind each cell, and whether formulas are still as in the markup."""
        self._behind = behind
        self._has_entities = has_entities

    def __getitem__(self, position: CellPosition) -> CellDetails:
        """Return the details of a cell; KeyError if it has none."""
        formula, error, stored, percent, fault = self._behind[position]
        if formula is None:
            return CellDetails("", error, stored, percent, fault)
        if self._has_entities and "&" in formula:
            formula = replace_entities(formula)
        return CellDetails(f"={formula or _UNKNOWN_FORMULA}", error, stored, percent, fault)

    def get(self, position: CellPosition) -> CellDetails | None:  # type: ignore[override]
        """Return the details of a cell, or None; most cells have none."""
        return self[position] if position in self._behind else None

    def __contains__(self, position: object) -> bool:
        """Return whether a cell has details."""
        return position in self._behind

    def __iter__(self) -> Iterator[CellPosition]:
        """Iterate over the positions."""
        return iter(self._behind)

    def __len__(self) -> int:
        """Return the number of cells with details."""
        return len(self._behind)

    def find_faults(self) -> dict[CellPosition, CellFault]:
        """Return the faults of the cells that have any."""
        behind = self._behind
        return {at: fault for at in behind if (fault := behind[at][4]) is not None}


@dataclass(slots=True)
class SheetContent:
    """
    The cells of a sheet by row and column, both ascending, and what stands behind them.

    `has_entities` says whether the texts of formulas are still as they stand in the markup.
    """

    rows: dict[int, GridRow] = field(default_factory=dict)
    behind: dict[CellPosition, Behind] = field(default_factory=dict)
    merged: list[tuple[CellPosition, CellPosition]] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    has_entities: bool = False


@dataclass(frozen=True, slots=True)
class SheetTables:
    """
    The tables that the cells of all sheets refer to.

    `texts` maps the index of a text, as it is written, to the text, `filled_texts` only those that
    are not empty. `percent` and `moments` hold the numbers of styles, as they are written, that
    show percentages, and dates or times; `special` holds both.
    """

    texts: Mapping[str, str]
    filled_texts: Mapping[str, str]
    styles: CellStyles
    percent: frozenset[str]
    moments: frozenset[str]
    special: frozenset[str]

    @classmethod
    def from_tables(cls, texts: Mapping[str, str], styles: CellStyles) -> SheetTables:
        """Return the tables of a workbook."""
        percent, moments = _style_keys(styles.percent), _style_keys(styles.moments - styles.percent)
        return cls(
            texts=texts,
            filled_texts={index: text for index, text in texts.items() if text}
            if "" in texts.values()
            else texts,
            styles=styles,
            percent=percent,
            moments=moments,
            special=percent | moments,
        )

    def read_value(self, kind: str, style: str, text: str) -> GridValue:
        """
        Return what the text of a cell means; empty text if it means no value.

        Raises:
            CellFaultError: If it means nothing that the cell's type provides for.
        """
        if kind == SHARED:
            return self._find_text(text)
        if kind in (TEXT, INLINE):
            return replace_escapes(text)
        if kind in NUMBERS:
            return self._read_number(style, text)
        if kind == "b" and (truth := _TRUTHS.get(text.strip().lower())) is not None:
            return truth
        if kind == "d" and (moment := _parse_moment(text.strip())) is not None:
            return moment
        raise CellFaultError(CellFault.MARKUP)

    def _find_text(self, text: str) -> str:
        match = _INDEX.fullmatch(text)
        found = self.texts.get(match[1]) if match else None
        if found is None:
            raise CellFaultError(CellFault.TEXT_INDEX)
        return found

    def _read_number(self, style: str, text: str) -> GridValue:
        match = _NUMBER.fullmatch(text)
        number = float(match[1]) if match else math.inf
        if math.isinf(number):
            if not text.strip():
                return ""
            raise CellFaultError(CellFault.MARKUP)
        if style in self.moments:
            return self.styles.formats.shown_value(number, self.styles.numbers[int(style)])
        return number


def _style_keys(styles: frozenset[int]) -> frozenset[str]:
    """Return the numbers of styles as they are written."""
    return frozenset(map(str, styles))


def style_key(text: str) -> str:
    """Return the number of a style as the tables name it; that of no style for what is none."""
    match = _STYLE.fullmatch(text.strip())
    return str(int(match[0])) if match else ""


def _parse_moment(text: str) -> GridValue | None:
    """Return a date in the form of ISO 8601; None for anything else."""
    try:
        return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    except ValueError:
        return None


def replace_escapes(text: str) -> str:
    """Return a text with the characters that stand in it as `_x000D_`."""
    if "_x" not in text:
        return text
    plain = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    if any(ord(char) in _SURROGATES for char in plain):  # a character may be escaped by halves
        plain = plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return plain


def replace_entities(text: str) -> str:
    """
    Return a text of XML with the characters that entities in it stand for.

    Raises:
        ValueError: If it holds an entity that XML does not know by itself, or no entity.
    """
    if text.count("&") == text.count("&amp;"):  # by far the most frequent
        return text.replace("&amp;", "&")
    if "&#" not in text and text.count("&") == sum(map(text.count, _NAMED)):
        for entity, character in _NAMED.items():
            text = text.replace(entity, character)
        return text
    found = 0

    def replace(match: re.Match[str]) -> str:
        nonlocal found
        found += 1
        name, number, hexadecimal = match.groups()
        return _ENTITIES[name] if name else _make_character(int(number or f"0x{hexadecimal}", 0))

    try:
        plain = _ENTITY.sub(replace, text)
    except KeyError as error:
        raise ValueError(text) from error
    if found != text.count("&"):
        raise ValueError(text)
    return plain


def _make_character(code: int) -> str:
    """Return a character that XML allows; ValueError for all others."""
    is_control = code < ord(" ") and chr(code) not in "\t\n\r"
    if is_control or code in _SURROGATES or code in (0xFFFE, 0xFFFF):
        raise ValueError(code)
    return chr(code)


def column_number(letters: str) -> int:
    """Return the position of a column, from 0, by its letters in capitals."""
    number = 0
    for letter in letters:
        number = number * _LETTERS + ord(letter) - _FIRST_LETTER
    return number - 1
