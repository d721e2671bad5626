"""
Reads the properties of documents in OLE compound files, as far as they are needed.

Source: Microsoft, [MS-OLEPS]. The library that opens the container can read them too, but follows
whatever counts and offsets a file claims.
"""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta
from typing import Final

STREAM: Final = "\x05SummaryInformation"
"""The name of the stream in a compound file."""

MOST_BYTES: Final = 1 << 16
"""So much of the stream is looked at; the times stand at its beginning."""

_SET_OFFSET: Final = struct.Struct("<44xI")
_SET_HEAD: Final = struct.Struct("<4xI")
_ENTRY: Final = struct.Struct("<II")
_TIME: Final = struct.Struct("<IQ")
_LAST_SAVED, _FILETIME = 13, 0x40
_MOST_PROPERTIES: Final = 100
_EPOCH: Final = datetime(1601, 1, 1, tzinfo=UTC)


def summary_text(stream: bytes) -> str:
    """Return when a document was last saved, as Office Open XML writes it; empty if unknown."""
    try:
        saved = _find_saved(stream)
    except (struct.error, OverflowError):
        return ""
    return f"<dcterms:modified>{saved.isoformat()}</dcterms:modified>" if saved else ""


def _find_saved(stream: bytes) -> datetime | None:
    (start,) = _SET_OFFSET.unpack_from(stream)
    (count,) = _SET_HEAD.unpack_from(stream, start)
    for number in range(min(count, _MOST_PROPERTIES)):
        kind, offset = _ENTRY.unpack_from(stream, start + _SET_HEAD.size + number * _ENTRY.size)
        if kind == _LAST_SAVED:
            form, ticks = _TIME.unpack_from(stream, start + offset)
            # Programs that know no time write 0.
            if form == _FILETIME and ticks:
                return _EPOCH + timedelta(microseconds=ticks // 10)
    return None
