"""Says in sentences how much of what came back could not be read, and of whom."""

from __future__ import annotations

from collections.abc import Iterator

from iml4e_xlsx.findings.finding import Finding, Severity
from iml4e_xlsx.model import Assessment, Scheme
from iml4e_xlsx.report.contents.contents import Contents
from iml4e_xlsx.report.tables.labels import shorten_list


def reading_sentences(contents: Contents) -> Iterator[str]:
    """Yield what could not be read: answers in the workbooks that count, then whole files."""
    texts = contents.texts
    unread = [
        (team.name, member.name, count)
        for team in contents.teams
        for member in team.members
        if (count := len(unread_statements(member.assessment)))
    ]
    if unread:
        total = sum(count for *_, count in unread)
        if contents.anonymous:
            yield texts("report.unread_anonymous", count=total)
        else:
            several = len(contents.teams) > 1
            people = [
                texts(
                    "report.unread_of_team" if several and team != name else "report.unread_of",
                    name=name,
                    team=team,
                    number=count,
                )
                for team, name, count in unread
            ]
            yield texts("report.unread", count=total, people=shorten_list(people, texts))
    if contents.failures:
        sources = [failure.source for failure in contents.failures]
        key = "report.unread_files_anonymous" if contents.anonymous else "report.unread_files"
        yield texts(key, count=len(sources), files=shorten_list(sources, texts))


def unread_statements(assessment: Assessment) -> frozenset[str]:
    """Return the statements without a rating that an error is about."""
    answers = assessment.response.answers
    named = {
        statement
        for finding in assessment.findings
        if finding.severity is Severity.ERROR
        for statement in _statements_of(finding, assessment.scheme)
    }
    return frozenset(id_ for id_ in named if id_ not in answers or answers[id_].rating is None)


def _statements_of(finding: Finding, scheme: Scheme) -> Iterator[str]:
    """Yield the statements that a finding is about: one, or all of an area."""
    if finding.statement is not None:
        yield finding.statement
    area = finding.values.get("area")
    yield from (each.id for one in scheme.areas if one.code == area for each in one.statements)
