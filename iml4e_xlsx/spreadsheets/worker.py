"""
Runs a parsing process: takes files on standard input and answers each with what it makes of it.

`Sandbox` starts it. It ends itself when a file takes more computing or memory than it may. Run as
a program, this module answers with grids; other rooms have programs that answer with more.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.codec import pack_grids, pack_verdict, unpack_setup
from iml4e_xlsx.spreadsheets.failures import describe_error
from iml4e_xlsx.spreadsheets.file_clock import FileClock, install_handlers
from iml4e_xlsx.spreadsheets.formats import load_grids
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.protocol import receive_message, send_message
from iml4e_xlsx.spreadsheets.readable_formats import READABLE_FORMATS, import_reader
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason

_LONG: Final = 0.05
"""In seconds; whatever takes much memory takes more, and an issued workbook takes a fifth."""

_USUAL_ADDRESS_SPACE: Final = 512 << 20

FileAnswerer: TypeAlias = Callable[[bytes, Limits], bytes]
"""Returns the packed answer to a file; raises FileRefusal."""


def answer_with_grids(data: bytes, limits: Limits) -> bytes:
    """Return the packed grids of a file; FileRefusal if it is refused."""
    return pack_grids(load_grids(data, limits))


def serve_files(make_answerer: Callable[[bytes], FileAnswerer]) -> None:
    """
    Answer each file on standard input, or say with which verdict it is refused.

    Args:
        make_answerer: Returns what answers files, from the setup that the sandbox was given.
    """
    source, target = sys.stdin.buffer, sys.stdout.buffer
    limits, setup = unpack_setup(receive_message(source).data)
    # Before the limit: the memory that the readers themselves take is nothing of a file's.
    for file_format in READABLE_FORMATS:
        import_reader(file_format)
    answerer = make_answerer(setup)
    _limit_memory(limits)

    def ask_for_time(taken: float) -> float:
        send_message(target, b"", taken)
        return receive_message(source).seconds

    install_handlers()
    send_message(target, b"")
    while True:
        try:
            data, usual = receive_message(source)
        except EOFError:
            return
        except MemoryError:
            send_message(
                target, pack_verdict(FileRefusal(FailureCode.READER_STOPPED, RefusalReason.MEMORY))
            )
            return
        clock = FileClock(limits.seconds, usual, ask_for_time)
        answer = _answer_file(data, limits, answerer, clock)
        del data
        send_message(target, answer, clock.taken)
        del answer
        if clock.taken > _LONG:
            _release_memory()


def _release_memory() -> None:
    """
    Give back what a file took: what stays mapped counts against the limit of the next file.

    Two processes that keep it are more than all may take together, too.
    """
    import ctypes  # few files are that large

    gc.collect()
    with contextlib.suppress(AttributeError, OSError, TypeError):  # only glibc has this function
        ctypes.CDLL(None).malloc_trim(0)


def _answer_file(data: bytes, limits: Limits, answerer: FileAnswerer, clock: FileClock) -> bytes:
    """Return the packed answer, or the packed verdict."""
    try:
        return _answer_in_time(data, limits, answerer, clock)
    except FileRefusal as refused:
        verdict = refused
    # Python could still say so; where the system could not, the process dies of it.
    except MemoryError:
        verdict = FileRefusal(FailureCode.READER_STOPPED, RefusalReason.MEMORY)
    except RecursionError:
        verdict = FileRefusal(
            FailureCode.BROKEN_WORKBOOK, RefusalReason.NESTING, limit=limits.nesting
        )
    except (KeyboardInterrupt, SystemExit):
        raise
    except Exception as error:  # noqa: BLE001 - a defect of ours costs this file alone
        verdict = FileRefusal(FailureCode.DEFECT, what=describe_error(error))
    except BaseException:  # noqa: BLE001 - whatever it is, it costs this file alone
        verdict = FileRefusal(FailureCode.READER_STOPPED, RefusalReason.PARSER_DIED)
    return pack_verdict(verdict)


def _answer_in_time(data: bytes, limits: Limits, answerer: FileAnswerer, clock: FileClock) -> bytes:
    """
    Return the answer to a file, within the limit of an answer.

    Raises:
        FileRefusal: If the file is refused, or took more computing than it may.
    """
    with clock.limit_time():
        answer = answerer(data, limits)
    if clock.taken > limits.seconds:  # between two ticks of the system's timer
        raise clock.refuse()
    if len(answer) > limits.inflated:
        raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.INFLATED, limit=limits.inflated)
    return answer


def _limit_memory(limits: Limits) -> None:
    """Limit the memory of this process to what it has now and what a file may take."""
    try:
        import resource
    except ImportError:  # Windows has no such limit; the guard and the time limit remain
        return
    most = _address_space() + limits.memory
    try:
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    except (ValueError, OSError, OverflowError):  # macOS refuses less than is mapped already
        return


def _address_space() -> int:
    """Return how many bytes are mapped already; a rough guess where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError):
        return _USUAL_ADDRESS_SPACE
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    serve_files(lambda _: answer_with_grids)
