"""Carries out `iml4e scheme show`: shows a scheme."""

from __future__ import annotations

import click

from iml4e_xlsx.cli.options.output_options import language_option
from iml4e_xlsx.cli.voice import common_options, current_voice


@click.command()
@click.argument("which", default="iml4e-mlops", metavar="[ID|PATH]")
@language_option
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["text", "json"]),
    default="text",
    help="Write this format.",
)
@common_options
def show(which: str, *, lang: str | None, format_name: str) -> None:
    """
    Show a scheme: levels, ratings, areas and statements.

    \b
    Example: iml4e scheme show iml4e-mlops --format json
    """
    from iml4e_xlsx.report.formats.json_text import render_json
    from iml4e_xlsx.report.formats.scheme_json import scheme_document
    from iml4e_xlsx.report.formats.terminal import show_scheme
    from iml4e_xlsx.scheme import load_scheme

    scheme = load_scheme(which, lang)
    if format_name == "json":
        current_voice().deliver_document(render_json(scheme_document(scheme)))
    else:
        show_scheme(current_voice().open_console(), scheme)
