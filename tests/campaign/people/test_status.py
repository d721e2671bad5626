"""Where everybody stands, in every format."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections import Counter
from pathlib import Path

import openpyxl
import pytest

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.people.stages import Stage
from iml4e_xlsx.campaign.people.status import Status
from iml4e_xlsx.campaign.record.connection import Record
from tests.support.campaigns import (
    new_campaign,
    person_of,
    rows,
    run,
    write_roster,
)
from tests.support.status import STEPS, shown, xerxes

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
    "declined": Stage.DECLINED,
    "declined-then-read": Stage.COMPLETE,
}


def word_of(mail: str) -> str:
    return mail.partition("@")[0].removeprefix("xerxes.")


def test_every_stage_is_reached(status: Status) -> None:
    """By whatever leads to it: mails, their fates, what came back and in which order."""
    found = {word_of(one.person.mail): one.stage for one in status.people}

    assert found == STAGES
    assert set(found.values()) == set(Stage) - {Stage.RETURNED}  # which only anonymous rounds have


def test_counts_add_up(status: Status) -> None:
    """To the people in the roster; who left it is counted apart."""
    assert sum(status.counts.values()) == len(status.people) == len(STEPS)
    assert status.counts == {stage: Counter(STAGES.values())[stage] for stage in Stage}
    assert [word_of(one.person.mail) for one in status.unlisted] == ["gone"]
    assert status.returned == 8
    assert status.rate is not None
    assert (status.rate.numerator, status.rate.denominator) == (2, 5)
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


def test_json_says_everything(folder: Path, status: Status, tmp_path: Path) -> None:
    """Of each person: stage, mails, what came, what is wrong, and what to write."""
    document = json.loads(shown(folder, "json", tmp_path))
    persons = {word_of(one["mail"]): one for one in document["persons"]}

    assert document["campaign"] == "Round"
    assert document["counts"] == {stage.value: n for stage, n in status.counts.items()}
    assert (document["people"], document["returned"], document["unlisted"]) == (20, 8, 1)
    assert document["rate"] == pytest.approx(8 / 20)
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
    assert "returned as issued" in persons["issued"]["problem"]
    assert persons["read-then-unread"]["reply"]
    assert persons["complete"]["reply"] is None
    assert [one["file"] for one in document["aside"]] == ["aside/xylem.xlsx"]


def test_csv_has_a_row_for_each_person(folder: Path, tmp_path: Path) -> None:
    """With the words of the interface."""
    data = shown(folder, "csv", tmp_path).decode("utf-8-sig")
    found = list(csv.DictReader(io.StringIO(data)))

    assert len(found) == len(STEPS)
    assert {one["mail"] for one in found} == {xerxes(word).mail for word in STEPS}


def test_csv_and_json_mean_the_same_by_the_same_name(folder: Path, tmp_path: Path) -> None:
    """A share is no count: whoever joins both would take 100 % for one answer."""
    data = shown(folder, "csv", tmp_path).decode("utf-8-sig")
    rows = {one["mail"]: one for one in csv.DictReader(io.StringIO(data)) if one["stage"]}
    document = json.loads(shown(folder, "json", tmp_path))
    names = ("completeness", "answered", "statements", "errors", "warnings", "reminders")

    for entry in document["persons"]:
        row = rows[entry["mail"]]
        for name in names:
            assert (float(row[name]) if row[name] else None) == entry[name], (name, entry["mail"])
    incomplete = rows[xerxes("incomplete").mail]
    shares = (incomplete["completeness"], incomplete["answered"], incomplete["statements"])
    assert shares == ("0.125", "1", "8")


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
    assert "8 of 20 people have returned their workbook (40 %)" in text
    assert "3 with problems" in text
    assert "No longer in the roster: 1" in text


def test_the_terminal_shows_it_in_brief(folder: Path) -> None:
    """A table of people, one of problems, one of files aside."""
    out = run("campaign", "status", folder).stdout

    assert "8 of 20 people" in out
    assert "What is wrong" in out
    assert "Returned files without an owner" in out


@pytest.mark.parametrize("only", [("missing",), ("problems", "complete")])
def test_only_some_stages(folder: Path, tmp_path: Path, only: tuple[str, ...]) -> None:
    """The rows are fewer, the counts are not."""
    words = [word for stage in only for word in ("--only", stage)]
    document = json.loads(shown(folder, "json", tmp_path, *words))
    expected = {word for word, stage in STAGES.items() if stage.value in only}

    assert {word_of(one["mail"]) for one in document["persons"]} == expected
    assert document["people"] == 20
    assert sum(document["counts"].values()) == 20
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
    assert "8 of 20" in out
    outcome = run("campaign", "status", folder, "--anonymous", "--reply", code=2)
    assert "xerxes" not in outcome.output.lower()
