"""The response in a workbook whose scheme is known: answers by id, wherever they stand."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.model import NOT_APPLICABLE, Answer, Response, Scheme
from iml4e_xlsx.reading.answer_collection import Answers
from iml4e_xlsx.reading.identity import WorkbookReference, find_references
from iml4e_xlsx.reading.profile_reader import profile_labels, read_profile
from iml4e_xlsx.reading.rating_reader import RatingReader, ReadRating
from iml4e_xlsx.reading.statement_tables import (
    Table,
    find_table,
    find_table_by_text,
    headings,
    plain,
    same_text,
)
from iml4e_xlsx.reading.summary_reader import ShownFigures, SummaryReader, summary_headings
from iml4e_xlsx.spreadsheets.grid import CellPosition, Grid, Grids, cell_text
from iml4e_xlsx.spreadsheets.readable_formats import find_format
from iml4e_xlsx.text.interface_texts import load_texts, scheme_texts
from iml4e_xlsx.workbook.cells import cell_address

_LISTED = 12
"""How many statements a message names before it stops."""


@dataclass(frozen=True, slots=True)
class _Names:
    """Headings, labels and names in every language of a scheme, to what they stand for."""

    headings: Mapping[str, str]
    profile: Mapping[str, str]
    summary: Mapping[str, str]
    areas: Mapping[str, str]
    statements: Mapping[str, str]


@lru_cache(maxsize=64)
def _names_of(scheme: Scheme) -> _Names:
    texts = [scheme_texts(scheme).entries]
    texts += [load_texts(language).entries for language in scheme.languages]
    areas = {area.name.casefold(): area.code for area in scheme.areas}
    statements = {plain(one.text): one.id for one in scheme.statements.values()}
    return _Names(
        headings(texts), profile_labels(texts), summary_headings(texts), areas, statements
    )


class ResponseReader:
    """Reads the response of one workbook whose scheme is known."""

    def __init__(self, scheme: Scheme, source: str) -> None:
        self.scheme = scheme
        self.source = source
        self.make = FindingCatalogue(scheme_texts(scheme))
        self.names = _names_of(scheme)
        self.ratings = RatingReader(scheme, self.make)
        self.findings: list[Finding] = []
        self.answers = Answers(scheme, self.make)
        self.disputed: frozenset[str] = frozenset()
        self.cut_lengths: Collection[int] = ()

    def read(
        self, grids: Grids, reference: WorkbookReference | None, *, contested: bool = False
    ) -> tuple[Response, Mapping[str, ShownFigures]]:
        """
        Return the response and the figures that the workbook shows.

        Args:
            grids: The sheets.
            reference: What the workbook says that it is.
            contested: Whether sheets say that they belong to different workbooks.
        """
        file_format = find_format(grids.format_name)
        assert file_format is not None
        self.cut_lengths = file_format.cut_lengths
        tables = self._tables(grids.sheets)
        if contested:
            self._find_disputed(tables)
        for table in tables:
            self._table(table)
            self.findings.extend(self.answers.end_of_sheet())
        statement_sheets = {id(table.grid) for table in tables if table.readable}
        others = [grid for grid in grids.sheets if id(grid) not in statement_sheets]
        profile = read_profile(others, self.names.profile, self.source, self.make, self.findings)
        summary_reader = SummaryReader(self.scheme, self.names.areas, self.source, self.make)
        summary = summary_reader.read(others, self.names.summary)
        self.findings.extend(summary_reader.findings)
        at = Place(source=self.source)
        for extra in grids.extras:
            self.findings.append(self.make.extra_content(at, self.make.texts(f"extra.{extra}")))
        self._report_missing()
        self._report_unanswered(reliable=file_format.is_reliable)
        kept = self.answers.kept
        response = Response(
            scheme=self.scheme.id,
            version=self.scheme.version,
            profile=profile,
            answers={id_: kept.get(id_, Answer(statement=id_)) for id_ in self.scheme.statements},
            targets=summary.targets,
            estimates=summary.estimates,
            source=self.source,
            workbook_id=reference.workbook_id if reference is not None else "",
        )
        return response, summary.figures

    def _tables(self, sheets: Sequence[Grid]) -> list[Table]:
        """Return the tables found by ids; what no id leads to is looked for by its text."""
        tables = [
            table
            for grid in sheets
            if (table := find_table(grid, self.scheme, self.names.headings)) is not None
        ]
        found = {id_ for table in tables for id_ in table.rows.values()}
        missing = {text: id_ for text, id_ in self.names.statements.items() if id_ not in found}
        if missing:
            by_text = (find_table_by_text(grid, missing, self.names.headings) for grid in sheets)
            tables.extend(table for table in by_text if table is not None)
        return tables

    def _find_disputed(self, tables: Iterable[Table]) -> None:
        """Find the statements that stand on sheets of different workbooks."""
        owners: dict[str, set[str]] = {}
        sheets: dict[str, list[str]] = {}
        for table in tables:
            for owner in {reference.workbook_id for reference in find_references(table.grid)}:
                sheets.setdefault(owner, []).append(table.grid.name)
                for id_ in table.rows.values():
                    owners.setdefault(id_, set()).add(owner)
        self.disputed = frozenset(id_ for id_, found in owners.items() if len(found) > 1)
        if self.disputed:
            found = "; ".join(f"{owner} ({', '.join(names)})" for owner, names in sheets.items())
            self.findings.append(self.make.several_responses(Place(source=self.source), found))

    def _place(self, grid: Grid, row: int, col: int) -> Place:
        return Place(source=self.source, sheet=grid.name, cell=cell_address(row, col))

    def _table(self, table: Table) -> None:
        grid = table.grid
        first = min(table.rows)
        at = self._place(grid, first, table.columns["id"])
        area = self.scheme.statements[table.rows[first]].area
        if not table.readable:
            self.findings.append(self.make.columns_not_found(at, area))
            return
        if table.by_position:
            self.findings.append(self.make.columns_by_position(at, area))
        if table.by_text:
            listed = _listed(list(table.rows.values()))
            self.findings.append(self.make.statement_by_text(at, listed))
        for row, text in table.unknown.items():
            if cell_text(grid.value(row, table.columns["rating"])).strip():
                place = self._place(grid, row, table.columns["id"])
                self.findings.append(self.make.statement_unknown(place, text))
        merged = _merged_rows(grid.merged, table.columns["rating"], table.rows)
        for row, statement in table.rows.items():
            if statement not in self.disputed:
                self._row(table, row, statement, merged.get(row))

    def _row(self, table: Table, row: int, statement: str, merged: _Merged | None) -> None:
        at = self._place(table.grid, row, table.columns["rating"])
        readable = self._is_of(table, row, statement)
        if merged is not None:
            report = self.make.merged_in_row if merged.legible else self.make.merged_score_cells
            self.findings.append(report(at, statement, merged.shown))
            readable = readable and merged.legible
        found = self._rating(table, row, statement, at) if readable else ReadRating()
        legible = readable and (found.rating is not None or not found.findings)
        self.findings.extend(found.findings)
        evidence = self._evidence(table, row, statement)
        if found.remark and found.remark not in evidence:
            evidence = "\n".join(filter(None, (evidence, found.remark)))
        answer = Answer(statement=statement, rating=found.rating, evidence=evidence, place=at)
        self.answers.keep(answer, legible=legible)

    def _rating(self, table: Table, row: int, statement: str, at: Place) -> ReadRating:
        position = (row, table.columns["rating"])
        inner = table.grid.details.get(position)
        value = table.grid.value(*position)
        if value == "" and inner is None:
            return ReadRating()
        return self.ratings.read(value, inner, statement, at)

    def _evidence(self, table: Table, row: int, statement: str) -> str:
        if "evidence" not in table.columns:
            return ""
        position = (row, table.columns["evidence"])
        inner = table.grid.details.get(position)
        if inner is not None and (inner.error or not inner.stored):
            place = self._place(table.grid, *position)
            shown = inner.error or inner.formula
            self.findings.append(self.make.evidence_unreadable(place, statement, shown))
        text = cell_text(table.grid.value(*position))
        if len(text) in self.cut_lengths:
            place = self._place(table.grid, *position)
            self.findings.append(self.make.evidence_cut(place, statement, len(text)))
        return text if text.strip() else ""

    def _is_of(self, table: Table, row: int, statement: str) -> bool:
        """
        Return whether a row is a statement's by its text as well.

        A text that was changed is reported and the row taken; one that is another statement's
        contradicts the id, and the row is not taken.
        """
        if "statement" not in table.columns:
            return True
        col = table.columns["statement"]
        found = cell_text(table.grid.value(row, col))
        issued = self.scheme.statements[statement].text
        if same_text(found, issued):
            return True
        place = self._place(table.grid, row, col)
        other = self.names.statements.get(plain(found))
        if other is not None:
            self.findings.append(self.make.statement_exchanged(place, statement, other))
            return False
        self.findings.append(self.make.statement_reworded(place, statement, found, issued))
        return True

    def _report_missing(self) -> None:
        at = Place(source=self.source)
        for area in self.scheme.areas:
            missing = [s.id for s in area.statements if s.id not in self.answers.kept]
            if len(missing) == len(area.statements):
                self.findings.append(self.make.area_missing(at, area.code, len(missing)))
            else:
                self.findings.extend(self.make.statement_missing(at, id_) for id_ in missing)

    def _report_unanswered(self, *, reliable: bool) -> None:
        at = Place(source=self.source)
        label = self.scheme.label(NOT_APPLICABLE)
        for answer in self.answers.kept.values():
            if answer.rating == NOT_APPLICABLE and not answer.evidence:
                place = answer.place or at
                make = self.make.not_applicable_without_reason
                self.findings.append(make(place, answer.statement, label))
        open_ids = [
            id_
            for id_ in self.scheme.statements
            if id_ not in self.answers.kept or self.answers.kept[id_].rating is None
        ]
        total = len(self.scheme.statements)
        if len(open_ids) == total:
            self.findings.append(self.make.nothing_rated(at, reliable=reliable))
        elif open_ids:
            listed = _listed(open_ids)
            self.findings.append(self.make.unanswered(at, len(open_ids), total, listed))


@dataclass(frozen=True, slots=True)
class _Merged:
    """The range that a score cell is merged into; legible if it holds that row's rating alone."""

    shown: str
    legible: bool


def _merged_rows(
    merged: Iterable[tuple[CellPosition, CellPosition]], col: int, rows: Iterable[int]
) -> dict[int, _Merged]:
    """Return the rows whose score cell is merged with others."""
    found: dict[int, _Merged] = {}
    for (top, left), (bottom, right) in merged:
        if left <= col <= right:
            shown = f"{cell_address(top, left)}:{cell_address(bottom, right)}"
            one = _Merged(shown, legible=top == bottom and left == col)
            found.update((row, one) for row in rows if top <= row <= bottom)
    return found


def _listed(ids: Sequence[str]) -> str:
    """Return ids for a message, the first of many."""
    more = ", …" if len(ids) > _LISTED else ""
    return ", ".join(ids[:_LISTED]) + more
