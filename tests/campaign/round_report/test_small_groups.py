"""A round of 12 people in teams of 3, 4 and 5: what is shown of them, and what is not."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from iml4e_xlsx.campaign.folder.campaign import open_campaign
from iml4e_xlsx.campaign.record.people import find_by_mail
from tests.support.campaigns import (
    NOW,
    Row,
    all_rated,
    answer,
    built_campaign,
    rows,
    run,
)
from tests.support.noting import note_returned, rated
from tests.support.reporting import leaks, unpacked

TEAMS = {"Red": 3, "Blue": 4, "Green": 5}
EVIDENCE = "ask Xaver Xylander of Green"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a round in which all have answered; those of Red rate 0, of Blue 1, of Green 3."""
    names = iter(rows(12))
    people = [
        Row(name=next_.name, mail=next_.mail, team=team)
        for team, size in TEAMS.items()
        for next_ in (next(names) for _ in range(size))
    ]
    made = tmp_path_factory.mktemp("teams")
    with built_campaign(made, people) as (campaign, record):
        scheme = campaign.load_scheme()
        ratings = {"Red": 0, "Blue": 1, "Green": 3}
        with record.begin(NOW) as tx:
            for row in people:
                person = find_by_mail(tx, row.mail)
                assert person is not None
                given = all_rated(scheme, ratings[row.team])
                note_returned(tx, person, rated(scheme, person, given))
    return open_campaign(made / "campaign").folder


def exported(folder: Path, target: Path, *words: str) -> list[dict[str, object]]:
    run("campaign", "export", folder, "-o", target, *words)
    found: list[dict[str, object]] = json.loads(target.read_text(encoding="utf-8"))["results"]
    return found


def test_an_anonymous_export_has_groups_of_five(folder: Path, tmp_path: Path) -> None:
    results = exported(folder, tmp_path / "r.json", "--anonymous")
    sizes = {str(each["team"]): each["respondents"] for each in results}
    assert sizes == {"Other teams": 7, "Green": 5}
    assert all(each["members"] == [] for each in results)


def test_a_number_of_one_s_own(folder: Path, tmp_path: Path) -> None:
    results = exported(folder, tmp_path / "r.json", "--fewest", "4")
    assert {each["team"]: each["respondents"] for each in results} == {"Other teams": 7, "Green": 5}
    results = exported(folder, tmp_path / "s.json", "--anonymous", "--fewest", "3")
    assert {each["team"] for each in results} == {"Red", "Blue", "Green"}


def test_a_report_joins_them_in_every_table(folder: Path, tmp_path: Path) -> None:
    run("campaign", "report", folder, "--anonymous", "-o", tmp_path / "r.xlsx")
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    cells = {str(cell.value) for sheet in book for line in sheet for cell in line if cell.value}
    assert {"Other teams", "Green"} <= cells
    assert not cells & {"Red", "Blue"}


def test_a_small_team_has_no_report_of_its_own(folder: Path, tmp_path: Path) -> None:
    """Nor is it found by the difference of two teams that somebody asks for."""
    words = ("campaign", "report", folder, "--anonymous", "-o", tmp_path / "r.html")
    outcome = run(*words, "--team", "Red", code=1)
    assert "Other teams, Green" in outcome.stderr or "Green, Other teams" in outcome.stderr
    run("campaign", "report", folder, "--anonymous", "--by", "team", "-o", tmp_path / "all")
    assert len(list((tmp_path / "all").iterdir())) == 2


