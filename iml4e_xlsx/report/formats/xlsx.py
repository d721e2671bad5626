"""Writes tables as a workbook: a sheet for each, with filters, frozen panes and native charts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any, Final

from iml4e_xlsx.report.charts.chart_data import TableChart
from iml4e_xlsx.report.charts.palette import SERIES, Series
from iml4e_xlsx.report.contents.contents import Contents
from iml4e_xlsx.report.tables.comparison_tables import tidy_tables
from iml4e_xlsx.report.tables.left_out_table import left_out_table, list_entries
from iml4e_xlsx.report.tables.result_data import ResultBundle
from iml4e_xlsx.report.tables.table import (
    CellValue,
    Column,
    ColumnKind,
    OpenFigure,
    ResultTable,
)
from iml4e_xlsx.text.interface_texts import scheme_texts
from iml4e_xlsx.workbook.canvas import Canvas, Sheet
from iml4e_xlsx.workbook.cells import claim_sheet_name
from iml4e_xlsx.workbook.chart_design import ChartDesign
from iml4e_xlsx.workbook.typography import count_lines, row_height
from iml4e_xlsx.workbook.workbook_layout import RESULTS_PROPERTY

_LOOKS: Final[Mapping[ColumnKind, str]] = {
    ColumnKind.TEXT: "cell",
    ColumnKind.LONG: "cell",
    ColumnKind.CODE: "id",
    ColumnKind.FILE: "cell",
    ColumnKind.RATING: "cell",
    ColumnKind.COUNT: "count",
    ColumnKind.LEVEL: "level",
    ColumnKind.INDEX: "index",
    ColumnKind.SHARE: "percent",
}
_WIDTHS: Final[Mapping[ColumnKind, float]] = {
    ColumnKind.TEXT: 26,
    ColumnKind.LONG: 60,
    ColumnKind.CODE: 11,
    ColumnKind.FILE: 32,
    ColumnKind.RATING: 15,
    ColumnKind.COUNT: 12,
    ColumnKind.LEVEL: 11,
    ColumnKind.INDEX: 15,
    ColumnKind.SHARE: 13,
}
_TITLE, _NOTE, _HEAD = 0, 1, 3
_EARLIEST = datetime(2026, 1, 1)  # noqa: DTZ001 - the format knows no time zones
_LONGEST_CELL = 32_767
_CHART_ROWS = 22
_HIGHEST = 400.0
"""Points of a row; Excel ends at 409."""


MOST_SERIES: Final = len(SERIES)
"""A chart of more series than this has a legend that nobody reads; there is none then."""


def encode_tables(tables: Sequence[ResultTable]) -> bytes:
    """Return a workbook with a sheet for each table."""
    return render_workbook(tables, title=tables[0].title)


def encode_results(results: ResultBundle) -> bytes:
    """
    Return a workbook of the results: a sheet with a row for each area, one for each statement.

    If files are not in the results, a third sheet names them.
    """
    assessments = results.assessments
    scheme = assessments[0].scheme
    texts = scheme_texts(scheme)
    entries = list_entries(results.failures, results.left_out, texts)
    last = [left_out_table(entries, texts)] if entries else []
    return render_workbook(
        [*tidy_tables(assessments, by_source=results.by_source), *last], title=scheme.title
    )


def encode_report(contents: Contents) -> bytes:
    """Return a workbook with every table of a report, their list first, and charts below some."""
    tables = (contents.cover_table, *contents.tables)
    return render_workbook(tables, title=contents.title, charts=contents.table_charts)


def render_workbook(
    tables: Sequence[ResultTable],
    *,
    title: str,
    charts: Sequence[TableChart] = (),
    created: datetime = _EARLIEST,
) -> bytes:
    """
    Return a workbook with a sheet for each table.

    Args:
        tables: What to show; of two with the same title the second sheet gets a number.
        title: The document's title.
        charts: Charts, drawn below the table that they belong to where there are few enough rows.
        created: The time in the document's properties; the same input gives the same bytes.
    """
    canvas = Canvas(created, {"title": title})
    canvas.set_property(RESULTS_PROPERTY, "1")
    taken: set[str] = set()
    for table in tables:
        sheet = canvas.add_sheet(claim_sheet_name(table.title, taken))
        _write_table(sheet, table)
        _draw_charts(sheet, table, [chart for chart in charts if chart.table == table.title])
    return canvas.finish_workbook()


def _write_table(sheet: Sheet, table: ResultTable) -> None:
    sheet.write_text(_TITLE, 0, table.title, "title")
    sheet.set_height(_TITLE, 30)
    sheet.write_text(_NOTE, 0, table.note, "small")
    for col, column in enumerate(table.columns):
        sheet.write_text(_HEAD, col, column.heading, "head" if _is_left(column) else "head_centre")
    sheet.set_height(_HEAD, 32)
    widths = [_column_width(column, table) for column in table.columns]
    sheet.set_widths(widths)
    for number, row in enumerate(table.rows, start=_HEAD + 1):
        for col, (value, column) in enumerate(zip(row, table.columns, strict=True)):
            _write_cell(sheet, number, col, value, column)
        sheet.set_height(number, _row_height(row, widths))
    sheet.freeze_panes(_HEAD + 1, 1)
    if table.rows:
        last = _HEAD + len(table.rows)
        sheet.add_filter((_HEAD, 0, last, len(table.columns) - 1))
        _shade_columns(sheet, table, last)
    sheet.set_page(landscape=True, footer="&L&A&R&P / &N", repeat=_HEAD, tall=0)


def _row_height(row: Sequence[CellValue], widths: Sequence[float]) -> float:
    """Return the height in points that the longest text of a row needs, as far as Excel goes."""
    needed = (
        count_lines(value[:_LONGEST_CELL], width)
        for value, width in zip(row, widths, strict=True)
        if isinstance(value, str)
    )
    return min(row_height(max(needed, default=1)), _HIGHEST)


def _is_left(column: Column) -> bool:
    return column.kind in (ColumnKind.TEXT, ColumnKind.LONG, ColumnKind.RATING)


def _column_width(column: Column, table: ResultTable) -> float:
    if column.kind is not ColumnKind.TEXT:
        return _WIDTHS[column.kind]
    at = table.columns.index(column)
    longest = max((len(str(row[at] or "")) for row in table.rows), default=0)
    return min(max(14.0, longest * 1.1 + 4.0, len(column.heading) + 4.0), 44.0)


def _write_cell(sheet: Sheet, row: int, col: int, value: CellValue, column: Column) -> None:
    look = _LOOKS[column.kind]
    # Charts draw a text as 0, and leave an empty cell out.
    if value is None or (isinstance(value, OpenFigure) and column.kind is ColumnKind.INDEX):
        sheet.write_blank(row, col, look)
    elif isinstance(value, str):
        cut = len(value) > _LONGEST_CELL
        sheet.write_text(row, col, f"{value[: _LONGEST_CELL - 1]}…" if cut else value, look)
    else:
        number = float(value) if isinstance(value, Fraction) else value
        sheet.write_number(row, col, number, look)


def _shade_columns(sheet: Sheet, table: ResultTable, last: int) -> None:
    """Shade each column of levels or indices, darker for higher; the figure says the same."""
    for col, column in enumerate(table.columns):
        if table.top is not None and column.kind in (ColumnKind.INDEX, ColumnKind.LEVEL):
            sheet.shade_numbers((_HEAD + 1, col, last, col), table.top)


def _draw_charts(sheet: Sheet, table: ResultTable, charts: Iterable[TableChart]) -> None:
    at = _HEAD + len(table.rows) + 2
    for chart in charts:
        names = [column.name for column in table.columns]
        cols = [names.index(name) for name in chart.columns if name in names]
        places = _series_places(sheet.name, table, cols) if cols else []
        if not 1 <= len(places) <= MOST_SERIES:
            continue
        design = ChartDesign(
            kind=chart.kind,
            subtype="with_markers" if chart.kind == "radar" else None,
            series=[
                {**place, **_series_look(look)} for place, look in zip(places, SERIES, strict=False)
            ],
            title={"name": chart.title, "name_font": {"size": 13}},
            y_axis={"min": 0, "max": table.top, "major_unit": 1},
            legend={"position": "bottom"},
            width=720,
            height=380,
            description=chart.title,
        )
        sheet.insert_chart(at, 0, design)
        at += _CHART_ROWS + 1


def _series_places(sheet: str, table: ResultTable, cols: Sequence[int]) -> list[dict[str, Any]]:
    """Return where each row has its name, categories and values."""
    first, last = _HEAD + 1, _HEAD + len(table.rows)
    return [
        {
            "name": [sheet, row, 0],
            "categories": [sheet, _HEAD, cols[0], _HEAD, cols[-1]],
            "values": [sheet, row, cols[0], row, cols[-1]],
        }
        for row in range(first, last + 1)
    ]


def _series_look(look: Series) -> dict[str, Any]:
    paint = {"color": look.colour}
    return {
        "line": {**paint, "width": 2.25, "dash_type": look.dash},
        "marker": {"type": look.marker, "size": 7, "fill": paint, "border": paint},
    }
