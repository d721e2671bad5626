"""Mails without a workbook: kept until somebody has seen to them, if they are about the round."""

from __future__ import annotations

import json
from datetime import date, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.collect.return_day import find_return_day
from iml4e_xlsx.campaign.people.stages import NoMailReason, Stage
from iml4e_xlsx.campaign.record import people
from iml4e_xlsx.campaign.record.letters import Letter, LetterKind, open_letters
from tests.support.campaigns import NOW, collect, run
from tests.support.collecting import ANN, BEN, CAY, STRANGER, Opened
from tests.support.hostile import packed
from tests.support.noting import note_mail
from tests.support.planning import reminders, whom
from tests.support.returning import Rounds, imap_settings, standing_of
from tests.support.servers.mailhost import MailHost

DAY = timedelta(days=1)


def written(
    text: str = "Hello.\n", *, sender: str, subject: str, message_id: str = "", **fields: str
) -> EmailMessage:
    """Return a mail without an attachment; `fields` are more of its header."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, "facilitator@example.org", subject
    made["Message-ID"] = message_id or f"<{abs(hash((sender, subject, text)))}@example.org>"
    made["Date"] = NOW.strftime("%a, %d %b %Y %H:%M:%S +0000")
    for name, value in fields.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


def invite(opened: Opened) -> dict[str, str]:
    """Invite everybody; return the Message-IDs by address."""
    with opened[1].begin(NOW) as tx:
        return {person.mail: note_mail(tx, person) for person in people.all_people(tx)}


def brought(opened: Opened, folder: Path, *mails: EmailMessage) -> list[Letter]:
    """Collect mails as files; return the letters that wait."""
    for number, mail in enumerate(mails):
        (folder / f"letter-{number}.eml").write_bytes(mail.as_bytes())
    collect(*opened, *sorted(folder.glob("letter-*.eml")), now=NOW + DAY)
    return waiting(opened)


def waiting(opened: Opened) -> list[Letter]:
    with opened[1].begin(NOW) as tx:
        return open_letters(tx)


def about(opened: Opened, letter: Letter) -> str:
    with opened[1].begin(NOW) as tx:
        return next((one.mail for one in people.all_people(tx) if one.id == letter.person), "")


def test_a_letter_stays_until_it_is_handled(opened: Opened, tmp_path: Path) -> None:
    """In status and its JSON, and before a reminder, which its writer does not get meanwhile."""
    campaign, _ = opened
    ids = invite(opened)
    no = written("Please delete my data.", sender=ANN, subject="Re: Round", in_reply_to=ids[ANN])
    (letter,) = brought(opened, tmp_path, no)
    brought(opened, tmp_path)  # another run finds nothing new, and it still waits

    status = ("campaign", "status", campaign.folder)
    document = json.loads(run(*status, "--format", "json").stdout)
    (entry,) = document["letters"]
    assert (entry["letter"], entry["sender"], entry["about"]) == (letter.handle, ANN, ANN)
    assert (entry["kind"], entry["subject"], entry["until"]) == ("reply", "Re: Round", None)
    assert entry["message_id"] == no["Message-ID"]
    assert letter.handle in run(*status).stdout
    assert "delete my data" not in json.dumps(document)
    assert ANN not in whom(reminders(*opened))
    reasons = {one.person.mail: one.reason for one in reminders(*opened).not_mailed}
    assert reasons[ANN] is NoMailReason.WRITTEN
    assert ANN in whom(reminders(*opened, 30, ANN))
    said = run("campaign", "remind", campaign.folder)
    assert letter.handle in said.stderr
    assert "has written without a workbook" in said.stdout

    where = ("-C", campaign.folder)
    assert "1 letter is handled" in run("campaign", "handle", letter.handle, *where).stdout
    assert waiting(opened) == []
    assert ANN in whom(reminders(*opened))
    again = run("campaign", "handle", letter.handle, *where).stdout
    assert f"The letter {letter.handle} was handled already" in again
    assert brought(opened, tmp_path) == []  # collected again, it stays handled
    assert "is not a letter" in run("campaign", "handle", "abcdef12", *where, code=1).output
    assert "is not a letter" in run("campaign", "handle", CAY, *where, code=1).output


def test_a_decline_handles_what_was_written(opened: Opened, tmp_path: Path) -> None:
    """The letter said it; there is nothing left to see to."""
    ids = invite(opened)
    mail = written(sender=ANN, subject="No, thanks", in_reply_to=ids[ANN])
    brought(opened, tmp_path, mail)

    said = run("campaign", "decline", ANN, "-C", opened[0].folder).stdout

    assert "1 letter is handled" in said
    assert waiting(opened) == []
    assert standing_of(opened[1], ANN).stage is Stage.DECLINED


def test_a_reply_to_our_mail_is_a_letter_from_whatever_address(
    opened: Opened, tmp_path: Path
) -> None:
    """Of the person to whom our mail was; by In-Reply-To, and by References of a longer thread."""
    ids = invite(opened)
    one = written("He is on leave.", sender=STRANGER, subject="Re: x", in_reply_to=ids[BEN])
    two = written(
        sender="office@example.net",
        subject="WG: y",
        in_reply_to="<other@example.net>",
        references=f"{ids[CAY]} <other@example.net>",
    )
    three = written("Lunch?", sender="someone@example.net", subject="Lunch")
    found = {letter.sender: letter for letter in brought(opened, tmp_path, one, two, three)}

    assert set(found) == {STRANGER, "office@example.net"}
    assert about(opened, found[STRANGER]) == BEN
    assert about(opened, found["office@example.net"]) == CAY
    assert BEN not in whom(reminders(*opened))


@pytest.mark.parametrize(
    ("text", "subject", "is_letter"),
    [
        ("Um 12 in der Kantine?", "Mittagessen?", False),
        ("See you at twelve.", "Lunch today?", False),
        ("Die Zahlen sind da.", "AW: Budget", False),
        ("Ich möchte nicht teilnehmen.", "Hallo", True),
        ("Fragen Sie Herrn Meier, er ist zuständig.", "Hallo", True),
        ("The Round is not for me.", "Hello", True),
        ("Hello", "Your survey", True),
        ("Ich habe leider keine Zeit.", "", True),
    ],
)
def test_a_colleague_may_write_about_something_else(
    opened: Opened, tmp_path: Path, text: str, subject: str, *, is_letter: bool
) -> None:
    """Without our thread, subject or text must speak of the round."""
    invite(opened)

    found = brought(opened, tmp_path, written(text, sender=ANN, subject=subject))

    assert [letter.sender for letter in found] == ([ANN] if is_letter else [])


def test_a_photo_or_a_pdf_is_a_letter(opened: Opened, tmp_path: Path) -> None:
    """Somebody has answered on paper; a picture in a signature says nothing."""
    scan = written("Voilà.", sender=ANN, subject="Hier")
    scan.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="scan.pdf")
    logo = written("Bis dann.", sender=BEN, subject="Hier")
    logo.add_related(b"\x89PNG", maintype="image", subtype="png", cid="<logo>", filename="l.png")

    assert [letter.sender for letter in brought(opened, tmp_path, scan, logo)] == [ANN]


@pytest.mark.parametrize(
    "fields",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated (rejected)"},
        {"Precedence": "auto_reply"},
        {"Precedence": "bulk"},
        {"X_Auto_Response_Suppress": "All"},
        {"X_Autoreply": "yes"},
    ],
)
def test_automatic_replies_are_told_with_their_return_day(
    opened: Opened, tmp_path: Path, fields: dict[str, str]
) -> None:
    """By RFC 3834 and what came before it; they ask for nothing, so reminders leave."""
    invite(opened)
    subject = "Automatische Antwort: Abwesend bis 04.01."
    mail = written("Ich bin nicht da.", sender=ANN, subject=subject, **fields)

    (letter,) = brought(opened, tmp_path, mail)

    assert (letter.kind, letter.until) == (LetterKind.ABSENCE, date(2027, 1, 4))
    assert ANN in whom(reminders(*opened))
    assert "2027-01-04" in run("campaign", "status", opened[0].folder).stdout


def test_what_is_not_automatic(opened: Opened, tmp_path: Path) -> None:
    """A mail that says so, and one to a list."""
    invite(opened)
    plain = written("About the survey.", sender=ANN, subject="a", Auto_Submitted="no")
    listed = written(
        "The news.", sender=BEN, subject="News", Precedence="bulk", List_Id="<news.example.org>"
    )

    (letter,) = brought(opened, tmp_path, plain, listed)

    assert (letter.sender, letter.kind) == (ANN, LetterKind.REPLY)


@pytest.mark.parametrize(
    ("subject", "day"),
    [
        ("Abwesenheitsnotiz: zurück am 7. Dezember", date(2026, 12, 7)),
        ("Ich bin vom 30.11. bis 18.12.2026 im Urlaub", date(2026, 12, 18)),
        ("Bin bis 4.1. nicht da", date(2027, 1, 4)),
        ("Abwesend bis einschl. 15.12.26", date(2026, 12, 15)),
        ("Out of office until December 12th", date(2026, 12, 12)),
        ("Away until 3 January 2027", date(2027, 1, 3)),
        ("Back on Jan 4, 2027", date(2027, 1, 4)),
        ("OOO (2026-12-01 - 2026-12-24)", date(2026, 12, 24)),
        ("Back 24/12/2026", date(2026, 12, 24)),
        ("Back 07/12", None),  # two days, by country
        ("Automatic reply: Round 2026, your workbook", None),
        ("Elternzeit bis 31.02.", None),
        ("Abwesend bis 01.10.2026", None),  # over
        ("Version 12.5 of 3 reports", None),
    ],
)
def test_return_days_are_read_or_left_alone(subject: str, day: date | None) -> None:
    """In German and English; what could be two days, or is over, is none."""
    assert find_return_day(subject, NOW.date()) == day


QMAIL = """Hi. This is the qmail-send program at mx.example.net.
<{address}>:
Sorry, no mailbox here by that name.

