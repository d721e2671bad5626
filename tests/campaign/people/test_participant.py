"""Which mails and files of a person count."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from iml4e_xlsx.campaign.people.mail_states import MAIL_MEANINGS
from iml4e_xlsx.campaign.people.stages import NoMailReason, Stage
from iml4e_xlsx.campaign.people.status import read_status
from iml4e_xlsx.campaign.people.status_tables import status_document
from iml4e_xlsx.campaign.record.answers import load_responses
from iml4e_xlsx.campaign.record.connection import Transaction
from iml4e_xlsx.campaign.record.mails import MailKind, MailState
from iml4e_xlsx.campaign.record.returned_file import ReturnedFile
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.findings.error_codes import PeopleErrorCode
from iml4e_xlsx.model import Profile, Response
from iml4e_xlsx.text.interface_texts import load_texts
from tests.support.builders import built, response
from tests.support.campaigns import (
    DAY,
    NOW,
    Row,
    all_rated,
    answer,
    built_campaign,
    collect,
    person_of,
    rows,
    run,
)
from tests.support.noting import note_mail, note_returned, rated
from tests.support.status import shown

FIND_OUT = "Find out. Then: iml4e campaign settle ann@example.org --sent (or --not-sent)"


INTERRUPTED = "Sending the invitation was interrupted, or goes on; it may have left or not."


SENT, REMINDED = {"state": MailState.SENT}, {"kind": MailKind.REMINDER, "at": NOW + DAY}


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
    found, given = [], rows(5, team="Blue")
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


def test_every_state_of_a_mail_has_a_meaning_and_texts() -> None:
    """The one table of states leaves none out, nor do its texts."""
    texts = load_texts()
    assert set(MAIL_MEANINGS) == set(MailState)
    for state, meaning in MAIL_MEANINGS.items():
        assert f"mail_states.{state.value}.label" in texts
        failed = meaning.stage in (Stage.MAIL_UNCERTAIN, Stage.MAIL_FAILED, Stage.NOT_MAILED)
        assert (f"mail_states.{state.value}.problem" in texts) == failed


def test_every_reason_for_no_mail_has_texts() -> None:
    """For one person, and counted."""
    texts = load_texts()
    for reason in NoMailReason:
        assert f"no_mail.{reason.value}.label" in texts
        assert f"no_mail.{reason.value}.count" in texts


def test_a_problem_names_no_command_but_by_the_hints_of_a_front_end(tmp_path: Path) -> None:
    """The library knows no command line; what it shows can be shown elsewhere."""
    with built_campaign(tmp_path, 1) as (campaign, record):
        ann = person_of(record, "ann@example.org")
        with record.begin(NOW) as tx:
            note_mail(tx, ann, MailState.UNCERTAIN, words="timed out")
        status = read_status(campaign, record, now=NOW)
    (entry,) = status_document(status, load_texts())["persons"]

    assert entry["problem"] == "The invitation may have left or not (timed out). Find out."
