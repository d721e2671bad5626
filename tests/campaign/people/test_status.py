"""The status: where each person stands, what to write to them, and what is left out of it."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from iml4e_xlsx.campaign.folder.campaign import Campaign, open_campaign
from iml4e_xlsx.campaign.people.stages import Stage
from iml4e_xlsx.campaign.people.status import Status, join_replies, read_status
from iml4e_xlsx.campaign.record.answers import load_responses
from iml4e_xlsx.campaign.record.connection import Record, Transaction
from iml4e_xlsx.campaign.record.mails import MailKind, MailState
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.campaign.record.returned_file import ReturnedFile
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.findings.error_codes import PeopleErrorCode
from iml4e_xlsx.model import Profile, Response, Scheme
from iml4e_xlsx.text.interface_texts import load_texts
from tests.support.builders import built, response
from tests.support.campaigns import (
    DAY,
    NOW,
    Row,
    all_rated,
    answer,
    build,
    built_campaign,
    collect,
    fill,
    new_campaign,
    note_mail,
    note_returned,
    person_of,
    rated,
    record_of,
    rows,
    run,
    workbook_of,
    write_roster,
)

STEPS = (
    "unmailed", "sent", "drafted", "sending", "uncertain", "refused", "bounced", "deferred",
    "complete", "incomplete", "empty", "errors", "unread", "issued", "unread-then-read",
    "read-then-unread", "read-unmailed", "again",
)  # fmt: skip
STAGES = {
    "unmailed": Stage.NOT_MAILED,
    "sent": Stage.MISSING,
    "drafted": Stage.MISSING,
    "sending": Stage.MAIL_UNCERTAIN,
    "uncertain": Stage.MAIL_UNCERTAIN,
    "refused": Stage.MAIL_FAILED,
    "bounced": Stage.MAIL_FAILED,
    "deferred": Stage.NOT_MAILED,
    "complete": Stage.COMPLETE,
    "incomplete": Stage.INCOMPLETE,
    "empty": Stage.INCOMPLETE,
    "errors": Stage.PROBLEMS,
    "unread": Stage.PROBLEMS,
    "issued": Stage.MISSING,
    "unread-then-read": Stage.COMPLETE,
    "read-then-unread": Stage.PROBLEMS,
    "read-unmailed": Stage.COMPLETE,
    "again": Stage.MISSING,
}
FIND_OUT = "Find out. Then: iml4e campaign settle ann@example.org --sent (or --not-sent)"
INTERRUPTED = "Sending the invitation was interrupted, or goes on; it may have left or not."
SENT, REMINDED = {"state": MailState.SENT}, {"kind": MailKind.REMINDER, "at": NOW + DAY}
NO_ZIP = ("broken-workbook", "somewhere/Xerxes.xlsx is damaged.")


def xerxes(word: str) -> Row:
    """Return somebody whose every word can be told from all others."""
    return Row(
        name=f"Xerxes {word.title()}",
        mail=f"xerxes.{word}@xenon.example.org",
        organisation="Org",
        team="Red" if len(word) % 2 else "Blue",
        role=f"xylographer {word}",
        extra={"Note": "xanthic"},
    )


def prepare(tx: Transaction, scheme: Scheme, person: Person, word: str) -> None:
    """Record what makes somebody stand where a word says."""
    if word in {state.value for state in MailState}:
        note_mail(tx, person, MailState(word), words=f"words about {person.mail}")
        return
    if word not in ("unmailed", "read-unmailed"):
        note_mail(tx, person)
    full, part = rated(scheme, person), rated(scheme, person, {"AA-01": 2})
    steps: dict[str, list[Any]] = {
        "complete": [full],
        "incomplete": [part],
        "empty": [rated(scheme, person, {})],
        "unread": [NO_ZIP],
        "issued": [None],
        "unread-then-read": [NO_ZIP, full],
        "read-then-unread": [full, NO_ZIP],
        "read-unmailed": [full],
    }
    for number, outcome in enumerate(steps.get(word, []), start=1):
        note_returned(tx, person, outcome, at=NOW + number * DAY, file=f"returned/{word}.xlsx")
    if word == "again":
        note_mail(tx, person, MailState.BOUNCED, number=2, at=NOW + DAY)
        note_mail(tx, person, MailState.SENT, number=3, at=NOW + 2 * DAY)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a campaign in which everybody stands elsewhere, with a file aside."""
    root = tmp_path_factory.mktemp("status")
    given = [xerxes(word) for word in STEPS]
    with built_campaign(root, [*given, xerxes("gone")]) as (campaign, record):
        write_roster(campaign.folder, given)
        build(campaign, record)
        scheme = campaign.load_scheme()
        for word in STEPS:
            person = person_of(record, xerxes(word).mail)
            with record.begin(NOW) as tx:
                prepare(tx, scheme, person, word)
        answer(campaign, record, xerxes("errors").mail, {**all_rated(scheme), "AA-01": 17})
        with record.begin(NOW) as tx:
            note_returned(
                tx, None, NO_ZIP, sender="stranger@xenon.example.org", file="aside/xylem.xlsx"
            )
        return campaign.folder


