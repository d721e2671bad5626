"""Reads the response in a workbook whose scheme is known: answers by id, wherever they stand."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.model import NOT_APPLICABLE, Answer, Response, Scheme
from iml4e_xlsx.reading.answer_collection import AnswerCollection
from iml4e_xlsx.reading.identity import WorkbookReference, find_references
from iml4e_xlsx.reading.profile_reader import profile_labels, read_profile
from iml4e_xlsx.reading.rating_reader import CellRating, RatingReader, ScoreCell
from iml4e_xlsx.reading.statement_tables import (
    StatementTable,
    find_table,
    find_table_by_text,
    has_same_words,
    join_words,
    table_headings,
)
from iml4e_xlsx.reading.summary_reader import SummaryReader, summary_headings
from iml4e_xlsx.reading.workbook_content import ShownFigures
from iml4e_xlsx.spreadsheets.grid import CellPosition, Grid, Grids, cell_text
from iml4e_xlsx.spreadsheets.readable_formats import find_format
from iml4e_xlsx.text.interface_texts import load_texts, scheme_texts
from iml4e_xlsx.text.lists import list_names
from iml4e_xlsx.text.message import message
from iml4e_xlsx.workbook.cells import cell_address

_LISTED = 12
"""How many statements a message names; of more it says how many follow."""


@dataclass(frozen=True, slots=True)
class _SchemeNames:
    """The meaning of headings, labels and names in every language of a scheme."""

    headings: Mapping[str, str]
    profile: Mapping[str, str]
    summary: Mapping[str, str]
    areas: Mapping[str, str]
    statements: Mapping[str, str]


@lru_cache(maxsize=64)
def _collect_names(scheme: Scheme) -> _SchemeNames:
    texts = [scheme_texts(scheme).entries]
    texts += [load_texts(language).entries for language in scheme.languages]
    areas = {area.name.casefold(): area.code for area in scheme.areas}
    statements = {
        join_words(statement.text): statement.id for statement in scheme.statements.values()
    }
    return _SchemeNames(
        table_headings(texts), profile_labels(texts), summary_headings(texts), areas, statements
    )


class ResponseReader:
    """Reads the response of one workbook whose scheme is known."""

    def __init__(self, scheme: Scheme, source: str, catalogue: FindingCatalogue) -> None:
        self.scheme = scheme
        self.source = source
        self.catalogue = catalogue
        self.names = _collect_names(scheme)
        self.ratings = RatingReader(scheme, self.catalogue)
        self.findings: list[Finding] = []
        self.answers = AnswerCollection(scheme, self.catalogue)
        self.disputed: frozenset[str] = frozenset()
        self.cut_lengths: Collection[int] = ()

    def read_response(
        self,
        grids: Grids,
        reference: WorkbookReference | None,
        *,
        has_other_references: bool = False,
    ) -> tuple[Response, Mapping[str, ShownFigures]]:
        """
        Return the response and the figures that the workbook shows.

        Args:
            grids: The sheets.
            reference: The reference of the workbook, if it has one.
            has_other_references: Whether sheets have references of other workbooks, too.
        """
        file_format = find_format(grids.format_name)
        assert file_format is not None
        self.cut_lengths = file_format.cut_lengths
        tables = self._find_tables(grids.sheets)
        if has_other_references:
            self._find_disputed(tables)
        for table in tables:
            self._read_table(table)
            self.findings.extend(self.answers.finish_sheet())
        statement_sheets = {id(table.grid) for table in tables if table.is_readable}
        other_sheets = [grid for grid in grids.sheets if id(grid) not in statement_sheets]
        profile = read_profile(
            other_sheets, self.names.profile, self.source, self.catalogue, self.findings
        )
        summary_reader = SummaryReader(self.scheme, self.names.areas, self.source, self.catalogue)
        summary = summary_reader.read_summary(other_sheets, self.names.summary)
        self.findings.extend(summary_reader.findings)
        place = Place(source=self.source)
        for extra in grids.extras:
            self.findings.append(self.catalogue.extra_content(place, message(f"extra.{extra}")))
        self._report_missing()
        self._report_unanswered(reliable=file_format.is_reliable)
        answers = self.answers.answers
        response = Response(
            scheme=self.scheme.id,
            version=self.scheme.version,
            profile=profile,
            answers={
                id_: answers.get(id_, Answer(statement=id_)) for id_ in self.scheme.statements
            },
            targets=summary.targets,
            estimates=summary.estimates,
            source=self.source,
            workbook_id=reference.workbook_id if reference is not None else "",
        )
        return response, summary.figures

    def _find_tables(self, sheets: Sequence[Grid]) -> list[StatementTable]:
        """Return the tables found by ids, and for missing statements those found by their texts."""
        tables = [
            table
            for grid in sheets
            if (table := find_table(grid, self.scheme, self.names.headings)) is not None
        ]
        ids = {id_ for table in tables for id_ in table.rows.values()}
        missing = {text: id_ for text, id_ in self.names.statements.items() if id_ not in ids}
        if missing:
            by_text = (find_table_by_text(grid, missing, self.names.headings) for grid in sheets)
            tables.extend(table for table in by_text if table is not None)
        return tables

    def _find_disputed(self, tables: Iterable[StatementTable]) -> None:
        """Find the statements that stand on sheets of different workbooks."""
        owners: dict[str, set[str]] = {}
        sheets: dict[str, list[str]] = {}
        for table in tables:
            for owner in {reference.workbook_id for reference in find_references(table.grid)}:
                sheets.setdefault(owner, []).append(table.grid.name)
                for id_ in table.rows.values():
                    owners.setdefault(id_, set()).add(owner)
        self.disputed = frozenset(id_ for id_, workbooks in owners.items() if len(workbooks) > 1)
        if self.disputed:
            shown = "; ".join(f"{owner} ({', '.join(names)})" for owner, names in sheets.items())
            place = Place(source=self.source)
            self.findings.append(self.catalogue.several_responses(place, shown))

    def _make_place(self, grid: Grid, row: int, col: int) -> Place:
        return Place(source=self.source, sheet=grid.name, cell=cell_address(row, col))

    def _read_table(self, table: StatementTable) -> None:
        grid = table.grid
        first = min(table.rows)
        place = self._make_place(grid, first, table.columns["id"])
        area = self.scheme.statements[table.rows[first]].area
        if not table.is_readable:
            self.findings.append(self.catalogue.columns_not_found(place, area))
            return
        if table.by_position:
            self.findings.append(self.catalogue.columns_by_position(place, area))
        if table.by_text:
            names = list_names(list(table.rows.values()), _LISTED)
            self.findings.append(self.catalogue.statement_by_text(place, names))
        for row, text in table.unknown.items():
            if cell_text(grid.cell_value(row, table.columns["rating"])).strip():
                id_place = self._make_place(grid, row, table.columns["id"])
                self.findings.append(self.catalogue.statement_unknown(id_place, text))
        merged = _find_merged(grid.merged, table.columns["rating"], table.rows)
        for row, statement in table.rows.items():
            if statement not in self.disputed:
                self._read_row(table, row, statement, merged.get(row))

    def _read_row(
        self, table: StatementTable, row: int, statement: str, merged: _MergedCell | None
    ) -> None:
        place = self._make_place(table.grid, row, table.columns["rating"])
        legible = self._has_text_of(table, row, statement)
        if merged is not None:
            catalogue = self.catalogue
            report = catalogue.merged_in_row if merged.legible else catalogue.merged_score_cells
            self.findings.append(report(place, statement, merged.shown))
            legible = legible and merged.legible
        result = self._read_rating(table, row, statement, place) if legible else CellRating()
        # A cell with a finding but no rating is illegible, an empty cell is not.
        legible = legible and (result.rating is not None or not result.findings)
        self.findings.extend(result.findings)
        evidence = self._read_evidence(table, row, statement)
        if result.note and result.note not in evidence:
            evidence = "\n".join(filter(None, (evidence, result.note)))
        answer = Answer(statement=statement, rating=result.rating, evidence=evidence, place=place)
        self.answers.add_answer(answer, legible=legible)

    def _read_rating(
        self, table: StatementTable, row: int, statement: str, place: Place
    ) -> CellRating:
        position = (row, table.columns["rating"])
        details = table.grid.details.get(position)
        value = table.grid.cell_value(*position)
        if value == "" and details is None:
            return CellRating()
        return self.ratings.read_cell(ScoreCell(value, details, statement, place))

    def _read_evidence(self, table: StatementTable, row: int, statement: str) -> str:
        if "evidence" not in table.columns:
            return ""
        position = (row, table.columns["evidence"])
        details = table.grid.details.get(position)
        if details is not None and (details.error or not details.stored):
            place = self._make_place(table.grid, *position)
            shown = details.error or details.formula
            self.findings.append(self.catalogue.evidence_unreadable(place, statement, shown))
        text = cell_text(table.grid.cell_value(*position))
        if len(text) in self.cut_lengths:
            place = self._make_place(table.grid, *position)
            self.findings.append(self.catalogue.evidence_cut(place, statement, len(text)))
        return text if text.strip() else ""

    def _has_text_of(self, table: StatementTable, row: int, statement: str) -> bool:
        """Return whether a row may be read as a statement's, by the text that stands in it."""
        if "statement" not in table.columns:
            return True  # the column was deleted; the id alone still tells
        col = table.columns["statement"]
        text = cell_text(table.grid.cell_value(row, col))
        issued = self.scheme.statements[statement].text
        if has_same_words(text, issued):
            return True
        place = self._make_place(table.grid, row, col)
        # The text of another statement contradicts the id: a column was sorted by itself, and
        # which of the two the respondent rated, nobody can tell.
        other = self.names.statements.get(join_words(text))
        if other is not None:
            self.findings.append(self.catalogue.statement_exchanged(place, statement, other))
            return False
        # Any other text is a typing error or a translation; it is reported and the row is read.
        self.findings.append(self.catalogue.statement_reworded(place, statement, text, issued))
        return True

    def _report_missing(self) -> None:
        place = Place(source=self.source)
        for area in self.scheme.areas:
            missing = [s.id for s in area.statements if s.id not in self.answers.answers]
            if len(missing) == len(area.statements):
                self.findings.append(self.catalogue.area_missing(place, area.code, len(missing)))
            else:
                self.findings.extend(
                    self.catalogue.statement_missing(place, id_) for id_ in missing
                )

    def _report_unanswered(self, *, reliable: bool) -> None:
        place = Place(source=self.source)
        label = self.scheme.label(NOT_APPLICABLE)
        for answer in self.answers.answers.values():
            if answer.rating == NOT_APPLICABLE and not answer.evidence:
                cell = answer.place or place
                report = self.catalogue.not_applicable_without_reason
                self.findings.append(report(cell, answer.statement, label))
        open_ids = [
            id_
            for id_ in self.scheme.statements
            if id_ not in self.answers.answers or self.answers.answers[id_].rating is None
        ]
        total = len(self.scheme.statements)
        if len(open_ids) == total:
            self.findings.append(self.catalogue.nothing_rated(place, reliable=reliable))
        elif open_ids:
            names = list_names(open_ids, _LISTED)
            self.findings.append(self.catalogue.unanswered(place, len(open_ids), total, names))


@dataclass(frozen=True, slots=True)
class _MergedCell:
    """The range of a merged score cell; legible if it holds the rating of one row alone."""

    shown: str
    legible: bool


def _find_merged(
    merged: Iterable[tuple[CellPosition, CellPosition]], col: int, rows: Iterable[int]
) -> dict[int, _MergedCell]:
    """Return the rows whose score cell is merged with others."""
    merged_cells: dict[int, _MergedCell] = {}
    for (first_row, first_col), (last_row, last_col) in merged:
        if first_col <= col <= last_col:
            shown = f"{cell_address(first_row, first_col)}:{cell_address(last_row, last_col)}"
            cell = _MergedCell(shown, legible=first_row == last_row and first_col == col)
            merged_cells.update((row, cell) for row in rows if first_row <= row <= last_row)
    return merged_cells
