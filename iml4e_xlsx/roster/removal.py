"""Removes a person from a roster's file, or corrects an address; all else stays as it is."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iml4e_xlsx.errors import RosterError
from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Place
from iml4e_xlsx.roster.columns import MAIL, find_column
from iml4e_xlsx.roster.delimiter import SEPARATOR_LINE, find_delimiter
from iml4e_xlsx.roster.roster_table import (
    describe_refusal,
    list_formats,
    no_table_error,
    strip_edges,
)
from iml4e_xlsx.roster.text_encoding import find_encoding
from iml4e_xlsx.spreadsheets.guard import check_file
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.readable_formats import OLE, READABLE_FORMATS, ZIP
from iml4e_xlsx.spreadsheets.refusal import FileRefusal
from iml4e_xlsx.text.addresses import address_key, ascii_address
from iml4e_xlsx.text.interface_texts import load_texts
from iml4e_xlsx.text.message import TextValue, message

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.cell_range import CellRange, MultiCellRange
    from openpyxl.worksheet.worksheet import Worksheet

REWRITABLE_FORMAT: Final = "xlsx"
"""The readable format that can be written again, with everything that is in it."""

_REWRITABLE_SUFFIXES: Final = tuple(
    file_format.suffixes[0]
    for file_format in READABLE_FORMATS
    if file_format.name == REWRITABLE_FORMAT
)


def remove_person(data: bytes, mail: str, *, source: str = "roster") -> bytes:
    """
    Return the content of a roster without the rows of an address; the same where there is none.

    `source` is what errors call it. Of CSV the other rows stay byte for byte. A workbook keeps
    its formats and validations; the person leaves every sheet that has a column of addresses, also
    a hidden one, and formulas on such a sheet become their results, since rows move up.

    Raises:
        RosterError: If it is a workbook of another format than xlsx, or damaged, or its rows cannot
            be told apart: a quotation mark that is not closed.
    """
    key = address_key(mail)
    if data.startswith((ZIP, OLE)):
        return _edit_workbook(
            data, source, lambda sheet, results: _remove_rows(sheet, results, key)
        )
    return _edit_text(data, key, source, lambda _: "")


def readdress_person(data: bytes, old: str, new: str, *, source: str = "roster") -> bytes:
    """
    Return the content of a roster with another address in the rows of an address.

    The same where there is no such row, or the other address stands in it already: these are two
    people then. `source` is what errors call it. Of CSV all else stays byte for byte; a workbook
    keeps its formats and validations, and the address changes on every sheet that has it.

    Raises:
        RosterError: As for `remove_person`.
    """
    key = address_key(old)
    if remove_person(data, new, source=source) != data:
        return data
    if data.startswith((ZIP, OLE)):
        return _edit_workbook(
            data, source, lambda sheet, results: _replace_address(sheet, results, key, new)
        )
    return _edit_text(data, key, source, lambda row: row.replace_address(key, new))


def _cell_key(text: str) -> str:
    return address_key(strip_edges(text))


def _find_mail_columns(headings: Sequence[str]) -> list[int]:
    """Return where addresses stand: in more than one column if a roster was never read."""
    columns = [find_column(strip_edges(text)) for text in headings]
    return [col for col, column in enumerate(columns) if column and column.name == MAIL]


@dataclass(frozen=True, slots=True, kw_only=True)
class _TextRow:
    """A row of CSV: its text, its values, where addresses stand, and how it is written."""

    text: str
    values: Sequence[str]
    columns: Sequence[int]
    delimiter: str
    encoding: str

    def replace_address(self, old: str, new: str) -> str:
        """Return the row with another address, and every other byte as it was."""
        try:
            new.encode(self.encoding)
        except UnicodeEncodeError:  # the domain has letters that this file cannot hold
            new = ascii_address(new)
        values, text = list(self.values), self.text
        for col in self.columns:
            if col >= len(values) or _cell_key(values[col]) != old:
                continue
            written = strip_edges(values[col])
            values[col] = new
            if text.count(written) != 1 or self.delimiter in new:
                return self._write(values)
            text = text.replace(written, new)
        return text

    def _write(self, values: Sequence[str]) -> str:
        """Write the row anew, where its text does not tell which part of it is the address."""
        stream, end = io.StringIO(), self.text[len(self.text.rstrip("\r\n")) :]
        # A lone carriage return would stay unquoted, which ends the row for its readers.
        row = csv.writer(
            stream,
            delimiter=self.delimiter,
            lineterminator=end,
            quoting=csv.QUOTE_ALL if "\r" in "".join(values) else csv.QUOTE_MINIMAL,
        )
        row.writerow(values)
        return stream.getvalue()


def _edit_text(data: bytes, mail: str, source: str, edit: Callable[[_TextRow], str]) -> bytes:
    """Return CSV whose rows with an address are what `edit` makes of them."""
    found = find_encoding(data)
    mark, encoding = found.mark, found.name
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError:
        encoding = "latin-1"  # which has a character for each byte, and gives each back
        text = data[len(mark) :].decode(encoding)
    separator = SEPARATOR_LINE.match(text)
    lines = list(io.StringIO(text[separator.end() if separator else 0 :], newline=""))
    delimiter = find_delimiter(text)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    columns: list[int] | None = None
    remaining = [separator[0] if separator else ""]
    start = number = 0
    try:
        for values in reader:
            number += 1
            if columns is None and any(map(strip_edges, values)):
                columns = _find_mail_columns(values)
                is_meant = False
            else:
                cells = (values[col] for col in columns or () if col < len(values))
                is_meant = any(_cell_key(cell) == mail for cell in cells)
            # A row whose values hold line breaks takes several lines.
            text = "".join(lines[start : reader.line_num])
            start = reader.line_num
            row = _TextRow(
                text=text,
                values=values,
                columns=columns or (),
                delimiter=delimiter,
                encoding=encoding,
            )
            remaining.append(edit(row) if is_meant else text)
    except csv.Error as error:  # as where a roster is read: a row may hide in another one's value
        place = Place(source=source, row=number + 1)
        raise RosterError([FindingCatalogue(load_texts()).roster_quote(place)]) from error
    return mark + "".join(remaining).encode(encoding)


def _edit_workbook(data: bytes, source: str, edit: Callable[[Worksheet, Worksheet], bool]) -> bytes:
    """Return a workbook whose sheets `edit` has changed; it is told their results as well."""
    _check_format(data, source)
    book, results = _load_workbooks(data, source)
    # All sheets: the person may stand in an older list, which may even be hidden.
    sheets = zip(book.worksheets, results.worksheets, strict=True)
    edited = [edit(sheet, values) for sheet, values in sheets]
    if not any(edited):
        return data
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _remove_rows(sheet: Worksheet, results: Worksheet, mail: str) -> bool:
    """Remove the rows of an address from a sheet; return whether there were any."""
    numbers = _find_rows(results, mail)
    if not numbers:
        return False
    for cells in sheet.iter_rows():
        for cell in cells:
            if cell.data_type == "f":
                cell.value = results[cell.coordinate].value
    for number in reversed(numbers):
        sheet.delete_rows(number)
    _move_up(sheet, numbers)
    return True


def _replace_address(sheet: Worksheet, results: Worksheet, old: str, new: str) -> bool:
    """Write another address into the rows of an address; return whether there were any."""
    numbers = _find_rows(results, old)
    for number in numbers:
        for cell in sheet[number]:
            value = results[cell.coordinate].value
            if value is None or _cell_key(str(value)) != old:
                continue
            cell.value = new
            if cell.hyperlink is not None:  # else a click would write to the old address
                cell.hyperlink.target = f"mailto:{new}"
    return bool(numbers)


def _load_workbooks(data: bytes, source: str) -> tuple[Workbook, Workbook]:
    """Load a workbook twice: as it is to be written again, and with the results of formulas."""
    import openpyxl

    has_macros = _has_macros(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what the library leaves out, it leaves out
            book = openpyxl.load_workbook(io.BytesIO(data), keep_vba=has_macros)
            return book, openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    # The guard looks at no part that only shows the sheets, such as styles, and the library raises
    # whatever a damaged one leads to.
    except Exception as error:
        reason = message("reason.container")
        raise _refusal_error(source, reason) from error


def _check_format(data: bytes, source: str) -> None:
    try:
        file_format = check_file(data, Limits()).file_format
    except FileRefusal as refused:
        raise _refusal_error(source, describe_refusal(refused)) from refused
    if file_format.name != REWRITABLE_FORMAT:
        formats = list_formats(_REWRITABLE_SUFFIXES)
        raise _refusal_error(source, message("roster.not_rewritable", formats=formats))


def _refusal_error(source: str, reason: TextValue) -> RosterError:
    return no_table_error(FindingCatalogue(load_texts()), source, reason, _REWRITABLE_SUFFIXES)


def _has_macros(data: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "xl/vbaProject.bin" in archive.namelist()


def _find_rows(sheet: Worksheet, mail: str) -> list[int]:
    """Return the numbers of the rows with this address."""
    columns: list[int] | None = None
    numbers = []
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=sheet.min_row):
        texts = [str(value) if value is not None else "" for value in values]
        if columns is None:
            columns = _find_mail_columns(texts) if any(map(strip_edges, texts)) else None
        elif any(_cell_key(texts[col]) == mail for col in columns):
            numbers.append(number)
    return numbers


def _move_up(sheet: Worksheet, removed: Sequence[int]) -> None:
    """Let what belongs to rows follow them: the library moves cells alone."""
    for rule in sheet.data_validations.dataValidation:
        rule.sqref = _shift_areas(rule.sqref, removed)
    sheet.merged_cells = _shift_areas(sheet.merged_cells, removed)
    _move_conditions(sheet, removed)
    _move_tables(sheet, removed)
    dimensions = {
        row: dimension for row, dimension in sheet.row_dimensions.items() if row not in removed
    }
    sheet.row_dimensions.clear()
    for row, dimension in dimensions.items():
        dimension.index = row - sum(number < row for number in removed)
        sheet.row_dimensions[dimension.index] = dimension
    for cells in sheet.iter_rows():
        for cell in cells:
            if cell.hyperlink is not None:
                cell.hyperlink.ref = cell.coordinate


def _move_conditions(sheet: Worksheet, removed: Sequence[int]) -> None:
    from openpyxl.formatting.formatting import ConditionalFormattingList

    formatting = ConditionalFormattingList()
    for conditional in sheet.conditional_formatting:
        areas = str(_shift_areas(conditional.sqref, removed))
        for rule in conditional.rules if areas else ():
            formatting.add(areas, rule)
    sheet.conditional_formatting = formatting


def _move_tables(sheet: Worksheet, removed: Sequence[int]) -> None:
    from openpyxl.worksheet.cell_range import CellRange

    tables = [sheet.auto_filter, *sheet.tables.values()]
    tables += [table.autoFilter for table in sheet.tables.values()]
    for table in tables:
        if table is not None and table.ref:
            area = CellRange(table.ref)
            table.ref = (_shift_area(area, removed) or area).coord


def _shift_areas(areas: MultiCellRange, removed: Sequence[int]) -> MultiCellRange:
    """Return areas as they are once rows are gone, without those that have gone with them."""
    shifted = (_shift_area(area, removed) for area in areas.ranges)
    return type(areas)([area for area in shifted if area is not None])


def _shift_area(area: CellRange, removed: Sequence[int]) -> CellRange | None:
    """Return where an area is once rows are gone; None if nothing of it remains."""
    first = area.min_row - sum(row < area.min_row for row in removed)
    last = area.max_row - sum(row <= area.max_row for row in removed)
    if last < first:
        return None
    return type(area)(min_col=area.min_col, min_row=first, max_col=area.max_col, max_row=last)
