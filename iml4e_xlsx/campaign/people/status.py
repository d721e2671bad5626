"""Who is missing, who is incomplete, whose file had problems, and what is nobody's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.headerregistry import Address
from fractions import Fraction
from typing import Any

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.people.counted_responses import score_returned_file
from iml4e_xlsx.campaign.people.participant import Participant, list_participants
from iml4e_xlsx.campaign.people.participant_messages import (
    describe_mails,
    describe_problem,
    format_day,
)
from iml4e_xlsx.campaign.people.stages import Stage
from iml4e_xlsx.campaign.record import returns
from iml4e_xlsx.campaign.record.answers import load_responses
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.mails import MailKind, MailRecord
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.campaign.record.returned_file import ReturnedFile, ReturnState
from iml4e_xlsx.findings.finding import Severity
from iml4e_xlsx.report.formats.json_text import render_json
from iml4e_xlsx.report.formats.render import render_tables
from iml4e_xlsx.report.formats.reply import write_reply
from iml4e_xlsx.report.tables.table import (
    CellValue,
    Column,
    ColumnKind,
    ResultTable,
    format_percent,
)
from iml4e_xlsx.text.interface_texts import load_texts
from iml4e_xlsx.text.texts import Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """
    Where a campaign stands.

    `people` are those in the roster, the most urgent stage first; `unlisted` those who are no
    longer in it; `aside` what came back and is nobody's, `strange` which of it belongs to another
    scheme, by id; `replies` what to write to those whose file had problems, by person.
    """

    name: str
    people: tuple[Participant, ...]
    unlisted: tuple[Participant, ...]
    aside: tuple[ReturnedFile, ...]
    strange: frozenset[int]
    anonymous_ratings: int
    replies: Mapping[int, str]

    @property
    def returned(self) -> int:
        """Return how many of the people have returned a workbook that could be read."""
        return sum(one.response is not None for one in self.people)

    @property
    def rate(self) -> Fraction | None:
        """Return the share of people who have; None without people."""
        return Fraction(self.returned, len(self.people)) if self.people else None

    @property
    def counts(self) -> Mapping[Stage, int]:
        """Return how many people are at each stage."""
        found = Counter(one.stage for one in self.people)
        return {stage: found[stage] for stage in Stage}


def read_status(campaign: Campaign, record: Record, *, now: datetime) -> Status:
    """
    Return where a campaign stands.

    Raises:
        CampaignError: If the scheme of a response is not known any more.
        RecordError: If the record cannot be read.
    """
    with record.begin(now) as tx:
        given = returns.all_returned(tx)
        everybody = list_participants(tx, given)
        wrong = [one for one in everybody if one.stage is Stage.PROBLEMS]
        doubtful = [one.response for one in wrong if one.unread is None and one.response]
        answered = list(zip(doubtful, load_responses(tx, doubtful), strict=True))
    open_ = (ReturnState.READ, ReturnState.FAILED)
    aside = [one for one in given if one.person is None and one.state in open_]
    own = campaign.load_scheme().id if any(one.scheme for one in aside) else ""
    order, schemes = list(Stage), campaign.known_schemes()
    everybody.sort(key=lambda one: order.index(one.stage))
    replies = {
        one.person: write_reply(score_returned_file(one, response, schemes))
        for one, response in answered
        if one.person is not None
    }
    replies |= _failure_replies(campaign, wrong)
    return Status(
        name=campaign.settings.name,
        people=tuple(one for one in everybody if one.person.listed),
        unlisted=tuple(one for one in everybody if not one.person.listed),
        aside=tuple(aside),
        strange=frozenset(one.id for one in aside if one.scheme and one.scheme != own),
        anonymous_ratings=sum(one.state is ReturnState.ANONYMOUS for one in given),
        replies=replies,
    )


def _failure_replies(campaign: Campaign, wrong: Sequence[Participant]) -> dict[int, str]:
    """Return what to write to people whose file could not be read, each in their language."""
    replies = {}
    for one in wrong:
        texts = load_texts(campaign.choose_language(one.person.language))
        failure = one.unread.restore_failure(texts) if one.unread else None
        if failure is not None:
            replies[one.person.id] = write_reply(failure, texts)
    return replies


_COLUMNS = (
    ("stage", ColumnKind.TEXT),
    ("name", ColumnKind.TEXT),
    ("mail", ColumnKind.TEXT),
    ("team", ColumnKind.TEXT),
    ("mailed", ColumnKind.TEXT),
    ("reminders", ColumnKind.COUNT),
    ("returned", ColumnKind.TEXT),
    ("answered", ColumnKind.SHARE),
    ("errors", ColumnKind.COUNT),
    ("warnings", ColumnKind.COUNT),
    ("problem", ColumnKind.LONG),
)
_IN_BRIEF = ("stage", "name", "mail", "team", "mailed", "returned", "answered")
_DISPENSABLE = {"returned": 3, "team": 2, "mailed": 1}
_PERSONAL = frozenset({"name", "mail", "problem"})


def status_views(
    status: Status,
    texts: Texts,
    *,
    only: Collection[Stage] = (),
    anonymous: bool = False,
    brief: bool = False,
) -> list[ResultTable]:
    """
    Return a row for each person, and one for each file that is nobody's.

    In brief, as a terminal has room for, what is wrong has a table of its own.
    """
    shown = _shown(status, only, anonymous=anonymous)
    names = [
        name
        for name, _ in _COLUMNS
        if not (anonymous and name in _PERSONAL) and not (brief and name not in _IN_BRIEF)
    ]
    views = [_people_view(shown, names, texts, texts("campaign.status_title", name=status.name))]
    wrong = [one for one in shown if describe_problem(one, texts)]
    if brief and wrong and not anonymous:
        title = texts("campaign.problem")
        files = ["file"] if any(one.unread for one in wrong) else []
        views.append(_people_view(wrong, ["name", *files, "problem"], texts, title))
    if status.aside and not anonymous and not only:
        views.append(_aside_view(status, texts, brief=brief))
    return [replace(views[0], note=summary(status, texts)), *views[1:]]


def _shown(status: Status, only: Collection[Stage], *, anonymous: bool) -> list[Participant]:
    """Return the people at some stages; anonymous ones in no order that the roster has."""
    shown = [one for one in status.people if not only or one.stage in only]
    if anonymous:
        order = list(Stage)
        shown.sort(key=lambda one: (order.index(one.stage), *map(str, _bare(one).values())))
    return shown


def _people_view(
    people: Sequence[Participant], names: Sequence[str], texts: Texts, title: str
) -> ResultTable:
    kinds = {**dict(_COLUMNS), "file": ColumnKind.FILE}
    rows = [_row(one, texts) for one in people]
    return ResultTable(
        name="people",
        title=title,
        columns=tuple(
            Column(name, texts(f"campaign.{name}"), kinds[name], _DISPENSABLE.get(name, 0))
            for name in names
        ),
        rows=tuple(tuple(row[name] for name in names) for row in rows),
    )


def summary(status: Status, texts: Texts) -> str:
    """Return where the campaign stands in a sentence or two."""
    said = [
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
        said.append(", ".join(parts) + ".")
    if status.aside:
        said.append(texts("campaign.count_aside", count=len(status.aside)))
    if status.anonymous_ratings:
        said.append(texts("campaign.count_anonymous", count=status.anonymous_ratings))
    if status.unlisted:
        said.append(texts("campaign.count_unlisted", count=len(status.unlisted)))
    return " ".join(said)


def _row(one: Participant, texts: Texts) -> dict[str, CellValue]:
    response = one.response
    return {
        "stage": texts(f"campaign.stage_{one.stage.value}"),
        "name": one.person.name,
        "mail": one.person.mail,
        "team": one.person.profile.team,
        "mailed": describe_mails(one, texts),
        "reminders": len(one.reminders),
        "returned": "" if response is None else format_day(response.received),
        "answered": None if response is None else Fraction(response.answered, response.total or 1),
        "errors": None if response is None else response.count_findings(Severity.ERROR),
        "warnings": None if response is None else response.count_findings(Severity.WARNING),
        "file": one.unread.handle if one.unread else "",
        "problem": describe_problem(one, texts),
    }


def _strangeness(one: ReturnedFile, status: Status, texts: Texts) -> str:
    """Return why a file lies aside, if that is more than that nobody is known for it."""
    if one.id not in status.strange:
        failure = one.restore_failure(texts)
        return "" if failure is None else failure.message
    return texts("campaign.other_scheme", source=one.source, scheme=one.scheme, version=one.version)


def _aside_view(status: Status, texts: Texts, *, brief: bool) -> ResultTable:
    """Return a row for each file that is nobody's; in brief without the columns that are empty."""
    kinds = {
        "file": ColumnKind.FILE,
        **dict.fromkeys(("source", "sender", "received", "respondent", "team"), ColumnKind.TEXT),
        "problem": ColumnKind.LONG,
    }
    rows = [
        {
            "file": one.handle,
            "source": one.source,
            "sender": one.sender,
            "received": format_day(one.received),
            "respondent": one.profile.respondent,
            "team": one.profile.team,
            "problem": _strangeness(one, status, texts),
        }
        for one in status.aside
    ]
    names = [name for name in kinds if not brief or any(row[name] for row in rows)]
    return ResultTable(
        name="aside",
        title=texts("campaign.aside_title"),
        note=texts("campaign.aside_note"),
        columns=tuple(Column(name, texts(f"campaign.{name}"), kinds[name]) for name in names),
        rows=tuple(tuple(row[name] for name in names) for row in rows),
    )


