"""Makes data of results: the JSON documents and the rows of tables that other programs read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any, TypeAlias

from iml4e_xlsx.analysis.source_results import find_source_result
from iml4e_xlsx.analysis.teams import TeamAssessment
from iml4e_xlsx.analysis.workshop_agenda import anonymous_ratings
from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.findings.finding import Finding
from iml4e_xlsx.model import (
    DONT_KNOW,
    NOT_APPLICABLE,
    OPTIONAL_FIELDS,
    PROFILE_NAMES,
    Answer,
    AreaResult,
    Assessment,
    LevelIndex,
    OverallResult,
    RatingValue,
    Scheme,
)
from iml4e_xlsx.report.tables.left_out_table import counted_file
from iml4e_xlsx.report.tables.source_tables import source_entry
from iml4e_xlsx.workbook.summary_layout import OVERALL

_SUBJECT_COLUMNS = ("source", "workbook_id", "scheme", "version", *PROFILE_NAMES)

STATEMENT_COLUMNS = (
    *_SUBJECT_COLUMNS,
    "area",
    "statement",
    "level",
    "rating",
    "not_applicable",
    "dont_know",
    "evidence",
)

AREA_COLUMNS = (
    *_SUBJECT_COLUMNS,
    "area",
    "name",
    "level",
    "index",
    "completeness",
    "dont_know",
    "applies",
    "highest",
    "complete",
    "gap_below",
    "steps_to_next",
    "one_step_level",
    "target",
    "effective_target",
    "steps_to_target",
    "required_for_target",
    "way_to_target",
    "estimate",
    "provisional",
    "not_applicable",
    "high_level",
    "high_index",
)


SOURCE_COLUMNS = (
    *_SUBJECT_COLUMNS,
    "standard",
    "locus",
    "title",
    "statements",
    "fulfilment",
    "rated",
    "open",
    "dont_know",
    "not_applicable",
)


Outcome: TypeAlias = Assessment | TeamAssessment | Failure
"""What comes of reading: the result of a response or a team, or the failure of a file."""


@dataclass(frozen=True, slots=True)
class ResultBundle:
    """
    Results to be written, with the files that yielded none, in the order in which they came.

    `by_statement` says that a row of a table is a statement of a result, not an area; `by_source`
    is the key of the source by which results are grouped, then a row is a locus of it; `left_out`
    are findings on the files that are no answers.
    """

    outcomes: tuple[Outcome, ...]
    by_statement: bool = False
    by_source: str = ""
    left_out: tuple[Finding, ...] = ()

    @property
    def assessments_by_name(self) -> tuple[tuple[str, Assessment], ...]:
        """Return the results, each with its team's name, or its file's where it has no team."""
        return tuple(
            (outcome.name, outcome.assessment)
            if isinstance(outcome, TeamAssessment)
            else (outcome.response.profile.team or outcome.response.source, outcome)
            for outcome in self.outcomes
            if not isinstance(outcome, Failure)
        )

    @property
    def assessments(self) -> tuple[Assessment, ...]:
        """Return the results; that of a team in the form of a single one."""
        return tuple(assessment for _, assessment in self.assessments_by_name)

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Return the files that yielded no result."""
        return tuple(outcome for outcome in self.outcomes if isinstance(outcome, Failure))


@dataclass(frozen=True, slots=True)
class ResultStream:
    """
    Results to be written one by one as they come: a `ResultBundle` that is never whole.

    `left_out` may still grow while the outcomes come.
    """

    outcomes: Iterable[Outcome]
    by_statement: bool = False
    by_source: str = ""
    left_out: Sequence[Finding] = ()

    @property
    def assessments(self) -> Iterator[Assessment]:
        """Yield the results; that of a team in the form of a single one."""
        for outcome in self.outcomes:
            if not isinstance(outcome, Failure):
                yield outcome.assessment if isinstance(outcome, TeamAssessment) else outcome


def findings_document(
    outcomes: Iterable[Assessment | Failure], left_out: Iterable[Finding] = ()
) -> dict[str, Any]:
    """Return the document of findings by file, of files that failed, and of those left out."""
    results, failed = [], []
    for outcome in outcomes:
        if isinstance(outcome, Failure):
            failed.append(failure_entry(outcome))
        else:
            findings = [finding_entry(finding) for finding in outcome.findings]
            results.append({"source": outcome.response.source, "findings": findings})
    return {
        "results": results,
        "failed": failed,
        "left_out": [left_out_entry(finding) for finding in left_out],
    }


