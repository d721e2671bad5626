"""
Lists what a score cell may hold as a rating, for the reader and for the formulas of the workbook.

A rating is its label, its word or its figure, typed or chosen: `2 - Largely`, `largely`, `2`;
n/a is also what it stands for, `not applicable`.
Case and spaces around it make no difference, and the hyphen may be one of the dashes that office
programs put in its place. Such a cell counts at once, and the reader has nothing to report.
Everything else is marked in the workbook; whatever else the reader makes of it, it reports.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from iml4e_xlsx.model import DONT_KNOW, NOT_APPLICABLE, Rating, RatingValue, Scheme, is_open

NOT_APPLICABLE_FORMS: Final = (
    *("n/a", "n / a", "n.a.", "n. a.", "na"),
    *("not applicable", "not-applicable", "non applicable", "non-applicable", "does not apply"),
)
"""Forms used in many languages, then those in words; a scheme's own wordings come on top."""

DONT_KNOW_FORMS: Final = ("don't know", "dont know", "do not know")
"""English forms; what a scheme calls it, in each of its languages, comes on top."""

_APOSTROPHES: Final = ("'", "\u2019")
"""The one that keyboards type, and the one that office programs put in its place."""

_HYPHEN: Final = " - "
_DASHES: Final = (" \u2013 ", " \u2014 ")
"""What autocorrection makes of a hyphen between spaces, and of two."""

OPEN: Final = 0
"""What is counted for a cell without a rating; a rating counts as its position, from 1."""


class RatingNotation:
    """The forms of the ratings of one scheme, each in lower case with its rating."""

    def __init__(self, scheme: Scheme) -> None:
        self.ratings = scheme.ratings
        forms: dict[str, RatingValue] = {}
        for rating in scheme.ratings:
            for form in _own_forms(rating):
                forms.setdefault(form.lower(), rating.value)
        for form, value in list_common_forms(scheme).items():
            # A scheme's own word comes first, whatever its letters mean elsewhere.
            if form not in scheme.wordings:
                forms.setdefault(form, value)
        self.forms: Mapping[str, RatingValue] = forms
        self._scale = frozenset(scheme.scale)

    def find_rating(self, value: object) -> RatingValue | None:
        """Return the rating that a cell's value is; None for anything else."""
        if isinstance(value, str):
            # As TRIM does: other spaces than this one are no spaces to it.
            return self.forms.get(" ".join(filter(None, value.split(" "))).lower())
        # TRUE is the number 1 to Python, and says nothing on the scale.
        if isinstance(value, float | int) and not isinstance(value, bool) and value in self._scale:
            return int(value)
        return None

    def position(self, rating: RatingValue | None) -> int:
        """Return what is counted for a rating, or for none."""
        values = [one.value for one in self.ratings]
        return OPEN if rating is None else values.index(rating) + 1

    @property
    def open_positions(self) -> tuple[int, ...]:
        """Return what is counted for statements that wait for an answer: unanswered ones first."""
        return (OPEN, *(self.position(one.value) for one in self.ratings if is_open(one.value)))

    def list_positions(self) -> list[tuple[str, int]]:
        """Return each form with what is counted for it."""
        return [(form, self.position(rating)) for form, rating in self.forms.items()]


def position_text(cell: str, forms: str, positions: str, *, unless: tuple[str, str]) -> str:
    """
    Return the formula of what is counted for a cell: without its rating, it is open.

    It looks the cell up among all forms, since formulas that name them are read many times slower.

    Args:
        cell: What refers to the cell.
        forms: The range of the forms of all ratings.
        positions: The range of what is counted for each of them.
        unless: A condition, and what is shown instead where it is true.
    """
    found = f"SUMPRODUCT(({forms}=TRIM({cell}))*{positions})"
    return f"=IF({unless[0]},{unless[1]},IF(ISERROR({cell}),{OPEN},{found}))"


@lru_cache(maxsize=64)
def notation_of(scheme: Scheme) -> RatingNotation:
    """Return the notation of a scheme's ratings."""
    return RatingNotation(scheme)


@lru_cache(maxsize=64)
def list_common_forms(scheme: Scheme) -> Mapping[str, RatingValue]:
    """
    Return the forms without a figure that people use whatever a scheme calls them, in lower case.

    "Don't know" has some only where the scheme offers it, its words with either apostrophe.
    """
    forms: dict[str, RatingValue] = dict.fromkeys(NOT_APPLICABLE_FORMS, NOT_APPLICABLE)
    if any(rating.value == DONT_KNOW for rating in scheme.ratings):
        words = [word for word, value in scheme.wordings.items() if value == DONT_KNOW]
        for word in (*DONT_KNOW_FORMS, *words):
            forms |= dict.fromkeys(_spell_apostrophes(word), DONT_KNOW)
    return forms


def _own_forms(rating: Rating) -> Iterator[str]:
    yield rating.label
    yield rating.word
    yield str(rating.value)
    if isinstance(rating.value, int):
        yield from (rating.label.replace(_HYPHEN, dash) for dash in _DASHES)


def _spell_apostrophes(word: str) -> Iterator[str]:
    """Yield a word with each kind of apostrophe; one without any as it is."""
    plain, curly = _APOSTROPHES
    word = word.replace(curly, plain)
    yield word
    if plain in word:
        yield word.replace(plain, curly)
