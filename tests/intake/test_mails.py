"""Mails as sources of workbooks: whatever saved them, nested them, named them or broke them."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from random import Random
from typing import Any

import olefile
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.intake.finder import Finder
from iml4e_xlsx.intake.mails.mail import DeliveryReport
from iml4e_xlsx.intake.mails.mbox import OversizeMessage, split_messages
from iml4e_xlsx.intake.mails.rfc822 import read_message
from iml4e_xlsx.intake.source import Source, SourceFailure
from iml4e_xlsx.jobs.batch import assess_workbooks, find_workbooks
from iml4e_xlsx.model import Assessment, Scheme
from iml4e_xlsx.reading.identity import Schemes
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.refusal import FileRefusal
from tests.support import outlook
from tests.support.builders import built, response, small_scheme
from tests.support.hostile import packed
from tests.support.mutation import cut, flip, overwrite, repeat, truncate

BOOK = b"PK\x03\x04" + bytes(range(256)) * 40
"""Begins as a workbook does; what else is in it is not looked at here."""

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NOON = datetime(2026, 3, 2, 12, 0, 30, tzinfo=UTC)
SECONDS = 5.0
MEGABYTES = 150


def mail(*files: tuple[str, bytes], sender: str = "Ann <Ann@Example.org>") -> EmailMessage:
    """Return a mail with files attached, as a mail program makes one."""
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = sender, "we@example.org", "Re: Assessment"
    made["Message-ID"] = "<one@example.org>"
    made["Date"] = "Mon, 02 Mar 2026 13:00:30 +0100"
    made.set_content("Here it is.\n")
    made.add_alternative("<p>Here it is.</p>", subtype="html")
    for name, content in files:
        made.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return made


def raw(*lines: str, body: bytes = b"") -> bytes:
    return "\r\n".join((*lines, "", "")).encode() + body


def encoded(content: bytes) -> bytes:
    return base64.encodebytes(content).replace(b"\n", b"\r\n")


def mixed(*parts: bytes, head: str = "From: a@example.org") -> bytes:
    """Return a multipart of parts that are given with their headers."""
    body = b"".join(b"\r\n--bb\r\n" + part for part in parts)
    return raw(head, 'Content-Type: multipart/mixed; boundary="bb"', body=body + b"\r\n--bb--\r\n")


class Found:
    """What came of a mail: workbooks, failures, and names passed over."""

    def __init__(
        self, make: Callable[[Finder], Iterator[Source | SourceFailure]], **options: Any
    ) -> None:
        self.over: list[str] = []
        found = list(make(Finder(on_other_file=self.over.append, **options)))
        self.sources = [one for one in found if isinstance(one, Source)]
        self.failures = [
            (one.name, one.failure.code) for one in found if isinstance(one, SourceFailure)
        ]
        self.messages = [one.failure.message for one in found if isinstance(one, SourceFailure)]

    @property
    def names(self) -> list[str]:
        return [one.name for one in self.sources]


def in_message(data: bytes, **options: Any) -> Found:
    return Found(lambda finder: finder.search_message(data, "m"), **options)


def at(*paths: Path, **options: Any) -> Found:
    return Found(lambda finder: finder.find_sources(paths), **options)


# --- messages ----------------------------------------------------------------------------------


def test_a_workbook_comes_with_its_origin() -> None:
    """Content, name, sender, id, subject and time of an ordinary mail."""
    found = in_message(mail(("Team Ä.xlsx", BOOK)).as_bytes())
    (source,) = found.sources
    origin = source.origin

    assert source.name == "m/Team Ä.xlsx"
    assert source.read() == BOOK
    assert source.modified is None
    assert origin is not None
    assert (origin.sender, origin.message_id) == ("ann@example.org", "<one@example.org>")
    assert (origin.subject, origin.received) == ("Re: Assessment", NOON)
    assert found.failures == []
    assert found.over == []


@pytest.mark.parametrize(
    ("field", "sender"),
    [
        ("Ann Lee <ANN@Example.org>", "ann@example.org"),
        ("ann@example.org (Ann)", "ann@example.org"),
        ("=?utf-8?q?Lee=2C_Ann_=3Cx=40evil=2Eexample=3E?= <ann@example.org>", "ann@example.org"),
        ('"boss@example.org" <ann@example.org>', "ann@example.org"),
        ("=?utf-8?b?QW5uIDxhbm5AZXhhbXBsZS5vcmc+?=", "ann@example.org"),
        ("ann@example.org, bob@example.org", "ann@example.org"),
        ("Ann", ""),
        ("", ""),
        ("x" * 300 + "@example.org", ""),
    ],
)
def test_the_sender_is_a_bare_address(field: str, sender: str) -> None:
    """Names are not mistaken for addresses, however they are encoded."""
    assert read_message(raw(f"From: {field}")).origin.sender == sender


def test_the_topmost_received_is_when_it_arrived() -> None:
    """The date may be days older; without either there is none."""
    hops = ("Received: from b; Mon, 2 Mar 2026 12:00:30 +0000", "Received: from a; 1 Jan 2026 1:00")
    date = "Date: Sun, 01 Mar 2026 07:00:00 -0500 (EST)"

    assert read_message(raw(*hops, date)).origin.received == NOON
    sent = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert read_message(raw("Received: gone", date)).origin.received == sent
    assert read_message(raw("Date: 31 Feb 20266")).origin.received is None
    assert read_message(raw("Date: 31 Dec 9999 23:00 -1400")).origin.received is None
    assert read_message(raw("Subject: x")).origin.received is None


def test_header_words_are_decoded_to_one_bounded_line() -> None:
    """Encoded words, folds and bytes of any charset; never a control character."""

    def subject(value: bytes) -> str:
        return read_message(b"Subject: " + value + b"\n\n").origin.subject

    assert subject(b"=?iso-8859-1?Q?R=FCck?=\r\n =?utf-8?B?bGF1Zg==?=") == "Rücklauf"
    assert subject("Rücklauf".encode()) == "Rücklauf"
    assert subject("Rücklauf".encode("latin-1")) == "Rücklauf"
    assert subject(b"=?utf-8?q?a=0D=0Ab=1B[31m?=") == "a b [31m"
    assert subject(b"=?no-such?q?a?= =?idna?q?b?= =?zlib?q?c?=") == "abc"
    assert subject(b"=?utf-8?b?a?=") == "=?utf-8?b?a?="
    assert len(subject(b"x" * 5000)) == 200


NAMES = [
    ('attachment; filename="plain.xlsx"', "plain.xlsx"),
    ("attachment; filename=plain.xlsx", "plain.xlsx"),
    ("attachment; filename*=utf-8''%E2%82%AC.xlsx", "€.xlsx"),
    ("attachment; filename*0*=iso-8859-1'de'R%FCck; filename*1=lauf.xlsx", "Rücklauf.xlsx"),
    ('attachment; filename="=?utf-8?B?w7xiZXIueGxzeA==?="', "über.xlsx"),
    ('attachment; filename="=?utf-8?Q?two words?= =?utf-8?Q?.xlsx?="', "two words.xlsx"),
    ('attachment; filename="über.xlsx"', "über.xlsx"),
    ('attachment; filename="a;b=c.xlsx"', "a;b=c.xlsx"),
    ('attachment; filename="../../etc/up.xlsx"', "up.xlsx"),
    ('attachment; filename="C:\\Users\\ann\\my.xlsx"', "my.xlsx"),
    ("attachment; filename*=utf-8''a%0D%0Ab%1B%E2%80%AE.xlsx", "a  b  .xlsx"),
    ("attachment; filename*=unicode_escape''a.xlsx", "a.xlsx"),
    ("attachment", "#1"),
    ('attachment; filename=""', "#1"),
]


@pytest.mark.parametrize(("disposition", "name"), NAMES)
def test_names_of_attachments(disposition: str, name: str) -> None:
    """Every way to write a name; its folders and control characters are left out."""
    part = raw(
        f"Content-Disposition: {disposition}",
        "Content-Transfer-Encoding: base64",
        body=encoded(BOOK),
    )
    (source,) = in_message(mixed(part)).sources

    assert source.name == f"m/{name}"
    assert source.read() == BOOK


def test_a_name_in_the_content_type_and_a_long_one() -> None:
    """Old programs name only there; a name that is cut keeps its suffix."""
    part = raw(f'Content-Type: {SHEET}; name="{"x" * 500}.xlsx"', body=BOOK)
    (attachment,) = read_message(mixed(part)).attachments

    assert attachment.name.endswith("xx.xlsx")
    assert len(attachment.name) <= 151


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("base64", encoded(BOOK)),
        ("BASE64", encoded(BOOK).replace(b"\r\n", b"\n")),
        ("base64", b"".join(b"%c\n" % letter for letter in base64.b64encode(BOOK))),
        ("base64", encoded(BOOK).replace(b"A", b"*A ", 50)),
        ("quoted-printable", b"".join(b"=%02X" % one + b"=\r\n" * (n % 20 == 0)
                                      for n, one in enumerate(BOOK))),
        ("8bit", BOOK),
        ("binary", BOOK),
        ("no-such", BOOK),
    ],
)  # fmt: skip
def test_encodings_of_attachments(encoding: str, body: bytes) -> None:
    """What the transport did is undone; characters that cannot be in base64 are skipped."""
    disposition = "Content-Disposition: attachment; filename=a.dat"
    part = raw(disposition, f"Content-Transfer-Encoding: {encoding}", body=body)
    (source,) = in_message(mixed(part)).sources

    assert source.read() == BOOK


def test_a_damaged_attachment_is_a_failure_of_its_own() -> None:
    """One that did not arrive whole costs itself, not the mail."""
    head = "Content-Transfer-Encoding: base64"
    broken = raw("Content-Disposition: attachment; filename=a.xlsx", head, body=b"AAAAA")
    good = raw("Content-Disposition: attachment; filename=b.xlsx", head, body=encoded(BOOK))
    first, second = in_message(mixed(broken, good)).sources

    with pytest.raises(FileRefusal):
        first.read()
    assert second.read() == BOOK
    (failure,) = assess_workbooks([first])
    assert isinstance(failure, Failure)
    assert failure.code == "broken-workbook"
    assert "did not arrive complete" in failure.message


def test_a_mail_that_was_cut_off_still_gives_what_arrived() -> None:
    """The last part has no end; a mail that is nothing but the workbook has no parts."""
    data = mail(("a.xlsx", BOOK), ("b.xlsx", BOOK)).as_bytes()
    alone = raw(f"Content-Type: {SHEET}; name=a.xlsx", "From: a@example.org", body=BOOK)

    assert in_message(data[: len(data) - 4000]).names == ["m/a.xlsx", "m/b.xlsx"]
    assert in_message(alone).sources[0].read() == BOOK


def test_texts_pictures_and_signatures_are_passed_over_silently() -> None:
    """Only what somebody attached is told; a workbook counts however it is labelled."""
    parts = (
        raw("Content-Type: text/plain", body=b"Hello"),
        raw("Content-Type: image/png; name=logo.png", "Content-ID: <1>", body=b"\x89PNG"),
        raw("Content-Type: image/png; name=x.xlsx", "Content-Disposition: inline", body=BOOK),
        raw("Content-Type: application/pkcs7-signature; name=smime.p7s", body=b"0"),
        raw("Content-Type: application/applefile; name=y.xlsx", body=b"\x00\x05\x16\x07"),
        raw("Content-Disposition: attachment; filename=~$x.xlsx", body=b"lock"),
        raw("Content-Type: image/png; name=photo.png", body=b"\x89PNG"),
        raw("Content-Disposition: attachment; filename=notes.txt", body=b"hello"),
        raw("Content-Disposition: attachment; filename=area.csv", body=b"AA-01;2\r\n"),
    )
    found = in_message(mixed(*parts))

    assert found.names == ["m/x.xlsx", "m/area.csv"]
    assert found.over == ["m/photo.png", "m/notes.txt"]
    assert found.failures == []


def test_forwarded_mails_zips_and_attached_mails_are_gone_through() -> None:
    """However deep a workbook lies, its origin is the mail that came to us."""
    inner = mail(("a.xlsx", BOOK), sender="bob@example.org")
    outer = mail(("all.zip", packed({"b.xlsx": BOOK, "saved.eml": inner.as_bytes()})))
    outer.add_attachment(inner)
    outer.add_attachment(inner.as_bytes(), maintype="x", subtype="y", filename="saved.eml")
    found = in_message(outer.as_bytes())

    assert found.names == [
        "m/all.zip/b.xlsx",
        "m/all.zip/saved.eml/a.xlsx",
        "m/#2/a.xlsx",
        "m/saved.eml/a.xlsx",
    ]
    assert {one.origin.sender for one in found.sources if one.origin} == {"ann@example.org"}
    assert {one.read() for one in found.sources} == {BOOK}


def test_a_forwarded_mail_in_base64() -> None:
    """The standard forbids it, and programs do it."""
    inner = encoded(mail(("a.xlsx", BOOK)).as_bytes())
    part = raw("Content-Type: message/rfc822", "Content-Transfer-Encoding: base64", body=inner)

    assert in_message(mixed(part)).sources[0].read() == BOOK


def test_mails_lie_in_each_other_so_deep_and_no_deeper() -> None:
    """The limit counts mails in mails, forwarded or attached."""
    data = mail(("a.xlsx", BOOK)).as_bytes()
    for _ in range(3):
        data = mail(("m.eml", data)).as_bytes()

    assert in_message(data, limits=Limits(mails=4)).names == ["m/m.eml/m.eml/m.eml/a.xlsx"]
    refused = in_message(data, limits=Limits(mails=3))
    assert refused.failures == [("m/m.eml/m.eml/m.eml", "too-large")]


@pytest.mark.parametrize(
    ("part", "name", "code", "advice"),
    [
        (raw("Content-Type: application/ms-tnef; name=winmail.dat"), "winmail.dat", "winmail",
         "plain text"),
        (raw("Content-Disposition: attachment; filename=WINMAIL.DAT"), "WINMAIL.DAT", "winmail",
         "plain text"),
        (raw("Content-Type: application/pkcs7-mime; name=smime.p7m"), "smime.p7m",
         "encrypted-mail", "without encryption"),
        (raw('Content-Type: multipart/encrypted; boundary="cc"'), "#1", "encrypted-mail",
         "without encryption"),
    ],
)  # fmt: skip
def test_what_is_not_opened_is_said(part: bytes, name: str, code: str, advice: str) -> None:
    """Outlook's package and encrypted mails are failures that say what to ask for, and whom."""
    (source,) = in_message(mixed(part)).sources
    (outcome,) = assess_workbooks([source])

    assert source.origin is not None
    assert source.origin.sender == "a@example.org"
    assert isinstance(outcome, Failure)
    assert (outcome.source, outcome.code) == (f"m/{name}", code)
    assert advice in outcome.message


