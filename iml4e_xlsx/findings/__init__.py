"""
Holds what can be wrong: the catalogue of findings, of failures and of error codes.

In: a code, a place and values. Out: a `Finding` (one doubtful thing), a `Failure` (a file that
yields nothing), or an `ErrorCode` for an exception of `iml4e_xlsx.errors`; the words stand in the
interface texts. There is one function for each finding, in `about_<subject>`. Every room but
`text` and `resources` may import this one.
"""

from __future__ import annotations

from dataclasses import dataclass

from iml4e_xlsx.findings.about_answers import AnswerFindings
from iml4e_xlsx.findings.about_ratings import RatingFindings
from iml4e_xlsx.findings.about_responses import ResponseFindings
from iml4e_xlsx.findings.about_rosters import RosterFindings
from iml4e_xlsx.findings.about_schemes import SchemeFindings
from iml4e_xlsx.findings.about_settings import SettingFindings

__all__ = ["FindingCatalogue"]


@dataclass(frozen=True, slots=True)
class FindingCatalogue(
    RatingFindings,
    ResponseFindings,
    AnswerFindings,
    SchemeFindings,
    RosterFindings,
    SettingFindings,
):
    """Makes findings in the language of its texts."""
