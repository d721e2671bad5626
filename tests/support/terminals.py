"""Runs commands as in a terminal of some width and encoding, on results that need no files."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Sequence
from unittest import mock

import click

from iml4e_xlsx.cli import cli, respell_streams
from iml4e_xlsx.jobs import batch
from iml4e_xlsx.model import Assessment


def leaf_commands(
    group: click.Group = cli, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command that is no group, with the words by which it is called."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from leaf_commands(command, (*path, name))
        else:
            yield (*path, name), command


def shown_in_terminal(
    args: Sequence[str],
    *,
    width: int = 80,
    encoding: str = "utf-8",
    read: Sequence[Assessment] = (),
    written_in: str = "",
) -> str:
    """
    Return what a command writes to standard output.

    Args:
        args: Its arguments.
        width: The width of the terminal.
        encoding: The encoding of standard output; nothing else may be written there.
        read: What it reads, whatever its paths are.
        written_in: The encoding of what it writes, if that is not the terminal's.
    """
    buffer = io.BytesIO()
    stdout = io.TextIOWrapper(buffer, encoding=encoding)
    stderr = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    with (
        mock.patch.object(batch, "find_workbooks", return_value=iter(())),
        mock.patch.object(batch, "assess_workbooks", return_value=iter(read)),
        mock.patch.dict("os.environ", {"COLUMNS": str(width)}),
        mock.patch.object(sys, "stdout", stdout),
        mock.patch.object(sys, "stderr", stderr),
    ):
        respell_streams()
        code = cli.main([*args], prog_name="iml4e", standalone_mode=False)
        assert code in (None, 0, 1), args
        stdout.flush()
    return buffer.getvalue().decode(written_in or encoding)
