"""Bodies of parts as other programs encode them, and headers as they write them."""

from __future__ import annotations

import base64
import binascii

import pytest

from tests.support.hostile import packed
from tests.support.saved_mails import (
    BOOK,
    SHEET,
    encode_base64,
    make_mail,
    make_multipart,
    make_part,
    search_mail,
)

WHOLE = packed(
    {"[Content_Types].xml": bytes(range(256)) * 9, "xl/workbook.xml": b"<workbook/>"},
)
"""Ends as a zip does, so that one that was cut off can be told from a whole one."""

NAMED = f'Content-Type: {SHEET}; name="a.xlsx"'


def attach(body: bytes, *lines: str) -> bytes:
    return make_multipart(make_part(NAMED, *lines, body=body))


def contents_of(data: bytes) -> list[bytes]:
    result = search_mail(data)
    assert result.failures == []
    return result.contents


def encode_in_pieces(content: bytes, length: int) -> bytes:
    pieces = (content[at : at + length] for at in range(0, len(content), length))
    return b"\r\n".join(map(base64.b64encode, pieces))


def encode_uu(content: bytes, *, closing: bytes = b"`\nend\n") -> bytes:
    lines = (binascii.b2a_uu(content[at : at + 45]) for at in range(0, len(content), 45))
    return b"begin 644 my team.xlsx\n" + b"".join(lines) + closing


@pytest.mark.parametrize("extra", [0, 1, 2])
@pytest.mark.parametrize("length", [1, 2, 50, 55, 57, 1000])
def test_base64_is_read_with_padding_anywhere(extra: int, length: int) -> None:
    """Each line or piece may be padded by itself, as some programs do."""
    content = WHOLE + b"y" * extra
    data = attach(encode_in_pieces(content, length), "Content-Transfer-Encoding: base64")
    assert contents_of(data) == [content]


@pytest.mark.parametrize("extra", [0, 1, 2])
def test_base64_is_read_without_padding_and_with_blanks(extra: int) -> None:
    """Every byte is there; blanks, empty lines and foreign characters hold none."""
    content = WHOLE + b"y" * extra
    plain = base64.b64encode(content).rstrip(b"=")
    spaced = b" \t\r\n".join(plain[at : at + 61] for at in range(0, len(plain), 61))
    for body in (plain, spaced, b"\r\n\r\n" + spaced + b"\r\n\r\n", plain.replace(b"A", b"A*", 9)):
        data = attach(body, "Content-Transfer-Encoding: base64")
        assert contents_of(data) == [content]


def test_base64_that_was_cut_off_did_not_arrive_complete() -> None:
    """Wherever it was cut: a zip has its directory at its end."""
    body = base64.b64encode(WHOLE).rstrip(b"=")
    for cut in range(200, 212):
        data = attach(body[:cut], "Content-Transfer-Encoding: base64")
        (source,) = search_mail(data).sources
        with pytest.raises(Exception, match="attachment-damaged"):
            source.read()


@pytest.mark.parametrize(
    "value",
    [
        *(
            "base64 (encoded)",
            "BASE64(as usual)",
            "(mine) base64",
            '"base64"',
            "base64;",
            "base-64",
        ),
        *("7bit", "8bit", "binary", "none", ""),
    ],
)
def test_the_encoding_is_found_however_it_is_called(value: str) -> None:
    """In a comment, in quotes, misspelt; or the body itself shows it."""
    content = WHOLE
    data = attach(encode_base64(content), f"Content-Transfer-Encoding: {value}")
    assert contents_of(data) == [content]


@pytest.mark.parametrize("closing", [b"`\nend\n", b" \nend\n", b"\nend\n", b"end", b"`\r\nend\r\n"])
@pytest.mark.parametrize("name", ["x-uuencode", "uuencode", "X-UUE", "7bit", ""])
def test_uuencoded_parts_are_read(name: str, closing: bytes) -> None:
    """With any form of their end."""
    body = encode_uu(BOOK, closing=closing)
    assert contents_of(attach(body, f"Content-Transfer-Encoding: {name}")) == [BOOK]


def test_uuencoded_files_in_a_text_are_read() -> None:
    """As mails had them before there were parts; several, and with text around them."""
    body = b"Here it is.\n\n" + encode_uu(BOOK) + b"\nand another\n" + encode_uu(WHOLE) + b"Kim\n"
    alone = make_part("From: kim@example.org", "Subject: x", body=body)
    within = make_multipart(make_part("Content-Type: text/plain", body=body))
    encoded = make_multipart(
        make_part(
            "Content-Type: text/plain",
            "Content-Transfer-Encoding: base64",
            body=encode_base64(body),
        )
    )
    for data in (alone, within, encoded):
        result = search_mail(data)
        assert result.names == ["m/my team.xlsx"] * 2
        assert result.contents == [BOOK, WHOLE]
    text = make_part("From: kim@example.org", body=b"begin 644 words\nand end\n")
    assert search_mail(text).names == []


def test_a_damaged_uuencoded_file_is_damaged() -> None:
    """One that ends too early, and one whose line is none."""
    for body in (encode_uu(BOOK, closing=b""), encode_uu(BOOK).replace(b"\nM", b"\nM\x7f\x7f", 3)):
        (source,) = search_mail(attach(body, "Content-Transfer-Encoding: x-uuencode")).sources
        with pytest.raises(Exception, match="attachment-damaged"):
            source.read()


@pytest.mark.parametrize("end", [b"\r", b"\r\r\n", b"\n", b"\r\n"])
def test_mails_are_read_whatever_ends_their_lines(end: bytes) -> None:
    """As old programs of Apple saved them, or after a transfer as text."""
    forwarding = make_mail(("b.xlsx", BOOK))
    forwarding.add_attachment(make_mail(("c.xlsx", BOOK)))
    result = search_mail(forwarding.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", end))

    assert [name.rpartition("/")[2] for name in result.names] == ["b.xlsx", "c.xlsx"]
    assert result.contents == [BOOK, BOOK]
    assert result.senders == ["ann@example.org"] * 2


@pytest.mark.parametrize("blank", [b" ", b"\t", b" \t "])
def test_a_line_of_blanks_ends_a_header(blank: bytes) -> None:
    """That of the mail, and those of its parts; within a header it continues a field."""
    data = make_mail(("a.xlsx", BOOK)).as_bytes()
    result = search_mail(data.replace(b"\r\n\r\n", b"\r\n" + blank + b"\r\n"))
    assert result.names == ["m/a.xlsx"]
    assert result.contents == [BOOK]

    folded = data.replace(b"Subject: ", b"Subject:\r\n" + blank + b"\r\n ", 1)
    assert search_mail(folded).contents == [BOOK]


def test_parts_of_a_digest_are_mails() -> None:
    """Unless they say otherwise (RFC 2046); in other multiparts they are texts."""
    inner = make_mail(("a.xlsx", BOOK)).as_bytes()
    digest = make_multipart(
        b"\r\n" + inner,
        b"Content-Description: second\r\n\r\n" + inner,
        make_part("Content-Type: text/plain", body=b"From: nobody\r\n\r\nHello"),
    ).replace(b"multipart/mixed", b"multipart/digest", 1)

    assert search_mail(digest).contents == [BOOK, BOOK]
    assert search_mail(make_multipart(b"\r\n" + inner)).names == []
