"""What people do when they are asked, each a function that returns the mails that come of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Final, TypeAlias

from iml4e_xlsx.model import Profile
from iml4e_xlsx.workbook.builder import build_workbook
from tests.support.builders import CREATED, response
from tests.support.hostile import OLE, packed
from tests.support.two_rounds.expectation import Expectation
from tests.support.two_rounds.respondents import Respondents, drop_id, saved_at

Happening: TypeAlias = Callable[[Respondents, Expectation, str], Sequence[EmailMessage]]
"""Makes the mails that come of a deed of a person, who may have to do with another address."""

SECRETARY: Final = "Sekretariat <vorzimmer@example.org>"
STRANGER: Final = "fremd@example.net"
BOOK: Final = "Arbeitsmappe.xlsx"


def reply(all_: Respondents, one: Expectation, _: str) -> list[EmailMessage]:
    return [all_.reply(one, all_.fill(one))]


def renamed(all_: Respondents, one: Expectation, _: str) -> list[EmailMessage]:
    return [all_.reply(one, ("Fragebogen (fertig) 2.xlsx", all_.fill(one)[1]))]


def by_office(all_: Respondents, one: Expectation, _: str) -> list[EmailMessage]:
    return [all_.reply(one, all_.fill_by_office(one, "xlsx"))]


def ods_by_office(all_: Respondents, one: Expectation, _: str) -> list[EmailMessage]:
    return [all_.reply(one, all_.fill_by_office(one, "ods"))]


def zipped(all_: Respondents, one: Expectation, _: str) -> list[EmailMessage]:
    return [all_.reply(one, ("Rücklauf.zip", packed([all_.fill(one)])))]


def forwarded(all_: Respondents, one: Expectation, _: str) -> list[EmailMessage]:
    """Find the mail of last week, which never left, and forward it."""
    made = all_.write(one.mail, subject="WG: Befragung", text="Siehe unten.\n")
    made.add_attachment(all_.reply(one, all_.fill(one)))
    return [made]


def secretary_sends(all_: Respondents, one: Expectation, other: str) -> list[EmailMessage]:
    """Send the workbooks of two managers in one mail."""
    files = [all_.fill(person) for person in (one, all_.person(other))]
    return [all_.write(SECRETARY, *files, subject="Arbeitsmappen")]


def also_sends(all_: Respondents, one: Expectation, other: str) -> list[EmailMessage]:
    """Attach a colleague's workbook as well."""
    return [all_.reply(one, all_.fill(one), all_.fill(all_.person(other)))]


def privately(all_: Respondents, one: Expectation, _: str) -> list[EmailMessage]:
    return [all_.write("privat@example.net", all_.fill(one), subject="Mappe")]


def without_id(all_: Respondents, one: Expectation, _: str) -> list[EmailMessage]:
    """Have a program that loses the id wherever it stands."""
    name, data = all_.fill(one)
    return [all_.reply(one, (name, drop_id(data)))]


def made_elsewhere(all_: Respondents, one: Expectation, _: str) -> list[EmailMessage]:
    """Fill in a workbook that one has made oneself, with an id that nobody knows."""
    return [all_.reply(one, (BOOK, _made_elsewhere(all_, one)))]


def unfilled(all_: Respondents, one: Expectation, _: str) -> list[EmailMessage]:
    return [all_.reply(one, all_.blank_of(one.mail))]


def half(all_: Respondents, one: Expectation, _: str) -> list[EmailMessage]:
    return [all_.reply(one, all_.fill(one, one.half_of_ratings(all_.scheme)))]


def winmail(all_: Respondents, one: Expectation, _: str) -> list[EmailMessage]:
    return [all_.reply(one, ("winmail.dat", b"\x78\x9f\x3e\x22" + bytes(range(256)) * 40))]


def locked(all_: Respondents, one: Expectation, _: str) -> list[EmailMessage]:
    content = OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    return [all_.reply(one, (BOOK, content))]


