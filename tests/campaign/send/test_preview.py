"""Mails that are only looked at or tried out: nothing is recorded, and nobody counts as mailed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.record.connection import Record
from tests.support.campaigns import (
    NOW,
    all_rated,
    answer,
    build,
    built_campaign,
    collect,
    fill,
    person_of,
    rows,
    run,
    workbook_of,
    write_roster,
)
from tests.support.composing import body_of
from tests.support.mailing import Opens, invitations, parsed, send, states_of, to_whom
from tests.support.noting import note_mail
from tests.support.sending import ANN, BEN, let_in
from tests.support.servers.faults import Fault
from tests.support.servers.fixtures import StartsSmtpServers

YOU = "you@example.com"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[Campaign, Record]]:
    """Yield a campaign of two people, built."""
    with built_campaign(tmp_path / "c", 2) as found:
        note_folder(found[0])
        yield found


def note_folder(campaign: Campaign) -> None:
    """Let the record note the folder's place and today's use, as the day's first command does."""
    run("campaign", "status", campaign.folder)


def record_bytes(campaign: Campaign) -> bytes:
    """Return the record as it lies on the disk."""
    return (campaign.folder / "record.sqlite").read_bytes()


def test_one_mail_is_shown(opened: tuple[Campaign, Record]) -> None:
    """As it would leave, also to somebody who was mailed already."""
    campaign, record = opened
    ann = person_of(record, ANN)
    with record.begin(NOW) as tx:
        note_mail(tx, ann)
    before = record_bytes(campaign)
    for mail in (ANN, BEN):
        said = run("campaign", "send", campaign.folder, "--preview", mail).stdout
        assert f"<{mail}>" in said
        assert "Subject: Round: your workbook for Red" in said
        assert "Kind regards" in said

    assert record_bytes(campaign) == before


def test_all_mails_are_written_to_look_at(opened: tuple[Campaign, Record]) -> None:
    """Not as drafts, which somebody would send; everybody still gets theirs."""
    campaign, record = opened
    before, folder = record_bytes(campaign), campaign.folder.parent / "look"
    said = run("campaign", "send", campaign.folder, "--preview", folder).stdout

    assert "Nothing was sent or recorded" in said
    files = sorted(folder.glob("*.eml"))
    assert len(files) == 2
    assert all("X-Unsent" not in parsed(file.read_bytes()) for file in files)
    assert record_bytes(campaign) == before
    assert len(invitations(campaign, record).mails) == 2
    run("campaign", "send", campaign.folder, "--preview", folder, code=2)  # files exist


def test_reminders_and_answers_are_shown_as_well(opened: tuple[Campaign, Record]) -> None:
    """And it is said why there is none."""
    campaign, record = opened
    answer(campaign, record, ANN)
    people = [person_of(record, mail) for mail in (ANN, BEN)]
    with record.begin(NOW) as tx:
        for person in people:
            note_mail(tx, person)
    args = ("-C", campaign.folder, "--preview")

    assert "Subject: Reminder" in run("campaign", "remind", *args, BEN).stdout
    assert "-result.html" in run("campaign", "answer", *args, ANN).stdout
    assert "has returned the workbook" in run("campaign", "remind", *args, ANN).stderr


