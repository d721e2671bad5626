"""Collects the answers of a workbook, each statement once, also where rows or sheets repeat."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.model import Answer, Scheme
from iml4e_xlsx.text.message import Message, message

_FEW: Final = 3
"""Up to this many repeated rows are reported one by one; more of one sheet are one finding."""


@dataclass(frozen=True, slots=True)
class _RepeatedRow:
    """A second row of a statement: where it stands, where the first one does, both ratings."""

    statement: str
    place: Place
    first_place: Place
    ratings: str
    is_consistent: bool


@dataclass
class AnswerCollection:
    """The answers of a workbook so far, by statement."""

    scheme: Scheme
    catalogue: FindingCatalogue
    answers: dict[str, Answer] = field(default_factory=dict)
    _unsettled: set[str] = field(default_factory=set)
    _repeated_rows: list[_RepeatedRow] = field(default_factory=list)

    def add_answer(self, answer: Answer, *, legible: bool = True) -> None:
        """
        Add the answer of a row.

        Two rows of a statement yield a rating only if they do not contradict each other. Where
        one of them is illegible, the statement stays unanswered: its text may have been meant to
        be the answer.
        """
        if not legible:
            self._unsettled.add(answer.statement)
        first = self.answers.get(answer.statement)
        if first is None:
            self.answers[answer.statement] = answer
            return
        self._merge_answers(first, answer)

    def _merge_answers(self, first: Answer, second: Answer) -> None:
        assert first.place is not None
        assert second.place is not None
        # A blank row contradicts nothing: whoever copies a sheet fills in only one of the copies.
        ratings = {answer.rating for answer in (first, second) if answer.rating is not None}
        is_consistent = len(ratings) <= 1 and second.statement not in self._unsettled
        if not is_consistent:
            self._unsettled.add(second.statement)  # a third row cannot settle it either
        shown = " / ".join(map(self._rating_label, (first, second)))
        row = _RepeatedRow(second.statement, second.place, first.place, shown, is_consistent)
        self._repeated_rows.append(row)
        # Evidence never contradicts, so both texts are taken.
        texts = dict.fromkeys(a.evidence for a in (first, second) if a.evidence)
        self.answers[second.statement] = Answer(
            statement=second.statement,
            rating=ratings.pop() if is_consistent and ratings else None,
            evidence="\n".join(texts),
            place=first.place,
        )

    def _rating_label(self, answer: Answer) -> str:
        return "?" if answer.rating is None else self.scheme.label(answer.rating)

    def finish_sheet(self) -> list[Finding]:
        """Return the findings about the repeated rows of a sheet, and begin the next sheet."""
        rows, self._repeated_rows = self._repeated_rows, []
        first_sheets = {row.first_place.sheet for row in rows}
        # A copied sheet with the same ratings is one finding, not one for each of its rows.
        if len(rows) > _FEW and len(first_sheets) == 1 and all(row.is_consistent for row in rows):
            place = Place(source=rows[0].place.source, sheet=rows[0].place.sheet)
            first_sheet = str(rows[0].first_place.sheet)
            return [self.catalogue.sheet_twice(place, str(len(rows)), first_sheet)]
        return [self._report_row(row) for row in rows]

    def _report_row(self, row: _RepeatedRow) -> Finding:
        catalogue = self.catalogue
        report = (
            catalogue.statement_twice
            if row.is_consistent
            else catalogue.statement_twice_contradicting
        )
        return report(row.place, row.statement, row.ratings, _cell_on_sheet(row.first_place))


def _cell_on_sheet(place: Place) -> Message:
    """Make the message of a place without its file."""
    return message("place.cell_on_sheet", cell=place.cell, sheet=place.sheet)
