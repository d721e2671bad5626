"""
Kills parsing processes that do not answer in time.

One thread watches for all of them. A timer of its own for each file would start a thread each
time, which costs more than anything else that is done to pass a small workbook on.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_NEVER: Final = float("inf")
_LONGEST_WAIT: Final = 1e8
"""Three years; a condition takes no longer wait."""


@dataclass(slots=True, eq=False)
class Deadline:
    """A process and when it is killed; `is_over` says that it was."""

    process: subprocess.Popen[bytes]
    moment: float
    is_over: bool = False


class Watchdog:
    """Kills each process whose deadline is over; may be used from many threads."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._deadlines: set[Deadline] = set()
        self._thread: threading.Thread | None = None
        self._wake_up = _NEVER

    @contextlib.contextmanager
    def watch_process(self, process: subprocess.Popen[bytes], seconds: float) -> Iterator[Deadline]:
        """Kill a process unless the block ends before so many seconds have passed."""
        deadline = Deadline(process, time.monotonic() + min(seconds, _LONGEST_WAIT))
        with self._condition:
            self._deadlines.add(deadline)
            if self._thread is None:
                self._thread = threading.Thread(target=self._keep_watch, daemon=True)
                self._thread.start()
            elif deadline.moment < self._wake_up:  # else the thread looks in time by itself
                self._condition.notify()
        try:
            yield deadline
        finally:
            with self._condition:
                self._deadlines.discard(deadline)

    def _keep_watch(self) -> None:
        with self._condition:
            while True:
                now = time.monotonic()
                for deadline in [late for late in self._deadlines if late.moment <= now]:
                    deadline.is_over = True
                    deadline.process.kill()
                    self._deadlines.discard(deadline)
                self._wake_up = min(
                    (next_.moment for next_ in self._deadlines), default=float("inf")
                )
                wait = None if self._wake_up == float("inf") else self._wake_up - now
                self._condition.wait(wait)


_watchdog = Watchdog()


def watch_process(
    process: subprocess.Popen[bytes], seconds: float
) -> contextlib.AbstractContextManager[Deadline]:
    """Kill a process unless the block ends before so many seconds have passed."""
    return _watchdog.watch_process(process, seconds)


def _start_anew() -> None:
    """Replace the watchdog in a forked process, which its thread did not come along to."""
    global _watchdog  # noqa: PLW0603 - there is one for a process
    _watchdog = Watchdog()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_anew)
