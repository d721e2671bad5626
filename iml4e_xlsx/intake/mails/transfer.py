"""
Decodes the body of a part as it was encoded for the transport, as leniently as mail programs do.

The content decides as well: a body that begins as an encoded workbook does is decoded, whatever
its header says of the encoding.
"""

from __future__ import annotations

import binascii
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.readable_formats import ZIP
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason

HEAD: Final = 1 << 16
GROWTH: Final = 4
"""An encoded body is at most so many times as long as its content, its line ends included."""

_LETTERS: Final = (string.ascii_letters + string.digits + "+/=").encode()
_NOT_LETTERS: Final = bytes(set(range(256)) - set(_LETTERS))
_QUANTUM: Final = 4
_PIECE: Final = re.compile(rb"[^=]+")
_MOST_PIECES: Final = 1_000_000
"""A program that pads each line by itself needs half of this for the largest mail."""

_ENCODED_STARTS: Final = (b"UEsDB", b"0M8R4KGx")
"""How a zip and an OLE file begin in base64."""

_ZIP_END, _ZIP_END_ROOM = b"PK\x05\x06", (1 << 16) + 22
_UU_BEGIN: Final = re.compile(rb"(?:\A|\n)begin [0-7]{3,4}[ \t]+([^\r\n]{1,500})\r*\n")
_UU_END: Final = re.compile(rb"\n`?[ \t\r]*\n?end[ \t\r]*(?:\n|\Z)")


class Encoding(Enum):
    """Ways to encode a body for the transport."""

    PLAIN = ("", "7bit", "8bit", "binary")
    BASE64 = ("base64", "x-base64", "base-64")
    QUOTED = ("quoted-printable",)
    UU = ("x-uuencode", "uuencode", "x-uue", "uue")


_BY_NAME: Final = {name: encoding for encoding in Encoding for name in encoding.value}


def recognise_encoding(name: str, start: bytes) -> Encoding:
    """Return how a body is encoded, from what its header says and from its first bytes."""
    encoding = _BY_NAME.get(name, Encoding.PLAIN)
    if encoding is Encoding.PLAIN:
        text = start.lstrip()
        # No text and no workbook begins so; the header is lost, misspelt or wrong.
        if text.startswith(_ENCODED_STARTS):
            return Encoding.BASE64
    if encoding in (Encoding.PLAIN, Encoding.UU):
        return Encoding.UU if _UU_BEGIN.match(start.lstrip()) else Encoding.PLAIN
    return encoding


def decode_head(raw: bytes, encoding: Encoding) -> bytes:
    """Return the first bytes of a content; fewer where they are damaged."""
    if encoding is Encoding.QUOTED:
        return binascii.a2b_qp(raw)[:HEAD]
    if encoding is Encoding.UU:
        return b"".join(_decode_uu_lines(raw, lenient=True))[:HEAD]
    if encoding is Encoding.PLAIN:
        return raw[:HEAD]
    content = bytearray()
    for match in _PIECE.finditer(raw.translate(None, _NOT_LETTERS)):
        piece = match[0]
        if len(piece) % _QUANTUM == 1:
            piece = piece[:-1]
        content += binascii.a2b_base64(_pad(piece))
        if len(content) >= HEAD:
            break
    return bytes(content[:HEAD])


def decode_body(raw: bytes, encoding: Encoding) -> bytes:
    """
    Return a content.

    Raises:
        FileRefusal: If it is incomplete.
    """
    if encoding is Encoding.QUOTED:
        return binascii.a2b_qp(raw)
    if encoding is Encoding.BASE64:
        return _decode_base64(raw)
    if encoding is Encoding.UU:
        return b"".join(_decode_uu_lines(raw, lenient=False))
    return raw


def _decode_base64(raw: bytes) -> bytes:
    """
    Return what is encoded in base64, whole or piece by piece, with padding or without.

    Characters that cannot be in base64 are skipped, as RFC 2045 asks for.
    """
    letters = raw.translate(None, _NOT_LETTERS)
    core = letters.rstrip(b"=")
    pieces = core.count(b"=")
    if pieces > _MOST_PIECES:
        raise _make_refusal()
    if pieces:  # the decoder of the standard library would take the first for the end
        content = bytearray()
        for match in _PIECE.finditer(core):
            content += _decode_piece(match[0])
        return bytes(content)
    content = bytearray(_decode_piece(core))
    # Without padding at its end it may be whole, or cut off at any place.
    if len(core) == len(letters) and content.startswith(ZIP):
        _check_zip_end(content)
    return bytes(content)


def _decode_piece(letters: bytes) -> bytes:
    try:
        return binascii.a2b_base64(_pad(letters))
    except binascii.Error as error:
        raise _make_refusal() from error


def _pad(letters: bytes) -> bytes:
    return letters + b"=" * (-len(letters) % _QUANTUM)


def _check_zip_end(content: bytearray) -> None:
    if content.rfind(_ZIP_END, max(0, len(content) - _ZIP_END_ROOM)) < 0:
        raise _make_refusal()


def _make_refusal() -> FileRefusal:
    return FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.ATTACHMENT_DAMAGED)


@dataclass(frozen=True, slots=True)
class UuencodedFile:
    """A file that stands uuencoded in a text: its name, and its lines."""

    name: bytes
    lines: bytes


def find_uuencoded(text: bytes) -> Iterator[UuencodedFile]:
    """Yield the files that stand uuencoded in a text."""
    at = 0
    while begin := _UU_BEGIN.search(text, at):
        end = _UU_END.search(text, begin.end() - 1)
        at = end.end() - 1 if end else len(text)
        yield UuencodedFile(begin[1].strip(), text[begin.start() : at].lstrip())


def _decode_uu_lines(raw: bytes, *, lenient: bool) -> Iterator[bytes]:
    """Yield what the lines of a uuencoded file hold; a damaged one ends it where that is fine."""
    lines = iter(raw.lstrip().splitlines())
    next(lines, None)  # the one that begins it
    for line in lines:
        text = line.rstrip()
        if text == b"end":
            return
        if not text:  # a line of no bytes, whose blank was cut off
            continue
        # Some programs write a check sum behind the bytes of a line.
        length = (((text[0] - 32) & 63) * 4 + 2) // 3
        try:
            yield binascii.a2b_uu(text[: length + 1])
        except binascii.Error as error:
            if lenient:
                return
            raise _make_refusal() from error
    if not lenient:
        raise _make_refusal()
