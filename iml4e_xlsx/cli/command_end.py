"""Ends a command: with its exit code, and with words for what stopped it, wherever it was."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import click


def end_command(run: Callable[[], object]) -> int:
    """Run a command and return its exit code; turn the errors that a user can mend into words."""
    try:
        code = run()
        sys.stdout.flush()  # what cannot be written must not be lost in silence
    except BrokenPipeError:  # a reader that stops early, such as head, is no error
        code = 0
    except click.Abort:
        with suppress(OSError):
            click.echo("Aborted!", err=True)
        code = 1
    except Exception as error:  # noqa: BLE001 - a defect is raised again
        code = _say_error(error)
    _release_streams()
    return code if isinstance(code, int) else 0


@contextmanager
def end_with_reader() -> Iterator[None]:
    """End the command well if nobody reads on; click would take that for an error."""
    try:
        yield
    except BrokenPipeError as error:
        raise click.exceptions.Exit(0) from error


def _say_error(error: Exception) -> int:
    from iml4e_xlsx.cli.error_messages import explain_error

    message = error if isinstance(error, click.ClickException) else explain_error(error)
    if message is None:  # a defect
        raise error
    with suppress(OSError):  # the exit code says it as well
        _show_message(message)
        if _is_folder_gone():
            from iml4e_xlsx.cli.voice import command_text

            click.echo(command_text("folder_gone"), err=True)
    return message.exit_code


def _show_message(message: click.ClickException) -> None:
    """Show an error as click does, with the lines broken where the terminal ends."""
    from io import StringIO

    from iml4e_xlsx.cli.voice import wrap_for

    shown = StringIO()
    message.show(shown)
    click.echo(wrap_for(sys.stderr, shown.getvalue().rstrip("\n")), err=True)


def _is_folder_gone() -> bool:
    try:
        os.getcwd()  # noqa: PTH109 - nothing but whether there is one
    except OSError:
        return True
    return False


def _release_streams() -> None:
    """Let the interpreter end with our exit code: what is left in a stream has nowhere to go."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
