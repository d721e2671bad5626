"""`status --team`: one team's figures, coverage, files, letters and odd answers, and no other's."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from iml4e_xlsx.campaign.corrections.close_round import close_round
from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.letters import Letter, LetterKind, save_letter
from tests.support.builders import assessment
from tests.support.campaigns import NOW, Row, built_campaign, person_of, run
from tests.support.noting import note_returned, rated

NO_FILE = ("broken-workbook", "damaged.")
PEOPLE = [
    Row(name="Ann Ambers", mail="ann@example.org", organisation="Acme", team="Red"),
    Row(name="Bea Brick", mail="bea@example.org", organisation="", team="red"),
    Row(name="Cem Cobalt", mail="cem@example.org", organisation="Acme", team="Blue"),
    Row(name="Dee Denim", mail="dee@example.org", organisation="Acme", team="Blue"),
    Row(name="Eve Ecru", mail="eve@example.org", organisation="Beta", team="Blue"),
    Row(name="Fay Fawn", mail="fay@example.org", organisation="Acme", team=""),
]
OF_BLUE = ("Cem", "Dee", "Eve", "cem@", "dee@", "eve@", "Blue", "Fay", "fay@")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a round in which both teams have answers, odd ones, files aside and letters."""
    root = tmp_path_factory.mktemp("part")
    with built_campaign(root, PEOPLE) as (campaign, record):
        play(campaign, record)
        return campaign.folder


def play(campaign: Campaign, record: Record) -> None:
    """Note answers of Ann (odd) and Cem, files of nobody, a letter of each team and of nobody."""
    scheme = campaign.load_scheme()
    ann, cem, eve = (person_of(record, PEOPLE[place].mail) for place in (0, 2, 4))
    with record.begin(NOW) as tx:
        note_returned(tx, ann, rated(scheme, eve, {"AA-01": 2}), file="returned/ann.xlsx")
        note_returned(tx, cem, rated(scheme, cem), file="returned/cem.xlsx")
        for team, name in (("RED", "Rob"), ("Blue", "Bob")):
            odd = assessment(scheme, {"AA-01": 1}, team=team, respondent=name)
            note_returned(tx, None, odd, content=name, file=f"aside/{name}.xlsx")
        note_returned(tx, None, NO_FILE, content="x", file="aside/x.xlsx")
        for person, subject in ((ann, "to Ann"), (cem, "to Cem"), (None, "to nobody")):
            letter = Letter(
                key=subject.rjust(16, "0"), message_id=f"<{subject}>", kind=LetterKind.REPLY,
                person=person.id if person else None, sender="x@example.org",
                subject=subject, received=NOW,
            )  # fmt: skip
            save_letter(tx, letter)


def shown(folder: Path, target: Path, *words: str) -> dict[str, Any]:
    """Return the status as JSON."""
    run("campaign", "status", folder, "--format", "json", "--force", "-o", target, *words)
    found: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
    return found


def test_data_are_those_of_the_team(folder: Path, tmp_path: Path) -> None:
    """Bea is of no organisation in the roster, and so of the only one that the team has."""
    data = shown(folder, tmp_path / "s.json", "--team", "Red", "--raters", "1")

    assert data["of_teams"] == ["Red"]
    assert (data["people"], data["returned"], data["rate"]) == (2, 1, 0.5)
    assert [each["name"] for each in data["persons"]] == ["Ann Ambers", "Bea Brick"]
    assert sum(data["counts"].values()) == 2
    (coverage,) = data["coverage"]
    assert (coverage["organisation"], len(coverage["statements"])) == ("Acme", 7)
    assert [each["file"] for each in data["aside"]] == ["aside/Rob.xlsx"]
    assert [each["subject"] for each in data["letters"]] == ["to Ann"]
    # Whose name the answer has is known, although that person is of another team.
    assert {each["name"]: each["oddities"] for each in data["persons"]}["Ann Ambers"]


def test_parts_add_up(folder: Path, tmp_path: Path) -> None:
    """Nothing is lost: what no part has is counted on stderr, or is of people without a team."""
    whole = shown(folder, tmp_path / "s.json", "--raters", "1")
    parts = [
        shown(folder, tmp_path / "s.json", "--team", team, "--raters", "1")
        for team in ("Red", "Blue (Acme)", "Blue (Beta)")
    ]
    outcome = run("campaign", "status", folder, "--team", "red")

    assert sum(part["people"] for part in parts) == whole["people"] - 1
    for name, rest in (("letters", 1), ("aside", 2), ("coverage", 0)):
        assert sum(len(part[name]) for part in parts) == len(whole[name]) - rest, name
    assert "1 file that lies aside leads to no team" in outcome.stderr
    assert "1 letter leads to nobody" in outcome.stderr


@pytest.mark.parametrize("width", [60, 80, 120])
def test_tables_are_those_of_the_team(
    folder: Path, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    text = run("campaign", "status", folder, "--team", "RED", "--raters", "1").stdout

    assert "1 of 2" in text
    assert "Red" in text.splitlines()[0]
    assert not [word for word in OF_BLUE if word in text.replace("Eve Ecru", "")]


def test_csv_and_replies_are_those_of_the_team(folder: Path, tmp_path: Path) -> None:
    run("campaign", "status", folder, "--team", "Blue", "-o", tmp_path / "s.csv")
    rows = csv.DictReader(io.StringIO((tmp_path / "s.csv").read_text(encoding="utf-8-sig")))

    assert sorted(row["name"] for row in rows) == ["Cem Cobalt", "Dee Denim", "Eve Ecru"]
    assert "Nobody" in run("campaign", "status", folder, "--team", "Blue", "--reply").stderr


def test_unknown_names_are_refused_with_those_that_there_are(folder: Path) -> None:
    """Also names of teams that are too small to be shown."""
    said = run("campaign", "status", folder, "--team", "Reed", code=1).stderr
    small = run("campaign", "status", folder, "--fewest", "3", "--team", "Red", code=1).stderr

    assert 'no team "Reed"' in said
    assert "Red, Blue (Acme), Blue (Beta)" in " ".join(said.split())
    assert "Other teams" in small
    assert "Blue" not in small


def test_joined_teams_are_one(folder: Path, tmp_path: Path) -> None:
    """After small teams were joined: their files and letters are those of the joined team."""
    data = shown(folder, tmp_path / "s.json", "--fewest", "3", "--team", "other teams")
    whole = shown(folder, tmp_path / "s.json", "--fewest", "3")

    assert data["of_teams"] == ["Other teams"]
    assert data["people"] == whole["people"]
    assert {each["team"] for each in data["persons"]} == {"Other teams"}
    assert "aside" not in data


def test_a_closed_round_has_teams_as_well(tmp_path: Path) -> None:
    """Those that are left: the others were joined."""
    teams: Mapping[str, int] = {"Red": 2, "Blue": 3}
    people = [
        Row(name=f"{team}{n}", mail=f"{team}{n}@example.org", team=team)
        for team, size in teams.items()
        for n in range(size)
    ]
    with built_campaign(tmp_path, people) as (campaign, record):
        scheme = campaign.load_scheme()
        everybody = [person_of(record, row.mail) for row in people]
        with record.begin(NOW) as tx:
            for person in everybody:
                note_returned(tx, person, rated(scheme, person))
        close_round(campaign, record, fewest=2, now=NOW)
    data = shown(tmp_path / "campaign", tmp_path / "s.json", "--team", "blue")

    assert (data["people"], [each["team"] for each in data["teams"]]) == (3, ["Blue"])
