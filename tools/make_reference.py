"""Writes the reference pages that come from the code: commands, findings, limits."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import fields
from inspect import cleandoc
from pathlib import Path

import click

from iml4e_xlsx.cli import cli
from iml4e_xlsx.report.formats.markdown import render_markdown
from iml4e_xlsx.report.tables.coverage_tables import coverage_table
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.scheme.coverage import cover_sources
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.text.interface_texts import load_texts, scheme_texts

PAGES = Path(__file__).resolve().parent.parent / "docs" / "reference"

_COMMANDS_HEAD = """\
# Commands

This page is generated from the commands; `iml4e COMMAND --help` prints the same. Every command
takes `--quiet`, `--verbose`, `--no-color` (or the variable `NO_COLOR`) and `--help`. Results go to
standard output, messages to standard error; only `--force` overwrites a file.

With `--quiet`, standard error gets errors only: what could not be read, and why a command ends with
an exit code other than 0. Warnings and notes are left out, and so are files that do not count since
others do, for they are no errors. With `--strict` warnings are errors, and said all the same.

| exit code | meaning |
|---|---|
| 0 | everything is fine |
| 1 | an input is missing, illegible or faulty, or lacks what was asked for; all else was done |
| 2 | the command was used wrongly, or would have overwritten a file |
| 3 | the environment failed: an output cannot be written, a library or a server is missing |

Each code but 0 comes with a line on standard error that says why. `--quiet` does not silence it.
A reader that stops early, such as `head`, is no error: every command then ends with 0.
"""

_FINDINGS_HEAD = """\
# Findings

A finding describes one thing that is wrong or doubtful in a returned workbook, a scheme or a
roster. Codes are stable. An *error* means that something could not be read, a *warning* that
something is doubtful; a *note* only informs.

| code | message | expected | what to do |
|---|---|---|---|
"""

_LIMITS_HEAD = """\
# Limits

A returned file that exceeds one of these limits is refused. An issued workbook uses a twentieth of
each limit or less, so that a team may well add pictures and sheets. `--limit NAME=AMOUNT` changes a
limit for one run, as in `--limit size=50MB --limit seconds=20`; in Python, pass
`WorkbookReader(limits=Limits(size=50 << 20))`. With the default limits, reading a file takes less
than 5 seconds of computing, and the command less than 200 MB of memory, whatever the file contains.

`seconds` counts processor time, so that a busy computer refuses no file. A process that does not
answer at all, because it hangs or was stopped, is ended after 60 seconds, or after four times
`seconds` where that is more. If a process hangs or something else ends it, its file is tried once
more; if that fails too, the failure has the code `reader-interrupted`.

The limits of a zip and of a mail hold for each alone. What lies in a file together, in zips, mails
and mailboxes in each other, is limited by `members`, `nested`, `workbooks` and `stops`; each of
these grows with the size of the file, as the table says. What exceeds one of them is a failure that
names the file, and what follows within it is not read. In a folder and in a mailbox on a server,
each file and each mail has these limits for itself.

Files that lie in a file together also share computing time. A file counts as slow when it takes
more than 5 milliseconds for each of its first 20 KB and 1 for each further KB, which is ten times
as much as an issued workbook needs. The first slow file may take all of `seconds`; all of them
together may take 60 % of it. When that is used up, slow files fail with the code
`reader-timeout`, and after as many of them as `stops` says, the rest does too: this says nothing
against any of them, and each can be read by itself. So a zip of a thousand good workbooks is read
whole, and a mail with thirty slow ones takes no longer than one of them may. Time that is not slow
is limited to 5 milliseconds for each KB that was sent; what is beyond counts as slow. On Windows, a
slow file is noticed when it has been read, so that two more may be read to their end.

| limit | default | of |
|---|---|---|
"""

_COVERAGE_HEAD = """\
# Coverage of the sources

This page is generated from the scheme {id} {version}; `iml4e scheme coverage` prints the same of
any scheme. A statement that cites a place of a source is about what the source asks for there;
whether it asks for all of it, the texts show. *Added* names the edition of the source that added
something. A reference is no statement of conformity with a law or a standard.

