"""
Writes what is computed of each area: the way to its target and to the next level, what blocks it.

A target is a level, so the way to it is counted in what the levels up to it lack. An area about
which nobody said anything, or to which nothing applies, has none of these figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from iml4e_xlsx.model import AreaResult, Scheme
from iml4e_xlsx.workbook.calculation_layout import NO_FIGURE, RAISED
from iml4e_xlsx.workbook.cells import Cell
from iml4e_xlsx.workbook.formulas import Formula, quote_text
from iml4e_xlsx.workbook.workbook_layout import Layout


def area_formulas(layout: Layout, scheme: Scheme, result: AreaResult) -> dict[str, Formula]:
    """Return the formulas of an area's row of the calculation, by column."""
    texts = _area_texts(layout, scheme, result.area)
    values = _area_values(result, scheme)
    return {column: Formula(f"={text}", values[column]) for column, text in texts.items()}


class _AreaCells:
    """Names the cells and ranges that an area's formulas refer to."""

    def __init__(self, layout: Layout, scheme: Scheme, area: str) -> None:
        self.calc, self.summary = layout.calculation, layout.summary
        self.area, self.top = area, scheme.top

    def here(self, column: str) -> str:
        """Return a cell of the area's row."""
        return self.calc.area_cell(self.area, column).a1

    def last(self, column: str) -> str:
        """Return the cell of the top level in a column of the levels."""
        return self.calc.figure_cell(self.area, self.top, column).a1

    def levels(self, column: str) -> str:
        """Return the cells of all levels in a column."""
        return self.calc.own_range(self.area, column, self.top)

    def level(self, column: str, number: str) -> str:
        """Return the cell of a level in a column, by the formula of its number."""
        return self.calc.own_choice(self.area, column, number, self.top)

    def figure(self, col: int) -> str:
        """Return a cell of the summary."""
        return self.summary.figure_cell(self.area, col).reference

    def sum_up_to(self, level: str, kind: str) -> str:
        """Return the sum of what a level asks for to be reached, and those below to be passed."""
        numbers = self.levels("level")
        below = f'SUMIFS({self.levels(f"{kind}_passed")},{numbers},"<"&{level})'
        return f"{below}+SUMIFS({self.levels(f'{kind}_reached')},{numbers},{level})"

    def if_placed(self, text: str) -> str:
        """Return a formula that yields no figure where the area has no level."""
        return f"IF({self.here('placed')}=0,{NO_FIGURE},{text})"


def _area_texts(layout: Layout, scheme: Scheme, area: str) -> dict[str, str]:
    cells = _AreaCells(layout, scheme, area)
    return {**_way_on_texts(cells), **_target_texts(cells)}


def _way_on_texts(cells: _AreaCells) -> dict[str, str]:
    here, last, if_placed = cells.here, cells.last, cells.if_placed
    reached, blocking, raised = last("reached"), here("blocking"), last(f"{RAISED}reached")
    completeness = cells.figure(cells.summary.COMPLETENESS)
    following = cells.level("next_applying", f"{reached}+1")
    held = cells.level("unmet", blocking)
    return {
        "placed": f"IF({completeness}=0,0,IF({here('highest')}>0,1,0))",
        "highest": last("highest_applying"),
        "next": if_placed(f"IF({reached}<{cells.top},{following},0)"),
        "steps_to_next": if_placed(
            f"IF({here('next')}=0,0,{cells.sum_up_to(here('next'), 'missing')})"
        ),
        "one_step": if_placed(f"IF({raised}={reached},{NO_FIGURE},{raised})"),
        "blocking": if_placed(f"IF({last('passed')}=1,0,COUNTIF({cells.levels('passed')},1)+1)"),
        # Beyond all levels where nothing holds the area down, so that it is never the lowest.
        "held_level": f"IF({blocking}<1,{cells.top + 1},{reached})",
        "held_down": f'IF({blocking}<1,"",IF({reached}={here("highest")},"",{held}))',
        "gap_below": _gap_text(cells),
    }


