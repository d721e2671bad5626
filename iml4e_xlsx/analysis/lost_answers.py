"""Tells why statements have no rating: it cannot be read, its sheet is missing, or it is open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from iml4e_xlsx.findings.about_responses import is_missing
from iml4e_xlsx.findings.finding import Finding, Severity
from iml4e_xlsx.model import Assessment, Scheme

_UNREAD_EVIDENCE: Final = frozenset({"evidence-unreadable", "evidence-illegible"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LostAnswers:
    """
    The statements of a response without a rating, each once, in the order of the scheme.

    Attributes:
        unread: Those of which an error says that something could not be read.
        missing: Those without a row, though the sheet of their area is there.
        areas: For each area without a sheet, how many statements went with it.
        still_open: All others.
    """

    unread: tuple[str, ...]
    missing: tuple[str, ...]
    areas: dict[str, int]
    still_open: tuple[str, ...]


def find_lost_answers(assessment: Assessment) -> LostAnswers:
    """Divide the statements of a response without a rating by what errors say of them."""
    scheme, answers = assessment.scheme, assessment.response.answers
    errors = [each for each in assessment.findings if each.severity is Severity.ERROR]
    unread = _name_statements((each for each in errors if not is_missing(each)), scheme)
    missing = _name_statements(filter(is_missing, errors), scheme)
    without_sheet = {each.values.get("area") for each in errors if is_missing(each)}
    areas: dict[str, int] = {}
    lost: dict[str, list[str]] = {"unread": [], "missing": [], "still_open": []}
    for id_, statement in scheme.statements.items():
        if id_ in answers and answers[id_].rating is not None:
            continue
        if id_ in unread:
            lost["unread"].append(id_)
        elif statement.area in without_sheet:
            areas[statement.area] = areas.get(statement.area, 0) + 1
        else:
            lost["missing" if id_ in missing else "still_open"].append(id_)
    return LostAnswers(areas=areas, **{name: tuple(ids) for name, ids in lost.items()})


def find_unread_evidence(assessment: Assessment) -> frozenset[str]:
    """Return the statements with evidence that could not be read."""
    about = (each for each in assessment.findings if each.code in _UNREAD_EVIDENCE)
    return frozenset(each.statement for each in about if each.statement is not None)


def _name_statements(findings: Iterable[Finding], scheme: Scheme) -> frozenset[str]:
    return frozenset(id_ for finding in findings for id_ in _statements_of(finding, scheme))


def _statements_of(finding: Finding, scheme: Scheme) -> Iterator[str]:
    """Yield the statements that a finding is about: one, some, or all of an area."""
    if finding.statement is not None:
        yield finding.statement
    disputed = finding.values.get("disputed")
    if isinstance(disputed, tuple):
        yield from map(str, disputed)
    area = finding.values.get("area")
    yield from (each.id for one in scheme.areas if one.code == area for each in one.statements)
