"""Commands that read what returned: check, repair, score."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

import click

from iml4e_xlsx.cli.common import FINDINGS, F, common_options, output_options, printable, voice

if TYPE_CHECKING:
    from iml4e_xlsx.model import Assessment, Failure
    from iml4e_xlsx.reading.limits import Limits


@dataclass(frozen=True, slots=True)
class _How:
    """How returned workbooks are to be read: what the options of these commands say."""

    schemes: tuple[str, ...]
    limits: Limits
    carry: bool


def _reading_options(command: F) -> F:
    """Add the options that say how to read; the command gets them as `how`."""

    @click.option(
        "--scheme",
        "schemes",
        multiple=True,
        metavar="PATH",
        help="A scheme of your own that workbooks may belong to; can be given again.",
    )
    @click.option(
        "--carry",
        is_flag=True,
        help="Carry answers to the newest known version of their scheme.",
    )
    @click.option(
        "--limit",
        "settings",
        multiple=True,
        metavar="NAME=AMOUNT",
        help="Another limit for what a file may claim, such as size=50MB; can be given again.",
    )
    @wraps(command)
    def with_how(
        *args: Any, schemes: tuple[str, ...], settings: tuple[str, ...], carry: bool, **rest: Any
    ) -> Any:
        from iml4e_xlsx.reading.limits import Limits

        try:
            limits = Limits.parsed(settings)
        except ValueError as error:
            raise click.BadParameter(f"{error}.", param_hint="--limit") from error
        return command(*args, how=_How(schemes, limits, carry), **rest)

    return cast("F", with_how)


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="FILE...")
@_reading_options
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="What to write.",
)
@click.option("--reply", "as_reply", is_flag=True, help="Write the reply to the respondent.")
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@common_options
def check(paths: tuple[str, ...], *, how: _How, form: str, as_reply: bool, strict: bool) -> None:
    """
    Say what is wrong or doubtful in returned workbooks, and what to do.

    With `--reply`, in words for the respondent, as plain text to be pasted into a mail.

    \b
    Example: iml4e check returned/alpha.xlsx --reply
    """
    from iml4e_xlsx.cli.show import show_findings
    from iml4e_xlsx.report.data import as_json, findings_document
    from iml4e_xlsx.report.reply import reply

    if as_reply and form == "json":
        raise click.UsageError("--reply is text; leave out --format json.")
    tally = _Tally(strict=strict)
    outcomes = tally.counted(_outcomes(paths, how))
    if as_reply:
        for number, outcome in enumerate(outcomes):
            click.echo(("\n" + "-" * 76 + "\n\n" if number else "") + reply(outcome), nl=False)
    elif form == "json":
        click.echo(as_json(findings_document(outcomes)), nl=False)
    else:
        show_findings(voice().console(), list(outcomes))
    tally.finish(form)


@click.command()
@click.argument("path", metavar="FILE")
@_reading_options
@click.option("-o", "--output", required=True, metavar="FILE", help="Where to; - is stdout.")
@output_options
@common_options
def repair(path: str, *, how: _How, output: str, force: bool) -> None:
    """
    Make a pristine workbook of a damaged one, with every legible answer.

    The cells of doubtful answers are highlighted and have a note that says what was found. What
    has no cell in a workbook as issued is said on stderr.

    \b
    Example: iml4e repair returned/alpha.xlsx -o alpha-repaired.xlsx
    """
    from iml4e_xlsx.output import check_target, write_output
    from iml4e_xlsx.reading.identity import Schemes
    from iml4e_xlsx.reading.reader import WorkbookReader
    from iml4e_xlsx.repairing import repair_workbook

    check_target(output, force=force)
    schemes = Schemes.known(how.schemes)
    with WorkbookReader(schemes, limits=how.limits, carry=how.carry) as reader:
        repaired = repair_workbook(path, reader)
    write_output(output, repaired.data, force=force)
    for finding in repaired.homeless:
        click.echo(printable(str(finding)), err=True)
    overall = repaired.assessment.result.overall
    kept = f"{overall.answered} of {overall.statements} ratings"
    voice().say(f"Wrote {output} with {kept}; {repaired.placed} cells are marked.")
    tally = _Tally(strict=False)
    list(tally.counted([repaired.assessment]))
    tally.finish("")


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@_reading_options
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
    how: _How,
    form: str,
    output: str,
    strict: bool,
    force: bool,
) -> None:
    """
    Compute the results of returned workbooks: files, folders, zips.

    \b
    Example: iml4e score returned/ --format csv -o results.csv
    """
    from iml4e_xlsx.cli.show import shown_outcomes
    from iml4e_xlsx.output import check_target, write_output
    from iml4e_xlsx.report.data import as_json, as_line, csv_table, outcome_entry, results_document

    check_target(output, force=force)
    tally = _Tally(strict=strict)
    outcomes = tally.counted(_outcomes(paths, how))
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
        if form in ("csv", ""):
            for failure in self.failures:
                click.echo(printable(failure.message), err=True)
        if self.failures or self.errors:
            voice().detail(
                f"{self.results} results, {self.errors} with errors; {len(self.failures)} failures."
            )
            click.get_current_context().exit(FINDINGS)


def _outcomes(paths: tuple[str, ...], how: _How) -> Iterator[Assessment | Failure]:
    """Yield an outcome for each workbook at the paths; say which files were passed over."""
    from iml4e_xlsx.batch import assess_many, find_workbooks
    from iml4e_xlsx.reading.identity import Schemes

    def passed_over(name: str) -> None:
        voice().say(f"{name}: passed over, not a workbook.")

    found = find_workbooks(paths, limits=how.limits, passed_over=passed_over)
    schemes = Schemes.known(how.schemes)
    yield from assess_many(found, schemes=schemes, limits=how.limits, carry=how.carry)
