"""Groups commands: loads each when it is asked for, and ends it in words."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any, Final

import click

from iml4e_xlsx.cli.command_end import end_command, end_with_reader
from iml4e_xlsx.cli.options.value_types import refuse_empty_names

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
        if not ctx.resilient_parsing:
            refuse_empty_names(command)
        else:  # a shell asks what a word may become
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

            close = tuple(get_close_matches(name.lower(), self.homes))
            key = "no_command_but" if close else "no_command"
            if name == "version" and ctx.parent is None:
                key = "no_command_version"
            raise usage_error(key, name=name, close=close, path=ctx.command_path)
        return super().resolve_command(ctx, args)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: FBT001, FBT002 - click's own
        **extra: Any,
    ) -> Any:
        """Run the command line; also what ends before any command, such as help, ends in words."""
        run = partial(super().main, args, prog_name, complete_var, standalone_mode=False, **extra)
        if not standalone_mode:
            return run()
        sys.exit(end_command(run))

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the arguments; help and version are written while that is done."""
        with end_with_reader():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        with end_with_reader():
            return super().invoke(ctx)
