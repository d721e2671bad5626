"""
Finds the parts of a message (MIME) by place in its bytes, and decodes them when they are read.

The parser of the standard library keeps each line as an object and asks each line for each open
boundary: a mail of 20 MB may cost it a gigabyte, and nested parts minutes. Here a multipart costs
one search through its bytes, and a mail has a limited number of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.intake.mails.header_fields import Headers
from iml4e_xlsx.intake.mails.transfer import (
    GROWTH,
    HEAD,
    Encoding,
    decode_body,
    decode_head,
    recognise_encoding,
)
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason

_END_OF_HEADER: Final = re.compile(rb"\n[ \t]*\r?\n")
_NO_HEADER: Final = (b"\n", b"\r\n")
_MORE_OF_HEADER: Final = re.compile(rb"[!-9;-~]{1,100}:[ \t\r\n]|[ \t]+[!-~]")
_MOST_BLANKS: Final = 20
"""So many lines of blanks within a header are looked beyond."""

_BEFORE_HEADER: Final = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*")
_LONGEST_BOUNDARY: Final = 250
_REST_OF_DELIMITER: Final = re.compile(rb"(--)?[ \t]*\r?(?=\n|\Z)")
"""What may stand behind a boundary in its line; a pattern for each boundary costs its making."""

TEXT_TYPE: Final = "text/plain"
MESSAGE_TYPE: Final = "message/rfc822"
_LINE_ENDS: Final = 1 << 12
"""In so many bytes at the beginning of a mail, its line ends are looked at."""

_START: Final = 1 << 10
"""So many bytes at the beginning of a body may tell how it is encoded."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a message, or the whole: its header, and where its body stands in the bytes."""

    data: bytes
    headers: Headers
    start: int
    end: int
    default_type: str = TEXT_TYPE

    @property
    def type(self) -> str:
        """Return its media type; where it says none, the one of such parts."""
        return self.headers.bare_value("content-type") or self.default_type

    @property
    def encoding(self) -> Encoding:
        """Return how its body is encoded for the transport."""
        start = self.data[self.start : min(self.end, self.start + _START)]
        return recognise_encoding(self.headers.bare_value("content-transfer-encoding"), start)

    def read_head(self) -> bytes:
        """Return the first bytes of its content; fewer where they are damaged."""
        raw = self.data[self.start : min(self.end, self.start + GROWTH * HEAD)]
        return decode_head(raw, self.encoding)

    def read_content(self, limit: int) -> bytes:
        """
        Return its content, decoded.

        Raises:
            FileRefusal: If it is larger than the limit, or incomplete.
        """
        if self.end - self.start > GROWTH * limit + HEAD:
            raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.SIZE, limit=limit)
        content = decode_body(self.data[self.start : self.end], self.encoding)
        if len(content) > limit:
            raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.SIZE, limit=limit)
        return content

    @property
    def delimiter(self) -> bytes:
        """Return how the lines begin that separate its parts, with the line end before them."""
        boundary = self.headers.read_parameters("content-type").get("boundary", "")
        return b"\n--" + boundary[:_LONGEST_BOUNDARY].rstrip().encode("utf-8", "replace")

    def split_parts(self) -> Iterator[Part]:
        """Yield the parts of a multipart, lazily; the last may have been cut off."""
        line = self.delimiter
        # Parts of a digest are mails, unless they say otherwise (RFC 2046, 5.1.5).
        default = MESSAGE_TYPE if self.type == "multipart/digest" else TEXT_TYPE
        begin: int | None = None
        at = self.data.find(line, max(self.start - 1, 0), self.end)
        while at >= 0:
            rest = _REST_OF_DELIMITER.match(self.data, at + len(line), self.end)
            if rest is not None:
                if begin is not None:
                    yield part_at(self.data, begin, _line_start(self.data, at), default)
                if rest[1]:
                    return
                begin = min(rest.end() + 1, self.end)
            at = self.data.find(line, at + len(line), self.end)
        if begin is not None:
            yield part_at(self.data, begin, self.end, default)


def _line_start(data: bytes, at: int) -> int:
    return at - 1 if at and data[at - 1 : at] == b"\r" else at


def part_at(data: bytes, start: int, end: int, default_type: str = TEXT_TYPE) -> Part:
    """Return the part that stands at a place in bytes."""
    if data.startswith(_NO_HEADER, start, end) or start >= end:
        body = data.find(b"\n", start, end) + 1 or max(start, end)
        return Part(data, Headers(), body, max(start, end), default_type)
    body = _find_body(data, start, end)
    return Part(data, Headers.parse_block(data, start, body), body, end, default_type)


def _find_body(data: bytes, start: int, end: int) -> int:
    """Return where the header that stands at a place ends: behind an empty line."""
    at = start
    for _ in range(_MOST_BLANKS):
        found = _END_OF_HEADER.search(data, at, end)
        if found is None:
            return end
        is_empty = data.startswith(_NO_HEADER, found.start() + 1)
        # A line of blanks ends a header as well, unless it only continues a field of it.
        if is_empty or not _MORE_OF_HEADER.match(data, found.end(), end):
            return found.end()
        at = found.end() - 1
    return end


def message_part(data: bytes) -> Part:
    """Return a message as a part; blanks and marks in front of its header are skipped."""
    whole = _mend_line_ends(data)
    blanks = _BEFORE_HEADER.match(whole)
    return part_at(whole, blanks.end() if blanks else 0, len(whole))


def _mend_line_ends(data: bytes) -> bytes:
    """Return a mail whose lines end as those of a mail, also where a program ended them oddly."""
    start = data[:_LINE_ENDS]
    if b"\r\r\n" in start:  # sent on as text, with line ends that had been made before
        return data.replace(b"\r\r\n", b"\n")
    if b"\r" in start and b"\n" not in start:  # as programs of Apple did
        return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return data
