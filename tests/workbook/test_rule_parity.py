"""LibreOffice computes the rule, and says it, as the scorer does: for any scheme, any response."""

from __future__ import annotations

import os
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from iml4e_xlsx.model import RatingValue, Result, Scheme
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.scoring import score
from iml4e_xlsx.workbook.area_formulas import area_formulas
from iml4e_xlsx.workbook.formulas import SummaryFormulas
from iml4e_xlsx.workbook.summary_layout import OVERALL
from iml4e_xlsx.workbook.summary_sentences import SummarySentences
from iml4e_xlsx.workbook.workbook_layout import Layout, layout_of
from tests.support.builders import (
    built,
    in_order,
    regular_table,
    response,
    scheme_fields,
    small_scheme,
    write_scheme,
)
from tests.support.office import Cell, Office, Value
from tests.test_scoring import EXAMPLES, WAYS

NA: RatingValue = "n/a"
CASES = int(os.environ.get("PARITY_CASES", "500"))
"""How many random responses are compared; `make fuzz` takes many more."""

LONGEST_FORMULA = 8_192
"""In characters; Excel calls a workbook with a longer one damaged."""

SHAPES = (
    (1, 1, (0, 1)),
    (2, 6, (0, 1, 2, 3)),
    (4, 3, (1, 2, 3, 4, 5)),
    (3, 2, (-1, 0, 2, 4)),
    (20, 4, (0, 1, 2, 3)),
)
"""Numbers of areas and levels, and scales; each shape lacks statements at some levels."""


def place(cell: Any) -> Cell:
    return (cell.sheet, cell.a1)


def expected_cells(layout: Layout, scheme: Scheme, result: Result) -> dict[Cell, Value]:
    """Return what the workbook shows of a result, by the scorer."""
    summary, formulas = layout.summary, SummaryFormulas(layout, scheme)
    sentences = SummarySentences(layout, scheme)
    values: dict[Cell, Any] = {}
    for area in result.areas:
        for column, formula in area_formulas(layout, scheme, area).items():
            values[place(layout.calculation.area_cell(area.area, column))] = formula.value
        values[place(summary.figure_cell(area.area, summary.LEVEL))] = formulas.area_level(
            area
        ).value
        values[place(summary.figure_cell(area.area, summary.STEPS))] = formulas.steps_to_target(
            area
        ).value
        values[place(summary.figure_cell(area.area, summary.way_col))] = sentences.way_on(
            area
        ).value
        remark = summary.detail_cell(area.area, summary.remark_col(previous=False))
        values[place(remark)] = sentences.area_remark(area).value
        for level in area.levels:
            bar = summary.figure_cell(area.area, summary.bar_col(level.level))
            values[place(bar)] = sentences.level_bar(area, level).value
    for col, formula in formulas.overall_figures(result.overall).items():
        values[place(summary.figure_cell(OVERALL, col))] = formula.value
    values[summary.sheet, f"B{summary.HEADLINE + 1}"] = sentences.headline(result).value
    values[summary.sheet, f"G{summary.TILES + 1}"] = formulas.way_to_target(result.overall).value
    return values


def find_formulas(path: Path) -> list[str]:
    """Return every formula of a workbook."""
    book = openpyxl.load_workbook(path)
    cells = (cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row)
    return [str(cell.value) for cell in cells if cell.data_type == "f"]


def random_ratings(scheme: Scheme, rng: random.Random) -> dict[str, RatingValue | None]:
    """Return ratings in which whole levels and whole areas are n/a, or open."""
    values: list[RatingValue | None] = [*scheme.scale, NA, None]
    strength = rng.choice([1, 1, 3, 8])
    weights = [1.0] * (len(scheme.scale) - 1) + [
        strength,
        rng.choice([0, 0.3]),
        rng.choice([0, 0.3]),
    ]
    ratings: dict[str, RatingValue | None] = {}
    for area in scheme.areas:
        is_whole = rng.random() < 0.2
        same: RatingValue | None = rng.choice([NA, None, scheme.scale[-1]])
        for statement in area.statements:
            ratings[statement.id] = same if is_whole else rng.choices(values, weights)[0]
        for level in scheme.scored_levels:
            fill: RatingValue = rng.choice([NA, scheme.scale[-1], scheme.scale[-1]])
            if not is_whole and rng.random() < 0.3:
                ratings |= {s.id: fill for s in area.statements if s.level == level}
    return ratings


def find_faults(
    scheme: Scheme,
    office: Office,
    path: Path,
    cases: list[tuple[Mapping[str, Any], Mapping[str, int]]],
) -> list[Any]:
    """Return where LibreOffice and the scorer differ, over ratings and targets, in one start."""
    layout = layout_of(scheme)
    source = built(scheme, path / "blank.xlsx")
    formulas = find_formulas(source)
    assert max(map(len, formulas)) < LONGEST_FORMULA
    batches, wanted = [], []
    for ratings, targets in cases:
        cells: dict[Cell, Value] = {}
        for id_, rating in ratings.items():
            cell = layout.area_sheet_of(id_).rating_cell(id_)
            cells[place(cell)] = None if rating is None else scheme.label(rating)
        for code in layout.areas:
            target = targets.get(code)
            cell = layout.summary.figure_cell(code, layout.summary.TARGET)
            cells[place(cell)] = None if target is None else float(target)
        batches.append(cells)
        result = score(response(scheme, ratings, targets=targets), scheme)
        wanted.append(expected_cells(layout, scheme, result))
    rows = office.evaluate(source, batches, list(wanted[0]))
    return [
        (cell, shown, value)
        for expected, row in zip(wanted, rows, strict=True)
        for (cell, value), shown in zip(expected.items(), row, strict=True)
        if not is_same(shown, value)
    ]


