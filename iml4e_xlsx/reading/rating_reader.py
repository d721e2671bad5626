"""From what stands in a score cell to a rating, or to the finding that says why there is none."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
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
_REMARK_BEGINS = re.compile(r"\s*[-\u2010-\u2015\u2212:;](?=[\s\w])|[.,](?=\s)|\s*\(")
_FARTHEST_REMARK = 80
_ERRORS = re.compile(
    r"#(?:N/A|REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)|Err:\d{3}"
)
_NOT_APPLICABLE_FORMS = frozenset({"n/a", "n.a.", "n. a.", "na"})
"""Written so in many languages; what a scheme's own languages say comes from its wordings."""


@dataclass(frozen=True, slots=True)
class ReadRating:
    """What a score cell holds: a rating or None, findings if it is not plain, a remark with it."""

    rating: RatingValue | None = None
    findings: tuple[Finding, ...] = ()
    remark: str = ""


class RatingReader:
    """Reads score cells of one scheme. Nothing is guessed: what has two readings has none."""

    def __init__(self, scheme: Scheme, make: FindingCatalogue) -> None:
        self.scheme = scheme
        self.make = make
        self.allowed = ", ".join(scheme.labels)
        self.as_issued = {rating.label: ReadRating(rating.value) for rating in scheme.ratings}
        self.by_value = {rating.value: rating.label for rating in scheme.ratings}
        words = "|".join(sorted(map(re.escape, (*scheme.wordings, *_NOT_APPLICABLE_FORMS))))
        self.any_word = re.compile(rf"(?<!\w)(?:{words})(?!\w)")

    def read(
        self, value: GridValue, inner: CellDetails | None, statement: str, at: Place
    ) -> ReadRating:
        """Return what a score cell holds."""
        if inner is None:
            return self._value(value, statement, at)
        if inner.error:
            return self._none(self.make.rating_is_error, at, statement, inner.error)
        if inner.formula and not inner.stored:
            return self._none(self.make.rating_formula_without_value, at, statement, inner.formula)
        if inner.percent and isinstance(value, float):
            shown = f"{value * 100:g} %"
            return self._none(self.make.rating_is_percentage, at, statement, shown)
        found = self._value(value, statement, at)
        if found.rating is None or not inner.formula:
            return found
        shown = self.by_value[found.rating]
        finding = self.make.rating_is_formula(at, statement, shown, self.allowed)
        return replace(found, findings=(finding,))

    def _none(self, make: _Report, at: Place, statement: str, found: object) -> ReadRating:
        return ReadRating(findings=(make(at, statement, str(found), self.allowed),))

    def _value(self, value: GridValue, statement: str, at: Place) -> ReadRating:
        if isinstance(value, str):
            return self._text(value, statement, at)
        if isinstance(value, bool):
            return self._none(self.make.rating_is_boolean, at, statement, str(value).upper())
        if isinstance(value, (date, datetime, time, timedelta)):
            return self._none(self.make.rating_is_date, at, statement, _shown_date(value))
        number = int(value) if math.isfinite(value) and value == value // 1 else None
        if number is None or number not in self.scheme.scale:
            return self._none(self.make.rating_out_of_range, at, statement, f"{value:g}")
        make = self.make.rating_as_number
        finding = make(at, statement, f"{value:g}", self.allowed, self.by_value[number])
        return ReadRating(number, (finding,))

    def _as_text(self, rating: RatingValue, found: str, statement: str, at: Place) -> ReadRating:
        label = self.by_value[rating]
        finding = self.make.rating_as_text(at, statement, found, self.allowed, label)
        return ReadRating(rating, (finding,))

    def _text(self, text: str, statement: str, at: Place) -> ReadRating:
        issued = self.as_issued.get(text)
        if issued is not None:
            return issued
        plain = " ".join(unicodedata.normalize("NFKC", text).split())
        if not plain:
            return ReadRating()
        rating = self._named(plain)
        if rating is not None:
            return self._as_text(rating, text, statement, at)
        with_remark = self._with_remark(plain, text, statement, at)
        if with_remark is not None:
            return with_remark
        return self._none(self._report_of(plain), at, statement, text)

    def _report_of(self, plain: str) -> _Report:
        """Return what to report of a text that is no rating."""
        for form, report in (
            (_ERRORS, self.make.rating_is_error),
            (_PERCENTAGE, self.make.rating_is_percentage),
            (_NUMBER, self.make.rating_out_of_range),
        ):
            if form.fullmatch(plain):
                return report
        if self._contradicts(plain):
            return self.make.rating_contradicts_itself
        return self.make.rating_unknown

    def _named(self, plain: str) -> RatingValue | None:
        """Return the rating that a text names by label, word, number, or figure and word alike."""
        folded = plain.casefold()
        if folded in self.scheme.wordings:
            return self.scheme.wordings[folded]
        if folded in _NOT_APPLICABLE_FORMS:
            return NOT_APPLICABLE
        match = _FIGURE_AND_WORD.fullmatch(folded)
        if match is not None and self.scheme.wordings.get(match[2]) == int(match[1]):
            return int(match[1])
        number = _NUMBER.fullmatch(plain)
        if number is not None and not (number[2] or "").strip("0"):
            whole = int(number[1])
            return whole if whole in self.scheme.scale else None
        return None

    def _contradicts(self, plain: str) -> bool:
        match = _FIGURE_AND_WORD.fullmatch(plain.casefold())
        return match is not None and match[2] in self.scheme.wordings

    def _with_remark(self, plain: str, text: str, statement: str, at: Place) -> ReadRating | None:
        """
        Return a rating that a remark follows, as in "2 - see wiki"; None if it may mean another.

        It may where the remark names a rating too, or begins with a figure: "2 - not sure", "1-2".
        """
        for begin in reversed(list(_REMARK_BEGINS.finditer(plain, 0, _FARTHEST_REMARK))):
            rating = self._named(plain[: begin.start()])
            if rating is None:
                continue
            remark = plain[begin.end() :].strip()
            if begin.group().strip() == "(":
                remark = remark.removesuffix(")").strip()
            if self._may_be_rating(remark):
                return None
            label = self.by_value[rating]
            make = self.make.rating_with_remark
            return ReadRating(rating, (make(at, statement, text, self.allowed, label),), remark)
        return None

    def _may_be_rating(self, remark: str) -> bool:
        if not any(c.isalpha() for c in remark) or remark[:1].isdigit():
            return True
        figures = {int(figure) for figure in re.findall(r"(?<!\w)\d{1,3}(?!\w)", remark)}
        return bool(figures & set(self.scheme.scale)) or bool(
            self.any_word.search(remark.casefold())
        )


def _shown_date(value: date | datetime | time | timedelta) -> str:
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    return str(value)
