"""Writes the reference pages that are made from the code: commands and findings."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from iml4e_xlsx.cli import cli
from iml4e_xlsx.scheme import load_texts

PAGES = Path(__file__).resolve().parent.parent / "docs" / "reference"


def commands_page() -> str:
    """Return the help of every command as a page."""
    lines = [
        "# Commands",
        "",
        "Made from the help of the commands; `iml4e COMMAND --help` says the same.",
        "",
    ]
    for words, command in _commands(cli, ("iml4e",)):
        context = click.Context(command, info_name=" ".join(words), terminal_width=100)
        context.max_content_width = 100
        lines += [f"## {' '.join(words)}", "", "```text", command.get_help(context), "```", ""]
    lines += [
        "## Exit codes",
        "",
        "| code | meaning |",
        "|---|---|",
        "| 0 | all well |",
        "| 1 | something is wrong in the files given; everything else was still delivered |",
        "| 2 | the command was used wrongly, or would have overwritten something |",
        "| 3 | the environment failed: disk, permission, installation |",
        "",
    ]
    return "\n".join(lines)


def _commands(
    command: click.Command, words: tuple[str, ...]
) -> list[tuple[tuple[str, ...], click.Command]]:
    found = [(words, command)]
    if isinstance(command, click.Group):
        for name, one in sorted(command.commands.items()):
            found += _commands(one, (*words, name))
    return found


def findings_page() -> str:
    """Return the catalogue of findings as a page."""
    texts = load_texts().entries
    codes = sorted({key.split(".")[1] for key in texts if key.startswith("findings.")})
    lines = [
        "# Findings",
        "",
        "What can be said of a returned workbook or of a scheme. Codes are stable; a finding of "
        "severity *error* means that something could not be read, a *warning* that something is "
        "doubtful, a *note* only informs.",
        "",
        "| code | message | expected | what to do |",
        "|---|---|---|---|",
    ]
    for code in codes:
        cells = (texts[f"findings.{code}.{part}"] for part in ("message", "expected", "action"))
        lines.append(f"| `{code}` | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


PAGE_MAKERS = {"cli.md": commands_page, "findings.md": findings_page}


def main() -> None:
    """Write the pages."""
    for name, make in PAGE_MAKERS.items():
        (PAGES / name).write_text(make(), encoding="utf-8")
        sys.stdout.write(f"{PAGES / name}\n")


if __name__ == "__main__":
    main()
