"""Defines the protocol of a sandbox and its parsing process: messages, and statuses at its end."""

from __future__ import annotations

import signal
import struct
from typing import IO, Final

TIME_SIGNAL: Final[int | None] = getattr(signal, "SIGPROF", None)
"""Ends the process when a file has used up its computing time; Windows has no such signal."""

TIME_STATUS: Final = 124
"""The exit status that says the same where there is no such signal."""

_LENGTH: Final = struct.Struct("<Q")


def send_message(stream: IO[bytes], data: bytes) -> None:
    """Write a message: its length, then its bytes."""
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def receive_message(stream: IO[bytes], most: int | None = None) -> bytes:
    """
    Return the next message.

    Args:
        stream: Where it comes from.
        most: The most bytes it may have; any number by default, which trusts the sender.

    Raises:
        EOFError: If the stream ends before or within it.
        ValueError: If it announces more bytes; none of them is read then.
    """
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    if most is not None and length > most:
        raise ValueError(length)
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return data
