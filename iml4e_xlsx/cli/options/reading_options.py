"""Adds the options that say how returned workbooks are read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

import click

from iml4e_xlsx.cli.voice import F

if TYPE_CHECKING:
    from iml4e_xlsx.spreadsheets.limits import Limits


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """The options of a command for reading returned workbooks."""

    schemes: tuple[str, ...]
    limits: Limits
    carry: bool
    teams: tuple[str, ...] = ()
    anonymous: bool = False
    fewest: int = 1


def reading_options(command: F) -> F:
    """Add the options for reading; the command gets them as `reading`."""

    @click.option(
        "--scheme",
        "schemes",
        multiple=True,
        metavar="PATH",
        help="Also read workbooks of this scheme of your own. Can be repeated.",
    )
    @click.option(
        "--carry",
        is_flag=True,
        help="Move answers to the newest installed version of their scheme.",
    )
    @click.option(
        "--limit",
        "settings",
        multiple=True,
        metavar="NAME=AMOUNT",
        help="Change a limit for returned files, such as size=50MB. Can be repeated.",
    )
    @wraps(command)
    def run_command(
        *args: Any,
        schemes: tuple[str, ...],
        settings: tuple[str, ...],
        carry: bool,
        teams: tuple[str, ...] = (),
        **rest: Any,
    ) -> Any:
        from iml4e_xlsx.spreadsheets.limits import Limits

        try:
            limits = Limits.parse_settings(settings)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--limit") from error
        hidden = bool(rest.get("anonymous"))  # the commands that have this option use it as well
        least = int(rest.get("fewest") or 1)
        reading = ReadingOptions(
            schemes, limits, carry, teams, anonymous=hidden, fewest=least if hidden else 1
        )
        return command(*args, reading=reading, **rest)

    return cast("F", run_command)


def team_option(command: F) -> F:
    """Add `--team` to a command with the options for reading, which gets only their answers."""
    return click.option(
        "--team",
        "teams",
        multiple=True,
        metavar="TEAM",
        help="Use the answers of this team only; by default those of all. Can be repeated.",
    )(command)
