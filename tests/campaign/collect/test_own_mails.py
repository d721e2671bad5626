"""Tells our own mails, bounces and untouched workbooks from answers."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.people.stages import Stage
from iml4e_xlsx.campaign.record.mails import MailKind, MailState
from iml4e_xlsx.campaign.record.returned_file import ReturnState
from iml4e_xlsx.cli.campaign.collect_messages import (
    letter_lines,
    next_step,
    notice_lines,
    summary_text,
)
from iml4e_xlsx.text.interface_texts import load_texts
from tests.support.campaigns import DAY, NOW, SENDER, collect, person_of, workbook_of
from tests.support.collecting import ANN, BEN, STRANGER, Opened, answers_of, eml, locked_zip
from tests.support.noting import note_mail
from tests.support.returning import (
    all_returned,
    filled,
    filled_of,
    mail,
    originals,
    standing_of,
    write_mbox,
)


def test_letters_of_people_are_listed_from_files(opened: Opened, tmp_path: Path) -> None:
    """A mail of somebody in the roster that brings no workbook wants to be read."""
    campaign, record = opened
    letter = mail(subject="I cannot take part", message_id="<1@x>")
    stranger = mail(subject="News", sender=STRANGER, message_id="<2@x>")
    answer_ = mail(("x.xlsx", filled_of(campaign, record, BEN)), sender=BEN, message_id="<3@x>")
    old = mail(subject="Last year", message_id="<4@x>", at=NOW - 9 * DAY)
    box = write_mbox(tmp_path / "a.mbox", [letter, stranger, answer_, old])
    done = collect(campaign, record, box)

    (letter_found,) = done.letters
    assert [*letter_lines(done)] == [
        load_texts()("collect.letters", count=1),
        f"  {letter_found.handle}  ann@example.org  2026-11-23  reply: I cannot take part",
    ]


def test_our_own_mails_are_not_taken(opened: Opened, tmp_path: Path) -> None:
    """Copies to ourselves and a folder of sent mails, also if a server gave them other ids."""
    campaign, record = opened
    ann = person_of(record, ANN)
    with record.begin(NOW) as tx:
        ours = note_mail(tx, ann)
    blank = workbook_of(campaign, record, ANN).read_bytes()
    other = workbook_of(campaign, record, BEN).read_bytes()
    box = write_mbox(
        tmp_path / "Sent.mbox",
        [
            mail(("a.xlsx", blank), sender=SENDER, message_id=ours, to=ANN),
            mail(("b.xlsx", other), sender=SENDER.upper(), message_id="<other@x>", to=BEN),
        ],
    )
    done = collect(campaign, record, box)

    assert (done.own_mail_count, done.blank_returns, done.files) == (2, [], [])
    assert all_returned(record) == []
    assert "Our own mails: 2." in summary_text(done)


def test_each_file_is_in_one_count(opened: Opened, tmp_path: Path) -> None:
    """Whether somebody's or nobody's, read or not; and there is a way on for each."""
    campaign, record = opened
    paths = [
        eml(tmp_path / "1.eml", ("1.xlsx", filled_of(campaign, record, ANN)), sender=ANN),
        eml(tmp_path / "2.eml", ("2.xlsx", filled(campaign)), sender=STRANGER, message_id="<2@x>"),
        eml(tmp_path / "3.eml", ("3.zip", locked_zip(b"x")), sender=STRANGER, message_id="<3@x>"),
    ]
    done = collect(campaign, record, *paths)
    assert summary_text(done) == "New responses: 1. Without an owner, put aside: 2."
    broken = eml(tmp_path / "4.eml", ("4.zip", locked_zip(b"y")), sender=BEN, message_id="<4@x>")
    failed = collect(campaign, record, *paths[:2], broken)
    assert summary_text(failed) == "New responses: 0. Could not be read: 1. Collected before: 2."

    assert next_step(failed).endswith("iml4e campaign status --reply")
    assert next_step(collect(campaign, record)).endswith("iml4e campaign status")


def test_a_copy_of_our_mail_that_was_filled_in_is_an_answer(opened: Opened, tmp_path: Path) -> None:
    """Some fill the workbook in where it is attached, and save the mail."""
    campaign, record = opened
    ann = person_of(record, ANN)
    with record.begin(NOW) as tx:
        ours = note_mail(tx, ann)
    data = filled_of(campaign, record, ANN)
    path = eml(tmp_path / "a.eml", ("a.xlsx", data), sender=SENDER, message_id=ours, to=ANN)
    done = collect(campaign, record, path)

    assert (done.own_mail_count, len(done.files)) == (0, 1)
    assert answers_of(record) == [(ANN, "workbook", "a.xlsx")]


def test_a_workbook_that_returns_as_issued_is_noted_as_such(opened: Opened, tmp_path: Path) -> None:
    """It is no answer, and the status says that nobody has filled it in."""
    campaign, record = opened
    blank = workbook_of(campaign, record, ANN).read_bytes()
    done = collect(campaign, record, eml(tmp_path / "a.eml", ("a.xlsx", blank)))
    (found,) = all_returned(record)

    assert (done.blank_returns, done.files) == ([person_of(record, ANN)], [])
    assert [*notice_lines(done)] == [f"Came back as issued, without an answer: {ANN}."]
    assert (found.state, found.file) == (ReturnState.ISSUED, "")
    assert standing_of(record, ANN).is_blank
    assert standing_of(record, ANN).stage is Stage.NOT_MAILED
    assert originals(campaign) == {}


def bounce(original: EmailMessage, *, action: str = "failed", headers_only: bool = False) -> bytes:
    """Return a mail server's report that a mail could not be delivered."""
    report = EmailMessage(policy=SMTP)
    report["From"] = "MAILER-DAEMON@example.org"
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report["Message-ID"] = "<report@example.org>"
    returned = original.as_bytes().partition(b"\r\n\r\n")[0] if headers_only else b""
    whole = returned + b"\r\n\r\n" if headers_only else original.as_bytes()
    kind = "text/rfc822-headers" if headers_only else "message/rfc822"
    status = (
        "Reporting-MTA: dns; mx.example.org\r\n\r\nFinal-Recipient: rfc822; ann@example.org\r\n"
        f"Action: {action}\r\nStatus: 5.2.1\r\n"
        "Diagnostic-Code: smtp; 550 5.2.1 Mailbox disabled\r\n"
    )
    parts = [
        b"Content-Type: text/plain\r\n\r\nSorry.",
        b"Content-Type: message/delivery-status\r\n\r\n" + status.encode(),
        f"Content-Type: {kind}\r\n\r\n".encode() + whole,
    ]
    body = b"".join(b"\r\n--rr\r\n" + part for part in parts) + b"\r\n--rr--\r\n"
    head = 'Content-Type: multipart/report; report-type=delivery-status; boundary="rr"\r\n\r\n'
    return report.as_bytes().rstrip() + b"\r\n" + head.encode() + body


