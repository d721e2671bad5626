"""Small schemes written as a table in the test, answers as a dict, and workbooks filled by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import openpyxl

from iml4e_xlsx.model import Answer, Assessment, Profile, RatingValue, Response, Scheme
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.scoring import score
from iml4e_xlsx.workbook.builder import blank_response, build_workbook
from iml4e_xlsx.workbook.workbook_layout import layout_of
from tests.support.hostile import packed, parts_of

CREATED = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
WORDS = ("Not", "Partially", "Largely", "Fully", "Entirely", "Beyond")


def scheme_fields(
    table: str,
    *,
    top: int = 4,
    scale: Sequence[int] = (0, 1, 2, 3),
    thresholds: tuple[str, str] = ("0.50", "0.85"),
    dont_know: str = "",
) -> dict[str, Any]:
    """Return the fields of a scheme from a table `| area | level | id |`, ready to be written."""
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in table.strip().splitlines()
    ]
    areas: dict[str, list[dict[str, Any]]] = {}
    for code, level, identity in rows:
        areas.setdefault(code, []).append(
            {
                "id": identity,
                "level": int(level),
                "topic": "one",
                "text": f"Practice {identity} is carried out for every model in use.",
                "guidance": f"Largely when most models follow {identity}.",
                "evidence": ["a document", "a record"],
                "improvement": f"Introduce practice {identity} for the first model.",
                "anchor": "judged",
            }
        )
    ratings: list[dict[str, Any]] = [
        {"value": value, "word": word, "meaning": f"meaning of {word.lower()}"}
        for value, word in zip(scale, WORDS, strict=False)
    ]
    ratings.append({"value": "n/a", "word": "n/a", "meaning": "does not apply"})
    if dont_know:
        ratings.append({"value": "unknown", "word": dont_know, "meaning": "somebody else may"})
    return {
        "id": "small",
        "version": "1.0.0",
        "language": "en",
        "title": "Small Assessment",
        "subtitle": "For tests.",
        "notice": "Made for tests alone.",
        "levels": [
            {
                "number": number,
                "name": f"Stage {number}",
                "summary": f"Summary of {number}.",
                "description": f"Description of {number}.",
            }
            for number in range(top + 1)
        ],
        "ratings": ratings,
        "thresholds": {"reached_above": thresholds[0], "passed_above": thresholds[1]},
        "areas": [
            {
                "code": code,
                "name": f"Area {code}",
                "short": f"Short {code}",
                "attested": False,
                "purpose": f"What area {code} is about.",
                "topics": {"one": "Topic One"},
                "statements": statements,
            }
            for code, statements in areas.items()
        ],
    }


def write_scheme(folder: Path, fields: Mapping[str, Any]) -> Path:
    """Write a scheme's fields to a folder; JSON is YAML. Return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(fields, indent=1, ensure_ascii=False)
    for key in ("reached_above", "passed_above"):
        value = fields["thresholds"][key]
        text = text.replace(f'"{key}": "{value}"', f'"{key}": {value}')
    (folder / "scheme.yaml").write_text(text, encoding="utf-8")
    return folder


def regular_table(areas: Sequence[str], top: int, per_level: int) -> str:
    """Return a table in which every area has as many statements at each level."""
    lines = []
    for code in areas:
        number = 0
        for level in range(1, top + 1):
            for _ in range(per_level):
                number += 1
                lines.append(f"| {code} | {level} | {code}-{number:02d} |")
    return "\n".join(lines)


def small_scheme(
    folder: Path,
    areas: Sequence[str] = ("AA", "BB", "CC"),
    *,
    per_level: int = 3,
    top: int = 4,
    scale: Sequence[int] = (0, 1, 2, 3),
    dont_know: str = "",
) -> Scheme:
    """Write and load a regular small scheme."""
    table = regular_table(areas, top, per_level)
    fields = scheme_fields(table, top=top, scale=scale, dont_know=dont_know)
    return load_scheme(write_scheme(folder, fields))


def response(
    scheme: Scheme,
    ratings: Mapping[str, RatingValue | None],
    *,
    evidence: Mapping[str, str] | None = None,
    profile: Profile | None = None,
    targets: Mapping[str, int] | None = None,
) -> Response:
    """Return a response with these ratings, the rest unanswered."""
    blank = blank_response(scheme, profile=profile, targets=targets)
    notes = evidence or {}
    answers = {
        id_: Answer(statement=id_, rating=ratings.get(id_), evidence=notes.get(id_, ""))
        for id_ in scheme.statements
    }
    return Response(
        scheme=scheme.id,
        version=scheme.version,
        profile=blank.profile,
        answers=answers,
        targets=blank.targets,
    )


def rate_all(scheme: Scheme, rating: RatingValue) -> dict[str, RatingValue | None]:
    """Return the same rating for every statement."""
    return dict.fromkeys(scheme.statements, rating)


def in_order(scheme: Scheme, area: str, ratings: Iterable[RatingValue | None]) -> dict[str, Any]:
    """Return ratings by statement id for an area's statements in order."""
    statements = scheme.area(area).statements
    return {s.id: rating for s, rating in zip(statements, ratings, strict=True)}


def built(scheme: Scheme, path: Path, filled: Response | None = None) -> Path:
    """Build a workbook to a file."""
    path.write_bytes(build_workbook(scheme, created=CREATED, response=filled))
    return path


def typed(scheme: Scheme, path: Path, values: Mapping[str, Any]) -> Path:
    """Type values into score cells with openpyxl, as another program would; None clears."""
    layout = layout_of(scheme)
    book = openpyxl.load_workbook(path)
    for statement, value in values.items():
        cell = layout.area_sheet_of(statement).rating_cell(statement)
        book[cell.sheet][cell.a1] = value
    book.save(path)
    return path


def rated_copy(scheme: Scheme, data: bytes, values: Mapping[str, RatingValue]) -> bytes:
    """
    Return a workbook as it was issued, with numbers in score cells, quickly.

    The cells are set in its parts; all else stays as it is, other than with a program.
    """
    layout, parts = layout_of(scheme), parts_of(data)
    names = re.findall(r'<sheet name="([^"]*)"', parts["xl/workbook.xml"].decode())
    places = {unescape(name): f"xl/worksheets/sheet{n}.xml" for n, name in enumerate(names, 1)}
    for statement, value in values.items():
        cell = layout.area_sheet_of(statement).rating_cell(statement)
        part = places[cell.sheet]
        blank, filled = rf'(<c r="{cell.a1}"[^>]*)/>', rf"\1><v>{value}</v></c>"
        text, count = re.subn(blank, filled, parts[part].decode())
        assert count == 1, (cell, "is not blank")
        parts[part] = text.encode()
    return packed(parts)


def assessment(  # noqa: PLR0913 - a test names what matters to it, and nothing else
    scheme: Scheme,
    ratings: Mapping[str, RatingValue | None],
    *,
    team: str = "Alpha",
    respondent: str = "Ada",
    date: str = "2026-11-23",
    evidence: Mapping[str, str] | None = None,
    targets: Mapping[str, int] | None = None,
    source: str = "",
    **profile: str,
) -> Assessment:
    """Return a scored response as if it had been read from a file."""
    given = replace(
        response(
            scheme,
            ratings,
            evidence=evidence,
            targets=targets or {},
            profile=Profile(team=team, respondent=respondent, date=date, **profile),
        ),
        source=source or f"{team}-{respondent}-{date}.xlsx".lower(),
    )
    return Assessment(scheme=scheme, response=given, result=score(given, scheme), findings=())
