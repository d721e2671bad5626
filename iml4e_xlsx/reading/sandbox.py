"""
Parses files in a process of its own, with a limit of memory and time for each.

A native parser can abort its process or run for minutes on a hostile file; that must cost the
file, not the batch. The process is started once and takes one file after another.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, Self

from iml4e_xlsx.errors import ResourceError
from iml4e_xlsx.reading.formats import load
from iml4e_xlsx.reading.grid import Grids
from iml4e_xlsx.reading.guard import Refused
from iml4e_xlsx.reading.limits import Limits

_ALARM: Final[int | None] = getattr(signal, "SIGALRM", None)
"""The signal that ends the process when its time for a file is over; Windows has none."""

_SHORTEST_ALARM: Final = 1e-6
"""In seconds; none at all would mean no alarm."""

_LENGTH = struct.Struct("<Q")
_USUAL_ADDRESS_SPACE = 512 << 20


class Sandbox:
    """One parsing process; a context manager. Use one for each thread."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Return itself; the process starts with the first file."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self.close()

    def load(self, data: bytes) -> Grids:
        """
        Return the grids of a workbook.

        Raises:
            Refused: If the guard or the parser refuses it, or the process died of it or was
                stopped at the limit of time.
            ResourceError: If no process can be started: that is nothing against the file.
        """
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        timed_out = threading.Event()
        try:
            with contextlib.ExitStack() as stack:
                if _ALARM is None:
                    stack.enter_context(_killing(process, self.limits.seconds, timed_out))
                _send(process.stdin, data)
                answer = _receive(process.stdout)
        except (OSError, EOFError) as error:
            self.close()
            late = timed_out.is_set() or (_ALARM is not None and process.returncode == -_ALARM)
            reason = "time" if late else "parser-died"
            raise Refused("reader-stopped", reason, limit=f"{self.limits.seconds:g}") from error
        result = pickle.loads(answer)  # noqa: S301 - written by our own process
        if isinstance(result, Refused):
            raise result
        assert isinstance(result, Grids)
        return result

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            environment = {**os.environ, "OPENPYXL_LXML": "False"}
            root = str(Path(__file__).resolve().parents[2])
            environment["PYTHONPATH"] = os.pathsep.join(
                part for part in (root, environment.get("PYTHONPATH", "")) if part
            )
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "iml4e_xlsx.reading.sandbox"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env=environment,
                )
                assert self._process.stdin is not None
                assert self._process.stdout is not None
                _send(self._process.stdin, pickle.dumps(self.limits))
                _receive(self._process.stdout)  # it is ready: what happens now is the file's doing
            except (OSError, EOFError) as error:
                self.close()
                reason = error.strerror if isinstance(error, OSError) else "it ended at once"
                raise ResourceError(
                    f"The process that reads workbooks cannot be started ({reason or error}). "
                    "Nothing is wrong with the files. Where the machine is short of memory or "
                    "processes, close other programs; else mend the installation. Then run the "
                    "command again."
                ) from error
        return self._process

    def close(self) -> None:
        """End the process; the next file starts another."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    continue
        process.wait()


@contextlib.contextmanager
def _killing(
    process: subprocess.Popen[bytes], seconds: float, timed_out: threading.Event
) -> Iterator[None]:
    """Kill a process that takes longer than this, where it has no alarm clock of its own."""

    def stop() -> None:
        timed_out.set()
        process.kill()

    timer = threading.Timer(seconds, stop)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _send(stream: IO[bytes], data: bytes) -> None:
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def _receive(stream: IO[bytes]) -> bytes:
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return data


def _limit_memory(limits: Limits) -> None:
    """Let this process take so much more memory than it has now."""
    try:
        import resource
    except ImportError:  # Windows has no such limit; the guard and the time limit remain
        return
    most = _address_space() + limits.memory
    try:
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    except (ValueError, OSError):  # macOS refuses a limit below what is mapped already
        return


def _address_space() -> int:
    """Return what is mapped already, in bytes; a rough guess where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError):
        return _USUAL_ADDRESS_SPACE
    return pages * os.sysconf("SC_PAGE_SIZE")


def _serve() -> None:
    """Answer each file on standard input with its grids, or with why it was refused."""
    # openpyxl loads numpy where it is installed, which takes more memory than any workbook may.
    sys.modules["numpy"] = None  # type: ignore[assignment]
    source, target = sys.stdin.buffer, sys.stdout.buffer
    limits: Limits = pickle.loads(_receive(source))  # noqa: S301 - written by our own process
    _limit_memory(limits)
    if _ALARM is not None:
        signal.signal(_ALARM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {_ALARM})  # the parent may have it blocked
    _send(target, b"")
    while True:
        try:
            data = _receive(source)
        except EOFError:
            return
        except MemoryError:
            _send(target, pickle.dumps(Refused("reader-stopped", "memory")))
            return
        _set_alarm(max(limits.seconds, _SHORTEST_ALARM))
        answer = _answer(data, limits)
        _set_alarm(0)
        _send(target, answer)


def _set_alarm(seconds: float) -> None:
    """Let the system end this process after so many seconds, or never if 0."""
    if _ALARM is not None:
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _answer(data: bytes, limits: Limits) -> bytes:
    """Return the pickled grids, or the verdict; never more than the limit of an answer."""
    try:
        answer = pickle.dumps(load(data, limits), protocol=pickle.HIGHEST_PROTOCOL)
    except Refused as refused:
        return pickle.dumps(refused)
    except MemoryError:
        return pickle.dumps(Refused("reader-stopped", "memory"))
    except RecursionError:
        return pickle.dumps(Refused("broken-workbook", "nesting", limit=limits.nesting))
    if len(answer) > limits.inflated:
        return pickle.dumps(Refused("too-large", "inflated", limit=limits.inflated))
    return answer


if __name__ == "__main__":
    _serve()
