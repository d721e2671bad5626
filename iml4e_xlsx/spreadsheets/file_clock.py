"""
Limits the computing of a parsing process for a file.

Only what the processor does for this process counts, so a busy computer stops no file. At the
limit of any file the process ends itself, whatever it does. Before that, when a file has taken what
is usual, it asks the sandbox whether it may go on, and waits for the answer: files that came
together share the time of the slow ones.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.protocol import ASK_SIGNAL, TIME_SIGNAL, TIME_STATUS
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason

_SHORTEST_TIMER: Final = 1e-6
"""In seconds; none at all would mean no timer."""

_WATCH_INTERVAL: Final = 0.1
"""In seconds; how often a thread looks at the clock where the system has no timer for it."""

_TIME_TO_END: Final = 0.25
"""In seconds; after it the process is ended, where a parser does not let go of a file."""


class FileClock:
    """
    The computing time of one file.

    `taken` is what it took so far; after its end, what it took.
    """

    def __init__(self, seconds: float, usual: float, ask: Callable[[float], float]) -> None:
        """
        Set up a clock.

        Args:
            seconds: What any file may take; then this process is ended.
            usual: What it may take without being asked for.
            ask: Is told what it took, and returns how much more it may take; none to stop.
        """
        self._seconds = seconds
        self._usual = usual
        self._ask = ask
        self._start = time.process_time()
        self._is_running = False
        self._has_asked = False

    @property
    def taken(self) -> float:
        """Return how many seconds of computing it took so far."""
        return time.process_time() - self._start

    def refuse(self) -> FileRefusal:
        """Return the verdict on a file that took too long."""
        return FileRefusal(
            FailureCode.READER_TIMEOUT, RefusalReason.TIME, limit=f"{self._seconds:g}"
        )

    @contextlib.contextmanager
    def limit_time(self) -> Iterator[None]:
        """
        End this process if the block computes too long, and ask before where that is agreed.

        Raises:
            FileRefusal: If it may not go on.
        """
        if not hasattr(signal, "setitimer"):
            with _watch_time(self._seconds):
                yield
            return
        self._is_running = True
        if ASK_SIGNAL is not None and self._usual < self._seconds:
            signal.signal(ASK_SIGNAL, self._ask_or_stop)
            signal.setitimer(signal.ITIMER_VIRTUAL, max(self._usual, _SHORTEST_TIMER))
        signal.setitimer(signal.ITIMER_PROF, max(self._seconds, _SHORTEST_TIMER))
        try:
            yield
        finally:
            self._is_running = False
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)

    def _ask_or_stop(self, *_: object) -> None:
        """Ask whether the file may go on; the second time it has used up what it was given."""
        if not self._is_running:  # it was done in this moment
            return
        more = 0.0
        if not self._has_asked:
            self._has_asked = True
            more = self._ask(self.taken)
        if more >= self._seconds:  # as far as any file may go
            return
        left = signal.getitimer(signal.ITIMER_PROF)[0]
        signal.setitimer(signal.ITIMER_PROF, min(left, more + _TIME_TO_END))
        if more <= 0:
            raise self.refuse()
        signal.setitimer(signal.ITIMER_VIRTUAL, more)


def install_handlers() -> None:
    """Make the signals of the timers reach this process, whatever its parent did to them."""
    if TIME_SIGNAL is None or ASK_SIGNAL is None:
        return
    signal.signal(TIME_SIGNAL, signal.SIG_DFL)
    signal.signal(ASK_SIGNAL, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {TIME_SIGNAL, ASK_SIGNAL})


@contextlib.contextmanager
def _watch_time(seconds: float) -> Iterator[None]:
    """End this process if the block computes for longer; a thread looks at the clock."""
    done = threading.Event()
    end = time.process_time() + seconds

    def watch() -> None:
        while not done.wait(_WATCH_INTERVAL):
            if time.process_time() > end:
                os._exit(TIME_STATUS)

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        done.set()
