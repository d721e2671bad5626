"""
Groups the statements of a result by what a source asks for, such as the articles of a law.

How far these statements are fulfilled is no statement of conformity: a statement that refers to a
place is about what stands there, and need not ask for all of it. So there is no figure for a whole
source.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from iml4e_xlsx.model import (
    DONT_KNOW,
    NOT_APPLICABLE,
    Locus,
    RatingValue,
    Response,
    Scheme,
    Statement,
)
from iml4e_xlsx.scheme.coverage import SourceCoverage, cover_source


@dataclass(frozen=True, slots=True, kw_only=True)
class LocusResult:
    """
    The statements that cite one thing a source asks for, and their ratings.

    `fulfilment` is the mean over the `rated` statements; None if there are none. The others are
    counted: not applicable, answered with "don't know", or without any answer.
    """

    locus: Locus
    statements: tuple[Statement, ...]
    fulfilment: Fraction | None
    rated: int
    not_applicable: int
    dont_know: int

    @property
    def open(self) -> int:
        """Return how many statements have neither a rating nor n/a."""
        return len(self.statements) - self.rated - self.not_applicable

    @property
    def is_hole(self) -> bool:
        """Return whether no statement cites it."""
        return not self.statements

    @property
    def applies(self) -> bool:
        """Return whether any of its statements may apply."""
        return len(self.statements) > self.not_applicable


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceResult:
    """A result by what a source asks for, in the order of the source."""

    coverage: SourceCoverage
    loci: tuple[LocusResult, ...]

    @property
    def rated(self) -> int:
        """Return for how many loci there is a fulfilment."""
        return sum(entry.fulfilment is not None for entry in self.loci)


def group_by_source(response: Response, scheme: Scheme, key: str) -> SourceResult:
    """
    Group the ratings of a response, or of a team, by what a source asks for.

    Raises:
        ReportError: If the scheme has no such source.
    """
    coverage = cover_source(scheme, key)
    return SourceResult(
        coverage=coverage,
        loci=tuple(
            _locus_result(entry.locus, entry.statements, response, scheme)
            for entry in coverage.loci
        ),
    )


def find_source_result(response: Response, scheme: Scheme, key: str) -> SourceResult | None:
    """Group the ratings of a response; None if its scheme, or its version, lacks the source."""
    if key not in {source.key for source in scheme.sources}:
        return None
    return group_by_source(response, scheme, key)


def _locus_result(
    locus: Locus, statements: tuple[Statement, ...], response: Response, scheme: Scheme
) -> LocusResult:
    ratings = [_rating_of(statement, response) for statement in statements]
    numbers = [rating for rating in ratings if isinstance(rating, int)]
    lowest, span = scheme.scale[0], scheme.scale[-1] - scheme.scale[0]
    points = sum(number - lowest for number in numbers)
    return LocusResult(
        locus=locus,
        statements=statements,
        fulfilment=Fraction(points, span * len(numbers)) if numbers else None,
        rated=len(numbers),
        not_applicable=ratings.count(NOT_APPLICABLE),
        dont_know=ratings.count(DONT_KNOW),
    )


def _rating_of(statement: Statement, response: Response) -> RatingValue | None:
    answer = response.answers.get(statement.id)
    return None if answer is None else answer.rating
