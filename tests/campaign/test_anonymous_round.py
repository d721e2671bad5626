"""An anonymous round of twelve people over real servers: nobody can tell who rated what."""

from __future__ import annotations

import csv
import itertools
import json
import smtplib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from iml4e_xlsx.campaign.folder.campaign import Campaign, open_campaign
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.round_results import read_results
from iml4e_xlsx.model import RatingValue
from tests.support.builders import small_scheme
from tests.support.campaigns import (
    NOW,
    Row,
    build,
    change_settings,
    collect,
    new_campaign,
    record_of,
    run,
)
from tests.support.forgetting import contents, forms, tables, team_results
from tests.support.returning import filled_of, mail
from tests.support.servers.common import wait_until
from tests.support.servers.mailhost import MailHost

TEAMS: Final = ("Red",) * 5 + ("Green",) * 4 + ("Blue",) * 3
WHOLE, LATE, DECLINES, AWAY = 0, 3, 8, 9
"""The people who send a damaged workbook first, answer after the reminder, decline, are away."""

_rounds = itertools.count(1)


@dataclass
class Round:
    """The round, with all that its people have sent, and all that commands have said."""

    host: MailHost
    folder: Path
    database: str
    number: int = field(default_factory=lambda: next(_rounds))
    said: list[str] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    message_ids: list[str] = field(default_factory=list)
    answer_ids: list[str] = field(default_factory=list)

    @property
    def facilitator(self) -> str:
        """Return the address that answers go to."""
        return f"sealed{self.number}@example.org"

    @property
    def people(self) -> list[Row]:
        """Return the people; no other word of the round is in their names and addresses."""
        return [
            Row(
                name=f"Quentin{n} Quisling",
                mail=f"quisling{self.number}x{n}@example.org",
                team=team,
            )
            for n, team in enumerate(TEAMS)
        ]

    def command(self, *args: object, code: int = 0) -> str:
        """Run a command on the round, and keep what it says."""
        given = ("--campaign", self.folder, "--database", self.database)
        said = run("campaign", *args, *given, code=code).output
        self.said.append(said)
        return said

    def send(self, smtp: smtplib.SMTP, number: int, data: bytes | None, subject: str) -> None:
        """Send a mail of a person to the facilitator, with a workbook or without."""
        message_id = f"<quarry-{self.number}-{len(self.message_ids)}@example.org>"
        files = [] if data is None else [("quarterly.xlsx", data)]
        letter = mail(*files, sender=self.people[number].mail, to=self.facilitator, at=None,
                      message_id=message_id, subject=subject)  # fmt: skip
        if number == AWAY and data is None:
            letter["Auto-Submitted"] = "auto-replied"
        smtp.send_message(letter)
        self.message_ids.append(message_id)
        if data is not None:
            self.sent.append(data)
            self.answer_ids.append(message_id)

    @property
    def secrets(self) -> list[str]:
        """Return what would tie an answer to a person: texts in it, its digest, its mail."""
        digests = [sha256(data).hexdigest() for data in self.sent]
        texts = [evidence_of(n) for n in range(len(TEAMS))]
        return [*texts, *(digest[:20] for digest in digests), *self.answer_ids]


def ratings_of(number: int, statements: Iterable[str]) -> dict[str, RatingValue | None]:
    """Return the ratings of a person: of four values, each as likely as the others."""
    rng = Random(number)
    return {id_: rng.randrange(4) for id_ in statements}


def evidence_of(number: int) -> str:
    return f"quotation of quill {number}"


