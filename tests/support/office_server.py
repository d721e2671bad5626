"""
Drives LibreOffice through UNO; runs under the Python that has `uno`, apart from the tests' own.

Reads one JSON request a line from standard input and answers each with one line.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.table.CellContentType import EMPTY, FORMULA, TEXT

FILTERS = {
    "xlsx": "Calc MS Excel 2007 XML",
    "xlsm": "Calc MS Excel 2007 VBA XML",
    "ods": "calc8",
    "xls": "MS Excel 97",
    "fods": "OpenDocument Spreadsheet Flat XML",
    "pdf": "calc_pdf_Export",
}


def main() -> None:
    """Connect to the office named on the command line and serve."""
    desktop = connect(sys.argv[1])
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer: Any = {"result": ACTIONS[request["action"]](desktop, request)}
        except Exception as error:  # noqa: BLE001 - UNO raises its own, told to the test
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


def connect(pipe: str) -> Any:
    """Return the office's desktop, waiting until it is up."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext(
        "com.sun.star.bridge.UnoUrlResolver", local
    )
    url = f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext"
    deadline = time.monotonic() + 60
    while True:
        try:
            context = resolver.resolve(url)
            break
        except Exception:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
    return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)


def properties(**values: object) -> tuple[Any, ...]:
    """Return UNO property values."""
    made = []
    for name, value in values.items():
        one = PropertyValue()
        one.Name, one.Value = name, value
        made.append(one)
    return tuple(made)


def opened(desktop: Any, path: str) -> Any:
    """Return a document, opened without a window."""
    url = uno.systemPathToFileUrl(path)
    return desktop.loadComponentFromURL(url, "_blank", 0, properties(Hidden=True))


def edit(desktop: Any, request: dict[str, Any]) -> Any:
    """Write cells, recalculate, save copies, read cells."""
    document = opened(desktop, request["source"])
    try:
        for sheet, cell, value, as_typed in request["cells"]:
            write(document, sheet, cell, value, typed=as_typed)
        document.calculateAll()
        for kind, path in request["targets"]:
            store(document, kind, path)
        return [read(document, sheet, cell) for sheet, cell in request["read"]]
    finally:
        document.close(True)


def evaluate(desktop: Any, request: dict[str, Any]) -> Any:
    """Write one set of values after another into an open document; read cells each time."""
    document = opened(desktop, request["source"])
    try:
        columns = runs(document, request["write"])
        blocks = runs(document, request["read"])
        rows = []
        for values in request["batches"]:
            document.addActionLock()
            for block, places in columns:
                block.setDataArray(
                    tuple((values[i] if values[i] is not None else "",) for i in places)
                )
            document.removeActionLock()
            document.calculateAll()
            row = [None] * len(request["read"])
            for block, places in blocks:
                for i, (value,) in zip(places, block.getDataArray(), strict=True):
                    row[i] = value
            rows.append(row)
        return rows
    finally:
        document.close(True)


def runs(document: Any, cells: list[list[str]]) -> list[tuple[Any, list[int]]]:
    """Return ranges that cover the cells by column, with the cells' positions in the list."""
    found = []
    for i, (sheet, name) in enumerate(cells):
        address = document.Sheets.getByName(sheet).getCellRangeByName(name).CellAddress
        found.append((address.Sheet, address.Column, address.Row, i))
    found.sort()
    grouped: list[list[tuple[int, int, int, int]]] = []
    for one in found:
        last = grouped[-1][-1] if grouped else None
        if last is not None and one[:2] == last[:2] and one[2] == last[2] + 1:
            grouped[-1].append(one)
        else:
            grouped.append([one])
    ranges = []
    for group in grouped:
        index, column, first, _ = group[0]
        page = document.Sheets.getByIndex(index)
        block = page.getCellRangeByPosition(column, first, column, group[-1][2])
        ranges.append((block, [i for _, _, _, i in group]))
    return ranges


def write(document: Any, sheet: str, address: str, value: object, *, typed: bool) -> None:
    """Write into an unlocked cell as a person would; a locked one is refused."""
    page = document.Sheets.getByName(sheet)
    cell = page.getCellRangeByName(address)
    if page.isProtected() and cell.CellProtection.IsLocked:
        raise PermissionError(f"{sheet}.{address} is locked")
    if value is None:
        cell.setString("")
    elif typed:
        cell.setFormula(str(value))
    elif isinstance(value, str):
        cell.setString(value)
    else:
        cell.setValue(value)


def read(document: Any, sheet: str, address: str) -> object:
    """Return a cell's number, its text, its error as shown, or None where it is empty."""
    cell = document.Sheets.getByName(sheet).getCellRangeByName(address)
    if cell.getError():
        return cell.getString()
    kind = cell.Type
    if kind == EMPTY:
        return None
    if kind == TEXT or (kind == FORMULA and cell.FormulaResultType2 == 2):
        return cell.getString()
    return cell.getValue()


def store(document: Any, kind: str, path: str) -> None:
    """Save a copy in a format."""
    document.storeToURL(uno.systemPathToFileUrl(path), properties(FilterName=FILTERS[kind]))


def validation(desktop: Any, request: dict[str, Any]) -> Any:
    """Return what a cell takes, and what it says beside it."""
    document = opened(desktop, request["source"])
    try:
        cell = document.Sheets.getByName(request["sheet"]).getCellRangeByName(request["cell"])
        rule = cell.Validation
        return {
            "type": rule.Type.value,
            "formula": rule.getFormula1(),
            "title": rule.InputTitle,
            "message": rule.InputMessage,
            "alert": rule.ErrorAlertStyle.value,
            "shows_error": rule.ShowErrorMessage,
        }
    finally:
        document.close(True)


def heights(desktop: Any, request: dict[str, Any]) -> Any:
    """Return each row's height as set and as its text needs, in points, over a range of rows."""
    document = opened(desktop, request["source"])
    try:
        page = document.Sheets.getByName(request["sheet"])
        page.unprotect("")
        found = []
        for index in range(request["first"], request["last"] + 1):
            row = page.Rows.getByIndex(index)
            given = row.Height
            row.OptimalHeight = True
            found.append([given * 72 / 2540, row.Height * 72 / 2540])
        return found
    finally:
        document.close(True)


ACTIONS = {"edit": edit, "evaluate": evaluate, "validation": validation, "heights": heights}

if __name__ == "__main__":
    main()
