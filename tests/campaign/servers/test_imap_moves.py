"""Tests of mails that are moved after they were collected: answers are, all others stay."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.record.connection import Record
from tests.support.campaigns import (
    SENDER,
    run,
    workbook_of,
)
from tests.support.hostile import packed
from tests.support.returning import (
    Relay,
    Rounds,
    all_returned,
    filled_of,
    imap_settings,
    mail,
)
from tests.support.servers.mailhost import MailHost

ANN, BEN, CAY, DAN = (f"{name}@example.org" for name in ("ann", "ben", "cay", "dan"))


_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def rounds(tmp_path_factory: pytest.TempPathFactory) -> Rounds:
    return Rounds(tmp_path_factory.mktemp("rounds"))


@pytest.fixture
def inbox(mail_host: MailHost, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the address of an empty mailbox, whose login is in the environment."""
    address = f"inbox{next(_numbers)}@example.org"
    monkeypatch.setenv("IML4E_IMAP_USER", address)
    monkeypatch.setenv("IML4E_IMAP_PASSWORD", mail_host.password)
    return address


@pytest.fixture
def relay(mail_host: MailHost) -> Iterator[Relay]:
    with Relay(mail_host) as one:
        yield one


def now() -> datetime:
    return datetime.now(UTC)


def returned_by(
    campaign: Campaign, record: Record, *addresses: str, rating: int = 3
) -> list[bytes]:
    """Return a mail of each person with the person's workbook."""
    return [
        mail(
            ("answer.xlsx", filled_of(campaign, record, address, rating)),
            sender=address,
            message_id=f"<{rating}-{address}>",
            at=now(),
        ).as_bytes()
        for address in addresses
    ]


def collect(campaign: Campaign, *options: str, code: int = 0) -> str:
    """Collect from the mailbox; return everything that is said."""
    return run("campaign", "collect", "--imap", *options, "-C", campaign.folder, code=code).output


def whose(record: Record) -> list[int | None]:
    return [one.person for one in all_returned(record)]


@pytest.mark.parametrize("lacking", [(), (b" MOVE",), (b" MOVE", b" UIDPLUS")])
def test_only_what_was_taken_in_is_moved(
    rounds: Rounds,
    mail_host: MailHost,
    relay: Relay,
    inbox: str,
    tmp_path: Path,
    lacking: Sequence[bytes],
) -> None:
    """Our own copies, letters and mails that are too large stay; also where servers know less."""
    relay.replaced = {word: b" X".ljust(len(word), b"X") for word in lacking}
    with rounds.opened(tmp_path, **relay.settings) as (campaign, record):
        blank = ("a.xlsx", workbook_of(campaign, record, ANN).read_bytes())
        stay = {
            "letter": mail(subject="letter", message_id="<1@x>", at=now()),
            "ours": mail(blank, subject="ours", sender=SENDER, message_id="<2@x>", at=now()),
            "large": mail(
                ("x.xlsx", bytes(200_000)), subject="large", message_id="<3@x>", at=now()
            ),
        }
        mail_host.append(inbox, [one.as_bytes() for one in stay.values()])
        mail_host.append(inbox, returned_by(campaign, record, ANN, BEN))
        said = collect(campaign, "--move", "Done", "--limit", "message=100k", code=1)
        with mail_host.imap(inbox) as client:
            moved = client.select_folder("Done")[b"EXISTS"]
            client.select_folder("INBOX", readonly=True)
            left = client.search(["UNDELETED"])
            flagged = client.search(["DELETED"])
            subjects = [
                one[b"ENVELOPE"].subject.decode()
                for one in client.fetch(left, ["ENVELOPE"]).values()
            ]
            seen = client.search(["SEEN"])

        assert "larger than the limit (268.2 KB)" in " ".join(said.split()), said
        assert moved == 2
        assert subjects == [*stay]
        assert len(flagged) == (2 if len(lacking) == 2 else 0)
        assert seen == []
        assert "New responses: 0." in collect(campaign)


def test_a_mail_that_brings_no_answer_stays_where_it_is(
    rounds: Rounds, mail_host: MailHost, inbox: str, tmp_path: Path
) -> None:
    """Wherever it lies among others, which are moved, though several are read at once."""
    book = openpyxl.Workbook()
    book.create_sheet("Budget", 0)["A1"] = "Budget"
    book.save(tmp_path / "budget.xlsx")
    files = {
        "photos": ("photos.zip", packed({"a.jpg": b"\xff\xd8"})),
        "budget": ("budget.xlsx", (tmp_path / "budget.xlsx").read_bytes()),
        "broken": ("broken.zip", packed({"a.xlsx": b"x"})[:-9]),
        "same": ("holiday.zip", packed({"b.jpg": b"\xff\xd8"})),
    }
    with rounds.opened(tmp_path, **imap_settings(mail_host)) as (campaign, record):
        answers = returned_by(campaign, record, ANN, BEN, CAY, DAN)
        of_ann = mail(files["same"], sender=ANN, message_id="<0@x>", at=now()).as_bytes()
        one, two, three, same = [
            mail(
                file,
                sender="stranger@example.net",
                subject=subject,
                message_id=f"<{subject}@x>",
                at=now(),
            ).as_bytes()
            for subject, file in files.items()
        ]
        mixed = [one, of_ann, *answers[:2], two, *answers[2:], three, same]
        mail_host.append(inbox, mixed)
        collect(campaign, "--move", "Done", code=1)
        with mail_host.imap(inbox) as client:
            moved = client.select_folder("Done")[b"EXISTS"]
            client.select_folder("INBOX", readonly=True)
            left = client.fetch(client.search(["UNDELETED"]), ["ENVELOPE"])
            subjects = [one[b"ENVELOPE"].subject.decode() for one in left.values()]

        assert moved == 5
        assert subjects == [*files]


def test_a_folder_that_cannot_be_made_is_said(
    rounds: Rounds, mail_host: MailHost, inbox: str, tmp_path: Path
) -> None:
    """What was taken in is kept; the next run, with another name, moves the mails all the same."""
    with rounds.opened(tmp_path, **imap_settings(mail_host)) as (campaign, record):
        mail_host.append(inbox, returned_by(campaign, record, ANN))
        said = collect(campaign, "--move", "a/b", code=3)
        assert len(whose(record)) == 1
        collect(campaign, "--move", "Done")
        with mail_host.imap(inbox) as client:
            assert client.select_folder("Done")[b"EXISTS"] == 1

    assert "the mails cannot be moved to a/b" in said
    assert "New responses: 1." in said
