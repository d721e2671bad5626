"""Writes the reference pages that are made from the code: commands and findings."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import fields
from inspect import cleandoc
from pathlib import Path

import click

from iml4e_xlsx.cli import cli
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.text.interface_texts import load_texts

PAGES = Path(__file__).resolve().parent.parent / "docs" / "reference"

_COMMANDS_HEAD = """\
# Commands

Made from the commands themselves; `iml4e COMMAND --help` says the same. The options `--quiet`,
`--verbose`, `--no-color` (also the variable `NO_COLOR`) and `--help` work everywhere. Results go to
standard output, messages to standard error; nothing is overwritten without `--force`.

| exit code | meaning |
|---|---|
| 0 | all well |
| 1 | something is wrong in the files given; everything else was still delivered |
| 2 | the command was used wrongly, or would have overwritten something |
| 3 | the environment failed: disk, permission, installation |
"""

_FINDINGS_HEAD = """\
# Findings

What can be said of a returned workbook, of a scheme or of a roster. Codes are stable. A finding of
severity *error* means that something could not be read, a *warning* that something is doubtful; a
*note* only informs.

| code | message | expected | what to do |
|---|---|---|---|
"""

_LIMITS_HEAD = """\
# Limits

What a returned file may claim before it is refused. A workbook as issued uses a twentieth of each,
or less, so that pictures and sheets that a team adds do no harm. `--limit NAME=AMOUNT` sets another
limit for `check`, `score` and `repair`, as in `--limit size=50MB --limit seconds=20`; in Python,
`WorkbookReader(limits=Limits(size=50 << 20))`. With the limits below, a file costs less than 5
seconds of computing and the command less than 200 MB of memory, whatever is in it.

`seconds` counts only what the processor does for the file, so that a busy computer refuses no file.
A process that does not answer at all, because it hangs or was stopped, is ended after 60 seconds,
or after four times `seconds` where that is more. A file whose process hung or was ended by
something else is tried once more; if that fails too, its failure has the code `reader-interrupted`.

| limit | default | of |
|---|---|---|
"""

_MEGABYTE = 1 << 20
_EVERYWHERE = {"--quiet", "--verbose", "--no-color", "--help", "--version"}


def commands_page() -> str:
    """Return the commands with their arguments and options as a page."""
    return _COMMANDS_HEAD + "".join(_command(words, one) for words, one in _commands(cli, "iml4e"))


def _commands(command: click.Command, words: str) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in sorted(command.list_commands(context)):
            one = command.get_command(context, name)
            assert one is not None
            yield from _commands(one, f"{words} {name}")
    else:
        yield words, command


def _command(words: str, command: click.Command) -> str:
    params = command.get_params(click.Context(command))
    arguments = [p.metavar or "" for p in params if isinstance(p, click.Argument)]
    said = cleandoc(command.help or "").replace("\b\n", "")
    text, _, example = said.partition("Example: ")
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
    value = ", ".join(map(str, choices)) if choices else option.metavar or "TEXT"
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
        f"| `{one.name}` | {_amount(one.default)} | {one.metadata['meaning']} |\n"
        for one in fields(Limits)
    ]
    return _LIMITS_HEAD + "".join(rows)


def _amount(value: float) -> str:
    if value >= _MEGABYTE:
        return f"{value // _MEGABYTE} MB" if value % _MEGABYTE == 0 else f"{value:,}"
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


PAGE_MAKERS = {"cli.md": commands_page, "findings.md": findings_page, "limits.md": limits_page}


def main() -> None:
    """Write the pages."""
    for name, make in PAGE_MAKERS.items():
        (PAGES / name).write_text(make(), encoding="utf-8")
        sys.stdout.write(f"{PAGES / name}\n")


if __name__ == "__main__":
    main()
