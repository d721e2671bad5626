"""
Bounds what the files within one path or one mail may claim together, however they are nested.

The limits of a zip and of a mail hold for each alone; without a bound of their sum, ten kilobytes
of zips in zips keep a command busy for minutes. Each allowance grows with the bytes that were
really sent, so that no mailbox and no zip of many answers is too large for it. It is spent in the
order of the search, so the same files are always refused. Computing time is shared out by
`ParsingTime`.
"""

from __future__ import annotations

from typing import Final

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.intake.mails.mbox import ByteStream
from iml4e_xlsx.intake.parsing_time import ParsingTime
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason

GROWTH: Final = 20
"""So many times its size a path may inflate to; old workbooks in a zip reach a quarter of that."""

BYTES_PER_MEMBER: Final = 256
"""The header of a mail or of a part, and the entry of a file in a zip, need as much or more."""

BYTES_PER_WORKBOOK: Final = 2_048
"""The smallest workbook with answers needs three times as much."""


class Allowance:
    """What is left for the files within one path or mail; `time` is the time to parse them."""

    def __init__(self, name: str, size: int, limits: Limits) -> None:
        """
        Set up an allowance.

        Args:
            name: The path or the mail.
            size: How many bytes were sent.
            limits: What any path may claim, besides what it may for its size.
        """
        self.name = name
        self._limits = {
            RefusalReason.ALL_MEMBERS: limits.members + size // BYTES_PER_MEMBER,
            RefusalReason.ALL_BYTES: limits.nested + GROWTH * size,
            RefusalReason.ALL_WORKBOOKS: limits.workbooks + size // BYTES_PER_WORKBOOK,
        }
        self._left = dict(self._limits)
        self.time = ParsingTime(name, size, limits)
        self.is_spent = False

    def take_members(self, count: int) -> None:
        """
        Take files in zips, mails and parts of mails.

        Raises:
            FileRefusal: If there are not so many left.
        """
        self._take(RefusalReason.ALL_MEMBERS, count)

    def take_bytes(self, count: int) -> None:
        """
        Take bytes that are inflated.

        Raises:
            FileRefusal: If there are not so many left.
        """
        self._take(RefusalReason.ALL_BYTES, count)

    def take_workbook(self) -> None:
        """
        Take a file that may be a workbook.

        Raises:
            FileRefusal: If there is none left.
        """
        self._take(RefusalReason.ALL_WORKBOOKS, 1)

    def _take(self, reason: RefusalReason, count: int) -> None:
        left = self._left[reason] - count
        if left < 0:
            self.is_spent = True
            raise FileRefusal(
                FailureCode.TOO_LARGE, reason, item=self.name, limit=self._limits[reason]
            )
        self._left[reason] = left


class MeteredStream:
    """A stream of inflated bytes, which are taken from an allowance as they are read."""

    def __init__(self, stream: ByteStream, allowance: Allowance) -> None:
        self._stream = stream
        self._allowance = allowance

    def read(self, size: int) -> bytes:
        """
        Return the next bytes; none at the end.

        Raises:
            FileRefusal: If they are more than are left.
        """
        data = self._stream.read(size)
        self._allowance.take_bytes(len(data))
        return data
