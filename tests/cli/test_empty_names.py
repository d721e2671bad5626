"""Empty arguments, as a variable of the shell that is not set gives them."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from iml4e_xlsx.cli import cli
from tests.support.terminals import leaf_commands

PLACES = ("PATH", "FILE", "DIR", "RETURNED", "TABLE")
COMMANDS = {" ".join(words): command for words, command in leaf_commands()}


def list_places() -> list[tuple[str, str]]:
    """Return each parameter that takes a path, by its command, as help shows it."""
    return [
        (words, param.opts[0] if isinstance(param, click.Option) else "")
        for words, command in COMMANDS.items()
        for param in command.params
        if any(place in (param.metavar or "") for place in PLACES)
    ]


@pytest.mark.parametrize(("words", "option"), list_places())
def test_an_empty_path_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, option: str
) -> None:
    """It stood for the current folder, whose files were read or written."""
    monkeypatch.chdir(tmp_path)

    outcome = CliRunner().invoke(cli, [*words.split(), *([option] if option else []), ""])

    assert outcome.exit_code == 2, outcome.output
    assert "the value is empty" in outcome.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "line",
    [["score", "x", "--by-source", ""], ["score", "x", "--team", ""], ["scheme", "show", ""]],
)
def test_an_empty_choice_is_refused(line: list[str]) -> None:
    """It was taken for none, so that the command did something else than it was asked for."""
    outcome = CliRunner().invoke(cli, line)

    assert outcome.exit_code == 2
    assert "the value is empty" in outcome.stderr


def test_a_text_may_be_empty(tmp_path: Path) -> None:
    """An empty title or team is none, which is what it looks like."""
    target = tmp_path / "w.xlsx"
    outcome = CliRunner().invoke(cli, ["build", "--team", "", "--contact", "", "-o", str(target)])

    assert outcome.exit_code == 0, outcome.output
    assert target.exists()
