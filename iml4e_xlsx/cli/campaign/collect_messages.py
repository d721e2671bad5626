"""What a facilitator is told of files that came back: what was taken in, and whose is what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from iml4e_xlsx.campaign.collect.outcome import CollectedFile, CollectionOutcome, ResponseChoice
from iml4e_xlsx.campaign.collect.owners import OwnerDoubt
from iml4e_xlsx.campaign.corrections.assign import AssignmentOutcome, CountChange
from iml4e_xlsx.campaign.people.participant_messages import format_day
from iml4e_xlsx.campaign.record.returned_file import ReturnedFile, ReturnState
from iml4e_xlsx.cli.campaign.send_messages import listed
from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.findings.finding import Severity
from iml4e_xlsx.model import Assessment
from iml4e_xlsx.report.tables.table import Column, ColumnKind, ResultTable
from iml4e_xlsx.text.addresses import address_key

_DOUBTS: Final = {
    OwnerDoubt.OTHER_SCHEME: "it is the workbook of another assessment, it belongs to the scheme "
    "{scheme}; the person is to fill in the one that was sent",
    OwnerDoubt.UNKNOWN_ID: "its id is of no workbook of this campaign",
    OwnerDoubt.UNKNOWN_SENDER: "its sender {sender} is not in the roster",
    OwnerDoubt.BEFORE: "its mail is of {day}, before the campaign began",
    OwnerDoubt.SURER: "its sender has returned another one",
}


def collected_views(done: CollectionOutcome) -> list[ResultTable]:
    """Return a row for each file that was taken in; nothing if there is none."""
    if not done.files:
        return []
    columns = (
        Column("source", "Came as"),
        Column("name", "Whose"),
        Column("by", "Known by", dispensable=1),
        Column("answered", "Answered", ColumnKind.CODE),
        Column("remark", "Remark", ColumnKind.LONG),
    )
    return [
        ResultTable(
            name="taken",
            title="What was taken in",
            columns=columns,
            rows=tuple(_taken_row(one) for one in done.files),
        )
    ]


def _taken_row(one: CollectedFile) -> tuple[str, str, str, str, str]:
    whose = one.person.name if one.person else "nobody's: put aside"
    answered = ""
    if isinstance(one.outcome, Assessment):
        overall = one.outcome.result.overall
        answered = f"{overall.answered} of {overall.statements}"
    known_by = one.matched.value if one.person else ""
    return (
        one.source,
        whose,
        known_by,
        answered,
        "; ".join(part.rstrip(".") for part in _remarks(one)),
    )


def _remarks(one: CollectedFile) -> Iterator[str]:
    """Yield what was wrong with a file, and what is odd about whose it is."""
    if isinstance(one.outcome, Failure):
        if OwnerDoubt.OTHER_SCHEME not in one.doubts:  # which says the same
            yield one.outcome.message.removeprefix(f"{one.outcome.source}: ")
    elif one.outcome is not None:
        errors = sum(finding.severity is Severity.ERROR for finding in one.outcome.findings)
        if errors:
            yield f"{errors} answer{'s' * (errors > 1)} could not be read"
    for doubt in one.doubts:
        of = one.outcome.response if isinstance(one.outcome, Assessment) else one.outcome
        yield _DOUBTS[doubt].format(
            sender=one.delivery.sender,
            day=format_day(one.delivery.received),
            scheme=of and f"{of.scheme} {of.version}",
        )
    sender = one.delivery.sender
    if sender and one.person and address_key(sender) != address_key(one.person.mail):
        yield f"sent by {sender}"


def notices_said(done: CollectionOutcome) -> Iterator[str]:
    """Yield what counts now instead of something else, and which mails want to be read."""
    for choice in done.choices:
        yield _chosen(choice)
    for found in done.owner_updates:
        yield f"{_named(found.file)} was nobody's and is {found.person.name}'s now."
    if done.blank_returns:
        yield f"Came back as issued, without an answer: {listed(done.blank_returns)}."
    for bounced in done.bounces:
        yield f"{bounced.person.mail}: the mail came back: {bounced.words}"
    origins = done.mails_without_workbook
    if origins:
        yield f"Mails of people in the roster without a workbook: {len(origins)}:"
    for origin in origins:
        day = format_day(origin.received) if origin.received else ""
        yield f"  {origin.sender}  {day}  {origin.subject}".rstrip()


def _chosen(one: ResponseChoice) -> str:
    """Return which of a person's responses counts, which does not, and how to undo that."""
    said = f"{one.person.name}: {_named(one.current)} counts"
    if one.previous is not None:
        said += f" now; before it was {_named(one.previous)}"
    if one.others:
        said += f", not {', '.join(map(_named, one.others))}"
    return f"{said}. If that is wrong: iml4e campaign assign {one.current.handle} --nobody"


def _named(one: ReturnedFile) -> str:
    by = f", sent by {one.other_sender}" if one.other_sender else ""
    return f"{one.source} ({one.answered} of {one.total} answered, {one.handle}{by})"


def assigned_said(done: AssignmentOutcome) -> str:
    """Return whose a file is now, and what counts since then."""
    one, owner, former = done.now, done.owner, done.former
    called = done.before.file or one.source
    if owner is None:
        said = f"{called} is nobody's now"
        said += f": {one.file}." if one.file not in ("", called) else "."
    else:
        said = f"{called} is {owner.person.name}'s now{_effect(done, owner)}."
    if former is not None and former.before is not None and former.before.id == one.id:
        what = f"{_brief(former.now)} counts" if former.now else "nothing counts"
        said += f" Of {former.person.name} {what} now."
    return said


def _effect(done: AssignmentOutcome, owner: CountChange) -> str:
    """Return what a file is to the person that it was given to."""
    one, before = done.now, owner.before
    if one.state is ReturnState.FAILED:
        return "; it could not be read"
    answered = f" ({one.answered} of {one.total} answered)"
    if before is None or before.id == one.id:
        return answered
    if owner.now is not None and owner.now.id == one.id:
        return f"{answered}; it takes the place of {_brief(before)}"
    return f"{answered}; {_brief(before)} still counts"


def _brief(one: ReturnedFile) -> str:
    return f"{one.source} ({one.answered} of {one.total})"


def next_said(done: CollectionOutcome) -> str:
    """Return how to go on after a run."""
    if any(one.person and one.has_errors for one in done.files):
        return "Next, texts for those whose file had problems: iml4e campaign status --reply"
    return "Next, who is missing: iml4e campaign status"


def collected_said(done: CollectionOutcome) -> str:
    """Return how many files of which kind there were, each in one count."""
    theirs = Counter(one.state for one in done.files if one.person is not None)
    counts = {
        "Could not be read": theirs[ReturnState.FAILED],
        "Nobody's, put aside": len(done.unowned_files),
        "Collected before": done.repeat_count,
        "As issued, not filled in": len(done.blank_returns),
        "Our own mails": done.own_mail_count,
        "Erased before, left out": done.erased_count,
        "Mails that came back as undeliverable": len(done.bounces),
    }
    others = [f"{what}: {count}." for what, count in counts.items() if count]
    return " ".join([f"New responses: {theirs[ReturnState.READ]}.", *others])
