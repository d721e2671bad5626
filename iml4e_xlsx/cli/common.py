"""What all commands share: options, exit codes, and how errors are said."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from iml4e_xlsx.errors import (
    CampaignError,
    FindingsError,
    Iml4eError,
    OutputExistsError,
    RosterError,
    SchemeError,
    WorkbookReadError,
)
from iml4e_xlsx.text.interface_texts import load_texts
from iml4e_xlsx.text.spelling import printable_text

if TYPE_CHECKING:
    from rich.console import Console

FINDINGS, USAGE, ENVIRONMENT = 1, 2, 3

F = TypeVar("F", bound=Callable[..., Any])


class Spoken(click.ClickException):
    """An error as the user is told it; its class says the exit code."""

    def __init__(self, message: str) -> None:
        super().__init__(printable_text(message))


class FindingsSpoken(Spoken):
    """Something is wrong in the user's files."""

    exit_code = FINDINGS


class UsageSpoken(Spoken):
    """The command can't be carried out as it was given."""

    exit_code = USAGE


class EnvironmentSpoken(Spoken):
    """The world refused: disk, permission, installation."""

    exit_code = ENVIRONMENT


class Commands(click.Group):
    """A group whose commands say errors in a paragraph, never as a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; turn the errors that a user can mend into words and an exit code."""
        try:
            return super().invoke(ctx)
        except (CampaignError, RosterError, SchemeError, WorkbookReadError) as error:
            raise FindingsSpoken(error_text(error)) from error
        except OutputExistsError as error:
            raise UsageSpoken(error_text(error)) from error
        except Iml4eError as error:
            raise EnvironmentSpoken(error_text(error)) from error
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            raise EnvironmentSpoken(f"{where}{error.strerror or error}.") from error


def error_text(error: Iml4eError) -> str:
    """Return what an error says, and the options or commands that help against it."""
    texts = load_texts()
    words = error.describe(texts)
    if isinstance(error, FindingsError):
        return words
    failure = error.failure if isinstance(error, WorkbookReadError) else None
    code, values = (failure.code, failure.values) if failure else (error.code, error.message.values)
    hint = f"hints.{code}"
    return f"{words} {texts(hint, **values)}" if hint in texts else words


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


def scheme_option(command: F) -> F:
    """Add `--scheme`."""
    return click.option(
        "--scheme",
        "scheme_name",
        default="iml4e-mlops",
        show_default=True,
        metavar="ID|PATH",
        help="An installed scheme, or a scheme's folder.",
    )(command)


def language_option(command: F) -> F:
    """Add `--lang`."""
    return click.option(
        "--lang", metavar="CODE", help="The language; the scheme's own by default."
    )(command)


def output_options(command: F) -> F:
    """Add `--force`."""
    return click.option("--force", is_flag=True, help="Replace what exists.")(command)
