"""The main job from end to end: workbooks for three teams, filled in, read back, scored, drawn."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import cycle, islice
from pathlib import Path

from iml4e_xlsx.batch import assess_many, find_workbooks
from iml4e_xlsx.errors import ResourceError
from iml4e_xlsx.model import (
    NOT_APPLICABLE,
    Answer,
    Assessment,
    Failure,
    Profile,
    Response,
    Scheme,
    Statement,
)
from iml4e_xlsx.output import write_output
from iml4e_xlsx.report.data import as_json, csv_table, results_document
from iml4e_xlsx.report.radar import draw_radar
from iml4e_xlsx.workbook.builder import blank_response, build_workbook
from iml4e_xlsx.workbook.layout import layout_of

_NOT_APPLICABLE_FROM = 0.97
_EVIDENCE_FROM = 0.5


@dataclass(frozen=True, slots=True)
class _Team:
    """A made-up team: how far each area has come, from 0 to 1, in the areas' order."""

    name: str
    respondent: str
    role: str
    strength: tuple[float, ...]
    target: int
    unanswered: int = 0
    mistakes: tuple[str | float, ...] = ()


_TEAMS = (
    _Team("Fraud Detection", "Ada", "ML engineer", (0.7, 0.62, 0.72, 0.42, 0.55, 0.6, 0.45), 4),
    _Team(
        "Demand Forecast",
        "Ben",
        "Data scientist",
        (0.4, 0.58, 0.48, 0.3, 0.24, 0.28, 0.36),
        target=3,
        unanswered=7,
    ),
    _Team(
        "Document Search",
        "Chi",
        "Product owner",
        (0.34, 0.22, 0.26, 0.2, 0.28, 0.5, 0.32),
        target=2,
        mistakes=(2.5, "mostly", "3 - Largely", "2,0"),
    ),
)


@dataclass(frozen=True, slots=True)
class Demo:
    """What the demo made: the files to open, and the outcomes to show."""

    files: Mapping[str, Path]
    outcomes: tuple[Assessment | Failure, ...]


def run_demo(folder: Path, scheme: Scheme, *, created: datetime, force: bool = False) -> Demo:
    """
    Run the main job in a folder and return what it made.

    Raises:
        OutputExistsError: If a file of an earlier demo is there and `force` is not set.
        WorkbookWriteError: If a file cannot be written.
    """
    returned = folder / "returned"
    returned.mkdir(parents=True, exist_ok=True)
    files: dict[str, Path] = {"blank": folder / "blank.xlsx"}
    write_output(files["blank"], build_workbook(scheme, created=created), force=force)
    paths = []
    for team in _TEAMS:
        path = returned / f"{team.name.lower().replace(' ', '-')}.xlsx"
        _fill(path, team, scheme, created, force=force)
        paths.append(path)
    outcomes = tuple(assess_many(find_workbooks(paths)))
    assessments = [outcome for outcome in outcomes if isinstance(outcome, Assessment)]
    files["first returned"] = paths[0]
    files |= _write_results(folder, outcomes, assessments, scheme, force=force)
    return Demo(files=files, outcomes=outcomes)


def _write_results(
    folder: Path,
    outcomes: tuple[Assessment | Failure, ...],
    assessments: list[Assessment],
    scheme: Scheme,
    *,
    force: bool,
) -> dict[str, Path]:
    files = {"json": folder / "results.json", "csv": folder / "results.csv"}
    write_output(files["json"], as_json(results_document(outcomes)).encode(), force=force)
    write_output(files["csv"], csv_table(assessments).encode(), force=force)
    results = {one.response.profile.team: one.result for one in assessments}
    try:
        picture = draw_radar(results, scheme, title=scheme.title)
    except ResourceError:
        return files
    files["radar"] = folder / "radar.png"
    write_output(files["radar"], picture, force=force)
    return files


def _fill(path: Path, team: _Team, scheme: Scheme, created: datetime, *, force: bool) -> None:
    """Build a team's workbook as it returns; the last team's was also tampered with by hand."""
    response = _response(team, scheme, created)
    write_output(path, build_workbook(scheme, created=created, response=response), force=force)
    if team.mistakes:
        _type_in(path, team.mistakes, scheme)


def _type_in(path: Path, typed: Sequence[str | float], scheme: Scheme) -> None:
    """Type into the last area's score cells what no list offers, as a paste would."""
    import openpyxl

    layout = layout_of(scheme)
    book = openpyxl.load_workbook(path)
    statements = scheme.areas[-1].statements
    for statement, value in zip(statements, typed, strict=False):
        cell = layout.area_of(statement.id).rating(statement.id)
        book[cell.sheet][cell.a1] = value
    book.save(path)


def _response(team: _Team, scheme: Scheme, created: datetime) -> Response:
    """Return plausible answers: strong at low levels, thinning out upwards."""
    answers = {}
    for area, strength in zip(scheme.areas, cycle(team.strength), strict=False):
        for statement in area.statements:
            answers[statement.id] = _answer(statement, strength, team, scheme)
    for statement in islice(reversed(scheme.areas[-1].statements), team.unanswered):
        answers[statement.id] = Answer(statement=statement.id)
    profile = Profile(
        organisation="Example Industries",
        team=team.name,
        respondent=team.respondent,
        role=team.role,
        date=created.date().isoformat(),
    )
    targets = {area.code: min(team.target, scheme.top) for area in scheme.areas}
    estimates = {scheme.areas[0].code: min(2, scheme.top)}
    blank = blank_response(scheme, profile=profile, targets=targets)
    return replace(blank, answers=answers, estimates=estimates)


def _answer(statement: Statement, strength: float, team: _Team, scheme: Scheme) -> Answer:
    scatter = zlib.crc32(f"{team.name} {statement.id}".encode()) / 0xFFFFFFFF
    if scatter > _NOT_APPLICABLE_FROM:
        reason = f"does not arise for {team.name.lower()}"
        return Answer(statement=statement.id, rating=NOT_APPLICABLE, evidence=reason)
    reach = strength * (scheme.top + 1.4) - (statement.level - 1)
    share = min(0.99, max(0.0, reach * 0.7 + 0.15 + (scatter - 0.5) * 0.7))
    scale = scheme.scale
    rating = scale[int(share * len(scale))]
    backed = statement.evidence and share >= _EVIDENCE_FROM
    evidence = statement.evidence[int(scatter * 97) % len(statement.evidence)] if backed else ""
    return Answer(statement=statement.id, rating=rating, evidence=evidence)
