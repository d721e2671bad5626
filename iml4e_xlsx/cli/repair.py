"""Carries out `iml4e repair`: makes a pristine workbook of a damaged one."""

from __future__ import annotations

import click

from iml4e_xlsx.cli.options.output_options import output_options
from iml4e_xlsx.cli.options.reading_options import ReadingOptions, reading_options
from iml4e_xlsx.cli.outcome_tally import Tally
from iml4e_xlsx.cli.voice import common_options, voice
from iml4e_xlsx.text.spelling import printable_text


@click.command()
@click.argument("path", metavar="FILE")
@reading_options
@click.option("-o", "--output", required=True, metavar="FILE", help="Where to; - is stdout.")
@output_options
@common_options
def repair(path: str, *, reading: ReadingOptions, output: str, force: bool) -> None:
    """
    Make a pristine workbook of a damaged one, with every legible answer.

    The cells of doubtful answers are highlighted and have a note that says what was found. What
    has no cell in a workbook as issued is said on stderr.

    \b
    Example: iml4e repair returned/alpha.xlsx -o alpha-repaired.xlsx
    """
    from iml4e_xlsx.jobs.workbook_repair import repair_workbook
    from iml4e_xlsx.output import check_target, write_output
    from iml4e_xlsx.reading.identity import Schemes
    from iml4e_xlsx.reading.workbook_reader import WorkbookReader

    check_target(output, force=force)
    schemes = Schemes.find_installed(reading.schemes)
    with WorkbookReader(schemes, limits=reading.limits, carry=reading.carry) as reader:
        repaired = repair_workbook(path, reader)
    write_output(output, repaired.data, force=force)
    for finding in repaired.unplaced_findings:
        click.echo(printable_text(str(finding)), err=True)
    overall = repaired.assessment.result.overall
    kept = f"{overall.answered} of {overall.statements} ratings"
    voice().say(f"Wrote {output} with {kept}; {repaired.marked_cells} cells are marked.")
    tally = Tally(strict=False)
    list(tally.counted([repaired.assessment]))
    tally.finish("")