def test_the_date_of_a_file_is_told_where_the_mail_tells() -> None:
    """As a parameter of the attachment."""
    when = 'modification-date="Mon, 02 Mar 2026 13:00:30 +0100"'
    part = raw(f"Content-Disposition: attachment; filename=a.xlsx; {when}", body=BOOK)

    assert in_message(mixed(part)).sources[0].modified == NOON


# --- bounces -----------------------------------------------------------------------------------

STATUS = """\
Reporting-MTA: dns; mx.example.org

Original-Recipient: rfc822;Ann@Example.org
Final-Recipient: rfc822; ann@inner.example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <ann@inner.example.org>:
 no such user

Final-Recipient: rfc822; <bob@example.org>
Action: Delayed
Status: 4.4.1 (waiting)

Final-Recipient: rfc822; fine@example.org
Action: delivered
Status: 2.0.0
"""


def bounce(original: bytes, form: str = "message/rfc822") -> bytes:
    head = 'Content-Type: multipart/report; report-type=delivery-status; boundary="rr"'
    body = b"\r\n--rr\r\n".join(
        (
            b"",
            raw("Content-Type: text/plain", body=b"Sorry."),
            raw("Content-Type: message/delivery-status", body=STATUS.encode()),
            raw(f"Content-Type: {form}", body=original),
        )
    )
    return raw("From: MAILER-DAEMON@example.org", head, body=body + b"\r\n--rr--\r\n")


