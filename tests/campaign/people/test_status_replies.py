"""Replies to people whose file had problems."""

from __future__ import annotations

from pathlib import Path

import pytest

from iml4e_xlsx.campaign.people.status import Status, join_replies, read_status
from iml4e_xlsx.text.interface_texts import load_texts
from tests.support.campaigns import (
    NOW,
    all_rated,
    answer,
    built_campaign,
    collect,
    fill,
    run,
    workbook_of,
)


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


def test_nothing_to_reply_at_a_stage_is_said(tmp_path: Path) -> None:
    """An empty output without a word looks as if something had failed."""
    with built_campaign(tmp_path / "c", 2) as (campaign, record):
        path = tmp_path / "ann.xlsx"
        source = workbook_of(campaign, record, "ann@example.org")
        fill(campaign, source, path, {**all_rated(campaign.load_scheme()), "AA-01": 9})
        collect(campaign, record, path)
        answer(campaign, record, "ben@example.org", {"AA-01": 3})

    args = ("campaign", "status", campaign.folder, "--reply")
    silent = run(*args, "--only", "incomplete")
    assert silent.stdout == ""
    assert "Nobody at the stage incomplete returned a file with problems" in silent.stderr
    assert "To: Ann" in run(*args, "--only", "problems").stdout
