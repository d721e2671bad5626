"""Reads returned workbooks for a command, and counts the outcomes for its exit code."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

import click

from iml4e_xlsx.cli.exit_codes import FINDINGS
from iml4e_xlsx.cli.options.reading_options import ReadingOptions
from iml4e_xlsx.cli.passed_over import PassedOver
from iml4e_xlsx.cli.team_choice import keep_teams
from iml4e_xlsx.cli.voice import command_text, current_voice

if TYPE_CHECKING:
    from iml4e_xlsx.analysis.team_trend import Trends
    from iml4e_xlsx.analysis.teams import TeamAssessment
    from iml4e_xlsx.findings.failure import Failure
    from iml4e_xlsx.findings.finding import Finding, Severity
    from iml4e_xlsx.model import Assessment


_LISTED_FILES: Final = 3


class OutcomeTally:
    """Counts outcomes as they pass, for the closing words and the exit code."""

    def __init__(self, *, strict: bool) -> None:
        self.strict = strict
        self.results = 0
        self.failures: list[Failure] = []
        self.left_out: list[Finding] = []
        self.choices: list[Finding] = []
        self.errors = 0
        self.counts: dict[str, Counter[Severity]] = {}

    @property
    def _counted(self) -> frozenset[Severity]:
        """Return the severities of what counts as an error."""
        from iml4e_xlsx.findings.finding import Severity

        errors = frozenset({Severity.ERROR})
        return errors | {Severity.WARNING} if self.strict else errors

    def count_outcomes(
        self, outcomes: Iterable[Assessment | Failure]
    ) -> Iterator[Assessment | Failure]:
        """Yield the outcomes unchanged."""
        from iml4e_xlsx.findings.failure import Failure

        for outcome in outcomes:
            if isinstance(outcome, Failure):
                self.failures.append(outcome)
            else:
                self.results += 1
                self.add_findings(outcome.findings)
            yield outcome

    def leave_out(self, finding: Finding) -> None:
        """Note a file that is no answer; it is named when the command ends."""
        self.left_out.append(finding)

    def leave_out_versions(self, findings: Iterable[Finding]) -> None:
        """Note files that do not count, for other versions do; their errors cost no answer."""
        for finding in findings:
            self.leave_out(finding)
            if self.counts.pop(finding.place.source, None):
                self.errors -= 1

    def note_teams(self, teams: Iterable[TeamAssessment]) -> None:
        """Note which files of teams do not count, and as whose answers unnamed files count."""
        for team in teams:
            self.leave_out_versions(team.left_out)
            self.choices += team.choices

    def note_trends(self, trends: Trends) -> None:
        """Note which files count in no round, and as whose answers unnamed files count."""
        self.leave_out_versions(trends.left_out)
        for team in trends.current:
            self.choices += team.choices

    def add_findings(self, findings: Iterable[Finding]) -> None:
        """Count one more with errors if any of the findings is one; with --strict a warning too."""
        severities = self._counted
        counted = [finding for finding in findings if finding.severity in severities]
        for finding in counted:
            self.counts.setdefault(finding.place.source, Counter())[finding.severity] += 1
        self.errors += bool(counted)

    def say_failures(self) -> None:
        """Say which files could not be read, and why."""
        from iml4e_xlsx.cli.error_messages import failure_text

        for failure in self.failures:
            current_voice().say_error(failure_text(failure))

    def finish_command(self, shown_in: str = "") -> None:
        """
        Say what was left out, and what failed if the user does not see it yet; then exit.

        Args:
            shown_in: The format of what standard output shows; empty if it shows no results, as
                when they are in a file.
        """
        from iml4e_xlsx.findings.finding_groups import list_left_out
        from iml4e_xlsx.report.formats.format_registry import list_formats
        from iml4e_xlsx.text.interface_texts import load_texts
        from iml4e_xlsx.text.message import message

        voice = current_voice()
        if not any(entry.shows_failures for entry in list_formats() if entry.name == shown_in):
            self.say_failures()
        nothing_read = self.left_out and not self.results
        said = [*self.left_out, *self.choices]
        if voice.quiet and not nothing_read:  # else they are why the command fails
            said = [finding for finding in said if finding.severity in self._counted]
        for paragraph in list_left_out(said, load_texts()):
            voice.say_error(paragraph)
        if self.failures or self.errors or nothing_read:
            voice.say_detail(
                "tally",
                results=message("commands.count_results", count=self.results),
                errors=self.errors,
                failures=message("commands.count_failures", count=len(self.failures)),
            )
            voice.say_error(self._explain_exit())
            click.get_current_context().exit(FINDINGS)

    def _explain_exit(self) -> str:
        """Return why the command does not end with 0: how many errors are in which files."""
        from iml4e_xlsx.text.lists import list_names
        from iml4e_xlsx.text.message import message

        total = sum(self.counts.values(), Counter())
        reasons = [
            message(f"finding.count_{severity.value}", count=number)
            for severity, number in sorted(total.items(), key=lambda item: item[0].rank)
        ]
        if reasons:
            files = list_names(list(self.counts), _LISTED_FILES)
            reasons[-1] = message("commands.reason_in", number=reasons[-1], files=files)
        if self.failures:
            failed = message("commands.reason_failures", count=len(self.failures))
            if reasons:  # the files before it are a list of their own
                found = message("list.all", names=tuple(reasons))
                failed = message("commands.two_reasons", first=found, second=failed)
            reasons = [failed]
        if not reasons:
            reasons.append(message("commands.reason_no_answer"))
        why = command_text("reason", reasons=tuple(reasons))
        return f"{why} {_name_check()}" if self.errors and not _is_check() else why


def _is_check() -> bool:
    """Return whether the command that runs is the one that lists errors, each with what to do."""
    return click.get_current_context().info_name == "check"


def _name_check() -> str:
    """Return how to see each error of the command's files; many files are not named again."""
    given = click.get_current_context().params
    paths = given.get("paths") or (given["path"],)
    named = shlex.join(paths) if len(paths) <= _LISTED_FILES else "PATH..."
    return command_text("reason_check", paths=named)


