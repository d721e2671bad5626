"""Collects a workbook's answers; what stands twice counts only if it does not contradict."""

from __future__ import annotations

from dataclasses import dataclass, field

from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.model import Answer, Scheme

_FEW = 3
"""Up to this many rows that stand twice are named each; more of one sheet are said at once."""


@dataclass(frozen=True, slots=True)
class _Twice:
    statement: str
    place: Place
    first: Place
    found: str
    agree: bool


@dataclass
class Answers:
    """The answers so far, by statement."""

    scheme: Scheme
    make: FindingCatalogue
    kept: dict[str, Answer] = field(default_factory=dict)
    _open: set[str] = field(default_factory=set)
    _twice: list[_Twice] = field(default_factory=list)

    def keep(self, answer: Answer, *, legible: bool = True) -> None:
        """
        Keep an answer; of a statement that stands twice, only what does not contradict.

        Where one of two rows is illegible the statement stays open: what stands there may have
        been meant to be the answer.
        """
        if not legible:
            self._open.add(answer.statement)
        known = self.kept.get(answer.statement)
        if known is None:
            self.kept[answer.statement] = answer
            return
        assert answer.place is not None
        assert known.place is not None
        ratings = {a.rating for a in (known, answer) if a.rating is not None}
        agree = len(ratings) <= 1 and answer.statement not in self._open
        if not agree:
            self._open.add(answer.statement)
        found = " / ".join(map(self._shown, (known, answer)))
        self._twice.append(_Twice(answer.statement, answer.place, known.place, found, agree))
        evidence = "\n".join(dict.fromkeys(a.evidence for a in (known, answer) if a.evidence))
        self.kept[answer.statement] = Answer(
            statement=answer.statement,
            rating=ratings.pop() if agree and ratings else None,
            evidence=evidence,
            place=known.place,
        )

    def _shown(self, answer: Answer) -> str:
        return "?" if answer.rating is None else self.scheme.label(answer.rating)

    def end_of_sheet(self) -> list[Finding]:
        """Return the findings of what stood on a sheet for the second time, and forget them."""
        twice, self._twice = self._twice, []
        sheets = {one.first.sheet for one in twice}
        if len(twice) > _FEW and len(sheets) == 1 and all(one.agree for one in twice):
            at = Place(source=twice[0].place.source, sheet=twice[0].place.sheet)
            return [self.make.sheet_twice(at, str(len(twice)), str(twice[0].first.sheet))]
        return [self._report_twice(one) for one in twice]

    def _report_twice(self, one: _Twice) -> Finding:
        make = self.make
        report = make.statement_twice if one.agree else make.statement_twice_contradicting
        return report(one.place, one.statement, one.found, _within(one.first))


def _within(place: Place) -> str:
    """Return a place without its file."""
    return f"{place.cell} ({place.sheet})"
