"""Random damage to workbooks: to the bytes of a file, or to the markup inside its archive."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from random import Random
from typing import Final, TypeAlias

Mutation: TypeAlias = Callable[[bytes, Random], bytes]

_ODD_VALUES: Final = (
    *(b"", b"-1", b"0", b"1", b"2.5", b"99999999999", b"NaN", b"1e999", b"A0", b"XFD1048576"),
    *(b"s", b"n", b"b", b"e", b"d", b"str", b"inlineStr", b"TRUE", b"#REF!", b"&#0;", b"&amp;"),
)
_ATTRIBUTE: Final = re.compile(rb'="([^"<>]*)"')
_CONTENT: Final = re.compile(rb">([^<>]+)<")
_ELEMENT: Final = re.compile(rb"<([A-Za-z:]+)[^<>]*?(?:/>|>[^<]*</\1>)")
_TAG: Final = re.compile(rb"</?[A-Za-z:]+[^<>]*>")
_ZIP_RECORD: Final = re.compile(rb"PK(?:\x01\x02|\x03\x04|\x05\x06|\x06\x06|\x06\x07)")
_LONGEST_SLICE: Final = 200
_ODD_LINES: Final = (
    *(b"From ", b"From a@b Mon Mar 2 10:00:00 2026", b"From: " + b"(" * 3_000, b"", b" ", b"--"),
    *(b"--bb", b"--bb--", b"Content-Transfer-Encoding: base64", b"begin 644 x.xlsx", b"end"),
    *(b"Content-Type: multipart/digest; boundary=bb", b"Content-Type: message/rfc822", b"=?"),
    *(b"Content-Transfer-Encoding: x-uuencode", b"Subject: =?utf-7?q?" + b"=" * 900, b"Date: 99"),
    *(b"Content-Disposition: attachment; filename*9*=a", b"MIME-Version: 1.0", b"\x00\xff\xfe"),
)
"""Lines that decide what a mail, a part or a mailbox is."""


def flip(data: bytes, rng: Random) -> bytes:
    """Change a few bytes."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8))):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def cut(data: bytes, rng: Random) -> bytes:
    """Leave out a slice."""
    start = rng.randrange(len(data))
    return data[:start] + data[start + rng.randrange(1, _LONGEST_SLICE) :]


def repeat(data: bytes, rng: Random) -> bytes:
    """Repeat a slice."""
    start = rng.randrange(len(data))
    end = start + rng.randrange(1, _LONGEST_SLICE)
    return data[:end] + data[start:end] + data[end:]


def overwrite(data: bytes, rng: Random) -> bytes:
    """Write a slice over another place."""
    start, target = rng.randrange(len(data)), rng.randrange(len(data))
    piece = data[start : start + rng.randrange(1, _LONGEST_SLICE)]
    return data[:target] + piece + data[target + len(piece) :]


def truncate(data: bytes, rng: Random) -> bytes:
    """Cut the end off."""
    return data[: rng.randrange(len(data))]


def _replaced(form: re.Pattern[bytes], data: bytes, rng: Random, group: int, new: bytes) -> bytes:
    """Replace one of a form's matches, found from a random place on."""
    match = form.search(data, rng.randrange(len(data))) or form.search(data)
    if match is None:
        return data
    return data[: match.start(group)] + new + data[match.end(group) :]


def odd_attribute(data: bytes, rng: Random) -> bytes:
    """Give an attribute a value that it should not have."""
    return _replaced(_ATTRIBUTE, data, rng, 1, rng.choice(_ODD_VALUES))


def odd_content(data: bytes, rng: Random) -> bytes:
    """Give an element a content that it should not have."""
    return _replaced(_CONTENT, data, rng, 1, rng.choice(_ODD_VALUES))


def drop_element(data: bytes, rng: Random) -> bytes:
    """Leave out an element."""
    return _replaced(_ELEMENT, data, rng, 0, b"")


def drop_tag(data: bytes, rng: Random) -> bytes:
    """Leave out a tag."""
    return _replaced(_TAG, data, rng, 0, b"")


def other_digit(data: bytes, rng: Random) -> bytes:
    """Change a digit, such as an index's."""
    return _replaced(re.compile(rb"[0-9]"), data, rng, 0, b"%d" % rng.randrange(10))


ON_BYTES: Final[tuple[Mutation, ...]] = (flip, cut, repeat, overwrite, truncate)
ON_MARKUP: Final[tuple[Mutation, ...]] = (
    *(flip, cut, repeat, overwrite, truncate),
    *(odd_attribute, odd_content, drop_element, drop_tag, other_digit) * 2,
)


def odd_line_ends(data: bytes, rng: Random) -> bytes:
    """End the lines in another way, from a random place on."""
    at = rng.randrange(len(data))
    end = rng.choice((b"\r", b"\r\r\n", b"\n\n", b" \n", b""))
    return data[:at] + data[at:].replace(b"\n", end, rng.choice((1, 5, -1)))


def odd_line(data: bytes, rng: Random) -> bytes:
    """Put in a line that means something in mails."""
    lines = data.split(b"\n")
    lines.insert(rng.randrange(len(lines)), rng.choice(_ODD_LINES))
    return b"\n".join(lines)


def swapped_lines(data: bytes, rng: Random) -> bytes:
    """Change the places of two lines."""
    lines = data.split(b"\n")
    first, second = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[first], lines[second] = lines[second], lines[first]
    return b"\n".join(lines)


def odd_number(data: bytes, rng: Random) -> bytes:
    """Overwrite a few bytes with a number that a length or an offset should not be."""
    number = rng.choice((0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 0xFFFFFFFE, rng.randrange(1 << 32)))
    size = rng.choice((2, 4, 8))
    at = rng.randrange(len(data))
    return data[:at] + number.to_bytes(8, "little")[:size] + data[at + size :]


def damaged_text(data: bytes, rng: Random) -> bytes:
    """Return a mail or a mailbox with damage to its lines."""
    return rng.choice((*ON_BYTES, odd_line_ends, odd_line, odd_line, swapped_lines))(data, rng)


def damaged_member(data: bytes, rng: Random) -> bytes:
    """Return a zip with damage to the header of a member, or to its directory."""
    marks = [match.start() for match in _ZIP_RECORD.finditer(data)]
    if not marks:
        return odd_number(data, rng)
    at = rng.choice(marks)
    end = at + rng.choice((30, 46, 60))
    return data[:at] + rng.choice((flip, odd_number))(data[at:end], rng) + data[end:]


def damaged_bytes(data: bytes, rng: Random) -> bytes:
    """Return a file with damage to its bytes."""
    return rng.choice(ON_BYTES)(data, rng)


def damaged_part(data: bytes, rng: Random) -> bytes:
    """Return an archive with damage to the content of one of its parts, packed anew."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    names = [name for name, content in parts.items() if content and _is_of_interest(name)]
    name = rng.choice(names)
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        parts[name] = rng.choice(ON_MARKUP)(parts[name], rng) or b" "
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return buffer.getvalue()


def _is_of_interest(name: str) -> bool:
    """Return whether a part bears on what is read; damage to a chart would waste a case."""
    return not name.startswith(("xl/charts", "xl/drawings", "xl/theme", "docProps/app", "Object"))
