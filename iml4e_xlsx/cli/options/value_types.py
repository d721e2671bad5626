"""Reads values of options, and says in words how they are written."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

import click
from click.core import ParameterSource

from iml4e_xlsx.cli.voice import command_text

_FREE_TEXT: Final = "TEXT"
"""The metavar of what may be empty; all others stand for something that has a name."""


class Day(click.ParamType[date]):
    """A day, as in 2026-12-18."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day; a usage error that shows how one is written."""
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            self.fail(command_text("no_day", value=value), param, ctx)


class WholeNumber(click.ParamType[int]):
    """A whole number that is not below the least."""

    name = "number"

    def __init__(self, *, least: int) -> None:
        self.least = least

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number; a usage error that says which ones there are."""
        try:
            number = int(value)
        except ValueError:
            number = self.least - 1
        if number < self.least:
            self.fail(command_text("no_number", value=value, least=self.least), param, ctx)
        return number


class Name(click.types.StringParamType):
    """
    The name of something: a path, a team, an area.

    Nothing has an empty name, but a variable of the shell that is not set gives one; as a path, it
    would stand for the current folder, and as a choice for none.
    """

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name; a usage error if somebody gave an empty one."""
        if not value and param is not None and ctx is not None and param.name is not None:
            source = ctx.get_parameter_source(param.name)
            if source is not ParameterSource.DEFAULT:
                self.fail(command_text("no_name"), param, ctx)
        return str(super().convert(value, param, ctx))


class OutputName(Name):
    """The name of a file to write; who leaves the option out sees how it is given."""

    def __init__(self, example: str) -> None:
        self.example = example

    def get_missing_message(self, param: click.Parameter, ctx: click.Context | None) -> str:  # noqa: ARG002 - click passes them
        """Return what the option looks like."""
        return command_text("output_missing", example=self.example)


def refuse_empty_names(command: click.Command) -> None:
    """Let a command refuse each argument that is empty, where its metavar is that of a name."""
    for param in command.params:
        named = param.metavar not in (None, _FREE_TEXT) or isinstance(param, click.Argument)
        is_text = isinstance(param.type, click.types.StringParamType)
        if named and is_text and not isinstance(param.type, Name):
            param.type = Name()
