"""What ends a server when the tests end without ending it: they were killed, or crashed."""

from __future__ import annotations

import subprocess
from pathlib import Path

_SECONDS = 120

# A line comes from tests that have ended all themselves, and none from those that are gone.
_WAITING = """
folder=$1
read -r _ && exit
eval "$2"
rm -rf "$folder"
"""
_ENDING = """
ours() {{ tr '\\0' ' ' </proc/{pid}/cmdline | grep -qF "$folder"; }}
ours && kill -{signal} {pid}
while ours; do sleep 0.1; done
"""


class ExitGuard:
    """
    A process that waits for the end of the tests.

    Args:
        folder: What is removed when they end in the middle.
        command: What is done before that, in the words of the shell.
    """

    def __init__(self, folder: Path, command: str) -> None:
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", _WAITING, "sh", str(folder), command],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # what is pressed at the terminal is for the tests alone
        )

    def close(self) -> None:
        """End without doing anything."""
        self._process.communicate(b"\n", timeout=_SECONDS)


def ending(pid: int, signal: str = "TERM") -> str:
    """Return the command that ends a process with the guarded folder among its arguments."""
    return _ENDING.format(pid=pid, signal=signal)
