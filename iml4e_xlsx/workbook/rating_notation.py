"""
Lists what a score cell may hold as a rating, for the reader and for the formulas of the workbook.

A rating is its label, its word or its figure, typed or chosen: `2 - Largely`, `largely`, `2`.
Case and spaces around it make no difference, and the hyphen may be one of the dashes that office
programs put in its place. Such a cell counts at once, and the reader has nothing to report.
Everything else is marked in the workbook; whatever else the reader makes of it, it reports.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from iml4e_xlsx.model import NOT_APPLICABLE, Rating, RatingValue, Scheme

NOT_APPLICABLE_FORMS: Final = ("n/a", "n.a.", "n. a.", "na")
"""Forms used in many languages; a scheme's own wordings come on top."""

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
        for form in NOT_APPLICABLE_FORMS:
            # A scheme's own word comes first, whatever its letters mean elsewhere.
            if form not in scheme.wordings:
                forms.setdefault(form, NOT_APPLICABLE)
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

    def position_text(self, cell: str, *, unless: tuple[str, str]) -> str:
        """
        Return the formula of what is counted for a cell: without its rating, it is open.

        Args:
            cell: What refers to the cell.
            unless: A condition, and what is shown instead where it is true.
        """
        plain = f"TRIM({cell})"
        text = str(OPEN)
        for position, rating in reversed(list(enumerate(self.ratings, 1))):
            same = ",".join(
                f"{plain}={_quote(form)}" for form, of in self.forms.items() if of == rating.value
            )
            text = f"IF(OR({same}),{position},{text})"
        text = f'IF(ISERROR({cell}),{OPEN},IF({plain}="",{OPEN},{text}))'
        return f"=IF({unless[0]},{unless[1]},{text})"


@lru_cache(maxsize=64)
def notation_of(scheme: Scheme) -> RatingNotation:
    """Return the notation of a scheme's ratings."""
    return RatingNotation(scheme)


def _own_forms(rating: Rating) -> Iterator[str]:
    yield rating.label
    yield rating.word
    yield str(rating.value)
    if rating.value != NOT_APPLICABLE:
        yield from (rating.label.replace(_HYPHEN, dash) for dash in _DASHES)


def _quote(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