@pytest.fixture
def opened(folder: Path) -> Iterator[tuple[Campaign, Record]]:
    """Yield the campaign and its record; no test of this module changes it."""
    campaign = open_campaign(folder)
    with record_of(campaign) as record:
        yield campaign, record


@pytest.fixture
def status(opened: tuple[Campaign, Record]) -> Status:
    """Return where that campaign stands."""
    return read_status(*opened, now=NOW)


def word_of(mail: str) -> str:
    return mail.partition("@")[0].removeprefix("xerxes.")


def test_every_stage_is_reached(status: Status) -> None:
    """By whatever leads to it: mails, their fates, what came back and in which order."""
    found = {word_of(one.person.mail): one.stage for one in status.people}

    assert found == STAGES
    assert set(found.values()) == set(Stage)


def test_counts_add_up(status: Status) -> None:
    """To the people in the roster; who left it is counted apart."""
    assert sum(status.counts.values()) == len(status.people) == len(STEPS)
    assert status.counts == {stage: Counter(STAGES.values())[stage] for stage in Stage}
    assert [word_of(one.person.mail) for one in status.unlisted] == ["gone"]
    assert status.returned == 7
    assert status.rate is not None
    assert (status.rate.numerator, status.rate.denominator) == (7, 18)
    assert len(status.aside) == 1


def test_the_most_urgent_come_first(status: Status) -> None:
    """Stage by stage, and within one in the roster's order."""
    order = list(Stage)
    ranks = [order.index(one.stage) for one in status.people]
    first = [word_of(one.person.mail) for one in status.people[:3]]

    assert ranks == sorted(ranks)
    assert first == ["errors", "unread", "read-then-unread"]


def test_nobody_at_all(tmp_path: Path) -> None:
    """A new campaign has a status too."""
    campaign = new_campaign(tmp_path, 0)
    found = json.loads(run("campaign", "status", campaign.folder, "--format", "json").stdout)

    assert (found["people"], found["rate"], found["persons"]) == (0, None, [])
    assert "0 of 0" in run("campaign", "status", campaign.folder).stdout


def shown(folder: Path, form: str, target: Path, *words: str) -> bytes:
    out = target / f"status.{form}"
    run("campaign", "status", folder, "-o", out, "--force", "--format", form, *words)
    return out.read_bytes()


def test_json_says_everything(folder: Path, status: Status, tmp_path: Path) -> None:
    """Of each person: stage, mails, what came, what is wrong, and what to write."""
    document = json.loads(shown(folder, "json", tmp_path))
    persons = {word_of(one["mail"]): one for one in document["persons"]}

    assert document["campaign"] == "Round"
    assert document["counts"] == {stage.value: n for stage, n in status.counts.items()}
    assert (document["people"], document["returned"], document["unlisted"]) == (18, 7, 1)
    assert document["rate"] == pytest.approx(7 / 18)
    assert {word: one["stage"] for word, one in persons.items()} == {
        word: stage.value for word, stage in STAGES.items()
    }
    (bounced,) = persons["bounced"]["mails"]
    assert bounced.pop("message_id").startswith("<")
    assert bounced == {
        "kind": "invitation",
        "number": 1,
        "state": "bounced",
        "changed": "2026-11-23T09:30:00+00:00",
        "words": "words about xerxes.bounced@xenon.example.org",
    }
    assert [one["number"] for one in persons["again"]["mails"]] == [1, 2, 3]
    assert persons["unmailed"]["mails"] == []
    assert persons["unmailed"]["mail_state"] is None
    assert persons["again"]["mailed"] == "2026-11-25T09:30:00+00:00"
    assert (persons["incomplete"]["answered"], persons["incomplete"]["statements"]) == (1, 8)
    assert persons["errors"]["errors"] == 1
    assert persons["unread-then-read"]["earlier"] == 0
    assert "Xerxes.xlsx is damaged" in persons["unread"]["problem"]
    assert "as it was issued" in persons["issued"]["problem"]
    assert persons["read-then-unread"]["reply"]
    assert persons["complete"]["reply"] is None
    assert [one["file"] for one in document["aside"]] == ["aside/xylem.xlsx"]


