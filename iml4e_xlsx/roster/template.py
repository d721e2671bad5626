"""Rosters as files: templates to fill in, and a roster without a person who asked to leave."""

from __future__ import annotations

import codecs
import csv
import io
import warnings
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from iml4e_xlsx.errors import RosterError
from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Place
from iml4e_xlsx.model import PROFILE_LIMIT, Scheme
from iml4e_xlsx.roster.columns import (
    ALIASES,
    COLUMNS,
    HEADINGS,
    LANGUAGE,
    MAIL,
    NAME,
    TARGET,
    column_of,
)
from iml4e_xlsx.roster.roster_table import (
    SEPARATOR_LINE,
    delimiter_of,
    encoding_of,
    refusal_words,
    stripped,
)
from iml4e_xlsx.spreadsheets.guard import check_file
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.readable_formats import OLE, ZIP
from iml4e_xlsx.spreadsheets.refusal import FileRefused
from iml4e_xlsx.text.addresses import address_key
from iml4e_xlsx.text.interface_texts import load_texts, scheme_texts
from iml4e_xlsx.text.texts import Texts
from iml4e_xlsx.workbook.canvas import INLINE_LIST_LIMIT, Canvas, Prompt, Sheet
from iml4e_xlsx.workbook.cells import cell_address
from iml4e_xlsx.workbook.colours import NAVY
from iml4e_xlsx.workbook.typography import count_lines, row_height

if TYPE_CHECKING:
    from openpyxl.worksheet.cell_range import CellRange, MultiCellRange
    from openpyxl.worksheet.worksheet import Worksheet

ROWS: Final = 1_000
"""How many people a template has formatted rows for; more can be entered below."""

_MAIL_LIMIT: Final = 254
_WIDTHS: Final = {
    NAME: 26,
    MAIL: 34,
    "organisation": 24,
    "team": 24,
    "role": 22,
    LANGUAGE: 15,
    "size": 14,
}
_WIDTH: Final = 18
"""The width of a column that needs no other."""

_EXPLAINED_WIDTHS: Final = (2, 16, 16, 64, 28)
_LEFT, _NEEDED, _MEANING, _EXAMPLE = 1, 2, 3, 4


def roster_csv() -> bytes:
    """Return a roster with its headings alone, in the encoding that Excel recognises."""
    return codecs.BOM_UTF8 + (",".join(HEADINGS) + "\r\n").encode()


def roster_workbook(scheme: Scheme, languages: Sequence[str], *, created: datetime) -> bytes:
    """
    Return a roster to be filled in: a sheet for the people, and one that explains the columns.

    Args:
        scheme: The scheme whose areas and levels are targets.
        languages: What a person's language may be.
        created: The time in the document's properties; the same input gives the same bytes.
    """
    texts = scheme_texts(scheme)
    properties = {"title": texts("roster.subject"), "subject": scheme.title}
    canvas = Canvas(created, properties)
    _people(canvas, texts, scheme, languages)
    _columns(canvas, texts, scheme, languages)
    return canvas.finish_workbook()


def _sheet(canvas: Canvas, texts: Texts, key: str, *, landscape: bool, tall: int = 1) -> Sheet:
    name = texts(key)
    sheet = canvas.add_sheet(name, tab=NAVY)
    footer = f"&C&8{name}&R&8{texts('document.footer_page')}"
    sheet.set_page(landscape=landscape, footer=footer, repeat=0 if landscape else None, tall=tall)
    return sheet


def _people(canvas: Canvas, texts: Texts, scheme: Scheme, languages: Sequence[str]) -> None:
    sheet = _sheet(canvas, texts, "roster.sheet_people", landscape=True, tall=0)
    sheet.set_widths([_WIDTHS.get(column, _WIDTH) for column in COLUMNS])
    sheet.set_height(0, 24)
    for col, (column, heading) in enumerate(zip(COLUMNS, HEADINGS, strict=True)):
        chosen = column in (LANGUAGE, TARGET)
        sheet.write_text(0, col, heading, "head_centre" if chosen else "head")
        for row in range(1, ROWS + 1):
            sheet.write_blank(row, col, "input_level" if chosen else "input_plain")
        _validation(sheet, column, col, texts, scheme, languages)
    for row in range(1, ROWS + 1):
        sheet.set_height(row, 18)
    sheet.freeze_panes(1, 1)
    sheet.add_filter((0, 0, ROWS, len(HEADINGS) - 1))
    sheet.activate_sheet()
    sheet.select_cell(1, 0)


