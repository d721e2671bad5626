"""`--team`: the answers of some teams only, alike in every command that reads answers."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner, Result

from iml4e_xlsx.cli import cli
from iml4e_xlsx.model import Profile, Scheme
from iml4e_xlsx.scheme.forms import select_form
from tests.support.builders import built, response, typed

COMMANDS = ("check", "score", "compare", "agenda", "roadmap")
PEOPLE = (
    ("Fraud Detection", "One", "Ada"),
    ("fraud  detection", "Two", "Ben"),
    ("Search", "One", "Cem"),
    ("", "", "Dee"),
)


def run(*args: object) -> Result:
    outcome = CliRunner().invoke(cli, [str(arg) for arg in args])
    assert outcome.exception is None or isinstance(outcome.exception, SystemExit), outcome.output
    return outcome


@pytest.fixture(scope="module")
def returned(tmp_path_factory: pytest.TempPathFactory, official: Scheme) -> Path:
    """Return workbooks of three teams and of none; Search has an answer that cannot be read."""
    folder = tmp_path_factory.mktemp("returned")
    for team, organisation, person in PEOPLE:
        profile = Profile(
            team=team, organisation=organisation, respondent=person, date="2026-11-23"
        )
        answers = response(official, dict.fromkeys(official.statements, 1), profile=profile)
        path = built(official, folder / f"{person}.xlsx", answers)
        if team == "Search":
            typed(official, path, {"PC-01": "what?"})
    return folder


def people_in(text: str) -> set[str]:
    return {person for _, _, person in PEOPLE if f"{person}.xlsx" in text or person in text}


@pytest.mark.parametrize(
    ("names", "people"),
    [
        (["FRAUD detection"], {"Ada", "Ben"}),
        (["fraud detection (two)"], {"Ben"}),
        (["search", "Fraud Detection (One)"], {"Ada", "Cem"}),
    ],
)
def test_a_team_is_meant_by_its_name(returned: Path, names: list[str], people: set[str]) -> None:
    """Whatever the case; the organisation tells apart teams of one name."""
    options = [word for name in names for word in ("--team", name)]
    document = json.loads(run("score", returned, "--format", "json", *options).stdout)

    assert {result["profile"]["respondent"] for result in document["results"]} == people


def test_a_response_without_a_team_is_meant_by_its_file(returned: Path) -> None:
    path = returned / "Dee.xlsx"
    document = json.loads(run("score", returned, "--format", "json", "--team", path).stdout)

    assert [result["profile"]["respondent"] for result in document["results"]] == ["Dee"]


@pytest.fixture(scope="module")
def alike(tmp_path_factory: pytest.TempPathFactory, official: Scheme) -> Path:
    """Return workbooks of three teams of one name, one of them without an organisation."""
    folder = tmp_path_factory.mktemp("alike")
    for number, (team, organisation) in enumerate(
        (("Search", "Acme"), ("search", "Beta"), ("Search", ""), ("Ads", "Acme"), ("ads", "Beta"))
    ):
        profile = Profile(team=team, organisation=organisation, respondent=f"P{number}")
        answers = response(official, dict.fromkeys(official.statements, 1), profile=profile)
        built(official, folder / f"{number}.xlsx", answers)
    return folder


@pytest.mark.parametrize(
    ("name", "people"),
    [
        ("Search", {"P2"}),
        ("SEARCH (acme)", {"P0"}),
        ("search (Beta)", {"P1"}),
        ("Ads", {"P3", "P4"}),
    ],
)
def test_each_listed_name_means_its_team_alone(alike: Path, name: str, people: set[str]) -> None:
    """A name that is listed as such is that team's; else the bare name means all of them."""
    document = json.loads(run("score", alike, "--format", "json", "--team", name).stdout)

    assert {result["profile"]["respondent"] for result in document["results"]} == people


@pytest.mark.parametrize("name", ["Search", "Search (Acme)", "ads (beta)"])
def test_one_own_team_is_compared(alike: Path, name: str) -> None:
    assert run("benchmark", alike, "--own", name, "--fewest", 2).exit_code == 0


def test_no_own_team_is_guessed_from_several(alike: Path) -> None:
    outcome = run("benchmark", alike, "--own", "ads", "--fewest", 2)

    assert outcome.exit_code == 1
    assert "Ads (Acme), ads (Beta)" in outcome.stderr


