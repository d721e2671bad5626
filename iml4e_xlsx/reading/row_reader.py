"""Reads the rows of a table of statements: each row's rating and evidence become an answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Container, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.model import Answer, Scheme
from iml4e_xlsx.reading.answer_collection import AnswerCollection
from iml4e_xlsx.reading.finding_collection import FindingCollection
from iml4e_xlsx.reading.illegible_cells import IllegibleCells, describe_fault
from iml4e_xlsx.reading.merged_cells import MergedCell, find_merged
from iml4e_xlsx.reading.rating_reader import UNANSWERED, CellRating, RatingReader
from iml4e_xlsx.reading.statement_tables import StatementTable
from iml4e_xlsx.reading.statement_texts import StatementTexts
from iml4e_xlsx.spreadsheets.grid import CellDetails, Grid, cell_text
from iml4e_xlsx.workbook.cells import cell_address, column_letters

_PICTURE: Final = re.compile(r"=\s*(?:_xlfn\.)?(?:DISPIMG|IMAGE)\s*\(.*", re.IGNORECASE | re.DOTALL)
"""A formula that shows a picture; programs that do not know it store the formula as its result."""

_NAMED_COPIES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RowReader:
    """
    Reads the rows of the tables of one workbook.

    Attributes:
        scheme: The scheme of the statements.
        source: The name of the workbook.
        catalogue: The language of the findings.
        ratings: Reads score cells.
        texts: The texts of the statements.
        findings: What is wrong; the collection grows.
        illegible: The cells that cannot be understood.
        answers: What was read; the collection grows.
        cut_lengths: Lengths of texts at which the format's programs cut.
        disputed: Statements that several respondents rated; none of these is read.
    """

    scheme: Scheme
    source: str
    catalogue: FindingCatalogue
    ratings: RatingReader
    texts: StatementTexts
    findings: FindingCollection
    illegible: IllegibleCells
    answers: AnswerCollection
    cut_lengths: Collection[int]
    disputed: Container[str]

    def read_rows(self, table: StatementTable) -> None:
        """Read all rows of a table into the answers."""
        merged = find_merged(table.grid.merged, table.columns["rating"], table.rows)
        for row, statement, answer in self._read_plain_rows(table, merged):
            if answer is not None:
                self.answers.add_answer(answer)
            elif statement not in self.disputed:
                self._read_row(table, row, statement, merged.get(row))

    def _read_plain_rows(
        self, table: StatementTable, merged: Iterable[int]
    ) -> Iterator[tuple[int, str, Answer | None]]:
        """Yield each row and its statement; the answer, too, where nothing is to be reported."""
        grid, columns, statements = table.grid, table.columns, self.scheme.statements
        rating_col, letters = columns["rating"], column_letters(columns["rating"])
        text_col, evidence_col = columns.get("statement", -1), columns.get("evidence", -1)
        find_rating, cut_lengths = self.ratings.plain.get, self.cut_lengths
        # Each row of an issued workbook has a formula, in a column that is nobody's.
        read_cols = frozenset(columns.values())
        odd_rows = {
            *merged,
            *grid.repeated,
            *(row for row, col in grid.details if col in read_cols),
        }
        for row, statement in table.rows.items():
            values = grid.rows[row]
            rating = find_rating(values.get(rating_col))
            evidence = values.get(evidence_col, "")
            answer = None
            if (
                rating is not None
                and values.get(text_col) == statements[statement].text
                and evidence.__class__ is str
                and not (evidence and (evidence[0] == "=" or evidence.isspace()))
                and len(evidence) not in cut_lengths
                and row not in odd_rows
                and statement not in self.disputed
            ):
                place = Place(self.source, grid.name, f"{letters}{row + 1}")
                answer = Answer(statement, rating.rating, evidence, place)
            yield row, statement, answer

    def _read_row(
        self, table: StatementTable, row: int, statement: str, merged: MergedCell | None
    ) -> None:
        grid, columns = table.grid, table.columns
        values = grid.rows[row]
        rating_col = columns["rating"]
        place = self._make_place(grid, row, rating_col)
        # Nearly all rows have the text as issued; without its column, the id alone still tells.
        legible = (
            "statement" not in columns
            or values.get(columns["statement"]) == self.scheme.statements[statement].text
            or self._has_text_of(grid, row, columns["statement"], statement)
        )
        if merged is not None:
            report = self._choose_merge_report(merged)
            self.findings.report_statement(statement, place, partial(report, value=merged.shown))
            legible = legible and merged.legible
        result = self._read_rating(grid, row, rating_col) if legible else UNANSWERED
        # A cell with a report but no rating is illegible, an empty cell is not.
        legible = legible and result.is_legible
        if result.report is not None:
            self.findings.report_statement(statement, place, result.report)
        evidence = ""
        if "evidence" in columns:
            evidence = self._read_evidence(grid, row, columns["evidence"], statement)
        if result.note and result.note not in evidence:
            evidence = "\n".join(filter(None, (evidence, result.note)))
        answer = Answer(statement=statement, rating=result.rating, evidence=evidence, place=place)
        if row not in grid.repeated:
            self.answers.add_answer(answer, legible=legible)
            return
        # A row that the file repeats is read once: its copies can say nothing else.
        copies = grid.repeated[row] - 1
        copied_rows = range(row + 1, row + 1 + min(copies, _NAMED_COPIES))
        places = tuple(self._make_place(grid, copy, rating_col) for copy in copied_rows)
        self.answers.add_answer(answer, legible=legible, copies=copies, places=places)

    def _make_place(self, grid: Grid, row: int, col: int) -> Place:
        return Place(source=self.source, sheet=grid.name, cell=cell_address(row, col))

    def _choose_merge_report(self, merged: MergedCell) -> Callable[..., Finding]:
        catalogue = self.catalogue
        return catalogue.merged_in_row if merged.legible else catalogue.merged_score_cells

    def _read_rating(self, grid: Grid, row: int, col: int) -> CellRating:
        value = grid.cell_value(row, col)
        details = grid.details.get((row, col)) if grid.details else None
        if details is None:
            plain = self.ratings.plain.get(value)
            return self.ratings.read_cell(value, None) if plain is None else plain
        if details.fault is not None:
            self.illegible.claim(grid, row, col)
        return self.ratings.read_cell(value, details)

    def _read_evidence(self, grid: Grid, row: int, col: int, statement: str) -> str:
        value = grid.cell_value(row, col)
        details = grid.details.get((row, col)) if grid.details else None
        if details is not None and not self._is_readable(grid, row, col, statement, details):
            return ""
        text = value if isinstance(value, str) else cell_text(value)
        # Whatever a picture shows, it is no text, and no reason why a statement does not apply.
        if text[:1] == "=" and _PICTURE.fullmatch(text):
            report = partial(self.catalogue.evidence_unreadable, value=text)
            self.findings.report_statement(statement, self._make_place(grid, row, col), report)
            return ""
        if len(text) in self.cut_lengths:
            place = self._make_place(grid, row, col)
            self.findings.report_statement(
                statement, place, partial(self.catalogue.evidence_cut, length=len(text))
            )
        return text if text.strip() else ""

    def _is_readable(
        self, grid: Grid, row: int, col: int, statement: str, details: CellDetails
    ) -> bool:
        """Return whether a cell with something behind it holds evidence; report why, if not."""
        catalogue = self.catalogue
        report: Callable[..., Finding]
        if details.fault is not None:
            self.illegible.claim(grid, row, col)
            report = partial(catalogue.evidence_illegible, value=describe_fault(details.fault))
        elif details.error or not details.stored:
            shown = details.error or details.formula
            report = partial(catalogue.evidence_unreadable, value=shown)
        elif details.formula and _PICTURE.fullmatch(f"={details.formula.lstrip('=')}"):
            report = partial(catalogue.evidence_unreadable, value=details.formula)
        else:
            return True
        self.findings.report_statement(statement, self._make_place(grid, row, col), report)
        return False

    def _has_text_of(self, grid: Grid, row: int, col: int, statement: str) -> bool:
        """Return whether a row may be read as a statement's, by the text that stands in it."""
        details = grid.details.get((row, col))
        # The id still tells; the sheet's illegible cells are reported together.
        if details is not None and details.fault is not None:
            return True
        value = grid.cell_value(row, col)
        if self.texts.has_text_of(value, statement):
            return True
        place = self._make_place(grid, row, col)
        # The text of another statement contradicts the id: a column was sorted by itself, and
        # which of the two the respondent rated, nobody can tell.
        other = self.texts.find_statement(value)
        if other is not None:
            report = partial(self.catalogue.statement_exchanged, other=other)
            self.findings.report_statement(statement, place, report)
            return False
        # Any other text is a typing error or a translation; it is reported and the row is read.
        issued = self.scheme.statements[statement].text
        self.findings.report_statement(
            statement,
            place,
            partial(self.catalogue.statement_reworded, value=cell_text(value), expected=issued),
        )
        return True
