"""Collects the answers of a workbook, each statement once, also where rows or sheets repeat."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Final

from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Place
from iml4e_xlsx.model import Answer, RatingValue, Scheme
from iml4e_xlsx.reading.finding_collection import FindingCollection, list_places
from iml4e_xlsx.text.lists import list_names

MOST_EVIDENCE: Final = 4_000_000
"""How many characters of evidence a workbook may hold: 120 cells as full as Excel lets them be."""

_FEW: Final = 3
"""So many repeated rows of a sheet are reported one by one; of more, the sheet may be a copy."""

_LISTED: Final = 12


@dataclass(slots=True)
class _RepeatedRows:
    """The rows of a statement besides its first one: the first few places, and how many."""

    places: list[Place]
    count: int


@dataclass(slots=True)
class _SeveralRows:
    """What the rows of a statement say together: ratings and evidence, each once."""

    ratings: dict[RatingValue, None]
    texts: dict[str, None]


@dataclass
class AnswerCollection:
    """
    The answers of a workbook so far, by statement; complete once `finish` was called.

    Nothing here costs more for the tenth row of a statement than for the second.
    """

    scheme: Scheme
    catalogue: FindingCatalogue
    findings: FindingCollection
    answers: dict[str, Answer] = field(default_factory=dict)
    most_evidence: int = MOST_EVIDENCE
    without_evidence: dict[str, None] = field(default_factory=dict)
    _evidence: int = 0
    _unsettled: set[str] = field(default_factory=set)
    _several: dict[str, _SeveralRows] = field(default_factory=dict)
    _on_sheet: dict[str, _RepeatedRows] = field(default_factory=dict)
    _repeated: dict[str, _RepeatedRows] = field(default_factory=dict)

    def add_answer(
        self,
        answer: Answer,
        *,
        legible: bool = True,
        copies: int = 0,
        places: tuple[Place, ...] = (),
    ) -> None:
        """
        Add the answer of a row.

        Two rows of a statement yield a rating only if they do not contradict each other. Where
        one of them is illegible, the statement stays unanswered: its text may have been meant to
        be the answer.

        Args:
            answer: The answer.
            legible: Whether the row could be read.
            copies: How often the file repeats the row after this one.
            places: The places of the first copies.
        """
        statement = answer.statement
        if not legible:
            self._unsettled.add(statement)
        first = self.answers.get(statement)
        if first is None:
            self.answers[statement] = answer if self._has_room_for(answer) else _bare(answer)
        else:
            self._merge_row(first, answer)
            assert answer.place is not None
            copies, places = copies + 1, (answer.place, *places)
        if copies:
            self._note_rows(self._on_sheet, statement, _RepeatedRows(list(places), copies))

    def _has_room_for(self, answer: Answer) -> bool:
        """Return whether the evidence may be kept; note the statement if it may not."""
        length = len(answer.evidence) + 1  # a line break stands between two texts
        if not answer.evidence or self._evidence + length <= self.most_evidence:
            self._evidence += length
            return True
        self.without_evidence[answer.statement] = None
        return False

    def _merge_row(self, first: Answer, answer: Answer) -> None:
        rows = self._several.get(answer.statement)
        if rows is None:
            texts = {first.evidence: None} if first.evidence else {}
            rows = self._several[answer.statement] = _SeveralRows({}, texts)
            if first.rating is not None:
                rows.ratings[first.rating] = None
        # A blank row contradicts nothing: whoever copies a sheet fills in only one of the copies.
        if answer.rating is not None:
            rows.ratings[answer.rating] = None
        # Evidence never contradicts, so all texts are taken.
        if answer.evidence not in rows.texts and answer.evidence and self._has_room_for(answer):
            rows.texts[answer.evidence] = None

    def _note_rows(
        self, noted: dict[str, _RepeatedRows], statement: str, rows: _RepeatedRows
    ) -> None:
        known = noted.setdefault(statement, _RepeatedRows([], 0))
        known.places += rows.places[: _FEW - len(known.places)]
        known.count += rows.count

    def _is_consistent(self, statement: str) -> bool:
        rows = self._several.get(statement)
        return statement not in self._unsettled and (rows is None or len(rows.ratings) <= 1)

    def finish_sheet(self) -> None:
        """Report a sheet that repeats another one, and begin the next sheet."""
        rows, self._on_sheet = self._on_sheet, {}
        if len(rows) > _FEW and self._is_copy(rows):
            place = next(iter(rows.values())).places[0]
            first = str(self._first_sheet(next(iter(rows))))
            report = partial(self.catalogue.sheet_twice, value=str(len(rows)), first=first)
            self.findings.report_sheet(Place(source=place.source, sheet=place.sheet), report)
            return
        for statement, repeated in rows.items():
            self._note_rows(self._repeated, statement, repeated)

    def _first_sheet(self, statement: str) -> str | None:
        place = self.answers[statement].place
        return place.sheet if place is not None else None

    def _is_copy(self, rows: dict[str, _RepeatedRows]) -> bool:
        """Return whether the rows stand once on another sheet each, with the same ratings."""
        first_sheets = {self._first_sheet(statement) for statement in rows}
        return (
            len(first_sheets) == 1
            # A sheet that repeats its own rows is the only one that holds them.
            and next(iter(rows.values())).places[0].sheet not in first_sheets
            and all(row.count == 1 for row in rows.values())
            and all(map(self._is_consistent, rows))
        )

    def finish(self) -> None:
        """Settle the statements with several rows, and report them, each once."""
        for statement, rows in self._several.items():
            is_rated = self._is_consistent(statement) and rows.ratings
            self.answers[statement] = self.answers[statement]._replace(
                rating=next(iter(rows.ratings)) if is_rated else None,
                evidence="\n".join(rows.texts),
            )
        for statement, repeated in self._repeated.items():
            self._report_rows(statement, repeated)
        if self.without_evidence:
            names = list_names(list(self.without_evidence), _LISTED)
            source = next(place.source for a in self.answers.values() if (place := a.place))
            finding = self.catalogue.evidence_too_long(
                Place(source=source), names, self.most_evidence
            )
            self.findings.findings.append(finding)

    def _report_rows(self, statement: str, repeated: _RepeatedRows) -> None:
        first = self.answers[statement].place
        assert first is not None
        places = list_places([first, *repeated.places], repeated.count + 1)
        if self._is_consistent(statement):
            report = self.catalogue.statement_twice
        else:
            report = self.catalogue.statement_twice_contradicting
        shown = self._show_ratings(statement)
        finding = report(repeated.places[0], statement, shown, places)
        self.findings.findings.append(finding)

    def _show_ratings(self, statement: str) -> str:
        """Return the ratings of a statement's rows, with a question mark for illegible ones."""
        rows = self._several.get(statement)
        rating = self.answers[statement].rating
        ratings = list(rows.ratings) if rows else [rating] if rating is not None else []
        labels = [self.scheme.label(rating) for rating in ratings]
        return " / ".join([*labels, "?"] if statement in self._unsettled else labels)


def _bare(answer: Answer) -> Answer:
    """Return an answer without its evidence."""
    return answer._replace(evidence="")
