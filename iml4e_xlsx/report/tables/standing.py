"""Words where an area stands: its level and what is next to it, what holds it down, its bars."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Final

from iml4e_xlsx.model import AreaResult, Scheme
from iml4e_xlsx.report.tables.labels import (
    at_most_text,
    index_cell,
    label_columns,
    level_text,
    missing_figure,
    shorten_list,
)
from iml4e_xlsx.report.tables.table import (
    CellValue,
    Column,
    ColumnKind,
    ResultTable,
    format_percent,
)
from iml4e_xlsx.scoring import exceeds_bound
from iml4e_xlsx.text.interface_texts import scheme_texts
from iml4e_xlsx.text.texts import Texts

SKIPPED: Final = "skipped"
PASSED: Final = "passed"
REACHED: Final = "reached"
BELOW: Final = "below"


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelBar:
    """
    The fulfilment of a level as a bar, and what it means for the level reached.

    `state` is one of the names above; `is_break` marks the level at which the row of bars breaks,
    `is_locked` those above it, `is_target` the level to which the target comes down.
    """

    level: int
    share: Fraction | None
    state: str
    is_break: bool
    is_locked: bool
    is_target: bool


def level_bars(area: AreaResult, scheme: Scheme) -> tuple[LevelBar, ...]:
    """Return a bar for each level, the lowest first; none where nothing is answered."""
    bars: list[LevelBar] = []
    is_locked = False
    for level in area.levels if area.is_assessed else ():
        state = _bar_state(level.fulfilment, scheme)
        is_break = not is_locked and state in (REACHED, BELOW)
        bars.append(
            LevelBar(
                level=level.level,
                share=level.fulfilment,
                state=state,
                is_break=is_break,
                is_locked=is_locked,
                is_target=level.level == area.effective_target,
            )
        )
        is_locked = is_locked or is_break
    return tuple(bars)


def _bar_state(share: Fraction | None, scheme: Scheme) -> str:
    if share is None:
        return SKIPPED
    if exceeds_bound(share, scheme.thresholds.passed_above):
        return PASSED
    return REACHED if exceeds_bound(share, scheme.thresholds.reached_above) else BELOW


def placed_level(area: AreaResult, texts: Texts) -> str:
    """Return a level with what is next to it: one step more, or that no higher one applies."""
    level = level_text(area, texts)
    if area.one_step_level is not None:
        return texts("result.one_step", level=level, next=area.one_step_level)
    if area.is_at_highest and area.is_limited:
        return texts("result.highest", level=level)
    return level


def area_notes(area: AreaResult, texts: Texts, *, has_placed_level: bool = False) -> list[str]:
    """
    Return what is to be known of an assessed area: neighbours, what holds it down, the way.

    Args:
        area: The area.
        texts: In which language.
        has_placed_level: Whether the level stands beside the notes with what is next to it.
    """
    if not area.is_assessed:
        return []
    if not area.applies:
        return [texts("result.does_not_apply")]
    notes = []
    level = placed_level(area, texts)
    # The only step to the next level is the one step more: saying both would repeat it.
    is_next = area.steps_to_next == 1 and area.one_step_level == _find_next(area)
    if level != level_text(area, texts) and not has_placed_level and not is_next:
        notes.append(level)
    if area.steps_to_next:
        notes.append(next_step_text(area, texts))
    if area.gap_below:
        notes.append(texts("result.gap_below"))
    if area.steps_to_target:
        way = format_percent(area.way_to_target)
        notes.append(texts("result.to_target", count=area.steps_to_target, way=way))
    if area.target is not None and area.effective_target != area.target:
        notes.append(
            texts("result.other_target", target=area.target, level=area.effective_target or 0)
        )
    return notes


def open_notes(area: AreaResult, texts: Texts) -> list[str]:
    """Return how many statements are open, and how far the figures rise if all are fully met."""
    if not area.provisional:
        return []
    notes = [texts("result.open", count=area.statements - area.answered)]
    if area.dont_know:
        notes.append(texts("result.dont_know", count=area.dont_know))
    if most := at_most_text(area, texts):
        notes.append(most)
    return notes


def estimate_text(area: AreaResult, texts: Texts) -> str:
    """Return the own estimate of a level; nothing where there is none, or nothing applies."""
    if area.estimate is None or (area.is_assessed and not area.applies):
        return ""
    return texts("result.estimate", level=area.estimate)


def area_remark(area: AreaResult, texts: Texts, *, has_placed_level: bool = False) -> str:
    """
    Return all that is to be known of an area beside its figures.

    Args:
        area: The area.
        texts: In which language.
        has_placed_level: Whether the level stands beside with what is next to it, and the estimate.
    """
    notes = [*open_notes(area, texts), *area_notes(area, texts, has_placed_level=has_placed_level)]
    if area.not_applicable and area.applies:
        notes.append(texts("result.not_applicable", share=format_percent(area.not_applicable)))
    if not has_placed_level and area.estimate != area.level:
        notes.append(estimate_text(area, texts))
    return "; ".join(filter(None, notes))


def _find_next(area: AreaResult) -> int | None:
    """Return the next level above the one reached that applies."""
    reached = area.level or 0
    return next((one.level for one in area.levels if one.level > reached and one.possible), None)


def next_step_text(area: AreaResult, texts: Texts) -> str:
    """Return the steps to the next level, with the statements that can take them."""
    names = shorten_list(mark_open(area.statements_to_next, area, texts), texts)
    return texts("result.to_next", count=area.steps_to_next or 0, statements=names)


def mark_open(statements: Iterable[str], area: AreaResult, texts: Texts) -> list[str]:
    """Return statements by id; said beside each that is open: that it is unmet is not known."""
    return [
        texts("result.open_statement", statement=id_) if id_ in area.open_statements else id_
        for id_ in statements
    ]


def spread_text(areas: Iterable[AreaResult], scheme: Scheme, texts: Texts) -> str:
    """
    Return how areas are spread over the levels: the lowest by name, of the others how many.

    Those that are complete although no higher level applies come last: they hold nothing down.
    """
    placed = sorted((a for a in areas if a.level is not None), key=lambda area: area.level or 0)
    done = [area for area in placed if area.is_complete and area.is_limited]
    parts: list[str] = []
    for level, group in groupby((a for a in placed if a not in done), key=lambda a: a.level):
        same = list(group)
        if parts:
            parts.append(texts("report.spread_others", count=len(same), level=level or 0))
        else:
            names = shorten_list([scheme.area(area.area).short for area in same], texts)
            parts.append(texts("report.spread_lowest", areas=names, level=level or 0))
    for area in done:
        name = scheme.area(area.area).short
        parts.append(texts("report.spread_complete", area=name, level=area.level or 0))
    return ", ".join(parts)


def standing_table(name: str, areas: Sequence[AreaResult], scheme: Scheme) -> ResultTable:
    """Return a row for each area of a team: level, bars, next level, target and way."""
    texts = scheme_texts(scheme)
    levels = tuple(
        Column(f"level_{k}", texts("report.level_of", level=k), ColumnKind.SHARE)
        for k in scheme.scored_levels
    )
    return ResultTable(
        name="standing",
        title=texts("view.standing_title", team=name),
        note=standing_note(scheme),
        columns=(
            *label_columns(
                texts,
                ("area", ColumnKind.TEXT),
                ("level", ColumnKind.TEXT),
                ("estimate", ColumnKind.LEVEL),
                ("index", ColumnKind.INDEX),
                ("still_open", ColumnKind.TEXT),
            ),
            *levels,
            *label_columns(
                texts,
                ("steps_to_next", ColumnKind.COUNT),
                ("held_down_by", ColumnKind.TEXT),
                ("gap_below", ColumnKind.TEXT),
                ("target", ColumnKind.LEVEL),
                ("steps_to_target", ColumnKind.COUNT),
                ("way_to_target", ColumnKind.SHARE),
            ),
        ),
        rows=tuple(_standing_row(area, scheme, texts) for area in areas),
    )


def _standing_row(area: AreaResult, scheme: Scheme, texts: Texts) -> tuple[CellValue, ...]:
    unknown = None if area.target is None else missing_figure(area, texts)
    shares = [level.fulfilment if area.is_assessed else None for level in area.levels]
    return (
        scheme.area(area.area).short,
        placed_level(area, texts),
        area.estimate if estimate_text(area, texts) else None,
        index_cell(area, texts),
        "; ".join(open_notes(area, texts)),
        *shares,
        area.steps_to_next,
        ", ".join(mark_open(area.held_down_by, area, texts)),
        texts("view.gap_on_weak_base") if area.gap_below else "",
        area.target,
        area.steps_to_target if area.way else unknown,
        area.way_to_target if area.way else unknown,
    )


def standing_note(scheme: Scheme) -> str:
    """Return the rule in plain words: the stairs."""
    bounds = scheme.thresholds
    return scheme_texts(scheme)(
        "result.stairs",
        reached=format_percent(bounds.reached_above),
        passed=format_percent(bounds.passed_above),
    )