--- Below this line is a copy of the message.
Message-ID: {message_id}
"""


def test_bounces_that_prove_nothing_are_letters(opened: Opened, tmp_path: Path) -> None:
    """Anybody can write them: nobody's mail counts as bounced, and they are told."""
    ids = invite(opened)
    qmail = written(
        QMAIL.format(address="someone@else.example", message_id=ids[BEN]),
        sender="MAILER-DAEMON@mx.example.net",
        subject="failure notice",
    )
    report = f"""From: postmaster@outlook.example\r
To: facilitator@example.org\r
Subject: Undeliverable\r
Message-ID: <dsn@outlook.example>\r
Date: {NOW:%a, %d %b %Y %H:%M:%S} +0000\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=delivery-status; boundary=b\r
\r
--b\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; outlook.example\r
\r
Final-Recipient: rfc822; {CAY}\r
Action: failed\r
Status: 5.1.1\r
\r
--b\r
Content-Type: text/rfc822-headers\r
\r
Message-ID: <made-by-outlook@outlook.example>\r
\r
--b--\r
"""
    (tmp_path / "letter-dsn.eml").write_bytes(report.encode())
    newsletter = written("Nobody we know.", sender="mailer-daemon@else.example", subject="failed")

    found = brought(opened, tmp_path, qmail, newsletter)

    assert {(letter.kind, about(opened, letter)) for letter in found} == {
        (LetterKind.BOUNCE, BEN),
        (LetterKind.BOUNCE, CAY),
    }
    assert standing_of(opened[1], BEN).stage is Stage.MISSING
    assert standing_of(opened[1], CAY).stage is Stage.MISSING


