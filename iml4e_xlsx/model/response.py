"""Defines what a respondent answered, and what reading it found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from iml4e_xlsx.findings.file_traits import FileTraits
from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.model.assessment_scheme import RatingValue, is_open
from iml4e_xlsx.model.respondent_profile import Profile


class Answer(NamedTuple):
    """
    One statement's rating and evidence; `rating is None` means unanswered.

    `"unknown"` ("Don't know") is an answer that leaves the statement open.

    A tuple, as `Place` is: there is one of each for every statement of every workbook.
    """

    statement: str
    rating: RatingValue | None = None
    evidence: str = ""
    place: Place | None = None

    @property
    def is_open(self) -> bool:
        """Return whether the statement still waits for an answer that counts."""
        return is_open(self.rating)


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
