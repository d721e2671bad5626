"""Mails as Outlook saves them: real ones by another library, and one made to harm."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from datetime import datetime

from aspose.email_foss import msg

FREE, END, FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
TEXT, TEXT_IN_CODEPAGE, NUMBER, TRUTH, TIME = 0x001F, 0x001E, 0x0003, 0x000B, 0x0040
SMTP_ADDRESS, SUBMITTED, CODEPAGE, HIDDEN = 0x5D01, 0x0039, 0x3FFD, 0x7FFE
CHANGED = 0x3008
PER_FAT = 128
PER_DIFAT = 127
IN_HEADER = 109


def message(
    *,
    headers: str = "",
    sender: str = "",
    message_id: str = "",
    submitted: datetime | None = None,
    delivered: datetime | None = None,
    files: Mapping[str, bytes] | Iterable[tuple[str, bytes]] = (),
    form: str = "IPM.Note",
) -> msg.MapiMessage:
    """Return a mail with files attached, to be changed or saved."""
    made = msg.MapiMessage.create("Re: Assessment", "Hello")
    made.message_class = form
    if headers:
        made.set_property(msg.PropertyId.TRANSPORT_MESSAGE_HEADERS, headers)
    if sender:
        made.set_property(SMTP_ADDRESS, TEXT, sender)
    if message_id:
        made.set_property(msg.PropertyId.INTERNET_MESSAGE_ID, message_id)
    if submitted:
        made.set_property(SUBMITTED, TIME, submitted)
    if delivered:
        made.set_property(msg.PropertyId.MESSAGE_DELIVERY_TIME, delivered)
    for name, content in files.items() if isinstance(files, Mapping) else files:
        made.add_attachment(name, content)
    return made


def crowded(count: int) -> bytes:
    """Return an OLE file that is all directory: so many entries, in a balanced tree."""
    sectors = count // 4
    fats = -(-(sectors + 1) // PER_DIFAT)
    chain = [FAT_SECTOR] * fats + [fats + n + 1 for n in range(sectors - 1)] + [END]
    chain += [FREE] * (fats * PER_FAT - len(chain))
    lists, rest = [*range(min(IN_HEADER, fats))], [*range(IN_HEADER, fats)]
    lists += [FREE] * (IN_HEADER - len(lists))
    more = [rest[n : n + PER_DIFAT] for n in range(0, len(rest), PER_DIFAT)]
    at = fats + sectors
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9I", 0, fats, fats, 0, 4096, END, 0, at if more else END, len(more))
    following = [at + n + 1 for n in range(len(more) - 1)] + [END]
    return b"".join(
        (
            head + struct.pack("<109I", *lists),
            struct.pack(f"<{len(chain)}I", *chain),
            _directory(count),
            *(
                struct.pack("<128I", *one, *[FREE] * (PER_DIFAT - len(one)), after)
                for one, after in zip(more, following, strict=False)
            ),
        )
    )


def _directory(count: int) -> bytes:
    sides = [[FREE, FREE] for _ in range(count)]
    open_ranges = [(1, count - 1, 0, 0)]
    while open_ranges:
        low, high, parent, side = open_ranges.pop()
        middle = (low + high) // 2
        if parent:
            sides[parent][side] = middle
        if low < middle:
            open_ranges.append((low, middle - 1, middle, 0))
        if middle < high:
            open_ranges.append((middle + 1, high, middle, 1))
    entries = [_entry("Root Entry", 5, FREE, FREE, count // 2)]
    entries += [_entry(f"{n:08}", 2, sides[n][0], sides[n][1], FREE) for n in range(1, count)]
    return b"".join(entries)


def _entry(name: str, form: int, left: int, right: int, child: int) -> bytes:
    spelled = f"{name}\0".encode("utf-16-le")
    place = struct.pack("<HBBIII", len(spelled), form, 1, left, right, child)
    return spelled.ljust(64, b"\0") + place + bytes(36) + struct.pack("<IQ", END, 0)
