"""
Reads the texts in records of Excel 97-2003 workbooks, and those of Excel 5 and 95.

Source: Microsoft, [MS-XLS] 2.5.293 to 2.5.296 (texts), 2.4.265 (the table of texts), 2.4.58
(what does not fit into a record).
"""

from __future__ import annotations

import codecs
import struct
from collections.abc import Sequence
from typing import Final

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason

_WIDE, _EXTENDED, _RICH = 1, 4, 8
_KNOWN_FLAGS: Final = _WIDE | _EXTENDED | _RICH
_ENCODINGS: Final = {367: "ascii", 10000: "mac-roman", 32768: "mac-roman", 32769: "cp1252"}
_UNICODE: Final = 1200
_TABLE_HEAD: Final = struct.Struct("<II")


class TextError(ValueError):
    """A text that its record does not hold as the format provides for."""


def find_encoding(codepage: int) -> str:
    """Return Python's name for the encoding of a workbook before Unicode; ASCII if unknown."""
    if codepage == _UNICODE:  # of a newer workbook, which says so in each text
        return "cp1252"
    name = _ENCODINGS.get(codepage, f"cp{codepage}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "ascii"


def read_bytes_text(body: bytes, at: int, length: int, encoding: str) -> str:
    """
    Return a text of so many bytes in the workbook's encoding.

    Raises:
        TextError: If it is not all there, or not in this encoding.
    """
    content = body[at : at + length]
    if len(content) < length:
        raise TextError
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise TextError from error


class TextPieces:
    """
    The content of a record and those that continue it, read text by text.

    Where a text goes on in the next piece, that begins with the width of the characters anew.
    """

    def __init__(self, pieces: Sequence[bytes], at: int = 0) -> None:
        self.pieces = pieces
        self.number = 0
        self.at = at

    def read_text(self, length: int | None = None) -> str:
        """
        Return the next text; its length precedes it unless it is given.

        Raises:
            TextError: If the pieces do not hold it as the format provides for.
        """
        if length is None:
            (length,) = struct.unpack("<H", self._take(2))
        flags = self._take(1)[0]
        if flags & ~_KNOWN_FLAGS:
            raise TextError
        runs = struct.unpack("<H", self._take(2))[0] if flags & _RICH else 0
        extra = struct.unpack("<I", self._take(4))[0] if flags & _EXTENDED else 0
        text = self._read_characters(length, is_wide=bool(flags & _WIDE))
        self._skip(4 * runs + extra)
        return text

    def _read_characters(self, length: int, *, is_wide: bool) -> str:
        texts = []
        while True:
            piece = self.pieces[self.number]
            size = 2 if is_wide else 1
            count = min(length, (len(piece) - self.at) // size)
            content = piece[self.at : self.at + size * count]
            texts.append(content.decode("utf-16-le" if is_wide else "latin-1", errors="replace"))
            self.at += size * count
            length -= count
            if not length:
                return texts[0] if len(texts) == 1 else "".join(texts)
            self._turn_page()
            flags = self._take(1)[0]
            if flags & ~_WIDE:
                raise TextError
            is_wide = bool(flags)

    def _take(self, size: int) -> bytes:
        """Return the next bytes, which are never divided between two pieces."""
        if self.at >= len(self.pieces[self.number]):
            self._turn_page()
        content = self.pieces[self.number][self.at : self.at + size]
        if len(content) < size:
            raise TextError
        self.at += size
        return content

    def _skip(self, size: int) -> None:
        while size > (room := len(self.pieces[self.number]) - self.at):
            size -= room
            self._turn_page()
        self.at += size

    def has_rest(self) -> bool:
        """Return whether anything follows but zeros, with which a program may fill up."""
        rest = (self.pieces[self.number][self.at :], *self.pieces[self.number + 1 :])
        return any(any(piece) for piece in rest)

    def _turn_page(self) -> None:
        """Go on to the next piece, of which nothing but characters may be left over."""
        self.number += 1
        self.at = 0
        if self.number >= len(self.pieces):
            raise TextError


def read_table(pieces: Sequence[bytes], limits: Limits) -> list[str]:
    """
    Return the table of texts.

    Raises:
        FileRefusal: If these are too many, or are not as many as announced: each text's place is
            known by those before it alone, so that all after a damaged one may be others.
    """
    if len(pieces[0]) < _TABLE_HEAD.size:
        raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.CUT_OFF)
    _, count = _TABLE_HEAD.unpack_from(pieces[0])
    if count > limits.strings:
        raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.STRINGS, limit=limits.strings)
    source = TextPieces(pieces, at=_TABLE_HEAD.size)
    try:
        texts = [source.read_text() for _ in range(count)]
    except TextError as error:
        raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.CUT_OFF) from error
    if source.has_rest():
        raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.CUT_OFF)
    return texts


def read_note(piece: bytes) -> str:
    """Return the text of a note, which continues its record: a width, then the characters."""
    is_wide = piece[:1] == b"\x01"
    return piece[1:].decode("utf-16-le" if is_wide else "latin-1", errors="replace")
