"""
Writes the formulas of the rating steps that a level lacks, and of what one step more would change.

Each is a whole number. `INT` rounds quotients of positive whole numbers down, which every program
does alike: such a quotient is a whole number, or far from the next one.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Final

from iml4e_xlsx.model import NOT_APPLICABLE, AreaResult, LevelResult, Response, Scheme, Thresholds
from iml4e_xlsx.scoring import exceeds_bound
from iml4e_xlsx.workbook.calculation_layout import RAISED
from iml4e_xlsx.workbook.cells import cell_address, quote_sheet_name
from iml4e_xlsx.workbook.workbook_layout import AreaSheet, Layout

BAR_LENGTH: Final = 20
"""In how many pieces a bar of fulfilment is drawn."""

FULL, EMPTY, MARK = "\N{FULL BLOCK}", "\N{LIGHT SHADE}", "|"
"""Characters that stand in every font for documents, and are drawn alike."""

_LONGEST_FORMULA: Final = 7_500
"""In characters; Excel takes 8,192."""

MORE: Final = ", \N{HORIZONTAL ELLIPSIS}"


def bar_marks(thresholds: Thresholds) -> tuple[int, int]:
    """Return behind how many pieces of a bar the two bounds stand."""
    bounds = (thresholds.reached_above, thresholds.passed_above)
    first, second = (int(BAR_LENGTH * bound) for bound in bounds)
    return first, second


def bar_pieces(level: LevelResult, thresholds: Thresholds) -> int:
    """Return how many pieces of a level's bar are full: beyond a mark only if above its bound."""
    if not level.possible:
        return 0
    first, second = bar_marks(thresholds)
    pieces = (BAR_LENGTH * level.points + level.possible - 1) // level.possible
    if level.required(thresholds.passed_above) <= level.points:
        return max(pieces, second + 1)
    if level.required(thresholds.reached_above) <= level.points:
        return min(max(pieces, first + 1), second)
    return min(pieces, first)


def draw_bar(pieces: int, thresholds: Thresholds) -> str:
    """Return a bar with so many full pieces, and a line at each of the two bounds."""
    drawn = FULL * pieces + EMPTY * (BAR_LENGTH - pieces)
    first, second = bar_marks(thresholds)
    return MARK.join((drawn[:first], drawn[first:second], drawn[second:]))


def step_formulas(layout: Layout, scheme: Scheme, area: str, level: int) -> dict[str, str]:
    """Return the formulas of a row of the calculation about steps, by column."""
    calc, top = layout.calculation, scheme.top

    def cell(column: str, of: int = level) -> str:
        return calc.figure_cell(area, of, column).a1

    full = scheme.scale[-1] - scheme.scale[0]
    applicable, points = cell("applicable"), cell("points")
    texts = {}
    bounds = {"passed": scheme.thresholds.passed_above, "reached": scheme.thresholds.reached_above}
    for name, bound in bounds.items():
        least = f"INT({bound.numerator * full}*{applicable}/{bound.denominator})+1"
        texts[f"required_{name}"] = f"=IF({applicable}=0,0,{least})"
        required = cell(f"required_{name}")
        texts[f"missing_{name}"] = f"=IF({required}>{points},{required}-{points},0)"
    below = cell("highest_applying", level - 1) if level > 1 else "0"
    above = cell("next_applying", level + 1) if level < top else "0"
    texts["highest_applying"] = f"=IF({applicable}>0,{cell('level')},{below})"
    texts["next_applying"] = f"=IF({applicable}>0,{cell('level')},{above})"
    steps = []
    for number, (lower, higher) in enumerate(pairwise(scheme.scale)):
        some = cell(f"count_{number}")
        if not number:  # what is open counts as the lowest rating
            some = f"{some}+{cell('open')}"
        steps.append(f"IF({some}>0,{higher - lower},0)")
    texts["longest_step"] = f"=MAX({','.join(steps)})"
    is_open_below = cell("passed", level - 1) if level > 1 else "1"
    texts[f"{RAISED}points"] = (
        f"={points}+IF(AND({is_open_below}=1,{cell('passed')}=0),{cell('longest_step')},0)"
    )
    texts["bar"] = _bar_formula(scheme, points, applicable, cell)
    texts["unmet"] = _unmet_formula(layout, scheme, area, level)
    return texts


