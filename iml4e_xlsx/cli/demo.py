"""Carries out `iml4e demo`: shows the whole job with made-up teams."""

from __future__ import annotations

import click

from iml4e_xlsx.cli.options.output_options import output_options
from iml4e_xlsx.cli.voice import common_options, current_voice


@click.command()
@click.argument("folder", default="demo", metavar="[DIR]")
@output_options
@common_options
def demo(folder: str, *, force: bool) -> None:
    """
    Run everything with three made-up teams, in two rounds.

    Builds the workbooks of four people each, fills them in (one incompletely, one with mistakes),
    reads and scores them, writes the report, and names the files to open.

    \b
    Example: iml4e demo
    """
    from datetime import UTC, datetime
    from pathlib import Path

    from iml4e_xlsx.cli.error_messages import error_text
    from iml4e_xlsx.jobs.demonstration import run_demo
    from iml4e_xlsx.report.formats.terminal import show_outcomes
    from iml4e_xlsx.scheme import load_scheme
    from iml4e_xlsx.text.interface_texts import load_texts

    outcome = run_demo(Path(folder), load_scheme(), created=datetime.now(UTC), force=force)
    show_outcomes(current_voice().open_console(), [team.assessment for team in outcome.teams])
    texts = load_texts()
    names = {texts(f"demo.file.{key}"): path for key, path in outcome.files.items()}
    width = max(map(len, names))
    lines = [f"  {name:<{width}}  {path}" for name, path in names.items()]
    click.echo("\n".join(["", texts("demo.files"), *lines]))
    for key, error in outcome.left_out.items():
        name = texts(f"demo.file.{key}")
        current_voice().say("demo_left_out", name=name, reason=error_text(error))