def _validation(
    sheet: Sheet,
    column: str,
    col: int,
    texts: Texts,
    scheme: Scheme,
    languages: Sequence[str],
) -> None:
    cells = (1, col, ROWS, col)
    meaning = _meaning(column, texts, scheme, languages)
    if column == MAIL:
        alert = texts("roster.alert_mail")
        prompt = _prompt(texts, column, meaning, alert, refuses=False)
        sheet.accept_where(cells, _mail_formula(cell_address(1, col)), prompt)
    elif column == LANGUAGE and 0 < len(",".join(languages)) <= INLINE_LIST_LIMIT:
        alert = texts("roster.alert_language", languages=", ".join(languages))
        sheet.add_dropdown(cells, languages, "", _prompt(texts, column, meaning, alert))
    elif column == TARGET:
        levels = [str(level.number) for level in scheme.levels]
        alert = texts("roster.alert_target")
        prompt = _prompt(texts, column, meaning, alert, refuses=False)
        sheet.add_dropdown(cells, levels, "", prompt)
    else:
        alert = texts("roster.alert_text", limit=PROFILE_LIMIT)
        sheet.accept_text(cells, _prompt(texts, column, meaning, alert), PROFILE_LIMIT)


def _prompt(texts: Texts, column: str, meaning: str, alert: str, *, refuses: bool = True) -> Prompt:
    return Prompt(
        title=texts("roster.heading_prompt", column=ALIASES[column][0]),
        message=meaning,
        alert_title=texts("alert.title"),
        alert=alert,
        refuses=refuses,
    )


def _mail_formula(cell: str) -> str:
    """Return what is true of a cell with one @ and no space, in any spreadsheet program."""
    once = f'LEN({cell})-LEN(SUBSTITUTE({cell},"@",""))=1'
    return f'=AND({once},ISERROR(FIND(" ",{cell})),LEN({cell})<={_MAIL_LIMIT})'


def _meaning(column: str, texts: Texts, scheme: Scheme, languages: Sequence[str]) -> str:
    some = " ".join(f"{area.code}={scheme.top}" for area in scheme.areas[:2])
    return texts(
        f"roster_column.{ALIASES[column][0]}",
        languages=", ".join(languages),
        lowest=scheme.levels[0].number,
        highest=scheme.top,
        some=some,
    )


def _columns(canvas: Canvas, texts: Texts, scheme: Scheme, languages: Sequence[str]) -> None:
    sheet = _sheet(canvas, texts, "roster.sheet_columns", landscape=False)
    sheet.set_widths(_EXPLAINED_WIDTHS)
    sheet.write_text(0, _LEFT, texts("roster.help_title"), "title")
    sheet.set_height(0, 36)
    told = texts("roster.help", sheet=texts("roster.sheet_people"))
    sheet.write_across(1, _LEFT, _EXAMPLE, told, "subtitle")
    sheet.set_height(1, row_height(count_lines(told, sum(_EXPLAINED_WIDTHS[_LEFT:]))))
    heads = ("roster.column", "roster.needed", "roster.meaning", "roster.example")
    sheet.set_height(3, 22)
    for col, key in enumerate(heads, start=_LEFT):
        sheet.write_text(3, col, texts(key), "head")
    examples = {LANGUAGE: next(iter(languages), ""), TARGET: str(scheme.top - 1)}
    for row, column in enumerate(ALIASES, start=4):
        name = ALIASES[column][0]
        meaning = _meaning(column, texts, scheme, languages)
        needed = "roster.needed_yes" if column in (NAME, MAIL) else "roster.needed_no"
        example = examples.get(column) or texts.entries.get(f"roster_example.{name}", "")
        sheet.set_height(row, row_height(count_lines(meaning, _EXPLAINED_WIDTHS[_MEANING])))
        sheet.write_text(row, _LEFT, name, "cell_bold")
        sheet.write_text(row, _NEEDED, texts(needed), "cell")
        sheet.write_text(row, _MEANING, meaning, "cell")
        sheet.write_text(row, _EXAMPLE, example, "cell")
    sheet.protect_cells()


def without_person(data: bytes, mail: str, *, source: str = "roster") -> bytes:
    """
    Return the content of a roster without the rows of an address; the same where there is none.

    `source` is what errors call it. Of CSV the other rows stay byte for byte. A workbook keeps
    its other sheets, formats and validations; formulas on the sheet of people become their
    results, since rows move up.

    Raises:
        RosterError: If it is a workbook of another format than xlsx, or damaged, or its rows cannot
            be told apart: a quotation mark that is not closed.
    """
    if data.startswith((ZIP, OLE)):
        return _workbook_without(data, address_key(mail), source)
    return _text_without(data, address_key(mail), source)


def _key(cell: str) -> str:
    return address_key(stripped(cell))


def _mail_columns(headings: Sequence[object]) -> list[int]:
    return [
        col
        for col, text in enumerate(headings)
        if isinstance(text, str) and column_of(stripped(text)) == MAIL
    ]


