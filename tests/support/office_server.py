"""
Starts LibreOffice and drives it through UNO; runs under a Python that has `uno`, not the tests'.

Started as `office_server.py SOFFICE FOLDER PIPE`. Says `{"ready": ...}` once LibreOffice listens,
then answers each JSON request, one a line on standard input, with one line on standard output:
`{"result": ...}` or `{"error": "..."}`. When its input ends it ends LibreOffice and itself, so
that nothing outlives the tests, however they end. Keeps to what Python 3.8 understands, because
LibreOffice may bring an old one.
"""

from __future__ import annotations

import json
import re
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Tuple  # noqa: UP035 - for an old Python

import uno  # type: ignore[import-not-found, unused-ignore]
from com.sun.star.beans import (  # type: ignore[import-not-found, unused-ignore]
    PropertyValue,
)

if TYPE_CHECKING:
    from tests.support.office_process import open_office
else:  # it lies beside this script, and the folder of a script is on the path
    from office_process import open_office

Request = Dict[str, Any]  # noqa: UP006 - evaluated, and for an old Python
Run = Tuple[Any, List[int]]  # noqa: UP006 - likewise
"""A range one column wide, and the positions that its cells have in the caller's list."""

FILTERS = {
    "xlsx": "Calc MS Excel 2007 XML",
    "xlsm": "Calc MS Excel 2007 VBA XML",
    "ods": "calc8",
    "fods": "OpenDocument Spreadsheet Flat XML",
    "xls": "MS Excel 97",
    "pdf": "calc_pdf_Export",
}
"""LibreOffice's names of the formats that a copy can have."""

CONTENT = 1 | 2 | 4 | 16
"""What clearing a cell removes: numbers, dates, texts, formulas; its note and format stay."""

TEXT_RESULT = 2
"""The constant `com.sun.star.sheet.FormulaResult.STRING`."""

LOCKED = "{sheet}.{address} is locked and its sheet is protected"
NO_CELL = "no cell {address!r} on sheet {sheet!r}"


class Refused(Exception):  # noqa: N818 - it says what happened
    """A request that cannot be carried out; its text is for the person who reads the test."""


TYPED_FORMATS = (
    (128, re.compile(r"[\d.,]+\s*%")),  # com.sun.star.util.NumberFormat.PERCENT
    (2, re.compile(r"\d+/\d+(/\d+)?")),  # DATE
    (1024, re.compile(r"TRUE|FALSE")),  # LOGICAL
)


def main() -> None:
    """Start LibreOffice, serve requests until the input ends, end LibreOffice."""
    soffice, folder, pipe = sys.argv[1:4]
    with open_office(soffice, Path(folder), pipe) as desktop:
        say({"ready": True})
        for line in sys.stdin:
            request = json.loads(line)
            try:
                answer = {"result": ACTIONS[request["action"]](desktop, request)}
            except Refused as refused:
                answer = {"error": str(refused)}
            except Exception as error:  # noqa: BLE001 - UNO has its own; the test is told
                answer = {"error": f"{request['action']}: {type(error).__name__}: {error}"}
            say(answer)


def say(answer: dict[str, Any]) -> None:
    """Write one line of JSON."""
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def edit(desktop: Any, request: Request) -> list[object]:
    """Write cells, recalculate everything, save copies, read cells."""
    with opened(desktop, request["source"]) as document:
        for sheet, address, value, as_typed in request["cells"]:
            cell = unlocked(document, sheet, address)
            write(cell, value, as_typed=as_typed)
            if as_typed and cell.Type.value == "VALUE":
                show_as_typed(document, cell, str(value))
        document.calculateAll()
        for kind, path in request["targets"]:
            store(document, kind, path)
        return [read(cell_at(document, sheet, address)) for sheet, address in request["read"]]


def write(cell: Any, value: object, *, as_typed: bool) -> None:
    """Write as a person would: typed, or chosen as text, or a number; None clears."""
    if value is None:
        cell.clearContents(CONTENT)
    elif as_typed:
        cell.setFormula(str(value))
    elif isinstance(value, str):
        cell.setString(value)
    else:
        cell.setValue(float(str(value)))


