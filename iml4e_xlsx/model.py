"""Defines the domain types, all immutable: scheme, response, result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, Literal, TypeAlias

from iml4e_xlsx.findings.file_traits import FileTraits
from iml4e_xlsx.findings.finding import Finding, Place

NOT_APPLICABLE: Final = "n/a"

RatingValue: TypeAlias = int | Literal["n/a"]
"""A rating as data: a number of the scheme's scale, or `"n/a"`. Unanswered is `None`, never 0."""

PROFILE_LIMIT: Final = 120
"""How many characters a text of the profile may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileField:
    """
    One field of a profile; its words stand in the interface texts under `profile.<name>`.

    `headings` are the names of its column in a roster, the one for people first; a field without
    them is not in a roster. A personal field is about the respondent and left out of anonymous
    results. Only a benchmark needs an optional one: if it is empty, no finding says so.
    """

    name: str
    headings: tuple[str, ...] = ()
    limit: int = PROFILE_LIMIT
    optional: bool = False
    personal: bool = False
    is_date: bool = False


PROFILE_FIELDS: Final = (
    ProfileField(name="organisation", headings=("organisation", "organization")),
    ProfileField(name="sector", headings=("sector", "branche", "sektor"), optional=True),
    ProfileField(name="size", headings=("size", "größe", "groesse"), optional=True),
    ProfileField(name="team", headings=("team",)),
    ProfileField(name="respondent", headings=("name", "respondent"), personal=True),
    ProfileField(name="role", headings=("role", "rolle"), personal=True),
    ProfileField(name="date", is_date=True),
)
"""The fields of a profile in the order in which they are asked for; all else follows this table."""

PROFILE_NAMES: Final = tuple(field.name for field in PROFILE_FIELDS)
OPTIONAL_FIELDS: Final = frozenset(field.name for field in PROFILE_FIELDS if field.optional)
ROSTER_FIELDS: Final = tuple(field.name for field in PROFILE_FIELDS if field.headings)
PERSONAL_FIELDS: Final = tuple(field.name for field in PROFILE_FIELDS if field.personal)


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

    def __post_init__(self) -> None:
        """Index the statements by id; the loader has made sure that ids are unique."""
        index = {s.id: s for area in self.areas for s in area.statements}
        object.__setattr__(self, "statements", index)

    @property
    def top(self) -> int:
        """Return the highest level's number."""
        return self.levels[-1].number

    @property
    def scored_levels(self) -> range:
        """Return the numbers of the levels that have statements: 1 to the top."""
        return range(1, self.top + 1)

    @property
    def scale(self) -> tuple[int, ...]:
        """Return the numbers of the rating scale, ascending, without n/a."""
        return tuple(r.value for r in self.ratings if isinstance(r.value, int))

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """
    The respondent's entries about themselves: one text for each of `PROFILE_FIELDS`.

    `date` is an ISO 8601 calendar date (2026-11-23) or empty.
    """

    organisation: str = ""
    sector: str = ""
    size: str = ""
    team: str = ""
    respondent: str = ""
    role: str = ""
    date: str = ""

    @property
    def values(self) -> dict[str, str]:
        """Return the texts by name, in the order of `PROFILE_FIELDS`."""
        return {name: getattr(self, name) for name in PROFILE_NAMES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One statement's rating and evidence; `rating is None` means unanswered."""

    statement: str
    rating: RatingValue | None = None
    evidence: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One respondent's workbook as data: an answer for each statement of the scheme."""

    scheme: str
    version: str
    profile: Profile
    answers: Mapping[str, Answer]
    targets: Mapping[str, int] = field(default_factory=dict)
    estimates: Mapping[str, int] = field(default_factory=dict)
    source: str = ""
    workbook_id: str = ""
    file: FileTraits = field(default=FileTraits(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The outcome of reading a workbook: the response, and findings about it."""

    response: Response
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelResult:
    """
    One level of one area: the number of each rating, and the points that follow.

    `points` and `possible` are whole numbers in units of one rating step: the points of the
    ratings, and those points if every unanswered statement were fully met. `span` is the distance
    of the highest rating from the lowest, so full fulfilment is `span * applicable`.
    """

    level: int
    statements: int
    counts: Mapping[RatingValue, int]
    unanswered: int
    points: int
    possible: int
    span: int

    @property
    def applicable(self) -> int:
        """Return the number of statements that count: all but those rated n/a."""
        return self.statements - self.counts[NOT_APPLICABLE]

    @property
    def fulfilment(self) -> Fraction | None:
        """Return the mean fulfilment in 0..1, or None if the level is skipped."""
        return Fraction(self.points, self.span * self.applicable) if self.applicable else None

    @property
    def high(self) -> Fraction | None:
        """Return the fulfilment if every unanswered statement were fully met."""
        return Fraction(self.possible, self.span * self.applicable) if self.applicable else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelIndex:
    """A level and an index that belong together."""

    level: int
    index: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaResult:
    """
    The result of one area; fractions are exact, completeness and not_applicable in 0..1.

    `low` and `high` are its bounds: level and index if every unanswered statement were not met at
    all, and if it were fully met. An area that is not assessed has bounds only.
    """

    area: str
    levels: tuple[LevelResult, ...]
    low: LevelIndex
    high: LevelIndex
    answered: int
    statements: int
    not_applicable: Fraction
    target: int | None
    estimate: int | None
    held_down_by: tuple[str, ...]

    @property
    def is_assessed(self) -> bool:
        """Return whether at least one statement has a rating or n/a; else the area is open."""
        return self.answered > 0

    @property
    def level(self) -> int | None:
        """Return the level reached; None if the area is not assessed."""
        return self.low.level if self.is_assessed else None

    @property
    def index(self) -> Fraction | None:
        """Return the index; None if the area is not assessed, or has no applicable statement."""
        return self.low.index if self.is_assessed else None

    @property
    def completeness(self) -> Fraction:
        """Return the share of statements with a rating or n/a."""
        return Fraction(self.answered, self.statements)

    @property
    def provisional(self) -> bool:
        """Return whether statements are unanswered."""
        return self.answered < self.statements

    @property
    def unbalanced(self) -> bool:
        """Return whether practices are advanced on a weak base: the index is a full level ahead."""
        level, index = self.level, self.index
        return level is not None and index is not None and int(index) > level

    @property
    def is_below_target(self) -> bool:
        """Return whether the level is below the target; without one of them it is not."""
        level, target = self.level, self.target
        return level is not None and target is not None and level < target

    @property
    def gap(self) -> Fraction | None:
        """Return how far the index is below the target, at least 0; None without one of them."""
        if self.index is None or self.target is None:
            return None
        return max(Fraction(0), self.target - self.index)


@dataclass(frozen=True, slots=True, kw_only=True)
class OverallResult:
    """
    The whole assessment: weakest area's level, mean index, and the way to the targets.

    As long as an area is `not_assessed`, the whole has bounds only, and nothing holds it down.
    `to_target` is None as well if such an area has a target.
    """

    low: LevelIndex
    high: LevelIndex
    answered: int
    statements: int
    not_assessed: tuple[str, ...]
    held_down_by: tuple[str, ...]
    to_target: Fraction | None

    @property
    def is_assessed(self) -> bool:
        """Return whether every area is assessed."""
        return not self.not_assessed

    @property
    def level(self) -> int | None:
        """Return the overall level; None as long as an area is not assessed."""
        return self.low.level if self.is_assessed else None

    @property
    def index(self) -> Fraction | None:
        """Return the overall index; None as long as an area is not assessed, or none has one."""
        return self.low.index if self.is_assessed else None

    @property
    def completeness(self) -> Fraction:
        """Return the share of statements with a rating or n/a."""
        return Fraction(self.answered, self.statements)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The outcome of scoring a response."""

    response: Response
    areas: tuple[AreaResult, ...]
    overall: OverallResult

    def area(self, code: str) -> AreaResult:
        """Return the result of the area with this code; KeyError if there is none."""
        for area in self.areas:
            if area.area == code:
                return area
        raise KeyError(code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """One workbook read and scored; `findings` are sorted by severity, errors first."""

    scheme: Scheme
    response: Response
    result: Result
    findings: tuple[Finding, ...]
