"""Carries out `iml4e help`: shows the help of a command."""

from __future__ import annotations

from collections.abc import Iterable

import click

from iml4e_xlsx.cli.voice import common_options, usage_error


def _complete_word(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Return the commands that a word may become after those before it."""
    context = _find_command(ctx, ctx.params.get(param.name or "") or ())
    command = context.command
    names = command.list_commands(context) if isinstance(command, click.Group) else []
    return [name for name in names if name.startswith(incomplete)]


@click.command("help")
@click.argument("words", nargs=-1, metavar="[COMMAND [SUBCOMMAND]]", shell_complete=_complete_word)
@common_options
@click.pass_context
def show_help(ctx: click.Context, *, words: tuple[str, ...]) -> None:
    """
    Show the help of a command; the same as its option --help.

    \b
    Example: iml4e help campaign send
    """
    context = _find_command(ctx, words)
    click.echo(context.get_help(), color=context.color)


def _find_command(ctx: click.Context, words: Iterable[str]) -> click.Context:
    """Return the context of a command by its words; a usage error if there is none."""
    context = ctx.find_root()
    for word in words:
        group = context.command
        if not isinstance(group, click.Group):
            raise usage_error("help_no_subcommand", command=context.command_path, name=word)
        _, command, _ = group.resolve_command(context, [word])
        assert command is not None  # an unknown one has raised
        context = click.Context(command, info_name=word, parent=context)
    return context