def show_as_typed(document: Any, cell: Any, text: str) -> None:
    """Give a cell the number format that a typed percentage, date or truth value brings along."""
    for kind, form in TYPED_FORMATS:
        if form.fullmatch(text):
            locale = uno.createUnoStruct("com.sun.star.lang.Locale")
            cell.NumberFormat = document.NumberFormats.getStandardFormat(kind, locale)


def read(cell: Any) -> object:
    """Return a cell's number, its text, its error as shown, or None where it is empty."""
    kind = cell.Type.value
    if kind == "EMPTY":
        return None
    if cell.getError():
        return cell.getString()
    if kind == "TEXT" or (kind == "FORMULA" and cell.FormulaResultType2 == TEXT_RESULT):
        return cell.getString()
    return cell.getValue()


def store(document: Any, kind: str, path: str) -> None:
    """Save a copy in a format."""
    if kind not in FILTERS:
        raise Refused(f"no format {kind!r}; there are {', '.join(FILTERS)}")
    document.storeToURL(uno.systemPathToFileUrl(path), properties(FilterName=FILTERS[kind]))


def evaluate(desktop: Any, request: Request) -> list[list[object]]:
    """Write one set of values after another into an open document; read cells after each."""
    with opened(desktop, request["source"]) as document:
        inputs = runs(document, request["write"])
        outputs = runs(document, request["read"])
        for block, places in inputs:
            refuse_locked(block, [request["write"][place] for place in places])
        written = {tuple(cell) for cell in request["write"]}
        blank = [tuple(cell) in written for cell in request["read"]]
        for block, places in outputs:
            first = block.RangeAddress.StartRow
            for empty in block.queryEmptyCells().RangeAddresses:
                for row in range(empty.StartRow, empty.EndRow + 1):
                    blank[places[row - first]] = True
        document.enableAutomaticCalculation(False)
        errors: dict[int, Any] = {}
        rows = []
        for values in request["batches"]:
            for block, places in inputs:
                block.setDataArray(tuple((entered(values[i]),) for i in places))
            document.calculateAll()
            rows.append(results(outputs, blank, errors))
        return rows


def refuse_locked(block: Any, names: list[list[str]]) -> None:
    """Refuse a range of one column in which a cell takes no input."""
    if not block.getSpreadsheet().isProtected():
        return
    same = block.getPropertyState("CellProtection").value != "AMBIGUOUS_VALUE"
    if same and not block.CellProtection.IsLocked:
        return
    for row, (sheet, address) in enumerate(names):
        if block.getCellByPosition(0, row).CellProtection.IsLocked:
            raise Refused(LOCKED.format(sheet=sheet, address=address))


def entered(value: object) -> object:
    """Return a value as a range takes it: text or number; an empty text leaves a cell empty."""
    if value is None:
        return ""
    return value if isinstance(value, str) else float(str(value))


def results(outputs: list[Run], blank: list[bool], errors: dict[int, Any]) -> list[object]:
    """
    Return the cells' values in the caller's order.

    `blank` tells cells that can be empty from those that can hold empty text; `errors` keeps the
    cells that have shown one, because asking for a cell costs more than asking it.
    """
    row: list[object] = [None] * len(blank)
    for block, places in outputs:
        for offset, line in enumerate(block.getDataArray()):
            place, value = places[offset], line[0]
            if value is None:  # an error
                if place not in errors:
                    errors[place] = block.getCellByPosition(0, offset)
                value = errors[place].getString()
            row[place] = None if value == "" and blank[place] else value
    return row


def runs(document: Any, cells: list[list[str]]) -> list[Run]:
    """Return ranges that cover the cells, each a gapless piece of one column."""
    found = []
    for place, (sheet, address) in enumerate(cells):
        match = re.fullmatch(r"([A-Z]+)([1-9][0-9]*)", address)
        if match is None:
            raise Refused(NO_CELL.format(sheet=sheet, address=address))
        found.append((sheet, match.group(1), int(match.group(2)), place))
    groups: list[list[tuple[str, str, int, int]]] = []
    for one in sorted(found):
        last = groups[-1][-1] if groups else None
        if last is not None and (last[0], last[1], last[2] + 1) == one[:3]:
            groups[-1].append(one)
        else:
            groups.append([one])
    pages = {sheet: sheet_of(document, sheet) for sheet in {one[0] for one in found}}
    ranges = []
    for group in groups:
        sheet, column, first, _ = group[0]
        block = pages[sheet].getCellRangeByName(f"{column}{first}:{column}{group[-1][2]}")
        ranges.append((block, [one[3] for one in group]))
    return ranges


