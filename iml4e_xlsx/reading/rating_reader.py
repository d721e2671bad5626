"""Reads the rating in a score cell, or makes the finding that says why there is none."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.model import NOT_APPLICABLE, RatingValue, Scheme
from iml4e_xlsx.spreadsheets.grid import CellDetails, GridValue

_Report: TypeAlias = Callable[[Place, str, str, str], Finding]
"""The form of the catalogue's functions for a rating that is not read."""

_NUMBER = re.compile(r"([+-]?\d{1,9})(?:[.,](\d{1,9}))?")
_FIGURE_AND_WORD = re.compile(r"(\d{1,3})\s*[-\u2010-\u2015\u2212:.)]\s*(.+)", re.DOTALL)
_PERCENTAGE = re.compile(r"[+-]?\d{1,9}(?:[.,]\d{1,9})?\s?%")
_REMARK_START = re.compile(r"\s*[-\u2010-\u2015\u2212:;](?=[\s\w])|[.,](?=\s)|\s*\(")
_FARTHEST_REMARK = 80
"""How many characters are searched for the start of a remark; the longest label is shorter."""

_ERRORS = re.compile(
    r"#(?:N/A|REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)|Err:\d{3}"
)
_NOT_APPLICABLE_FORMS = frozenset({"n/a", "n.a.", "n. a.", "na"})
"""Forms used in many languages; a scheme's own wordings come on top."""


@dataclass(frozen=True, slots=True)
class ScoreCell:
    """A score cell: its value and details, the statement that it rates, and its place."""

    value: GridValue
    details: CellDetails | None
    statement: str
    place: Place


@dataclass(frozen=True, slots=True)
class CellRating:
    """The rating of a score cell, or None; findings unless it is plain; a remark beside it."""

    rating: RatingValue | None = None
    findings: tuple[Finding, ...] = ()
    note: str = ""


