"""Defines a scheme and its parts: levels, ratings, areas, statements, sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, Literal, TypeAlias

NOT_APPLICABLE: Final = "n/a"

RatingValue: TypeAlias = int | Literal["n/a"]
"""A rating as data: a number of the scheme's scale, or `"n/a"`. Unanswered is `None`, never 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One maturity level. Number 0 is where everyone starts; it has no statements."""

    number: int
    name: str
    summary: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """One step of the rating scale, with its word and meaning for people."""

    value: RatingValue
    word: str
    meaning: str

    @property
    def label(self) -> str:
        """Return the entry of the dropdown: figure and word, or the word alone for n/a."""
        return self.word if self.value == NOT_APPLICABLE else f"{self.value} - {self.word}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """The two bounds of fulfilment, as exact fractions in 0..1; both are exclusive."""

    reached_above: Fraction
    passed_above: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A public source of statements."""

    key: str
    title: str
    publisher: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """The place of a statement in a source: the source's key and the locus there."""

    source: str
    locus: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One practice that can be rated. Its id never changes meaning; level and wording may."""

    id: str
    area: str
    level: int
    topic: str
    text: str
    guidance: str
    evidence: tuple[str, ...]
    improvement: str
    anchor: str
    references: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Area:
    """One area of maturity; `topics` maps a topic's key to its heading, in order."""

    code: str
    name: str
    short: str
    attested: bool
    purpose: str
    topics: Mapping[str, str]
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileArea:
    """The description of an area in a reference profile, and its index there, in 0..top."""

    index: Fraction
    looks: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceProfile:
    """A typical organisation, by area code; `source` is the key of a source."""

    id: str
    name: str
    source: str
    areas: Mapping[str, ProfileArea]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scheme:
    """
    A whole assessment in one language: levels, scale, thresholds, areas, statements.

    `wordings` maps every casefolded label and word of the scale, in every language of the
    scheme, to its value: a workbook may come back in another language than it left.
    """

    id: str
    version: str
    language: str
    languages: tuple[str, ...]
    title: str
    subtitle: str
    notice: str
    levels: tuple[Level, ...]
    ratings: tuple[Rating, ...]
    thresholds: Thresholds
    areas: tuple[Area, ...]
    sources: tuple[Publication, ...]
    profiles: tuple[ReferenceProfile, ...]
    wordings: Mapping[str, RatingValue]
    interface: Mapping[str, str]
    digest: str
    statements: Mapping[str, Statement] = field(init=False)
    scale: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Index the statements by id; the loader has made sure that ids are unique."""
        index = {s.id: s for area in self.areas for s in area.statements}
        object.__setattr__(self, "statements", index)
        scale = tuple(r.value for r in self.ratings if isinstance(r.value, int))
        object.__setattr__(self, "scale", scale)

    @property
    def top(self) -> int:
        """Return the highest level's number."""
        return self.levels[-1].number

    @property
    def scored_levels(self) -> range:
        """Return the numbers of the levels that have statements: 1 to the top."""
        return range(1, self.top + 1)

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the labels of the dropdown, in order, n/a last."""
        return tuple(rating.label for rating in self.ratings)

    def label(self, value: RatingValue) -> str:
        """Return the label of a rating's value; KeyError for a value outside the scale."""
        for rating in self.ratings:
            if rating.value == value:
                return rating.label
        raise KeyError(value)

    def area(self, code: str) -> Area:
        """Return the area with this code; KeyError if there is none."""
        for area in self.areas:
            if area.code == code:
                return area
        raise KeyError(code)
