"""
Carries out the command `iml4e`: a thin skin over what the Python API offers as well.

In: arguments. Out: files, tables on standard output, sentences on standard error, an exit code.
Each command is a module named like it, loaded when it is asked for; `options` adds what several
share, `voice` speaks, `error_messages` words what stops a command. Only `__main__` imports this
room.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import Final

import click

from iml4e_xlsx import __version__
from iml4e_xlsx.cli.command_group import CommandGroup, CommandSection
from iml4e_xlsx.cli.voice import common_options

_SECTIONS: Final = (
    CommandSection(help="Make workbooks", names=("build", "guide")),
    CommandSection(help="Read returned workbooks", names=("check", "repair", "score")),
    CommandSection(
        help="Show results",
        names=("compare", "agenda", "roadmap", "trend", "benchmark", "report"),
    ),
    CommandSection(help="Run a round by mail", names=("campaign",)),
    CommandSection(help="Learn and adapt", names=("demo", "scheme", "layout")),
    CommandSection(help="Look after the program", names=("doctor", "completion", "help")),
)
"""The commands in the order in which a facilitator needs them."""


@click.group(
    cls=CommandGroup,
    homes={name: f"{__name__}.{name}" for section in _SECTIONS for name in section.names},
    sections=_SECTIONS,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, "-V", "--version", prog_name="iml4e")
@common_options
def cli() -> None:
    """
    Run the IML4E MLOps Maturity Assessment with Excel workbooks.

    \b
    iml4e build -o blank.xlsx         make a workbook to mail
    iml4e score returned/             read returned workbooks, compute results
    iml4e report returned/ -o r.html  write a report: teams, agenda, roadmap
    iml4e campaign --help             run a round by mail, from roster to report
    iml4e demo                        try everything with made-up teams
    """


def _replace_closed_streams() -> None:
    """
    Open the null device for standard streams that are closed, as services and `>&-` have them.

    Their descriptors are taken first: else the next file that is opened would get one of them, and
    what goes to standard output or error, also of the parsing process, would land in that file.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest that is free: this one
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            stream = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - stays open
            setattr(sys, name, stream)


def respell_streams() -> None:
    """Let the standard streams spell what their encoding lacks, such as letters of names."""
    from iml4e_xlsx.text.character_fallbacks import READABLE, meant_encoding

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=meant_encoding(stream.encoding), errors=READABLE)


def main() -> None:
    """Run the command; the entry point."""
    _replace_closed_streams()
    respell_streams()
    cli(prog_name="iml4e")
