"""Reads the rating in a score cell, or says why there is none."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Final, TypeAlias

from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.model import DONT_KNOW, RatingValue, Scheme
from iml4e_xlsx.reading.illegible_cells import describe_fault
from iml4e_xlsx.reading.rating_texts import (
    has_denial,
    has_doubt,
    has_doubtful_characters,
    is_date_text,
    pair_figure_and_word,
    split_remark,
)
from iml4e_xlsx.spreadsheets.grid import CellDetails, GridValue
from iml4e_xlsx.text.spelling import name_invisible, visible_text
from iml4e_xlsx.workbook.rating_notation import list_common_forms, notation_of

RatingReport: TypeAlias = Callable[[Place, str], Finding]
"""Makes the finding about a score cell, for its place and its statement."""

_NUMBER: Final = re.compile(r"([+-]?\d{1,9})(?:[.,](\d{1,9}))?")
_PERCENTAGE: Final = re.compile(r"[+-]?\d{1,9}(?:[.,]\d{1,9})?\s?%")
_ERRORS: Final = re.compile(
    r"#(?:N/A|REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)|Err:\d{3}"
)


@dataclass(frozen=True, slots=True)
class CellRating:
    """
    The rating of a score cell, or None; a remark beside it; the report on it unless it is plain.

    The finding is made by whoever knows the place, and only if it is wanted.
    """

    rating: RatingValue | None = None
    report: RatingReport | None = None
    note: str = ""

    @property
    def is_legible(self) -> bool:
        """Return whether the cell is plainly empty, or has a rating."""
        return self.rating is not None or self.report is None


UNANSWERED: Final = CellRating()


class RatingReader:
    """
    Reads the score cells of one scheme.

    Nothing is guessed: a cell that can be read in two ways has no rating, but a report.
    `plain` has the texts that most cells hold, those of the notation and nothing, with their
    ratings.
    """

    def __init__(self, scheme: Scheme, catalogue: FindingCatalogue) -> None:
        self.scheme = scheme
        self.catalogue = catalogue
        self.allowed = ", ".join(scheme.labels)
        self.scale = frozenset(scheme.scale)
        self.labels = {rating.value: rating.label for rating in scheme.ratings}
        self.notation = notation_of(scheme)
        self.common_forms = list_common_forms(scheme)
        self.plain = _list_plain_ratings(scheme)
        self.any_wording = _match_wordings(scheme)
        self._odd_texts: dict[str, CellRating] = {}
        self._figures: dict[str, CellRating] = {}

    def read_cell(self, value: GridValue, details: CellDetails | None) -> CellRating:
        """Return the rating of a score cell by its value and what is behind it."""
        if details is None:
            return self._read_value(value)
        obstacle = self._find_obstacle(value, details)
        if obstacle is not None:
            return self._reject(obstacle)
        result = self._read_value(value)
        if result.rating is None or not details.formula:
            return result
        # The stored result is what the respondent saw, so it counts; but it may change by itself.
        label = self.labels[result.rating]
        report = partial(self.catalogue.rating_is_formula, value=label, labels=self.allowed)
        return CellRating(result.rating, report, result.note)

    def _find_obstacle(
        self, value: GridValue, details: CellDetails
    ) -> Callable[..., Finding] | None:
        """Return the report on what is behind a cell and makes its value none to read."""
        catalogue = self.catalogue
        # First, since such a cell has no value: what stood there cannot be told.
        if details.fault is not None:
            return partial(catalogue.rating_illegible, value=describe_fault(details.fault))
        # An error has no value either: #REF! is no answer, whatever stood there before.
        if details.error:
            return partial(catalogue.rating_is_error, value=details.error)
        # The program that saved the file did not calculate; an empty value would look unanswered.
        if details.formula and not details.stored:
            return partial(catalogue.rating_formula_without_value, value=details.formula)
        # 3 shown as 300 % and 3 typed as a percentage are the same number: either may be meant.
        if details.percent and isinstance(value, float):
            return partial(catalogue.rating_is_percentage, value=f"{_percentage(value)} %")
        return None

    def _reject(self, report: Callable[..., Finding]) -> CellRating:
        """Return no rating, and the report that says why."""
        return CellRating(report=partial(report, labels=self.allowed))

    def _accept(
        self, report: Callable[..., Finding], rating: RatingValue, shown: str, note: str = ""
    ) -> CellRating:
        """Return a rating that was not written as the list offers it."""
        label = self.labels[rating]
        full_report = partial(report, value=shown, labels=self.allowed, read_as=label)
        return CellRating(rating, full_report, note)

    def _read_value(self, value: GridValue) -> CellRating:
        if isinstance(value, str):
            return self._read_text(value)
        # Before numbers, since True is the number 1 to Python: TRUE says nothing on the scale.
        if isinstance(value, bool):
            return self._reject(partial(self.catalogue.rating_is_boolean, value=str(value).upper()))
        # Programs turn 1/2 or 1-2 into a date, and what was typed is lost.
        if isinstance(value, (date, datetime, time, timedelta)):
            return self._reject(partial(self.catalogue.rating_is_date, value=_format_date(value)))
        # A file may hold the same few figures in all of its rows.
        figure = _exact_figure(value)
        known = self._figures.get(figure)
        if known is None:
            known = self._figures[figure] = self._read_number(value, figure)
        return known

    def _read_number(self, value: float, figure: str) -> CellRating:
        number = int(value) if math.isfinite(value) and value == value // 1 else None
        # 2.5 lies between two ratings and 7 on no scale: rounding would be our answer, not theirs.
        if number is None or self.notation.find_rating(number) is None:
            return self._reject(partial(self.catalogue.rating_out_of_range, value=figure))
        return CellRating(number)

    def _read_text(self, text: str) -> CellRating:
        # What the workbook itself counts is the only form that needs no finding.
        plain = self.plain.get(text)
        if plain is not None:
            return plain
        rating = self.notation.find_rating(text)
        if rating is not None:
            return CellRating(rating)
        # A file may hold one long text in each of its rows.
        known = self._odd_texts.get(text)
        if known is None:
            known = self._odd_texts[text] = self._read_odd_text(text)
        return known

    def _read_odd_text(self, text: str) -> CellRating:
        # Full-width digits, no-break spaces, line breaks and what nobody sees are no difference.
        visible = visible_text(text)
        plain = " ".join(unicodedata.normalize("NFKC", visible).split())
        if not plain:
            return UNANSWERED
        catalogue = self.catalogue
        shown = name_invisible(text)
        if has_doubtful_characters(text):
            return self._reject(partial(catalogue.rating_unknown, value=shown))
        rating = self._parse_rating(plain)
        if rating is not None:
            return self._accept(catalogue.rating_as_text, rating, shown)
        # Before remarks: "3. Mai" is no rating of 3 that "Mai" explains.
        if is_date_text(plain):
            return self._reject(partial(catalogue.rating_is_date, value=shown))
        rating_with_remark = self._find_remark(plain)
        if rating_with_remark is not None:
            rating, note = rating_with_remark
            return self._accept(catalogue.rating_with_remark, rating, shown, note)
        return self._reject(partial(self._choose_report(plain), value=shown))

    def _choose_report(self, plain: str) -> Callable[..., Finding]:
        """Return the report for a text that is no rating: the one that names its cause."""
        for form, report in (
            (_ERRORS, self.catalogue.rating_is_error),
            (_PERCENTAGE, self.catalogue.rating_is_percentage),
            (_NUMBER, self.catalogue.rating_out_of_range),
        ):
            if form.fullmatch(plain):
                return report
        # As in "2 - Fully": figure and word are both there, and name different ratings.
        if any(word in self.scheme.wordings for _, word in pair_figure_and_word(plain.casefold())):
            return self.catalogue.rating_contradicts_itself
        return self.catalogue.rating_unknown

    def _parse_rating(self, plain: str) -> RatingValue | None:
        """Return the rating that a text names; None if it names none, or two."""
        folded = plain.casefold()
        # Labels and their words in every language of the scheme, without regard to case.
        if folded in self.scheme.wordings:
            return self.scheme.wordings[folded]
        if folded in self.common_forms:
            return self.common_forms[folded]
        # "2: largely", "2 largely", "largely (2)": one meaning, as long as figure and word agree.
        for figure, word in pair_figure_and_word(folded):
            if self.scheme.wordings.get(word) == figure:
                return figure
        # A number stored as text; "2,0" and "2.0" are 2 wherever the decimal mark is either.
        number = _NUMBER.fullmatch(plain)
        if number is not None and not (number[2] or "").strip("0"):
            whole = int(number[1])
            return whole if whole in self.scale else None
        return None

    def _find_remark(self, plain: str) -> tuple[RatingValue, str] | None:
        """
        Return a rating and the remark that follows, as in "2 - see wiki".

        None if it may mean another: where the remark names a rating too, begins with a figure,
        denies or doubts, as in "2 - 3", "1-2", "3 (no)", "2 - TBD".
        """
        for beginning, remark in split_remark(plain):
            rating = self._parse_rating(beginning)
            if rating is not None:
                return None if self._is_doubtful(rating, remark) else (rating, remark)
        return None

    def _is_doubtful(self, rating: RatingValue, remark: str) -> bool:
        # "2 - 3" and "1-2" are ranges, "2 (?)" is a doubt: without a word, nothing is explained.
        if not any(c.isalpha() for c in remark) or remark[:1].isdigit():
            return True
        # "n/a - no models in use" is a reason, as doubt is one not to know; "3 - no" is none.
        has_figure = isinstance(rating, int)
        if (rating != DONT_KNOW and has_doubt(remark)) or (has_figure and has_denial(remark)):
            return True
        # "2 - or rather 3", "2 - not fully": a second rating anywhere makes the first doubtful.
        figures = {int(figure) for figure in re.findall(r"(?<!\w)\d{1,3}(?!\w)", remark)}
        words = self.any_wording.findall(remark.casefold())
        # "n/a - not used here" is a reason; "n/a - not" may be the rating Not.
        if not has_figure and self._parse_rating(remark) is None:
            words = [word for word in words if not has_denial(word)]
        return bool(figures & self.scale) or any(
            self._names_another(rating, word) for word in words
        )

    def _names_another(self, rating: RatingValue, word: str) -> bool:
        """Return whether a word of a remark names another rating than the one before it."""
        # "n/a - not applicable here" says the same twice.
        return self._parse_rating(word) != rating


@lru_cache(maxsize=16)
def _match_wordings(scheme: Scheme) -> re.Pattern[str]:
    """Return the pattern of any word that names a rating, as a word of its own."""
    wordings = sorted({*scheme.wordings, *list_common_forms(scheme)}, key=len, reverse=True)
    # The longest first: "not applicable" is no "not".
    words = "|".join(map(re.escape, wordings))
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)")


@lru_cache(maxsize=16)
def _list_plain_ratings(scheme: Scheme) -> Mapping[GridValue | None, CellRating]:
    """Return the ratings of the texts that most cells hold, once for all workbooks of a scheme."""
    plain: dict[GridValue | None, CellRating] = {
        text: CellRating(rating)
        for form, rating in notation_of(scheme).forms.items()
        for text in (form, form.capitalize())
    }
    plain |= {rating.label: CellRating(rating.value) for rating in scheme.ratings}
    plain[""] = plain[None] = UNANSWERED
    return MappingProxyType(plain)


def _exact_figure(value: float) -> str:
    """Return a number as it is stored: 1.9999999999999998 is not 2."""
    return repr(float(value)).removesuffix(".0")


def _percentage(value: float) -> str:
    """Return a number times a hundred, without the noise of binary fractions."""
    return _exact_figure(float(Decimal(repr(value)) * 100))


def _format_date(value: date | datetime | time | timedelta) -> str:
    """Return a date as people write it: without a time at midnight, which no cell shows."""
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    return str(value)
