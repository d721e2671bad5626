"""Shows the status of a campaign as tables or as data, also without what leads to a person."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from iml4e_xlsx.campaign.people.aside_files import make_aside_entry, make_aside_table
from iml4e_xlsx.campaign.people.closed_status import closed_document, make_closed_table
from iml4e_xlsx.campaign.people.folder_table import make_folder_entry, make_folder_table
from iml4e_xlsx.campaign.people.letter_messages import make_letter_entry, make_letter_table
from iml4e_xlsx.campaign.people.oddities import list_oddities, make_odd_table
from iml4e_xlsx.campaign.people.participant import Participant
from iml4e_xlsx.campaign.people.participant_messages import (
    describe_mails,
    describe_problem,
    format_day,
    make_mail_entry,
)
from iml4e_xlsx.campaign.people.rating_coverage import list_coverage, make_coverage_table
from iml4e_xlsx.campaign.people.stages import Stage
from iml4e_xlsx.campaign.people.status import Status
from iml4e_xlsx.campaign.record.mails import MailKind
from iml4e_xlsx.campaign.record.returned_file import ReturnState
from iml4e_xlsx.findings.finding import Severity
from iml4e_xlsx.report.formats.json_text import render_json
from iml4e_xlsx.report.formats.render import render_tables
from iml4e_xlsx.report.tables.participation import AskedPerson
from iml4e_xlsx.report.tables.table import (
    CellValue,
    Column,
    ColumnKind,
    ResultTable,
    format_percent,
)
from iml4e_xlsx.text.texts import Texts

_COLUMNS: Final = (
    ("stage", ColumnKind.TEXT),
    ("name", ColumnKind.TEXT),
    ("mail", ColumnKind.TEXT),
    ("team", ColumnKind.TEXT),
    ("mailed", ColumnKind.TEXT),
    ("reminders", ColumnKind.COUNT),
    ("returned", ColumnKind.TEXT),
    ("completeness", ColumnKind.SHARE),
    ("answered", ColumnKind.COUNT),
    ("statements", ColumnKind.COUNT),
    ("errors", ColumnKind.COUNT),
    ("warnings", ColumnKind.COUNT),
    ("problem", ColumnKind.LONG),
)
_IN_BRIEF: Final = ("stage", "name", "mail", "team", "mailed", "returned", "completeness")
_DISPENSABLE: Final = {"returned": 3, "team": 2, "mailed": 1}
_PERSONAL: Final = frozenset({"name", "mail", "problem"})
_OF_ANSWERS: Final = frozenset({"completeness", "answered", "statements", "errors", "warnings"})
"""The columns of what is in a workbook, which nobody knows in an anonymous round."""


def _give_no_hint(_: Participant) -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusHints:
    """
    What the program that shows a status adds: how to mend a problem with its own means.

    `for_problem` returns a sentence for a person who has one; `for_aside` says what to do with
    the files that are nobody's, `for_letters` and `for_odd` the same
    of letters and odd answers.
    """

    for_problem: Callable[[Participant], str] = _give_no_hint
    for_aside: str = ""
    for_letters: str = ""
    for_odd: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusOptions:
    """
    What of a status is shown: people at `only` these stages, and whether `anonymous`.

    An anonymous status has no names and no addresses, and not the order of the roster. `teams` are
    the people in the roster by id, with the team as which each is shown, where small ones are not:
    see `RoundResults.list_shown_teams`.
    """

    only: Collection[Stage] = ()
    anonymous: bool = False
    teams: Mapping[int, AskedPerson] | None = None
    hints: StatusHints = StatusHints()


_EVERYTHING: Final = StatusOptions()


def make_status_tables(
    status: Status, texts: Texts, options: StatusOptions = _EVERYTHING, *, brief: bool = False
) -> list[ResultTable]:
    """
    Make a table with a row for each person, and one with a row for each file that is nobody's.

    In brief, as a terminal has room for, the problems have a table of their own.
    """
    if status.closed is not None:
        return [make_closed_table(_make_title(status, texts), status.closed, texts)]
    anonymous, status = options.anonymous, _show_teams(status, options.teams)
    participants = _select_people(status, options)
    rows = [_make_row(participant, texts, options.hints) for participant in participants]
    names = [
        name
        for name, _ in _COLUMNS
        if not (anonymous and name in _PERSONAL)
        and not (brief and name not in _IN_BRIEF)
        and not (status.promised_fewest is not None and name in _OF_ANSWERS)
    ]
    title = _make_title(status, texts)
    people = _make_people_table(rows, names, texts, title)
    tables = [replace(people, note=summarize_status(status, texts))]
    troubled = [row for row in rows if row["problem"]]
    if brief and troubled and not anonymous:
        files = ["file"] if any(row["file"] for row in troubled) else []
        problems = ["name", *files, "problem"]
        tables.append(_make_people_table(troubled, problems, texts, texts("campaign.problem")))
    if status.coverage is not None and options.teams is None and not options.only:
        tables.append(make_coverage_table(status.coverage, texts))
    if status.aside and not anonymous and not options.only:
        tables.append(make_aside_table(status, texts, options.hints.for_aside, brief=brief))
    if status.odd_people and not anonymous and not options.only:
        note = options.hints.for_odd
        tables.append(make_odd_table(status.odd_people, status.everybody, texts, note))
    if status.letters and not anonymous and not options.only:
        everybody = (*status.people, *status.unlisted)
        people_names = {one.person.id: one.person.name for one in everybody}
        tables.append(
            make_letter_table(status.letters, people_names, texts, options.hints.for_letters)
        )
    if len(status.folders) > 1 and not anonymous and not options.only:
        tables.append(make_folder_table(status.folders, status.own_folder, texts))
    return tables


def _make_title(status: Status, texts: Texts) -> str:
    """Return the title of the first table: with the teams, where it is of some only."""
    if not status.team_names:
        return texts("campaign.status_title", name=status.name)
    return texts("campaign.status_title_of", name=status.name, teams=status.team_names)


def _show_teams(status: Status, teams: Mapping[int, AskedPerson] | None) -> Status:
    """Return a status in which people are of the teams that are shown."""
    if teams is None:
        return status

    def rename(participant: Participant) -> Participant:
        person, shown = participant.person, teams[participant.person.id]
        profile = replace(person.profile, organisation=shown.organisation, team=shown.team)
        return replace(participant, person=replace(person, profile=profile))

    return replace(status, people=tuple(map(rename, status.people)))


def _select_people(status: Status, options: StatusOptions) -> list[Participant]:
    """Return the people at some stages; anonymous ones in an order that the roster has not."""
    participants = [
        participant
        for participant in status.people
        if not options.only or participant.stage in options.only
    ]
    if options.anonymous:
        order = list(Stage)
        participants.sort(
            key=lambda person: (
                order.index(person.stage),
                *map(str, _make_anonymous_entry(person).values()),
            )
        )
    return participants


def _make_people_table(
    rows: Sequence[dict[str, CellValue]], names: Sequence[str], texts: Texts, title: str
) -> ResultTable:
    kinds = {**dict(_COLUMNS), "file": ColumnKind.FILE}
    return ResultTable(
        name="people",
        title=title,
        columns=tuple(
            Column(name, texts(f"campaign.{name}"), kinds[name], _DISPENSABLE.get(name, 0))
            for name in names
        ),
        rows=tuple(tuple(row[name] for name in names) for row in rows),
    )


def summarize_status(status: Status, texts: Texts) -> str:
    """Say in a sentence or two how far the campaign has come."""
    sentences = [
        texts(
            "campaign.returned_of",
            returned=status.returned,
            people=len(status.people),
            rate=format_percent(status.rate),
        )
    ]
    parts = [
        texts(f"campaign.count_{stage.value}", count=count)
        for stage, count in status.counts.items()
        if count
    ]
    if parts:
        sentences.append(", ".join(parts) + ".")
    if status.promised_fewest is not None:
        sentences.append(texts("campaign.anonymous_note"))
    if status.aside:
        sentences.append(texts("campaign.count_aside", count=len(status.aside)))
    if status.odd_people:
        sentences.append(texts("campaign.count_odd", count=len(status.odd_people)))
    if status.letters:
        sentences.append(texts("campaign.count_letters", count=len(status.letters)))
    if status.anonymous_files:
        sentences.append(texts("campaign.count_anonymous", count=len(status.anonymous_files)))
    if status.unlisted:
        sentences.append(texts("campaign.count_unlisted", count=len(status.unlisted)))
    return " ".join(sentences)


def _explain_problem(participant: Participant, texts: Texts, hints: StatusHints) -> str:
    """Return what is wrong about a person, and what helps."""
    problem = describe_problem(participant, texts)
    return f"{problem} {hints.for_problem(participant)}".rstrip() if problem else ""


def _make_row(participant: Participant, texts: Texts, hints: StatusHints) -> dict[str, CellValue]:
    response, unread = participant.response, participant.unread_file
    return {
        "stage": texts(f"campaign.stage_{participant.stage.value}"),
        "name": participant.person.name,
        "mail": participant.person.mail,
        "team": participant.person.profile.team,
        "mailed": describe_mails(participant, texts),
        "reminders": len(participant.reminders),
        "returned": _return_day(participant) or "",
        "completeness": participant.completeness,
        "answered": None if response is None else participant.answered,
        "statements": None if response is None else participant.asked,
        "errors": None if response is None else response.count_findings(Severity.ERROR),
        "warnings": None if response is None else response.count_findings(Severity.WARNING),
        "file": "" if unread is None else unread.handle,
        "problem": _explain_problem(participant, texts, hints),
    }


def _return_day(participant: Participant) -> str | None:
    """Return the day on which the workbook came that counts, in ISO 8601; None if none did."""
    if participant.response is not None:
        return format_day(participant.response.received)
    day = participant.attendance.returned
    return None if day is None else day.isoformat()


def status_document(
    status: Status, texts: Texts, options: StatusOptions = _EVERYTHING
) -> dict[str, Any]:
    """Return a status as data; moments as ISO 8601 in UTC, the share of answers as a float."""
    if status.closed is not None:
        return closed_document(status.name, status.closed)
    status = _show_teams(status, options.teams)
    document: dict[str, Any] = {
        "campaign": status.name,
        **({"of_teams": list(status.team_names)} if status.team_names else {}),
        "anonymous": status.promised_fewest is not None,
        "people": len(status.people),
        "returned": status.returned,
        "rate": None if status.rate is None else float(status.rate),
        "counts": {stage.value: count for stage, count in status.counts.items()},
        "unlisted": len(status.unlisted),
        "anonymous_ratings": len(status.anonymous_files),
        "persons": [
            _make_anonymous_entry(participant)
            if options.anonymous
            else _make_entry(participant, status, texts, options.hints)
            for participant in _select_people(status, options)
        ],
    }
    # Who has rated what, of a team that may be small, is not shown then.
    if status.coverage is not None and options.teams is None:
        document["coverage"] = list_coverage(status.coverage)
    if not options.anonymous:
        everybody = (*status.people, *status.unlisted)
        mails = {one.person.id: one.person.mail for one in everybody}
        document["letters"] = [make_letter_entry(letter, mails) for letter in status.letters]
        document["aside"] = [make_aside_entry(file, status, texts) for file in status.aside]
        own = status.own_folder
        document["folders"] = [make_folder_entry(folder, own) for folder in status.folders]
    return document


def _make_anonymous_entry(participant: Participant) -> dict[str, Any]:
    """Return how far a person has come, without what leads to them: of moments only the day."""
    response, invitation = participant.response, participant.invitation
    reminder = participant.newest_mail(MailKind.REMINDER)
    share = participant.completeness
    return {
        "stage": participant.stage.value,
        "organisation": participant.person.profile.organisation,
        "team": participant.person.profile.team,
        "mail_state": None if invitation is None else invitation.state.value,
        "mailed": None if invitation is None else format_day(invitation.changed),
        "reminders": len(participant.reminders),
        "reminded": None if reminder is None else format_day(reminder.changed),
        "returned": _return_day(participant),
        "completeness": None if share is None else float(share),
        "answered": None if response is None else participant.answered,
        "dont_know": None if response is None else response.dont_know,
        "statements": None if response is None else participant.asked,
        "errors": None if response is None else response.count_findings(Severity.ERROR),
        "warnings": None if response is None else response.count_findings(Severity.WARNING),
        "earlier": sum(file.state is ReturnState.READ for file in participant.other_files),
    }


def _make_entry(
    participant: Participant, status: Status, texts: Texts, hints: StatusHints
) -> dict[str, Any]:
    response, invitation = participant.response, participant.invitation
    reminder = participant.newest_mail(MailKind.REMINDER)
    file = participant.unread_file or response
    return {
        "name": participant.person.name,
        "mail": participant.person.mail,
        "role": participant.person.profile.role,
        **_make_anonymous_entry(participant),
        "mailed": None if invitation is None else invitation.changed.isoformat(),
        "reminded": None if reminder is None else reminder.changed.isoformat(),
        "returned": _return_day(participant) if response is None else response.received.isoformat(),
        "mails": [make_mail_entry(mail, texts) for mail in participant.mails],
        "workbook_id": participant.person.workbook_id,
        "matched": None if file is None else file.matched.value,
        "source": None if file is None else file.source,
        "handle": None if file is None else file.handle,
        "file": None if file is None else file.file,
        "declined": (
            participant.person.declined.isoformat() if participant.person.declined else None
        ),
        "letters": [letter.handle for letter in participant.letters],
        "sender": None if response is None else response.sender,
        "respondent": None if response is None else response.profile.respondent,
        "oddities": list(list_oddities(participant, status.everybody)),
        "problem": _explain_problem(participant, texts, hints),
        "reply": status.replies.get(participant.person.id),
    }


def render_status(
    status: Status, format_name: str, texts: Texts, options: StatusOptions = _EVERYTHING
) -> bytes:
    """Render a status as `json`, or its tables in a format of `render_tables`."""
    if format_name == "json":
        return render_json(status_document(status, texts, options)).encode()
    tables = make_status_tables(status, texts, options, brief=format_name == "table")
    return render_tables(tables[:1] if format_name == "csv" else tables, format_name)
