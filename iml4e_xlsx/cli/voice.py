"""Says things to the user: messages, tables, colour, as the common options want it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from iml4e_xlsx.text.spelling import printable_text

if TYPE_CHECKING:
    from rich.console import Console


F = TypeVar("F", bound=Callable[..., Any])


class Voice:
    """Says things to the user: messages to stderr, as many as were asked for."""

    def __init__(self) -> None:
        self.quiet = False
        self.verbose = False
        self.colour = "NO_COLOR" not in os.environ

    def say(self, text: str) -> None:
        """Say what was done, unless quiet was asked for."""
        if not self.quiet:
            click.echo(printable_text(text), err=True)

    def detail(self, text: str) -> None:
        """Say more, if more was asked for."""
        if self.verbose and not self.quiet:
            click.echo(printable_text(text), err=True)

    def console(self, *, err: bool = False) -> Console:
        """Return a console for tables, coloured where the terminal can and the user wants it."""
        from rich.console import Console

        stream = sys.stderr if err else sys.stdout
        width = None if stream.isatty() or "COLUMNS" in os.environ else 110
        return Console(
            file=stream,
            no_color=not self.colour,
            highlight=False,
            markup=False,
            emoji=False,
            width=width,
        )


def voice() -> Voice:
    """Return the voice of the running command."""
    return click.get_current_context().find_root().ensure_object(Voice)


def common_options(command: F) -> F:
    """Add the options that work everywhere."""

    def setter(name: str, value: object) -> Callable[..., None]:
        def callback(ctx: click.Context, _param: click.Parameter, given: bool) -> None:  # noqa: FBT001
            if given:
                setattr(ctx.find_root().ensure_object(Voice), name, value)

        return callback

    for flag, name, value, text in (
        ("--no-color", "colour", False, "Without colour, as with NO_COLOR set."),
        ("--verbose", "verbose", True, "Say more on stderr."),
        ("--quiet", "quiet", True, "Say nothing on stderr but errors."),
    ):
        command = click.option(
            flag, is_flag=True, expose_value=False, callback=setter(name, value), help=text
        )(command)
    return command
