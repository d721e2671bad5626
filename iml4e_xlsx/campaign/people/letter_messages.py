"""Shows letters: in a line, in a table, as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from iml4e_xlsx.campaign.people.participant_messages import format_day
from iml4e_xlsx.campaign.record.letters import Letter
from iml4e_xlsx.report.tables.table import Column, ColumnKind, ResultTable
from iml4e_xlsx.text.texts import Texts


def describe_letter(letter: Letter, texts: Texts) -> str:
    """Say in a line what a letter is: its name, the sender, the day, the subject."""
    line = texts(
        "campaign.letter_line",
        letter=letter.handle,
        sender=letter.sender or texts("campaign.no_sender"),
        day=format_day(letter.received),
        kind=texts(f"campaign.kind_{letter.kind.value}"),
        subject=letter.subject,
    ).rstrip(": ")
    if letter.until is None:
        return line
    return texts("campaign.letter_until", line=line, day=letter.until.isoformat())


def make_letter_table(
    letters: Sequence[Letter], names: Mapping[int, str], texts: Texts, note: str
) -> ResultTable:
    """Make a row for each letter; `names` are those of the people they may be about."""
    columns = (
        Column("letter", texts("campaign.letter")),
        Column("received", texts("campaign.received")),
        Column("sender", texts("campaign.sender")),
        Column("about", texts("campaign.about"), dispensable=1),
        Column("kind", texts("campaign.kind"), dispensable=2),
        Column("until", texts("campaign.until")),
        Column("subject", texts("campaign.subject"), ColumnKind.LONG),
    )
    rows = tuple(
        (
            letter.handle,
            format_day(letter.received),
            letter.sender,
            names.get(letter.person or 0, ""),
            texts(f"campaign.kind_{letter.kind.value}"),
            letter.until.isoformat() if letter.until else "",
            letter.subject,
        )
        for letter in letters
    )
    title = texts("campaign.letters_title")
    return ResultTable(name="letters", title=title, note=note, columns=columns, rows=rows)


def make_letter_entry(letter: Letter, mails: Mapping[int, str]) -> dict[str, Any]:
    """Return a letter as data; `mails` are the addresses of the people it may be about."""
    return {
        "letter": letter.handle,
        "kind": letter.kind.value,
        "sender": letter.sender,
        "about": mails.get(letter.person or 0),
        "received": letter.received.isoformat(),
        "until": letter.until.isoformat() if letter.until else None,
        "subject": letter.subject,
        "message_id": letter.message_id,
    }