def broken(all_: Respondents, one: Expectation, _: str) -> list[EmailMessage]:
    name, data = all_.blank_of(one.mail)
    return [all_.reply(one, (name, data[: len(data) // 2]))]


def in_text(all_: Respondents, one: Expectation, _: str) -> list[EmailMessage]:
    return [all_.reply(one, text="Meine Bewertungen: DG-01 2, DG-02 3, DG-03 0, Rest 1.\n")]


def photo(all_: Respondents, one: Expectation, _: str) -> list[EmailMessage]:
    return [all_.reply(one, ("IMG_2041.jpg", b"\xff\xd8\xff\xe0" + bytes(50_000)))]


def pdf(all_: Respondents, one: Expectation, _: str) -> list[EmailMessage]:
    """Print it to a PDF, and send that in a new mail."""
    content = b"%PDF-1.7\n" + bytes(range(256)) * 100
    return [all_.write(one.mail, ("Scan.pdf", content), subject="Scan vom Drucker")]


def link(all_: Respondents, one: Expectation, _: str) -> list[EmailMessage]:
    text = "Liegt hier: https://cloud.example.org/s/3kJ9x2\n"
    return [all_.reply(one, text=text)]


def declines(all_: Respondents, one: Expectation, _: str) -> list[EmailMessage]:
    text = "Ich möchte nicht teilnehmen. Bitte löschen Sie meine Daten.\n"
    return [all_.reply(one, text=text)]


def names_another(all_: Respondents, one: Expectation, _: str) -> list[EmailMessage]:
    """Say in a new mail that somebody else knows more."""
    text = "Bitte fragen Sie Herrn Meier, er ist dafür zuständig.\n"
    return [all_.write(one.mail, subject="Ihre Anfrage", text=text)]


def away(all_: Respondents, one: Expectation, _: str) -> list[EmailMessage]:
    """Let a program answer until the day on which one is back."""
    back = (all_.clock.time + timedelta(days=40)).strftime("%d.%m.%Y")
    subject = f"Automatische Antwort: abwesend bis {back}"
    return [all_.reply(one, subject=subject, Auto_Submitted="auto-replied")]


def secretary_writes(all_: Respondents, one: Expectation, _: str) -> list[EmailMessage]:
    text = f"{one.name} ist in Elternzeit.\n"
    return [all_.write(SECRETARY, to_mail_of=one.mail, text=text)]


def lunch(all_: Respondents, one: Expectation, _: str) -> list[EmailMessage]:
    return [all_.write(one.mail, subject="Mittagessen?", text="Um 12 in der Kantine?\n")]


def stranger_sends(all_: Respondents, one: Expectation, _: str) -> list[EmailMessage]:
    """Get hold of somebody's workbook, and send another answer in it."""
    all_.clock.sleep(60)
    name, data = all_.fill(one, one.ratings(all_.scheme, 3))
    all_.sent[one.mail].pop()
    return [all_.write(STRANGER, (name, data), subject="Mappe")]


def forged(all_: Respondents, one: Expectation, _: str) -> list[EmailMessage]:
    """Let somebody write under a person's address, with a workbook from elsewhere."""
    all_.clock.sleep(60)
    return [all_.write(one.mail, (BOOK, _made_elsewhere(all_, one, 3)), subject="Neue Fassung")]


def forged_name(all_: Respondents, one: Expectation, _: str) -> list[EmailMessage]:
    """Let somebody have a person's address as the name before their own."""
    sender = f'"{one.mail}" <{STRANGER}>'
    return [all_.write(sender, (BOOK, _made_elsewhere(all_, one, 3)), subject="Mappe")]


def in_workbook_of(all_: Respondents, one: Expectation, other: str) -> list[EmailMessage]:
    return [all_.reply(one, all_.fill_with_own_name(one, other))]


def from_future(all_: Respondents, one: Expectation, _: str) -> list[EmailMessage]:
    """Answer on a computer whose clock is wrong by years."""
    return [all_.reply(one, all_.fill(one), at=datetime(2090, 1, 1, tzinfo=UTC))]


def bounce(all_: Respondents, _: Expectation, other: str) -> list[EmailMessage]:
    """Let the server report that there is no mailbox of an earlier address."""
    return [_report(all_, other, str(all_.invitation_of(other)["Message-ID"]))]


def bounce_of_other(all_: Respondents, one: Expectation, _: str) -> list[EmailMessage]:
    """Let it name a Message-ID that Outlook gave to a draft when it left."""
    return [_report(all_, one.mail, "<AS8P190MB@eurprd.prod.example.net>")]


def bounce_in_text(all_: Respondents, one: Expectation, _: str) -> list[EmailMessage]:
    """Let a server of the old kind report it as plain text, with our mail in it."""
    text = (
        "Hi. This is the qmail-send program at mx.example.net.\n"
        f"<{one.mail}>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
        "--- Below this line is a copy of the message.\n\n"
        f"Message-ID: {all_.invitation_of(one.mail)['Message-ID']}\n"
    )
    return [all_.write("MAILER-DAEMON@mx.example.net", subject="failure notice", text=text)]


def last_workbook(all_: Respondents, one: Expectation, other: str) -> list[EmailMessage]:
    """Open the attachment of the last round: one's own, or a colleague's."""
    assert all_.last_round is not None
    return [all_.reply(one, all_.fill_blank(one, *all_.last_round.blank_of(other)))]


def same_as_last_time(all_: Respondents, one: Expectation, _: str) -> list[EmailMessage]:
    """Send the file of the last round once more, since nothing has changed."""
    assert all_.last_round is not None
    content = all_.last_round.sent[one.mail][-1]
    return [all_.reply(one, ("wie im Frühjahr.xlsx", content))]


def _made_elsewhere(all_: Respondents, one: Expectation, version: int = 1) -> bytes:
    answered = response(all_.scheme, one.ratings(all_.scheme, version))
    answered = replace(answered, profile=Profile(respondent=one.name, team=one.team))
    made = build_workbook(all_.scheme, created=CREATED, response=answered)
    return saved_at(all_.clock.time, made)


def _report(all_: Respondents, mail: str, message_id: str) -> EmailMessage:
    """Return a report of RFC 3464 on a mail that did not arrive."""
    status = (
        "Reporting-MTA: dns; mx.example.org\r\n\r\n"
        f"Final-Recipient: rfc822; {mail}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n"
    )
    original = f"From: {all_.facilitator}\r\nTo: {mail}\r\nMessage-ID: {message_id}\r\n\r\n"
    made = all_.write("MAILER-DAEMON@mx.example.org", subject="Undelivered Mail")
    del made["Content-Type"], made["Content-Transfer-Encoding"], made["MIME-Version"]
    parts = [
        "Content-Type: text/plain\r\n\r\nNot delivered.",
        f"Content-Type: message/delivery-status\r\n\r\n{status}",
        f"Content-Type: text/rfc822-headers\r\n\r\n{original}",
    ]
    made["MIME-Version"] = "1.0"
    made["Content-Type"] = 'multipart/report; report-type=delivery-status; boundary="rr"'
    made.set_payload("--rr\r\n" + "\r\n--rr\r\n".join(parts) + "\r\n--rr--\r\n")
    return made


DEEDS: Final[dict[str, Happening]] = {
    happening.__name__: happening
    for happening in (
        reply, renamed, by_office, ods_by_office, zipped, forwarded, secretary_sends, also_sends,
        privately, without_id, made_elsewhere, unfilled, half, winmail, locked, broken, in_text,
        photo, pdf, link,
        declines, names_another, away, secretary_writes, lunch, stranger_sends, forged, forged_name,
        in_workbook_of, from_future, bounce, bounce_of_other, bounce_in_text, last_workbook,
        same_as_last_time,
    )
}  # fmt: skip


def mails_of_day(all_: Respondents, day: int) -> list[EmailMessage]:
    """Return the mails that come of what everybody does on a day."""
    return [
        mail
        for person in all_.people
        for deed in person.deeds
        if deed.day == day
        for mail in DEEDS[deed.name](all_, person, deed.other)
    ]
