"""Runs the main job from end to end: two rounds of three teams are filled in, read, reported."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import cycle, islice
from pathlib import Path

from iml4e_xlsx.analysis.teams import TeamAssessment
from iml4e_xlsx.errors import OutputExistsError, ResourceError
from iml4e_xlsx.findings.error_codes import OutputErrorCode
from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.jobs.results import Results
from iml4e_xlsx.model import (
    NOT_APPLICABLE,
    Answer,
    Assessment,
    Profile,
    Response,
    Scheme,
    Statement,
)
from iml4e_xlsx.output import check_folder, check_target, write_output
from iml4e_xlsx.report.contents.contents import Contents, make_contents
from iml4e_xlsx.report.formats.render import render_outcomes, render_report
from iml4e_xlsx.spreadsheets.archive import HIDDEN
from iml4e_xlsx.text.interface_texts import scheme_texts
from iml4e_xlsx.workbook.builder import blank_response, build_workbook
from iml4e_xlsx.workbook.workbook_layout import layout_of

_NOT_APPLICABLE_FROM = 0.97
_EVIDENCE_FROM = 0.5
_UNBACKED_UP_TO = 0.1
_BETWEEN_ROUNDS = timedelta(days=182)
_REPORTS = ("html", "xlsx", "png")


@dataclass(frozen=True, slots=True)
class _SamplePerson:
    """A made-up respondent; `view` is how much better than the team they see things."""

    name: str
    role: str
    view: float = 0.0


@dataclass(frozen=True, slots=True)
class _SampleTeam:
    """A made-up team; `strength` is how far each area has come, from 0 to 1, in their order."""

    name: str
    people: tuple[_SamplePerson, ...]
    strength: tuple[float, ...]
    target: int
    gain: tuple[float, ...]
    unanswered: int = 0
    mistakes: tuple[str | float, ...] = ()


_TEAMS = (
    _SampleTeam(
        "Fraud Detection",
        (
            _SamplePerson("Ada", "ML engineer"),
            _SamplePerson("Emil", "Data scientist", 0.05),
            _SamplePerson("Fatima", "Software engineer", -0.08),
            _SamplePerson("Gus", "Product owner", 0.14),
        ),
        (0.7, 0.62, 0.72, 0.42, 0.55, 0.6, 0.45),
        target=4,
        gain=(0.05, 0.1, 0.12, 0.08, 0.15, 0.05, -0.04),
    ),
    _SampleTeam(
        "Demand Forecast",
        (
            _SamplePerson("Ben", "Data scientist"),
            _SamplePerson("Hanna", "Data engineer", -0.06),
            _SamplePerson("Igor", "Software engineer", 0.04),
            _SamplePerson("Jo", "Team lead", 0.12),
        ),
        (0.4, 0.58, 0.48, 0.3, 0.24, 0.28, 0.36),
        target=3,
        gain=(0.08, 0.14, 0.05, 0.02, -0.05, 0.04, 0.1),
        unanswered=7,
    ),
    _SampleTeam(
        "Document Search",
        (
            _SamplePerson("Chi", "Product owner"),
            _SamplePerson("Klara", "ML engineer", -0.05),
            _SamplePerson("Lee", "Data scientist", 0.06),
            _SamplePerson("Mina", "Software engineer", -0.1),
        ),
        (0.34, 0.22, 0.26, 0.2, 0.28, 0.5, 0.32),
        target=2,
        gain=(0.1, 0.06, 0.02, 0.08, 0.04, 0.12, 0.06),
        mistakes=(2.5, "mostly", "3 - Largely", "2,0"),
    ),
)


@dataclass(frozen=True, slots=True)
class DemoOutcome:
    """
    The files to open, the outcomes of both rounds, and the teams in the second one.

    The names of the files are keys of the interface texts `demo.file`; so are those of `left_out`,
    the files that could not be written for want of a library, each with the error that names it.
    """

    files: Mapping[str, Path]
    outcomes: tuple[Assessment | Failure, ...]
    teams: tuple[TeamAssessment, ...]
    left_out: Mapping[str, ResourceError]


def run_demo(
    folder: Path, scheme: Scheme, *, created: datetime, force: bool = False
) -> DemoOutcome:
    """
    Run the main job in a folder; nothing is written unless all of it can be.

    Raises:
        OutputNameError: If a file stands where a folder is to be, or a folder where a file is.
        OutputExistsError: If a file of a previous demo is there and `force` is not set, or
            anything that no demo has made is in the folder.
        WorkbookWriteError: If a file cannot be written.
    """
    returned = folder / "returned"
    _check_files(folder, returned, created, force=force)
    _remove_last_demo(returned, created)
    files: dict[str, Path] = {"blank": folder / "blank.xlsx"}
    returned.mkdir(parents=True, exist_ok=True)
    write_output(files["blank"], build_workbook(scheme, created=created), force=force)
    paths: list[Path] = []
    for number, (moment, place) in enumerate(_round_folders(returned, created)):
        place.mkdir(exist_ok=True)
        paths += _fill_round(place, scheme, moment, latest=number == 1, force=force)
    results = Results.read(*paths)
    files["first_returned"] = paths[0]
    contents = make_contents([*results.outcomes, *results.left_out])
    written, left_out = _write_results(folder, results, contents, force=force)
    return DemoOutcome(
        files={**files, **written},
        outcomes=results.outcomes,
        teams=contents.teams,
        left_out=left_out,
    )


def _round_folders(returned: Path, created: datetime) -> tuple[tuple[datetime, Path], ...]:
    """Return the moment of each round and the folder of its workbooks."""
    moments = (created - _BETWEEN_ROUNDS, created)
    return tuple((moment, returned / f"{moment:%Y-%m}") for moment in moments)


def _check_files(folder: Path, returned: Path, created: datetime, *, force: bool) -> None:
    """Check every file that will be written before any is: the folder may hold real answers."""
    rounds = [place for _, place in _round_folders(returned, created)]
    last_demo = _find_workbooks(returned)
    for place in (folder, returned, *rounds):
        check_folder(place)
    results = {folder / name for name in ("blank.xlsx", "results.json", "results.csv")}
    results |= {folder / f"{_report_name(form)}.{form}" for form in _REPORTS}
    workbooks = {path for place in rounds for path in _workbook_paths(place)}
    foreign = _find_foreign(folder, returned, results, workbooks | last_demo)
    if foreign is not None:
        raise OutputExistsError(OutputErrorCode.DEMO_FOLDER_USED, target=folder, name=foreign)
    for path in sorted(results | workbooks | last_demo):
        check_target(path, force=force)


def _find_workbooks(returned: Path) -> set[Path]:
    """Return the made-up workbooks of earlier demonstrations, of whatever months."""
    places = returned.glob("[0-9][0-9][0-9][0-9]-[0-9][0-9]")
    return {path for place in places for path in _workbook_paths(place) if path.is_file()}


def _remove_last_demo(returned: Path, created: datetime) -> None:
    """Remove the rounds of a demonstration of another month, which `force` replaces."""
    rounds = [place for _, place in _round_folders(returned, created)]
    for path in _find_workbooks(returned):
        if path.parent not in rounds:
            path.unlink()
    for place in returned.glob("*"):
        if place not in rounds and not any(place.iterdir()):
            place.rmdir()


def _workbook_paths(place: Path) -> Iterator[Path]:
    """Yield where the workbooks of a round are, in its folder."""
    for team in _TEAMS:
        for person in team.people:
            yield _workbook_path(place, team, person)


def _find_foreign(
    folder: Path, returned: Path, results: set[Path], workbooks: set[Path]
) -> str | None:
    """Return the name of what no demonstration has left in the folder; None if there is nothing."""
    made = {path for path in returned.rglob("*") if not path.is_dir()}
    present = set(folder.iterdir()) if folder.exists() else set()
    # Programs add hidden files by themselves; a hidden folder, such as .git, is a person's.
    kept = {path for path in present if path.name.startswith(HIDDEN) and not path.is_dir()}
    foreign = (made - workbooks) | (present - results - kept - {returned})
    if not made & workbooks:  # files of these names are somebody's own, and not ours to replace
        foreign |= present - kept
    return min((str(path.relative_to(folder)) for path in foreign), default=None)


def _workbook_path(place: Path, team: _SampleTeam, person: _SamplePerson) -> Path:
    return place / f"{team.name} {person.name}.xlsx".lower().replace(" ", "-")


def _report_name(form: str) -> str:
    return "radar" if form == "png" else "report"


def _fill_round(
    place: Path, scheme: Scheme, moment: datetime, *, latest: bool, force: bool
) -> Iterator[Path]:
    for team in _TEAMS:
        gain = team.gain if latest else (0.0,) * len(team.gain)
        strength = tuple(sum(pair) for pair in zip(team.strength, gain, strict=True))
        for number, person in enumerate(team.people):
            sample = replace(team, strength=strength)
            if number or not latest:  # only one respondent of a team leaves gaps or mistakes
                sample = replace(sample, unanswered=0, mistakes=())
            path = _workbook_path(place, team, person)
            _fill_workbook(path, sample, person, scheme, moment, force=force)
            yield path


def _write_results(
    folder: Path, results: Results, contents: Contents, *, force: bool
) -> tuple[dict[str, Path], dict[str, ResourceError]]:
    """Write results and reports; return the files, and those that want a library."""
    files: dict[str, Path] = {}
    left_out: dict[str, ResourceError] = {}
    for form in ("json", "csv"):
        files[form] = folder / f"results.{form}"
        write_output(files[form], render_outcomes(results.outcomes, form), force=force)
    for form in _REPORTS:
        name = _report_name(form)
        path = folder / f"{name}.{form}"
        try:
            write_output(path, render_report(contents, path.name), force=force)
        except ResourceError as error:  # the extra `report` is not installed
            left_out[f"{name}_{form}"] = error
        else:
            files[f"{name}_{form}"] = path
    return files, left_out


def _fill_workbook(
    path: Path,
    team: _SampleTeam,
    person: _SamplePerson,
    scheme: Scheme,
    created: datetime,
    *,
    force: bool,
) -> None:
    """Build a respondent's workbook as it returns, in one team with mistakes made by hand."""
    response = _make_response(team, person, scheme, created)
    write_output(path, build_workbook(scheme, created=created, response=response), force=force)
    if team.mistakes:
        _type_in(path, team.mistakes, scheme)


