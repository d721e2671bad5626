"""Mailboxes in one file (mbox), message by message, in bounded memory however large they are."""

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
class TooLarge:
    """A message that is larger than the limit: only how it begins."""

    head: bytes


class ByteStream(Protocol):
    """Something that can be read bit by bit."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes; none at the end."""


def is_mbox(head: bytes) -> bool:
    """Return whether a file begins as an mbox does: a separator, and a header behind it."""
    return _BEGINNING.match(head) is not None


def messages(file: ByteStream, limit: int) -> Iterator[bytes | TooLarge]:
    """Yield the messages in a mailbox in order; of those larger than the limit, that they are."""
    kept = bytearray()
    scanned = 0
    head = b""
    while chunk := file.read(_CHUNK):
        kept += chunk
        while found := _SEPARATOR.search(kept, scanned):
            end = found.start() + 1
            yield from _message(kept[:end], limit, head)
            del kept[:end]
            scanned, head = 0, b""
        scanned = max(0, len(kept) - _LONGEST_SEPARATOR)
        if len(kept) > limit + _LONGEST_SEPARATOR:
            head = head or bytes(kept[:_HEAD])
            del kept[:scanned]
            scanned = 0
    yield from _message(kept, limit, head)


def _message(text: bytearray, limit: int, head: bytes) -> Iterator[bytes | TooLarge]:
    """Yield the message in a text; `head` is how it begins where the text is the end of it."""
    if head or len(text) > limit + _LONGEST_SEPARATOR:
        yield TooLarge(_without_separator(head or bytes(text[:_HEAD])))
        return
    message = _without_separator(bytes(text))
    if message and not message.isspace():
        yield _QUOTED_FROM.sub(rb"\1", message) if b">From " in message else message


def _without_separator(message: bytes) -> bytes:
    return message.partition(b"\n")[2] if message.startswith(b"From ") else message