def test_letters_in_a_mailbox(
    mail_host: MailHost, inbox: str, rounds: Rounds, tmp_path: Path
) -> None:
    """The same as in files, over a real server, and once however often it is looked through."""
    settings = {**imap_settings(mail_host), "sender.mail": inbox}
    with rounds.opened(tmp_path, **settings) as opened:
        campaign, _ = opened
        ids = invite(opened)
        mails = [
            written("Keine Zeit.", sender=ANN, subject="AW: x", in_reply_to=ids[ANN]),
            written("Er ist in Elternzeit.", sender=STRANGER, subject="x", references=ids[BEN]),
            written("Um 12?", sender=CAY, subject="Mittagessen?"),
            written("Ich nehme nicht an der Befragung teil.", sender=CAY, subject="Hallo"),
            written(
                "Bin weg.", sender=CAY, subject="Back Jan 4, 2099", Auto_Submitted="auto-replied"
            ),
            written(
                QMAIL.format(address="x@y.example", message_id=ids["dan@example.org"]),
                sender="MAILER-DAEMON@mx.example.net",
                subject="failure notice",
            ),
            written("Buy now.", sender="shop@example.net", subject="Sale"),
        ]
        mail_host.append(inbox, [one.as_bytes() for one in mails])
        command = ("campaign", "collect", "--imap", "-C", campaign.folder)
        first, second = run(*command).stdout, run(*command, "--all").stdout
        found = waiting(opened)

    assert "5 new letters" in first
    assert "new letter" not in second
    assert sorted((letter.sender, letter.kind.value) for letter in found) == [
        (ANN, "reply"),
        (CAY, "absence"),
        (CAY, "reply"),
        ("mailer-daemon@mx.example.net", "bounce"),
        (STRANGER, "reply"),
    ]
    (away,) = [letter for letter in found if letter.kind is LetterKind.ABSENCE]
    assert away.until == date(2099, 1, 4)
    assert {about(opened, one) for one in found if one.sender == STRANGER} <= {BEN, ""}


