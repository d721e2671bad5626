"""Says what was collected, and whose a file is after it was assigned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from iml4e_xlsx.analysis.lost_answers import find_lost_answers
from iml4e_xlsx.campaign.collect.outcome import CollectedFile, CollectionOutcome, ResponseChoice
from iml4e_xlsx.campaign.collect.owners import OwnerDoubt
from iml4e_xlsx.campaign.corrections.assign import AssignmentOutcome, CountChange
from iml4e_xlsx.campaign.people.letter_messages import describe_letter
from iml4e_xlsx.campaign.people.participant_messages import format_day
from iml4e_xlsx.campaign.record.returned_file import ReturnedFile, ReturnState
from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.findings.finding import Severity
from iml4e_xlsx.model import Assessment
from iml4e_xlsx.report.tables.table import Column, ColumnKind, ResultTable
from iml4e_xlsx.text.addresses import address_key
from iml4e_xlsx.text.interface_texts import load_texts
from iml4e_xlsx.text.lists import list_names
from iml4e_xlsx.text.message import Message, message
from iml4e_xlsx.text.texts import Texts

_LISTED_NAMES: Final = 10
"""How many people a message names before it counts the others."""


def collection_tables(outcome: CollectionOutcome) -> list[ResultTable]:
    """Return a table with a row for each new file; nothing if there is none."""
    if not outcome.files:
        return []
    texts = load_texts()
    columns = (
        Column("source", texts("collect.source")),
        Column("name", texts("collect.owner")),
        Column("by", texts("collect.matched"), dispensable=1),
        Column("answered", texts("collect.answered"), ColumnKind.CODE),
        Column("note", texts("collect.note"), ColumnKind.LONG),
    )
    nobody = texts("collect.nobody" if outcome.is_anonymous else "collect.no_owner")
    rows = tuple(_file_row(file, texts, nobody) for file in outcome.files)
    table = ResultTable(name="collected", title=texts("collect.title"), columns=columns, rows=rows)
    return [_leave_out(table, "answered") if outcome.is_anonymous else table]


def _leave_out(table: ResultTable, name: str) -> ResultTable:
    """Return a table without a column."""
    kept = [place for place, column in enumerate(table.columns) if column.name != name]
    return replace(
        table,
        columns=tuple(table.columns[place] for place in kept),
        rows=tuple(tuple(row[place] for place in kept) for row in table.rows),
    )


def _file_row(file: CollectedFile, texts: Texts, nobody: str) -> tuple[str, str, str, str, str]:
    answered = ""
    if isinstance(file.arrival.outcome, Assessment):
        overall = file.arrival.outcome.result.overall
        answered = texts("collect.answered_of", answered=overall.answered, total=overall.statements)
    return (
        file.source,
        file.person.name if file.person else nobody,
        texts(f"collect.matched_{file.owner.matched.value}") if file.person else "",
        answered,
        "; ".join(note.rstrip(".") for note in _file_notes(file, texts)),
    )


def _loss_notes(outcome: Assessment, texts: Texts) -> Iterator[str]:
    """Yield how many answers could not be read, and how many sheets and rows are missing."""
    lost = find_lost_answers(outcome)
    losses = {
        "unread_answers": len(lost.unread),
        "missing_sheets": len(lost.areas),
        "missing_rows": len(lost.missing),
    }
    for key, count in losses.items():
        if count:
            yield texts(f"collect.{key}", count=count)
    errors = sum(finding.severity is Severity.ERROR for finding in outcome.findings)
    if errors and not any(losses.values()):
        yield texts("finding.count_error", count=errors)


def _file_notes(file: CollectedFile, texts: Texts) -> Iterator[str]:
    """Yield what is wrong with a file, and what is doubtful about its owner."""
    outcome, sender = file.arrival.outcome, file.arrival.delivery.sender
    if isinstance(outcome, Failure):
        if OwnerDoubt.OTHER_SCHEME not in file.owner.doubts:  # which says the same
            words = outcome.message.removeprefix(f"{outcome.source}: ")
            hint = f"collect.hint_{outcome.text_key.rpartition('.')[2]}"
            yield f"{words} {texts(hint)}" if hint in texts else words
    elif outcome is not None:
        yield from _loss_notes(outcome, texts)
    round_ = file.arrival.other_round
    for doubt in file.owner.doubts:
        yield texts(
            f"collect.doubt_{doubt.value}",
            sender=sender,
            day=format_day(file.arrival.delivery.received),
            scheme=file.identity.scheme,
            version=file.identity.version,
            round=round_.name if round_ else "",
            person=(round_.person if round_ else "") or texts("collect.somebody"),
            respondent=file.identity.respondent,
        )
    if sender and file.person and address_key(sender) != address_key(file.person.mail):
        yield texts("collect.sent_by", sender=sender)


def notice_lines(outcome: CollectionOutcome) -> Iterator[str]:
    """Yield which responses count instead of others, and which mails should be read."""
    texts = load_texts()
    for choice in outcome.choices:
        yield texts.render(_choice_message(choice))
    for update in outcome.owner_updates:
        file = _file_message(update.file)
        yield texts("collect.owner_update", file=file, person=update.person.name)
    if outcome.blank_returns:
        mails = [person.mail for person in outcome.blank_returns]
        yield texts("collect.blank_returns", people=list_names(mails, _LISTED_NAMES))
    for bounce in outcome.bounces:
        yield texts("collect.bounce", mail=bounce.person.mail, words=bounce.words)
    for copy in outcome.copy_bounces:
        words, address = copy.words.rstrip("."), copy.address
        yield texts("collect.copy_bounce", mail=copy.person.mail, address=address, words=words)


def letter_lines(outcome: CollectionOutcome) -> Iterator[str]:
    """Yield how many letters are new, and a line for each."""
    texts = load_texts()
    if outcome.letters:
        yield texts("collect.letters", count=len(outcome.letters))
    for letter in outcome.letters:
        yield f"  {describe_letter(letter, texts)}"


def _choice_message(choice: ResponseChoice) -> Message:
    """Return which of a person's responses counts, which does not, and how to undo that."""
    if choice.previous is None:
        key = "collect.choice_over"
    else:
        key = "collect.choice_instead_over" if choice.others else "collect.choice_instead"
    return message(
        key,
        person=choice.person.name,
        file=_file_message(choice.current),
        previous=_file_message(choice.previous) if choice.previous else "",
        others=tuple(_file_message(file) for file in choice.others),
        handle=choice.current.handle,
        reason=choice.reason,
    )


