"""
Splits a mailbox in one file (mbox) into messages, in bounded memory.

Programs write more than twenty forms of the line that separates mails, and not all of them quote
such lines in texts. So what follows the line decides: the header of a mail. Within a multipart
that goes on behind it, the line is a part of that: a mail that somebody quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from iml4e_xlsx.intake.mails.mime_parts import message_part

_CHUNK: Final = 1 << 20
_SEPARATOR: Final = re.compile(rb"\nFrom(?: [^\n]{0,400})?\r*\n(?:[ \t]*\r*\n){0,2}")
"""A line that may begin a message; some programs put empty lines between it and the header."""

_LONGEST_SEPARATOR: Final = 420
_ROOM: Final = 1 << 13
"""So much of what follows a line is looked at, to see whether it is a header."""

_FIELD: Final = re.compile(rb">?([!-9;-~]{1,200})[ \t]*:")
_MOST_FIELDS: Final = 40
_KNOWN_FIELDS: Final = frozenset(
    (
        *(b"from", b"to", b"cc", b"date", b"subject", b"sender", b"reply-to", b"message-id"),
        *(b"received", b"return-path", b"delivered-to", b"envelope-to", b"mime-version"),
        *(b"content-type", b"x-mozilla-status", b"x-gmail-labels", b"x-uid", b"status"),
    )
)
_QUOTED_FROM: Final = re.compile(rb"^>(>*From )", re.MULTILINE)
_BEGINNING: Final = re.compile(rb"From(?: [^\n\r]{0,400})?\r*[\r\n]\s*")
_HEAD: Final = 1 << 16
_LOOKED_AHEAD: Final = 8
"""So many times the length of a mailbox may be looked through for the ends of multiparts."""


@dataclass(frozen=True, slots=True)
class OversizeMessage:
    """The first bytes of a message that is larger than the limit."""

    head: bytes


@dataclass(frozen=True, slots=True)
class SwallowedMail:
    """A mail in the message before, as it seems, that was not taken for one of its own."""

    head: bytes


class ByteStream(Protocol):
    """Something that can be read bit by bit."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes; none at the end."""


def is_mbox(head: bytes) -> bool:
    """Return whether a file begins as an mbox does: a separator, and a header behind it."""
    beginning = _BEGINNING.match(head)
    return beginning is not None and begins_header(head[beginning.end() :].replace(b"\r", b"\n"))


def split_messages(
    file: ByteStream, limit: int
) -> Iterator[bytes | OversizeMessage | SwallowedMail]:
    """
    Yield the messages in a mailbox in order.

    Of those larger than the limit, it yields that they are; behind a message, what else seems to
    lie in it.
    """
    yield from _Splitter(file, limit).split()


