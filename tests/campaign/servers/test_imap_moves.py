"""Tests of mails that are moved after they were collected: answers are, all others stay."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from tests.support.campaigns import (
    SENDER,
    workbook_of,
)
from tests.support.hostile import packed
from tests.support.mailbox import ANN, BEN, CAY, DAN, collect, now, returned_by, whose
from tests.support.returning import (
    Relay,
    Rounds,
    imap_settings,
    mail,
)
from tests.support.servers.mailhost import MailHost


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