@pytest.mark.parametrize("form", ["message/rfc822", "text/rfc822-headers"])
def test_a_bounce_says_whom_it_did_not_reach(form: str) -> None:
    """Failed and delayed ones, with the id of our mail; our own workbook is not taken."""
    data = bounce(mail(("blank.xlsx", BOOK)).as_bytes(), form)
    first, second = read_message(data).reports

    assert first == DeliveryReport(
        recipient="ann@example.org",
        action="failed",
        status="5.1.1",
        diagnostic="550 5.1.1 <ann@inner.example.org>: no such user",
        original_id="<one@example.org>",
    )
    assert (second.recipient, second.action, second.status) == (
        "bob@example.org",
        "delayed",
        "4.4.1",
    )
    told: list[DeliveryReport] = []
    assert in_message(data, on_bounce=told.append).names == []
    assert told == [first, second]


@pytest.mark.parametrize("line", ["From: Mailer-Daemon@x.example", "Return-Path: <>"])
def test_what_a_plain_bounce_returns_is_not_taken(line: str) -> None:
    """Some servers send no report but only the mail, from nobody."""
    part = raw("Content-Type: message/rfc822", body=mail(("blank.xlsx", BOOK)).as_bytes())

    assert in_message(mixed(part)).names == ["m/#1/blank.xlsx"]
    assert in_message(mixed(part, head=line)).names == []