def outcome_entry(outcome: Outcome, *, by_source: str = "") -> dict[str, Any]:
    """Return the result of a response or of a team, or a failure, as data."""
    if isinstance(outcome, Failure):
        return failure_entry(outcome)
    entry = team_entry(outcome) if isinstance(outcome, TeamAssessment) else result_entry(outcome)
    if by_source:
        grouped = find_source_result(outcome.response, outcome.scheme, by_source)
        entry["by_source"] = None if grouped is None else source_entry(grouped, outcome.scheme)
    return entry


def failure_entry(failure: Failure) -> dict[str, Any]:
    """Return a file that yielded no response as data."""
    return {"source": failure.source, "code": failure.code, "message": failure.message}


def left_out_entry(finding: Finding) -> dict[str, Any]:
    """Return a file that is no answer as data; `counted` is the file of which it is a copy."""
    return {
        "source": finding.place.source,
        "code": finding.code,
        "counted": counted_file(finding),
        "message": finding.message,
    }


def result_entry(assessment: Assessment) -> dict[str, Any]:
    """Return one workbook's result as data; figures are floats as computed, not rounded."""
    response, result, scheme = assessment.response, assessment.result, assessment.scheme
    return {
        "source": response.source,
        "scheme": {"id": scheme.id, "version": scheme.version},
        "form": scheme.form or None,
        "workbook_id": response.workbook_id,
        "profile": {
            field: value
            for field in PROFILE_NAMES
            if (value := getattr(response.profile, field)) or field not in OPTIONAL_FIELDS
        },
        "respondents": 1,
        "areas": [_area_entry(area, scheme) for area in result.areas],
        "overall": _overall_entry(result.overall),
        "ratings": {id_: answer.rating for id_, answer in response.answers.items()},
        "evidence": {
            id_: answer.evidence for id_, answer in response.answers.items() if answer.evidence
        },
        "findings": [finding_entry(finding) for finding in assessment.findings],
    }


def team_entry(team: TeamAssessment) -> dict[str, Any]:
    """Return a team's result as data: the medians' result, and each respondent's own beside it."""
    entry = result_entry(team.assessment)
    entry["respondents"] = len(team.members)
    entry["team"] = team.name
    entry["consensus"] = {id_: value for id_, value in team.consensus.items() if value is not None}
    entry["disputed_applicability"] = {
        id_: [
            {"respondent": name, "rating": rating}
            for name, rating in _list_ratings(team, id_)
            if rating is not None
        ]
        for id_ in team.applicability_disputes
    }
    entry["members"] = [
        {"respondent": member.name, "missing": list(member.missing)}
        | {
            key: value
            for key, value in result_entry(member.assessment).items()
            if key in ("source", "workbook_id", "form", "profile", "areas", "overall", "ratings")
        }
        for member in (() if team.is_whole else team.members)
    ]
    return entry


def _list_ratings(team: TeamAssessment, id_: str) -> Sequence[tuple[str, RatingValue | None]]:
    """Return who rated a statement how; of a team as a whole in an order that tells nothing."""
    ratings = team.ratings(id_)
    return [("", value) for value in anonymous_ratings(ratings)] if team.is_whole else ratings


def _area_entry(area: AreaResult, scheme: Scheme) -> dict[str, Any]:
    return {
        "area": area.area,
        "name": scheme.area(area.area).name,
        "level": area.level,
        "index": _make_float(area.index),
        "completeness": float(area.completeness),
        "dont_know": area.dont_know,
        "applies": area.applies,
        "highest": area.highest,
        "complete": area.is_complete,
        "gap_below": area.gap_below,
        "steps_to_next": area.steps_to_next,
        "statements_to_next": list(area.statements_to_next),
        "one_step_level": area.one_step_level,
        "target": area.target,
        "effective_target": area.effective_target,
        **_way_entry(area),
        "estimate": area.estimate,
        "provisional": area.provisional,
        "not_applicable": float(area.not_applicable),
        "fulfilment": {
            str(level.level): float(level.fulfilment)
            for level in area.levels
            if area.is_assessed and level.fulfilment is not None
        },
        "high": _level_index_entry(area.high),
        "held_down_by": list(area.held_down_by),
    }


