"""Adds the options that name a campaign and its record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

import click

from iml4e_xlsx.cli.voice import F, usage_error


@dataclass(frozen=True, slots=True)
class CampaignOptions:
    """The campaign that a command works on: its folder, and its record if that was named."""

    folder: str
    database: str


def campaign_options(*, positional: bool) -> Callable[[F], F]:
    """
    Add `--campaign` and `--database`; the command gets them as `selection`.

    A command without other arguments also takes the folder as its argument.
    """

    def decorate(command: F) -> F:
        @click.option(
            "-C",
            "--campaign",
            "named",
            default="",
            metavar="DIR",
            help="Use the campaign in this folder; by default the current folder.",
        )
        @click.option(
            "--database",
            default="",
            metavar="URL",
            help="Use this database for the record, not the one in the settings.",
        )
        @wraps(command)
        def run_command(
            *args: Any, named: str, database: str, folder: str | None = None, **rest: Any
        ) -> Any:
            if named and folder:
                raise usage_error("folder_twice")
            return command(
                *args, selection=CampaignOptions(named or folder or ".", database), **rest
            )

        if positional:
            return cast("F", click.argument("folder", required=False, metavar="[DIR]")(run_command))
        return cast("F", run_command)

    return decorate
