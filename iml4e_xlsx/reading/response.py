"""The response in a workbook whose scheme is known: answers by id, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from iml4e_xlsx.errors import Finding, Place
from iml4e_xlsx.findings import Findings
from iml4e_xlsx.model import NOT_APPLICABLE, Answer, RatingValue, Response, Scheme
from iml4e_xlsx.reading.grid import Grid, Grids, Position
from iml4e_xlsx.reading.identity import Reference
from iml4e_xlsx.reading.profile import as_text, profile_labels, read_profile
from iml4e_xlsx.reading.ratings import RatingReader
from iml4e_xlsx.reading.summary import ShownFigures, SummaryReader, summary_headings
from iml4e_xlsx.reading.tables import Table, find_table, headings, same_text
from iml4e_xlsx.scheme import load_texts, scheme_texts
from iml4e_xlsx.workbook.cells import address

_LISTED = 12
"""How many unanswered statements a message names before it stops."""


@dataclass(frozen=True, slots=True)
class _Names:
    """Headings, labels and names in every language of a scheme, to what they stand for."""

    headings: Mapping[str, str]
    profile: Mapping[str, str]
    summary: Mapping[str, str]
    areas: Mapping[str, str]


@lru_cache(maxsize=64)
def _names_of(scheme: Scheme) -> _Names:
    texts = [scheme_texts(scheme).entries]
    texts += [load_texts(language).entries for language in scheme.languages]
    areas = {area.name.casefold(): area.code for area in scheme.areas}
    return _Names(headings(texts), profile_labels(texts), summary_headings(texts), areas)


class ResponseReader:
    """Reads the response of one workbook whose scheme is known."""

    def __init__(self, scheme: Scheme, source: str) -> None:
        self.scheme = scheme
        self.source = source
        self.make = Findings(scheme_texts(scheme))
        self.ratings = RatingReader(scheme, self.make)
        self.findings: list[Finding] = []
        self.answers: dict[str, Answer] = {}
        self.contradicting: set[str] = set()

    def read(
        self, grids: Grids, reference: Reference | None
    ) -> tuple[Response, Mapping[str, ShownFigures]]:
        """Return the response and the figures that the workbook shows."""
        names = _names_of(self.scheme)
        tables = [
            table
            for grid in grids.sheets
            if (table := find_table(grid, self.scheme, names.headings)) is not None
        ]
        statement_sheets = {id(table.grid) for table in tables if table.readable}
        for table in tables:
            self._table(table)
        others = [grid for grid in grids.sheets if id(grid) not in statement_sheets]
        profile = read_profile(others, names.profile, self.source, self.make, self.findings)
        summary_reader = SummaryReader(self.scheme, names.areas, self.source, self.make)
        summary = summary_reader.read(others, names.summary)
        self.findings.extend(summary_reader.findings)
        self._report_missing()
        self._report_unanswered()
        response = Response(
            scheme=self.scheme.id,
            version=self.scheme.version,
            profile=profile,
            answers={
                id_: self.answers.get(id_, Answer(statement=id_)) for id_ in self.scheme.statements
            },
            targets=summary.targets,
            estimates=summary.estimates,
            source=self.source,
            workbook_id=reference.workbook_id if reference is not None else "",
        )
        return response, summary.figures

    def _place(self, grid: Grid, row: int, col: int) -> Place:
        return Place(source=self.source, sheet=grid.name, cell=address(row, col))

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
        for row, text in table.unknown.items():
            if as_text(grid.value(row, table.columns["rating"])).strip():
                place = self._place(grid, row, table.columns["id"])
                self.findings.append(self.make.statement_unknown(place, text))
        merged = _merged_rows(grid.merged, table.columns["rating"])
        for row, statement in table.rows.items():
            self._row(table, row, statement, merged.get(row))

    def _row(self, table: Table, row: int, statement: str, merged: str | None) -> None:
        grid, columns = table.grid, table.columns
        at = self._place(grid, row, columns["rating"])
        rating: RatingValue | None = None
        if merged is not None:
            self.findings.append(self.make.merged_score_cells(at, statement, merged))
        else:
            position = (row, columns["rating"])
            value = grid.value(*position)
            if value != "" or position in grid.inner:
                inner = grid.inner.get(position)
                rating, finding = self.ratings.read(value, inner, statement, at)
                if finding is not None:
                    self.findings.append(finding)
        evidence = ""
        if "evidence" in columns:
            evidence = as_text(grid.value(row, columns["evidence"]))
            evidence = evidence if evidence.strip() else ""
        if "statement" in columns:
            self._check_text(table, row, statement)
        self._keep(Answer(statement=statement, rating=rating, evidence=evidence, place=at))

    def _check_text(self, table: Table, row: int, statement: str) -> None:
        """Report a statement whose text is not the issued one: something else was rated."""
        col = table.columns["statement"]
        found = table.grid.value(row, col)
        issued = self.scheme.statements[statement].text
        if not same_text(found, issued):
            place = self._place(table.grid, row, col)
            shown = as_text(found)
            self.findings.append(self.make.statement_reworded(place, statement, shown, issued))

    def _keep(self, answer: Answer) -> None:
        """Keep an answer; of a statement that stands twice, only what does not contradict."""
        known = self.answers.get(answer.statement)
        if known is None:
            self.answers[answer.statement] = answer
            return
        ratings = {a.rating for a in (known, answer) if a.rating is not None}
        agree = len(ratings) <= 1 and answer.statement not in self.contradicting
        if not agree:
            self.contradicting.add(answer.statement)
        assert answer.place is not None
        first = str(known.place.cell) if known.place is not None else ""
        self.findings.append(
            self.make.statement_twice(answer.place, answer.statement, first, agree=agree)
        )
        evidence = "\n".join(dict.fromkeys(a.evidence for a in (known, answer) if a.evidence))
        self.answers[answer.statement] = Answer(
            statement=answer.statement,
            rating=ratings.pop() if agree and ratings else None,
            evidence=evidence,
            place=known.place,
        )

    def _report_missing(self) -> None:
        at = Place(source=self.source)
        for area in self.scheme.areas:
            missing = [s.id for s in area.statements if s.id not in self.answers]
            if len(missing) == len(area.statements):
                self.findings.append(self.make.area_missing(at, area.code, len(missing)))
            else:
                self.findings.extend(self.make.statement_missing(at, id_) for id_ in missing)

    def _report_unanswered(self) -> None:
        at = Place(source=self.source)
        label = self.scheme.label(NOT_APPLICABLE)
        for answer in self.answers.values():
            if answer.rating == NOT_APPLICABLE and not answer.evidence:
                place = answer.place or at
                make = self.make.not_applicable_without_reason
                self.findings.append(make(place, answer.statement, label))
        open_ids = [
            id_
            for id_ in self.scheme.statements
            if id_ not in self.answers or self.answers[id_].rating is None
        ]
        total = len(self.scheme.statements)
        if len(open_ids) == total:
            self.findings.append(self.make.nothing_rated(at))
        elif open_ids:
            more = ", …" if len(open_ids) > _LISTED else ""
            listed = ", ".join(open_ids[:_LISTED]) + more
            self.findings.append(self.make.unanswered(at, len(open_ids), total, listed))


def _merged_rows(merged: Iterable[tuple[Position, Position]], col: int) -> dict[int, str]:
    """Return the rows whose score cell is merged with others, with the range in words."""
    rows: dict[int, str] = {}
    for (top, left), (bottom, right) in merged:
        if left <= col <= right:
            shown = f"{address(top, left)}:{address(bottom, right)}"
            rows.update(dict.fromkeys(range(top, bottom + 1), shown))
    return rows