# --- Outlook -----------------------------------------------------------------------------------


def test_a_saved_mail_of_outlook() -> None:
    """A received one has its header, a sent one only properties; olefile agrees on the file."""
    headers = "Received: from a; Mon, 2 Mar 2026 12:00:30 +0000\r\nFrom: Ann <ANN@example.org>\r\n"
    headers += "Message-ID: <one@example.org>\r\nSubject: =?utf-8?q?R=C3=BCck?=\r\n"
    files = {"Team Ä 日本.xlsx": BOOK, "big.xlsx": BOOK * 20, "notes.docx": b"x", "none.ods": b""}
    data = outlook.message(headers=headers, sender="x@example.org", files=files).to_bytes()
    found = in_message(data)
    origin = found.sources[0].origin

    assert olefile.isOleFile(io.BytesIO(data))
    assert found.names == ["m/Team Ä 日本.xlsx", "m/big.xlsx", "m/none.ods"]
    assert [one.read() for one in found.sources] == [BOOK, BOOK * 20, b""]
    assert found.over == ["m/notes.docx"]
    assert origin is not None
    assert (origin.sender, origin.message_id) == ("ann@example.org", "<one@example.org>")
    assert (origin.subject, origin.received) == ("Rück", NOON)


def test_a_sent_mail_of_outlook_has_properties_only() -> None:
    """Sender, id and time stand there; the time of delivery counts before that of sending."""
    sent = outlook.message(sender="Ann@Example.org", message_id="<two@x>", submitted=NOON)
    origin = read(sent.to_bytes()).origin

    assert (origin.sender, origin.message_id) == ("ann@example.org", "<two@x>")
    assert (origin.subject, origin.received) == ("Re: Assessment", NOON)
    early = datetime(2026, 3, 1, tzinfo=UTC)
    both = outlook.message(submitted=early, delivered=NOON).to_bytes()
    assert read(both).origin.received == NOON


def read(data: bytes) -> Any:
    from iml4e_xlsx.intake.mails.outlook_msg import read_mail

    return read_mail(data)


def test_names_in_a_codepage() -> None:
    """Old mails are not in Unicode; their codepage stands among the properties."""
    made = outlook.message()
    made.set_property(outlook.CODEPAGE, outlook.NUMBER, 1251)
    made.properties.remove(0x0037, outlook.TEXT)
    made.set_property(0x0037, outlook.TEXT_IN_CODEPAGE, "Ответ".encode("cp1251"))

    assert read(made.to_bytes()).origin.subject == "Ответ"


