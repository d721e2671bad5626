"""Carries out `iml4e scheme list`: lists the installed schemes."""

from __future__ import annotations

import click

from iml4e_xlsx.cli.voice import command_text, common_options, scheme_size


@click.command("list")
@common_options
def list_schemes() -> None:
    """
    List the installed schemes.

    \b
    Example: iml4e scheme list
    """
    from iml4e_xlsx.scheme import load_scheme, scheme_ids

    for name in scheme_ids():
        scheme = load_scheme(name)
        click.echo(
            command_text(
                "scheme_line",
                id=scheme.id,
                version=scheme.version,
                languages=scheme.languages,
                size=scheme_size(scheme),
                title=scheme.title,
            )
        )
