"""Tests of the status of a campaign in another language than the one it was collected in."""

from __future__ import annotations

from pathlib import Path

import pytest

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.people.status import Status, read_status
from iml4e_xlsx.campaign.people.status_tables import make_status_tables, status_document
from iml4e_xlsx.campaign.record import people
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.text.interface_texts import load_texts
from tests.support.campaigns import (
    NOW,
    all_rated,
    built_campaign,
    collect,
    fill,
    workbook_of,
)
from tests.support.made_up import MARK, made_up_texts

PEOPLE = 4
"""One with errors, one with a damaged file, one with a file of another kind, one without any."""


def send_file(folder: Path, sender: str, name: str, data: bytes) -> Path:
    """Write a mail with an attachment."""
    from email.message import EmailMessage

    mail = EmailMessage()
    mail["From"] = sender
    mail["Date"] = "Mon, 23 Nov 2026 10:00:00 +0000"
    mail["Message-ID"] = f"<{name}@example.org>"
    mail.set_content("here")
    mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    path = folder / f"{name}.eml"
    path.write_bytes(mail.as_bytes())
    return path


def collect_troubles(campaign: Campaign, record: Record, folder: Path) -> None:
    """Collect an answer with errors, a damaged file, a PDF, and a stranger's damaged file."""
    with record.begin(NOW) as tx:
        ann, ben, cay, _ = (person.mail for person in people.all_people(tx))
    values = {**all_rated(campaign.load_scheme()), "AA-01": 9, "BB-02": "often"}
    answers = folder / "answers.xlsx"
    fill(campaign, workbook_of(campaign, record, ann), answers, values)
    broken, document = b"PK\x03\x04 broken", b"%PDF-1.7\n"
    collect(
        campaign,
        record,
        answers,
        send_file(folder, ben, "ben.xlsx", broken),
        send_file(folder, cay, "cay.xlsx", document),
        send_file(folder, "stranger@example.org", "x.xlsx", b"PK\x03\x04 broken as well"),
    )


@pytest.fixture(scope="module")
def status(tmp_path_factory: pytest.TempPathFactory) -> Status:
    """Return the status of a campaign that was made and collected in English."""
    folder = tmp_path_factory.mktemp("language")
    with built_campaign(folder / "c", PEOPLE) as (campaign, record):
        collect_troubles(campaign, record, folder)
        return read_status(campaign, record, now=NOW)


def test_every_sentence_of_the_record_is_shown_in_the_language_asked_for(status: Status) -> None:
    """Findings, failures and what is nobody's: the same facts, all in the other words."""
    english = status_document(status, load_texts())
    foreign = status_document(status, made_up_texts())

    problems = [entry["problem"] for entry in foreign["persons"] if entry["problem"]]
    problems += [entry["message"] for entry in foreign["aside"]]
    originals = [entry["problem"] for entry in english["persons"] if entry["problem"]]
    originals += [entry["message"] for entry in english["aside"]]
    assert len(problems) == PEOPLE  # three people, and what is nobody's
    assert all(MARK in problem for problem in problems)
    assert not any(MARK in problem for problem in originals)
    assert [problem.replace(MARK, "") for problem in problems] == originals


def test_words_within_a_sentence_are_in_its_language_too(status: Status) -> None:
    """What a file is instead of a workbook is a text of its own, which goes into the sentence."""
    document = status_document(status, made_up_texts())
    problem = next(entry["problem"] for entry in document["persons"] if "PDF" in entry["problem"])

    assert f"{MARK}a PDF document" in problem


def test_tables_are_in_the_language_asked_for(status: Status) -> None:
    """Titles, headings and cells."""
    table, *_ = make_status_tables(status, made_up_texts(), brief=True)

    assert table.title.startswith(MARK)
    assert all(column.heading.startswith(MARK) for column in table.columns)
