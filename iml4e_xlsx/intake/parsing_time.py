"""
Shares out the computing that the workbooks within one path or one mail may take together.

Any file may take as long as the limit says; thirty that do would keep a command busy for minutes.
But a thousand good ones in a zip are no reason to refuse any. So only slow files count: an issued
workbook of 60 KB takes 10 milliseconds here, and may take ten times as much before it counts. The
processes ask when this usual time of a file is over; then it waits until no other file of its path
is slow, and gets what is left. That needs no clock on the wall: a busy computer refuses no more.
"""

from __future__ import annotations

import threading
from itertools import count
from typing import Final

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.parsing_turn import UNLIMITED, ParsingTurn
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason

SLOW_SHARE: Final = 0.6
"""
So much of the limit of a file its slow files may take together; the first one may take all of it.

With the start of the processes, a path stays within 5 seconds.
"""

USUAL_RATE: Final = 5e-3 / 1024
"""In seconds for a byte; a small workbook takes a tenth of it, a large one less."""

LARGE_RATE: Final = 1e-3 / 1024
"""The same for what a file has beyond 20 KB, mostly pictures, and sheets that nobody reads."""

USUAL_SIZE: Final = 20 << 10

BYTES_PER_STOP: Final = 2 << 20
"""Among the answers in so many bytes, one that the parser has to be stopped at is no accident."""


def usual_seconds(size: int) -> float:
    """Return how long parsing a file of this size may take before it counts as slow."""
    return min(size, USUAL_SIZE) * USUAL_RATE + max(0, size - USUAL_SIZE) * LARGE_RATE


class ParsingTime:
    """What is left of the time for the files within one path or mail; for many threads."""

    def __init__(self, name: str, size: int, limits: Limits) -> None:
        """
        Set up the time.

        Args:
            name: The path or the mail.
            size: How many bytes were sent.
            limits: What any file may take.
        """
        self.name = name
        self.seconds = limits.seconds
        self.slow_seconds = SLOW_SHARE * limits.seconds
        # Files that were padded to look large are packed to nothing: what was sent bounds them.
        self._usual_left = size * USUAL_RATE
        self._slow_taken = 0.0
        self._most_stops = limits.stops + size // BYTES_PER_STOP
        self._stops = 0
        self._denials = 0
        self._numbers = count()
        self._begun: set[int] = set()
        self._extended: int | None = None
        self._change = threading.Condition()

    def make_turn(self) -> FileTurn:
        """Make the turn of the next file, in the order of the search."""
        return FileTurn(self, next(self._numbers))

    def refuse(self) -> FileRefusal:
        """Return the verdict on a file for which no time is left; it is not that file's fault."""
        return FileRefusal(
            FailureCode.READER_TIMEOUT,
            RefusalReason.ALL_TIME,
            item=self.name,
            limit=f"{self.slow_seconds:g}",
        )

    def begin(self, number: int, size: int) -> float:
        """
        Let a file be parsed, and return how long.

        Raises:
            FileRefusal: If too many files of this path had to be stopped.
        """
        with self._change:
            if self._stops >= self._most_stops:
                raise FileRefusal(
                    FailureCode.TOO_LARGE,
                    RefusalReason.ALL_STOPS,
                    item=self.name,
                    limit=self._most_stops,
                )
            # Even without time for slow files a good one is read; each that is slow takes as long.
            if self._denials >= self._most_stops:
                raise self.refuse()
            self._begun.add(number)
            return min(usual_seconds(size), max(self._usual_left, 0.0))

    def extend(self, number: int, taken: float) -> float:
        """Return how much longer a file may take when no other one is slow; none if no time is."""
        with self._change:
            # In the order of the search, so that the same files are refused in each run.
            self._change.wait_for(
                lambda: self._extended is None and min(self._begun, default=number) >= number
            )
            if not self._slow_taken:
                self._extended = number
                return UNLIMITED
            left = self.slow_seconds - self._slow_taken - taken
            if left <= 0:
                self._denials += 1
                return 0.0
            self._extended = number
            return left

    def end(self, number: int, taken: float, *, is_slow: bool, was_stopped: bool) -> None:
        """Book what a file took."""
        with self._change:
            if is_slow:
                self._slow_taken += taken
            else:
                self._usual_left -= taken
            self._stops += was_stopped
            self._begun.discard(number)
            if self._extended == number:
                self._extended = None
            self._change.notify_all()


class FileTurn(ParsingTurn):
    """The turn of a file that shares the time of its path with the other files there."""

    def __init__(self, time: ParsingTime, number: int) -> None:
        self._time = time
        self._number = number
        self._usual = 0.0
        self._most = 0.0
        self._is_denied = False
        self._has_less = False

    def begin(self, size: int) -> float:
        """Begin; FileRefusal if too many other files had to be stopped."""
        self._usual = self._most = self._time.begin(self._number, size)
        self._is_denied = self._has_less = False
        return self._usual

    def extend(self, taken: float) -> float:
        """Return how many seconds more it may take, after the slow files before it."""
        more = self._time.extend(self._number, taken)
        self._has_less = more < UNLIMITED
        self._most = taken + more
        self._is_denied = more <= 0
        return more

    def end(self, taken: float | None, *, was_stopped: bool = False) -> None:
        """Book what the file took; where nobody can tell, what it was given."""
        if taken is None:
            taken = min(self._most, self._time.seconds)
        is_slow = taken > self._usual and not self._is_denied
        self._time.end(self._number, taken, is_slow=is_slow, was_stopped=was_stopped)

    def refuse(self, limits: Limits) -> FileRefusal:
        """Return the verdict where its time is over: without blame where others took it."""
        return self._time.refuse() if self._has_less else super().refuse(limits)