def _file_message(file: ReturnedFile) -> Message:
    return message(
        "collect.file_sent_by" if file.other_sender else "collect.file",
        source=file.source,
        answered=file.answered,
        total=file.total,
        handle=file.handle,
        sender=file.other_sender,
    )


def _brief_message(file: ReturnedFile) -> Message:
    return message(
        "assign.file_brief", source=file.source, answered=file.answered, total=file.total
    )


def assignment_text(outcome: AssignmentOutcome) -> str:
    """Return whose a file is now, and which responses count since then."""
    texts = load_texts()
    file, owner, previous = outcome.file, outcome.owner, outcome.previous_owner
    name = outcome.file_before.file or file.source
    if owner is not None:
        sentences = [texts.render(_assigned_message(name, file, owner))]
    elif file.file in ("", name):
        sentences = [texts("assign.no_owner", file=name)]
    else:
        sentences = [texts("assign.no_owner_moved", file=name, path=file.file)]
    if previous is not None and previous.before is not None and previous.before.id == file.id:
        person = previous.person.name
        if previous.now is None:
            sentences.append(texts("assign.nothing_counts", person=person))
        else:
            counting = _brief_message(previous.now)
            sentences.append(texts("assign.other_counts", person=person, file=counting))
    return " ".join(sentences)


def _assigned_message(name: str, file: ReturnedFile, owner: CountChange) -> Message:
    """Return what a file is to the person to whom it was assigned."""
    previous = owner.before
    if file.state is ReturnState.FAILED:
        key = "assign.owner_of_unread"
    elif previous is None or previous.id == file.id:
        key = "assign.owner"
    elif owner.now is not None and owner.now.id == file.id:
        key = "assign.owner_instead"
    else:
        key = "assign.owner_beside"
    return message(
        key,
        file=name,
        person=owner.person.name,
        answered=file.answered,
        total=file.total,
        previous=_brief_message(previous) if previous else "",
    )


def next_step(outcome: CollectionOutcome) -> str:
    """Return how to go on after a run."""
    has_problems = any(file.person and file.has_errors for file in outcome.files)
    return load_texts()("collect.next_reply" if has_problems else "collect.next_status")


def summary_text(outcome: CollectionOutcome) -> str:
    """Return how many files of which kind there were, each in one count."""
    texts = load_texts()
    states = Counter(file.arrival.state for file in outcome.files if file.person is not None)
    counts = {
        "failed": states[ReturnState.FAILED],
        "nobody" if outcome.is_anonymous else "no_owner": len(outcome.unowned_files),
        "repeated": outcome.repeat_count,
        "blank": len(outcome.blank_returns),
        "own_mails": outcome.own_mail_count,
        "erased": outcome.erased_count,
        "bounced": len(outcome.bounces),
    }
    others = [
        texts(f"collect.count_{name}", number=count) for name, count in counts.items() if count
    ]
    return " ".join([texts("collect.count_read", number=states[ReturnState.READ]), *others])