def _bar_formula(scheme: Scheme, points: str, applicable: str, cell: object) -> str:
    full = scheme.scale[-1] - scheme.scale[0]
    first, second = bar_marks(scheme.thresholds)
    assert callable(cell)
    pieces = f"INT(({BAR_LENGTH}*{points}+{full}*{applicable}-1)/({full}*{applicable}))"
    reached = f"MIN(MAX({pieces},{first + 1}),{second})"
    return (
        f"=IF({applicable}=0,0,IF({cell('missing_passed')}=0,MAX({pieces},{second + 1}),"
        f"IF({cell('missing_reached')}=0,{reached},MIN({pieces},{first}))))"
    )


def _unmet_formula(layout: Layout, scheme: Scheme, area: str, level: int) -> str:
    """
    Return the formula that lists the statements of a level that are not fully met.

    A comma stands before each: a cell with nothing but an id would be taken for a statement. Full
    and n/a are counted as neighbours, so one comparison tells both from the rest.
    """
    sheet = layout.areas[area]
    full = len(scheme.scale)
    assert scheme.ratings[full].value == NOT_APPLICABLE
    terms: list[str] = []
    length = 0
    for statement in scheme.area(area).statements:
        if statement.level != level:
            continue
        row = sheet.rows[statement.id]
        position, id_ = (
            f"{quote_sheet_name(sheet.sheet)}!{cell_address(row, col)}"
            for col in (AreaSheet.COUNTED_AS, AreaSheet.ID)
        )
        term = f'IF(ABS({position}-{full}.5)<1,"",", "&{id_})'
        length += len(term) + 1
        if length > _LONGEST_FORMULA:
            terms.append(f'"{MORE}"')
            break
        terms.append(term)
    return "=" + ("&".join(terms) or '""')


def unmet_text(scheme: Scheme, area: str, level: int, response: Response) -> str:
    """Return the list of a level's statements that are not fully met, as the formula writes it."""
    met = (scheme.scale[-1], NOT_APPLICABLE)
    return "".join(_list_unmet(scheme, area, level, response, met))


def _list_unmet(
    scheme: Scheme, area: str, level: int, response: Response, met: tuple[object, ...]
) -> Iterator[str]:
    for statement in scheme.area(area).statements:
        if statement.level == level:
            answer = response.answers.get(statement.id)
            if answer is None or answer.rating not in met:
                yield f", {statement.id}"


def add_step_values(
    rows: list[dict[str, float | int | str]], result: AreaResult, scheme: Scheme
) -> None:
    """Add to an area's rows the values of the columns about steps."""
    bounds, scale = scheme.thresholds, scheme.scale
    highest = following = 0
    for level, row in zip(result.levels, rows, strict=True):
        highest = level.level if level.possible else highest
        row["highest_applying"] = highest
        for name, bound in (("passed", bounds.passed_above), ("reached", bounds.reached_above)):
            row[f"required_{name}"] = level.required(bound)
            row[f"missing_{name}"] = level.missing(bound)
        steps = [after - before for before, after in pairwise(scale) if level.counts[before]]
        row["longest_step"] = max(
            [*steps, *([scale[1] - scale[0]] if level.unanswered else [])], default=0
        )
        row["bar"] = bar_pieces(level, bounds)
    for level, row in zip(reversed(result.levels), reversed(rows), strict=True):
        following = level.level if level.possible else following
        row["next_applying"] = following
    _add_raised(rows, result, bounds)


def _add_raised(
    rows: list[dict[str, float | int | str]], result: AreaResult, bounds: Thresholds
) -> None:
    passed, reached, below = 1, 0, 1
    for level, row in zip(result.levels, rows, strict=True):
        is_first = below == 1 and row["passed"] == 0
        points = level.points + (int(row["longest_step"]) if is_first else 0)
        below = int(row["passed"])
        if level.possible:
            share = Fraction(points, level.possible)
            if passed and exceeds_bound(share, bounds.reached_above):
                reached = level.level
            passed = int(passed and exceeds_bound(share, bounds.passed_above))
        row |= {f"{RAISED}points": points, f"{RAISED}passed": passed, f"{RAISED}reached": reached}
