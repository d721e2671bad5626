"""How commands read what returned: the options for it, the outcomes, the exit code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

import click

from iml4e_xlsx.cli.common import FINDINGS, F, voice
from iml4e_xlsx.text.spelling import printable_text

if TYPE_CHECKING:
    from iml4e_xlsx.findings.failure import Failure
    from iml4e_xlsx.findings.finding import Finding
    from iml4e_xlsx.model import Assessment
    from iml4e_xlsx.spreadsheets.limits import Limits


_SHOWING_FAILURES = ("table", "text", "json", "ndjson")
"""Formats in which a file that yielded nothing has its place."""


@dataclass(frozen=True, slots=True)
class How:
    """How returned workbooks are to be read: what the options of these commands say."""

    schemes: tuple[str, ...]
    limits: Limits
    carry: bool


def reading_options(command: F) -> F:
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
        from iml4e_xlsx.spreadsheets.limits import Limits

        try:
            limits = Limits.parse_settings(settings)
        except ValueError as error:
            raise click.BadParameter(f"{error}.", param_hint="--limit") from error
        return command(*args, how=How(schemes, limits, carry), **rest)

    return cast("F", with_how)


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
        if form not in _SHOWING_FAILURES:
            for failure in self.failures:
                click.echo(printable_text(failure.message), err=True)
        if self.failures or self.errors:
            voice().detail(
                f"{self.results} results, {self.errors} with errors; {len(self.failures)} failures."
            )
            click.get_current_context().exit(FINDINGS)


def outcomes_at(paths: tuple[str, ...], how: How) -> Iterator[Assessment | Failure]:
    """Yield an outcome for each workbook at the paths; say which files were passed over."""
    from iml4e_xlsx.jobs.batch import assess_many, find_workbooks
    from iml4e_xlsx.reading.identity import Schemes

    def passed_over(name: str) -> None:
        voice().say(f"{name}: passed over, not a workbook.")

    found = find_workbooks(paths, limits=how.limits, passed_over=passed_over)
    schemes = Schemes.find_installed(how.schemes)
    yield from assess_many(found, schemes=schemes, limits=how.limits, carry=how.carry)
