"""Reads the summary sheet: targets and own estimates, and the figures that the workbook shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.model import AreaResult, Result, Scheme
from iml4e_xlsx.spreadsheets.grid import Grid, GridValue, cell_text
from iml4e_xlsx.text.texts import Texts
from iml4e_xlsx.workbook.cells import cell_address

_COLUMNS = ("area", "completeness", "level", "index", "target", "estimate")
_NEEDED = frozenset({"area", "target"})
_LONGEST_HEADING = 120
_TOLERANCE = 0.005


@dataclass(frozen=True, slots=True)
class ShownFigures:
    """What the workbook shows for an area: level, index, completeness; None where it has none."""

    place: Place
    level: float | None
    index: float | None
    completeness: float | None


@dataclass(frozen=True, slots=True)
class Summary:
    """What the summary sheet holds, by area code."""

    targets: Mapping[str, int]
    estimates: Mapping[str, int]
    figures: Mapping[str, ShownFigures]


def summary_headings(texts: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return the headings of the first table, casefolded, to their names, in all languages."""
    return {
        entries[f"summary.{name}"].casefold(): name
        for entries in texts
        for name in _COLUMNS
        if f"summary.{name}" in entries
    }


class SummaryReader:
    """Reads the summary of one workbook."""

    def __init__(
        self, scheme: Scheme, area_names: Mapping[str, str], source: str, make: FindingCatalogue
    ) -> None:
        self.scheme = scheme
        self.area_names = area_names
        self.source = source
        self.make = make
        self.findings: list[Finding] = []

    def read(self, sheets: Iterable[Grid], headings: Mapping[str, str]) -> Summary:
        """Return what the first sheet with a table of targets holds; all empty without one."""
        for grid in sheets:
            for row, values in enumerate(grid.rows):
                columns = _columns(values, headings)
                if columns.keys() >= _NEEDED:
                    return self._table(grid, row, columns)
        return Summary({}, {}, {})

    def _table(self, grid: Grid, heading: int, columns: Mapping[str, int]) -> Summary:
        targets: dict[str, int] = {}
        estimates: dict[str, int] = {}
        figures: dict[str, ShownFigures] = {}
        for row in range(heading + 1, len(grid.rows)):
            name = grid.value(row, columns["area"])
            code = self.area_names.get(" ".join(str(name).split()).casefold())
            if code is None or code in figures:
                continue
            for field, found in (("target", targets), ("estimate", estimates)):
                if field in columns:
                    level = self._level(grid, row, columns[field], field, code)
                    if level is not None:
                        found[code] = level
            figures[code] = self._figures(grid, row, columns)
        return Summary(targets, estimates, figures)

    def _figures(self, grid: Grid, row: int, columns: Mapping[str, int]) -> ShownFigures:
        def figure(name: str) -> float | None:
            value = grid.value(row, columns[name]) if name in columns else ""
            return value if isinstance(value, float) else None

        cell = cell_address(row, columns.get("level", columns["area"]))
        place = Place(source=self.source, sheet=grid.name, cell=cell)
        return ShownFigures(place, figure("level"), figure("index"), figure("completeness"))

    def _level(self, grid: Grid, row: int, col: int, field: str, code: str) -> int | None:
        """Return a level that was chosen, as number or as text; a finding for anything else."""
        raw = grid.value(row, col)
        text = cell_text(raw).strip()
        if not text:
            return None
        numbers = {str(level.number): level.number for level in self.scheme.levels}
        known = numbers.get(text)
        if known is None or isinstance(raw, bool):
            at = Place(source=self.source, sheet=grid.name, cell=cell_address(row, col))
            levels = ", ".join(numbers)
            self.findings.append(self.make.level_unknown(at, field, code, text, levels))
            return None
        return known


def _columns(values: Iterable[GridValue], headings: Mapping[str, str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for col, value in enumerate(values):
        if value and isinstance(value, str) and len(value) <= _LONGEST_HEADING:
            name = headings.get(" ".join(value.split()).casefold())
            if name is not None:
                columns.setdefault(name, col)
    return columns


def differing(
    figures: Mapping[str, ShownFigures], result: Result, make: FindingCatalogue
) -> list[Finding]:
    """Return a finding for each area whose shown figures are not those of its ratings."""
    findings = []
    for area in result.areas:
        shown = figures.get(area.area)
        if shown is not None and _differs(shown, area):
            found = _words(make.texts, shown.level, shown.index, shown.completeness)
            computed = _words(make.texts, area.level, area.index, area.completeness)
            findings.append(make.figures_differ(shown.place, area.area, found, computed))
    return findings


def _differs(shown: ShownFigures, area: AreaResult) -> bool:
    """Return whether a figure is another than computed; one that was never stored is not."""
    if shown.level is None and shown.index is None and shown.completeness is None:
        return False
    pairs = (
        (shown.level, area.level),
        (shown.index, area.index),
        (shown.completeness, area.completeness),
    )
    return any(_apart(one, other) for one, other in pairs)


def _apart(shown: float | None, computed: int | Fraction | None) -> bool:
    if computed is None:
        return bool(shown)  # .xls stores the empty text of a formula as 0
    if shown is None:
        return True
    return abs(shown - float(computed)) > _TOLERANCE


def _words(
    texts: Texts,
    level: float | None,
    index: float | Fraction | None,
    completeness: float | Fraction | None,
) -> str:
    none = texts("figures.none")
    parts = (
        texts("figures.level", value=none if level is None else f"{level:g}"),
        texts("figures.index", value=none if index is None else f"{float(index):.2f}"),
        texts(
            "figures.completeness",
            value=none if completeness is None else f"{float(completeness):.0%}",
        ),
    )
    return ", ".join(parts)
