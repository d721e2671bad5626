"""
Writes the scoring rule as formulas, each together with the value that it yields.

Only SUMPRODUCT, COUNTIF, COUNTIFS, SUM, COUNT, IF, AND, ISNUMBER, MIN, AVERAGE and IFERROR are
used, which Excel since 2010, LibreOffice, Google Sheets, Numbers and Gnumeric compute alike.
Thresholds are compared as whole numbers (points times denominator against statements times
numerator), so that no rounding changes a result.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from iml4e_xlsx.model import AreaResult, LevelResult, OverallResult, Scheme
from iml4e_xlsx.scoring import exceeds_bound
from iml4e_xlsx.workbook.workbook_layout import AreaSheet, Layout

NO_VALUE = "#N/A"
"""The value that a chart leaves out; the only error that a formula may yield on purpose."""


@dataclass(frozen=True, slots=True)
class Formula:
    """The text of a formula, and its value for the ratings that the workbook is built with."""

    text: str
    value: float | int | str


def cell_figure(value: Fraction | None) -> float | str:
    """Return an exact figure as a cell holds it; an empty text if there is none."""
    return "" if value is None else float(value)


def literal_criterion(label: str) -> str:
    """Return a label as COUNTIF takes it: with its wildcards escaped."""
    return label.replace("~", "~~").replace("*", "~*").replace("?", "~?")


@lru_cache(maxsize=64)
def level_formulas(layout: Layout, scheme: Scheme, area: str, level: int) -> dict[str, str]:
    """Return the formulas of a row of the calculation, by column."""
    sheet = layout.areas[area]
    calc = layout.calculation
    levels, ratings = sheet.column_range(AreaSheet.LEVEL), sheet.column_range(AreaSheet.RATING)

    def here(column: str) -> str:
        return calc.figure_cell(area, level, column).a1

    counts = [f"count_{i}" for i in range(len(scheme.ratings))]
    texts = {"statements": f"=COUNTIF({levels},{here('level')})"}
    for column, rating in zip(counts, scheme.ratings, strict=True):
        label = literal_criterion(rating.label).replace('"', '""')
        texts[column] = f'=COUNTIFS({levels},{here("level")},{ratings},"{label}")'
    na = here(counts[-1])
    texts["open"] = f"={here('statements')}-SUM({here(counts[0])}:{na})"
    texts["applicable"] = f"={here('statements')}-{na}"
    lowest, full = scheme.scale[0], scheme.scale[-1] - scheme.scale[0]
    terms = [
        f"{value - lowest}*{here(column)}"
        for column, value in zip(counts, scheme.scale, strict=False)
        if value != lowest
    ]
    texts["points"] = "=" + "+".join(terms)
    texts["highest_points"] = f"={here('points')}+{full}*{here('open')}"
    for prefix in ("", "highest_"):
        texts |= _level_chain(layout, scheme, area, level, prefix)
    others = [other for other in scheme.scored_levels if other != level]
    weights = [calc.figure_cell(area, other, "applicable").a1 for other in others]
    texts["weight"] = "=" + ("*".join(f"IF({w}=0,1,{w})" for w in weights) or "1")
    return texts


def _level_chain(
    layout: Layout, scheme: Scheme, area: str, level: int, prefix: str
) -> dict[str, str]:
    """Return the formulas of fulfilment, of levels passed and of the level reached so far."""
    calc = layout.calculation

    def cell(column: str, of: int = level) -> str:
        return calc.figure_cell(area, of, column).a1

    full = scheme.scale[-1] - scheme.scale[0]
    points = cell(f"{prefix}points")
    applicable = cell("applicable")
    below = cell(f"{prefix}passed", level - 1) if level > 1 else "1"
    so_far = cell(f"{prefix}reached", level - 1) if level > 1 else "0"

    def above(bound: Fraction) -> str:
        return f"{points}*{bound.denominator}>{bound.numerator * full}*{applicable}"

    passed, reached = scheme.thresholds.passed_above, scheme.thresholds.reached_above
    return {
        f"{prefix}fulfilment": f'=IF({applicable}=0,"",{points}/({full}*{applicable}))',
        f"{prefix}passed": f"=IF({applicable}=0,{below},IF({above(passed)},{below},0))",
        f"{prefix}reached": (
            f"=IF(AND({applicable}>0,{below}=1,{above(reached)}),{cell('level')},{so_far})"
        ),
    }


def level_values(result: AreaResult, scheme: Scheme) -> list[dict[str, float | int | str]]:
    """Return the values of an area's rows of the calculation, by column, lowest level first."""
    rows: list[dict[str, float | int | str]] = []
    passed = {"": 1, "highest_": 1}
    reached = {"": 0, "highest_": 0}
    bounds = scheme.thresholds
    for level in result.levels:
        row: dict[str, float | int | str] = {
            "statements": level.statements,
            "open": level.unanswered,
            "applicable": level.applicable,
            "points": level.points,
            "highest_points": level.possible,
            "weight": _level_weight(result, level),
        }
        for i, rating in enumerate(scheme.ratings):
            row[f"count_{i}"] = level.counts[rating.value]
        for prefix, value in (("", level.fulfilment), ("highest_", level.high)):
            if value is not None:
                if passed[prefix] and exceeds_bound(value, bounds.reached_above):
                    reached[prefix] = level.level
                passed[prefix] = int(passed[prefix] and exceeds_bound(value, bounds.passed_above))
            row[f"{prefix}fulfilment"] = cell_figure(value)
            row[f"{prefix}passed"] = passed[prefix]
            row[f"{prefix}reached"] = reached[prefix]
        rows.append(row)
    return rows


