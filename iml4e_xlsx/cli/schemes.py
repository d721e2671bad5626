"""Commands on schemes: list, show, validate."""

from __future__ import annotations

import click

from iml4e_xlsx.cli.common import Commands, common_options, language_option, voice


@click.group(cls=Commands)
@common_options
def scheme() -> None:
    """
    List, show and check schemes.

    \b
    Example: iml4e scheme validate my-scheme/
    """


@scheme.command("list")
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


@scheme.command()
@click.argument("which", default="iml4e-mlops", metavar="[ID|PATH]")
@language_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="What to write.",
)
@common_options
def show(which: str, *, lang: str | None, form: str) -> None:
    """
    Show a scheme: levels, ratings, areas and statements.

    \b
    Example: iml4e scheme show iml4e-mlops --format json
    """
    from iml4e_xlsx.report.formats.scheme_json import scheme_document
    from iml4e_xlsx.report.formats.terminal import show_scheme
    from iml4e_xlsx.report.tables.result_data import render_json
    from iml4e_xlsx.scheme import load_scheme

    one = load_scheme(which, lang)
    if form == "json":
        click.echo(render_json(scheme_document(one)), nl=False)
    else:
        show_scheme(voice().console(), one)


@scheme.command()
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
