"""Reads the summary sheet: targets, own estimates, and the figures that the workbook shows."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.model import Answer, Area, AreaResult, Response, Result, Scheme
from iml4e_xlsx.reading.illegible_cells import IllegibleCells, describe_fault
from iml4e_xlsx.reading.workbook_content import ShownFigures
from iml4e_xlsx.scoring import score_area
from iml4e_xlsx.spreadsheets.grid import CellPosition, Grid, GridRow, cell_text
from iml4e_xlsx.text.lists import list_names
from iml4e_xlsx.text.message import Message, message
from iml4e_xlsx.text.spelling import heading_key, visible_text
from iml4e_xlsx.workbook.cells import cell_address

_COLUMNS = ("area", "completeness", "level", "index", "target", "estimate")
_FIGURES = ("level", "index", "completeness")
_NEEDED = frozenset({"area", "target"})
_LONGEST_HEADING = 120
_TOLERANCE = 0.005
_LISTED = 12

_UNCOUNTED = frozenset({"rating-as-text", "rating-with-remark"})
"""The kinds of ratings that the reader understands and the formulas of the workbook do not."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The contents of the summary sheet, by area code."""

    targets: Mapping[str, int]
    estimates: Mapping[str, int]
    figures: Mapping[str, ShownFigures]


def summary_headings(texts: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return the name of the column of each heading, by its key, in every language."""
    return {
        heading_key(entries[f"summary.{name}"]): name
        for entries in texts
        for name in _COLUMNS
        if f"summary.{name}" in entries
    }


class SummaryReader:
    """Reads the summary of one workbook."""

    def __init__(
        self,
        scheme: Scheme,
        area_names: Mapping[str, str],
        source: str,
        catalogue: FindingCatalogue,
        illegible: IllegibleCells,
    ) -> None:
        self.scheme = scheme
        self.area_names = area_names
        self.source = source
        self.catalogue = catalogue
        self.illegible = illegible
        self.levels = {str(level.number): level.number for level in scheme.levels}
        self.findings: list[Finding] = []

    def read_summary(self, sheets: Iterable[Grid], headings: Mapping[str, str]) -> Summary | None:
        """Return the contents of the first sheet with a table of targets; None without one."""
        for grid in sheets:
            for row, values in grid.rows.items():
                columns = _find_columns(values, headings)
                if columns.keys() >= _NEEDED:
                    return self._read_table(grid, row, columns)
        return None

    def _read_table(self, grid: Grid, heading: int, columns: Mapping[str, int]) -> Summary:
        targets: dict[str, int] = {}
        estimates: dict[str, int] = {}
        figures: dict[str, ShownFigures] = {}
        faults = grid.find_faults()
        for row, values in grid.rows.items():
            if row <= heading:
                continue
            name = values.get(columns["area"])
            is_short = isinstance(name, str) and len(name) <= _LONGEST_HEADING
            code = self.area_names.get(heading_key(str(name))) if is_short else None
            if code is None or code in figures:
                continue  # of an area that stands twice, the first row counts
            for field, levels in (("target", targets), ("estimate", estimates)):
                if field in columns:
                    level = self._read_level(grid, row, columns[field], field, code)
                    if level is not None:
                        levels[code] = level
            figures[code] = self._read_figures(grid, row, columns, faults)
        needed = set(columns.values())
        self.illegible.report_sheet(grid, lambda row, col: row <= heading or col in needed)
        return Summary(targets, estimates, figures)

    def _read_figures(
        self, grid: Grid, row: int, columns: Mapping[str, int], faults: Container[CellPosition]
    ) -> ShownFigures:
        figures: list[float | None] = []
        for name in _FIGURES:
            col = columns.get(name, -1)
            # What cannot be read is reported as such; nobody can say whether it differs.
            if (row, col) in faults:
                return ShownFigures(Place(source=self.source), None, None, None)
            value = grid.cell_value(row, col)
            figures.append(value if isinstance(value, float) else None)
        cell = cell_address(row, columns.get("level", columns["area"]))
        return ShownFigures(Place(self.source, grid.name, cell), *figures)

    def _read_level(self, grid: Grid, row: int, col: int, field: str, code: str) -> int | None:
        """Return a chosen level, a number or text; add a finding for anything else."""
        place = Place(self.source, grid.name, cell_address(row, col))
        details = grid.details.get((row, col))
        if details is not None and details.fault is not None:
            self.illegible.claim(grid, row, col)
            fault = describe_fault(details.fault)
            self.findings.append(self.catalogue.level_illegible(place, field, code, fault))
            return None
        raw = grid.cell_value(row, col)
        text = visible_text(cell_text(raw)).strip()
        # An error, or a formula without a result, has no value and is no empty cell either.
        if details is not None and (details.error or not details.stored):
            raw = text = details.error or details.formula
        if not text:
            return None
        level = self.levels.get(text)
        if level is None or isinstance(raw, bool):
            levels = ", ".join(self.levels)
            self.findings.append(self.catalogue.level_unknown(place, field, code, text, levels))
            return None
        return level


def _find_columns(values: GridRow, headings: Mapping[str, str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for col, value in values.items():
        if isinstance(value, str) and len(value) <= _LONGEST_HEADING:
            name = headings.get(heading_key(value))
            if name is not None:
                columns.setdefault(name, col)
    return columns


def compare_figures(
    figures: Mapping[str, ShownFigures],
    result: Result,
    scheme: Scheme,
    rating_findings: Iterable[Finding],
    catalogue: FindingCatalogue,
) -> list[Finding]:
    """
    Return a finding for each area whose shown figures differ from those of its ratings.

    Args:
        figures: What the workbook shows, by area.
        result: What its ratings yield.
        scheme: The scheme of both.
        rating_findings: What was found while reading, among it ratings in unusual forms.
        catalogue: Makes the findings.
    """
    unusual = {each.statement for each in rating_findings if each.code in _UNCOUNTED}
    findings = []
    for area in result.areas:
        shown = figures.get(area.area)
        if shown is None or not _has_difference(shown, area):
            continue
        in_workbook = _figure_list(shown.level, shown.index, shown.completeness)
        computed = _figure_list(area.level, area.index, area.completeness)
        known = (shown.place, area.area, in_workbook, computed)
        part = scheme.area(area.area)
        ids = [each.id for each in part.statements if each.id in unusual]
        # The cause is said where it is proved: without these ratings, the figures are those shown.
        if ids and not _has_difference(shown, _score_without(ids, part, result.response, scheme)):
            names = list_names(ids, _LISTED)
            findings.append(catalogue.figures_without_ratings(*known, names))
        else:
            findings.append(catalogue.figures_differ(*known))
    return findings


def _score_without(
    ids: Iterable[str], area: Area, response: Response, scheme: Scheme
) -> AreaResult:
    """Return the result of an area with some statements unanswered."""
    left = {**response.answers, **{id_: Answer(statement=id_) for id_ in ids}}
    return score_area(area, replace(response, answers=left), scheme)


def _has_difference(shown: ShownFigures, area: AreaResult) -> bool:
    """Return whether a figure differs from the computed one; unless no figure was ever stored."""
    if shown.level is None and shown.index is None and shown.completeness is None:
        return False
    pairs = (
        (shown.level, area.level),
        (shown.index, area.index),
        (shown.completeness, area.completeness),
    )
    return any(_is_different(shown_figure, computed) for shown_figure, computed in pairs)


def _is_different(shown: float | None, computed: int | Fraction | None) -> bool:
    if computed is None:
        return bool(shown)  # .xls stores the empty text of a formula as 0
    if shown is None:
        return True
    return abs(shown - float(computed)) > _TOLERANCE


def _figure_list(
    level: float | None, index: float | Fraction | None, completeness: float | Fraction | None
) -> Message:
    """Make the message that lists the figures of an area, or says that nothing is answered."""
    if level is None and index is None and completeness == 0:
        return message("figures.open")
    none = message("figures.none")
    parts = (
        message("figures.level", value=none if level is None else f"{level:g}"),
        message("figures.index", value=none if index is None else f"{float(index):.2f}"),
        message(
            "figures.completeness",
            value=none if completeness is None else f"{float(completeness):.0%}",
        ),
    )
    return message("list.all", names=parts)
