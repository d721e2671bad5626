"""Groups commands: loads each when it is asked for, and turns errors into a paragraph."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

import click

_NO_LIMIT: Final = 1000


@dataclass(frozen=True, slots=True)
class CommandSection:
    """Commands that help lists together, under a heading."""

    help: str
    names: tuple[str, ...]


class CommandGroup(click.Group):
    """
    A group whose commands are modules: each is imported when it is asked for.

    `homes` maps a command's name to the module that carries it out, in the order in which help
    lists them; the module defines a command of that name. `sections` part the list.
    """

    def __init__(
        self,
        *args: Any,
        homes: Mapping[str, str],
        sections: Sequence[CommandSection] = (),
        **attributes: Any,
    ) -> None:
        super().__init__(*args, **attributes)
        self.homes = homes
        self.sections = sections or (CommandSection(help="Commands", names=tuple(homes)),)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click passes it
        """Return the names in the order of use."""
        return list(self.homes)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, or None if there is none of this name."""
        if cmd_name not in self.homes:
            return None
        module = import_module(self.homes[cmd_name])
        commands = (value for value in vars(module).values() if isinstance(value, click.Command))
        command = next(command for command in commands if command.name == cmd_name)
        if ctx.resilient_parsing:  # a shell asks what a word may become
            from iml4e_xlsx.cli.value_completion import complete_values

            complete_values(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands by section, each with its whole first sentence."""
        width = max(map(len, self.homes))
        for section in self.sections:
            with formatter.section(section.help):
                formatter.write_dl(
                    [(f"{name:<{width}}", self._summarise(ctx, name)) for name in section.names]
                )

    def _summarise(self, ctx: click.Context, name: str) -> str:
        command = self.get_command(ctx, name)
        return "" if command is None else command.get_short_help_str(_NO_LIMIT)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Show help on standard output if nothing was asked for; that is no mistake."""
        if not args and not ctx.resilient_parsing:
            click.echo(ctx.get_help(), color=ctx.color)
            ctx.exit()
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command of the first argument; if there is none, say which may be meant."""
        name = args[0]
        if name not in self.homes and not name.startswith("-") and not ctx.resilient_parsing:
            from difflib import get_close_matches

            from iml4e_xlsx.cli.voice import usage_error

            close = tuple(get_close_matches(name, self.homes))
            key = "no_command_but" if close else "no_command"
            if name == "version" and ctx.parent is None:
                key = "no_command_version"
            raise usage_error(key, name=name, close=close, path=ctx.command_path)
        return super().resolve_command(ctx, args)

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
