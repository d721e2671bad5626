"""Adds the options that say what respondents are told about their round."""

from __future__ import annotations

import click

from iml4e_xlsx.cli.options.value_types import Day
from iml4e_xlsx.cli.voice import F


def notice_options(command: F) -> F:
    """Add `--deadline` and `--contact`."""
    for option in (
        click.option(
            "--contact", default="", metavar="TEXT", help="Name whom respondents can ask."
        ),
        click.option(
            "--deadline",
            type=Day(),
            metavar="DATE",
            help="Name the day by which to answer, as in 2026-12-18.",
        ),
    ):
        command = option(command)
    return command
