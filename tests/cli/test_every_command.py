"""What holds of every command: why it does not end with 0, and what it does without streams."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from iml4e_xlsx.cli import cli, main
from iml4e_xlsx.model import Profile, Scheme
from tests.support.builders import built, response, typed

ENDINGS = {"0", "1", "2", "3"}


def list_commands(group: click.Group) -> list[tuple[str, ...]]:
    context = click.Context(group)
    found: list[tuple[str, ...]] = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        inner = list_commands(command) if isinstance(command, click.Group) else [()]
        found += [(name, *words) for words in inner]
    return found


COMMANDS = list_commands(cli)


def find_command(words: tuple[str, ...]) -> click.Command:
    command: click.Command = cli
    for word in words:
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), word)
        assert found is not None
        command = found
    return command


def give_arguments(words: tuple[str, ...], path: Path, folder: Path) -> list[str]:
    """Return a command with a value for all that it must have: the path, or what it writes."""
    line = list(words)
    for param in find_command(words).params:
        if not param.required:
            continue
        if isinstance(param, click.Option):
            value = str(folder / "out.xlsx") if param.name == "output" else "x"
            line += [param.opts[0], value]
        elif isinstance(param.type, click.Choice):
            line.append(param.type.choices[0])
        elif param.metavar in {"DIR", "MAIL", "URL", "OLD", "NEW", "MAIL..."}:
            line.append(str(folder / "new"))
        else:
            line.append(str(path))
    return line


@pytest.fixture(scope="module")
def returned(tmp_path_factory: pytest.TempPathFactory, official: Scheme) -> Path:
    """Return a folder with a workbook with a mistake, and a file that cannot be read."""
    folder = tmp_path_factory.mktemp("returned")
    answers = response(
        official, dict.fromkeys(official.statements, 2), profile=Profile(team="A", respondent="B")
    )
    typed(official, built(official, folder / "a.xlsx", answers), {"PC-01": "what?"})
    (folder / "broken.xlsx").write_text("no workbook")
    return folder


def close_null_devices() -> None:
    """Close what `main` has opened in place of the streams, which a process does at its end."""
    for stream in (sys.stdout, sys.stderr):
        if stream.name == os.devnull:
            stream.close()


def run(*args: str) -> Result:
    outcome = CliRunner().invoke(cli, args, prog_name="iml4e")
    assert outcome.exception is None or isinstance(outcome.exception, SystemExit), outcome.output
    assert str(outcome.exit_code) in ENDINGS
    return outcome


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("quiet", [[], ["--quiet"]], ids=["", "quiet"])
def test_what_does_not_end_with_0_says_why(
    words: tuple[str, ...],
    quiet: list[str],
    returned: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever is wrong: files, a folder that is no campaign, an option that there is not."""
    monkeypatch.chdir(tmp_path)
    line = give_arguments(words, returned, tmp_path)
    for arguments in (line, [*words, str(tmp_path / "nowhere")], [*line, "--no-such-option"]):
        outcome = run(*arguments, *quiet)

        said = outcome.stderr.strip().splitlines()
        assert bool(said) or outcome.exit_code == 0
        if outcome.exit_code != 0:
            assert said[-1].startswith(("Error: ", f"Exit code {outcome.exit_code}: ")) or any(
                line.startswith("Error: ") for line in said
            ), said


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_needs_no_streams(
    words: tuple[str, ...], returned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program without a console, as with pythonw, has neither output nor error."""
    monkeypatch.chdir(tmp_path)
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    monkeypatch.setattr(sys, "argv", ["iml4e", *give_arguments(words, returned, tmp_path)])

    with pytest.raises(SystemExit) as ended:
        main()

    assert str(ended.value.code or 0) in ENDINGS
    close_null_devices()


@pytest.mark.parametrize("words", [(), ("campaign",), ("scheme",)])
def test_help_needs_no_streams(words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "argv", ["iml4e", *words])

    with pytest.raises(SystemExit) as ended:
        main()

    assert not ended.value.code
    close_null_devices()