def status_document(
    status: Status, texts: Texts, *, only: Collection[Stage] = (), anonymous: bool = False
) -> dict[str, Any]:
    """Return a status as data; moments as ISO 8601 in UTC, the share of answers as a float."""
    chosen = _shown(status, only, anonymous=anonymous)
    document: dict[str, Any] = {
        "campaign": status.name,
        "people": len(status.people),
        "returned": status.returned,
        "rate": None if status.rate is None else float(status.rate),
        "counts": {stage.value: count for stage, count in status.counts.items()},
        "unlisted": len(status.unlisted),
        "anonymous_ratings": status.anonymous_ratings,
        "persons": [_bare(one) if anonymous else _entry(one, status, texts) for one in chosen],
    }
    if not anonymous:
        document["aside"] = [_aside_entry(one, status, texts) for one in status.aside]
    return document


def _bare(one: Participant) -> dict[str, Any]:
    """Return where somebody stands, without what leads to a person: of moments only the day."""
    response, mail, last = one.response, one.invitation, one.last(MailKind.REMINDER)
    return {
        "stage": one.stage.value,
        "organisation": one.person.profile.organisation,
        "team": one.person.profile.team,
        "mail_state": None if mail is None else mail.state.value,
        "mailed": None if mail is None else format_day(mail.changed),
        "reminders": len(one.reminders),
        "reminded": None if last is None else format_day(last.changed),
        "returned": None if response is None else format_day(response.received),
        "answered": None if response is None else response.answered,
        "statements": None if response is None else response.total,
        "errors": None if response is None else response.count_findings(Severity.ERROR),
        "warnings": None if response is None else response.count_findings(Severity.WARNING),
        "earlier": sum(other.state is ReturnState.READ for other in one.others),
    }