def locked(desktop: Any, request: Request) -> list[bool]:
    """Return for each cell whether it takes no input: it is locked and its sheet protected."""
    with opened(desktop, request["source"]) as document:
        return [is_locked(document, sheet, address) for sheet, address in request["cells"]]


def is_locked(document: Any, sheet: str, address: str) -> bool:
    """Return whether a cell takes no input."""
    return bool(
        sheet_of(document, sheet).isProtected()
        and cell_at(document, sheet, address).CellProtection.IsLocked
    )


def unlocked(document: Any, sheet: str, address: str) -> Any:
    """Return a cell that takes input; a locked one is refused, as a person would find it."""
    if is_locked(document, sheet, address):
        raise Refused(LOCKED.format(sheet=sheet, address=address))
    return cell_at(document, sheet, address)


def validation(desktop: Any, request: Request) -> dict[str, object]:
    """Return what a cell takes, and what it says beside it."""
    with opened(desktop, request["source"]) as document:
        cell = cell_at(document, request["sheet"], request["cell"])
        rule = cell.Validation
        return {
            "type": rule.Type.value,
            "operator": rule.getOperator().value,
            "formula": rule.getFormula1(),
            "formula2": rule.getFormula2(),
            "entries": entries(rule),
            "dropdown": rule.ShowList != 0,
            "ignore_blank": rule.IgnoreBlankCells,
            "title": rule.InputTitle,
            "message": rule.InputMessage,
            "shows_message": rule.ShowInputMessage,
            "alert": rule.ErrorAlertStyle.value,
            "error_title": rule.ErrorTitle,
            "error_message": rule.ErrorMessage,
            "shows_error": rule.ShowErrorMessage,
        }


def entries(rule: Any) -> list[str]:
    """Return the texts of a list given in place, which Calc keeps as `"one";"two"`."""
    formula = rule.getFormula1()
    if rule.Type.value != "LIST" or not formula.startswith('"'):
        return []
    parts = formula[1:-1].split('";"')
    return [part.replace('""', '"') for part in parts]


def heights(desktop: Any, request: Request) -> list[list[float]]:
    """Return each row's height as set and as its text needs, in points, over a range of rows."""
    with opened(desktop, request["source"]) as document:
        page = sheet_of(document, request["sheet"])
        page.unprotect("")
        found = []
        for index in range(request["first"], request["last"] + 1):
            row = page.Rows.getByIndex(index)
            given = row.Height
            row.OptimalHeight = True
            found.append([given * 72 / 2540, row.Height * 72 / 2540])
        return found


@contextmanager
def opened(desktop: Any, path: str) -> Iterator[Any]:
    """Give a spreadsheet document without a visible window; close it in any case."""
    document = desktop.loadComponentFromURL(
        uno.systemPathToFileUrl(path), "_blank", 0, properties(Hidden=True, MacroExecutionMode=0)
    )
    if document is None:
        raise Refused(f"LibreOffice cannot open {Path(path).name}")
    try:
        if not document.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
            raise Refused(f"{Path(path).name} is no spreadsheet for LibreOffice")
        yield document
    finally:
        document.close(True)


def sheet_of(document: Any, name: str) -> Any:
    """Return a sheet."""
    if not document.Sheets.hasByName(name):
        raise Refused(f"no sheet {name!r}; there are {', '.join(document.Sheets.ElementNames)}")
    return document.Sheets.getByName(name)


def cell_at(document: Any, sheet: str, address: str) -> Any:
    """Return a cell."""
    try:
        return sheet_of(document, sheet).getCellRangeByName(address).getCellByPosition(0, 0)
    except Refused:
        raise
    except Exception:  # noqa: BLE001 - UNO's own
        raise Refused(NO_CELL.format(sheet=sheet, address=address)) from None


def properties(**values: object) -> tuple[Any, ...]:
    """Return UNO property values."""
    made = []
    for name, value in values.items():
        one = PropertyValue()
        one.Name, one.Value = name, value
        made.append(one)
    return tuple(made)


ACTIONS = {
    "edit": edit,
    "evaluate": evaluate,
    "heights": heights,
    "locked": locked,
    "validation": validation,
}

if __name__ == "__main__":
    main()