def test_a_folder_of_letters_was_read(opened: Opened, tmp_path: Path) -> None:
    """Each time; a folder without anything is told all the same."""
    campaign, _ = opened
    inbox, empty = tmp_path / "inbox", tmp_path / "empty"
    inbox.mkdir()
    empty.mkdir()
    for number in range(2):
        message = written(sender=ANN, subject="The survey", message_id=f"<l{number}@example.org>")
        (inbox / f"{number}.eml").write_bytes(message.as_bytes())
    words = ("campaign", "collect", "-C", campaign.folder)
    first = run(*words, inbox)
    again = run(*words, inbox)
    alone = run(*words, inbox / "0.eml")
    both = run(*words, inbox, empty, code=1)

    assert "2 new letters" in first.stdout
    for outcome in (first, again, alone):
        assert "no workbook" not in outcome.stderr
        assert "Exit code" not in outcome.stderr
    assert f"{empty}: there is no workbook in it" in both.stderr
    assert f"{inbox}: " not in both.stderr
    reminded = run("campaign", "remind", campaign.folder).stderr
    assert "2 letters" in reminded


def test_a_zip_of_letters_was_read(opened: Opened, tmp_path: Path) -> None:
    """Named, in a folder or in another zip; one without letters is told though others have some."""
    ids = invite(opened)
    letters = {
        f"{number}.eml": written(sender=mail, subject="Re: Round", in_reply_to=ids[mail]).as_bytes()
        for number, mail in enumerate((ANN, BEN, CAY))
    }
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "one.zip").write_bytes(packed(dict([*letters.items()][:1])))
    inner = packed(dict([*letters.items()][1:2]))
    (folder / "two.zip").write_bytes(packed({"inner.zip": inner}))
    named = tmp_path / "named.zip"
    named.write_bytes(packed(dict([*letters.items()][2:])))

    done = collect(*opened, folder, named, now=NOW + DAY)

    assert [failure.message for failure in done.failures] == []
    assert sorted(letter.sender for letter in waiting(opened)) == [ANN, BEN, CAY]

    (folder / "photos.zip").write_bytes(packed({"a.jpg": b"\xff\xd8"}))
    (folder / "lunch.zip").write_bytes(
        packed({"a.eml": written(sender=STRANGER, subject="Lunch").as_bytes()})
    )
    done = collect(*opened, folder, now=NOW + DAY)
    assert sorted(Path(failure.source).name for failure in done.failures) == [
        "lunch.zip", "photos.zip",
    ]  # fmt: skip
