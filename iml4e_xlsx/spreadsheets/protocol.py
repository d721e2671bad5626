"""Defines the protocol of a sandbox and its parsing process: messages, and statuses at its end."""

from __future__ import annotations

import signal
import struct
from typing import IO, Final, NamedTuple

TIME_SIGNAL: Final[int | None] = getattr(signal, "SIGPROF", None)
"""Ends the process when a file has used up its computing time; Windows has no such signal."""

TIME_STATUS: Final = 124
"""The exit status that says the same where there is no such signal."""

ASK_SIGNAL: Final[int | None] = getattr(signal, "SIGVTALRM", None)
"""Lets the process ask whether a file may go on; Windows has none, and files there never ask."""

_HEAD: Final = struct.Struct("<Qd")


class ProtocolMessage(NamedTuple):
    """
    A message: its data, and a number of seconds.

    On its way to the process, these say after how long a file's parsing has to ask whether it may
    go on; back, what it took so far. Without data it is that question, or the answer to it: how
    many seconds more there are.
    """

    data: bytes
    seconds: float


def send_message(stream: IO[bytes], data: bytes, seconds: float = 0.0) -> None:
    """Write a message: its length and its seconds, then its bytes."""
    stream.write(_HEAD.pack(len(data), seconds))
    stream.write(data)
    stream.flush()


def receive_message(stream: IO[bytes], most: int | None = None) -> ProtocolMessage:
    """
    Return the next message.

    Args:
        stream: Where it comes from.
        most: The most bytes it may have; any number by default, which trusts the sender.

    Raises:
        EOFError: If the stream ends before or within it.
        ValueError: If it announces more bytes, none of which is read then, or a time that nothing
            can have taken: nobody gets time back.
    """
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        raise EOFError
    length, seconds = _HEAD.unpack(head)
    if most is not None and length > most:
        raise ValueError(length)
    if not seconds >= 0:  # also what is no number
        raise ValueError(seconds)
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return ProtocolMessage(data, seconds)
