"""Carries out `iml4e scheme coverage`: shows what sources ask for, and which statements cite it."""

from __future__ import annotations

import click

from iml4e_xlsx.cli.voice import common_options, current_voice


@click.command()
@click.argument("which", default="iml4e-mlops", metavar="[ID|PATH]")
@click.option(
    "--source",
    "source_key",
    metavar="KEY",
    help="Show this source of the scheme; by default all.",
)
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["text", "json", "csv"]),
    default="text",
    help="Write this format.",
)
@common_options
def coverage(which: str, *, source_key: str | None, format_name: str) -> None:
    """
    Show what each source asks for, and the statements that cite it.

    Names what no statement cites, and what a later edition of the source has added.

    \b
    Example: iml4e scheme coverage --source microsoft
    """
    from iml4e_xlsx.report.formats.csv_text import render_csv
    from iml4e_xlsx.report.formats.json_text import render_json
    from iml4e_xlsx.report.formats.terminal import show_tables
    from iml4e_xlsx.report.tables.coverage_tables import (
        COVERAGE_COLUMNS,
        coverage_document,
        coverage_rows,
        coverage_table,
    )
    from iml4e_xlsx.scheme import load_scheme
    from iml4e_xlsx.scheme.coverage import cover_source, cover_sources
    from iml4e_xlsx.text.interface_texts import scheme_texts

    scheme = load_scheme(which)
    if not source_key and not scheme.sources:
        current_voice().say("scheme_without_sources", id=scheme.id)
    covered = [cover_source(scheme, source_key)] if source_key else cover_sources(scheme)
    if format_name == "json":
        current_voice().deliver_document(render_json(coverage_document(covered)))
    elif format_name == "csv":
        current_voice().deliver_document(render_csv(COVERAGE_COLUMNS, coverage_rows(covered)))
    else:
        texts = scheme_texts(scheme)
        tables = [coverage_table(each, texts) for each in covered]
        show_tables(current_voice().open_console(), tables, texts)
