"""Groups commands: loads each when it is asked for, and turns errors into a paragraph."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click


class CommandGroup(click.Group):
    """
    A group whose commands are modules: each is imported when it is asked for.

    `homes` maps a command's name to the module that carries it out, in the order in which help
    lists them; the module defines a command of that name.
    """

    def __init__(self, *args: Any, homes: Mapping[str, str], **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.homes = homes

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click passes it
        """Return the names in the order of use."""
        return list(self.homes)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return a command, or None if there is none of this name."""
        if cmd_name not in self.homes:
            return None
        module = import_module(self.homes[cmd_name])
        commands = (value for value in vars(module).values() if isinstance(value, click.Command))
        return next(command for command in commands if command.name == cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; turn the errors that a user can mend into words and an exit code."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)
        except Exception as error:
            from iml4e_xlsx.cli.error_messages import explain_error

            message = explain_error(error)
            if message is None:  # one of click's own, or a defect
                raise
            raise message from error
