"""
Parsing processes that go from one test to the next: half of what the quick tests took was theirs.

Each is a real one that has its limits, and reads file after file as it does in a batch. With
`--keep-workers` alone; else each command starts its own, as it does for people.
"""

from __future__ import annotations

import subprocess
from collections import defaultdict
from typing import TypeAlias

import pytest

from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.sandbox import Sandbox, end_process

WorkerKey: TypeAlias = tuple[tuple[str, ...], Limits, bytes]
"""How a process was started, what a file may claim there, and what else it was told."""


class WorkerPool:
    """The processes that are idle, by how they were started and what a file may claim."""

    def __init__(self) -> None:
        self._idle: defaultdict[WorkerKey, list[subprocess.Popen[bytes]]] = defaultdict(list)
        self._start_new = Sandbox.start_process

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Let sandboxes take their processes from here, and leave them here."""

        def start_process(sandbox: Sandbox) -> subprocess.Popen[bytes]:
            return self.take_process(sandbox)

        def release_process(sandbox: Sandbox, process: subprocess.Popen[bytes]) -> None:
            self.keep_process(sandbox, process)

        patch.setattr(Sandbox, "start_process", start_process)
        patch.setattr(Sandbox, "release_process", release_process)

    def close(self) -> None:
        """End them all."""
        for processes in self._idle.values():
            for process in processes:
                end_process(process)
        self._idle.clear()

    def take_process(self, sandbox: Sandbox) -> subprocess.Popen[bytes]:
        """Return an idle process that suits a sandbox, or a new one."""
        idle = self._idle[sandbox.command, sandbox.limits, sandbox.setup]
        while idle:
            process = idle.pop()
            if process.poll() is None:
                return process
            end_process(process)
        return self._start_new(sandbox)

    def keep_process(self, sandbox: Sandbox, process: subprocess.Popen[bytes]) -> None:
        """Keep a process for another sandbox if it still runs."""
        if process.poll() is None:
            self._idle[sandbox.command, sandbox.limits, sandbox.setup].append(process)
        else:
            end_process(process)
