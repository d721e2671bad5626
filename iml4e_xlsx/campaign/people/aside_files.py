"""Shows the files that came back and are nobody's, and says why they lie aside."""

from __future__ import annotations

from typing import Any

from iml4e_xlsx.campaign.people.participant_messages import format_day
from iml4e_xlsx.campaign.people.status import Status
from iml4e_xlsx.campaign.record.returned_file import ReturnedFile
from iml4e_xlsx.report.tables.table import Column, ColumnKind, ResultTable
from iml4e_xlsx.text.texts import Texts


def describe_doubt(file: ReturnedFile, status: Status, texts: Texts) -> str:
    """Say why a file lies aside, if there is more to it than an unknown owner."""
    if file.other_round is not None:
        key = "campaign.other_round" if file.other_round.person else "campaign.other_round_nobody"
        round_, person = file.other_round.name, file.other_round.person
        return texts(key, source=file.source, round=round_, person=person)
    owner = status.owner_of(file.workbook_id)
    if owner:
        respondent, sender = file.profile.respondent, file.sender
        values = {"owner": owner, "respondent": respondent, "sender": sender}
        return texts("campaign.other_person", source=file.source, **values)
    if file.id not in status.strange:
        failure = file.restore_failure(texts)
        return "" if failure is None else failure.message
    return texts(
        "campaign.other_scheme", source=file.source, scheme=file.scheme, version=file.version
    )


def make_aside_table(status: Status, texts: Texts, note: str, *, brief: bool) -> ResultTable:
    """
    Make a row for each file that is nobody's; in brief without the columns that are empty.

    `note` says what to do with them.
    """
    kinds = {
        "file": ColumnKind.FILE,
        **dict.fromkeys(("source", "sender", "received", "respondent", "team"), ColumnKind.TEXT),
        "problem": ColumnKind.LONG,
    }
    rows = [
        {
            "file": file.handle,
            "source": file.source,
            "sender": file.sender,
            "received": format_day(file.received),
            "respondent": file.profile.respondent,
            "team": file.profile.team,
            "problem": describe_doubt(file, status, texts),
        }
        for file in status.aside
    ]
    names = [name for name in kinds if not brief or any(row[name] for row in rows)]
    return ResultTable(
        name="aside",
        title=texts("campaign.aside_title"),
        note=note,
        columns=tuple(Column(name, texts(f"campaign.{name}"), kinds[name]) for name in names),
        rows=tuple(tuple(row[name] for name in names) for row in rows),
    )


def make_aside_entry(file: ReturnedFile, status: Status, texts: Texts) -> dict[str, Any]:
    """Return a file that is nobody's as data; the moment in ISO 8601, in UTC."""
    return {
        "handle": file.handle,
        "file": file.file,
        "source": file.source,
        "sender": file.sender,
        "received": file.received.isoformat(),
        "respondent": file.profile.respondent,
        "team": file.profile.team,
        "workbook_id": file.workbook_id,
        "round": file.other_round.name if file.other_round else None,
        "code": file.code,
        "message": describe_doubt(file, status, texts),
    }