def test_completion_offers_the_names_that_are_listed(
    alike: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["agenda", str(alike), "--team"]
    monkeypatch.setenv("COMP_WORDS", shlex.join(["iml4e", *words]))
    offered = ShellComplete(cli, {}, "iml4e", "_IML4E_COMPLETE").get_completions(words, "")

    assert [item.value for item in offered] == [
        *("Ads (Acme)", "ads (Beta)", "Search (Acme)", "search (Beta)", "Search"),
    ]


@pytest.mark.parametrize("name", ["Dee.xlsx", "nope"])
def test_no_file_of_a_person_is_named_beside_an_agenda_without_names(
    returned: Path, name: str
) -> None:
    """Neither in a finding about a team without a name, nor in the list of teams."""
    team = returned / name if name.endswith(".xlsx") else name
    outcome = run("agenda", returned, "--team", team, "--anonymous", "--fewest", "1")

    assert outcome.stderr.strip()
    assert people_in(outcome.output) == set()


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_shows_that_team_alone(returned: Path, command: str) -> None:
    """Mistakes of others are not counted: they cost this team nothing."""
    form = ["--format", "json"]

    one = run(command, returned, "--team", "fraud detection (one)", *form)
    other = run(command, returned, "--team", "Search", *form)

    assert one.exit_code == 0, one.stderr
    assert other.exit_code == 1
    assert "Search" not in one.stdout
    assert "Cem" not in one.stdout
    json.loads(other.stdout)


def test_a_report_is_of_that_team_alone(returned: Path, tmp_path: Path) -> None:
    target = tmp_path / "r.html"
    outcome = run("report", returned, "--team", "fraud detection (one)", "-o", target)
    page = target.read_text(encoding="utf-8")

    assert outcome.exit_code == 0
    assert "Ada" in page
    assert "Search" not in page
    assert people_in(page) == {"Ada"}


@pytest.mark.parametrize("command", ["agenda", "report"])
def test_names_are_left_out_of_one_team_as_well(
    returned: Path, tmp_path: Path, command: str
) -> None:
    target = tmp_path / ("r.html" if command == "report" else "r.csv")
    words = (command, returned, "--anonymous", "--fewest", "1", "-o", target)

    run(*words, "--team", "Search")
    assert people_in(target.read_text(encoding="utf-8")) == set()

    run(*words, "--team", returned / "Dee.xlsx", "--force")
    assert people_in(target.read_text(encoding="utf-8")) == set()


def test_a_missing_team_comes_with_the_files_that_could_not_be_read(
    returned: Path, tmp_path: Path
) -> None:
    """It may be in one of them."""
    broken = tmp_path / "broken.xlsx"
    broken.write_text("no workbook")

    outcome = run("compare", returned, broken, "--team", "Search", "--team", "Fruad")

    assert outcome.exit_code == 1
    assert str(broken) in outcome.stderr
    assert 'There is no team "Fruad". The teams are: ' in outcome.stderr


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        (("2026-05-04", "2026-05-06"), "only one round, so there is no trend. Dates found: 2026-"),
        (("", ""), "No response has a date"),
        (("2026-05-04", "2026-11-06"), "No team was assessed in two rounds"),
    ],
)
def test_a_trend_of_nothing_says_what_was_found(
    official: Scheme, tmp_path: Path, dates: tuple[str, str], said: str
) -> None:
    """And what to do: dates, an earlier round, another gap, one name."""
    for team, date in zip("AB", dates, strict=True):
        profile = Profile(team=team, respondent=team, date=date)
        answers = response(official, dict.fromkeys(official.statements, 1), profile=profile)
        built(official, tmp_path / f"{team}.xlsx", answers)

    outcome = run("trend", tmp_path)

    assert outcome.exit_code == 1
    assert outcome.stdout == ""
    assert said in " ".join(outcome.stderr.split())
    assert "Usage" not in outcome.stderr


def test_a_form_is_told_from_its_scheme(tmp_path: Path, official: Scheme) -> None:
    """It was left out as "iml4e-mlops; the others are iml4e-mlops"."""
    short = select_form(official, "short")
    for scheme, team in ((official, "Alpha"), (short, "Beta")):
        profile = Profile(team=team, respondent="Ada", date="2026-11-23")
        answers = response(scheme, dict.fromkeys(scheme.statements, 1), profile=profile)
        built(scheme, tmp_path / f"{team}.xlsx", answers)

    said = " ".join(run("compare", tmp_path).stderr.split())

    version = f"iml4e-mlops {official.version}"
    assert f'Beta ({version}, form "short"; the others are {version}).' in said
