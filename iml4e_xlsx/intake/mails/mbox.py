"""Splits a mailbox in one file (mbox) into messages, in bounded memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol

_CHUNK: Final = 1 << 20
_SEPARATOR: Final = re.compile(
    rb"\nFrom [^\n]{0,300}?\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b[^\n]{0,40}?\d:\d\d"
)
"""A line that begins a message. Texts may have a "From " of their own, but no date in it."""

_LONGEST_SEPARATOR: Final = 400
_QUOTED_FROM: Final = re.compile(rb"^>(>*From )", re.MULTILINE)
_BEGINNING: Final = re.compile(rb"From [^\n]{1,400}\n(?:>?[!-9;-~]{1,200}[ \t]*:|From )")


_HEAD: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class OversizeMessage:
    """The first bytes of a message that is larger than the limit."""

    head: bytes


class ByteStream(Protocol):
    """Something that can be read bit by bit."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes; none at the end."""


def is_mbox(head: bytes) -> bool:
    """Return whether a file begins as an mbox does: a separator, and a header behind it."""
    return _BEGINNING.match(head) is not None


def split_messages(file: ByteStream, limit: int) -> Iterator[bytes | OversizeMessage]:
    """Yield the messages in a mailbox in order; of those larger than the limit, that they are."""
    buffer = bytearray()
    scanned = 0
    head = b""
    while chunk := file.read(_CHUNK):
        buffer += chunk
        while separator := _SEPARATOR.search(buffer, scanned):
            end = separator.start() + 1
            yield from _finish_message(buffer[:end], limit, head)
            del buffer[:end]
            scanned, head = 0, b""
        scanned = max(0, len(buffer) - _LONGEST_SEPARATOR)
        if len(buffer) > limit + _LONGEST_SEPARATOR:
            head = head or bytes(buffer[:_HEAD])
            del buffer[:scanned]
            scanned = 0
    yield from _finish_message(buffer, limit, head)


def _finish_message(text: bytearray, limit: int, head: bytes) -> Iterator[bytes | OversizeMessage]:
    """Yield the message in a text; `head` is how it begins where the text is the end of it."""
    if head or len(text) > limit + _LONGEST_SEPARATOR:
        yield OversizeMessage(_strip_separator(head or bytes(text[:_HEAD])))
        return
    message = _strip_separator(bytes(text))
    if message and not message.isspace():
        yield _QUOTED_FROM.sub(rb"\1", message) if b">From " in message else message


def _strip_separator(message: bytes) -> bytes:
    return message.partition(b"\n")[2] if message.startswith(b"From ") else message
