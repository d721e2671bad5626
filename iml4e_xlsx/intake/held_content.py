"""Holds the content of a file whose zip or mail need not stay in memory for it."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Final

_LARGE: Final = 1 << 20
_SAMPLES: Final = 16
_SAMPLE: Final = 4_096
_WORTHWHILE: Final = 8
"""So many times smaller a content has to become for it to be packed while it waits."""


def hold_content(read: Callable[[], bytes]) -> Callable[[], bytes]:
    """
    Read a content at once, and return what yields it, or raises what reading it raised.

    A few bytes of a zip may inflate to twenty megabytes, and several files wait to be parsed; so a
    large content that is mostly repetition waits packed.
    """
    try:
        content = read()
    except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to this file
        return _raise_again(error)
    if len(content) < _LARGE or not _is_repetitive(content):
        return lambda: content
    packed = zlib.compress(content, 1)
    return lambda: zlib.decompress(packed)


def _is_repetitive(content: bytes) -> bool:
    step = len(content) // _SAMPLES
    sample = b"".join(content[at : at + _SAMPLE] for at in range(0, len(content), step))
    return len(zlib.compress(sample, 1)) * _WORTHWHILE < len(sample)


def _raise_again(error: Exception) -> Callable[[], bytes]:
    kept = error.with_traceback(None)  # whose frames would keep the zip or the mail in memory

    def read() -> bytes:
        raise kept

    return read