def read_outcomes(
    paths: tuple[str, ...], reading: ReadingOptions, tally: OutcomeTally
) -> Iterator[Assessment | Failure]:
    """Yield an outcome for each answer at the paths as soon as it is read, and count it."""
    from iml4e_xlsx.analysis.answer_selection import leave_out_copies

    outcomes = leave_out_copies(
        _read_files(paths, reading, tally), lambda _, finding: tally.leave_out(finding)
    )
    yield from tally.count_outcomes(outcomes)


def read_answers(
    paths: tuple[str, ...], reading: ReadingOptions, tally: OutcomeTally
) -> list[Assessment | Failure]:
    """Return the answers of respondents at the paths, and the failures, and count them."""
    from iml4e_xlsx.analysis.answer_selection import select_answers
    from iml4e_xlsx.findings.failure import Failure

    outcomes = list(_read_files(paths, reading, tally))
    failures = [outcome for outcome in outcomes if isinstance(outcome, Failure)]
    selection = select_answers(outcome for outcome in outcomes if not isinstance(outcome, Failure))
    for finding in selection.left_out:
        tally.leave_out(finding)
    return list(tally.count_outcomes([*selection.answers, *failures]))


def keep_assessments(
    outcomes: Iterable[Assessment | Failure], kept: list[Assessment]
) -> Iterator[Assessment | Failure]:
    """Yield the outcomes unchanged, and keep the assessments among them."""
    from iml4e_xlsx.findings.failure import Failure

    for outcome in outcomes:
        if not isinstance(outcome, Failure):
            kept.append(outcome)
        yield outcome


def _join_small_teams(
    outcomes: Sequence[Assessment | Failure], fewest: int
) -> list[Assessment | Failure]:
    from iml4e_xlsx.analysis.small_groups import join_small_teams
    from iml4e_xlsx.findings.failure import Failure

    answers = [outcome for outcome in outcomes if not isinstance(outcome, Failure)]
    failures = [outcome for outcome in outcomes if isinstance(outcome, Failure)]
    return [*(join_small_teams(answers, fewest) if answers else ()), *failures]


def report_versions(assessments: list[Assessment], tally: OutcomeTally) -> None:
    """Note which of the files do not count in any round, though each was checked."""
    from iml4e_xlsx.analysis.team_trend import trace_trends
    from iml4e_xlsx.findings.about_answers import distinct_findings, is_superseded

    if len(assessments) > 1:
        trends = trace_trends(assessments)
        versions = tuple(filter(is_superseded, trends.left_out))
        choices = [finding for team in trends.current for finding in team.choices]
        for finding in versions:
            tally.leave_out(finding)
        tally.choices += choices
        for finding in distinct_findings((*versions, *choices)):
            tally.add_findings([finding])


def _read_files(
    paths: tuple[str, ...], reading: ReadingOptions, tally: OutcomeTally
) -> Iterator[Assessment | Failure]:
    """Yield an outcome for each workbook at the paths; say which files were passed over."""
    from iml4e_xlsx.jobs.batch import assess_workbooks, find_workbooks, leave_out_results
    from iml4e_xlsx.reading.identity import Schemes

    passed_over = PassedOver()
    sources = find_workbooks(paths, limits=reading.limits, on_other_file=passed_over.names.append)
    schemes = Schemes.find_installed(reading.schemes)
    schemes.check_schemes()  # else each workbook would fail for it, as if by a defect of ours
    outcomes = assess_workbooks(
        sources, schemes=schemes, limits=reading.limits, carry=reading.carry
    )
    answers = leave_out_results(outcomes, tally.leave_out)
    # Small teams are joined before teams are chosen: the others decide which ones these are.
    if reading.fewest > 1:
        answers = iter(_join_small_teams(list(answers), reading.fewest))
    if reading.teams:
        answers = iter(keep_teams(list(answers), reading.teams, anonymous=reading.anonymous))
    yield from answers
    passed_over.say_files()