def is_same(shown: Value, wanted: Value) -> bool:
    if wanted == "" or wanted is None:
        return shown in ("", None)
    if isinstance(wanted, str):
        return shown == wanted
    return isinstance(shown, float) and abs(shown - wanted) < 1e-9


def random_cases(
    scheme: Scheme, rng: random.Random, count: int
) -> list[tuple[Mapping[str, Any], Mapping[str, int]]]:
    cases: list[tuple[Mapping[str, Any], Mapping[str, int]]] = []
    for _ in range(count):
        targets = {
            area.code: rng.randint(0, scheme.top) for area in scheme.areas if rng.random() < 0.7
        }
        cases.append((random_ratings(scheme, rng), targets))
    return cases


def test_the_official_scheme_is_computed_alike(
    official: Scheme, office: Office, tmp_path: Path
) -> None:
    """Levels, steps, ways, sentences and bars, of a fifth of the responses."""
    cases = random_cases(official, random.Random(16), CASES // 5)

    assert find_faults(official, office, tmp_path, cases) == []


@pytest.mark.parametrize(("areas", "top", "scale"), SHAPES)
def test_any_scheme_is_computed_alike(
    office: Office, tmp_path: Path, areas: int, top: int, scale: tuple[int, ...]
) -> None:
    """The others, over schemes of other shapes, with levels that have no statement."""
    rng = random.Random(areas * 100 + top)
    codes = [f"A{chr(65 + number)}" for number in range(areas)]
    lines = regular_table(codes, top, 3).splitlines()
    # The first area has statements at its top level alone, so that all below are skipped.
    kept = [line for line in lines if f"| {codes[0]} | {top} |" in line]
    kept += [line for line in lines if codes[0] not in line and rng.random() < 0.7]
    missing = [code for code in codes if not any(code in line for line in kept)]
    kept += [line for line in lines if any(code in line for code in missing)]
    fields = scheme_fields("\n".join(kept), top=top, scale=scale, thresholds=("0.40", "0.83"))
    scheme = load_scheme(write_scheme(tmp_path / "scheme", fields))
    cases = random_cases(scheme, rng, CASES * 4 // 5 // len(SHAPES))

    assert find_faults(scheme, office, tmp_path, cases) == []


def test_worked_examples_hold_after_recalculation(office: Office, tmp_path: Path) -> None:
    """Both tables of the rule: level and index, and the way to level 3."""
    scheme = small_scheme(tmp_path / "scheme", ["AA"])
    layout = layout_of(scheme)
    cases: list[tuple[Mapping[str, Any], Mapping[str, int]]] = [
        (in_order(scheme, "AA", one.ratings), {"AA": 3}) for one in WAYS
    ]
    assert find_faults(scheme, office, tmp_path, cases) == []

    batches: list[Mapping[Cell, Value]] = []
    for ratings, _ in cases:
        cells: dict[Cell, Value] = {}
        for id_, rating in ratings.items():
            label = None if rating is None else scheme.label(rating)
            cells[place(layout.area_sheet_of(id_).rating_cell(id_))] = label
        cells[place(layout.summary.figure_cell("AA", layout.summary.TARGET))] = 3.0
        batches.append(cells)
    summary, calculation = layout.summary, layout.calculation
    read = [summary.figure_cell("AA", col) for col in (summary.LEVEL, summary.INDEX, summary.STEPS)]
    read += [
        calculation.area_cell("AA", name)
        for name in ("required_points", "way", "steps_to_next", "effective")
    ]
    rows = office.evaluate(tmp_path / "blank.xlsx", batches, [place(cell) for cell in read])

    for one, row in zip(WAYS, rows, strict=True):
        level, index, steps, required, way, following, effective = row
        assert shown(level, "{:.0f}") == shown(one.level, "{:.0f}")
        assert shown(index, "{:.2f}") == one.shown_index
        assert shown(steps, "{:.0f}") == shown(one.steps, "{:.0f}")
        assert shown(required, "{:.0f}") == shown(one.required, "{:.0f}")
        assert shown(following, "{:.0f}") == shown(one.steps_to_next, "{:.0f}")
        assert shown(effective, "{:.0f}") == shown(one.effective_target, "{:.0f}")
        share = way * 100 if isinstance(way, float) else way
        assert shown(share, "{:.1f}") == one.share
    assert len(WAYS) > len(EXAMPLES)


def shown(value: float | str | None, form: str) -> str | None:
    is_figure = isinstance(value, float | int) and value >= 0
    return form.format(value) if is_figure else None
