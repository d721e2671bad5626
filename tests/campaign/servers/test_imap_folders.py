"""Tests of mailboxes in which answers lie in several folders: of filters, rules and people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.support.campaigns import change_settings
from tests.support.mailbox import ANN, BEN, CAY, collect, now, returned_by, whose
from tests.support.returning import Rounds, all_returned, imap_settings, mail
from tests.support.servers.mailhost import MailHost

BOTH: Any = {"imap.folder": ["INBOX", "Junk"]}


def letter_of(sender: str) -> bytes:
    """Return a mail without a workbook that is about the round, as its photo tells."""
    photo = ("sheet.jpg", b"\xff\xd8" + bytes(range(256)))
    letter = mail(photo, subject="Not me", sender=sender, message_id="<no@x>", at=now())
    return letter.as_bytes()


def test_answers_are_found_in_each_folder(
    rounds: Rounds, mail_host: MailHost, inbox: str, tmp_path: Path
) -> None:
    """Each has its own numbers, which may be the same ones; a letter is found in each as well."""
    letter = letter_of(CAY)
    with rounds.opened(tmp_path, **imap_settings(mail_host), **BOTH) as (campaign, record):
        ann, ben, cay = returned_by(campaign, record, ANN, BEN, CAY)
        mail_host.append(inbox, [ann])
        mail_host.append(inbox, [ben, letter], "Junk")
        said = collect(campaign)
        assert "New responses: 2." in said
        assert "mail INBOX/1 of ann@example.org" in said
        assert "mail Junk/1 of ben@example.org" in said
        assert "Not me" in said

        assert "New responses: 0.\n" in collect(campaign)
        mail_host.append(inbox, [cay], "Junk")
        assert "New responses: 1." in collect(campaign)
        assert len(whose(record)) == 3


def test_a_mail_that_was_moved_counts_once(
    rounds: Rounds, mail_host: MailHost, inbox: str, tmp_path: Path
) -> None:
    """Answers and letters, by hand from one folder to the other; both ways."""
    letter = letter_of(CAY)
    with rounds.opened(tmp_path, **imap_settings(mail_host), **BOTH) as (campaign, record):
        mail_host.append(inbox, [*returned_by(campaign, record, ANN), letter], "Junk")
        assert "Not me" in collect(campaign)
        with mail_host.imap(inbox) as client:
            client.select_folder("Junk")
            client.move([1, 2], "INBOX")
        again = collect(campaign)

        assert "New responses: 0. Collected before: 1." in again
        assert "Not me" not in again
        (answer,) = all_returned(record)
        assert len(answer.deliveries) == 1


def test_a_folder_that_is_missing_hides_no_other(
    rounds: Rounds, mail_host: MailHost, inbox: str, tmp_path: Path
) -> None:
    """It is told with those that there are, after all others were looked through."""
    folders: Any = {"imap.folder": ["Spam", "INBOX"]}
    with rounds.opened(tmp_path, **imap_settings(mail_host), **folders) as (campaign, record):
        mail_host.append(inbox, returned_by(campaign, record, ANN))
        mail_host.append(inbox, returned_by(campaign, record, BEN), "Junk")
        said = " ".join(collect(campaign, code=3).split())
        assert "the mailbox has no folder Spam. It has: INBOX, Junk." in said
        assert len(whose(record)) == 1

        change_settings(campaign.folder, **{"imap.folder": ["Junk", "INBOX", "Junk"]})
        assert "New responses: 1.\n" in collect(campaign)


def test_mails_are_moved_out_of_each_folder(
    rounds: Rounds, mail_host: MailHost, inbox: str, tmp_path: Path
) -> None:
    """Those that lie where collected mails go stay there, however often one collects."""
    folders: Any = {"imap.folder": ["INBOX", "Junk", "Done"]}
    with rounds.opened(tmp_path, **imap_settings(mail_host), **folders) as (campaign, record):
        ann, ben, cay = returned_by(campaign, record, ANN, BEN, CAY)
        for data, folder in ((ann, "INBOX"), (ben, "Junk"), (cay, "Done")):
            mail_host.append(inbox, [data], folder)
        assert "New responses: 3." in collect(campaign, "--move", "Done")
        collect(campaign, "--move", "Done")
        with mail_host.imap(inbox) as client:
            about = client.select_folder("Done")
            assert about[b"EXISTS"] == 3
            assert about[b"UIDNEXT"] == 4
            assert client.select_folder("INBOX")[b"EXISTS"] == 0
            assert client.select_folder("Junk")[b"EXISTS"] == 0
