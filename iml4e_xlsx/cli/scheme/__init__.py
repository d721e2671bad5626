"""
Groups the commands on schemes: list, show, validate and compare with sources.

In: the id or the folder of a scheme. Out: its contents as text or JSON, or all that is wrong in it
with file and line. Only the command `iml4e` loads this room.
"""

from __future__ import annotations

import click

from iml4e_xlsx.cli.command_group import CommandGroup
from iml4e_xlsx.cli.voice import common_options


@click.group(
    cls=CommandGroup,
    homes={name: f"{__name__}.scheme_{name}" for name in ("coverage", "list", "show", "validate")},
)
@common_options
def scheme() -> None:
    """
    List, show and check schemes, and compare them with their sources.

    \b
    Example: iml4e scheme validate my-scheme/
    """
