"""The figures of a workbook as it was built, and as another program computes them anew."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any, Final

import openpyxl

from tests.support.hostile import packed, parts_of
from tests.support.office import Cell, Office, Value
from tests.support.programs import recalculated_by_gnumeric

_COMPUTED: Final = re.compile(r'(<c r="[A-Z]+\d+"[^>]*?)(?: t="\w+")?>(<f>[^<]*</f>)<v>[^<]*</v>')
_TOLERANCE: Final = 1e-9


def stored_figures(path: Path) -> dict[Cell, Value]:
    """Return what each cell with a formula holds; an empty text is None."""
    formulas, values = _load(path), _load(path, values=True)
    return {
        (sheet.title, cell.coordinate): _plain(values[sheet.title][cell.coordinate].value)
        for sheet in formulas.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }


def _load(path: Path, *, values: bool = False) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Gnumeric names no default style, and openpyxl warns
        return openpyxl.load_workbook(path, data_only=values)


def _plain(value: Value) -> Value:
    if value == "":
        return None
    return float(value) if isinstance(value, int) else value


def forget_figures(source: Path, target: Path) -> Path:
    """Write a copy of a workbook in which no formula has a value, so that all must be computed."""
    parts = parts_of(source.read_bytes())
    for name in parts:
        if name.startswith("xl/worksheets/sheet"):
            parts[name] = _COMPUTED.sub(r"\1>\2", parts[name].decode()).encode()
    target.write_bytes(packed(parts))
    assert not any(stored_figures(target).values())
    return target


def gnumeric_figures(source: Path, folder: Path) -> dict[Cell, Value]:
    """Return what Gnumeric computes for every cell with a formula."""
    blank = forget_figures(source, folder / "forgotten.xlsx")
    saved = folder / "recalculated.xlsx"
    recalculated_by_gnumeric(blank, saved)
    values = _load(saved, values=True)
    return {cell: _plain(values[cell[0]][cell[1]].value) for cell in stored_figures(source)}


def office_figures(source: Path, folder: Path, office: Office) -> dict[Cell, Value]:
    """Return what LibreOffice computes for every cell with a formula."""
    blank = forget_figures(source, folder / "forgotten.xlsx")
    cells = list(stored_figures(source))
    (row,) = office.evaluate(blank, [{}], cells)
    return {cell: _plain(value) for cell, value in zip(cells, row, strict=True)}


def find_differences(
    wanted: dict[Cell, Value], computed: dict[Cell, Value]
) -> list[tuple[Cell, Value, Value]]:
    """Return the cells for which a program computed something else than what was built."""
    return [
        (cell, value, computed[cell])
        for cell, value in wanted.items()
        if not _is_same(value, computed[cell])
    ]


def _is_same(wanted: Value, computed: Value) -> bool:
    if isinstance(wanted, float) and isinstance(computed, float):
        return abs(wanted - computed) < _TOLERANCE
    return wanted == computed
