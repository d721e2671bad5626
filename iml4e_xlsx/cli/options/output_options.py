"""Adds the options that say what is written, in which form and where."""

from __future__ import annotations

from collections.abc import Callable

import click

from iml4e_xlsx.cli.options.reading_options import reading_options
from iml4e_xlsx.cli.voice import F, common_options


def scheme_option(command: F) -> F:
    """Add `--scheme`."""
    return click.option(
        "--scheme",
        "scheme_name",
        default="iml4e-mlops",
        show_default=True,
        metavar="ID|PATH",
        help="An installed scheme, or a scheme's folder.",
    )(command)


def language_option(command: F) -> F:
    """Add `--lang`."""
    return click.option(
        "--lang", metavar="CODE", help="The language; the scheme's own by default."
    )(command)


def output_options(command: F) -> F:
    """Add `--force`."""
    return click.option("--force", is_flag=True, help="Replace what exists.")(command)


VIEW_FORMATS = ("table", "json", "csv", "md", "xlsx")


def view_options(command: F) -> F:
    """Add the arguments and options of the commands that show views."""
    for option in (
        click.option("-o", "--output", default="-", metavar="FILE", help="Where to; - is stdout."),
        click.option(
            "--format",
            "form",
            type=click.Choice(VIEW_FORMATS),
            help="What to write; by the file's suffix if there is one, else a table.",
        ),
        reading_options,
        click.argument("paths", nargs=-1, required=True, metavar="PATH..."),
        output_options,
        common_options,
    ):
        command = option(command)
    return command


def report_options(title: str) -> Callable[[F], F]:
    """Add the options of every report: where to, profiles, and a title, `title` by default."""

    def decorate(command: F) -> F:
        for option in (
            click.option(
                "--profile",
                "profiles",
                multiple=True,
                metavar="ID",
                help="Draw a reference profile of the scheme on the radar.",
            ),
            click.option(
                "--title", default="", help=f"What stands above the report; {title} by default."
            ),
            click.option(
                "-o",
                "--output",
                required=True,
                metavar="FILE",
                help="By suffix: .html, .xlsx, .pdf, .png, .svg.",
            ),
        ):
            command = option(command)
        return command

    return decorate