def _text_without(data: bytes, mail: str, source: str) -> bytes:
    mark, encoding = encoding_of(data)
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError:
        encoding = "latin-1"  # which has a character for each byte, and gives each back
        text = data[len(mark) :].decode(encoding)
    told = SEPARATOR_LINE.match(text)
    physical = list(io.StringIO(text[told.end() if told else 0 :], newline=""))
    reader = csv.reader(physical, delimiter=delimiter_of(text), strict=True)
    columns: list[int] | None = None
    kept = [told[0] if told else ""]
    start = number = 0
    try:
        for cells in reader:
            number += 1
            if columns is None and any(map(stripped, cells)):
                columns = _mail_columns(cells)
            elif columns and any(_key(cells[c]) == mail for c in columns if c < len(cells)):
                start = reader.line_num
                continue
            kept += physical[start : reader.line_num]
            start = reader.line_num
    except csv.Error as error:  # as where a roster is read: a row may hide in another one's value
        at = Place(source=source, row=number + 1)
        raise RosterError([FindingCatalogue(load_texts()).roster_quote(at)]) from error
    return mark + "".join(kept).encode(encoding)


def _workbook_without(data: bytes, mail: str, source: str) -> bytes:
    import openpyxl

    _check_kind(data, source)
    macros = _has_macros(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the library leaves out, it leaves out
        book = openpyxl.load_workbook(io.BytesIO(data), keep_vba=macros)
        results = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    sheet = book.worksheets[0]
    gone = _rows_of(results.worksheets[0], mail)
    if not gone:
        return data
    for cells in sheet.iter_rows():
        for cell in cells:
            if cell.data_type == "f":
                cell.value = results.worksheets[0][cell.coordinate].value
    for number in reversed(gone):
        sheet.delete_rows(number)
    _move_up(sheet, gone)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _check_kind(data: bytes, source: str) -> None:
    make, at = FindingCatalogue(load_texts()), Place(source=source)
    try:
        file_format = check_file(data, Limits()).file_format
    except FileRefused as refused:
        reason = refusal_words(refused, make.texts)
        raise RosterError([make.roster_no_table(at, reason)]) from refused
    if file_format.name != "xlsx":
        raise RosterError([make.roster_no_table(at, make.texts("roster.only_two"))])


def _has_macros(data: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "xl/vbaProject.bin" in archive.namelist()


def _rows_of(sheet: Worksheet, mail: str) -> list[int]:
    """Return the numbers of the rows whose address this is."""
    columns: list[int] | None = None
    found = []
    for number, cells in enumerate(sheet.iter_rows(values_only=True), start=sheet.min_row):
        texts = [str(value) if value is not None else "" for value in cells]
        if columns is None:
            columns = _mail_columns(texts) if any(map(stripped, texts)) else None
        elif any(_key(texts[col]) == mail for col in columns):
            found.append(number)
    return found


def _move_up(sheet: Worksheet, gone: Sequence[int]) -> None:
    """Let what belongs to rows follow them: the library moves cells alone."""
    for rule in sheet.data_validations.dataValidation:
        rule.sqref = _moved(rule.sqref, gone)
    sheet.merged_cells = _moved(sheet.merged_cells, gone)
    _move_conditions(sheet, gone)
    _move_tables(sheet, gone)
    dimensions = {row: one for row, one in sheet.row_dimensions.items() if row not in gone}
    sheet.row_dimensions.clear()
    for row, dimension in dimensions.items():
        dimension.index = row - sum(number < row for number in gone)
        sheet.row_dimensions[dimension.index] = dimension
    for cells in sheet.iter_rows():
        for cell in cells:
            if cell.hyperlink is not None:
                cell.hyperlink.ref = cell.coordinate


def _move_conditions(sheet: Worksheet, gone: Sequence[int]) -> None:
    from openpyxl.formatting.formatting import ConditionalFormattingList

    formatting = ConditionalFormattingList()
    for one in sheet.conditional_formatting:
        areas = str(_moved(one.sqref, gone))
        for condition in one.rules if areas else ():
            formatting.add(areas, condition)
    sheet.conditional_formatting = formatting


def _move_tables(sheet: Worksheet, gone: Sequence[int]) -> None:
    from openpyxl.worksheet.cell_range import CellRange

    filtered = [sheet.auto_filter, *sheet.tables.values()]
    filtered += [table.autoFilter for table in sheet.tables.values()]
    for one in filtered:
        if one is not None and one.ref:
            area = CellRange(one.ref)
            one.ref = (_shrunk(area, gone) or area).coord


def _moved(areas: MultiCellRange, gone: Sequence[int]) -> MultiCellRange:
    """Return areas as they are once rows are gone, without those of which nothing is left."""
    return type(areas)([one for area in areas.ranges if (one := _shrunk(area, gone)) is not None])


def _shrunk(area: CellRange, gone: Sequence[int]) -> CellRange | None:
    """Return where an area is once rows are gone; None if nothing of it is left."""
    first = area.min_row - sum(row < area.min_row for row in gone)
    last = area.max_row - sum(row <= area.max_row for row in gone)
    if last < first:
        return None
    return type(area)(min_col=area.min_col, min_row=first, max_col=area.max_col, max_row=last)
