"""
Reads the parts of a workbook that is a zip, each when it is asked for, and never beyond the limits.

What nobody asks for is neither inflated nor judged. Names of parts are equal without regard to
case, kind of slash and escapes (ECMA-376, part 2, 6.2.2); two members of one name are refused only
if that part is asked for, since nobody could tell which of them counts.
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason

try:
    from isal import isal_zlib as zlib
except ImportError:  # isal is not made for every processor; zlib does the same in twice the time
    import zlib  # type: ignore[no-redef]

_RATIO_FROM: Final = 1 << 20
"""Parts that inflate to less than this may be as repetitive as they like."""

_DIRECTORY_ENTRY: Final = b"PK\x01\x02"
_SHORTEST_ENTRY: Final = 46
_LOCAL_HEAD: Final = struct.Struct("<4s22xHH")
_LOCAL_MARK: Final = b"PK\x03\x04"
_RAW_DEFLATE: Final = -15

_MOST_KEPT: Final = 1 << 12
"""In packed bytes: small parts, such as notes, are the same in all workbooks of a round."""


@lru_cache(maxsize=256)
def fold_name(name: str) -> str:
    """Return a part's name in the form in which names are compared; most names come again."""
    name = name.replace("\\", "/").lower()
    if "%" in name:
        name = unquote(name)
    if "./" in name or "//" in name:
        name = posixpath.normpath(name)
    return name.lstrip("/")


@contextmanager
def damaged_archives() -> Iterator[None]:
    """
    Turn whatever `zipfile` raises into the verdict that the zip is damaged.

    Raises:
        FileRefusal: If anything is raised within, but for what says nothing against the zip.
    """
    try:
        yield
    except (FileRefusal, MemoryError):
        raise
    except Exception as error:
        raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.ARCHIVE_DAMAGED) from error


class ZipPackage(Mapping[str, bytes]):
    """
    The parts of a zip by name; reading one raises FileRefusal if it is damaged or too large.

    `names` maps the names in the form of `fold_name` to those that the zip has.
    """

    def __init__(self, data: bytes, limits: Limits) -> None:
        """Read the directory; FileRefusal if it is damaged, long, or of a zip with a password."""
        # Before the directory takes any memory; a short file has no room for too many.
        is_short = len(data) <= limits.parts * _SHORTEST_ENTRY
        count = 0 if is_short else data.count(_DIRECTORY_ENTRY)
        if count > limits.parts:
            raise FileRefusal(
                FailureCode.TOO_LARGE, RefusalReason.PARTS, found=count, limit=limits.parts
            )
        self._data = data
        self._limits = limits
        self._room = limits.inflated
        with damaged_archives(), zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
        # Bit 0 marks a member with a password.
        if any(member.flag_bits & 1 for member in members):
            raise FileRefusal(FailureCode.ENCRYPTED)
        self.names: dict[str, str] = {}
        self._members: dict[str, zipfile.ZipInfo] = {}
        self._ambiguous: set[str] = set()
        for member in members:
            key = fold_name(member.filename)
            if key in self._members:
                self._ambiguous.add(key)
            self.names[key] = member.filename
            self._members[key] = member

    def __contains__(self, name: object) -> bool:
        """Return whether there is a part of this name; it need not be readable."""
        return isinstance(name, str) and (name in self._members or fold_name(name) in self._members)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names in the zip."""
        return iter(self.names.values())

    def __len__(self) -> int:
        """Return the number of parts."""
        return len(self._members)

    def __getitem__(self, name: str) -> bytes:
        """
        Return the content of a part.

        Raises:
            KeyError: If there is no such part.
            FileRefusal: If it is damaged, longer than its header or a limit says, or there twice.
        """
        key = name if name in self._members else fold_name(name)
        member = self._members[key]
        if key in self._ambiguous:
            raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.PART_TWICE)
        _check_ratio(member, self._limits)
        # What the header claims, before a byte is inflated; it may still lie.
        if member.file_size > self._room:
            raise FileRefusal(
                FailureCode.TOO_LARGE, RefusalReason.INFLATED, limit=self._limits.inflated
            )
        with damaged_archives():
            content = self._inflate(member, member.file_size + 1)
            if len(content) > member.file_size:
                raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.LONGER_THAN_SAID)
            if zlib.crc32(content) != member.CRC:
                raise _damage_refusal()
        self._room -= len(content)
        return content

    def read_start(self, name: str, length: int) -> bytes:
        """Return the beginning of a part; nothing where there is none or it is damaged."""
        member = self._members.get(fold_name(name))
        if member is None:
            return b""
        try:
            if member.compress_type == zipfile.ZIP_DEFLATED and member.compress_size <= _MOST_KEPT:
                start = self._find_content(member)
                return _inflate_start(self._data[start : start + member.compress_size], length)
            return self._inflate(member, length)[:length]
        except Exception:  # noqa: BLE001 - whatever is wrong with it, nobody depends on it
            return b""

    def _inflate(self, member: zipfile.ZipInfo, most: int) -> bytes:
        """Return the first bytes of a member."""
        start = self._find_content(member)
        packed = memoryview(self._data)[start : start + member.compress_size]
        if member.compress_type == zipfile.ZIP_DEFLATED:
            return zlib.decompressobj(_RAW_DEFLATE).decompress(packed, most)
        if member.compress_type == zipfile.ZIP_STORED:
            return bytes(packed[:most])
        # Other ways of packing are rare, and have heads of their own.
        with zipfile.ZipFile(io.BytesIO(self._data)) as archive, archive.open(member) as part:
            return part.read(most)

    def _find_content(self, member: zipfile.ZipInfo) -> int:
        """Return where a member's content begins, behind a head of its own."""
        mark, name_length, extra_length = _LOCAL_HEAD.unpack_from(self._data, member.header_offset)
        if mark != _LOCAL_MARK:
            raise _damage_refusal()
        start: int = member.header_offset + _LOCAL_HEAD.size + name_length + extra_length
        return start


@lru_cache(maxsize=32)
def _inflate_start(packed: bytes, length: int) -> bytes:
    """Return the beginning of a small part."""
    return bytes(zlib.decompressobj(_RAW_DEFLATE).decompress(packed, length))


def _damage_refusal() -> FileRefusal:
    """Return the verdict that a member is damaged."""
    return FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.ARCHIVE_DAMAGED)


def _check_ratio(member: zipfile.ZipInfo, limits: Limits) -> None:
    packed = max(member.compress_size, 1)
    if member.file_size > _RATIO_FROM and member.file_size / packed > limits.ratio:
        raise FileRefusal(
            FailureCode.TOO_LARGE, RefusalReason.RATIO, part=member.filename, limit=limits.ratio
        )
