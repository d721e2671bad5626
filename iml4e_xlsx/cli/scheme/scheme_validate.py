"""Carries out `iml4e scheme validate`: checks a scheme in all its languages."""

from __future__ import annotations

import click

from iml4e_xlsx.cli.voice import command_text, common_options, scheme_size


@click.command()
@click.argument("which", default="iml4e-mlops", metavar="[ID|PATH]")
@common_options
def validate(which: str) -> None:
    """
    Check a scheme in all its languages.

    Lists every mistake with file and line.

    \b
    Example: iml4e scheme validate my-scheme/
    """
    from iml4e_xlsx.scheme import validate_scheme

    scheme = validate_scheme(which)
    click.echo(
        command_text(
            "scheme_valid",
            id=scheme.id,
            version=scheme.version,
            size=scheme_size(scheme),
            languages=scheme.languages,
        )
    )