def _entry(one: Participant, status: Status, texts: Texts) -> dict[str, Any]:
    response, mail, last = one.response, one.invitation, one.last(MailKind.REMINDER)
    unread = one.unread or response
    return {
        "name": one.person.name,
        "mail": one.person.mail,
        "role": one.person.profile.role,
        **_bare(one),
        "mailed": None if mail is None else mail.changed.isoformat(),
        "reminded": None if last is None else last.changed.isoformat(),
        "returned": None if response is None else response.received.isoformat(),
        "mails": [_mail_entry(each) for each in one.mails],
        "workbook_id": one.person.workbook_id,
        "matched": None if unread is None else unread.matched.value,
        "source": None if unread is None else unread.source,
        "handle": None if unread is None else unread.handle,
        "file": None if unread is None else unread.file,
        "problem": describe_problem(one, texts),
        "reply": status.replies.get(one.person.id),
    }


def _mail_entry(one: MailRecord) -> dict[str, Any]:
    return {
        "kind": one.kind.value,
        "number": one.number,
        "state": one.state.value,
        "message_id": one.message_id,
        "changed": one.changed.isoformat(),
        "words": one.words,
    }


def _aside_entry(one: ReturnedFile, status: Status, texts: Texts) -> dict[str, Any]:
    return {
        "handle": one.handle,
        "file": one.file,
        "source": one.source,
        "sender": one.sender,
        "received": one.received.isoformat(),
        "respondent": one.profile.respondent,
        "team": one.profile.team,
        "workbook_id": one.workbook_id,
        "code": one.code,
        "message": _strangeness(one, status, texts),
    }


def render_status(
    status: Status,
    form: str,
    texts: Texts,
    *,
    only: Collection[Stage] = (),
    anonymous: bool = False,
) -> bytes:
    """Return a status as `json`, or its tables in a format of `render_tables`."""
    if form == "json":
        return render_json(status_document(status, texts, only=only, anonymous=anonymous)).encode()
    brief = form == "table"
    views = status_views(status, texts, only=only, anonymous=anonymous, brief=brief)
    return render_tables(views[:1] if form == "csv" else views, form)


def replies_text(status: Status, *, only: Collection[Stage] = ()) -> str:
    """Return the replies to those whose file had problems, each with whom it is to."""
    parts = [
        f"To: {_recipient(one.person)}\n\n{status.replies[one.person.id]}"
        for one in (*status.people, *status.unlisted)
        if one.person.id in status.replies and (not only or one.stage in only)
    ]
    return f"\n{'-' * 76}\n\n".join(parts)


def _recipient(person: Person) -> str:
    """Return name and address as mail programs take them: a name with a comma is quoted."""
    local, _, domain = person.mail.rpartition("@")
    return str(Address(person.name, local, domain))
