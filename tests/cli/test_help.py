"""Help: what is printed without arguments, how commands are listed, how they are found."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner, Result

from iml4e_xlsx import __version__
from iml4e_xlsx.cli import cli
from tests.support.terminals import leaf_commands

WIDTH = 80


def run(*args: str) -> Result:
    outcome = CliRunner().invoke(cli, args, prog_name="iml4e", terminal_width=WIDTH)
    assert outcome.exception is None or isinstance(outcome.exception, SystemExit), outcome.output
    return outcome


def subcommands(group: click.Command) -> dict[str, click.Command]:
    assert isinstance(group, click.Group)
    context = click.Context(group)
    found = {name: group.get_command(context, name) for name in group.list_commands(context)}
    return {name: command for name, command in found.items() if command is not None}


@pytest.mark.parametrize("words", [(), ("campaign",), ("scheme",)])
def test_a_group_alone_prints_its_help(words: tuple[str, ...]) -> None:
    """Nobody asked for anything, so nothing is wrong."""
    outcome = run(*words)

    assert outcome.exit_code == 0
    assert outcome.stderr == ""
    assert outcome.stdout == run(*words, "--help").stdout


def test_a_group_with_options_alone_asks_for_a_command() -> None:
    assert run("--quiet").exit_code == 2


@pytest.mark.parametrize("option", ["-V", "--version"])
def test_the_version_has_a_short_option(option: str) -> None:
    assert run(option).stdout == f"iml4e, version {__version__}\n"


@pytest.mark.parametrize("words", [(), ("campaign",), ("scheme",)])
def test_each_command_is_listed_on_one_line(words: tuple[str, ...]) -> None:
    """The whole first sentence of its help, once, in the order of use."""
    listed = run(*words, "--help").stdout.splitlines()
    group: click.Command = cli
    for word in words:
        group = subcommands(group)[word]

    commands = subcommands(group)
    rows = [line.split(None, 1) for line in listed if line.strip().partition(" ")[0] in commands]

    assert [name for name, *_ in rows] == list(commands)
    for name, text in rows:
        help_text = " ".join((commands[name].help or "").split())
        assert help_text.startswith(text.rstrip("."))
        assert text.endswith(".")
        assert not text.endswith("...")


def test_help_fits_the_terminal() -> None:
    """No line of any page is cut or broken at the edge, also of those that stand as written."""
    pages = [(), ("campaign",), ("scheme",), *(words for words, _ in leaf_commands())]
    shown = {words: run(*words, "--help").stdout.splitlines() for words in pages}

    assert not [(w, line) for w, lines in shown.items() for line in lines if len(line) > WIDTH]


def test_the_order_is_that_of_the_work() -> None:
    names = list(subcommands(cli))

    assert names.index("build") < names.index("score") < names.index("report")


@pytest.mark.parametrize(
    "words", [("score",), ("campaign",), ("campaign", "send"), ("scheme", "list"), ()]
)
def test_help_is_a_command_too(words: tuple[str, ...]) -> None:
    outcome = run("help", *words)

    assert outcome.exit_code == 0
    assert outcome.stdout == run(*words, "--help").stdout


@pytest.mark.parametrize("before", [(), ("help",)])
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("scroe",), "Perhaps you mean: score"),
        (("campaign", "sned"), "Perhaps you mean: send"),
        (("xyz",), "See: iml4e --help"),
        (("version",), "The version: iml4e -V"),
    ],
)
def test_a_command_that_is_not_there(
    before: tuple[str, ...], words: tuple[str, ...], said: str
) -> None:
    outcome = run(*before, *words)

    assert outcome.exit_code == 2
    assert said in outcome.stderr


def test_a_command_has_no_command_in_it() -> None:
    assert "iml4e score has no command now" in run("help", "score", "now").stderr


@pytest.mark.parametrize(
    ("arguments", "extra"),
    [
        (("--database", "postgresql://me@db.example.org/iml4e"), "postgresql"),
        (("--database=postgresql+psycopg://me@db.example.org/iml4e",), "postgresql"),
        (("--campaign", "postgresql"), "campaign"),
        ((), "campaign"),
    ],
)
def test_a_campaign_names_the_extra_that_has_all_it_needs(
    arguments: tuple[str, ...], extra: str
) -> None:
    code = "import sys; sys.modules['sqlalchemy'] = None; from iml4e_xlsx.cli import main; main()"
    outcome = subprocess.run(
        [sys.executable, "-c", code, "campaign", "status", *arguments],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert outcome.returncode == 3
    assert f"pip install 'iml4e-xlsx[{extra}]'" in outcome.stderr


def test_help_needs_no_extra() -> None:
    """Whoever lacks the libraries of a campaign may read what its commands do."""
    missing = "'alembic', 'email_validator', 'imapclient', 'jinja2', 'sqlalchemy', 'tenacity'"
    code = (
        f"import sys; sys.modules.update(dict.fromkeys(({missing}), None)); "
        "from iml4e_xlsx.cli import main; main()"
    )
    for words in (("help", "campaign"), ("campaign",), ("campaign", "send", "--help")):
        outcome = subprocess.run(  # each needs a fresh interpreter
            [sys.executable, "-c", code, *words], capture_output=True, text=True, check=False
        )

        assert outcome.returncode == 0, outcome.stderr
        assert "Example: iml4e campaign" in outcome.stdout
