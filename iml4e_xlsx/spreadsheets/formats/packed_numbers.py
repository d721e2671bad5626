"""Unpacks the numbers that binary workbooks keep in 30 bits. Source: [MS-XLS] 2.5.217."""

from __future__ import annotations

import struct


def unpack_number(packed: int) -> float:
    """Return a number packed into 30 bits: an integer or the top of a float, perhaps by 100."""
    if packed & 2:
        number = float((packed ^ 0x8000_0000) - 0x8000_0000 >> 2)
    else:
        (number,) = struct.unpack("<d", struct.pack("<Q", (packed & ~3) << 32))
    return number / 100 if packed & 1 else number
