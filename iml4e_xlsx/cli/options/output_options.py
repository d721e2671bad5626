"""Adds the options that say what is written, in which form and where."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import click

from iml4e_xlsx.cli.options.reading_options import reading_options
from iml4e_xlsx.cli.options.value_types import OutputName
from iml4e_xlsx.cli.voice import F, common_options, usage_error
from iml4e_xlsx.report.formats.format_registry import (
    OutputFormat,
    OutputSubject,
    format_names,
    format_suffixes,
)


def scheme_option(command: F) -> F:
    """Add `--scheme`."""
    return click.option(
        "--scheme",
        "scheme_name",
        default="iml4e-mlops",
        show_default=True,
        metavar="ID|PATH",
        help="Use this installed scheme, or the scheme in this folder.",
    )(command)


def language_option(command: F) -> F:
    """Add `--lang`."""
    return click.option(
        "--lang", metavar="CODE", help="Use this language; by default that of the scheme."
    )(command)


def refuse_picture(output_format: OutputFormat, given: Mapping[str, object]) -> None:
    """Refuse the first option that was given, by its name, if it means nothing to a picture."""
    option = next((name for name, value in given.items() if value), "")
    if option and output_format.is_picture:
        raise usage_error("picture_of_areas", option=option, suffix=output_format.suffix)


def output_options(command: F) -> F:
    """Add `--force`."""
    return click.option("--force", is_flag=True, help="Replace existing files.")(command)


def format_option(subject: OutputSubject, usual: str = "a table") -> Callable[[F], F]:
    """Return what adds `--format`, with the formats in which a subject is written."""
    return click.option(
        "--format",
        "format_name",
        type=click.Choice(format_names(subject)),
        help=f"Write this format; by default that of the file's suffix, else {usual}.",
    )


def results_output_option(command: F) -> F:
    """Add `-o` to a command that writes results."""
    suffixes = format_suffixes(OutputSubject.RESULTS)
    return click.option(
        "-o",
        "--output",
        default="-",
        metavar="FILE",
        help=f"Write to this file; - is stdout. By suffix: {suffixes}; a picture is a radar.",
    )(command)


def table_options(command: F) -> F:
    """Add the arguments and options of the commands that show tables."""
    return _add_table_options(command, OutputSubject.TABLES)


def trend_options(command: F) -> F:
    """Add the arguments and options of the command that shows tables, or draws them over time."""
    return _add_table_options(command, OutputSubject.TABLES, OutputSubject.TREND)


def _add_table_options(command: F, *subjects: OutputSubject) -> F:
    suffixes = format_suffixes(*subjects)
    for option in (
        click.option(
            "-o",
            "--output",
            default="-",
            metavar="FILE",
            help=f"Write to this file; - is stdout. By suffix: {suffixes}.",
        ),
        format_option(OutputSubject.TABLES),
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
                "--by-source",
                "sources",
                multiple=True,
                metavar="KEY",
                help="Group the statements by what this source of the scheme asks for, such as "
                "eu-ai-act. Can be repeated.",
            ),
            click.option(
                "--title", default="", help=f"Set the title of the report; by default {title}."
            ),
            click.option(
                "-o",
                "--output",
                required=True,
                type=OutputName("report.html"),
                metavar="FILE",
                help=f"Write to this file. By suffix: {format_suffixes(OutputSubject.REPORT)}.",
            ),
        ):
            command = option(command)
        return command

    return decorate
