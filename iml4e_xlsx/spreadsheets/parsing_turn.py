"""Defines a file's turn at a parsing process: how long it may compute before it has to ask."""

from __future__ import annotations

from typing import Final

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason

UNLIMITED: Final = float("inf")
"""No limit but that of any file, which its parsing process keeps by itself."""


class ParsingTurn:
    """
    The turn of a file that came alone: it may take all that a file may take.

    A file that shares its computing time with others has a subclass of it. All times are seconds
    of computing, as the parsing process measures them.
    """

    def begin(self, size: int) -> float:
        """
        Begin, and return after how many seconds the parsing process asks whether it may go on.

        Args:
            size: How many bytes the file has.

        Raises:
            FileRefusal: If the file is not to be tried.
        """
        del size
        return UNLIMITED

    def extend(self, taken: float) -> float:
        """
        Return how many seconds more a file may take; none if it has to stop. May wait for others.

        Args:
            taken: How many it took so far.
        """
        del taken
        return UNLIMITED

    def end(self, taken: float | None, *, was_stopped: bool = False) -> None:
        """
        End.

        Args:
            taken: How many seconds it took; None where its process died, which tells nobody.
            was_stopped: Whether the process had to be stopped, for another reason than time.
        """

    def refuse(self, limits: Limits) -> FileRefusal:
        """Return the verdict on the file where its time is over."""
        return FileRefusal(
            FailureCode.READER_TIMEOUT, RefusalReason.TIME, limit=f"{limits.seconds:g}"
        )