def test_csv_has_a_row_for_each_person(folder: Path, tmp_path: Path) -> None:
    """With the words of the interface."""
    data = shown(folder, "csv", tmp_path).decode("utf-8-sig")
    found = list(csv.DictReader(io.StringIO(data)))

    assert len(found) == len(STEPS)
    assert {one["mail"] for one in found} == {xerxes(word).mail for word in STEPS}


def test_a_workbook_has_people_and_what_lies_aside(folder: Path, tmp_path: Path) -> None:
    """On a sheet each."""
    shown(folder, "xlsx", tmp_path)
    book = openpyxl.load_workbook(tmp_path / "status.xlsx")
    values = [
        str(cell.value) for sheet in book.worksheets for row in sheet.iter_rows() for cell in row
    ]

    assert "aside/xylem.xlsx" in values
    assert {xerxes(word).mail for word in STEPS} <= set(values)


@pytest.mark.parametrize("form", ["md", "table"])
def test_text_formats_name_everybody(folder: Path, tmp_path: Path, form: str) -> None:
    """And end with how many stand where."""
    text = shown(folder, form, tmp_path).decode()

    assert form == "table" or all(xerxes(word).mail in text for word in STEPS)
    assert max(map(len, text.splitlines())) <= 110 or form == "md"
    assert "7 of 18 people have returned their workbook (39 %)" in text
    assert "3 with problems" in text
    assert "No longer in the roster: 1" in text


def test_the_terminal_shows_it_in_brief(folder: Path) -> None:
    """A table of people, one of problems, one of files aside."""
    out = run("campaign", "status", folder).stdout

    assert "7 of 18 people" in out
    assert "What is wrong" in out
    assert "What came back and is nobody's" in out


@pytest.mark.parametrize("only", [("missing",), ("problems", "complete")])
def test_only_some_stages(folder: Path, tmp_path: Path, only: tuple[str, ...]) -> None:
    """The rows are fewer, the counts are not."""
    words = [word for stage in only for word in ("--only", stage)]
    document = json.loads(shown(folder, "json", tmp_path, *words))
    expected = {word for word, stage in STAGES.items() if stage.value in only}

    assert {word_of(one["mail"]) for one in document["persons"]} == expected
    assert document["people"] == 18
    assert sum(document["counts"].values()) == 18
    rows_ = list(csv.reader(io.StringIO(shown(folder, "csv", tmp_path, *words).decode())))
    assert len(rows_) == len(expected) + 1


def unpacked(data: bytes) -> bytes:
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return b"\n".join(name.encode() + archive.read(name) for name in archive.namelist())


def test_where_to_go_on_is_said(tmp_path: Path) -> None:
    """Of a campaign without people, of nobody with problems, of a stage that nobody is at."""
    campaign = new_campaign(tmp_path / "new")
    empty = run("campaign", "status", campaign.folder)
    assert "Fill in the roster, then: iml4e campaign build" in empty.stderr
    write_roster(campaign.folder, rows(1))
    built = run("campaign", "build", campaign.folder)
    assert built.stderr.endswith("Next: iml4e campaign send\n")

    reply = run("campaign", "status", campaign.folder, "--reply")
    assert (reply.stdout, reply.stderr) == ("", "Nobody returned a file with problems.\n")
    only = run("campaign", "status", campaign.folder, "--only", "complete")
    assert only.stderr == "Nobody is at the stage complete.\n"
    assert run("campaign", "status", campaign.folder).stderr == ""


