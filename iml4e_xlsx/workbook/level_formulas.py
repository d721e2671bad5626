"""Writes the formulas of the calculation's rows, one for each level of each area."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from iml4e_xlsx.model import AreaResult, LevelResult, Scheme
from iml4e_xlsx.scoring import exceeds_bound
from iml4e_xlsx.workbook.calculation_layout import RAISED
from iml4e_xlsx.workbook.formulas import cell_figure, not_applicable_column
from iml4e_xlsx.workbook.step_formulas import add_step_values, step_formulas
from iml4e_xlsx.workbook.workbook_layout import AreaSheet, Layout


@lru_cache(maxsize=64)
def level_formulas(layout: Layout, scheme: Scheme, area: str, level: int) -> dict[str, str]:
    """Return the formulas of a row of the calculation, by column."""
    sheet = layout.areas[area]
    calc = layout.calculation
    levels, counted = sheet.column_range(AreaSheet.LEVEL), sheet.column_range(AreaSheet.COUNTED_AS)

    def here(column: str) -> str:
        return calc.figure_cell(area, level, column).a1

    counts = [f"count_{i}" for i in range(len(scheme.ratings))]
    texts = {"statements": f"=COUNTIF({levels},{here('level')})"}
    for position, column in enumerate(counts, 1):
        texts[column] = f"=COUNTIFS({levels},{here('level')},{counted},{position})"
    # What stands behind n/a leaves a statement open.
    na = here(not_applicable_column(scheme))
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
    texts |= step_formulas(layout, scheme, area, level)
    raised = _level_chain(layout, scheme, area, level, RAISED)
    texts |= {key: raised[key] for key in (f"{RAISED}passed", f"{RAISED}reached")}
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
            "highest_points": level.high_points,
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
    add_step_values(rows, result, scheme)
    return rows


def _level_weight(result: AreaResult, level: LevelResult) -> int:
    weight = 1
    for other in result.levels:
        if other.level != level.level:
            weight *= other.applicable or 1
    return weight
