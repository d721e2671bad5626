"""Carries out `iml4e completion`: prints the script by which a shell completes commands."""

from __future__ import annotations

import click

from iml4e_xlsx.cli.voice import common_options

_SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(_SHELLS), metavar="[bash|zsh|fish]")
@common_options
@click.pass_context
def completion(ctx: click.Context, *, shell: str) -> None:
    """
    Print the script by which a shell completes commands.

    \b
    bash   iml4e completion bash >> ~/.bashrc
    zsh    iml4e completion zsh >> ~/.zshrc
    fish   iml4e completion fish > ~/.config/fish/completions/iml4e.fish

    It completes commands, options and their values, files, schemes, areas with their levels, and
    the teams of the workbooks that the line names before.

    \b
    Example: iml4e completion bash >> ~/.bashrc
    """
    from click.shell_completion import get_completion_class

    root = ctx.find_root()
    complete = get_completion_class(shell)
    assert complete is not None  # click knows these shells
    script = complete(root.command, {}, "iml4e", "_IML4E_COMPLETE")
    # The template itself: `source()` starts bash to ask for its version.
    click.echo(script.source_template % script.source_vars())