@pytest.mark.parametrize("form", ["json", "csv", "md", "xlsx", "table"])
def test_an_anonymous_status_leads_to_nobody(
    opened: tuple[Campaign, Record], tmp_path: Path, form: str
) -> None:
    """No name, address, role, file, digest or id in any format; the counts are there."""
    campaign, record = opened
    ids = [person_of(record, xerxes(word).mail).workbook_id for word in STEPS]
    secrets = ["xerxes", "xenon", "xylo", "xylem", "xanthic", "stranger", *ids]
    named = unpacked(shown(campaign.folder, form, tmp_path)).lower()
    assert b"xerxes" in named
    data = unpacked(shown(campaign.folder, form, tmp_path, "--anonymous")).lower()

    assert not [one for one in secrets if one.lower().encode() in data]
    assert b"red" in data
    assert b"problems" in data


def test_an_anonymous_status_on_the_terminal(folder: Path) -> None:
    """Nor there; and replies, which say who they are to, are not to be had with it."""
    out = run("campaign", "status", folder, "--anonymous").stdout.lower()

    assert "xerxes" not in out
    assert "7 of 18" in out
    outcome = run("campaign", "status", folder, "--anonymous", "--reply", code=2)
    assert "xerxes" not in outcome.output.lower()


@pytest.mark.parametrize("kind", ["errors", "broken", "not-ours"])
def test_a_reply_is_what_check_would_write(tmp_path: Path, kind: str) -> None:
    """For the same file, word by word, with whom it is to above it."""
    with built_campaign(tmp_path / "c", 2) as (campaign, record):
        path = tmp_path / "Ann's answers.xlsx"
        source = workbook_of(campaign, record, "ann@example.org")
        values = {**all_rated(campaign.load_scheme()), "AA-01": 9, "BB-02": "often", "BB-03": None}
        fill(campaign, source, path, values, evidence={"AA-02": "x"})
        if kind != "errors":
            send_with(path, b"PK\x03\x04 broken" if kind == "broken" else b"hello", tmp_path)
            collect(campaign, record, tmp_path / "mail.eml")
        else:
            collect(campaign, record, path)
        status = read_status(campaign, record, now=NOW)
        text = join_replies(status, load_texts())
    checked = run("check", path, "--reply", "--scheme", campaign.scheme_path, code=1).stdout

    assert text == f"To: Ann <ann@example.org>\n\n{checked}"
    assert run("campaign", "status", campaign.folder, "--reply").stdout == text


def send_with(path: Path, data: bytes, folder: Path) -> None:
    """Write a mail of Ann's with such a file, and the file."""
    from email.message import EmailMessage

    path.write_bytes(data)
    mail = EmailMessage()
    mail["From"] = "ann@example.org"
    mail["Date"] = "Mon, 23 Nov 2026 10:00:00 +0000"
    mail["Message-ID"] = "<one@example.org>"
    mail.set_content("here")
    mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=path.name)
    (folder / "mail.eml").write_bytes(mail.as_bytes())


def test_replies_are_told_apart(status: Status) -> None:
    """One for each person with problems, a line between them."""
    text = join_replies(status, load_texts())

    assert text.count("To: Xerxes") == 3
    assert text.count("-" * 76) == 2


def test_nothing_to_reply(tmp_path: Path) -> None:
    """Without problems there is nothing to write."""
    with built_campaign(tmp_path, 1) as (campaign, _):
        pass

    assert run("campaign", "status", campaign.folder, "--reply").stdout == ""


def test_reminders_are_counted(tmp_path: Path) -> None:
    """Those that left, and when the last one did."""
    with built_campaign(tmp_path, 1) as (campaign, record):
        ann = person_of(record, "ann@example.org")
        with record.begin(NOW) as tx:
            note_mail(tx, ann)
            note_mail(tx, ann, kind=MailKind.REMINDER, at=NOW + DAY)
            note_mail(tx, ann, kind=MailKind.REMINDER, number=2, at=NOW + 2 * DAY)
            note_mail(tx, ann, MailState.DEFERRED, kind=MailKind.REMINDER, number=3)
    document = json.loads(run("campaign", "status", campaign.folder, "--format", "json").stdout)

    assert document["persons"][0]["reminders"] == 2


CORRECT = (
    "Correct the address in the roster. Then build and send; or try again: iml4e campaign remind "
    "--smtp --again ann@example.org"
)


