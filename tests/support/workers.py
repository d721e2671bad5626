"""
Parsing processes that go from one test to the next: half of what the quick tests took was theirs.

Each is a real one that has its limits, and reads file after file as it does in a batch. With
`--keep-workers` alone; else each command starts its own, as it does for people.
"""

from __future__ import annotations

import subprocess
from collections import defaultdict
from types import TracebackType
from typing import TypeAlias

import pytest

from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.sandbox import Sandbox

_Kind: TypeAlias = tuple[tuple[str, ...], Limits]


class WorkerPool:
    """The processes that are idle, by how they were started and what a file may claim."""

    def __init__(self) -> None:
        self._idle: defaultdict[_Kind, list[subprocess.Popen[bytes]]] = defaultdict(list)
        self._start_new = Sandbox._start

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Let sandboxes take their processes from here, and leave them here."""
        pool = self

        def start(sandbox: Sandbox) -> subprocess.Popen[bytes]:
            return pool._start(sandbox)

        def leave(
            owner: Sandbox | WorkbookReader,
            kind: type[BaseException] | None,
            _error: BaseException | None,
            _traceback: TracebackType | None,
        ) -> None:
            sandbox = owner if isinstance(owner, Sandbox) else owner._sandbox
            pool._leave(sandbox, whole=kind is None)

        patch.setattr(Sandbox, "_start", start)
        patch.setattr(Sandbox, "__exit__", leave)
        patch.setattr(WorkbookReader, "__exit__", leave)

    def close(self) -> None:
        """End them all."""
        for (_, limits), processes in self._idle.items():
            for process in processes:
                sandbox = Sandbox(limits)
                sandbox._process = process
                sandbox.close()
        self._idle.clear()

    def _start(self, sandbox: Sandbox) -> subprocess.Popen[bytes]:
        idle = self._idle[self._kind(sandbox)]
        while idle:
            process = sandbox._process = idle.pop()
            if process.poll() is None:
                return process
            sandbox.close()
        return self._start_new(sandbox)

    def _leave(self, sandbox: Sandbox, *, whole: bool) -> None:
        """Keep a sandbox's process if it has answered all that it was asked."""
        process = sandbox._process
        if whole and process is not None and process.poll() is None:
            sandbox._process = None
            self._idle[self._kind(sandbox)].append(process)
        sandbox.close()

    def _kind(self, sandbox: Sandbox) -> _Kind:
        return tuple(sandbox._command), sandbox.limits
