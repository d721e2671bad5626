"""Defines a scheme and its parts: levels, ratings, areas, statements, sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, Literal, TypeAlias

NOT_APPLICABLE: Final = "n/a"
DONT_KNOW: Final = "unknown"

NEVER: Final = "never"
"""Stands in a guidance instead of when a statement does not apply: it always does."""

RatingValue: TypeAlias = int | Literal["n/a", "unknown"]
"""
A rating as data: a number of the scheme's scale, `"n/a"`, or `"unknown"` for "Don't know".

Unanswered is `None`, never 0. Who answers "Don't know" has left the statement open, and said so:
it counts as unanswered wherever anything is counted, and is shown as what it is.
"""


def is_open(rating: RatingValue | None) -> bool:
    """Return whether a statement with this rating still waits for an answer that counts."""
    return rating is None or rating == DONT_KNOW


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
        """Return the entry of the dropdown: figure and word, or the word alone without a figure."""
        return f"{self.value} - {self.word}" if isinstance(self.value, int) else self.word


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """The two bounds of fulfilment, as exact fractions in 0..1; both are exclusive."""

    reached_above: Fraction
    passed_above: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Locus:
    """
    One thing that a source asks for: its key there, and a title in the scheme's own words.

    `since` is the edition of the source that added it; empty if it was there from the first.
    """

    key: str
    title: str
    since: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A public source of statements; `loci` lists what it asks for, if the scheme knows that."""

    key: str
    title: str
    publisher: str
    url: str
    loci: tuple[Locus, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """
    The place of a statement in a source: the source's key and the locus there.

    The locus is a key if the source has loci, else a text. A statement has one for each locus.
    """

    source: str
    locus: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Guidance:
    """
    Help for rating a statement: a note, or a text for each step of the scale.

    `not_applicable` says when the statement does not apply; `NEVER` if it always does.
    """

    note: str = ""
    steps: Mapping[int, str] = field(default_factory=dict, hash=False)
    not_applicable: str = ""

    @property
    def always_applies(self) -> bool:
        """Return whether the statement may never be rated as not applicable."""
        return self.not_applicable == NEVER

    @property
    def texts(self) -> tuple[str, ...]:
        """Return all that a person may read of it, in order."""
        exception = "" if self.always_applies else self.not_applicable
        return tuple(text for text in (self.note, *self.steps.values(), exception) if text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What the texts of a scheme are held to: the lowest and the highest number of each."""

    words: tuple[int, int] | None = None
    statements_per_level: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """
    One practice that can be rated. Its id never changes meaning; level and wording may.

    `joined` is the reason why the text joins two things, if it does.
    """

    id: str
    area: str
    level: int
    topic: str
    text: str
    guidance: Guidance
    evidence: tuple[str, ...]
    improvement: str
    anchor: str
    references: tuple[Citation, ...]
    joined: str = ""

    def loci(self, source: str) -> tuple[str, ...]:
        """Return the places of the statement in a source."""
        return tuple(one.locus for one in self.references if one.source == source)


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
    `instruction` is what respondents are told before they rate. `forms` maps the name of a form to
    the statements that it asks for; a scheme that has such a selection only has the name as its
    `form`, and in `whole` the scheme that it was selected from. `roles` maps the name of a role to
    the codes of the areas that people in this role are asked about.
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
    instruction: str = ""
    measures: Measures | None = None
    forms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    form: str = ""
    whole: Scheme | None = None
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
        """Return the labels of the dropdown, in order, those without a figure last."""
        return tuple(rating.label for rating in self.ratings)

    def label(self, value: RatingValue) -> str:
        """Return the label of a rating's value; KeyError for a value outside the scale."""
        for rating in self.ratings:
            if rating.value == value:
                return rating.label
        raise KeyError(value)

    def guidance_steps(self, guidance: Guidance) -> tuple[tuple[Rating, str], ...]:
        """Return each rating that a guidance describes with its text, in the scale's order."""
        steps = (
            (rating, self._step_text(rating, guidance))
            for rating in self.ratings  # n/a behind the scale
        )
        return tuple((rating, text) for rating, text in steps if text)

    @staticmethod
    def _step_text(rating: Rating, guidance: Guidance) -> str:
        if isinstance(rating.value, int):
            return guidance.steps.get(rating.value, "")
        if rating.value == NOT_APPLICABLE and not guidance.always_applies:
            return guidance.not_applicable
        return ""

    def guidance_lines(self, guidance: Guidance) -> tuple[str, ...]:
        """Return a guidance in lines: its note, or a line for each rating that it describes."""
        steps = self.guidance_steps(guidance)
        lines = (f"{rating.word}: {text}" for rating, text in steps)
        return (*([guidance.note] if guidance.note else []), *lines)

    def guidance_line(self, guidance: Guidance) -> str:
        """
        Return the one line of a guidance for a place that has room for no more.

        It is the note, or the text of the step below the highest: there most doubts arise.
        """
        if guidance.note:
            return guidance.note
        first_choice = self.scale[-2]
        steps = self.guidance_steps(guidance)
        chosen = [step for step in steps if step[0].value == first_choice] or list(steps[:1])
        return "".join(f"{rating.word}: {text}" for rating, text in chosen)

    def source(self, key: str) -> Publication:
        """Return the source with this key; KeyError if there is none."""
        for source in self.sources:
            if source.key == key:
                return source
        raise KeyError(key)

    def area(self, code: str) -> Area:
        """Return the area with this code; KeyError if there is none."""
        for area in self.areas:
            if area.code == code:
                return area
        raise KeyError(code)