@pytest.mark.parametrize("headers_only", [False, True])
def test_a_bounce_tells_of_the_mail_and_not_of_its_workbook(
    opened: Opened, tmp_path: Path, *, headers_only: bool
) -> None:
    """The mail is `bounced` with the server's words; our workbook in it is no response."""
    campaign, record = opened
    ann = person_of(record, ANN)
    with record.begin(NOW) as tx:
        ours = note_mail(tx, ann)
    blank = workbook_of(campaign, record, ANN).read_bytes()
    original = mail(("a.xlsx", blank), sender=SENDER, to=ANN, message_id=ours)
    path = tmp_path / "b.eml"
    path.write_bytes(bounce(original, headers_only=headers_only))
    done = collect(campaign, record, path)
    again = collect(campaign, record, path)
    invitation = standing_of(record, ANN).invitation

    assert [*notice_lines(done)] == [f"{ANN}: the mail came back: 550 5.2.1 Mailbox disabled"]
    assert again.bounces == []
    assert invitation is not None
    assert (invitation.state, invitation.kind) == (MailState.BOUNCED, MailKind.INVITATION)
    assert "550 5.2.1 Mailbox disabled" in invitation.words
    assert all_returned(record) == []


def test_a_delay_is_no_bounce(opened: Opened, tmp_path: Path) -> None:
    """A server that still tries has not given up."""
    campaign, record = opened
    ann = person_of(record, ANN)
    with record.begin(NOW) as tx:
        ours = note_mail(tx, ann)
    path = tmp_path / "b.eml"
    path.write_bytes(bounce(mail(message_id=ours), action="delayed"))
    done = collect(campaign, record, path)

    assert done.bounces == []
    assert standing_of(record, ANN).stage is Stage.MISSING
