"""Mailboxes in one file (mbox), message by message, in bounded memory however large they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Final

_CHUNK: Final = 1 << 20
_SEPARATOR: Final = re.compile(
    rb"\nFrom [^\n]{0,300}?\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b[^\n]{0,40}?\d:\d\d"
)
"""A line that begins a message. Texts may have a "From " of their own, but no date in it."""

_LONGEST_SEPARATOR: Final = 400
_QUOTED_FROM: Final = re.compile(rb"^>(>*From )", re.MULTILINE)
_BEGINNING: Final = re.compile(rb"From [^\n]{1,400}\n(?:>?[!-9;-~]{1,200}[ \t]*:|From )")


def is_mbox(head: bytes) -> bool:
    """Return whether a file begins as an mbox does: a separator, and a header behind it."""
    return _BEGINNING.match(head) is not None


def messages(file: IO[bytes], limit: int) -> Iterator[bytes | None]:
    """Yield the messages in a mailbox in order; None for one that is larger than the limit."""
    kept = bytearray()
    scanned = 0
    too_large = False
    while chunk := file.read(_CHUNK):
        kept += chunk
        while found := _SEPARATOR.search(kept, scanned):
            end = found.start() + 1
            yield from _message(kept[:end], limit, too_large=too_large)
            del kept[:end]
            scanned, too_large = 0, False
        scanned = max(0, len(kept) - _LONGEST_SEPARATOR)
        if len(kept) > limit + _LONGEST_SEPARATOR:
            too_large = True
            del kept[:scanned]
            scanned = 0
    yield from _message(kept, limit, too_large=too_large)


def _message(text: bytearray, limit: int, *, too_large: bool) -> Iterator[bytes | None]:
    if too_large or len(text) > limit + _LONGEST_SEPARATOR:
        yield None
        return
    message = bytes(text)
    if message.startswith(b"From "):
        message = message.partition(b"\n")[2]
    if message and not message.isspace():
        yield _QUOTED_FROM.sub(rb"\1", message) if b">From " in message else message
