"""Says things to the user: messages, tables, colour, as the common options want it."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TextIO, TypeVar

import click

if TYPE_CHECKING:
    from rich.console import Console

    from iml4e_xlsx.findings.finding_groups import FindingGroup
    from iml4e_xlsx.model import Scheme
    from iml4e_xlsx.text.message import Message


F = TypeVar("F", bound=Callable[..., Any])

_FILE_WIDTH: Final = 110
"""The columns of what is no terminal, unless COLUMNS says otherwise."""

_NARROWEST: Final = 20


def command_text(key: str, **values: object) -> str:
    """Return what a command says, from the texts under `commands`."""
    from iml4e_xlsx.text.interface_texts import load_texts

    return load_texts()(f"commands.{key}", **values)


def usage_error(key: str, **values: object) -> click.UsageError:
    """Make the error of a command that cannot be carried out as it was given."""
    from iml4e_xlsx.text.spelling import printable_text

    return click.UsageError(printable_text(command_text(key, **values)))


def data_error(key: str, **values: object) -> click.ClickException:
    """Make the error of a command that the data give nothing for; how to use it would not help."""
    from iml4e_xlsx.cli.error_messages import FindingsMessage

    return FindingsMessage(command_text(key, **values))


def scheme_size(scheme: Scheme) -> Message:
    """Make the message that counts a scheme's areas and statements."""
    from iml4e_xlsx.text.message import message

    return message(
        "commands.scheme_size",
        areas=message("commands.count_areas", count=len(scheme.areas)),
        statements=message("commands.count_statements", count=len(scheme.statements)),
    )


def output_width(stream: TextIO) -> int:
    """Return the columns that a stream has: those of the terminal, of COLUMNS, or of a file."""
    if stream.isatty() or "COLUMNS" in os.environ:
        return shutil.get_terminal_size().columns
    return _FILE_WIDTH


def wrap_for(stream: TextIO, text: str) -> str:
    """Return a text with its lines broken at spaces where people read them; files keep them."""
    if not stream.isatty():
        return text
    width, lines = output_width(stream), []
    for line in text.split("\n"):
        indent = line[: len(line) - len(line.lstrip(" "))]
        lines += textwrap.wrap(
            line,
            max(width, _NARROWEST),
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [""]
    return "\n".join(lines)


class Voice:
    """
    Says things to the user: messages to stderr, as many as were asked for.

    Each message is a key of the texts under `commands` with its values.
    """

    def __init__(self) -> None:
        self.quiet = False
        self.verbose = False
        self.colour = "NO_COLOR" not in os.environ

    def say_text(self, text: str) -> None:
        """Say a text on stderr, unless quiet was asked for."""
        if not self.quiet:
            self.say_error(text)

    def say_error(self, text: str) -> None:
        """Say a text on stderr, also if quiet was asked for: it is an error."""
        from iml4e_xlsx.text.spelling import printable_text

        with suppress(OSError):  # what nobody can read must not decide how the command ends
            click.echo(wrap_for(sys.stderr, printable_text(text)), err=True)

    def say_group(self, group: FindingGroup) -> None:
        """Say findings on stderr; only errors if quiet was asked for."""
        from iml4e_xlsx.findings.finding import Severity

        if group.severity is Severity.ERROR:
            self.say_error(str(group))
        else:
            self.say_text(str(group))

    def say(self, key: str, **values: object) -> None:
        """Say what was done, unless quiet was asked for."""
        self.say_text(command_text(key, **values))

    def say_detail(self, key: str, **values: object) -> None:
        """Say more, if more was asked for."""
        if self.verbose:
            self.say(key, **values)

    def deliver(self, output: str, data: bytes, *, force: bool) -> None:
        """Write a result to a file or to standard output, and say where it is."""
        from iml4e_xlsx.output import STANDARD_OUTPUT, write_output

        write_output(output, data, force=force)
        if output != STANDARD_OUTPUT:
            self.say("wrote", output=output)

    def deliver_pieces(self, output: str, pieces: Iterable[bytes], *, force: bool) -> None:
        """Write a result as `deliver` does, while it is being made."""
        from iml4e_xlsx.output import STANDARD_OUTPUT, write_pieces

        write_pieces(output, pieces, force=force)
        if output != STANDARD_OUTPUT:
            self.say("wrote", output=output)

    def deliver_document(self, text: str) -> None:
        """Write a document for programs to standard output: UTF-8, whatever a terminal can show."""
        from iml4e_xlsx.output import STANDARD_OUTPUT, write_output

        write_output(STANDARD_OUTPUT, text.encode())

    def open_console(self, *, err: bool = False) -> Console:
        """Return a console for tables, coloured where the terminal can and the user wants it."""
        from rich.console import Console

        class QuietConsole(Console):
            """A console that leaves it to the command's end what a closed pipe means."""

            def on_broken_pipe(self) -> None:
                raise  # noqa: PLE0704 - rich calls this where it caught the error

        stream = sys.stderr if err else sys.stdout
        return QuietConsole(
            file=stream,
            no_color=not self.colour,
            highlight=False,
            markup=False,
            emoji=False,
            width=None if stream.isatty() else output_width(stream),
        )


def current_voice() -> Voice:
    """Return the voice of the running command."""
    return click.get_current_context().find_root().ensure_object(Voice)


def common_options(command: F) -> F:
    """Add the options that work everywhere."""

    def make_callback(name: str, setting: object) -> Callable[..., None]:
        def callback(ctx: click.Context, _param: click.Parameter, value: bool) -> None:  # noqa: FBT001
            if value:
                setattr(ctx.find_root().ensure_object(Voice), name, setting)

        return callback

    for flag, name, setting, text in (
        ("--no-color", "colour", False, "Use no colour, as with NO_COLOR set."),
        ("--verbose", "verbose", True, "Print more on stderr."),
        ("--quiet", "quiet", True, "Print only errors on stderr."),
    ):
        command = click.option(
            flag, is_flag=True, expose_value=False, callback=make_callback(name, setting), help=text
        )(command)
    return command