@pytest.mark.parametrize(
    ("mails", "stage", "mailed", "problem"),
    [
        ([SENT], Stage.MISSING, "2026-11-23 sent", ""),
        ([SENT, REMINDED], Stage.MISSING, "2026-11-23 sent, 1 reminder", ""),
        (
            [SENT, REMINDED, {**REMINDED, "number": 2}],
            Stage.MISSING,
            "2026-11-23 sent, 2 reminders",
            "",
        ),
        (
            [SENT, REMINDED, {**REMINDED, "number": 2, "state": MailState.BOUNCED}],
            Stage.MAIL_FAILED,
            "2026-11-23 sent, 1 reminder, reminder came back",
            f"The reminder came back: words. {CORRECT}",
        ),
        (
            [SENT, {**REMINDED, "state": MailState.REFUSED}],
            Stage.MAIL_FAILED,
            "2026-11-23 sent, reminder refused",
            f"The reminder was refused: words. {CORRECT}",
        ),
        (
            [SENT, {**REMINDED, "state": MailState.REFUSED}, {**REMINDED, "number": 2}],
            Stage.MISSING,
            "2026-11-23 sent, 1 reminder",
            "",
        ),
        (
            [SENT, {**REMINDED, "state": MailState.UNCERTAIN}],
            Stage.MAIL_UNCERTAIN,
            "2026-11-23 sent, reminder uncertain",
            f"The reminder may have left or not (words). {FIND_OUT}",
        ),
        (
            [{"state": MailState.SENDING}, REMINDED],
            Stage.MAIL_UNCERTAIN,
            "2026-11-23 uncertain, 1 reminder",
            f"{INTERRUPTED} {FIND_OUT}",
        ),
        (
            [SENT, {**REMINDED, "state": MailState.DEFERRED}],
            Stage.MISSING,
            "2026-11-23 sent, reminder not sent",
            "",
        ),
        (
            [{"state": MailState.DEFERRED}],
            Stage.NOT_MAILED,
            "2026-11-23 not sent",
            "The invitation has not left yet (words); the next run sends it.",
        ),
    ],
)
def test_every_mail_of_a_person_counts(
    tmp_path: Path, mails: list[dict[str, Any]], stage: Stage, mailed: str, problem: str
) -> None:
    """One that is uncertain, whichever it is; else the newest that left or failed."""
    with built_campaign(tmp_path, 1) as (campaign, record):
        ann = person_of(record, "ann@example.org")
        with record.begin(NOW) as tx:
            for values in mails:
                note_mail(tx, ann, **{"words": "words.", **values})
        (one,) = read_status(campaign, record, now=NOW).people
        row = next(csv.DictReader(io.StringIO(shown(campaign.folder, "csv", tmp_path).decode())))

    assert one.stage is stage
    assert (row["mailed"], row["problem"]) == (mailed, problem)


def test_a_stage_is_called_alike_everywhere() -> None:
    """What --only takes is what the table shows, and the counts name every stage."""
    texts = load_texts("en")
    help_ = run("campaign", "status", "--help").stdout
    for stage in Stage:
        assert texts(f"campaign.stage_{stage.value}") == stage.value.replace("_", " ")
        assert texts(f"campaign.count_{stage.value}", count=1)
        assert stage.value in help_


def test_what_is_wrong_says_where_and_how_much(tmp_path: Path) -> None:
    """The first of several, with its cell; how many more there are."""
    with built_campaign(tmp_path, 2) as (campaign, record):
        scheme = campaign.load_scheme()
        answer(campaign, record, "ann@example.org", {**all_rated(scheme), "AA-01": 9})
        wrong = {**all_rated(scheme), "AA-01": 9, "AA-02": "often", "BB-01": "x"}
        answer(campaign, record, "ben@example.org", wrong)
    found = json.loads(run("campaign", "status", campaign.folder, "--format", "json").stdout)
    one, three = (person["problem"] for person in found["persons"])

    assert re.search(r"\b[A-Z]\d+\b", one)
    assert "more)" not in one
    assert three.endswith("(and 2 more)")


def test_replies_go_where_they_are_told(folder: Path, tmp_path: Path) -> None:
    """Into a file, for the stages that were named, and never over another file."""
    path, all_ = tmp_path / "replies.txt", run("campaign", "status", folder, "--reply").stdout
    assert run("campaign", "status", folder, "--reply", "-o", path).stdout == ""
    assert path.read_text() == all_ != ""
    run("campaign", "status", folder, "--reply", "-o", path, code=2)
    run("campaign", "status", folder, "--reply", "--format", "json", code=2)
    only = ("--only", "missing")
    assert run("campaign", "status", folder, "--reply", *only).stdout == ""
    assert run("campaign", "status", folder, "--reply", "--only", "problems").stdout == all_