@pytest.fixture
def played(
    mail_host: MailHost, tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> Round:
    """Return a round after `init`, with its roster and the settings of real servers."""
    small_scheme(tmp_path / "small", ("AA", "BB"), per_level=15, top=2)
    round_ = Round(mail_host, tmp_path / "round", database)
    for name in ("SMTP", "IMAP"):
        monkeypatch.setenv(f"IML4E_{name}_PASSWORD", mail_host.password)
    run("campaign", "init", round_.folder, "--name", "Autumn", "--anonymous",
        "--scheme", tmp_path / "small", "--database", database)  # fmt: skip
    with (round_.folder / "roster.csv").open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(["name", "mail", "organisation", "team"])
        table.writerows([row.name, row.mail, "Org", row.team] for row in round_.people)
    change_settings(
        round_.folder,
        **{
            "sender.name": "Fay",
            "sender.mail": round_.facilitator,
            "reminders.interval_days": 0,
            "smtp.host": mail_host.host,
            "smtp.port": mail_host.submission_port,
            "smtp.ca_file": str(mail_host.certificates.authority),
            "imap.host": mail_host.host,
            "imap.port": mail_host.imaps_port,
            "imap.ca_file": str(mail_host.certificates.authority),
        },
    )
    return round_


def answer(round_: Round, numbers: Sequence[int], *, damaged: Sequence[int] = ()) -> None:
    """Let people send the workbooks that were mailed to them, filled in, and wait for the mails."""
    campaign = open_campaign(round_.folder, database=round_.database)
    statements = campaign.load_scheme().statements
    with record_of(campaign) as record, connect(round_) as smtp:
        for number in numbers:
            row = round_.people[number]
            data = filled_of(
                campaign, record, row.mail, ratings_of(number, statements),
                note=evidence_of(number),
            )  # fmt: skip
            data = data[: len(data) // 2] if number in damaged else data
            round_.send(smtp, number, data, "Re: Autumn")


def connect(round_: Round) -> smtplib.SMTP:
    host = round_.host
    smtp = smtplib.SMTP(host.host, host.submission_port, timeout=120)
    smtp.starttls(context=host.certificates.client_context())
    smtp.login(round_.people[0].mail, host.password)
    return smtp


def wait_for_mails(round_: Round) -> None:
    """Wait until all that was sent to the facilitator has arrived."""
    wanted = len(round_.message_ids)
    wait_until(lambda: round_.host.count(round_.facilitator) >= wanted, 300, round_.host.log)


def places_of(round_: Round, *secrets: str) -> list[tuple[str, str]]:
    """Return where one of these texts is: in files, tables, outputs, or bytes of the database."""
    campaign = open_campaign(round_.folder, database=round_.database)
    said = [(f"output {n}", text.encode()) for n, text in enumerate(round_.said)]
    beside = contents(round_.folder.parent)  # the folder, reports and exports
    found = []
    for name, data in (*beside, *tables(campaign.database), *said):
        lowered = data.lower()
        found += [
            (name, secret)
            for secret in secrets
            if any(form in lowered for form in forms(secret.lower()))
        ]
    for name, data in pages_of(round_.database):  # which are in UTF-8
        found += [(name, secret) for secret in secrets if secret.encode() in data]
    return found


def pages_of(database: str, *, log: bool = True) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a PostgreSQL database, and of its log of changes."""
    if not database.startswith("postgresql"):
        return
    engine = sa.create_engine(make_url(database), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("CHECKPOINT")
        folder = connection.exec_driver_sql("SHOW data_directory").scalar_one()
        number = connection.exec_driver_sql(
            "SELECT oid FROM pg_database WHERE datname = current_database()"
        ).scalar_one()
    engine.dispose()
    names = [f"base/{number}", *(["pg_wal"] if log else [])]
    for path in (path for name in names for path in Path(folder, name).rglob("*")):
        if path.is_file():
            yield path.name, path.read_bytes()


def stages_of(round_: Round) -> dict[int, str]:
    """Return the stage of each person, by status, whose JSON and CSV agree."""
    shown = json.loads(round_.command("status", "--format", "json"))
    table = list(csv.DictReader(round_.command("status", "--format", "csv").splitlines()))
    by_mail = {person["mail"]: person["stage"] for person in shown["persons"]}
    assert {row["mail"]: row["stage"].replace(" ", "_") for row in table} == by_mail
    assert shown["returned"] == sum(bool(person["returned"]) for person in shown["persons"])
    return {n: by_mail[row.mail] for n, row in enumerate(round_.people)}


def test_nobody_can_tell_who_rated_what(played: Round, tmp_path: Path) -> None:
    """Neither while it runs nor after it, by all that the program has written anywhere."""
    invite(played)
    answer_twice(played)
    close(played)
    compare_with_names(played, tmp_path / "named")


def invite(played: Round) -> None:
    """Invite everybody, by mails that tell the promise; no copy is taken of them."""
    played.command("build")
    assert "Sent: 12." in played.command("send", "--smtp")
    for row in played.people:
        played.host.wait_for(row.mail, 1)
    first = message_from_bytes(
        played.host.messages(played.people[0].mail)[0], policy=policy.default
    )
    assert isinstance(first, EmailMessage)
    body = first.get_body()
    assert body is not None
    assert "This round is anonymous" in body.get_content()


def answer_twice(played: Round) -> None:
    """Let people answer, decline, be away; remind the others; nothing of an answer is anywhere."""
    answer(played, [n for n in range(12) if n not in (LATE, DECLINES)], damaged=[WHOLE])
    with connect(played) as smtp:
        played.send(smtp, DECLINES, None, "Re: Autumn: I take no part")
        played.send(smtp, AWAY, None, "Out of office: Autumn")
    wait_for_mails(played)
    said = played.command("collect", "--imap", code=1)
    assert "New responses: 9. Could not be read: 1." in said
    assert "of 60" not in said
    stages = stages_of(played)
    assert [n for n, stage in stages.items() if stage != "returned"] == [WHOLE, LATE, DECLINES]
    assert (stages[WHOLE], stages[LATE], stages[DECLINES]) == ("problems", "missing", "missing")
    assert "could not be read" in played.command("status", "--reply")
    assert places_of(played, *played.secrets) == []

    played.command("decline", played.people[DECLINES].mail)
    played.command("status", "--anonymous")
    assert "Sent: 1." in played.command("remind", "--smtp")
    answer(played, [WHOLE, LATE])
    wait_for_mails(played)
    played.command("collect", "--imap")
    stages = stages_of(played)
    assert [n for n, stage in stages.items() if stage != "returned"] == [DECLINES]
    campaign = open_campaign(played.folder, database=played.database)
    of_answers = {"returned", "answers", "deliveries", "originals"}
    assert not {name for name, _ in tables(campaign.database)} & of_answers
    assert not list(campaign.returned.glob("*"))
    assert not list(campaign.aside.glob("*"))
    played.command("report", "-o", played.folder.parent / "early.html", code=1)
    played.command("export", "--anonymous", code=1)
    assert places_of(played, *played.secrets) == []


def close(played: Round) -> None:
    """Close the round by its mailbox, in which all mails are still there as they came."""
    assert played.host.count(played.facilitator) == len(played.message_ids)
    dry = played.command("close", "--imap")
    assert "Red: 5 of 5 people" in dry
    assert "Other teams: 6 of 7 people have answered, 1 declined" in dry
    assert places_of(played, *played.secrets) == []
    played.command("close", "--imap", "--yes")
    assert played.host.count(played.facilitator) == len(played.message_ids)
    folder = played.folder.parent
    played.command("report", "-o", folder / "report.html")
    played.command("report", "--by", "team", "-o", folder / "by")
    for rows, ending in itertools.product(("areas", "statements"), ("json", "csv")):
        played.command("export", "--rows", rows, "-o", folder / f"{rows}.{ending}")
    played.command("status", "--format", "json")
    assert places_of(played, *played.secrets) == []
    files = {name for name, _ in contents(folder)}
    assert {"report.html", "areas.json", "statements.csv"} <= files
    # What was said while it ran names people, and so did the log of changes of a server; the
    # record, the folder and what was published do not.
    names = ("quisling", *(row.mail for row in played.people))
    published = [*contents(folder), *tables(played.database), *pages_of(played.database, log=False)]
    assert not [
        (name, word) for name, data in published for word in names if word.encode() in data.lower()
    ]


def compare_with_names(played: Round, folder: Path) -> None:
    """Compare with a round with names of the same answers, and try to find people by their rows."""
    campaign = open_campaign(played.folder, database=played.database)
    statements = list(campaign.load_scheme().statements)
    answered = [n for n in range(12) if n != DECLINES]
    folder.mkdir()
    (played.folder.parent / "small").rename(folder / "small")
    named = new_campaign(folder, played.people, scheme=campaign.load_scheme())
    with record_of(named) as its_record, record_of(campaign) as record:
        build(named, its_record)
        for number in answered:
            path = folder / f"{number}.xlsx"
            mail_, ratings = played.people[number].mail, ratings_of(number, statements)
            path.write_bytes(filled_of(named, its_record, mail_, ratings))
            collect(named, its_record, path)
        whole = read_results(named, its_record, now=NOW).join_small_teams(5)
        run("campaign", "decline", played.people[DECLINES].mail, "-C", named.folder)
        run("campaign", "close", named.folder, "--yes")
        assert team_results(campaign, record) == team_results(named, its_record)
        rows = rows_of(campaign, record)
    assert len(rows) == len(whole.assessments) == 11
    assert {team for team, _ in rows} == {"Red", "Other teams"}
    _try_to_find_people(rows, answered, statements)


def rows_of(campaign: Campaign, record: Record) -> list[tuple[str, list[Any]]]:
    """Return the rows of a closed round: the team, and a rating for each statement."""
    return [
        (
            each.response.profile.team,
            [answer.rating for answer in each.response.answers.values()],
        )
        for each in read_results(campaign, record, now=NOW).assessments
    ]


def _try_to_find_people(
    rows: Sequence[tuple[str, Sequence[Any]]], answered: Sequence[int], statements: Sequence[str]
) -> None:
    """
    Compare each row with what each person has rated; none is nearer to them than by chance.

    Of five people, a mixed row has a rating of a person's own once in five times, and the same by
    chance once in four. Of sixty statements, that are 24 or so; a row of the person's has 60.
    """
    for number in answered:
        own = list(ratings_of(number, statements).values())
        team = TEAMS[number] if TEAMS[number] == "Red" else "Other teams"
        likeness = [
            sum(mine == theirs for mine, theirs in zip(own, row, strict=True))
            for its_team, row in rows
            if its_team == team
        ]
        assert max(likeness) < len(statements) * 3 // 4, (number, likeness)