def _type_in(path: Path, typed: Sequence[str | float], scheme: Scheme) -> None:
    """Type values that no list offers into the last area's score cells, as a paste would."""
    import openpyxl

    layout = layout_of(scheme)
    book = openpyxl.load_workbook(path)
    statements = scheme.areas[-1].statements
    for statement, value in zip(statements, typed, strict=False):
        cell = layout.area_sheet_of(statement.id).rating_cell(statement.id)
        book[cell.sheet][cell.a1] = value
    book.save(path)


def _make_response(
    team: _SampleTeam, person: _SamplePerson, scheme: Scheme, created: datetime
) -> Response:
    """Make plausible answers: strong at low levels, weaker at higher ones."""
    answers = {}
    for area, strength in zip(scheme.areas, cycle(team.strength), strict=False):
        for statement in area.statements:
            answers[statement.id] = _make_answer(statement, strength, team, person, scheme)
    for statement in islice(reversed(scheme.areas[-1].statements), team.unanswered):
        answers[statement.id] = Answer(statement=statement.id)
    profile = Profile(
        organisation="Example Industries",
        sector="Manufacturing",
        size="1000 and more",
        team=team.name,
        respondent=person.name,
        role=person.role,
        date=created.date().isoformat(),
    )
    targets = {area.code: min(team.target, scheme.top) for area in scheme.areas}
    estimates = {scheme.areas[0].code: min(2, scheme.top)}
    blank = blank_response(scheme, profile=profile, targets=targets)
    return replace(blank, answers=answers, estimates=estimates)


