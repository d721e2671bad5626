"""Writes what the summary says in words, as formulas: bars of levels, ways, headlines, remarks."""

from __future__ import annotations

from iml4e_xlsx.model import AreaResult, LevelResult, Result, Scheme
from iml4e_xlsx.text.interface_texts import scheme_texts
from iml4e_xlsx.workbook.area_formulas import find_blocking, find_held_level, find_next
from iml4e_xlsx.workbook.cells import cell_range
from iml4e_xlsx.workbook.formulas import Formula, quote_text
from iml4e_xlsx.workbook.step_formulas import BAR_LENGTH, bar_pieces, draw_bar
from iml4e_xlsx.workbook.workbook_layout import AreaSheet, Layout

PASSED, BREAK, WAITING = "√", "▲", "○"
"""Stand before the bar of a level that is passed, of the one where the row breaks, and above it."""

TARGET = "◄"
"""Stands behind the bar of the level that is the target."""

_LONGEST_LIST = 999
"""More characters than the ids of all statements of an area take."""

Part = tuple[str, str | int]
"""A piece of a formula, and its value."""


class SummarySentences:
    """The sentences of the summary."""

    def __init__(self, layout: Layout, scheme: Scheme) -> None:
        self.layout = layout
        self.scheme = scheme
        self.sheet = layout.summary
        self.calc = layout.calculation
        self.texts = scheme_texts(scheme)
        self.shorts = {area.code: area.short for area in scheme.areas}

    def _cell(self, area: str, column: str) -> str:
        return self.calc.area_cell(area, column).reference

    def _is_open(self, area: str) -> str:
        return f"{self.sheet.figure_cell(area, self.sheet.COMPLETENESS).reference}=0"

    def _say(self, key: str, **parts: Part) -> Part:
        """Return a sentence with figures of cells in it."""
        text = self.texts(f"summary.{key}", **{name: f"\0{name}\0" for name in parts})
        terms, value = [], ""
        for number, piece in enumerate(text.split("\0")):
            if number % 2:
                terms.append(parts[piece][0])
                value += str(parts[piece][1])
            elif piece:
                terms.append(quote_text(piece))
                value += piece
        return "&".join(terms), value

    def level_bar(self, result: AreaResult, level: LevelResult) -> Formula:
        """Return the bar of a level, with marks for what it does in the row."""
        area, number = result.area, level.level
        calc, scheme = self.calc, self.scheme
        blocking = self._cell(area, "blocking")
        mark = (
            f"IF({blocking}=0,{quote_text(PASSED)},IF({blocking}>{number},{quote_text(PASSED)},"
            f"IF({blocking}={number},{quote_text(BREAK)},{quote_text(WAITING)})))"
        )
        pieces = calc.figure_cell(area, number, "bar").reference
        bars = cell_range(calc.bar_cell(0), calc.bar_cell(BAR_LENGTH))
        target = f'IF({self._cell(area, "effective")}={number},{quote_text(" " + TARGET)},"")'
        none = self.texts("summary.bar_none")
        applicable = calc.figure_cell(area, number, "applicable").reference
        drawn = f'{mark}&" "&INDEX({bars},{pieces}+1)&{target}'
        text = (
            f"=IF({self._is_open(area)},{quote_text('')},"
            f"IF({applicable}=0,{quote_text(none)},{drawn}))"
        )
        if not result.is_assessed:
            return Formula(text, "")
        if not level.possible:
            return Formula(text, none)
        first = find_blocking(result, scheme)
        sign = PASSED if not first or number < first else BREAK if number == first else WAITING
        bar = draw_bar(bar_pieces(level, scheme.thresholds), scheme.thresholds)
        end = f" {TARGET}" if result.effective_target == number else ""
        return Formula(text, f"{sign} {bar}{end}")

    def way_on(self, result: AreaResult) -> Formula:
        """Return the way to the next level: how many steps, and which statements can take them."""
        area = result.area
        open_text = self.texts("summary.nothing_answered")
        none = self.texts("summary.not_applying")
        parts = (
            self._way_to_next(result),
            self._near(result),
            self._gap(result),
            self._effective(result),
        )
        words = "&".join(text for text, _ in parts)
        text = (
            f"=IF({self._is_open(area)},{quote_text(open_text)},"
            f"IF({self._cell(area, 'placed')}=0,{quote_text(none)},{words}))"
        )
        if not result.is_assessed:
            return Formula(text, open_text)
        if not result.applies:
            return Formula(text, none)
        return Formula(text, "".join(str(value) for _, value in parts))

    def _way_to_next(self, result: AreaResult) -> Part:
        area, top = result.area, self.scheme.top
        steps, held = self._cell(area, "steps_to_next"), self._cell(area, "held_down")
        following, highest = self._cell(area, "next"), self._cell(area, "highest")
        # A level that is reached but not passed lacks steps as well as the next one.
        above, missing = (
            self.calc.choice(area, column, following, top)
            for column in ("unmet", "missing_reached")
        )
        is_all = f"OR({self._cell(area, 'blocking')}={following},{missing}=0)"
        # Each id stands behind a comma and a space; nothing stands before the first.
        held = f'MID({held}&IF({is_all},"",{above}),3,{_LONGEST_LIST})'
        ids = ", ".join(result.statements_to_next)
        parts: dict[str, Part] = {
            "level": (following, find_next(result)),
            "steps": (steps, result.steps_to_next or 0),
            "statements": (held, ids),
        }
        one, other = self._say("next_one", **parts), self._say("next_other", **parts)
        at_top = self._say("next_none")
        limited = self._say("next_limited", level=(highest, result.highest or 0))
        text = (
            f"IF({following}=0,IF({highest}={top},{at_top[0]},{limited[0]}),"
            f"IF({steps}=1,{one[0]},{other[0]}))"
        )
        if not find_next(result):
            return text, (at_top if result.highest == top else limited)[1]
        return text, (one if result.steps_to_next == 1 else other)[1]

    def _near(self, result: AreaResult) -> Part:
        """Say what one rating step more would give, where the way to the next level does not."""
        cell, following = (self._cell(result.area, name) for name in ("one_step", "next"))
        steps = self._cell(result.area, "steps_to_next")
        level = result.one_step_level
        near = self._say("next_near", level=(cell, level or 0))
        said = f'IF(AND({steps}=1,{cell}={following}),""," "&{near[0]})'
        text = f'IF({cell}<0,"",{said})'
        is_said = level is None or (result.steps_to_next == 1 and level == find_next(result))
        return text, "" if is_said else f" {near[1]}"

    def _gap(self, result: AreaResult) -> Part:
        area = result.area
        blocking = find_blocking(result, self.scheme)
        gap = self._say("next_gap", level=(self._cell(area, "blocking"), blocking))
        text = f'IF({self._cell(area, "gap_below")}=1," "&{gap[0]},"")'
        return text, f" {gap[1]}" if result.gap_below else ""

    def _effective(self, result: AreaResult) -> Part:
        """Say where the level that the target comes down to is another one."""
        area = result.area
        cell = self._cell(area, "effective")
        target = self.sheet.figure_cell(area, self.sheet.TARGET).reference
        effective = result.effective_target
        said = self._say("next_effective", level=(cell, effective or 0))
        text = f'IF({cell}<0,"",IF({cell}={target},""," "&{said[0]}))'
        return text, "" if effective is None or effective == result.target else f" {said[1]}"

    def area_remark(self, result: AreaResult) -> Formula:
        """Return what else is to be known: what is open, and the statement to begin with."""
        area = result.area
        completeness = self.sheet.figure_cell(area, self.sheet.COMPLETENESS).reference
        provisional = self.texts("summary.provisional")
        held = self._cell(area, "held_down")
        sheet = self.layout.areas[area]
        ids, statements = (sheet.column_range(col) for col in (AreaSheet.ID, AreaSheet.STATEMENT))
        first_id = f'MID({held},3,FIND(",",{held}&",",3)-3)'
        first_text = f"INDEX({statements},MATCH({first_id},{ids},0))"
        id_ = result.held_down_by[0] if result.held_down_by else ""
        words = self.scheme.statements[id_].text if id_ else ""
        begin = self._say("begin_with", statement=(first_id, id_), text=(first_text, words))
        text = (
            f'=IF({self._is_open(area)},"",IF({completeness}<1,{quote_text(provisional + " ")},"")'
            f'&IF({held}="","",{begin[0]}))'
        )
        if not result.is_assessed:
            return Formula(text, "")
        value = f"{provisional} " if result.provisional else ""
        return Formula(text, value + (str(begin[1]) if id_ else ""))

    def headline(self, result: Result) -> Formula:
        """Return the sentence on the whole: what is open, or the lowest areas and the others."""
        whole, sheet = result.overall, self.sheet
        completeness = sheet.column_range(sheet.COMPLETENESS)
        levels = sheet.column_range(sheet.LEVEL)
        everything, nothing = self.texts("summary.all_open"), self.texts("summary.none_applies")
        opened = self._say(
            "some_open",
            areas=self._list_names(
                "open_names", [self.shorts[code] for code in whole.not_assessed]
            ),
        )
        spread = self._spread(result)
        text = (
            f"=IF(COUNTIF({completeness},0)={len(self.shorts)},{quote_text(everything)},"
            f"IF(COUNTIF({completeness},0)>0,{opened[0]},"
            f'IF(COUNTIF({levels},">=0")=0,{quote_text(nothing)},{spread[0]})))'
        )
        if not whole.answered:
            return Formula(text, everything)
        if not whole.is_assessed:
            return Formula(text, opened[1])
        return Formula(text, spread[1] if whole.applies else nothing)

    def _list_names(self, column: str, names: list[str]) -> Part:
        """Return the names that the calculation has listed, without the first comma."""
        cell = self._cell(self.scheme.areas[-1].code, column)
        return f"MID({cell},3,LEN({cell}))", ", ".join(names)

    def _spread(self, result: Result) -> Part:
        """
        Say which areas are lowest, and how many others are at which level, or complete.

        What is complete holds nothing down, however low the highest level is that applies.
        """
        held = self.calc.area_range("held_level")
        least = f"MIN({held})"
        levels = [find_held_level(area, self.scheme) for area in result.areas]
        lowest, beyond = min(levels), self.scheme.top + 1
        names = [
            self.shorts[area.area]
            for area, level in zip(result.areas, levels, strict=True)
            if level == lowest
        ]
        parts: dict[str, Part] = {
            "areas": self._list_names("lowest_names", names),
            "level": (least, lowest),
        }
        terms, value = self._say("lowest", **parts)
        text = [terms]
        for level in self.scheme.scored_levels:
            count = f"COUNTIF({held},{level})"
            some, said = self._count("others", count, levels.count(level), level)
            text.append(f'IF({level}>{least},{some},"")')
            value = str(value) + (said if level > lowest else "")
        complete = self.calc.area_range("blocking")
        done = sum(area.is_complete for area in result.areas)
        some, said = self._count("done", f"COUNTIF({complete},0)", done, beyond)
        everything = self.texts("summary.all_complete")
        words = "&".join([*text, some, '"."'])
        spread = f"IF({least}={beyond},{quote_text(everything)},{words})"
        return spread, everything if lowest == beyond else f"{value}{said}."

    def _count(self, key: str, count: str, number: int, level: int) -> tuple[str, str]:
        """Say how many areas there are of a kind, after what was said before; nothing of none."""
        one, other = (
            self._say(f"{key}_{form}", level=(str(level), level), count=(count, number))
            for form in ("one", "other")
        )
        text = f'IF({count}=0,"",IF({count}=1,{one[0]},{other[0]}))'
        return text, str((one if number == 1 else other)[1]) if number else ""