def test_mails_in_a_mail_of_outlook() -> None:
    """Forwarded as an attachment: the file has the whole mail in it, not as a file."""
    inner = outlook.message(sender="bob@example.org", files={"a.xlsx": BOOK})
    middle = outlook.message(files={"b.xlsx": BOOK})
    middle.add_embedded_message_attachment(inner, filename="inner")
    outer = outlook.message(sender="ann@example.org")
    outer.add_embedded_message_attachment(middle, filename="middle")
    outer.add_attachment("c.msg", inner.to_bytes())
    outer.add_attachment("d.eml", mail(("d.xlsx", BOOK)).as_bytes())
    found = in_message(outer.to_bytes())

    assert found.names == [
        "m/middle/b.xlsx",
        "m/middle/inner/a.xlsx",
        "m/c.msg/a.xlsx",
        "m/d.eml/d.xlsx",
    ]
    assert {one.read() for one in found.sources} == {BOOK}
    assert {one.origin.sender for one in found.sources if one.origin} == {"ann@example.org"}
    assert in_message(outer.to_bytes(), limits=Limits(mails=2)).failures == [
        ("m/middle/inner", "too-large")
    ]


def test_what_else_outlook_attaches() -> None:
    """Pictures, packages, sealed and signed mails, and reports that bring our mail back."""
    made = outlook.message(files={"winmail.dat": b"x", "smime.p7m": b"x", "photo.png": b"x"})
    made.add_attachment("logo.png", b"x", mime_type="image/png", content_id="1")
    hidden = made.add_attachment("hidden.dat", b"x")
    hidden.set_property(outlook.HIDDEN, outlook.TRUTH, value=True)
    signed = mail(("s.xlsx", BOOK)).as_bytes()
    made.add_attachment("signed.p7m", signed, mime_type="multipart/signed")
    dated = made.add_attachment("dated.xlsx", BOOK)
    dated.set_property(outlook.CHANGED, outlook.TIME, NOON)
    found = in_message(made.to_bytes())

    assert found.failures == []
    assert found.over == ["m/photo.png"]
    assert found.names == [
        *("m/winmail.dat", "m/smime.p7m"),
        *("m/signed.p7m/s.xlsx", "m/dated.xlsx"),
    ]
    package, sealed, _, later = found.sources
    assert later.modified == NOON
    outcomes = [*assess_workbooks([package, sealed])]
    assert [one.code for one in outcomes if isinstance(one, Failure)] == [
        "winmail",
        "encrypted-mail",
    ]
    report = outlook.message(files={"blank.xlsx": BOOK}, form="REPORT.IPM.Note.NDR")
    assert in_message(report.to_bytes()).names == []


def test_files_of_outlook_are_read_side_by_side() -> None:
    """Several threads read attachments of one file, and none gets another's bytes."""
    from concurrent.futures import ThreadPoolExecutor

    files = {f"{n}.xlsx": bytes([n]) * 50_000 for n in range(30)}
    found = in_message(outlook.message(files=files).to_bytes())
    with ThreadPoolExecutor(8) as pool:
        contents = list(pool.map(lambda source: source.read(), found.sources * 5))

    assert contents == list(files.values()) * 5


# --- mailboxes ---------------------------------------------------------------------------------

SEPARATOR = b"From ann@example.org Mon Mar  2 12:00:30 2026\n"


def box(*mails: bytes) -> bytes:
    return b"".join(SEPARATOR + one.replace(b"\r\n", b"\n") + b"\n" for one in mails)


def test_a_mailbox_is_read_mail_by_mail(tmp_path: Path) -> None:
    """Each with its own origin; those without a workbook are nothing to speak of."""
    one, two = mail(("a.xlsx", BOOK)), mail(("b.xlsx", BOOK), sender="bob@example.org")
    path = tmp_path / "box.mbox"
    path.write_bytes(box(one.as_bytes(), mail().as_bytes(), two.as_bytes()))
    found = at(path)

    assert found.names == [f"{path}/#1/a.xlsx", f"{path}/#3/b.xlsx"]
    senders = [one.origin.sender for one in found.sources if one.origin]
    assert senders == ["ann@example.org", "bob@example.org"]
    assert {one.read() for one in found.sources} == {BOOK}
    assert found.failures == []
    assert found.over == []


def test_mailboxes_without_a_suffix_are_known_by_their_content(tmp_path: Path) -> None:
    """Thunderbird and Apple Mail name them so; a text that begins with From is none."""
    data = box(mail(("a.xlsx", BOOK)).as_bytes())
    (tmp_path / "Inbox").write_bytes(data.replace(b"ann@example.org Mon", b"- Mon", 1))
    (tmp_path / "INBOX.mbox").mkdir()
    (tmp_path / "INBOX.mbox" / "mbox").write_bytes(data)
    (tmp_path / "letter").write_bytes(b"From here on\nall is well\n")
    found = at(tmp_path)

    assert found.names == [
        f"{tmp_path}/INBOX.mbox/mbox/#1/a.xlsx",
        f"{tmp_path}/Inbox/#1/a.xlsx",
    ]
    assert found.over == [f"{tmp_path}/letter"]


