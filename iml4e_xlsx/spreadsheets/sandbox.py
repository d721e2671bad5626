"""
Parses files in a process of its own, with a limit of memory and computing time for each.

A native parser can abort its process or run for minutes on a hostile file; that must cost the
file, not the batch. The process is started once and takes one file after another.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self, TypeVar

from iml4e_xlsx.errors import ResourceError
from iml4e_xlsx.findings.error_codes import ReadingErrorCode
from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.codec import pack_setup
from iml4e_xlsx.spreadsheets.grid import Grids
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.parsing_turn import ParsingTurn
from iml4e_xlsx.spreadsheets.protocol import (
    TIME_SIGNAL,
    TIME_STATUS,
    ProtocolMessage,
    receive_message,
    send_message,
)
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason
from iml4e_xlsx.spreadsheets.watchdog import watch_process
from iml4e_xlsx.spreadsheets.worker_answer import VERDICT_ROOM, AnswerError, unpack_grids

_Content = TypeVar("_Content")

_KEPT_MEMORY: Final = {
    "MALLOC_TRIM_THRESHOLD_": f"{8 << 20}",
    "MALLOC_MMAP_THRESHOLD_": f"{1 << 20}",
}
"""
What glibc keeps between two files; else it returns the memory of each text of a sheet to the
system, and a tenth of the time goes into asking for it again. Elsewhere it means nothing.
"""

_LEAST_PATIENCE: Final = 60.0
_STARTS: Final = 3
"""How often a process is started before it counts as one that cannot be started."""

_PATIENCE_FACTOR: Final = 4
"""A process that gets a quarter of a processor still has time to use up what a file may take."""

_CRASH_SIGNALS: Final = frozenset(
    -getattr(signal, name)
    for name in ("SIGABRT", "SIGFPE", "SIGILL", "SIGSEGV")
    if hasattr(signal, name)
)
"""Statuses of a process that its own code ended; nobody outside sends these signals."""

_EXIT_IS_OWN: Final = os.name == "posix"
"""Elsewhere a process that somebody ends has an exit status as well, instead of a signal."""


class Sandbox:
    """
    One parsing process; a context manager. Use one for each thread.

    `patience` is how many seconds to wait for a file at most, also if its process only sleeps; by
    default far more than any file needs, so that only a process that hangs meets this limit.
    `command` starts the process, by default the one that answers with grids; `setup` is what else
    it is told at its start. A subclass may override `start_process` and `release_process`, so as
    to use a process for more than one sandbox.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        patience: float | None = None,
        command: Sequence[str] | None = None,
        setup: bytes = b"",
    ) -> None:
        self.limits = limits or Limits()
        self.setup = setup
        self._patience = patience
        self.command = (
            tuple(command) if command else worker_command("iml4e_xlsx.spreadsheets.worker")
        )
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Return itself; the process starts with the first file."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self.close()

    @property
    def patience(self) -> float:
        """How many seconds to wait for a file at most."""
        if self._patience is not None:
            return self._patience
        return max(_LEAST_PATIENCE, _PATIENCE_FACTOR * self.limits.seconds)

    def load_grids(self, data: bytes) -> Grids:
        """Return the grids of a workbook; FileRefusal and ResourceError as for any file."""
        return self.process_file(data, lambda answer: unpack_grids(answer, self.limits))

    def process_file(
        self, data: bytes, unpack: Callable[[bytes], _Content], turn: ParsingTurn | None = None
    ) -> _Content:
        """
        Return what the process makes of a file.

        Args:
            data: The file.
            unpack: Returns the content of the process's answer; raises FileRefusal, or AnswerError
                for an answer that no honest process gives.
            turn: The file's turn, where it shares computing time with others.

        Raises:
            FileRefusal: If the guard or the parser refuses it, or the process died of it or was
                stopped at the limit of time, or its turn does not begin.
            ResourceError: If no process can be started: that is nothing against the file.
        """
        turn = turn or ParsingTurn()
        usual = turn.begin(len(data))
        visit = _Visit(data, usual, turn)
        was_stopped = False
        try:
            return self._attempt_twice(visit, unpack)
        except FileRefusal as refused:
            was_stopped = refused.code is FailureCode.READER_STOPPED
            if refused.reason is RefusalReason.TIME:
                raise turn.refuse(self.limits) from refused
            raise
        finally:
            turn.end(visit.taken, was_stopped=was_stopped)

    def _attempt_twice(self, visit: _Visit, unpack: Callable[[bytes], _Content]) -> _Content:
        try:
            return self._attempt_file(visit, unpack)
        except FileRefusal as refused:
            if refused.code is not FailureCode.READER_INTERRUPTED:
                raise
        # What ended the first process may have nothing to do with the file.
        return self._attempt_file(visit, unpack)

    def _attempt_file(self, visit: _Visit, unpack: Callable[[bytes], _Content]) -> _Content:
        try:
            return unpack(self._exchange_messages(visit))
        except (AnswerError, ValueError) as error:
            self._discard_process()  # it may have been taken over by the file, and answers no other
            raise FileRefusal(FailureCode.READER_STOPPED, RefusalReason.ODD_ANSWER) from error

    def _exchange_messages(self, visit: _Visit) -> bytes:
        """Return the answer to a file; the process may ask once whether it may go on."""
        process = self._ensure_process()
        answer, taken = self._send_and_receive(process, visit, visit.data, visit.usual)
        if not answer:
            answer, taken = self._send_and_receive(process, visit, b"", self._extend(visit, taken))
        if not answer:
            raise AnswerError("question")
        visit.add_time(taken)
        return answer

    def _extend(self, visit: _Visit, taken: float) -> float:
        try:
            return visit.turn.extend(taken)
        except BaseException:  # the process waits for an answer, and takes nothing else for one
            self._discard_process()
            raise

    def _send_and_receive(
        self, process: subprocess.Popen[bytes], visit: _Visit, data: bytes, seconds: float
    ) -> ProtocolMessage:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            with watch_process(process, self.patience) as deadline:
                send_message(process.stdin, data, seconds)
                return receive_message(process.stdout, self.limits.inflated + VERDICT_ROOM)
        except (OSError, EOFError) as error:
            self._discard_process()
            refused = self._judge_status(process.returncode, hung=deadline.is_over)
            if refused.code is not FailureCode.READER_INTERRUPTED:
                visit.taken = None
            raise refused from error
        except BaseException:  # the rest of this answer must not be taken for the next file's
            self._discard_process()
            raise

    def _judge_status(self, status: int, *, hung: bool) -> FileRefusal:
        """Return the verdict on a file whose process ended without an answer."""
        # It was this class that killed it. A file cannot make it sleep, so this is not its fault.
        if hung:
            return FileRefusal(
                FailureCode.READER_INTERRUPTED, RefusalReason.HUNG, limit=f"{self.patience:g}"
            )
        # The process ends itself in this way when the file has used up its computing time.
        if status == TIME_STATUS or (TIME_SIGNAL is not None and status == -TIME_SIGNAL):
            return FileRefusal(
                FailureCode.READER_TIMEOUT, RefusalReason.TIME, limit=f"{self.limits.seconds:g}"
            )
        # A parser crashed, or called exit: the file's doing, and a second attempt would crash too.
        if status in _CRASH_SIGNALS or (_EXIT_IS_OWN and status >= 0):
            return FileRefusal(FailureCode.READER_STOPPED, RefusalReason.PARSER_DIED)
        # Any other signal came from outside, such as the system's when memory ran out.
        return FileRefusal(FailureCode.READER_INTERRUPTED, RefusalReason.KILLED)

    def _ensure_process(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._discard_process()
            self._process = self._start_process_again()
        return self._process

    def _start_process_again(self) -> subprocess.Popen[bytes]:
        """Start a process, and another one if that is ended before it is ready."""
        for _ in range(_STARTS - 1):
            with contextlib.suppress(EOFError, OSError):
                return self.start_process()
        try:
            return self.start_process()
        except (EOFError, BrokenPipeError) as error:
            raise ResourceError(ReadingErrorCode.READER_ENDED) from error
        except OSError as error:
            reason = error.strerror or error
            raise ResourceError(ReadingErrorCode.READER_NOT_STARTED, reason=reason) from error

    def start_process(self) -> subprocess.Popen[bytes]:
        """
        Start a process and wait until it is ready.

        Raises:
            EOFError: If it ended at once.
            OSError: If it cannot be started, or ended before it was told its limits.
        """
        environment = dict(os.environ)
        root = str(Path(__file__).resolve().parents[2])
        environment["PYTHONPATH"] = os.pathsep.join(
            part for part in (root, environment.get("PYTHONPATH", "")) if part
        )
        environment.update(_KEPT_MEMORY)
        process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            with watch_process(process, max(_LEAST_PATIENCE, self.patience)):
                send_message(process.stdin, pack_setup(self.limits, self.setup))
                receive_message(process.stdout, 0)  # ready: what happens now is the file's doing
        except BaseException:
            end_process(process)
            raise
        return process

    def release_process(self, process: subprocess.Popen[bytes]) -> None:
        """Let go of a process that has answered every message: end it."""
        end_process(process)

    def close(self) -> None:
        """Let go of the process; the next file starts another."""
        process, self._process = self._process, None
        if process is not None:
            self.release_process(process)

    def _discard_process(self) -> None:
        """End a process that no other file may meet."""
        process, self._process = self._process, None
        if process is not None:
            end_process(process)


@dataclass(slots=True)
class _Visit:
    """
    A file at its parsing process.

    Attributes:
        data: The file.
        usual: What it may take before the process has to ask, in seconds.
        turn: Its turn, which is asked then.
        taken: What it took; None where its process died, which tells nobody.
    """

    data: bytes
    usual: float
    turn: ParsingTurn
    taken: float | None = 0.0

    def add_time(self, seconds: float) -> None:
        """Add what an attempt took."""
        self.taken = seconds if self.taken is None else self.taken + seconds


def worker_command(module: str) -> tuple[str, ...]:
    """
    Return the command that runs a module as a parsing process.

    Without `-P`, Python would import a `msgpack.py` that lies in the folder where somebody works,
    and returned files lie there.
    """
    return (sys.executable, "-P", "-m", module)


def end_process(process: subprocess.Popen[bytes]) -> None:
    """End a parsing process at once."""
    process.kill()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            try:
                stream.close()
            except OSError:
                continue
    process.wait()