def test_nothing_is_shown_of_too_few(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "r.html"
    outcome = run("campaign", "report", folder, "--fewest", "13", "-o", target, code=2)
    assert "fewer than 13 people" in outcome.stderr
    assert not target.exists()


@pytest.mark.parametrize("form", ["json", "csv"])
def test_an_anonymous_status_names_no_small_team(folder: Path, form: str) -> None:
    out = run("campaign", "status", folder, "--anonymous", "--format", form).stdout
    assert "Red" not in out
    assert out.count("Other teams") == 7
    assert out.count("Green") == 5


def test_a_status_with_names_is_as_before(folder: Path) -> None:
    assert run("campaign", "status", folder, "--format", "csv").stdout.count("Red") == 3


@pytest.mark.parametrize("suffix", ["html", "xlsx"])
def test_an_anonymous_report_has_no_evidence(tmp_path: Path, suffix: str) -> None:
    """A link or a person leads to who gave it; that there is none is said as before."""
    with built_campaign(tmp_path, rows(2)) as (campaign, record):
        answer(campaign, record, "ann@example.org", evidence={"AA-01": EVIDENCE})
        target = tmp_path / f"r.{suffix}"
        words = ("campaign", "report", campaign.folder, "-o", target)
        run(*words)
        assert "xylander" in leaks(target.read_bytes(), ["xylander"])
        run(*words, "--anonymous", "--fewest", "1", "--force")
        assert leaks(target.read_bytes(), ["xylander"]) == []
        assert b"AA-02" in unpacked(target.read_bytes())


def shown_teams(folder: Path, target: Path) -> dict[str, set[str]]:
    """Return the teams that each output of a round names, where names are left out."""
    run("campaign", "report", folder, "--anonymous", "-o", target / "r.xlsx")
    book = openpyxl.load_workbook(target / "r.xlsx")
    cells = {str(cell.value) for sheet in book for line in sheet for cell in line if cell.value}
    persons = json.loads(
        run("campaign", "status", folder, "--anonymous", "--format", "json").stdout
    )["persons"]
    results = exported(folder, target / "e.json", "--anonymous")
    return {
        "report": cells,
        "status": {person["team"] for person in persons},
        "export": {str(each["team"]) for each in results},
    }


def test_all_outputs_join_the_same_teams(tmp_path: Path) -> None:
    """By who has answered, not by who was asked; a small one of which nobody has, as well."""
    sizes = {"Red": (5, 5), "Blue": (6, 3), "Green": (7, 7), "Gold": (2, 0), "Grey": (5, 0)}
    sizes[""] = (1, 1)
    people = [
        Row(name=f"P{team}{number}", mail=f"p{team.lower()}{number}@example.org", team=team)
        for team, (asked, _) in sizes.items()
        for number in range(asked)
    ]
    with built_campaign(tmp_path, people) as (campaign, record):
        scheme = campaign.load_scheme()
        with record.begin(NOW) as tx:
            for row in people:
                if int(row.name[-1]) < sizes[row.team][1]:
                    person = find_by_mail(tx, row.mail)
                    assert person is not None
                    note_returned(tx, person, rated(scheme, person, all_rated(scheme, 2)))
    found = shown_teams(campaign.folder, tmp_path)

    # Blue and the person without a team are four, so that Red, the smallest other, joins them.
    assert found["export"] == {"Other teams", "Green"}
    assert found["status"] == {"Other teams", "Green", "Grey"}
    assert {"Other teams", "Green", "Grey"} <= found["report"]
    assert not found["report"] & {"Red", "Blue", "Gold"}


def test_a_team_may_be_called_other_teams(tmp_path: Path) -> None:
    """The joined ones have another name, the same in all outputs."""
    sizes = {"Other teams": 5, "Red": 5, "Blue": 1}
    people = [
        Row(name=f"P{number}", mail=f"{team[:1]}{number}@example.org", team=team)
        for team, size in sizes.items()
        for number in range(size)
    ]
    with built_campaign(tmp_path, people) as (campaign, record):
        scheme = campaign.load_scheme()
        with record.begin(NOW) as tx:
            for row in people:
                person = find_by_mail(tx, row.mail)
                assert person is not None
                note_returned(tx, person, rated(scheme, person, all_rated(scheme, 2)))
    found = shown_teams(campaign.folder, tmp_path)

    assert found["export"] == found["status"]
    assert len(found["status"]) == 2
    assert "Other teams *" in found["status"]
    assert found["status"] <= found["report"]


@pytest.mark.parametrize("form", ["table", "json"])
def test_a_status_of_too_few_is_refused_like_a_report(folder: Path, form: str) -> None:
    """And the way out is named."""
    outcome = run("campaign", "status", folder, "--fewest", "100", "--format", form, code=2)
    assert "fewer than 100 people" in outcome.stderr
    assert "smaller number" in outcome.stderr
    assert "Other teams" not in outcome.stdout