def test_lines_that_begin_with_from() -> None:
    """Quoted ones are unquoted once; one without a date is text."""
    body = b"\nFrom here on\n\nFrom 10:00 to 11:00\n>From x\n>>From y\n"
    (one, two) = split_messages(io.BytesIO(box(b"Subject: x\n" + body, b"Subject: y\n")), 1 << 20)

    assert one == b"Subject: x\n\nFrom here on\n\nFrom 10:00 to 11:00\nFrom x\n>From y\n\n"
    assert two == b"Subject: y\n\n"


@given(st.integers(min_value=1, max_value=2000), st.lists(st.integers(0, 3000), max_size=8))
@example(chunk=1, sizes=[0, 10])
def test_mailboxes_come_apart_the_same_however_they_are_read(chunk: int, sizes: list[int]) -> None:
    """Where a piece of the file ends makes no difference; only too large mails are left out."""
    limit = 2000
    mails = [
        b"Subject: %d\n\n" % n + b"From x\nyz\n" * (size // 10) for n, size in enumerate(sizes)
    ]
    file = Trickle(box(*mails), chunk)
    found = list(split_messages(file, limit))

    assert len(found) == len(mails)
    for one, made in zip(found, mails, strict=True):
        if isinstance(one, OversizeMessage):
            assert len(made) > limit - 100
            assert one.head.startswith(made.partition(b"\n")[0])
        else:
            assert one == made + b"\n"
            assert len(made) <= limit + 400


class Trickle(io.BytesIO):
    """A file that gives little at a time."""

    def __init__(self, data: bytes, most: int) -> None:
        super().__init__(data)
        self.most = most

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(self.most, size or self.most))


class Endless:
    """A mailbox of many small mails and one endless line, that is nowhere."""

    def __init__(self, size: int) -> None:
        self.left = size
        self.block = (box(b"Subject: x\n" + b"\nHello" * 300) * 600)[: 1 << 20]

    def read(self, _: int = -1, /) -> bytes:
        self.left -= 1 << 20
        if self.left < 0:
            return b""
        return self.block if self.left % (3 << 20) else b"x" * (1 << 20)


def test_large_mailboxes_cost_little_memory() -> None:
    """Of 60 MB never more than a few are held."""
    mailbox: Any = Endless(60 << 20)
    tracemalloc.start()
    try:
        count = sum(1 for _ in split_messages(mailbox, 1 << 20))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert count > 20_000
    assert peak < 10 << 20


def test_a_mail_that_is_too_large_costs_itself(tmp_path: Path) -> None:
    """The next one in the mailbox is read."""
    path = tmp_path / "box.mbox"
    path.write_bytes(box(mail(("a.xlsx", BOOK * 50)).as_bytes(), mail(("b.xlsx", BOOK)).as_bytes()))
    found = at(path, limits=Limits(message=100_000))

    assert found.failures == [(f"{path}/#1", "too-large")]
    assert found.names == [f"{path}/#2/b.xlsx"]


# --- where mails lie ---------------------------------------------------------------------------


def test_mails_are_taken_wherever_they_lie(tmp_path: Path) -> None:
    """Named themselves, in folders, in zips; those without a workbook are told."""
    data = mail(("a.xlsx", BOOK)).as_bytes()
    (tmp_path / "one.eml").write_bytes(data)
    (tmp_path / "two.MSG").write_bytes(outlook.message(files={"b.xlsx": BOOK}).to_bytes())
    (tmp_path / "thanks.eml").write_bytes(mail().as_bytes())
    members = {"in/one.eml": data, "box.mbox": box(data), "thanks.eml": mail().as_bytes()}
    (tmp_path / "zip.zip").write_bytes(packed(members))
    found = at(tmp_path)

    assert found.names == [
        f"{tmp_path}/one.eml/a.xlsx",
        f"{tmp_path}/two.MSG/b.xlsx",
        f"{tmp_path}/zip.zip/in/one.eml/a.xlsx",
        f"{tmp_path}/zip.zip/box.mbox/#1/a.xlsx",
    ]
    assert found.over == [f"{tmp_path}/thanks.eml", f"{tmp_path}/zip.zip/thanks.eml"]
    assert found.failures == []
    assert {one.read() for one in found.sources} == {BOOK}
    before = {path.name for path in tmp_path.rglob("*")}
    assert before == {"one.eml", "two.MSG", "thanks.eml", "zip.zip"}


@pytest.mark.parametrize("name", ["thanks.eml", "thanks.msg", "thanks.mbox"])
def test_a_mail_that_is_named_needs_a_workbook(name: str, tmp_path: Path) -> None:
    """Otherwise somebody named the wrong one; through the API it may well have none."""
    path = tmp_path / name
    path.write_bytes(mail().as_bytes())

    assert at(path).failures == [(str(path), "no-workbooks")]
    assert at(tmp_path / f"gone-{name}").failures == [(f"{tmp_path}/gone-{name}", "not-found")]
    assert in_message(path.read_bytes()).failures == []


def test_content_decides_which_format_a_mail_has(tmp_path: Path) -> None:
    """A saved mail with the other suffix is read; a workbook that is called a mail as well."""
    (tmp_path / "a.eml").write_bytes(outlook.message(files={"a.xlsx": BOOK}).to_bytes())
    (tmp_path / "b.msg").write_bytes(mail(("b.xlsx", BOOK)).as_bytes())
    (tmp_path / "c.msg").write_bytes(BOOK)

    assert [Path(name).name for name in at(tmp_path).names] == ["a.xlsx", "b.xlsx", "c.msg"]


