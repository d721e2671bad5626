"""Mails that Outlook saved: their properties, attachments, and mails within them."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import olefile

from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.jobs.batch import assess_workbooks
from iml4e_xlsx.spreadsheets.limits import Limits
from tests.support import outlook
from tests.support.saved_mails import (
    BOOK,
    NOON,
    make_mail,
    search_mail,
)


def read_saved_mail(data: bytes) -> Any:
    from iml4e_xlsx.intake.mails.outlook_msg import read_mail

    return read_mail(data)


def test_a_saved_mail_of_outlook_is_read() -> None:
    """A received one has its header, a sent one only properties; olefile agrees on the file."""
    headers = "Received: from a; Mon, 2 Mar 2026 12:00:30 +0000\r\nFrom: Ann <ANN@example.org>\r\n"
    headers += "Message-ID: <one@example.org>\r\nSubject: =?utf-8?q?R=C3=BCck?=\r\n"
    files = {"Team Ä 日本.xlsx": BOOK, "big.xlsx": BOOK * 20, "notes.docx": b"x", "none.ods": b""}
    data = outlook.message(headers=headers, sender="x@example.org", files=files).to_bytes()
    result = search_mail(data)
    origin = result.sources[0].origin

    assert olefile.isOleFile(io.BytesIO(data))
    assert result.names == ["m/Team Ä 日本.xlsx", "m/big.xlsx", "m/none.ods"]
    assert result.contents == [BOOK, BOOK * 20, b""]
    assert result.other_files == ["m/notes.docx"]
    assert origin is not None
    assert (origin.sender, origin.message_id) == ("ann@example.org", "<one@example.org>")
    assert (origin.subject, origin.received) == ("Rück", NOON)


def test_a_sent_mail_of_outlook_has_properties_only() -> None:
    """Sender, id and time stand there; the time of delivery counts before that of sending."""
    sent = outlook.message(sender="Ann@Example.org", message_id="<two@x>", submitted=NOON)
    origin = read_saved_mail(sent.to_bytes()).origin

    assert (origin.sender, origin.message_id) == ("ann@example.org", "<two@x>")
    assert (origin.subject, origin.received) == ("Re: Assessment", NOON)
    early = datetime(2026, 3, 1, tzinfo=UTC)
    both = outlook.message(submitted=early, delivered=NOON).to_bytes()
    assert read_saved_mail(both).origin.received == NOON


def test_texts_in_a_codepage_are_decoded() -> None:
    """Old mails are not in Unicode; their codepage stands among the properties."""
    message = outlook.message()
    message.set_property(outlook.CODEPAGE, outlook.NUMBER, 1251)
    message.properties.remove(0x0037, outlook.TEXT)
    message.set_property(0x0037, outlook.TEXT_IN_CODEPAGE, "Ответ".encode("cp1251"))

    assert read_saved_mail(message.to_bytes()).origin.subject == "Ответ"


def test_mails_in_a_mail_of_outlook_are_searched() -> None:
    """Forwarded as an attachment: the file has the whole mail in it, not as a file."""
    inner = outlook.message(sender="bob@example.org", files={"a.xlsx": BOOK})
    middle = outlook.message(files={"b.xlsx": BOOK})
    middle.add_embedded_message_attachment(inner, filename="inner")
    outer = outlook.message(sender="ann@example.org")
    outer.add_embedded_message_attachment(middle, filename="middle")
    outer.add_attachment("c.msg", inner.to_bytes())
    outer.add_attachment("d.eml", make_mail(("d.xlsx", BOOK)).as_bytes())
    result = search_mail(outer.to_bytes())

    assert result.names == [
        "m/middle/b.xlsx",
        "m/middle/inner/a.xlsx",
        "m/c.msg/a.xlsx",
        "m/d.eml/d.xlsx",
    ]
    assert set(result.contents) == {BOOK}
    assert set(result.senders) == {"ann@example.org"}
    assert search_mail(outer.to_bytes(), limits=Limits(mails=2)).failures == [
        ("m/middle/inner", "too-large")
    ]


def test_other_attachments_of_outlook_are_skipped_or_refused() -> None:
    """Pictures, packages, sealed and signed mails, and reports that bring our mail back."""
    message = outlook.message(files={"winmail.dat": b"x", "smime.p7m": b"x", "photo.png": b"x"})
    message.add_attachment("logo.png", b"x", mime_type="image/png", content_id="1")
    hidden = message.add_attachment("hidden.dat", b"x")
    hidden.set_property(outlook.HIDDEN, outlook.TRUTH, value=True)
    signed = make_mail(("s.xlsx", BOOK)).as_bytes()
    message.add_attachment("signed.p7m", signed, mime_type="multipart/signed")
    dated = message.add_attachment("dated.xlsx", BOOK)
    dated.set_property(outlook.CHANGED, outlook.TIME, NOON)
    result = search_mail(message.to_bytes())

    assert result.failures == []
    assert result.other_files == ["m/photo.png"]
    assert result.names == [
        *("m/winmail.dat", "m/smime.p7m"),
        *("m/signed.p7m/s.xlsx", "m/dated.xlsx"),
    ]
    package, sealed, _, later = result.sources
    assert later.modified == NOON
    outcomes = [*assess_workbooks([package, sealed])]
    assert [outcome.code for outcome in outcomes if isinstance(outcome, Failure)] == [
        "winmail",
        "encrypted-mail",
    ]
    report = outlook.message(files={"blank.xlsx": BOOK}, form="REPORT.IPM.Note.NDR")
    assert search_mail(report.to_bytes()).names == []


def test_files_of_outlook_are_read_side_by_side() -> None:
    """Several threads read attachments of one file, and none gets another's bytes."""
    from concurrent.futures import ThreadPoolExecutor

    files = {f"{n}.xlsx": bytes([n]) * 50_000 for n in range(30)}
    result = search_mail(outlook.message(files=files).to_bytes())
    with ThreadPoolExecutor(8) as pool:
        contents = list(pool.map(lambda source: source.read(), result.sources * 5))

    assert contents == list(files.values()) * 5
