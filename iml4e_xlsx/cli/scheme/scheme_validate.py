"""Carries out `iml4e scheme validate`: checks a scheme in all its languages."""

from __future__ import annotations

import click

from iml4e_xlsx.cli.voice import common_options


@click.command()
@click.argument("which", default="iml4e-mlops", metavar="[ID|PATH]")
@common_options
def validate(which: str) -> None:
    """
    Check a scheme in all its languages; say what is wrong with file and line.

    \b
    Example: iml4e scheme validate my-scheme/
    """
    from iml4e_xlsx.scheme import validate_scheme

    one = validate_scheme(which)
    counted = f"{len(one.areas)} areas, {len(one.statements)} statements"
    click.echo(f"{one.id} {one.version} is valid: {counted}, in {', '.join(one.languages)}.")