def _make_answer(
    statement: Statement, strength: float, team: _SampleTeam, person: _SamplePerson, scheme: Scheme
) -> Answer:
    scatter = _scatter_key(f"{team.name} {statement.id}")
    if scatter > _NOT_APPLICABLE_FROM:
        reason = scheme_texts(scheme)("demo.not_applicable", team=team.name.lower())
        return Answer(statement=statement.id, rating=NOT_APPLICABLE, evidence=reason)
    own = _scatter_key(f"{person.name} {statement.id}")
    reach = (strength + person.view) * (scheme.top + 1.4) - (statement.level - 1)
    noise = (scatter - 0.5) * 0.5 + (own - 0.5) * 0.4
    share = min(0.99, max(0.0, reach * 0.7 + 0.15 + noise))
    scale = scheme.scale
    rating = scale[int(share * len(scale))]
    backed = statement.evidence and share >= _EVIDENCE_FROM and own > _UNBACKED_UP_TO
    evidence = statement.evidence[int(own * 97) % len(statement.evidence)] if backed else ""
    return Answer(statement=statement.id, rating=rating, evidence=evidence)


def _scatter_key(key: str) -> float:
    """Return a number in 0..1 that looks random and is always the same for a key."""
    return zlib.crc32(key.encode()) / 0xFFFFFFFF
