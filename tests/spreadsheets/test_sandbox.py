"""The parsing process: what it may use, and what becomes of a file when it is ended."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from iml4e_xlsx.errors import WorkbookReadError
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.spreadsheets.failures import refusal_failure
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.refusal import FileRefusal
from iml4e_xlsx.spreadsheets.sandbox import Sandbox
from iml4e_xlsx.text.interface_texts import load_texts
from tests.support.builders import built, response

pytestmark = pytest.mark.slow
"""See the marks in pyproject.toml."""

IN_WORKER = """
import os, signal, sys, time
from pathlib import Path
from iml4e_xlsx.spreadsheets.worker import answer_with_grids, serve_files

trace = Path(sys.argv[1])

def note():
    with trace.open("a") as file:
        print(os.getpid(), file=file)
    return len(trace.read_text().split())

def answer(data, limits):
    attempt = note()
    {deed}
    return answer_with_grids(data, limits)

{before}
serve_files(lambda _: answer)
"""
"""A parsing process that notes each file that it takes, and does something before it parses it."""

BURN = "while True: pass"
STOP_SELF = "os.kill(os.getpid(), signal.SIGSTOP)"
KILL_SELF = "os.kill(os.getpid(), signal.SIGKILL)"


def command(deed: str, trace: Path, *, before: str = "") -> tuple[str, ...]:
    """Return the command of a parsing process that does this before it parses a file."""
    return (sys.executable, "-c", IN_WORKER.format(deed=deed, before=before), str(trace))


def attempts(trace: Path) -> list[int]:
    """Return the ids of the processes that took a file, in order."""
    return [int(pid) for pid in trace.read_text().split()] if trace.exists() else []


@pytest.fixture
def data(small: Scheme, tmp_path: Path) -> bytes:
    """Return a good workbook."""
    return built(small, tmp_path / "w.xlsx", response(small, {"AA-01": 2})).read_bytes()


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """Return where the parsing process notes its id for each file that it takes."""
    return tmp_path / "attempts.txt"


@contextmanager
def woken_after(seconds: float, trace: Path) -> Iterator[None]:
    """Let a process that stops itself go on when it has been stopped for so long."""

    done = threading.Event()

    def wake() -> None:
        while not attempts(trace) and not done.wait(0.01):
            pass
        if done.is_set():
            return
        process = psutil.Process(attempts(trace)[0])
        while process.status() != psutil.STATUS_STOPPED and not done.wait(0.01):
            pass
        time.sleep(seconds)
        process.send_signal(signal.SIGCONT)

    thread = threading.Thread(target=wake)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def test_file_is_read_though_its_process_was_stopped_for_longer_than_it_may_compute(
    data: bytes, trace: Path
) -> None:
    """Time during which the processor does other things is not the file's."""
    limits = Limits(seconds=1)
    with (
        Sandbox(limits, command=command(STOP_SELF, trace)) as sandbox,
        woken_after(1.5, trace),
    ):
        grids = sandbox.load_grids(data)

    assert [grid.name for grid in grids.sheets]
    assert len(attempts(trace)) == 1


def test_file_is_read_though_its_process_waits_for_longer_than_it_may_compute(
    data: bytes, trace: Path
) -> None:
    """Waiting, as for a disk, is no computing."""
    with Sandbox(Limits(seconds=1), command=command("time.sleep(1.5)", trace)) as sandbox:
        grids = sandbox.load_grids(data)

    assert [grid.name for grid in grids.sheets]


@pytest.mark.parametrize("before", ["", "del signal.setitimer"], ids=["timer", "no timer"])
def test_file_that_computes_for_too_long_is_stopped_once(
    before: str, data: bytes, trace: Path
) -> None:
    """Computing time is the file's own doing: no second attempt; the next file is read."""
    deed = f"if attempt == 1:\n        {BURN}"
    limits = Limits(seconds=0.3)
    with Sandbox(limits, command=command(deed, trace, before=before)) as sandbox:
        with pytest.raises(FileRefusal) as caught:
            sandbox.load_grids(data)
        assert len(attempts(trace)) == 1
        sandbox.limits = Limits()
        assert sandbox.load_grids(data).sheets

    assert (caught.value.code, caught.value.reason) == ("reader-timeout", "time")
    message = refusal_failure(caught.value, "a.xlsx", load_texts()).message
    assert "needed more than 0.3 seconds of computing" in message
    assert "harm" not in message