def test_sources_know_when_they_were_changed(tmp_path: Path) -> None:
    """From the disk and from a zip, in UTC; an empty date of a zip is none."""
    import os
    import zipfile

    (tmp_path / "a.xlsx").write_bytes(BOOK)
    os.utime(tmp_path / "a.xlsx", (NOON.timestamp(), NOON.timestamp()))
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo("b.xlsx", (2026, 3, 2, 12, 0, 30)), BOOK)
        archive.writestr(zipfile.ZipInfo("c.xlsx"), BOOK)

    assert [one.modified for one in at(tmp_path).sources] == [NOON, NOON, None]
    assert [one.origin for one in at(tmp_path).sources] == [None] * 3


def test_a_workbook_in_a_mail_is_assessed(small: Scheme, tmp_path: Path) -> None:
    """From the mail to the ratings."""
    small_scheme(tmp_path / "scheme")
    filled = response(small, dict.fromkeys(small.statements, 2))
    book = built(small, tmp_path / "good.xlsx", filled).read_bytes()
    path = tmp_path / "mail.eml"
    path.write_bytes(mail(("good.xlsx", book)).as_bytes())
    (outcome,) = assess_workbooks(
        find_workbooks([path]), schemes=Schemes.find_installed([tmp_path / "scheme"])
    )

    assert isinstance(outcome, Assessment)
    assert {one.rating for one in outcome.response.answers.values()} == {2}


# --- anything at all ---------------------------------------------------------------------------

PLAIN = st.characters(exclude_categories=("C", "Z"), exclude_characters='/\\"')


@given(name=st.text(PLAIN, min_size=1, max_size=60), content=st.binary(max_size=2000))
def test_names_and_contents_go_through_a_mail_unchanged(name: str, content: bytes) -> None:
    """As the standard library writes them, and as Outlook's format does."""
    called = f"{name}.xlsx"
    for data in (
        mail((called, content)).as_bytes(),
        outlook.message(files={called: content}).to_bytes(),
    ):
        found = in_message(data)
        hidden = name.startswith((".", "~$", "__MACOSX"))
        assert found.names == ([] if hidden else [f"m/{called}"])
        assert [one.read() for one in found.sources] == ([] if hidden else [content])


def seeds() -> list[bytes]:
    forwarded = mail(("a.xlsx", BOOK), ("b.zip", packed({"c.xlsx": BOOK})))
    forwarded.add_attachment(mail(("d.xlsx", BOOK[:300])))
    inner = outlook.message(files={"a.xlsx": BOOK})
    saved = outlook.message(sender="a@example.org", files={"Ä.xlsx": BOOK[:300]})
    saved.add_embedded_message_attachment(inner, filename="inner")
    names = mixed(*(raw(f"Content-Disposition: {one}", body=BOOK[:9]) for one, _ in NAMES))
    return [forwarded.as_bytes(), bounce(mail().as_bytes()), saved.to_bytes(), names]


SEEDS = seeds()


@settings(max_examples=400)
@given(st.integers(0, 2**32), st.integers(0, len(SEEDS) - 1), st.integers(1, 6))
def test_a_damaged_mail_never_raises(seed: int, which: int, times: int) -> None:
    """Whatever is done to it: workbooks and failures, and never a defect."""
    rng = Random(seed)
    data = SEEDS[which]
    for _ in range(times):
        data = rng.choice((flip, cut, repeat, overwrite, truncate))(data, rng) or b"x"
    go_through(data)


@given(st.binary(max_size=3000))
def test_noise_is_no_mail(data: bytes) -> None:
    """Nor does it raise, with or without the signature of an OLE file."""
    go_through(data)
    go_through(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + data)


def go_through(data: bytes) -> None:
    found = in_message(data)
    assert all(code != "defect" for _, code in found.failures), found.messages
    for source in found.sources:
        with contextlib.suppress(FileRefusal):
            assert isinstance(source.read(), bytes)


# --- made to harm ------------------------------------------------------------------------------

MANY = 100_000
SIZE = 20 << 20


