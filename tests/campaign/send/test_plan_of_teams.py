"""`--team`: mails to the people of some teams only, alike in send, remind and answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.send.plan_part import list_plan_teams, narrow_to_teams
from tests.support.campaigns import NOW, Row, answer, built_campaign, person_of, run
from tests.support.mailing import invitations
from tests.support.noting import note_mail

ANN, BEN, CEM, DEE = (f"{name}@example.org" for name in ("ann", "ben", "cem", "dee"))
ROWS = [
    Row(name="Ann", mail=ANN, organisation="Acme", team="Red"),
    Row(name="Ben", mail=BEN, organisation="Beta", team="red"),
    Row(name="Cem", mail=CEM, organisation="Acme", team="Blue"),
    Row(name="Dee", mail=DEE, organisation="Acme", team=""),
]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[Campaign, Record]]:
    """Yield a campaign of three teams, two of one name, and of one person without a team."""
    with built_campaign(tmp_path / "c", ROWS) as found:
        yield found


def mailed(text: str) -> set[str]:
    return {mail for mail in (ANN, BEN, CEM, DEE) if mail in text}


def test_teams_of_a_plan_are_listed_as_in_reports(opened: tuple[Campaign, Record]) -> None:
    """With the organisation where two have one name; nobody of another team is in a part."""
    plan = invitations(*opened)
    teams = list_plan_teams(plan)
    part = narrow_to_teams(plan, teams[1:])

    assert [team.name for team in teams] == ["Red (Acme)", "red (Beta)", "Blue"]
    assert [mail.person.mail for mail in part.mails] == [BEN, CEM]


def test_whoever_names_no_organisation_is_of_the_only_one(tmp_path: Path) -> None:
    """As in reports: one team is one name."""
    with built_campaign(tmp_path / "c", [ROWS[0], replace(ROWS[1], organisation="")]) as found:
        (team,) = list_plan_teams(plan := invitations(*found))

    assert team.name == "Red"
    assert len(narrow_to_teams(plan, [team]).mails) == 2


@pytest.mark.parametrize(
    ("names", "people"),
    [(["RED"], {ANN, BEN}), (["red (beta)"], {BEN}), (["blue", "Red (Acme)"], {ANN, CEM})],
)
def test_only_the_team_is_mailed(
    opened: tuple[Campaign, Record], tmp_path: Path, names: list[str], people: set[str]
) -> None:
    """Others are counted, and get theirs by the next command."""
    campaign, record = opened
    words = [word for name in names for word in ("--team", name)]
    said = run("campaign", "send", campaign.folder, *words)
    drafts = run("campaign", "send", campaign.folder, *words, "--eml", tmp_path / "drafts")

    assert mailed(said.stdout) == people
    for output in (said.stderr, drafts.stderr):
        assert f"{len(ROWS) - len(people)} people of other teams" in output
    assert len(list((tmp_path / "drafts").glob("*.eml"))) == len(people)
    left = {mail.person.mail for mail in invitations(campaign, record).mails}
    assert left == {ANN, BEN, CEM, DEE} - people


def test_reminders_and_answers_go_to_the_team_as_well(opened: tuple[Campaign, Record]) -> None:
    """To nobody else, although others are due."""
    campaign, record = opened
    answer(campaign, record, ANN)
    answer(campaign, record, CEM)
    people = [person_of(record, mail) for mail in (BEN, DEE)]
    with record.begin(NOW) as tx:
        for person in people:
            note_mail(tx, person)
    answers = run("campaign", "answer", campaign.folder, "--team", "Blue")
    words = ("--again", BEN, "--again", DEE)  # however soon
    reminders = run("campaign", "remind", campaign.folder, "--team", "Red (Beta)", *words)

    assert mailed(answers.stdout) == {CEM}
    assert "1 person of another team" in answers.stderr
    assert mailed(reminders.stdout) == {BEN}
    assert "1 person of another team" in reminders.stderr


def test_a_person_of_another_team_is_left_out_aloud(opened: tuple[Campaign, Record]) -> None:
    """`--to` and `--team` both hold."""
    campaign, _ = opened
    said = run("campaign", "send", campaign.folder, "--to", ANN, "--team", "Blue")

    assert mailed(said.stdout) == set()
    assert "1 person of another team" in said.stderr
    assert mailed(run("campaign", "send", campaign.folder, "--to", CEM, "--team", "Blue").stdout)


@pytest.mark.parametrize("command", ["send", "remind", "answer"])
def test_an_unknown_team_lists_the_teams(opened: tuple[Campaign, Record], command: str) -> None:
    """Before anything leaves."""
    campaign, _ = opened
    said = run("campaign", command, campaign.folder, "--team", "Green", code=1).stderr

    assert 'There is no team "Green". The teams are: Red (Acme), red (Beta), Blue.' in " ".join(
        said.split()
    ).replace(" and ", ", ").replace(",,", ",")
