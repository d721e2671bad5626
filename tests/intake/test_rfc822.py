"""Mails as they are sent: sender, times, names, encodings, and mails within them."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest

from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.intake.mails.rfc822 import read_message
from iml4e_xlsx.jobs.batch import assess_workbooks
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.refusal import FileRefusal
from tests.support.hostile import packed
from tests.support.saved_mails import (
    ATTACHMENT_NAMES,
    BOOK,
    NOON,
    SHEET,
    encode_base64,
    make_mail,
    make_multipart,
    make_part,
    search_mail,
)


def test_a_workbook_comes_with_its_origin() -> None:
    """Content, name, sender, id, subject and time of an ordinary mail."""
    result = search_mail(make_mail(("Team Ä.xlsx", BOOK)).as_bytes())
    (source,) = result.sources
    origin = source.origin

    assert source.name == "m/Team Ä.xlsx"
    assert source.read() == BOOK
    assert source.modified is None
    assert origin is not None
    assert (origin.sender, origin.message_id) == ("ann@example.org", "<one@example.org>")
    assert (origin.subject, origin.received) == ("Re: Assessment", NOON)
    assert result.failures == []
    assert result.other_files == []


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
    assert read_message(make_part(f"From: {field}")).origin.sender == sender


def test_the_topmost_received_field_is_the_time_of_arrival() -> None:
    """The date may be days older; without either there is none."""
    hops = ("Received: from b; Mon, 2 Mar 2026 12:00:30 +0000", "Received: from a; 1 Jan 2026 1:00")
    date = "Date: Sun, 01 Mar 2026 07:00:00 -0500 (EST)"

    assert read_message(make_part(*hops, date)).origin.received == NOON
    sent = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert read_message(make_part("Received: gone", date)).origin.received == sent
    assert read_message(make_part("Date: 31 Feb 20266")).origin.received is None
    assert read_message(make_part("Date: 31 Dec 9999 23:00 -1400")).origin.received is None
    assert read_message(make_part("Subject: x")).origin.received is None


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


@pytest.mark.parametrize(("disposition", "name"), ATTACHMENT_NAMES)
def test_the_name_of_an_attachment_is_read_however_it_is_written(
    disposition: str, name: str
) -> None:
    """Every way to write a name; its folders and control characters are left out."""
    part = make_part(
        f"Content-Disposition: {disposition}",
        "Content-Transfer-Encoding: base64",
        body=encode_base64(BOOK),
    )
    (source,) = search_mail(make_multipart(part)).sources

    assert source.name == f"m/{name}"
    assert source.read() == BOOK


def test_a_name_in_the_content_type_is_read_and_a_long_one_cut() -> None:
    """Old programs name only there; a name that is cut keeps its suffix."""
    part = make_part(f'Content-Type: {SHEET}; name="{"x" * 500}.xlsx"', body=BOOK)
    (attachment,) = read_message(make_multipart(part)).attachments

    assert attachment.name.endswith("xx.xlsx")
    assert len(attachment.name) <= 151


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("base64", encode_base64(BOOK)),
        ("BASE64", encode_base64(BOOK).replace(b"\r\n", b"\n")),
        ("base64", b"".join(b"%c\n" % letter for letter in base64.b64encode(BOOK))),
        ("base64", encode_base64(BOOK).replace(b"A", b"*A ", 50)),
        ("quoted-printable", b"".join(b"=%02X" % byte + b"=\r\n" * (n % 20 == 0)
                                      for n, byte in enumerate(BOOK))),
        ("8bit", BOOK),
        ("binary", BOOK),
        ("no-such", BOOK),
    ],
)  # fmt: skip
def test_an_attachment_is_decoded_from_any_encoding(encoding: str, body: bytes) -> None:
    """What the transport did is undone; characters that cannot be in base64 are skipped."""
    disposition = "Content-Disposition: attachment; filename=a.dat"
    part = make_part(disposition, f"Content-Transfer-Encoding: {encoding}", body=body)
    (source,) = search_mail(make_multipart(part)).sources

    assert source.read() == BOOK


def test_a_damaged_attachment_is_a_failure_of_its_own() -> None:
    """One that did not arrive whole costs itself, not the mail."""
    head = "Content-Transfer-Encoding: base64"
    broken = make_part("Content-Disposition: attachment; filename=a.xlsx", head, body=b"AAAAA")
    good = make_part(
        "Content-Disposition: attachment; filename=b.xlsx", head, body=encode_base64(BOOK)
    )
    first, second = search_mail(make_multipart(broken, good)).sources

    with pytest.raises(FileRefusal):
        first.read()
    assert second.read() == BOOK
    (failure,) = assess_workbooks([first])
    assert isinstance(failure, Failure)
    assert failure.code == "broken-workbook"
    assert "did not arrive complete" in failure.message


def test_a_mail_that_was_cut_off_still_gives_what_arrived() -> None:
    """The last part has no end; a mail that is nothing but the workbook has no parts."""
    data = make_mail(("a.xlsx", BOOK), ("b.xlsx", BOOK)).as_bytes()
    alone = make_part(f"Content-Type: {SHEET}; name=a.xlsx", "From: a@example.org", body=BOOK)

    assert search_mail(data[: len(data) - 4000]).names == ["m/a.xlsx", "m/b.xlsx"]
    assert search_mail(alone).sources[0].read() == BOOK


def test_texts_pictures_and_signatures_are_skipped() -> None:
    """Only attachments are named; a workbook counts however it is labelled."""
    parts = (
        make_part("Content-Type: text/plain", body=b"Hello"),
        make_part("Content-Type: image/png; name=logo.png", "Content-ID: <1>", body=b"\x89PNG"),
        make_part("Content-Type: image/png; name=x.xlsx", "Content-Disposition: inline", body=BOOK),
        make_part("Content-Type: application/pkcs7-signature; name=smime.p7s", body=b"0"),
        make_part("Content-Type: application/applefile; name=y.xlsx", body=b"\x00\x05\x16\x07"),
        make_part("Content-Disposition: attachment; filename=~$x.xlsx", body=b"lock"),
        make_part("Content-Type: image/png; name=photo.png", body=b"\x89PNG"),
        make_part("Content-Disposition: attachment; filename=notes.txt", body=b"hello"),
        make_part("Content-Disposition: attachment; filename=area.csv", body=b"AA-01;2\r\n"),
    )
    result = search_mail(make_multipart(*parts))

    assert result.names == ["m/x.xlsx", "m/area.csv"]
    assert result.other_files == ["m/photo.png", "m/notes.txt"]
    assert result.failures == []


def test_forwarded_mails_zips_and_attached_mails_are_searched() -> None:
    """However deep a workbook lies, its origin is the mail that came to us."""
    inner = make_mail(("a.xlsx", BOOK), sender="bob@example.org")
    outer = make_mail(("all.zip", packed({"b.xlsx": BOOK, "saved.eml": inner.as_bytes()})))
    outer.add_attachment(inner)
    outer.add_attachment(inner.as_bytes(), maintype="x", subtype="y", filename="saved.eml")
    result = search_mail(outer.as_bytes())

    assert result.names == [
        "m/all.zip/b.xlsx",
        "m/all.zip/saved.eml/a.xlsx",
        "m/#2/a.xlsx",
        "m/saved.eml/a.xlsx",
    ]
    assert set(result.senders) == {"ann@example.org"}
    assert set(result.contents) == {BOOK}


def test_a_forwarded_mail_in_base64_is_read() -> None:
    """The standard forbids it, and programs do it."""
    inner = encode_base64(make_mail(("a.xlsx", BOOK)).as_bytes())
    part = make_part(
        "Content-Type: message/rfc822", "Content-Transfer-Encoding: base64", body=inner
    )

    assert search_mail(make_multipart(part)).sources[0].read() == BOOK


def test_mails_nested_deeper_than_the_limit_are_refused() -> None:
    """The limit counts mails in mails, forwarded or attached."""
    data = make_mail(("a.xlsx", BOOK)).as_bytes()
    for _ in range(3):
        data = make_mail(("m.eml", data)).as_bytes()

    assert search_mail(data, limits=Limits(mails=4)).names == ["m/m.eml/m.eml/m.eml/a.xlsx"]
    refused = search_mail(data, limits=Limits(mails=3))
    assert refused.failures == [("m/m.eml/m.eml/m.eml", "too-large")]


@pytest.mark.parametrize(
    ("part", "name", "code", "advice"),
    [
        (make_part("Content-Type: application/ms-tnef; name=winmail.dat"), "winmail.dat", "winmail",
         "plain text"),
        (make_part("Content-Disposition: attachment; filename=WINMAIL.DAT"), "WINMAIL.DAT",
         "winmail", "plain text"),
        (make_part("Content-Type: application/pkcs7-mime; name=smime.p7m"), "smime.p7m",
         "encrypted-mail", "without encryption"),
        (make_part('Content-Type: multipart/encrypted; boundary="cc"'), "#1", "encrypted-mail",
         "without encryption"),
    ],
)  # fmt: skip
def test_a_sealed_attachment_is_a_failure_with_advice(
    part: bytes, name: str, code: str, advice: str
) -> None:
    """Outlook's package and encrypted mails are failures that say what to ask for, and whom."""
    (source,) = search_mail(make_multipart(part)).sources
    (outcome,) = assess_workbooks([source])

    assert source.origin is not None
    assert source.origin.sender == "a@example.org"
    assert isinstance(outcome, Failure)
    assert (outcome.source, outcome.code) == (f"m/{name}", code)
    assert advice in outcome.message


def test_the_date_of_an_attachment_is_read() -> None:
    """As a parameter of the attachment."""
    when = 'modification-date="Mon, 02 Mar 2026 13:00:30 +0100"'
    part = make_part(f"Content-Disposition: attachment; filename=a.xlsx; {when}", body=BOOK)

    assert search_mail(make_multipart(part)).sources[0].modified == NOON