def _level_weight(result: AreaResult, level: LevelResult) -> int:
    weight = 1
    for other in result.levels:
        if other.level != level.level:
            weight *= other.applicable or 1
    return weight


class SummaryFormulas:
    """The formulas of the summary sheet, and of the sheets that repeat its figures."""

    def __init__(self, layout: Layout, scheme: Scheme) -> None:
        self.layout = layout
        self.scheme = scheme
        self.sheet = layout.summary
        self.calc = layout.calculation

    def _level_range(self, area: str, column: str) -> str:
        return self.calc.level_range(area, column, self.scheme.top)

    def _area_reference(self, area: str, col: int) -> str:
        return self.sheet.figure_cell(area, col).reference

    def area_level(self, result: AreaResult, prefix: str = "") -> Formula:
        """Return the level reached, or, with the prefix `highest_`, the level still possible."""
        cell = self.calc.figure_cell(result.area, self.scheme.top, f"{prefix}reached")
        return Formula(f"={cell.reference}", result.high.level if prefix else result.level)

    def area_index(self, result: AreaResult, prefix: str = "") -> Formula:
        """
        Return the index as one division of whole numbers.

        The weights bring the levels' fractions to a common denominator, so that the quotient
        is the same double as that of the exact fraction.
        """
        full = self.scheme.scale[-1] - self.scheme.scale[0]
        points = self._level_range(result.area, f"{prefix}points")
        weights = self._level_range(result.area, "weight")
        applicable = self._level_range(result.area, "applicable")
        counted = f'COUNTIF({applicable},">0")'
        first = self.calc.figure_cell(result.area, 1, "applicable").reference
        common = (
            f"IF({first}=0,1,{first})*{self.calc.figure_cell(result.area, 1, 'weight').reference}"
        )
        quotient = f"{self.scheme.top}*SUMPRODUCT({points},{weights})/({counted}*{full}*{common})"
        value = result.high.index if prefix else result.index
        return Formula(f'=IF({counted}=0,"",{quotient})', cell_figure(value))

    def answered_count(self, result: AreaResult) -> Formula:
        """Return the number of statements of an area with a rating or n/a."""
        statements = self._level_range(result.area, "statements")
        unanswered = self._level_range(result.area, "open")
        return Formula(f"=SUM({statements})-SUM({unanswered})", result.answered)

    def statement_count(self, result: AreaResult) -> Formula:
        """Return the number of statements of an area."""
        return Formula(f"=SUM({self._level_range(result.area, 'statements')})", result.statements)

    def completeness_share(self, result: AreaResult) -> Formula:
        """Return the share of statements with a rating or n/a."""
        statements = self._level_range(result.area, "statements")
        unanswered = self._level_range(result.area, "open")
        text = f"=IF(SUM({statements})=0,0,1-SUM({unanswered})/SUM({statements}))"
        return Formula(text, float(result.completeness))

    def not_applicable_share(self, result: AreaResult) -> Formula:
        """Return the share of statements rated n/a."""
        column = f"count_{len(self.scheme.ratings) - 1}"
        statements = self._level_range(result.area, "statements")
        counted = self._level_range(result.area, column)
        text = f"=IF(SUM({statements})=0,0,SUM({counted})/SUM({statements}))"
        return Formula(text, float(result.not_applicable))

    def level_fulfilment(self, result: AreaResult, level: int) -> Formula:
        """Return a level's fulfilment; empty text where it is skipped."""
        cell = self.calc.figure_cell(result.area, level, "fulfilment")
        return Formula(f"={cell.reference}", cell_figure(result.levels[level - 1].fulfilment))

    def target_gap(self, result: AreaResult) -> Formula:
        """Return the distance from the index to the target; an empty text without one of them."""
        target = self._area_reference(result.area, self.sheet.TARGET)
        index = self._area_reference(result.area, self.sheet.INDEX)
        text = (
            f"=IF(AND(ISNUMBER({target}),ISNUMBER({index})),"
            f'IF({target}>{index},{target}-{index},0),"")'
        )
        return Formula(text, cell_figure(result.gap))

    def target_progress(self, result: AreaResult, value: Fraction | None) -> Formula:
        """Return the share of the way from the previous index to the target that is done."""
        previous = self.sheet.detail_cell(result.area, self.sheet.previous_col).reference
        target = self._area_reference(result.area, self.sheet.TARGET)
        index = self._area_reference(result.area, self.sheet.INDEX)
        numbers = f"AND(ISNUMBER({previous}),ISNUMBER({target}),ISNUMBER({index}))"
        way = f"({index}-{previous})/({target}-{previous})"
        return Formula(f'=IF({numbers},IFERROR({way},""),"")', cell_figure(value))

    def area_remark(self, result: AreaResult, provisional: str, unbalanced: str) -> Formula:
        """Return the warnings about an area: statements are open, or its base is weak."""
        completeness = self._area_reference(result.area, self.sheet.COMPLETENESS)
        index = self._area_reference(result.area, self.sheet.INDEX)
        level = self._area_reference(result.area, self.sheet.LEVEL)
        is_unbalanced = f"IF(ISNUMBER({index}),IF({index}>={level}+1,1,0),0)=1"
        text = (
            f'=IF({completeness}<1,"{provisional}","")'
            f'&IF({is_unbalanced},IF({completeness}<1,"; ","")&"{unbalanced}","")'
        )
        notes = [provisional] if result.provisional else []
        if result.unbalanced:
            notes.append(unbalanced)
        return Formula(text, "; ".join(notes))

    def chart_index(self, result: AreaResult) -> Formula:
        """Return the index for the chart, which draws no point where there is none."""
        index = self._area_reference(result.area, self.sheet.INDEX)
        value = NO_VALUE if result.index is None else float(result.index)
        return Formula(f"=IF(ISNUMBER({index}),{index},NA())", value)

    def overall_figures(self, overall: OverallResult) -> dict[int, Formula]:
        """Return the whole assessment's figures of the first table, by column."""
        sheet = self.sheet
        areas = sheet.areas
        statements = "+".join(f"SUM({self._level_range(area, 'statements')})" for area in areas)
        unanswered = "+".join(f"SUM({self._level_range(area, 'open')})" for area in areas)
        levels, indices = sheet.column_range(sheet.LEVEL), sheet.column_range(sheet.INDEX)
        return {
            sheet.COMPLETENESS: Formula(
                f"=1-({unanswered})/({statements})", float(overall.completeness)
            ),
            sheet.LEVEL: Formula(f"=MIN({levels})", overall.level),
            sheet.INDEX: Formula(f'=IFERROR(AVERAGE({indices}),"")', cell_figure(overall.index)),
        }

    def way_to_target(self, overall: OverallResult) -> Formula:
        """Return the share of the way to the targets; an empty text if no target is set."""
        sheet = self.sheet
        gaps, targets = sheet.column_range(sheet.GAP), sheet.column_range(sheet.TARGET)
        aims = f"SUMPRODUCT(ISNUMBER({gaps})*1,{targets})"
        text = f'=IFERROR(1-SUM({gaps})/{aims},"")'
        return Formula(text, cell_figure(overall.to_target))

    def highest_figures(self, overall: OverallResult) -> dict[int, Formula]:
        """Return the whole assessment's figures of the second table, by column."""
        sheet = self.sheet
        levels = sheet.detail_range(sheet.high_level_col)
        indices = sheet.detail_range(sheet.high_index_col)
        return {
            sheet.high_level_col: Formula(f"=MIN({levels})", overall.high.level),
            sheet.high_index_col: Formula(
                f'=IFERROR(AVERAGE({indices}),"")', cell_figure(overall.high.index)
            ),
        }

    def repeat_figure(self, area: str, col: int, value: float | str) -> Formula:
        """Return a formula that repeats a figure of the first table; empty stays empty."""
        cell = self.sheet.figure_cell(area, col).reference
        return Formula(f'=IF({cell}="","",{cell})', value)

    def total_answered(self, overall: OverallResult) -> Formula:
        """Return the number of statements of the whole workbook with a rating or n/a."""
        statements = "+".join(
            f"SUM({self._level_range(a, 'statements')})" for a in self.sheet.areas
        )
        unanswered = "+".join(f"SUM({self._level_range(a, 'open')})" for a in self.sheet.areas)
        return Formula(f"={statements}-({unanswered})", overall.answered)

    def total_statements(self, overall: OverallResult) -> Formula:
        """Return the number of statements of the whole workbook."""
        statements = "+".join(
            f"SUM({self._level_range(a, 'statements')})" for a in self.sheet.areas
        )
        return Formula(f"={statements}", overall.statements)