def test_whom_a_reply_is_to_can_be_pasted(tmp_path: Path) -> None:
    """A name with a comma is quoted, as mail programs take it; its letters stay as they are."""
    row = Row(name="Björn O'Brien, Dr.", mail="bjoern@example.org")
    with built_campaign(tmp_path, [row]) as (campaign, record):
        answer(campaign, record, row.mail, {**all_rated(campaign.load_scheme()), "AA-01": 9})
    out = run("campaign", "status", campaign.folder, "--reply").stdout

    assert out.startswith('To: "Björn O\'Brien, Dr." <bjoern@example.org>\n')


def test_many_problems_are_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One question for all answers, not one for each person."""
    asked, real = [], load_responses

    def counted(tx: Transaction, given: Sequence[ReturnedFile]) -> list[Response]:
        asked.append(len(given))
        return real(tx, given)

    monkeypatch.setattr("iml4e_xlsx.campaign.people.status.load_responses", counted)
    with built_campaign(tmp_path, 3) as (campaign, record):
        for mail in ("ann", "ben", "cay"):
            wrong = {**all_rated(campaign.load_scheme()), "AA-01": 9}
            answer(campaign, record, f"{mail}@example.org", wrong)
        status = read_status(campaign, record, now=NOW)

    assert (len(status.replies), asked) == (3, [3])


def test_an_anonymous_status_has_no_order_of_the_roster(tmp_path: Path) -> None:
    """The same people in another order give the same bytes, and only the day of what happened."""
    found, given = [], rows(4, team="Blue")
    for turn, order in enumerate((given, given[::-1])):
        with built_campaign(tmp_path / str(turn), order) as (campaign, record):
            scheme = campaign.load_scheme()
            for number, row in enumerate(given):
                one = person_of(record, row.mail)
                with record.begin(NOW) as tx:
                    note_mail(tx, one, at=NOW + number * DAY)
                    note_returned(tx, one, rated(scheme, one), at=NOW + (number + 1) * DAY)
        found.append(
            [
                run("campaign", "status", campaign.folder, "--anonymous", "--format", form).stdout
                for form in ("json", "csv")
            ]
        )

    assert found[0] == found[1]
    assert "T" not in found[0][0].split('"persons"')[1]
    assert '"mailed": "2026-11-23"' in found[0][0]


def test_files_that_lie_aside_can_be_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their paths stand on one line, with who filled them in; not where only a stage is shown."""
    with built_campaign(tmp_path, 1) as (campaign, record):
        scheme = campaign.load_scheme()
        profile = Profile(respondent="Somebody Else", team="Elsewhere")
        filled = response(scheme, all_rated(scheme, 2), profile=profile)
        collect(campaign, record, built(scheme, tmp_path / "found.xlsx", filled))
        (path,) = campaign.aside.iterdir()
    name = f"aside/{path.name}"
    monkeypatch.setenv("COLUMNS", "80")
    out = run("campaign", "status", campaign.folder).stdout

    assert name in out
    assert "Somebody" in out
    assert "Elsewhere" in out
    only = run("campaign", "status", campaign.folder, "--only", "missing").stdout
    assert "What came back" not in only


def test_a_scheme_that_is_gone_is_said(tmp_path: Path) -> None:
    """A response cannot be scored without its statements."""
    with built_campaign(tmp_path, 1) as (campaign, record):
        answer(campaign, record, "ann@example.org", {"AA-01": 9})
        path = campaign.scheme_path / "scheme.yaml"
        path.write_text(path.read_text("utf-8").replace('"id": "small"', '"id": "other"'), "utf-8")
        with pytest.raises(CampaignError) as error:
            read_status(campaign, record, now=NOW)
    assert error.value.code is PeopleErrorCode.RESPONSE_SCHEME_MISSING
    assert "not installed any more" in run("campaign", "status", campaign.folder, code=1).stderr


def test_the_status_is_not_replaced_unasked(folder: Path, tmp_path: Path) -> None:
    """A file that is there stays; an unknown suffix is wrong usage."""
    path = tmp_path / "s.csv"
    path.write_text("precious")
    run("campaign", "status", folder, "-o", path, code=2)
    assert path.read_text() == "precious"
    run("campaign", "status", folder, "-o", tmp_path / "s.pdf", code=2)
    shutil.rmtree(tmp_path)
