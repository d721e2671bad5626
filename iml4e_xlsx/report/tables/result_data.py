"""Results as data: the JSON documents and the CSV table that other programs read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from iml4e_xlsx.analysis.teams import TeamAssessment
from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.findings.finding import Finding
from iml4e_xlsx.model import (
    NOT_APPLICABLE,
    OPTIONAL_FIELDS,
    PROFILE_NAMES,
    Answer,
    AreaResult,
    Assessment,
    LevelIndex,
    OverallResult,
    Scheme,
)
from iml4e_xlsx.text.spelling import storable_text
from iml4e_xlsx.workbook.layout import OVERALL

_LINE_ENDS: Final = re.compile("\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
"""What steers a terminal or ends a text, and shows nothing: all but tabs and ends of lines."""

_FORMULA: Final = re.compile("\\A(?=\n)|^(?=[=+\\-@\t\uff1d\uff0b\uff0d\uff20])", re.MULTILINE)
"""
Where spreadsheet programs may see the beginning of a formula (CWE-1236), full width too.

In each line of a text, not in its first alone: a program that takes an end of a line for the end
of a row begins a cell there.
"""

_QUOTED: Final = re.compile('[",;\t\n]')
"""What makes quotes needed; some programs take semicolons and tabs for ends of cells as well."""

_TERMINAL: Final = re.compile("[\x7f-\x9f]")
"""Control characters that JSON may hold as they are."""

_WHO = ("source", "workbook_id", "scheme", "version", *PROFILE_NAMES)

STATEMENT_COLUMNS = (
    *_WHO,
    "area",
    "statement",
    "level",
    "rating",
    "not_applicable",
    "evidence",
)

CSV_COLUMNS = (
    *_WHO,
    "area",
    "name",
    "level",
    "index",
    "completeness",
    "target",
    "estimate",
    "unbalanced",
    "provisional",
    "not_applicable",
    "high_level",
    "high_index",
)


def render_json(document: object) -> str:
    """Return a document as JSON for people and programs."""
    return _inert(json.dumps(document, ensure_ascii=False, indent=2)) + "\n"


def render_json_line(document: object) -> str:
    """Return a document as one line of JSON."""
    return _inert(json.dumps(document, ensure_ascii=False, separators=(",", ":"))) + "\n"


def _inert(text: str) -> str:
    """Return JSON that means the same and steers no terminal."""
    return _TERMINAL.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def results_document(outcomes: Iterable[Assessment | Failure]) -> dict[str, Any]:
    """Return the document of `iml4e score --format json`."""
    return _sorted_out(outcomes, result_entry)


def findings_document(outcomes: Iterable[Assessment | Failure]) -> dict[str, Any]:
    """Return the document of `iml4e check --format json`."""
    return _sorted_out(
        outcomes,
        lambda one: {
            "source": one.response.source,
            "findings": [finding_entry(finding) for finding in one.findings],
        },
    )


def _sorted_out(
    outcomes: Iterable[Assessment | Failure], entry: Callable[[Assessment], dict[str, Any]]
) -> dict[str, Any]:
    results, failed = [], []
    for outcome in outcomes:
        if isinstance(outcome, Failure):
            failed.append(failure_entry(outcome))
        else:
            results.append(entry(outcome))
    return {"results": results, "failed": failed}


def outcome_entry(outcome: Assessment | Failure) -> dict[str, Any]:
    """Return one line of `iml4e score --format ndjson`: a result, or a failure with its code."""
    return failure_entry(outcome) if isinstance(outcome, Failure) else result_entry(outcome)


def failure_entry(failure: Failure) -> dict[str, Any]:
    """Return a file that yielded no response as data."""
    return {"source": failure.source, "code": failure.code, "message": failure.message}


def result_entry(assessment: Assessment) -> dict[str, Any]:
    """Return one workbook's result as data; figures are floats as computed, not rounded."""
    response, result, scheme = assessment.response, assessment.result, assessment.scheme
    return {
        "source": response.source,
        "scheme": {"id": scheme.id, "version": scheme.version},
        "workbook_id": response.workbook_id,
        "profile": {
            field: value
            for field in PROFILE_NAMES
            if (value := getattr(response.profile, field)) or field not in OPTIONAL_FIELDS
        },
        "respondents": 1,
        "areas": [_area(area, scheme) for area in result.areas],
        "overall": _overall(result.overall),
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
    entry["members"] = [
        {"respondent": member.name, "missing": list(member.missing)}
        | {
            key: value
            for key, value in result_entry(member.assessment).items()
            if key in ("source", "workbook_id", "profile", "areas", "overall", "ratings")
        }
        for member in team.members
    ]
    return entry


def teams_document(teams: Iterable[TeamAssessment], failures: Iterable[Failure]) -> dict[str, Any]:
    """Return the document of `iml4e score --group team --format json`."""
    return {
        "results": [team_entry(team) for team in teams],
        "failed": [failure_entry(failure) for failure in failures],
    }


def _area(area: AreaResult, scheme: Scheme) -> dict[str, Any]:
    return {
        "area": area.area,
        "name": scheme.area(area.area).name,
        "level": area.level,
        "index": _number(area.index),
        "completeness": float(area.completeness),
        "target": area.target,
        "estimate": area.estimate,
        "unbalanced": area.unbalanced,
        "provisional": area.provisional,
        "not_applicable": float(area.not_applicable),
        "fulfilment": {
            str(level.level): float(level.fulfilment)
            for level in area.levels
            if level.fulfilment is not None
        },
        "high": _bound(area.high),
        "held_down_by": list(area.held_down_by),
    }


def _overall(overall: OverallResult) -> dict[str, Any]:
    return {
        "level": overall.level,
        "index": _number(overall.index),
        "completeness": float(overall.completeness),
        "held_down_by": list(overall.held_down_by),
        "high": _bound(overall.high),
        "to_target": _number(overall.to_target),
    }


def _bound(bound: LevelIndex) -> dict[str, Any]:
    return {"level": bound.level, "index": _number(bound.index)}


def _number(value: Fraction | None) -> float | None:
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


def render_results_csv(
    outcomes: Iterable[Assessment | Failure], *, statements: bool = False
) -> str:
    """
    Return a tidy table with one row for each area of each result, and one for the whole.

    Failures have no row. Each line of a text that a spreadsheet program would take for a formula
    is preceded by an apostrophe.

    Args:
        outcomes: What was read.
        statements: Return one row for each statement of each result in place of the areas.
    """
    rows_of = statement_rows if statements else area_rows
    rows = (row for one in outcomes if isinstance(one, Assessment) for row in rows_of(one))
    return render_csv(STATEMENT_COLUMNS if statements else CSV_COLUMNS, rows)


def render_csv(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """
    Return rows as CSV in which no text can become a formula, end a row or steer a terminal.

    Lines end with a line feed, within texts as well.
    """
    lines = [columns, *([row.get(name) for name in columns] for row in rows)]
    return "".join(",".join(map(_field, line)) + "\n" for line in lines)


def _who(assessment: Assessment) -> dict[str, Any]:
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
    common = _who(assessment)
    for id_, statement in assessment.scheme.statements.items():
        answer = assessment.response.answers.get(id_, Answer(statement=id_))
        yield {
            **common,
            "area": statement.area,
            "statement": id_,
            "level": statement.level,
            "rating": answer.rating if isinstance(answer.rating, int) else None,
            "not_applicable": answer.rating == NOT_APPLICABLE,
            "evidence": answer.evidence,
        }


def area_rows(assessment: Assessment) -> Iterable[Mapping[str, Any]]:
    """Yield a row for each area of a result, and one for the whole."""
    entry = result_entry(assessment)
    common = _who(assessment)
    whole = {"area": OVERALL, **entry["overall"]}
    for figures in (*entry["areas"], whole):
        high = figures["high"]
        row = {**common, "high_level": high["level"], "high_index": high["index"]}
        yield row | {name: figures[name] for name in CSV_COLUMNS if name in figures}


def _field(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    text = _FORMULA.sub("'", _clean(value)) if isinstance(value, str) else str(value)
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def _clean(text: str) -> str:
    """Return a text without control characters; whatever ends its lines is a line feed."""
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", storable_text(text)))
