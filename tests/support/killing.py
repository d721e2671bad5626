"""Kills commands that send, at random moments."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time

from tests.support.servers.smtp import SmtpServer

KILLED = -signal.SIGKILL


class Killer:
    """
    Kills a process at a random moment: on its way to the first mail, or before the fourth.

    The times are measured on the first process, which ends with its third mail.
    """

    def __init__(self, server: SmtpServer, seed: int) -> None:
        self.server, self.random = server, random.Random(seed)
        self.start = self.each = 0.0

    def __call__(self, process: int) -> None:
        """Kill it."""
        began, seen = time.monotonic(), self.server.reached["mail"]
        if not self.start:
            self._wait_for(seen + 1)
            self.start = time.monotonic() - began
            self._wait_for(seen + 3)
            self.each = (time.monotonic() - began - self.start) / 2
        elif self.random.random() < 0.2:
            time.sleep(self.random.uniform(0, self.start))
        else:
            self._wait_for(seen + 1)
            end = time.monotonic() + self.random.uniform(0, 3 * self.each)
            while time.monotonic() < end and self.server.reached["mail"] < seen + 4:
                time.sleep(0.0005)
        assert process > 1, "no process"
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)

    def _wait_for(self, count: int) -> None:
        end = time.monotonic() + 120
        while self.server.reached["mail"] < count:
            assert time.monotonic() < end, "no mail came"
            time.sleep(0.0005)
