"""Commands that read what returned: check, score."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from iml4e_xlsx.cli.common import FINDINGS, common_options, output_options, printable, voice

if TYPE_CHECKING:
    from iml4e_xlsx.model import Assessment, Failure

_schemes = click.option(
    "--scheme",
    "schemes",
    multiple=True,
    metavar="PATH",
    help="A scheme of your own that workbooks may belong to; can be given again.",
)


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="FILE...")
@_schemes
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="What to write.",
)
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@common_options
def check(paths: tuple[str, ...], *, schemes: tuple[str, ...], form: str, strict: bool) -> None:
    """
    Say what is wrong or doubtful in returned workbooks, and what to do.

    \b
    Example: iml4e check returned/alpha.xlsx
    """
    from iml4e_xlsx.cli.show import show_findings
    from iml4e_xlsx.report.data import as_json, findings_document

    tally = _Tally(strict=strict)
    outcomes = list(tally.counted(_outcomes(paths, schemes)))
    if form == "json":
        click.echo(as_json(findings_document(outcomes)), nl=False)
    else:
        show_findings(voice().console(), outcomes)
    tally.finish(form)


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@_schemes
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "ndjson", "csv"]),
    default="table",
    show_default=True,
    help="What to write.",
)
@click.option("-o", "--output", default="-", metavar="FILE", help="Where to; - is stdout.")
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@output_options
@common_options
def score(
    paths: tuple[str, ...],
    *,
    schemes: tuple[str, ...],
    form: str,
    output: str,
    strict: bool,
    force: bool,
) -> None:
    """
    Compute the results of returned workbooks: files, or folders of them.

    \b
    Example: iml4e score returned/ --format csv -o results.csv
    """
    from iml4e_xlsx.cli.show import shown_outcomes
    from iml4e_xlsx.output import check_target, write_output
    from iml4e_xlsx.report.data import as_json, as_line, csv_table, outcome_entry, results_document

    check_target(output, force=force)
    tally = _Tally(strict=strict)
    outcomes = tally.counted(_outcomes(paths, schemes))
    if form == "ndjson" and output == "-":
        for outcome in outcomes:
            click.echo(as_line(outcome_entry(outcome)), nl=False)
    elif form == "ndjson":
        text = "".join(as_line(outcome_entry(outcome)) for outcome in outcomes)
        write_output(output, text.encode(), force=force)
    elif form == "json":
        write_output(output, as_json(results_document(outcomes)).encode(), force=force)
    elif form == "csv":
        write_output(output, csv_table(outcomes).encode(), force=force)
    else:
        shown_outcomes(voice(), list(outcomes), output, force=force)
    tally.finish(form)


class _Tally:
    """Counts outcomes as they pass, for the closing words and the exit code."""

    def __init__(self, *, strict: bool) -> None:
        self.strict = strict
        self.results = 0
        self.failures: list[Failure] = []
        self.errors = 0

    def counted(self, outcomes: Iterable[Assessment | Failure]) -> Iterator[Assessment | Failure]:
        """Yield the outcomes unchanged."""
        from iml4e_xlsx.errors import Severity
        from iml4e_xlsx.model import Failure

        counts = {Severity.ERROR, Severity.WARNING} if self.strict else {Severity.ERROR}
        for outcome in outcomes:
            if isinstance(outcome, Failure):
                self.failures.append(outcome)
            else:
                self.results += 1
                self.errors += any(f.severity in counts for f in outcome.findings)
            yield outcome

    def finish(self, form: str) -> None:
        """Say what failed where the output does not show it, and exit as the findings demand."""
        if form == "csv":
            for failure in self.failures:
                click.echo(printable(failure.message), err=True)
        if self.failures or self.errors:
            voice().detail(
                f"{self.results} results, {self.errors} with errors; {len(self.failures)} failures."
            )
            click.get_current_context().exit(FINDINGS)


def _outcomes(paths: tuple[str, ...], schemes: tuple[str, ...]) -> Iterator[Assessment | Failure]:
    """Yield an outcome for each workbook at the paths; say which files were passed over."""
    from iml4e_xlsx.batch import assess_many, find_workbooks
    from iml4e_xlsx.reading.identity import Schemes

    found = find_workbooks(paths)
    for path in found.passed_over:
        voice().say(f"{path}: passed over, not a workbook.")
    yield from found.failures
    yield from assess_many(found.workbooks, schemes=Schemes.known(schemes))