class _Splitter:
    """
    Reads on in a mailbox, and holds the message that it is in.

    `head` is how this message begins, where the buffer holds only the end of it.
    """

    def __init__(self, file: ByteStream, limit: int) -> None:
        self.file = file
        self.limit = limit
        self.buffer = bytearray()
        self.head = b""
        self.swallowed: list[bytes] = []
        self.boundary: bytes | None = None
        self.has_ended = self.has_odd_lines = False
        self.open_until = self.looked = self.count = 0

    def split(self) -> Iterator[bytes | OversizeMessage | SwallowedMail]:
        at = 0
        while True:
            separator = _SEPARATOR.search(self.buffer, at)
            if separator is None or separator.end() + _ROOM > len(self.buffer):
                at = separator.start() if separator else self._skip_text(at)
                if self._read_more():
                    continue
                separator = _SEPARATOR.search(self.buffer, at)
                if separator is None:
                    break
            inside = self._find_inside(separator.start(), separator.end())
            if not inside:
                yield from self._finish_message(separator.start() + 1)
            at = max(0, inside - 1)  # the line end before it is the beginning of a separator
        yield from self._finish_message(len(self.buffer))

    def _skip_text(self, at: int) -> int:
        """Return from where to look on; let go of a message that is too large."""
        at = max(at, len(self.buffer) - _LONGEST_SEPARATOR)
        if len(self.buffer) > self.limit + _LONGEST_SEPARATOR:
            self.head = self.head or bytes(self.buffer[:_HEAD])
            del self.buffer[:at]
            return 0
        return at

    def _read_more(self) -> bool:
        """Read on; False at the end of the file."""
        chunk = b"" if self.has_ended else self.file.read(_CHUNK)
        if not chunk:
            self.has_ended = True
            return False
        self.count += len(chunk)
        if not self.buffer and not self.head and b"\r" in chunk and b"\n" not in chunk:
            self.has_odd_lines = True
        self.buffer += chunk.replace(b"\r", b"\n") if self.has_odd_lines else chunk
        return True

    def _find_inside(self, begin: int, end: int) -> int:
        """
        Return up to where a line and what follows it lie in this message; 0 if it separates mails.

        A header follows the line that separates mails, and no multipart goes on behind it.
        """
        follows = bytes(self.buffer[end : end + _ROOM])
        if not begins_header(follows):
            return end
        boundary = b"" if self.head else self._find_boundary(begin)
        if not boundary or self._is_closed(boundary, begin):
            return 0
        goes_on = self._find_next(boundary, end)
        # Of a mail, which nobody types; a text that quotes one has at most its usual fields.
        if goes_on and b"\nmime-version:" in b"\n" + _header_of(follows).lower():
            self.swallowed.append(follows)
        return goes_on

    def _is_closed(self, boundary: bytes, end: int) -> bool:
        """Return whether this multipart has been closed before a place."""
        at = self.buffer.find(boundary + b"--", self.open_until, end)
        if at >= 0:
            self.open_until = at
            return True
        self.open_until = max(0, end - len(boundary) - 2)
        return False

    def _find_next(self, boundary: bytes, at: int) -> int:
        """Return where the next part of this message begins behind a place; 0 if none does."""
        name = boundary[len(b"\n--") :]
        while True:
            found = self.buffer.find(name, at, self.limit)
            self.looked += (found if found >= 0 else len(self.buffer)) - at
            if found >= 0:
                # Else it is the header of a mail that has the same boundary, as programs do that
                # always take the same.
                is_delimiter = self.buffer.startswith(boundary, found + len(name) - len(boundary))
                return found if is_delimiter else 0
            # Somewhere it has to end: mails without an end would be looked through again and again.
            if self.looked > _LOOKED_AHEAD * self.count or len(self.buffer) > self.limit:
                return 0
            at = max(at, len(self.buffer) - len(name))
            if not self._read_more():
                return 0

    def _find_boundary(self, end: int) -> bytes:
        """Return the line that separates the parts of this message; nothing if it has none."""
        if self.boundary is None:
            message = _strip_separator(bytes(self.buffer[: min(end, _HEAD)]))
            part = message_part(message)
            self.boundary = part.delimiter if part.type.startswith("multipart/") else b""
        return self.boundary

    def _finish_message(self, end: int) -> Iterator[bytes | OversizeMessage | SwallowedMail]:
        """Yield the message that ends at a place, and begin the next one."""
        if self.head or end > self.limit + _LONGEST_SEPARATOR:
            yield OversizeMessage(_strip_separator(self.head or bytes(self.buffer[:_HEAD])))
        else:
            message = _strip_separator(bytes(self.buffer[:end]))
            if message and not message.isspace():
                yield _QUOTED_FROM.sub(rb"\1", message) if b">From " in message else message
        yield from map(SwallowedMail, self.swallowed)
        del self.buffer[:end]
        self.head, self.swallowed, self.boundary, self.open_until = b"", [], None, 0


def begins_header(text: bytes) -> bool:
    """Return whether a text begins with the header of a mail."""
    lines = text.split(b"\n", _MOST_FIELDS)[:_MOST_FIELDS]
    if len(text) >= _ROOM and len(lines) > 1:
        lines.pop()  # it may have been cut off
    known, is_plain, is_first = set(), True, True
    for line in lines:
        if not line.strip():
            break
        field = _FIELD.match(line)
        if field is not None:
            known.update({field[1].lower()} & _KNOWN_FIELDS)
        elif not line.startswith((b"From ", b">From ")):
            if is_first:
                return False
            is_plain = is_plain and line.startswith((b" ", b"\t"))
        is_first = is_first and field is None
    # Two fields of a mail are no accident, even where some program has broken a line of it.
    return len(known) > 1 or (bool(known) and is_plain)


def _header_of(text: bytes) -> bytes:
    return text.replace(b"\r", b"").partition(b"\n\n")[0]


def _strip_separator(message: bytes) -> bytes:
    if message.startswith((b"From ", b"From\n", b"From\r")):
        return message.partition(b"\n")[2]
    return message
