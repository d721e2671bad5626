"""
Finds the parts of a message (MIME) by place in its bytes, and decodes them when they are read.

The parser of the standard library keeps each line as an object and asks each line for each open
boundary: a mail of 20 MB may cost it a gigabyte, and nested parts minutes. Here a multipart costs
one search through its bytes, and a mail has a limited number of them.
"""

from __future__ import annotations

import binascii
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.intake.mails.header_fields import Headers
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason

_END_OF_HEADER: Final = re.compile(rb"\n\r?\n")
_NO_HEADER: Final = (b"\n", b"\r\n")
_BEFORE_HEADER: Final = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*")
_LONGEST_BOUNDARY: Final = 250
_REST_OF_DELIMITER: Final = re.compile(rb"(--)?[ \t]*\r?(?=\n|\Z)")
"""What may stand behind a boundary in its line; a pattern for each boundary costs its making."""

_HEAD: Final = 1 << 16
_GROWTH: Final = 4
"""An encoded body is at most so many times as long as its content, its line ends included."""

_BASE64, _QUOTED = "base64", "quoted-printable"
_LETTERS: Final = (string.ascii_letters + string.digits + "+/=").encode()
_NOT_LETTERS: Final = bytes(set(range(256)) - set(_LETTERS))


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a message, or the whole: its header, and where its body stands in the bytes."""

    data: bytes
    headers: Headers
    start: int
    end: int

    @property
    def type(self) -> str:
        """Return its media type; plain text if it says none."""
        return self.headers.bare_value("content-type") or "text/plain"

    @property
    def encoding(self) -> str:
        """Return how its body is encoded for the transport."""
        return self.headers.bare_value("content-transfer-encoding")

    def read_head(self) -> bytes:
        """Return the first bytes of its content; fewer where they are damaged."""
        raw = self.data[self.start : min(self.end, self.start + _GROWTH * _HEAD)]
        if self.encoding == _QUOTED:
            return binascii.a2b_qp(raw)[:_HEAD]
        if self.encoding != _BASE64:
            return raw[:_HEAD]
        letters = raw.translate(None, _NOT_LETTERS).partition(b"=")[0]
        return binascii.a2b_base64(letters[: len(letters) // 4 * 4])[:_HEAD]

    def read_content(self, limit: int) -> bytes:
        """
        Return its content, decoded.

        Characters that cannot be in base64 are skipped, as RFC 2045 asks for.

        Raises:
            FileRefusal: If it is larger than the limit, or incomplete.
        """
        if self.end - self.start > _GROWTH * limit + _HEAD:
            raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.SIZE, limit=limit)
        content = self.data[self.start : self.end]
        if self.encoding == _QUOTED:
            content = binascii.a2b_qp(content)
        elif self.encoding == _BASE64:
            try:
                content = binascii.a2b_base64(content)
            except binascii.Error as error:
                raise FileRefusal(
                    FailureCode.BROKEN_WORKBOOK, RefusalReason.ATTACHMENT_DAMAGED
                ) from error
        if len(content) > limit:
            raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.SIZE, limit=limit)
        return content

    def split_parts(self) -> Iterator[Part]:
        """Yield the parts of a multipart, lazily; the last may have been cut off."""
        boundary = self.headers.read_parameters("content-type").get("boundary", "")
        line = b"\n--" + boundary[:_LONGEST_BOUNDARY].rstrip().encode("utf-8", "replace")
        begin: int | None = None
        at = self.data.find(line, max(self.start - 1, 0), self.end)
        while at >= 0:
            rest = _REST_OF_DELIMITER.match(self.data, at + len(line), self.end)
            if rest is not None:
                if begin is not None:
                    yield part_at(self.data, begin, _line_start(self.data, at))
                if rest[1]:
                    return
                begin = min(rest.end() + 1, self.end)
            at = self.data.find(line, at + len(line), self.end)
        if begin is not None:
            yield part_at(self.data, begin, self.end)


def _line_start(data: bytes, at: int) -> int:
    return at - 1 if at and data[at - 1 : at] == b"\r" else at


def part_at(data: bytes, start: int, end: int) -> Part:
    """Return the part that stands at a place in bytes."""
    if data.startswith(_NO_HEADER, start, end) or start >= end:
        return Part(data, Headers(), start, max(start, end))
    header_end = _END_OF_HEADER.search(data, start, end)
    body = header_end.end() if header_end else end
    return Part(data, Headers.parse_block(data, start, body), body, end)


def message_part(data: bytes) -> Part:
    """Return a message as a part; blanks and marks in front of its header are skipped."""
    blanks = _BEFORE_HEADER.match(data)
    return part_at(data, blanks.end() if blanks else 0, len(data))