def test_a_test_mail_leaves_no_record(
    smtp_server: StartsSmtpServers, campaign_at: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody's mail, to the facilitator alone; the workbook in it is nobody's."""
    server = smtp_server()
    let_in(monkeypatch, server)
    with campaign_at(server, 2) as (campaign, record):
        note_folder(campaign)
        before = record_bytes(campaign)
        args = ("campaign", "send", campaign.folder, "--test", YOU)
        assert "Sent the mail of Ann" in run(*args).stdout
        assert "Sent the mail of Ben" in run(*args, "--to", BEN).stdout
        assert record_bytes(campaign) == before
        assert to_whom(server.messages) == [YOU, YOU]
        mail = parsed(server.messages[0].content)
        assert mail["To"] == YOU
        assert mail["Subject"] == "Test: Round: your workbook for Red"
        assert "Hello Ann" in body_of(mail)
        (attached,) = mail.iter_attachments()
        path = campaign.folder.parent / "tried.xlsx"
        path.write_bytes(attached.get_content())
        assert attached.get_filename() == workbook_of(campaign, record, ANN).name
        # everybody gets theirs afterwards
        send(campaign, record)
        assert set(states_of(record).values()) == {"sent"}


def test_a_test_mail_has_the_persons_part(
    smtp_server: StartsSmtpServers, campaign_at: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its workbook asks for what that person's own one asks for."""
    server = smtp_server()
    let_in(monkeypatch, server)
    with campaign_at(server, 1) as (campaign, record):
        write_roster(campaign.folder, [replace(row, extra={"areas": "AA"}) for row in rows(1)])
        build(campaign, record)
        run("campaign", "send", campaign.folder, "--test", YOU)
        (attached,) = parsed(server.messages[0].content).iter_attachments()
        tried = load_workbook(BytesIO(attached.get_content()))
        own = load_workbook(workbook_of(campaign, record, ANN))
    assert tried.sheetnames == own.sheetnames
    assert "BB" not in " ".join(tried.sheetnames)


def test_what_is_tried_out_counts_for_nobody(
    smtp_server: StartsSmtpServers, campaign_at: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Filled in and returned, even by somebody in the roster."""
    from email.message import EmailMessage

    server = smtp_server()
    let_in(monkeypatch, server)
    with campaign_at(server, 2) as (campaign, record):
        run("campaign", "send", campaign.folder, "--test", BEN)
        (attached,) = parsed(server.messages[0].content).iter_attachments()
        tried, filled = (campaign.folder.parent / name for name in ("tried.xlsx", "filled.xlsx"))
        tried.write_bytes(attached.get_content())
        fill(campaign, tried, filled, all_rated(campaign.load_scheme()))
        mail = EmailMessage()
        mail["From"], mail["Message-ID"] = BEN, "<1@example.org>"
        mail["Date"] = "Mon, 23 Nov 2026 10:00:00 +0000"
        mail.set_content("a test")
        mail.add_attachment(
            filled.read_bytes(),
            maintype="application",
            subtype="octet-stream",
            filename="filled.xlsx",
        )
        path = campaign.folder.parent / "mail.eml"
        path.write_bytes(mail.as_bytes())
        collect(campaign, record, path)
        said = run("campaign", "status", campaign.folder).stdout

        assert "0 of 2 people have returned" in said
        assert len(list(campaign.aside.glob("*.xlsx"))) == 1


def test_the_copy_in_a_tried_answer_is_nobodys(
    smtp_server: StartsSmtpServers, campaign_at: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the workbook of an invitation is."""
    server = smtp_server()
    let_in(monkeypatch, server)
    with campaign_at(server, 2) as (campaign, record):
        answer(campaign, record, ANN, {**all_rated(campaign.load_scheme()), "AA-01": 9})
        run("campaign", "answer", campaign.folder, "--test", YOU)
        (copy,) = parsed(server.messages[0].content).iter_attachments()
        ann = person_of(record, ANN)
        import zipfile

        with zipfile.ZipFile(BytesIO(copy.get_content())) as package:
            texts = b"".join(package.read(name) for name in package.namelist())
        assert b"TEST0TEST0" in texts
        assert ann.workbook_id.encode() not in texts


def test_a_refused_test_mail_is_said(
    smtp_server: StartsSmtpServers, campaign_at: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the server's words, with an exit code of its own."""
    server = smtp_server(faults=[Fault("rcpt", reply="550 5.1.1 No such user")])
    let_in(monkeypatch, server)
    with campaign_at(server, 1) as (campaign, _):
        note_folder(campaign)
        before = record_bytes(campaign)
        said = run("campaign", "send", campaign.folder, "--test", YOU, code=1).output
        assert "No such user" in said
        assert record_bytes(campaign) == before


@pytest.mark.parametrize(
    "options",
    [
        ["--preview", ANN, "--smtp"],
        ["--test", YOU, "--eml", "x"],
        ["--test", YOU, "--preview", ANN],
        ["--test", "nobody"],
        ["--test", "a@b\nBcc: c@d"],
    ],
)
def test_what_contradicts_itself_is_refused(
    opened: tuple[Campaign, Record], options: list[str]
) -> None:
    """Nothing is sent then."""
    campaign, _ = opened

    run("campaign", "send", campaign.folder, *options, code=2)


def test_nobody_elses_mail_is_shown(opened: tuple[Campaign, Record]) -> None:
    """An address that is not in the roster is a mistake."""
    campaign, _ = opened

    run("campaign", "send", campaign.folder, "--preview", "stranger@example.org", code=1)


def test_an_address_without_its_sign_makes_no_folder(
    opened: tuple[Campaign, Record], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that is there, or whose name ends in a slash, is one."""
    campaign, _ = opened
    monkeypatch.chdir(tmp_path)
    words = ("campaign", "send", campaign.folder, "--preview")
    said = " ".join(run(*words, "nobody", code=2).stderr.split())

    assert "nobody in the roster" in said
    assert not (tmp_path / "nobody").exists()
    run(*words, "look/")
    assert list((tmp_path / "look").iterdir())
    run(*words, "look", "--force")