def nested(depth: int) -> bytes:
    heads = (
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(depth)
    )
    return b"".join(heads) + b"x\n" * (SIZE // 2)


def one_boundary(line: bytes, count: int, head: bytes = b"b") -> bytes:
    return b'Content-Type: multipart/mixed; boundary="' + head + b'"\n\n' + line * count


def nested_mails(depth: int) -> bytes:
    return b"Content-Type: message/rfc822\n\n" * depth + b"x" * SIZE


def shared_stream() -> bytes:
    """Return a saved mail whose attachments all claim the bytes of one."""
    files = {f"{n:03}.xlsx": b"" for n in range(300)} | {"z.xlsx": bytes(10 << 20)}
    data = bytearray(outlook.message(files=files).to_bytes())
    name = "__substg1.0_37010102".encode("utf-16-le")
    found, place = [], data.find(name)
    while place >= 0:
        found.append(place)
        place = data.find(name, place + 1)
    largest = max(found, key=lambda at: int.from_bytes(data[at + 120 : at + 124], "little"))
    for one in found:
        data[one + 116 : one + 124] = data[largest + 116 : largest + 124]
    return bytes(data)


HARM: dict[str, Callable[[], bytes]] = {
    "one-header-line": lambda: b"Subject: " + b"x" * SIZE,
    "one-header-of-words": lambda: b"Subject: " + b"=?utf-8?q?a?= " * (SIZE // 14),
    "one-folded-header": lambda: b"From: a" + b"\n " * (SIZE // 2),
    "many-headers": lambda: b"a:b\n" * (SIZE // 4),
    "many-senders": lambda: b"From: " + b"a@b," * (SIZE // 4),
    "many-parameters": lambda: b"Content-Type: multipart/mixed" + b';a="' * (SIZE // 4),
    "many-pieces": lambda: raw(
        "Content-Disposition: attachment" + "".join(f"; filename*{n}*=a" for n in range(MANY))
    ),
    "absurd-piece": lambda: raw(f"Content-Disposition: a; filename*{'9' * 6000}*=a"),
    "many-parts": lambda: one_boundary(b"--b\n\nx\n", MANY),
    "many-long-headers": lambda: one_boundary(
        b"--b\nContent-Disposition: a; " + b'a=";' * 2000 + b"\n\nx\n", 900
    ),
    "nested-multiparts": lambda: nested(1000),
    "nested-as-far-as-allowed": lambda: nested(10),
    "nested-mails": lambda: nested_mails(1000),
    "the-same-boundary": lambda: one_boundary(
        b'--b\nContent-Type: multipart/mixed; boundary="b"\n\n', MANY
    ),
    "no-boundary": lambda: one_boundary(b"--\n\n", MANY, head=b""),
    "nearly-boundaries": lambda: one_boundary(b"\n--bbbbbbbbbx", SIZE // 12, head=b"b" * 9),
    "blank-boundaries": lambda: one_boundary(b"\n--b" + b" " * 1000 + b"x", SIZE // 1000),
    "a-long-boundary": lambda: one_boundary(b"\n--" + b"a" * 4000, SIZE // 4000, head=b"a" * 5000),
    "empty-lines": lambda: b"\n" * SIZE,
    "carriage-returns": lambda: b"\r" * SIZE,
    "base64-in-pieces": lambda: raw(
        "Content-Transfer-Encoding: base64", f"Content-Type: {SHEET}", body=b"A\n" * (SIZE // 2)
    ),
    "base64-of-marks": lambda: raw(
        "Content-Transfer-Encoding: base64", f"Content-Type: {SHEET}", body=b"=" * SIZE
    ),
    "quoted-equals": lambda: raw(
        "Content-Transfer-Encoding: quoted-printable", f"Content-Type: {SHEET}", body=b"=" * SIZE
    ),
    "lying-charsets": lambda: one_boundary(
        b"--b\nContent-Disposition: attachment; filename*=punycode''"
        + b"%C3a" * 1800
        + b".xlsx\n\nx\n",
        900,
    ),
    "many-recipients": lambda: bounce(b"").replace(
        STATUS.encode(), b"Final-Recipient: a;a@b\nAction: failed\n\n" * MANY
    ),
    "crowded-directory": lambda: outlook.crowded(300_000),
    "shared-stream": shared_stream,
    "too-large": lambda: b"x" * (41 << 20),
}

MEASURED = """
import json, resource, sys, time
from pathlib import Path
from iml4e_xlsx.spreadsheets.refusal import FileRefusal
from iml4e_xlsx.intake.finder import Finder, Source

def used():
    status = Path("/proc/self/status")  # getrusage counts the process that started this one
    if status.exists():
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) >> 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 20

path, count, finder = Path(sys.argv[1]), 0, Finder()
list(finder.search_message(b"From: a\\n\\n", "x"))
before, start = used(), time.process_time()
codes = []
for one in finder.find_sources([path]):
    count += 1
    if isinstance(one, Source):
        try:
            one.read()
        except FileRefusal as refused:
            codes.append(refused.code)
    else:
        codes.append(one.failure.code)
print(json.dumps([time.process_time() - start, used() - before, count, sorted(set(codes))]))
"""


@pytest.mark.parametrize("name", HARM)
def test_mails_made_to_harm_cost_little(name: str, tmp_path: Path) -> None:
    """Each ends, in time and memory, as a failure of its own; measured in a process of its own."""
    path = tmp_path / "mail.eml"
    path.write_bytes(HARM[name]())
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, path], capture_output=True, text=True, check=True
    )
    seconds, megabytes, count, codes = json.loads(done.stdout)

    assert seconds < SECONDS
    assert megabytes < MEGABYTES
    assert count >= 1
    assert "defect" not in codes
    if name in REFUSED:
        assert codes == ["too-large"]


REFUSED = (
    *("many-parts", "nested-multiparts", "nested-mails", "the-same-boundary"),
    *("crowded-directory", "too-large"),
)


def test_nothing_is_written_to_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even into the folder for temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    for seed in SEEDS:
        go_through(seed)

    assert list((tmp_path / "tmp").iterdir()) == []