def _gap_text(cells: _AreaCells) -> str:
    """Return whether the index is a level ahead now, and still is if all that is open is met."""
    summary, highest = cells.summary, cells.here("highest")
    high_index = summary.detail_cell(cells.area, summary.high_index_col).reference
    bounds = {
        cells.last("reached"): cells.figure(summary.INDEX),
        cells.last("highest_reached"): high_index,
    }
    ahead = "1"
    for level, index in reversed(bounds.items()):
        ahead = f"IF({level}<{highest},IF({index}>={level}+1,{ahead},0),0)"
    return f"IF({cells.here('placed')}=0,0,{ahead})"


def _target_texts(cells: _AreaCells) -> dict[str, str]:
    here = cells.here
    target, effective = cells.figure(cells.summary.TARGET), here("effective")
    at_target = cells.level("next_applying", target)
    found = (
        f"IF({target}<1,0,IF({target}>{cells.top},{here('highest')},"
        f"IF({at_target}>0,{at_target},{here('highest')})))"
    )
    missing, required = (cells.sum_up_to(effective, kind) for kind in ("missing", "required"))
    needed = here("required_points")
    return {
        "effective": cells.if_placed(f"IF(ISNUMBER({target}),{found},{NO_FIGURE})"),
        "steps": f"IF({effective}<1,{effective},{missing})",
        "required_points": f"IF({effective}<1,{effective},{required})",
        "way": (
            f"IF({effective}<0,{NO_FIGURE},IF({needed}=0,1,({needed}-{here('steps')})/{needed}))"
        ),
    }


def _area_values(result: AreaResult, scheme: Scheme) -> dict[str, float | int | str]:
    is_placed = result.level is not None
    following = find_next(result)
    blocking = find_blocking(result, scheme)
    held = "".join(f", {id_}" for id_ in result.held_down_by)
    values: dict[str, float | int | str | None] = {
        "placed": int(is_placed),
        "highest": result.highest or 0,
        "next": following if is_placed else None,
        "steps_to_next": result.steps_to_next,
        "one_step": result.one_step_level,
        "blocking": blocking if is_placed else None,
        "held_level": find_held_level(result, scheme),
        "held_down": held,
        "effective": result.effective_target,
        "steps": result.steps_to_target,
        "required_points": result.required_for_target,
        "way": None if result.way_to_target is None else float(result.way_to_target),
        "gap_below": int(result.gap_below),
    }
    return {column: NO_FIGURE if value is None else value for column, value in values.items()}


def find_next(result: AreaResult) -> int:
    """Return the next level above the one reached that applies; 0 without one."""
    level = result.level
    if level is None:
        return 0
    return next((one.level for one in result.levels if one.level > level and one.possible), 0)


def find_blocking(result: AreaResult, scheme: Scheme) -> int:
    """Return the lowest level that applies and is not passed; 0 without one."""
    bound = scheme.thresholds.passed_above
    return next((level.level for level in result.levels if level.missing(bound)), 0)


def find_held_level(result: AreaResult, scheme: Scheme) -> int:
    """Return the level that an area is held at; one beyond the top if nothing holds it down."""
    if result.level is None or not find_blocking(result, scheme):
        return scheme.top + 1
    return result.level


def list_formulas(
    layout: Layout, scheme: Scheme, results: Sequence[AreaResult]
) -> Iterator[tuple[Cell, Formula]]:
    """Yield the cells that list open and lowest areas, each the names up to its area."""
    calc, summary = layout.calculation, layout.summary
    least = f"MIN({calc.area_range('held_level')})"
    lowest = min(find_held_level(one, scheme) for one in results)
    texts, above = {"open_names": "", "lowest_names": ""}, {"open_names": "", "lowest_names": ""}
    for result in results:
        area = result.area
        name = quote_text(f", {scheme.area(area).short}")
        level = calc.area_cell(area, "held_level").a1
        completeness = summary.figure_cell(area, summary.COMPLETENESS).reference
        conditions = {"open_names": f"{completeness}=0", "lowest_names": f"{level}={least}"}
        holds = {
            "open_names": not result.is_assessed,
            "lowest_names": find_held_level(result, scheme) == lowest,
        }
        for column, condition in conditions.items():
            cell = calc.area_cell(area, column)
            before = f"{above[column]}&" if above[column] else ""
            texts[column] += f", {scheme.area(area).short}" if holds[column] else ""
            yield cell, Formula(f'={before}IF({condition},{name},"")', texts[column])
            above[column] = cell.a1