class RatingReader:
    """
    Reads the score cells of one scheme.

    Nothing is guessed: a cell that can be read in two ways has no rating, but a finding.
    """

    def __init__(self, scheme: Scheme, catalogue: FindingCatalogue) -> None:
        self.scheme = scheme
        self.catalogue = catalogue
        self.allowed = ", ".join(scheme.labels)
        self.issued_labels = {rating.label: CellRating(rating.value) for rating in scheme.ratings}
        self.labels = {rating.value: rating.label for rating in scheme.ratings}
        words = "|".join(sorted(map(re.escape, (*scheme.wordings, *_NOT_APPLICABLE_FORMS))))
        self.any_wording = re.compile(rf"(?<!\w)(?:{words})(?!\w)")

    def read_cell(self, cell: ScoreCell) -> CellRating:
        """Return the rating in a score cell."""
        details = cell.details
        # Nearly all cells: a label from the list, or nothing, with nothing behind it.
        if details is None:
            return self._read_value(cell)
        # First, since an error has no value: #REF! is no answer, whatever stood there before.
        if details.error:
            return self._reject(self.catalogue.rating_is_error, cell, details.error)
        # The program that saved the file did not calculate; an empty value would look unanswered.
        if details.formula and not details.stored:
            report = self.catalogue.rating_formula_without_value
            return self._reject(report, cell, details.formula)
        # 3 shown as 300 % and 3 typed as a percentage are the same number: either may be meant.
        if details.percent and isinstance(cell.value, float):
            percentage = f"{cell.value * 100:g} %"
            return self._reject(self.catalogue.rating_is_percentage, cell, percentage)
        result = self._read_value(cell)
        if result.rating is None or not details.formula:
            return result
        # The stored result is what the respondent saw, so it counts; but it may change by itself.
        label = self.labels[result.rating]
        report = self.catalogue.rating_is_formula
        finding = report(cell.place, cell.statement, label, self.allowed)
        return CellRating(result.rating, (finding,), result.note)

    def _reject(self, report: _Report, cell: ScoreCell, shown: object) -> CellRating:
        """Return no rating, and the finding that says why."""
        return CellRating(findings=(report(cell.place, cell.statement, str(shown), self.allowed),))

    def _read_value(self, cell: ScoreCell) -> CellRating:
        value = cell.value
        if isinstance(value, str):
            return self._read_text(value, cell)
        # Before numbers, since True is the number 1 to Python: TRUE says nothing on the scale.
        if isinstance(value, bool):
            return self._reject(self.catalogue.rating_is_boolean, cell, str(value).upper())
        # Programs turn 1/2 or 1-2 into a date, and what was typed is lost.
        if isinstance(value, (date, datetime, time, timedelta)):
            return self._reject(self.catalogue.rating_is_date, cell, _format_date(value))
        number = int(value) if math.isfinite(value) and value == value // 1 else None
        # 2.5 lies between two ratings and 7 on no scale: rounding would be our answer, not theirs.
        if number is None or number not in self.scheme.scale:
            return self._reject(self.catalogue.rating_out_of_range, cell, f"{value:g}")
        # A bare number of the scale is what somebody types who has no list; it has one meaning.
        report = self.catalogue.rating_as_number
        label = self.labels[number]
        finding = report(cell.place, cell.statement, f"{value:g}", self.allowed, label)
        return CellRating(number, (finding,))

    def _read_text(self, text: str, cell: ScoreCell) -> CellRating:
        # A label exactly as the list offers it is the only form that needs no finding.
        issued = self.issued_labels.get(text)
        if issued is not None:
            return issued
        # Full-width digits, no-break spaces and line breaks differ on the screen only.
        plain = " ".join(unicodedata.normalize("NFKC", text).split())
        if not plain:
            return CellRating()
        rating = self._parse_rating(plain)
        if rating is not None:
            report = self.catalogue.rating_as_text
            label = self.labels[rating]
            finding = report(cell.place, cell.statement, text, self.allowed, label)
            return CellRating(rating, (finding,))
        rating_with_remark = self._split_note(plain, text, cell)
        if rating_with_remark is not None:
            return rating_with_remark
        return self._reject(self._choose_report(plain), cell, text)

    def _choose_report(self, plain: str) -> _Report:
        """Return the report for a text that is no rating: the one that names its cause."""
        for form, report in (
            (_ERRORS, self.catalogue.rating_is_error),
            (_PERCENTAGE, self.catalogue.rating_is_percentage),
            (_NUMBER, self.catalogue.rating_out_of_range),
        ):
            if form.fullmatch(plain):
                return report
        if self._contradicts_itself(plain):
            return self.catalogue.rating_contradicts_itself
        return self.catalogue.rating_unknown

    def _parse_rating(self, plain: str) -> RatingValue | None:
        """Return the rating that a text names; None if it names none, or two."""
        folded = plain.casefold()
        # Labels and their words in every language of the scheme, without regard to case.
        if folded in self.scheme.wordings:
            return self.scheme.wordings[folded]
        if folded in _NOT_APPLICABLE_FORMS:
            return NOT_APPLICABLE
        # "2: largely" with another mark than the label's, as long as figure and word agree.
        match = _FIGURE_AND_WORD.fullmatch(folded)
        if match is not None and self.scheme.wordings.get(match[2]) == int(match[1]):
            return int(match[1])
        # A number stored as text; "2,0" and "2.0" are 2 wherever the decimal mark is either.
        number = _NUMBER.fullmatch(plain)
        if number is not None and not (number[2] or "").strip("0"):
            whole = int(number[1])
            return whole if whole in self.scheme.scale else None
        return None

    def _contradicts_itself(self, plain: str) -> bool:
        """Return whether figure and word of a text name different ratings, as "2 - Fully" does."""
        match = _FIGURE_AND_WORD.fullmatch(plain.casefold())
        return match is not None and match[2] in self.scheme.wordings

    def _split_note(self, plain: str, text: str, cell: ScoreCell) -> CellRating | None:
        """
        Return a rating that a remark follows, as in "2 - see wiki"; None if it may mean another.

        It may where the remark names a rating too, or begins with a figure: "2 - not sure", "1-2".
        """
        # From the right, since a label has a hyphen of its own: "2 - Largely - see wiki".
        for start in reversed(list(_REMARK_START.finditer(plain, 0, _FARTHEST_REMARK))):
            rating = self._parse_rating(plain[: start.start()])
            if rating is None:
                continue
            note = plain[start.end() :].strip()
            if start.group().strip() == "(":
                note = note.removesuffix(")").strip()
            if self._may_be_rating(note):
                return None
            label = self.labels[rating]
            report = self.catalogue.rating_with_remark
            finding = report(cell.place, cell.statement, text, self.allowed, label)
            return CellRating(rating, (finding,), note)
        return None

    def _may_be_rating(self, note: str) -> bool:
        # "2 - 3" and "1-2" are ranges, "2 (?)" is a doubt: without a word, nothing is explained.
        if not any(c.isalpha() for c in note) or note[:1].isdigit():
            return True
        # "2 - or rather 3", "2 - not fully": a second rating anywhere makes the first doubtful.
        figures = {int(figure) for figure in re.findall(r"(?<!\w)\d{1,3}(?!\w)", note)}
        return bool(figures & set(self.scheme.scale)) or bool(
            self.any_wording.search(note.casefold())
        )


def _format_date(value: date | datetime | time | timedelta) -> str:
    """Return a date as people write it: without a time at midnight, which no cell shows."""
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    return str(value)
