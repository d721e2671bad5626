"""Reads the response in a workbook whose scheme is known: answers by id, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.file_traits import FileTraits, find_modified
from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.model import DONT_KNOW, NOT_APPLICABLE, Answer, Profile, Response, Scheme
from iml4e_xlsx.reading.answer_collection import AnswerCollection
from iml4e_xlsx.reading.finding_collection import FindingCollection
from iml4e_xlsx.reading.identity import WorkbookReference, find_references
from iml4e_xlsx.reading.illegible_cells import IllegibleCells
from iml4e_xlsx.reading.profile_reader import ProfileReader, profile_labels
from iml4e_xlsx.reading.rating_reader import RatingReader
from iml4e_xlsx.reading.row_reader import RowReader
from iml4e_xlsx.reading.statement_tables import (
    READ_COLUMNS,
    StatementTable,
    find_table,
    find_table_by_text,
    table_headings,
)
from iml4e_xlsx.reading.statement_texts import StatementTexts
from iml4e_xlsx.reading.summary_reader import (
    Summary,
    SummaryReader,
    summary_headings,
)
from iml4e_xlsx.reading.workbook_content import ShownFigures
from iml4e_xlsx.spreadsheets.grid import Grid, Grids, cell_text
from iml4e_xlsx.spreadsheets.readable_formats import ReadableFormat, find_format
from iml4e_xlsx.text.interface_texts import load_texts, scheme_texts
from iml4e_xlsx.text.lists import list_names
from iml4e_xlsx.text.message import message
from iml4e_xlsx.text.spelling import heading_key
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


@lru_cache(maxsize=64)
def _collect_names(scheme: Scheme) -> _SchemeNames:
    texts = [scheme_texts(scheme).entries]
    texts += [load_texts(language).entries for language in scheme.languages]
    areas = {heading_key(area.name): area.code for area in scheme.areas}
    return _SchemeNames(
        table_headings(texts), profile_labels(texts), summary_headings(texts), areas
    )


class ResponseReader:
    """Reads the response of one workbook whose scheme is known."""

    def __init__(self, scheme: Scheme, source: str, catalogue: FindingCatalogue) -> None:
        self.scheme = scheme
        self.source = source
        self.catalogue = catalogue
        self.names = _collect_names(scheme)
        self.findings: list[Finding] = []
        self.collection = FindingCollection(scheme, self.catalogue, self.findings)
        self.illegible = IllegibleCells(source, self.catalogue, self.collection)
        self.texts = StatementTexts(scheme)
        self.answers = AnswerCollection(scheme, self.catalogue, self.collection)
        self.disputed: frozenset[str] = frozenset()

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
        tables = self._find_tables(grids.sheets)
        self._read_tables(tables, file_format, has_other_references=has_other_references)
        statement_sheets = {id(table.grid) for table in tables if table.is_readable}
        other_sheets = [grid for grid in grids.sheets if id(grid) not in statement_sheets]
        profile, summary = self._read_other_sheets(other_sheets)
        place = Place(source=self.source)
        for extra in grids.extras:
            self.findings.append(self.catalogue.extra_content(place, message(f"extra.{extra}")))
        self._report_missing(tables)
        # What is missing may stand in cells that cannot be understood, on any sheet.
        answers = self.answers.answers
        if profile is None or summary is None or len(answers) < len(self.scheme.statements):
            for grid in other_sheets:
                self.illegible.report_sheet(grid, lambda _row, _col: True)
        self._report_unanswered(reliable=file_format.is_reliable)
        self.collection.finish()
        summary = summary or Summary({}, {}, {})
        response = Response(
            scheme=self.scheme.id,
            version=self.scheme.version,
            profile=profile or Profile(),
            answers={
                id_: answers.get(id_) or Answer(statement=id_) for id_ in self.scheme.statements
            },
            targets=summary.targets,
            estimates=summary.estimates,
            source=self.source,
            workbook_id=reference.workbook_id if reference is not None else "",
            file=FileTraits(modified=find_modified(grids.properties)),
        )
        return response, summary.figures

    def _read_tables(
        self,
        tables: Sequence[StatementTable],
        file_format: ReadableFormat,
        *,
        has_other_references: bool,
    ) -> None:
        if has_other_references:
            self.disputed = self._find_disputed(tables)
        row_reader = RowReader(
            scheme=self.scheme,
            source=self.source,
            catalogue=self.catalogue,
            ratings=RatingReader(self.scheme, self.catalogue),
            texts=self.texts,
            findings=self.collection,
            illegible=self.illegible,
            answers=self.answers,
            cut_lengths=file_format.cut_lengths,
            disputed=self.disputed,
        )
        for table in tables:
            if self._check_table(table):
                row_reader.read_rows(table)
                self.answers.finish_sheet()
            self._report_illegible(table)
        self.answers.finish()

    def _read_other_sheets(self, sheets: Sequence[Grid]) -> tuple[Profile | None, Summary | None]:
        profile_reader = ProfileReader(
            labels=self.names.profile,
            source=self.source,
            catalogue=self.catalogue,
            findings=self.findings,
            illegible=self.illegible,
        )
        profile = profile_reader.read_profile(sheets)
        summary_reader = SummaryReader(
            self.scheme, self.names.areas, self.source, self.catalogue, self.illegible
        )
        summary = summary_reader.read_summary(sheets, self.names.summary)
        self.findings.extend(summary_reader.findings)
        return profile, summary

    def _find_tables(self, sheets: Sequence[Grid]) -> list[StatementTable]:
        """Return the tables found by ids, and for missing statements those found by their texts."""
        headings = self.names.headings
        tables = [
            table
            for grid in sheets
            if (table := find_table(grid, self.scheme, headings, self.texts)) is not None
        ]
        ids = {id_ for table in tables for id_ in table.rows.values()}
        missing = self.scheme.statements.keys() - ids
        if missing:
            by_text = (find_table_by_text(grid, missing, headings, self.texts) for grid in sheets)
            tables.extend(table for table in by_text if table is not None)
        return tables

    def _find_disputed(self, tables: Iterable[StatementTable]) -> frozenset[str]:
        """Return the statements that stand on sheets of different workbooks, and report them."""
        owners: dict[str, str] = {}
        disputed: set[str] = set()
        sheets: dict[str, list[str]] = {}
        for table in tables:
            ids = set(table.rows.values())
            sheet_owners = {reference.workbook_id for reference in find_references(table.grid)}
            for owner in sheet_owners:
                sheets.setdefault(owner, []).append(table.grid.name)
            if len(sheet_owners) > 1:
                disputed |= ids
            elif sheet_owners:
                (owner,) = sheet_owners
                disputed |= {id_ for id_ in ids if owners.setdefault(id_, owner) != owner}
        if disputed:
            shown = [f"{owner} ({', '.join(names[:_LISTED])})" for owner, names in sheets.items()]
            names = list_names(shown, _LISTED)
            report = self.catalogue.several_responses
            place = Place(source=self.source)
            self.findings.append(report(place, names, tuple(sorted(disputed))))
        return frozenset(disputed)

    def _make_place(self, grid: Grid, row: int, col: int) -> Place:
        return Place(source=self.source, sheet=grid.name, cell=cell_address(row, col))

    def _check_table(self, table: StatementTable) -> bool:
        """Return whether the rows of a table can be read; report what is odd about it."""
        if table.is_as_issued:
            return True
        catalogue, first = self.catalogue, min(table.rows)
        place = self._make_place(table.grid, first, table.columns["id"])
        area = self.scheme.statements[table.rows[first]].area
        if not table.is_readable:
            # All areas may stand on one sheet.
            for code in dict.fromkeys(
                self.scheme.statements[id_].area for id_ in table.rows.values()
            ):
                self.collection.report_sheet(place, partial(catalogue.columns_not_found, area=code))
            return False
        if table.by_position:
            self.collection.report_sheet(place, partial(catalogue.columns_by_position, area=area))
        if table.by_text:
            names = list_names(list(table.rows.values()), _LISTED)
            self.collection.report_sheet(place, partial(catalogue.statement_by_text, value=names))
        self._report_unknown(table)
        return True

    def _report_unknown(self, table: StatementTable) -> None:
        """Report the rated rows of a table that have an id which the scheme does not have."""
        grid, rating_col = table.grid, table.columns["rating"]
        rows = {row: id_ for row, id_ in table.unknown.items() if _is_filled(grid, row, rating_col)}
        if rows:
            place = self._make_place(grid, next(iter(rows)), table.columns["id"])
            names = list_names(list(dict.fromkeys(rows.values())), _LISTED)
            report = partial(self.catalogue.statement_unknown, value=names)
            self.collection.report_sheet(place, report)

    def _report_illegible(self, table: StatementTable) -> None:
        """Report what cannot be understood in the headings of a table, and in its columns."""
        if not table.grid.find_faults():
            return
        first = min(table.rows)
        needed = {table.columns[name] for name in READ_COLUMNS if name in table.columns}
        self.illegible.report_sheet(table.grid, lambda row, col: row < first or col in needed)

    def _report_missing(self, tables: Iterable[StatementTable]) -> None:
        if len(self.answers.answers) == len(self.scheme.statements):
            return
        place = Place(source=self.source)
        known = self.answers.answers.keys() | self._find_named(tables)
        for area in self.scheme.areas:
            missing = [s.id for s in area.statements if s.id not in known]
            if len(missing) == len(area.statements):
                self.findings.append(self.catalogue.area_missing(place, area.code, len(missing)))
            else:
                self.findings.extend(
                    self.catalogue.statement_missing(place, id_) for id_ in missing
                )

    def _find_named(self, tables: Iterable[StatementTable]) -> frozenset[str]:
        """Return the statements that are there, and of which a finding says why they are unread."""
        areas = {
            finding.values.get("area")
            for finding in self.findings
            if finding.code == "columns-not-found"
        }
        unreadable = (id_ for one in tables if not one.is_readable for id_ in one.rows.values())
        return self.disputed.union(
            id_ for id_ in unreadable if self.scheme.statements[id_].area in areas
        )

    def _report_unanswered(self, *, reliable: bool) -> None:
        place = Place(source=self.source)
        label = self.scheme.label(NOT_APPLICABLE)
        answers = self.answers.answers
        for answer in answers.values():
            # A reason that was left out is reported as such.
            if (
                answer.rating == NOT_APPLICABLE
                and not answer.evidence
                and answer.statement not in self.answers.without_evidence
            ):
                cell = answer.place or place
                report = self.catalogue.not_applicable_without_reason
                self.findings.append(report(cell, answer.statement, label))
        open_ids = [
            id_
            for id_ in self.scheme.statements
            if (known := answers.get(id_)) is None or known.rating is None
        ]
        total = len(self.scheme.statements)
        if len(open_ids) == total:
            self.findings.append(self.catalogue.nothing_rated(place, reliable=reliable))
        elif open_ids:
            names = list_names(open_ids, _LISTED)
            self.findings.append(self.catalogue.unanswered(place, len(open_ids), total, names))
        unknown = [id_ for id_, answer in answers.items() if answer.rating == DONT_KNOW]
        if unknown:
            in_order = [id_ for id_ in self.scheme.statements if id_ in unknown]
            names = list_names(in_order, _LISTED)
            self.findings.append(self.catalogue.dont_know(place, len(unknown), total, names))


def _is_filled(grid: Grid, row: int, col: int) -> bool:
    """Return whether anything stands in a cell, legible or not."""
    details = grid.details.get((row, col))
    if details is not None and (details.fault or details.error or not details.stored):
        return True
    return bool(cell_text(grid.cell_value(row, col)).strip())
