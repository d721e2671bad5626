"""Tells what is odd about the response that counts for a person, as long as it counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from iml4e_xlsx.campaign.people.participant import Participant
from iml4e_xlsx.campaign.people.participant_messages import format_day
from iml4e_xlsx.report.tables.table import Column, ColumnKind, ResultTable
from iml4e_xlsx.text.spelling import name_key
from iml4e_xlsx.text.texts import Texts


def list_oddities(participant: Participant, names: Collection[str]) -> Iterator[str]:
    """
    Yield a code for each oddity of the response that counts; `names` are those in the roster.

    The texts stand under `campaign.odd_<code>`.
    """
    response, person = participant.response, participant.person
    if response is None:
        return
    if response.other_round is not None:
        yield "other-round"
    elif response.workbook_id not in ("", person.workbook_id):
        yield "unknown-id"
    if response.other_sender:
        yield "other-sender"
    respondent = name_key(response.profile.respondent)
    others = {name_key(name) for name in names} - {name_key(person.name), ""}
    if respondent in others:
        yield "other-name"
    if person.declined is not None:
        yield "declined"


def describe_oddities(participant: Participant, names: Collection[str], texts: Texts) -> str:
    """Say what is odd about the response that counts; empty if nothing is."""
    response, declined = participant.response, participant.person.declined
    if response is None:
        return ""
    other = response.other_round
    return "; ".join(
        texts(
            f"campaign.odd_{code}",
            sender=response.other_sender,
            respondent=response.profile.respondent,
            round=other.name if other else "",
            person=other.person if other else "",
            day=format_day(declined) if declined else "",
        )
        for code in list_oddities(participant, names)
    )


def make_odd_table(
    people: Iterable[Participant], names: Collection[str], texts: Texts, note: str
) -> ResultTable:
    """Make a row for each person whose response counts, and is odd."""
    kinds = [("name", ColumnKind.TEXT), ("file", ColumnKind.FILE), ("odd", ColumnKind.LONG)]
    rows = tuple(
        (
            participant.person.name,
            participant.response.handle if participant.response else "",
            describe_oddities(participant, names, texts),
        )
        for participant in people
    )
    columns = tuple(Column(name, texts(f"campaign.{name}"), kind) for name, kind in kinds)
    title = texts("campaign.odd_title")
    return ResultTable(name="odd", title=title, note=note, columns=columns, rows=rows)
