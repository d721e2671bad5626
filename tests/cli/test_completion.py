"""Completion: what a shell offers for words of the command line."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.shell_completion import CompletionItem, ShellComplete
from click.testing import CliRunner

from iml4e_xlsx.cli import cli
from iml4e_xlsx.cli.value_completion import COMPLETIONS, FREE_VALUES
from iml4e_xlsx.model import Profile, Scheme
from tests.support.builders import built, response

SHELLS = ("bash", "zsh", "fish")


def offered(*words: str, typed: str = "") -> list[CompletionItem]:
    shell = ShellComplete(cli, {}, "iml4e", "_IML4E_COMPLETE")
    return shell.get_completions(list(words), typed)


def values(*words: str, typed: str = "") -> list[str]:
    return [item.value for item in offered(*words, typed=typed)]


def every_command(group: click.Group) -> list[click.Command]:
    context = click.Context(group)
    found: list[click.Command] = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        found += every_command(command) if isinstance(command, click.Group) else [command]
    return found


@pytest.mark.parametrize("command", every_command(cli), ids=lambda command: command.name)
def test_the_kind_of_each_value_is_known(command: click.Command) -> None:
    """A new kind is either completed or listed as one that cannot be."""
    kinds = {param.metavar for param in command.params if param.metavar}

    assert kinds <= {*COMPLETIONS, *FREE_VALUES}


def test_kinds_are_those_of_commands() -> None:
    kinds = {param.metavar for command in every_command(cli) for param in command.params}

    assert {*COMPLETIONS, *FREE_VALUES} <= kinds


def test_commands_are_offered() -> None:
    assert values(typed="b") == ["build", "benchmark"]
    assert values("campaign", typed="re") == ["remind", "report", "readdress", "rebuild-record"]
    assert values("help", "campaign", typed="se") == ["send", "settle"]


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (("score",), "file"),
        (("score", "a.xlsx"), "file"),
        (("build", "-o"), "file"),
        (("build", "--roster"), "file"),
        (("demo",), "dir"),
        (("campaign", "status", "--campaign"), "dir"),
    ],
)
def test_files_and_folders_are_left_to_the_shell(words: tuple[str, ...], kind: str) -> None:
    (item,) = offered(*words, typed="ret")

    assert (item.type, item.value) == (kind, "ret")


def test_schemes_come_before_folders() -> None:
    assert values("build", "--scheme", typed="im") == ["iml4e-mlops"]
    assert [item.type for item in offered("build", "--scheme", typed="own/")] == ["dir"]


def test_areas_have_their_levels(official: Scheme) -> None:
    items = offered("build", "--target", typed="d")

    assert [item.value for item in items] == [f"DG={level.number}" for level in official.levels]
    assert {item.help for item in items} == {"Data Gathering & Preparation"}


def test_profiles_and_fields_are_offered(official: Scheme) -> None:
    profiles = [profile.id for profile in official.profiles]

    assert values("report", "x.xlsx", "--profile") == profiles
    assert values("benchmark", "x.xlsx", "--by", typed="s") == ["sector", "size"]


@pytest.fixture(scope="module")
def returned(tmp_path_factory: pytest.TempPathFactory, official: Scheme) -> Path:
    folder = tmp_path_factory.mktemp("returned")
    for number, team in enumerate(("Fraud Detection", "Fraud Detection", "Search & Rank", "")):
        profile = Profile(team=team, respondent=f"Person {number}")
        answers = response(official, dict.fromkeys(official.statements, 2), profile=profile)
        built(official, folder / f"{number}.xlsx", answers)
    return folder


def test_teams_are_those_of_the_workbooks(
    returned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("agenda", str(returned), "--team")
    monkeypatch.setenv("COMP_WORDS", shlex.join(["iml4e", *words]))

    assert values(*words) == ["Fraud Detection", "Search & Rank", str(returned / "3.xlsx")]
    assert values(*words, typed="fr") == ["Fraud Detection"]

    monkeypatch.setenv("COMP_WORDS", f"iml4e agenda {tmp_path / 'nowhere'} --team")
    assert values(*words) == []


@pytest.mark.parametrize(
    ("words", "offers"),
    [
        (["iml4e", "bu"], ["build"]),
        (["iml4e", "build", "--target", "OM=3"], ["OM=3"]),
        (["iml4e", "agenda", "{returned}", "--team", "S"], [r"Search\ \&\ Rank"]),
        (["iml4e", "agenda", "{returned}", "--team", '"S'], ["Search & Rank"]),
    ],
)
def test_bash_completes(
    returned: Path, tmp_path: Path, words: list[str], offers: list[str]
) -> None:
    """The script runs in a real bash, which inserts what it is given as it is."""
    script = CliRunner().invoke(cli, ["completion", "bash"]).stdout
    program = tmp_path / "iml4e"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m iml4e_xlsx "$@"\n')
    program.chmod(0o755)
    line = " ".join(shlex.quote(word.format(returned=returned)) for word in words)
    code = (
        f"PATH={shlex.quote(str(tmp_path))}:$PATH\n{script}\n"
        f"COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}\n_iml4e_completion iml4e\n"
        "printf '%s\\n' \"${COMPREPLY[@]}\""
    )

    outcome = subprocess.run(
        [str(shutil.which("bash")), "-c", code], capture_output=True, text=True, check=True
    )

    assert outcome.stderr == ""
    assert outcome.stdout.splitlines() == offers


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_has_its_script(shell: str) -> None:
    outcome = CliRunner().invoke(cli, ["completion", shell])

    assert outcome.exit_code == 0
    assert outcome.stderr == ""
    assert f"_IML4E_COMPLETE={shell}_complete" in outcome.stdout
    assert "%(" not in outcome.stdout
