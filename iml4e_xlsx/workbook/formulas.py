"""
Writes the scoring rule as formulas, each together with the value that it yields.

Only SUMPRODUCT, COUNTIF, COUNTIFS, SUM, SUMIFS, IF, AND, ISNUMBER, MIN, MAX, AVERAGE, INDEX and NA
are used here, INT, ABS, MATCH, MID, LEN and FIND for steps and sentences, and OR, TRIM, ISERROR,
ROW and HYPERLINK on the sheets of areas, which Excel since 2010, LibreOffice, Google Sheets,
Numbers and Gnumeric compute alike. Each case without a figure is asked for: IFERROR would hide what
a program computes differently. Thresholds are compared as whole numbers (points times denominator
against statements times numerator), so that no rounding changes a result.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from iml4e_xlsx.model import NOT_APPLICABLE, AreaResult, OverallResult, Scheme
from iml4e_xlsx.text.interface_texts import scheme_texts
from iml4e_xlsx.workbook.workbook_layout import Layout

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


def quote_text(text: str) -> str:
    """Return a text as formulas hold it, in quotation marks."""
    return '"' + text.replace('"', '""') + '"'


def not_applicable_column(scheme: Scheme) -> str:
    """Return the column that counts the ratings of n/a."""
    values = [rating.value for rating in scheme.ratings]
    return f"count_{values.index(NOT_APPLICABLE)}"


def shown_share(share: Fraction | None) -> float | str:
    """Return a share of a way as people see it: not all of it while steps are left."""
    if share is None:
        return ""
    return 1 if share == 1 else min(0.99, float(share))


def _mean_text(figures: str) -> str:
    """Return the formula of the mean of the figures in a range; an empty text without any."""
    return f'IF(COUNTIF({figures},">=0")=0,"",AVERAGE({figures}))'


class SummaryFormulas:
    """The formulas of the summary sheet, and of the sheets that repeat its figures."""

    def __init__(self, layout: Layout, scheme: Scheme) -> None:
        self.layout = layout
        self.scheme = scheme
        self.sheet = layout.summary
        self.calc = layout.calculation
        self.texts = scheme_texts(scheme)
        self.open_word = self.texts("summary.open")

    def _level_range(self, area: str, column: str) -> str:
        return self.calc.level_range(area, column, self.scheme.top)

    def _area_reference(self, area: str, col: int) -> str:
        return self.sheet.figure_cell(area, col).reference

    def _is_open(self, area: str) -> str:
        """Return the condition that nothing in an area is answered."""
        return f"{self._area_reference(area, self.sheet.COMPLETENESS)}=0"

    def level_figure(self, result: AreaResult | OverallResult) -> int | str:
        """Return the level reached as a cell holds it: a word where something is not assessed."""
        if not result.is_assessed:
            return self.open_word
        return "" if result.level is None else result.level

    def _if_applying(self, area: str, text: str) -> str:
        """Return a formula whose value is an empty text where no statement applies."""
        return f'IF(SUM({self._level_range(area, "applicable")})=0,"",{text})'

    def area_level(self, result: AreaResult) -> Formula:
        """Return the level reached; a word if the area is not assessed."""
        cell = self.calc.figure_cell(result.area, self.scheme.top, "reached").reference
        reached = self._if_applying(result.area, cell)
        text = f"=IF({self._is_open(result.area)},{quote_text(self.open_word)},{reached})"
        return Formula(text, self.level_figure(result))

    def highest_level(self, result: AreaResult) -> Formula:
        """Return the level that an area could reach if all that is open were fully met."""
        cell = self.calc.figure_cell(result.area, self.scheme.top, "highest_reached")
        reached = self._if_applying(result.area, cell.reference)
        return Formula(f"={reached}", "" if result.high.level is None else result.high.level)

    def area_index(self, result: AreaResult) -> Formula:
        """Return the index; an empty text if the area is not assessed or does not apply."""
        text = f'=IF({self._is_open(result.area)},"",{self._index_text(result.area)})'
        return Formula(text, cell_figure(result.index))

    def highest_index(self, result: AreaResult) -> Formula:
        """Return the index that an area could reach if all that is open were fully met."""
        return Formula(
            f"={self._index_text(result.area, 'highest_')}", cell_figure(result.high.index)
        )

    def _index_text(self, area: str, prefix: str = "") -> str:
        """
        Return the index as one division of whole numbers.

        The weights bring the levels' fractions to a common denominator, so that the quotient
        is the same double as that of the exact fraction.
        """
        full = self.scheme.scale[-1] - self.scheme.scale[0]
        points = self._level_range(area, f"{prefix}points")
        weights = self._level_range(area, "weight")
        applicable = self._level_range(area, "applicable")
        counted = f'COUNTIF({applicable},">0")'
        first = self.calc.figure_cell(area, 1, "applicable").reference
        common = f"IF({first}=0,1,{first})*{self.calc.figure_cell(area, 1, 'weight').reference}"
        quotient = f"{self.scheme.top}*SUMPRODUCT({points},{weights})/({counted}*{full}*{common})"
        return f'IF({counted}=0,"",{quotient})'

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
        """Return the share of statements rated n/a; an empty text if nothing is answered."""
        column = not_applicable_column(self.scheme)
        statements = self._level_range(result.area, "statements")
        counted = self._level_range(result.area, column)
        text = f'=IF({self._is_open(result.area)},"",SUM({counted})/SUM({statements}))'
        return Formula(text, float(result.not_applicable) if result.is_assessed else "")

    def level_fulfilment(self, result: AreaResult, level: int) -> Formula:
        """Return a level's fulfilment; empty text where it is skipped, or nothing is answered."""
        cell = self.calc.figure_cell(result.area, level, "fulfilment").reference
        value = result.levels[level - 1].fulfilment if result.is_assessed else None
        return Formula(f'=IF({self._is_open(result.area)},"",{cell})', cell_figure(value))

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
        least = '""' if self.scheme.form else self._least_level(levels)
        return {
            sheet.COMPLETENESS: Formula(
                f"=1-({unanswered})/({statements})", float(overall.completeness)
            ),
            sheet.LEVEL: Formula(
                f"=IF({self._has_open_area()},{quote_text(self.open_word)},{least})",
                self.level_figure(overall),
            ),
            sheet.INDEX: Formula(
                f'=IF({self._has_open_area()},"",{_mean_text(indices)})',
                cell_figure(overall.index),
            ),
        }

    def _least_level(self, levels: str, prefix: str = "") -> str:
        """
        Return the lowest of the areas' levels, but none above the highest of them.

        An area counts as the top if every level is passed or skipped: a complete one holds nothing
        down, and one that does not apply takes no part.
        """
        top = self.scheme.top
        counted = []
        for area in self.sheet.areas:
            passed = self.calc.figure_cell(area, top, f"{prefix}passed").reference
            reached = self.calc.figure_cell(area, top, f"{prefix}reached").reference
            counted.append(f"IF({passed}=1,{top},{reached})")
        return f'IF(COUNTIF({levels},">=0")=0,"",MIN(MAX({levels}),{",".join(counted)}))'

    def _has_open_area(self) -> str:
        """Return the condition that an area of the workbook is not assessed."""
        return f"COUNTIF({self.sheet.column_range(self.sheet.COMPLETENESS)},0)>0"

    def steps_to_target(self, result: AreaResult) -> Formula:
        """Return the rating steps to the target; an empty text without a way to one."""
        steps = self.calc.area_cell(result.area, "steps").reference
        value = result.steps_to_target
        return Formula(f'=IF({steps}<0,"",{steps})', "" if value is None else value)

    def progress(self, result: AreaResult, then: Fraction | None) -> Formula:
        """Return what was gained of the way to today's target since the previous assessment."""
        way = self.calc.area_cell(result.area, "way").reference
        target = self._area_reference(result.area, self.sheet.TARGET)
        before = self.calc.choice(result.area, "previous_way", target, self.scheme.top)
        gained = f"IF({target}<1,0,{way}-{before})"
        text = f'=IF({way}<0,"",{gained})'
        now = result.way_to_target
        if now is None:
            return Formula(text, "")
        # What both programs compute: the difference of two rounded shares.
        return Formula(text, float(now) - float(then) if then is not None else 0)

    def way_to_target(self, overall: OverallResult) -> Formula:
        """
        Return the share of the way to the targets, as people see it.

        It is an empty text if no target is set, or one for an area that is not assessed.
        """
        sheet = self.sheet
        completeness = sheet.column_range(sheet.COMPLETENESS)
        unknown = f'COUNTIFS({completeness},0,{sheet.column_range(sheet.TARGET)},">=0")'
        known, steps, required = (
            self.calc.area_range(column) for column in ("effective", "steps", "required_points")
        )
        # Areas without a way have -1 in all three.
        needed, left = (f'SUMIFS({one},{known},">=0")' for one in (required, steps))
        shown = f"IF({left}=0,1,MIN(0.99,({needed}-{left})/{needed}))"
        text = f'=IF({unknown}>0,"",IF(COUNTIF({known},">=0")=0,"",{shown}))'
        return Formula(text, shown_share(overall.way_to_target))

    def _overall_level(self, columns: str, value: int | None, prefix: str = "") -> Formula:
        """Return a lowest level; an empty text in a form that asks for some statements only."""
        if self.scheme.form:
            return Formula('=""', "")
        return Formula(f"={self._least_level(columns, prefix)}", "" if value is None else value)

    def highest_figures(self, overall: OverallResult) -> dict[int, Formula]:
        """Return the whole assessment's figures of the second table, by column."""
        sheet = self.sheet
        levels = sheet.detail_range(sheet.high_level_col)
        indices = sheet.detail_range(sheet.high_index_col)
        return {
            sheet.high_level_col: self._overall_level(levels, overall.high.level, "highest_"),
            sheet.high_index_col: Formula(
                f"={_mean_text(indices)}", cell_figure(overall.high.index)
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