def test_file_that_is_read_between_two_ticks_of_the_timer_meets_the_limit_all_the_same(
    data: bytes,
) -> None:
    """The limit does not depend on how fine the system's timer is."""
    with Sandbox(Limits(seconds=0)) as sandbox, pytest.raises(FileRefusal) as caught:
        sandbox.load_grids(data)

    assert (caught.value.code, caught.value.reason) == ("reader-timeout", "time")


def test_file_whose_process_is_killed_from_outside_is_read_at_the_second_attempt(
    data: bytes, trace: Path
) -> None:
    """A kill says nothing against the file."""
    deed = f"if attempt == 1: {KILL_SELF}"
    with Sandbox(command=command(deed, trace)) as sandbox:
        assert sandbox.load_grids(data).sheets

    assert len(set(attempts(trace))) == 2


def test_process_that_was_killed_between_two_files_is_replaced(data: bytes, trace: Path) -> None:
    """The next file finds a new process."""
    with Sandbox(command=command("pass", trace)) as sandbox:
        sandbox.load_grids(data)
        process = psutil.Process(attempts(trace)[0])
        process.kill()
        assert sandbox.load_grids(data).sheets

    assert len(set(attempts(trace))) == 2


def test_file_whose_processes_are_all_killed_is_not_blamed(data: bytes, trace: Path) -> None:
    """After two attempts the file is a failure of a code of its own, and the computer is named."""
    with (
        Sandbox(command=command(KILL_SELF, trace)) as sandbox,
        pytest.raises(FileRefusal) as caught,
    ):
        sandbox.load_grids(data)

    assert len(attempts(trace)) == 2
    assert (caught.value.code, caught.value.reason) == ("reader-interrupted", "killed")
    message = refusal_failure(caught.value, "a.xlsx", load_texts()).message
    assert "This computer may be the cause" in message
    assert "something ended the process that reads it, twice" in message


def test_process_that_hangs_is_ended_and_the_file_is_tried_twice(data: bytes, trace: Path) -> None:
    """A process that uses no computing time cannot stay for ever."""
    with (
        Sandbox(patience=0.5, command=command(STOP_SELF, trace, before="note()")) as sandbox,
        pytest.raises(FileRefusal) as caught,
    ):
        sandbox.load_grids(data)

    assert len(set(attempts(trace))) == 2
    assert (caught.value.code, caught.value.reason) == ("reader-interrupted", "hung")
    message = refusal_failure(caught.value, "a.xlsx", load_texts()).message
    assert "did not answer within 0.5 seconds, twice" in message
    assert not any(psutil.pid_exists(pid) for pid in attempts(trace))


@pytest.mark.parametrize(
    "deed",
    ["os.abort()", "os._exit(120)", "raise type('Panic', (BaseException,), {})"],
    ids=["abort", "exit", "panic"],
)
def test_parser_that_crashes_costs_the_file_at_once(deed: str, data: bytes, trace: Path) -> None:
    """A crash is the file's doing: one attempt, and the next file is read."""
    deed = f"if attempt == 1: {deed}"
    with Sandbox(command=command(deed, trace)) as sandbox:
        with pytest.raises(FileRefusal) as caught:
            sandbox.load_grids(data)
        assert len(attempts(trace)) == 1
        assert sandbox.load_grids(data).sheets

    assert (caught.value.code, caught.value.reason) == ("reader-stopped", "parser-died")


def test_patience_grows_with_the_computing_that_a_file_may_take() -> None:
    """Who allows a file more computing allows its process more waiting."""
    assert Sandbox().patience == 60
    assert Sandbox(Limits(seconds=100)).patience == 400


def test_python_file_in_the_folder_where_somebody_works_is_not_run(
    data: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "msgpack.py").write_text("open('was-run', 'w').close()", encoding="utf-8")
    with Sandbox() as sandbox, WorkbookReader() as reader:
        assert sandbox.load_grids(data).sheets
        with pytest.raises(WorkbookReadError):  # its scheme is none of those installed
            reader.assess("w.xlsx")
    assert not (tmp_path / "was-run").exists()
