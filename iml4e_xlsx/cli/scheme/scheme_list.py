"""Carries out `iml4e scheme list`: lists the installed schemes."""

from __future__ import annotations

import click

from iml4e_xlsx.cli.voice import common_options


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
        one = load_scheme(name)
        languages = ", ".join(one.languages)
        counted = f"{len(one.areas)} areas, {len(one.statements)} statements"
        click.echo(f"{one.id}  {one.version}  [{languages}]  {counted}  {one.title}")
