"""
Writes what is computed of each area: the way to its target and to the next level, what blocks it.

A target is a level, so the way to it is counted in what the levels up to it lack. An area about
which nobody said anything, or to which nothing applies, has none of these figures.
"""

from __future__ import annotations

from iml4e_xlsx.model import AreaResult, Scheme
from iml4e_xlsx.workbook.calculation_layout import RAISED
from iml4e_xlsx.workbook.formulas import Formula, cell_figure
from iml4e_xlsx.workbook.workbook_layout import Layout


def area_formulas(layout: Layout, scheme: Scheme, result: AreaResult) -> dict[str, Formula]:
    """Return the formulas of an area's row of the calculation, by column."""
    texts = _area_texts(layout, scheme, result.area)
    values = _area_values(result, scheme)
    return {column: Formula(f"={text}", values[column]) for column, text in texts.items()}


def _area_texts(layout: Layout, scheme: Scheme, area: str) -> dict[str, str]:
    calc, summary, top = layout.calculation, layout.summary, scheme.top

    def cell(column: str) -> str:
        return calc.area_cell(area, column).a1

    def last(column: str) -> str:
        return calc.figure_cell(area, top, column).a1

    def column_of(name: str) -> str:
        return calc.level_range(area, name, top)

    def sum_up_to(goal: str, kind: str) -> str:
        levels = column_of("level")
        below = f'SUMIFS({column_of(f"{kind}_passed")},{levels},"<"&{goal})'
        return f"{below}+SUMIFS({column_of(f'{kind}_reached')},{levels},{goal})"

    def if_placed(text: str) -> str:
        return f'IF({cell("placed")}=0,"",{text})'

    target = summary.figure_cell(area, summary.TARGET).reference
    index = summary.figure_cell(area, summary.INDEX).reference
    completeness = summary.figure_cell(area, summary.COMPLETENESS).reference
    following = column_of("next_applying")
    reached, goal, blocking = last("reached"), cell("goal"), cell("blocking")
    at_target = f"INDEX({following},{target})"
    known_goal = (
        f"IF({target}<1,0,IF({target}>{top},{cell('highest')},"
        f"IF({at_target}>0,{at_target},{cell('highest')})))"
    )
    return {
        "placed": f"IF({completeness}=0,0,IF({cell('highest')}>0,1,0))",
        "highest": last("highest_applying"),
        "next": if_placed(f"IF({reached}<{top},INDEX({following},{reached}+1),0)"),
        "steps_to_next": if_placed(f"IF({cell('next')}=0,0,{sum_up_to(cell('next'), 'missing')})"),
        "one_step": if_placed(
            f'IF({last(f"{RAISED}reached")}={reached},"",{last(f"{RAISED}reached")})'
        ),
        "blocking": if_placed(f"IF({last('passed')}=1,0,COUNTIF({column_of('passed')},1)+1)"),
        "held_down": if_placed(
            f'IF({blocking}=0,"",IF({reached}={cell("highest")},"",'
            f"INDEX({column_of('unmet')},{blocking})))"
        ),
        "goal": if_placed(f'IF(ISNUMBER({target}),{known_goal},"")'),
        "steps": f'IF({goal}="","",IF({goal}=0,0,{sum_up_to(goal, "missing")}))',
        "required_points": f'IF({goal}="","",IF({goal}=0,0,{sum_up_to(goal, "required")}))',
        "way": (
            f'IF({goal}="","",IF({cell("required_points")}=0,1,'
            f"({cell('required_points')}-{cell('steps')})/{cell('required_points')}))"
        ),
        "gap_below": (
            f"IF({cell('placed')}=0,0,IF({reached}<{cell('highest')},"
            f"IF({index}>={reached}+1,1,0),0))"
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
        "held_down": held,
        "goal": result.effective_target,
        "steps": result.steps_to_target,
        "required_points": result.required_for_target,
        "way": cell_figure(result.way_to_target),
        "gap_below": int(result.gap_below),
    }
    return {column: "" if value is None else value for column, value in values.items()}


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
