"""Tells what is odd about the response that counts for a person, as long as it counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from iml4e_xlsx.campaign.people.participant import Participant
from iml4e_xlsx.campaign.people.participant_messages import format_day
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.report.tables.table import Column, ColumnKind, ResultTable
from iml4e_xlsx.text.person_names import may_be_same_name
from iml4e_xlsx.text.texts import Texts


def list_oddities(participant: Participant, everybody: Collection[Person]) -> Iterator[str]:
    """
    Yield a code for each oddity of the response that counts; `everybody` has been in the roster.

    The texts stand under `campaign.odd_<code>`.
    """
    response, person = participant.response, participant.person
    if response is None:
        return
    if response.other_round is not None:
        yield "other-round"
    elif response.workbook_id not in ("", person.workbook_id):
        owner = _find_owner(response.workbook_id, everybody)
        yield "unknown-id" if owner is None else "other-workbook"
    if response.other_sender:
        yield "other-sender"
    # Only who is not named by their own name can be confused with somebody else.
    respondent = response.profile.respondent
    is_own = may_be_same_name(respondent, person.name)
    if not is_own and any(may_be_same_name(respondent, other.name) for other in everybody):
        yield "other-name"
    if person.declined is not None:
        yield "declined"


def describe_oddities(participant: Participant, everybody: Collection[Person], texts: Texts) -> str:
    """Say what is odd about the response that counts; empty if nothing is."""
    response, declined = participant.response, participant.person.declined
    if response is None:
        return ""
    other, owner = response.other_round, _find_owner(response.workbook_id, everybody)
    return "; ".join(
        texts(
            f"campaign.odd_{code}",
            sender=response.other_sender,
            respondent=response.profile.respondent,
            round=other.name if other else "",
            person=other.person if other else "",
            owner=owner.name if owner else "",
            day=format_day(declined) if declined else "",
        )
        for code in list_oddities(participant, everybody)
    )


def make_odd_table(
    people: Iterable[Participant], everybody: Collection[Person], texts: Texts, note: str
) -> ResultTable:
    """Make a row for each person whose response counts, and is odd."""
    kinds = [("name", ColumnKind.TEXT), ("file", ColumnKind.FILE), ("odd", ColumnKind.LONG)]
    rows = tuple(
        (
            participant.person.name,
            participant.response.handle if participant.response else "",
            describe_oddities(participant, everybody, texts),
        )
        for participant in people
    )
    columns = tuple(Column(name, texts(f"campaign.{name}"), kind) for name, kind in kinds)
    title = texts("campaign.odd_title")
    return ResultTable(name="odd", title=title, note=note, columns=columns, rows=rows)


def _find_owner(workbook_id: str, everybody: Collection[Person]) -> Person | None:
    """Return the person for whom a workbook was made, or None."""
    found = (person for person in everybody if person.workbook_id == workbook_id)
    return next(found, None) if workbook_id else None
