"""From what stands in a score cell to a rating, or to the finding that says why there is none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from iml4e_xlsx.errors import Finding, Place
from iml4e_xlsx.findings import Findings
from iml4e_xlsx.model import NOT_APPLICABLE, RatingValue, Scheme
from iml4e_xlsx.reading.grid import Inner, Value

_Report: TypeAlias = Callable[[Place, str, str, str], Finding]
"""The form of the catalogue's functions for a rating that is not read."""

_NUMBER = re.compile(r"([+-]?\d{1,9})(?:[.,](\d{1,9}))?")
_FIGURE_AND_WORD = re.compile(r"(\d{1,3})\s*[-\u2010-\u2015\u2212:.)]\s*(.+)", re.DOTALL)
_ERRORS = re.compile(
    r"#(?:N/A|REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)|Err:\d{3}"
)
_NOT_APPLICABLE_FORMS = frozenset({"n/a", "n.a.", "n. a.", "na"})
"""Written so in many languages; what a scheme's own languages say comes from its wordings."""


class RatingReader:
    """Reads score cells of one scheme. Nothing is guessed: what has two readings has none."""

    def __init__(self, scheme: Scheme, make: Findings) -> None:
        self.scheme = scheme
        self.make = make
        self.allowed = ", ".join(scheme.labels)
        self.by_label = {rating.label: rating.value for rating in scheme.ratings}
        self.by_value = {rating.value: rating.label for rating in scheme.ratings}

    def read(
        self, value: Value, inner: Inner | None, statement: str, at: Place
    ) -> tuple[RatingValue | None, Finding | None]:
        """Return the rating of a cell, None where there is none, and a finding if not plain."""
        if inner is not None:
            if inner.error:
                return None, self._report(self.make.rating_is_error, at, statement, inner.error)
            if inner.formula and not inner.stored:
                report = self.make.rating_formula_without_value
                return None, self._report(report, at, statement, inner.formula)
            rating, finding = self._value(value, statement, at)
            if rating is None or not inner.formula:
                return rating, finding
            found = self.by_value[rating]
            return rating, self._report(self.make.rating_is_formula, at, statement, found)
        return self._value(value, statement, at)

    def _report(self, make: _Report, at: Place, statement: str, found: object) -> Finding:
        return make(at, statement, str(found), self.allowed)

    def _value(
        self, value: Value, statement: str, at: Place
    ) -> tuple[RatingValue | None, Finding | None]:
        if isinstance(value, str):
            return self._text(value, statement, at)
        if isinstance(value, bool):
            shown = str(value).upper()
            return None, self._report(self.make.rating_is_boolean, at, statement, shown)
        if isinstance(value, (date, datetime, time, timedelta)):
            return None, self._report(self.make.rating_is_date, at, statement, _shown_date(value))
        number = int(value) if value == value // 1 else None
        if number is None or number not in self.scheme.scale:
            shown = f"{value:g}"
            return None, self._report(self.make.rating_out_of_range, at, statement, shown)
        return self._accepted(number, f"{value:g}", statement, at, as_number=True)

    def _accepted(
        self, rating: RatingValue, found: str, statement: str, at: Place, *, as_number: bool = False
    ) -> tuple[RatingValue, Finding]:
        make = self.make.rating_as_number if as_number else self.make.rating_as_text
        return rating, make(at, statement, found, self.allowed, self.by_value[rating])

    def _text(
        self, text: str, statement: str, at: Place
    ) -> tuple[RatingValue | None, Finding | None]:
        if text in self.by_label:
            return self.by_label[text], None
        plain = " ".join(unicodedata.normalize("NFKC", text).split())
        if not plain:
            return None, None
        if _ERRORS.fullmatch(plain):
            return None, self._report(self.make.rating_is_error, at, statement, plain)
        rating = self._words(plain)
        if rating is not None:
            return self._accepted(rating, text, statement, at)
        number = _NUMBER.fullmatch(plain)
        if number is not None:
            return self._number(number, text, statement, at)
        contradicting = self._contradicts(plain)
        report = self.make.rating_contradicts_itself if contradicting else self.make.rating_unknown
        return None, self._report(report, at, statement, text)

    def _words(self, plain: str) -> RatingValue | None:
        """Return the rating that a text names by label, word, or figure and word that agree."""
        folded = plain.casefold()
        if folded in self.scheme.wordings:
            return self.scheme.wordings[folded]
        if folded in _NOT_APPLICABLE_FORMS:
            return NOT_APPLICABLE
        match = _FIGURE_AND_WORD.fullmatch(folded)
        if match is not None and self.scheme.wordings.get(match[2]) == int(match[1]):
            return int(match[1])
        return None

    def _contradicts(self, plain: str) -> bool:
        match = _FIGURE_AND_WORD.fullmatch(plain.casefold())
        return match is not None and match[2] in self.scheme.wordings

    def _number(
        self, number: re.Match[str], text: str, statement: str, at: Place
    ) -> tuple[RatingValue | None, Finding]:
        whole = int(number[1])
        if whole in self.scheme.scale and not (number[2] or "").strip("0"):
            return self._accepted(whole, text, statement, at)
        return None, self._report(self.make.rating_out_of_range, at, statement, text)


def _shown_date(value: date | datetime | time | timedelta) -> str:
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    return str(value)
