"""Carries out `iml4e repair`: makes a pristine workbook of a damaged one."""

from __future__ import annotations

import click

from iml4e_xlsx.cli.options.output_options import output_options
from iml4e_xlsx.cli.options.reading_options import ReadingOptions, reading_options
from iml4e_xlsx.cli.options.value_types import OutputName
from iml4e_xlsx.cli.outcome_tally import OutcomeTally
from iml4e_xlsx.cli.voice import common_options, current_voice


@click.command()
@click.argument("path", metavar="FILE")
@reading_options
@click.option(
    "-o",
    "--output",
    required=True,
    type=OutputName("mended.xlsx"),
    metavar="FILE",
    help="Write to this file; - is stdout.",
)
@output_options
@common_options
def repair(path: str, *, reading: ReadingOptions, output: str, force: bool) -> None:
    """
    Make a pristine workbook from a damaged one.

    It has every legible answer. Doubtful answers are highlighted and carry a note with the
    original content. Findings about cells that the issued workbook does not have go to stderr.

    \b
    Example: iml4e repair returned/alpha.xlsx -o alpha-repaired.xlsx
    """
    from iml4e_xlsx.findings.finding_groups import group_across_files
    from iml4e_xlsx.jobs.workbook_repair import repair_workbook
    from iml4e_xlsx.output import check_target, write_output
    from iml4e_xlsx.reading.identity import Schemes
    from iml4e_xlsx.reading.workbook_reader import WorkbookReader
    from iml4e_xlsx.text.interface_texts import scheme_texts
    from iml4e_xlsx.text.message import message
    from iml4e_xlsx.workbook.builder import WORKBOOK_SUFFIXES

    check_target(output, force=force, suffixes=WORKBOOK_SUFFIXES)
    schemes = Schemes.find_installed(reading.schemes)
    schemes.check_schemes()
    with WorkbookReader(schemes, limits=reading.limits, carry=reading.carry) as reader:
        repaired = repair_workbook(path, reader)
    write_output(output, repaired.data, force=force)
    for group in group_across_files(
        repaired.unplaced_findings, scheme_texts(repaired.assessment.scheme)
    ):
        current_voice().say_group(group)
    overall = repaired.assessment.result.overall
    current_voice().say(
        "repaired",
        output=output,
        answered=overall.answered,
        total=overall.statements,
        marked=message("commands.count_marked", count=repaired.marked_cells),
    )
    tally = OutcomeTally(strict=False)
    list(tally.count_outcomes([repaired.assessment]))
    tally.finish_command()
