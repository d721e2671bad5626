"""Reads what returned for a command, and counts it for the exit code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from iml4e_xlsx.cli.error_messages import FINDINGS
from iml4e_xlsx.cli.options.reading_options import ReadingOptions
from iml4e_xlsx.cli.voice import voice
from iml4e_xlsx.report.formats.format_registry import list_formats
from iml4e_xlsx.text.spelling import printable_text

if TYPE_CHECKING:
    from iml4e_xlsx.findings.failure import Failure
    from iml4e_xlsx.findings.finding import Finding
    from iml4e_xlsx.model import Assessment


class Tally:
    """Counts outcomes as they pass, for the closing words and the exit code."""

    def __init__(self, *, strict: bool) -> None:
        self.strict = strict
        self.results = 0
        self.failures: list[Failure] = []
        self.errors = 0

    def counted(self, outcomes: Iterable[Assessment | Failure]) -> Iterator[Assessment | Failure]:
        """Yield the outcomes unchanged."""
        from iml4e_xlsx.findings.failure import Failure

        for outcome in outcomes:
            if isinstance(outcome, Failure):
                self.failures.append(outcome)
            else:
                self.results += 1
                self.add(outcome.findings)
            yield outcome

    def add(self, findings: Iterable[Finding]) -> None:
        """Count one more with errors if any of the findings is one; with --strict a warning too."""
        from iml4e_xlsx.findings.finding import Severity

        counts = {Severity.ERROR, Severity.WARNING} if self.strict else {Severity.ERROR}
        self.errors += any(finding.severity in counts for finding in findings)

    def finish(self, form: str) -> None:
        """Say what failed where the output does not show it, and exit as the findings demand."""
        if not any(entry.shows_failures for entry in list_formats() if entry.name == form):
            for failure in self.failures:
                click.echo(printable_text(failure.message), err=True)
        if self.failures or self.errors:
            voice().detail(
                f"{self.results} results, {self.errors} with errors; {len(self.failures)} failures."
            )
            click.get_current_context().exit(FINDINGS)


def outcomes_at(paths: tuple[str, ...], reading: ReadingOptions) -> Iterator[Assessment | Failure]:
    """Yield an outcome for each workbook at the paths; say which files were passed over."""
    from iml4e_xlsx.jobs.batch import assess_workbooks, find_workbooks
    from iml4e_xlsx.reading.identity import Schemes

    def passed_over(name: str) -> None:
        voice().say(f"{name}: passed over, not a workbook.")

    found = find_workbooks(paths, limits=reading.limits, passed_over=passed_over)
    schemes = Schemes.find_installed(reading.schemes)
    yield from assess_workbooks(found, schemes=schemes, limits=reading.limits, carry=reading.carry)
