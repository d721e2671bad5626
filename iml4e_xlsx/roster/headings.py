"""Reads the headings of a roster: matches them with columns and reports those that are wrong."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from iml4e_xlsx.errors import RosterError
from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Finding
from iml4e_xlsx.roster.columns import RosterColumn, heading_key, index_columns
from iml4e_xlsx.roster.roster_table import RosterLine, RosterTable
from iml4e_xlsx.text.lists import list_names
from iml4e_xlsx.workbook.cells import cell_address, column_letters

_SIMILARITY: Final = 0.8
"""How similar a misspelt heading is at least; the user's own headings, such as `site`, are less."""


_LISTED_GROUPS: Final = 10
"""How many groups of merged cells a message names before it counts the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterHeading:
    """One heading: where it stands, its text, and the column it names; None for any other."""

    col: int
    text: str
    column: RosterColumn | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadingChecker:
    """Checks the headings of one roster, which stand in its first line."""

    table: RosterTable
    line: RosterLine
    headings: Mapping[int, RosterHeading]
    catalogue: FindingCatalogue

    def check_headings(
        self, columns: Sequence[RosterColumn], *, is_mailed: bool
    ) -> tuple[Finding, ...]:
        """Return what is wrong with the headings, from the first to the last."""
        mistakes = [*self._find_duplicates(), *self._find_absences(columns, is_mailed=is_mailed)]
        return tuple(finding for _, finding in sorted(mistakes, key=lambda mistake: mistake[0]))

    def find_merged(self) -> tuple[Finding, ...]:
        """
        Report merged cells of people or headings that hold a value.

        A team that is merged over two people belongs to both of them for whoever looks at it, and
        for every program to the first alone.
        """
        lines = {line.number - 1: line for line in self.table.lines}
        rows = list(lines)
        groups = []
        for first, last in self.table.merged:
            is_inside = bisect_left(rows, first[0]) < bisect_right(rows, last[0]) and any(
                first[1] <= col <= last[1] for col in self.headings
            )
            top = lines.get(first[0])
            # The value may be hidden with its row, and still be shown in the rest of the group.
            if is_inside and (top is None or top.find_cell(first[1]).is_filled):
                groups.append((first, f"{cell_address(*first)}:{cell_address(*last)}"))
        if not groups:
            return ()
        groups.sort()
        cells = list_names([address for _, address in groups], _LISTED_GROUPS)
        return (self.catalogue.roster_merged(self.table.make_place(groups[0][0][0] + 1), cells),)

    def _find_duplicates(self) -> list[tuple[int, Finding]]:
        """Report headings of which two mean the same column."""
        findings = []
        first_texts: dict[str, str] = {}
        for heading in self.headings.values():
            # `name` and `respondent` mean one column, whatever they are called. Two of the user's
            # own mean the same if they differ in case or marks alone: mail texts name them, and
            # could not say which of the two they want.
            key = heading.column.name if heading.column else heading_key(heading.text)
            if key in first_texts:
                place = self.table.make_place(self.line.number, heading.text)
                finding = self.catalogue.roster_column_twice(place, heading.text, first_texts[key])
                findings.append((heading.col, finding))
            first_texts.setdefault(key, heading.text)
        return findings

    def _find_absences(
        self, columns: Sequence[RosterColumn], *, is_mailed: bool
    ) -> list[tuple[int, Finding]]:
        """Report columns that are not there: under a name that is nearly theirs, or at all."""
        findings = []
        present = {heading.column for heading in self.headings.values()}
        absent = [column for column in columns if column not in present]
        for heading in self.headings.values():
            # A heading counts as misspelt only if the column that it resembles is not there: with
            # `team` beside it, `teams` is a column of the user's own.
            meant = None if heading.column else find_similar(heading.text, absent)
            if meant is not None:
                absent.remove(meant)  # so that it is not reported as missing, too
                place = self.table.make_place(self.line.number, heading.text)
                finding = self.catalogue.roster_column_misspelt(place, heading.text, meant.heading)
                findings.append((heading.col, finding))
        for column in absent:
            # Without addresses nobody is written to, and a workbook can do without a name.
            if is_mailed and column.is_required:
                place = self.table.make_place(self.line.number)
                finding = self.catalogue.roster_column_missing(place, column.heading)
                findings.append((len(self.line.cells), finding))
        return findings


def read_headings(
    table: RosterTable,
    catalogue: FindingCatalogue,
    columns: Sequence[RosterColumn],
    *,
    is_mailed: bool,
) -> tuple[dict[int, RosterHeading], tuple[Finding, ...]]:
    """
    Read the first line of a roster: return the headings by position, and what is wrong with them.

    Args:
        table: The roster.
        catalogue: The language of the findings.
        columns: The columns that a heading may name.
        is_mailed: Whether the people are to be written to, which takes a name and an address.

    Raises:
        RosterError: If the line has no heading of a column, so that no value has a meaning.
    """
    line = table.lines[0]
    index = index_columns(columns)
    headings = {
        col: RosterHeading(col=col, text=cell.text, column=index.get(heading_key(cell.text)))
        for col, cell in enumerate(line.cells)
        if cell.text
    }
    if not any(heading.column for heading in headings.values()):
        place = table.make_place(line.number)
        texts = ", ".join(heading.text for heading in headings.values())
        choices = [column.heading for column in columns]
        choice_list = list_names(choices, limit=len(choices))
        raise RosterError([catalogue.roster_no_heading(place, texts, choice_list)])
    checker = HeadingChecker(table=table, line=line, headings=headings, catalogue=catalogue)
    findings = checker.check_headings(columns, is_mailed=is_mailed)
    return headings, (*findings, *checker.find_merged())


def column_positions(headings: Mapping[int, RosterHeading]) -> dict[str, int]:
    """Return where each column stands, by its name; of two headings for it the first counts."""
    positions: dict[str, int] = {}
    for col, heading in headings.items():
        if heading.column is not None:
            positions.setdefault(heading.column.name, col)
    return positions


def column_label(headings: Mapping[int, RosterHeading], col: int) -> str:
    """Return what people call a column: its heading, or its letter where it has none."""
    return headings[col].text if col in headings else column_letters(col)


def find_similar(text: str, columns: Sequence[RosterColumn]) -> RosterColumn | None:
    """Return the column whose heading a misspelt one resembles most; None if none is similar."""
    key = heading_key(text)
    candidates = [
        (SequenceMatcher(None, key, heading_key(heading)).ratio(), column.name, column)
        for column in columns
        for heading in column.headings
        if _is_similar(key, heading_key(heading))
    ]
    return max(candidates, key=lambda candidate: candidate[:2])[2] if candidates else None


def _is_similar(key: str, other: str) -> bool:
    # Two letters in the wrong order, as typing does: in a short word such as `nmae` this alone
    # pushes the ratio far below the limit.
    is_swapped = key[:1] == other[:1] and sorted(key) == sorted(other)
    return is_swapped or SequenceMatcher(None, key, other).ratio() >= _SIMILARITY