def _overall_entry(overall: OverallResult) -> dict[str, Any]:
    return {
        "level": overall.level,
        "index": _make_float(overall.index),
        "completeness": float(overall.completeness),
        "dont_know": overall.dont_know,
        "about": overall.is_about,
        "held_down_by": list(overall.held_down_by),
        "not_assessed": list(overall.not_assessed),
        "not_applying": list(overall.not_applying),
        "low": _level_index_entry(overall.low),
        "high": _level_index_entry(overall.high),
        **_way_entry(overall),
    }


def _way_entry(result: AreaResult | OverallResult) -> dict[str, Any]:
    return {
        "steps_to_target": result.steps_to_target,
        "required_for_target": result.required_for_target,
        "way_to_target": _make_float(result.way_to_target),
    }


def _level_index_entry(bound: LevelIndex) -> dict[str, Any]:
    return {"level": bound.level, "index": _make_float(bound.index)}


def _make_float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def finding_entry(finding: Finding) -> dict[str, Any]:
    """Return a finding as data."""
    place = finding.place
    return {
        "severity": finding.severity.value,
        "code": finding.code,
        "source": place.source,
        "sheet": place.sheet,
        "cell": place.cell,
        "line": place.line,
        "statement": finding.statement,
        "found": finding.found,
        "expected": finding.expected,
        "action": finding.action,
        "message": finding.message,
    }


def _subject_fields(assessment: Assessment) -> dict[str, Any]:
    response = assessment.response
    return {
        "source": response.source,
        "workbook_id": response.workbook_id,
        "scheme": response.scheme,
        "version": response.version,
        **{field: getattr(response.profile, field) for field in PROFILE_NAMES},
    }


def statement_rows(assessment: Assessment) -> Iterable[Mapping[str, Any]]:
    """Yield a row for each statement: who, which, what was rated, with what evidence."""
    common = _subject_fields(assessment)
    for id_, statement in assessment.scheme.statements.items():
        answer = assessment.response.answers.get(id_, Answer(statement=id_))
        yield {
            **common,
            "area": statement.area,
            "statement": id_,
            "level": statement.level,
            "rating": answer.rating if isinstance(answer.rating, int) else None,
            "not_applicable": answer.rating == NOT_APPLICABLE,
            "dont_know": answer.rating == DONT_KNOW,
            "evidence": answer.evidence,
        }


def source_rows(assessment: Assessment, key: str) -> Iterable[Mapping[str, Any]]:
    """Yield a row for each thing that a source asks for; none if the scheme lacks the source."""
    grouped = find_source_result(assessment.response, assessment.scheme, key)
    common = _subject_fields(assessment)
    for entry in () if grouped is None else grouped.loci:
        yield {
            **common,
            "standard": key,
            "locus": entry.locus.key,
            "title": entry.locus.title,
            "statements": " ".join(statement.id for statement in entry.statements),
            "fulfilment": None if entry.fulfilment is None else float(entry.fulfilment),
            "rated": entry.rated,
            "open": entry.open,
            "dont_know": entry.dont_know,
            "not_applicable": entry.not_applicable,
        }


def area_rows(assessment: Assessment) -> Iterable[Mapping[str, Any]]:
    """Yield a row for each area of a result, and one for the whole."""
    entry = result_entry(assessment)
    common = _subject_fields(assessment)
    whole = {"area": OVERALL, **entry["overall"]}
    for figures in (*entry["areas"], whole):
        high = figures["high"]
        row = {**common, "high_level": high["level"], "high_index": high["index"]}
        yield row | {name: figures[name] for name in AREA_COLUMNS if name in figures}


def choose_rows(
    results: ResultBundle | ResultStream,
) -> tuple[Sequence[str], Callable[[Assessment], Iterable[Mapping[str, Any]]]]:
    """Return the columns of the table that is asked for, and what makes its rows of a result."""
    if results.by_source:
        return SOURCE_COLUMNS, partial(source_rows, key=results.by_source)
    if results.by_statement:
        return STATEMENT_COLUMNS, statement_rows
    return AREA_COLUMNS, area_rows
