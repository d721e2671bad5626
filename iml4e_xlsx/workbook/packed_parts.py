"""
Packs a rendered workbook so that copies with other texts take a fraction of the time.

A workbook is a zip archive. The parts in which stand-ins occur (`stand_in`) are cut at them; what
lies between is compressed once, each piece by itself, and what takes a stand-in's place is stored
as it is. Both are blocks of one deflate stream (RFC 1951, 3.2.4), so that any program reads it. All
other parts are copied as they were compressed.
"""

from __future__ import annotations

import io
import re
import secrets
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_MARK: Final = secrets.token_hex(16)
"""What nobody can have written into a text, for it is another in each process."""
_STAND_IN: Final = re.compile(rf"{_MARK}\(([a-z]+)\)".encode("ascii"))

_LOCAL: Final = struct.Struct("<4s5H3L2H")
_ENTRY: Final = struct.Struct("<4s6H3L5H2L")
_END: Final = struct.Struct("<4s4H2LH")
_VERSION, _DEFLATED = 20, 8
_MADE_ON_UNIX = 3 << 8
_FIRST_DAY = 1 << 5 | 1
"""1980-01-01, from which archives count: the same input gives the same bytes."""
_READABLE_BY_OWNER = 0o600 << 16


def stand_in(name: str) -> str:
    """Return the text that stands in a rendered workbook for one that differs between people."""
    return f"{_MARK}({name})"


@dataclass(frozen=True, slots=True)
class _PartContent:
    """The content of a part: compressed, its checksum, its length in bytes before."""

    data: bytes
    checksum: int
    length: int


@dataclass(frozen=True, slots=True)
class _CutPart:
    """
    A part that differs between people.

    `plain` and `packed` are what lies between the stand-ins, before and after compression; `names`
    are those of the stand-ins between them, one less.
    """

    name: bytes
    plain: tuple[bytes, ...]
    packed: tuple[bytes, ...]
    names: tuple[str, ...]
    checksum: int

    @classmethod
    def cut(cls, name: bytes, content: bytes) -> _CutPart:
        """Cut a part at its stand-ins."""
        pieces = _STAND_IN.split(content)
        plain, names = pieces[::2], pieces[1::2]
        ends = [zlib.Z_FULL_FLUSH] * (len(plain) - 1) + [zlib.Z_FINISH]
        packed = [_compress(piece, end) for piece, end in zip(plain, ends, strict=True)]
        return cls(
            name,
            tuple(plain),
            tuple(packed),
            tuple(x.decode("ascii") for x in names),
            zlib.crc32(plain[0]),
        )

    def fill(self, texts: Mapping[str, bytes]) -> _PartContent:
        """Put texts, as they stand in XML, into the places of the stand-ins."""
        data, checksum, length = [self.packed[0]], self.checksum, len(self.plain[0])
        for name, plain, packed in zip(self.names, self.plain[1:], self.packed[1:], strict=True):
            text = texts[name]
            data += (_stored_block(text), packed)
            checksum = zlib.crc32(plain, zlib.crc32(text, checksum))
            length += len(text) + len(plain)
        return _PartContent(b"".join(data), checksum, length)


def _compress(piece: bytes, end: int) -> bytes:
    """Compress a piece of a stream; it refers to nothing before it and ends at a byte."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(piece) + packer.flush(end)


def _stored_block(text: bytes) -> bytes:
    return struct.pack("<BHH", 0, len(text), len(text) ^ 0xFFFF) + text


class PackedWorkbook:
    """A workbook with stand-ins, to be filled with the texts of one person after another."""

    def __init__(self, rendered: bytes) -> None:
        self._cut: list[_CutPart] = []
        bodies: list[bytes] = []
        entries: list[bytes] = []
        offset = 0
        with zipfile.ZipFile(io.BytesIO(rendered)) as archive:
            for part in archive.infolist():
                content, name = archive.read(part), part.filename.encode("ascii")
                if _STAND_IN.search(content):
                    self._cut.append(_CutPart.cut(name, content))
                    continue
                packed = _PartContent(_raw_content(rendered, part), part.CRC, len(content))
                bodies.append(_local_header(name, packed) + packed.data)
                entries.append(_directory_entry(name, packed, offset))
                offset += len(bodies[-1])
        self._body = b"".join(bodies)
        self._entries = b"".join(entries)
        self._count = len(entries) + len(self._cut)

    def fill(self, texts: Mapping[str, str]) -> bytes:
        """
        Return the workbook with texts in the places of the stand-ins.

        Args:
            texts: A text for the name of each stand-in: one that `is_fillable`.
        """
        escaped = {name: _escape(text).encode("utf-8") for name, text in texts.items()}
        parts, entries, offset = [self._body], [self._entries], len(self._body)
        for part in self._cut:
            packed = part.fill(escaped)
            header = _local_header(part.name, packed)
            parts += (header, packed.data)
            entries.append(_directory_entry(part.name, packed, offset))
            offset += len(header) + len(packed.data)
        directory = b"".join(entries)
        end = _END.pack(b"PK\x05\x06", 0, 0, self._count, self._count, len(directory), offset, 0)
        return b"".join((*parts, directory, end))


_UNFILLABLE: Final = re.compile(
    r"^\s|\s$|[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_"
)
"""What has to be written in another way than as text of XML: blanks at the ends, controls."""
_LONGEST = 1000


def is_fillable(text: str) -> bool:
    """Return whether a text may take the place of a stand-in; an empty one has no cell of text."""
    return 0 < len(text) <= _LONGEST and not _UNFILLABLE.search(text)


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _raw_content(archive: bytes, part: zipfile.ZipInfo) -> bytes:
    """Return the content of a part as it was compressed."""
    lengths = struct.unpack_from("<2H", archive, part.header_offset + 26)
    start = part.header_offset + _LOCAL.size + sum(lengths)
    return archive[start : start + part.compress_size]


def _local_header(name: bytes, packed: _PartContent) -> bytes:
    fields = (packed.checksum, len(packed.data), packed.length, len(name), 0)
    return _LOCAL.pack(b"PK\x03\x04", _VERSION, 0, _DEFLATED, 0, _FIRST_DAY, *fields) + name


def _directory_entry(name: bytes, packed: _PartContent, offset: int) -> bytes:
    fields = (packed.checksum, len(packed.data), packed.length, len(name), 0, 0, 0, 0)
    made_by = _MADE_ON_UNIX | _VERSION
    head = (b"PK\x01\x02", made_by, _VERSION, 0, _DEFLATED, 0, _FIRST_DAY)
    return _ENTRY.pack(*head, *fields, _READABLE_BY_OWNER, offset) + name