"""

_MEGABYTE = 1 << 20
_EVERYWHERE = {"--quiet", "--verbose", "--no-color", "--help", "--version"}


def commands_page() -> str:
    """Return the commands with their arguments and options as a page."""
    return _COMMANDS_HEAD + "".join(
        _command(words, command) for words, command in _commands(cli, "iml4e")
    )


def _commands(command: click.Command, words: str) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in sorted(command.list_commands(context)):
            subcommand = command.get_command(context, name)
            assert subcommand is not None
            yield from _commands(subcommand, f"{words} {name}")
    else:
        yield words, command


def _command(words: str, command: click.Command) -> str:
    params = command.get_params(click.Context(command))
    arguments = [p.metavar or "" for p in params if isinstance(p, click.Argument)]
    help_text = cleandoc(command.help or "").replace("\b\n", "")
    text, _, example = help_text.partition("Example: ")
    lines = ["", f"## {words}", "", f"`{' '.join([words, *arguments])}`", "", text.strip(), ""]
    options = [p for p in params if isinstance(p, click.Option)]
    options = [option for option in options if not _EVERYWHERE & set(option.opts)]
    if options:
        lines += ["| option | what it does |", "|---|---|"]
        lines += [f"| `{_spelled(option)}` | {option.help or ''} |" for option in options]
        lines.append("")
    return "\n".join([*lines, f"Example: `{example.strip()}`", ""])


def _spelled(option: click.Option) -> str:
    names = ", ".join(option.opts)
    if option.is_flag:
        return names
    choices = getattr(option.type, "choices", None)
    default = "NUMBER" if isinstance(option.type, click.IntRange) else "TEXT"
    value = ", ".join(map(str, choices)) if choices else option.metavar or default
    return f"{names} {value}".replace("|", "\\|")


def findings_page() -> str:
    """Return the catalogue of findings as a page."""
    texts = load_texts().entries
    codes = sorted({key.split(".")[1] for key in texts if key.startswith("findings.")})
    rows = []
    for code in codes:
        keys = (f"findings.{code}.{part}" for part in ("message", "expected", "action"))
        cells = (texts.get(key) or texts[f"{key}.other"] for key in keys)
        rows.append(f"| `{code}` | " + " | ".join(cells) + " |\n")
    return _FINDINGS_HEAD + "".join(rows)


def limits_page() -> str:
    """Return the limits for returned files as a page."""
    rows = [
        f"| `{limit.name}` | {_amount(limit.default)} | {limit.metadata['meaning']} |\n"
        for limit in fields(Limits)
    ]
    return (
        _LIMITS_HEAD
        + "".join(rows)
        + f"\nThe commands with `--limit` are {_commands_with('--limit')}.\n"
    )


def _commands_with(option: str) -> str:
    """Return the commands that have an option, as a sentence lists them."""
    having = [
        f"`{words}`"
        for words, command in _commands(cli, "iml4e")
        if any(option in param.opts for param in command.get_params(click.Context(command)))
    ]
    return f"{', '.join(having[:-1])} and {having[-1]}"


def _amount(value: float) -> str:
    if value >= _MEGABYTE:
        return f"{value // _MEGABYTE} MB" if value % _MEGABYTE == 0 else f"{value:,}"
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def coverage_page() -> str:
    """Return what the sources of the official scheme ask for, with the statements, as a page."""
    scheme = load_scheme()
    texts = scheme_texts(scheme)
    tables = [coverage_table(coverage, texts) for coverage in cover_sources(scheme)]
    head = _COVERAGE_HEAD.format(id=scheme.id, version=scheme.version)
    return head + render_markdown(tables)


PAGE_MAKERS = {
    "cli.md": commands_page,
    "coverage.md": coverage_page,
    "findings.md": findings_page,
    "limits.md": limits_page,
}


def main() -> None:
    """Write the pages."""
    for name, make in PAGE_MAKERS.items():
        (PAGES / name).write_text(make(), encoding="utf-8")
        sys.stdout.write(f"{PAGES / name}\n")


if __name__ == "__main__":
    main()
