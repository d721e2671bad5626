"""
Finds the cells of ratings in the bytes of a workbook, and damages one of them at a time.

The formats without a checksum of their own are damaged byte by byte, OpenDocument in its markup.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Collection, Iterator
from random import Random
from typing import Final

import olefile

from tests.support.hostile import packed, parts_of
from tests.support.mutation import ON_MARKUP

_LABEL, _SHARED_LABEL = 0x0204, 0x00FD
_WORDS: Final = (b"\x00\x00", b"\xff\xff", b"\x01\x00", b"\x00\x80")
_CELL: Final = re.compile(
    rb"<table:table-cell(?:(?!<table:table-cell).)*?<text:p>([^<]*)</text:p></table:table-cell>",
    re.DOTALL,
)


def damage_score_cell(kind: str, data: bytes, labels: Collection[str], rng: Random) -> bytes:
    """Return a workbook in which one cell that holds one of these labels is damaged."""
    if kind == "xls":
        return _damage_stream(data, labels, rng)
    return _damage_part(data, labels, rng, is_markup=kind == "ods")


def _damage_bytes(content: bytes, rng: Random) -> bytes:
    """Return a record of the same length: a bit, a byte, a number or an order changed."""
    changed = bytearray(content)
    at, other = rng.randrange(len(changed)), rng.randrange(len(changed))
    way = rng.randrange(5)
    if way == 0:
        changed[at] ^= 1 << rng.randrange(8)
    elif way == 1:
        changed[at] = rng.randrange(256)
    elif way == 2:
        changed[at : at + 2] = rng.choice(_WORDS)[: len(changed[at : at + 2])]
    elif way == 3:
        changed[at], changed[other] = changed[other], changed[at]
    else:
        size = len(changed[at : at + 3])
        changed[at : at + size] = bytes(size)
    return bytes(changed)


def _damage_stream(data: bytes, labels: Collection[str], rng: Random) -> bytes:
    with olefile.OleFileIO(io.BytesIO(data)) as container:
        stream = container.openstream("Workbook").read()
    base = data.index(stream)  # programs write it in one piece
    start, end = rng.choice(list(_find_records(stream, labels)))
    return data[: base + start] + _damage_bytes(stream[start:end], rng) + data[base + end :]


def _find_records(stream: bytes, labels: Collection[str]) -> Iterator[tuple[int, int]]:
    """Yield where the records of cells begin and end that hold a label in the sixth column."""
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        end = at + 4 + length
        if kind in (_LABEL, _SHARED_LABEL) and stream[at + 6 : at + 8] == b"\x05\x00":
            body = stream[at + 4 : end]
            is_plain = kind == _LABEL and body[9:].decode("utf-16-le", "replace") in labels
            if is_plain or kind == _SHARED_LABEL:
                yield at, end
        at = end


def _damage_part(data: bytes, labels: Collection[str], rng: Random, *, is_markup: bool) -> bytes:
    parts = parts_of(data)
    cells = [
        (name, start, end)
        for name, content in parts.items()
        for start, end in (
            _find_markup(name, content, labels) if is_markup else _find_texts(name, content, labels)
        )
    ]
    name, start, end = rng.choice(cells)
    content = parts[name]
    damage = rng.choice(ON_MARKUP) if is_markup else _damage_bytes
    damaged = damage(content[start:end], rng)
    return packed({**parts, name: content[:start] + damaged + content[end:]})


def _find_markup(name: str, content: bytes, labels: Collection[str]) -> Iterator[tuple[int, int]]:
    if name == "content.xml":
        for match in _CELL.finditer(content):
            if match[1].decode() in labels:
                yield match.span()


def _find_texts(name: str, content: bytes, labels: Collection[str]) -> Iterator[tuple[int, int]]:
    """Yield where the short records of SheetJS begin and end that hold a label."""
    if not name.startswith("xl/worksheets/sheet"):
        return
    for label in labels:
        text = struct.pack("<I", len(label)) + label.encode("utf-16-le")
        at = content.find(text)
        while at >= 0:
            yield at - 6, at + len(text)  # kind, length and style precede it
            at = content.find(text, at + 1)
