"""Holds the figures of a round's outputs against each other: all must be of the same people."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from iml4e_xlsx.model import Scheme
from tests.support.two_rounds.expectation import Expectation
from tests.support.two_rounds.facilitator import Facilitator


def check_figures(
    facilitator: Facilitator, people: Sequence[Expectation], folder: Path
) -> dict[str, Any]:
    """
    Check that all outputs say how many were asked and have answered, in all and by team.

    `people` are those in the roster; whoever has declined was asked. Returns the exported results
    of the teams.
    """
    teams = count_by_team(people)
    asked, answered = (sum(counts) for counts in zip(*teams.values(), strict=True))
    status = facilitator.status()
    assert (status["people"], status["returned"]) == (asked, answered)
    assert sum(status["counts"].values()) == asked
    assert status["rate"] == pytest.approx(answered / asked)
    said = facilitator.run("status")
    assert f"{answered} of {asked} people have returned their workbook" in said

    export = facilitator.export(folder / "people.json")
    assert len(export["results"]) == answered
    by_team = facilitator.export(folder / "teams.json", "--group", "team")
    found = {one["team"]: one["respondents"] for one in by_team["results"]}
    assert found == {team: count for team, (_, count) in teams.items() if count}

    facilitator.run("report", "-o", folder / "report.xlsx", "--force")
    book = openpyxl.load_workbook(folder / "report.xlsx", read_only=True)
    rows: list[tuple[Any, ...]] = list(book["Who has answered"].iter_rows(values_only=True))
    shares = {team: [*both, pytest.approx(both[1] / both[0])] for team, both in teams.items()}
    assert {row[0]: [*row[1:]] for row in rows if row[0] in teams} == shares
    assert rows[-1][1:] == (asked, answered, pytest.approx(answered / asked))

    facilitator.run("report", "-o", folder / "report.html", "--force")
    assert re.search(rf"\b{answered} of (the )?{asked}\b", text_of(folder / "report.html"))
    check_pages_of_teams(facilitator, people, folder / "by-team")
    return by_team


def check_pages_of_teams(
    facilitator: Facilitator, people: Sequence[Expectation], folder: Path
) -> None:
    """Check that each page of a team has the figures of that team, and nobody of another."""
    facilitator.run("report", "--by", "team", "-o", folder, "--force")
    teams = count_by_team(people)
    pages = [text_of(path) for path in sorted(folder.glob("*.html"))]
    assert len(pages) == sum(answered > 0 for _, answered in teams.values())
    for page in pages:
        (team,) = [name for name in teams if name in page]
        asked, answered = teams[team]
        assert re.search(rf"\b{answered} of (the )?{asked}\b", page), team
        named = {one.team for one in people if one.name in page}
        assert named == {team}


def check_trend(report: Path, scheme: Scheme, rounds: Sequence[Mapping[str, Any]]) -> None:
    """Check that the trend of a report has the exported figures of the teams in each round."""
    book = openpyxl.load_workbook(report, read_only=True)
    rows: list[tuple[Any, ...]] = list(book["Trend by area"].iter_rows(values_only=True))
    (heading,) = [row for row in rows if row[0] == "Team"]
    assert sum(str(name).startswith("Index") for name in heading) == len(rounds)
    codes = {area.short: area.code for area in scheme.areas}
    found = {(row[0], codes[row[1]]): row[2:] for row in rows if row[1] in codes}
    wanted: dict[tuple[str, str], list[Any]] = {}
    for each in rounds:
        for team in each["results"]:
            for area in team["areas"]:
                figures = wanted.setdefault((team["team"], area["area"]), [])
                figures += [pytest.approx(area["index"]), area["level"]]
    assert {key: [*row] for key, row in found.items()} == wanted


def count_by_team(people: Sequence[Expectation]) -> dict[str, tuple[int, int]]:
    """Return how many of each team were asked, and how many have answered."""
    asked = Counter(one.team for one in people)
    answered = Counter(one.team for one in people if one.counts)
    return {team: (count, answered[team]) for team, count in asked.items()}


def text_of(page: Path) -> str:
    """Return the text of a page, in one line."""
    source = page.read_text(encoding="utf-8").replace("\u00a0", " ")
    plain = re.sub(r"<(script|style)\b.*?</\1>", " ", source, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", plain))
