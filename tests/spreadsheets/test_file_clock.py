"""The question whether a file may go on, which its process asks, and what comes of it."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import psutil
import pytest

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.spreadsheets.failures import refusal_failure
from iml4e_xlsx.spreadsheets.grid import Grids
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.parsing_turn import UNLIMITED, ParsingTurn
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason
from iml4e_xlsx.spreadsheets.sandbox import Sandbox
from iml4e_xlsx.spreadsheets.worker_answer import unpack_grids
from iml4e_xlsx.text.interface_texts import load_texts
from tests.spreadsheets.test_sandbox import BURN, attempts, command
from tests.support.builders import built, response

pytestmark = pytest.mark.slow
"""See the marks in pyproject.toml."""

BURN_A_WHILE = "end = time.process_time() + 0.4\n    while time.process_time() < end: pass"
BURN_FIRST = f"if attempt == 1:\n        {BURN}"
LOOP = "def loop():\n    while True: pass"
STUBBORN = """
        while True:
            try: loop()
            except Exception: pass
"""
"""Goes on whatever it is told."""

USUAL = 0.1


class NotedTurn(ParsingTurn):
    """A turn that notes what it is told."""

    def __init__(self, more: float = UNLIMITED) -> None:
        self.more = more
        self.asked: list[float] = []
        self.taken: list[float | None] = []
        self.stops: list[bool] = []

    def begin(self, size: int) -> float:
        """Return when to ask."""
        assert size > 0
        return USUAL

    def extend(self, taken: float) -> float:
        """Return what was agreed."""
        self.asked.append(taken)
        return self.more

    def end(self, taken: float | None, *, was_stopped: bool = False) -> None:
        """Note the end."""
        self.taken.append(taken)
        self.stops.append(was_stopped)

    def refuse(self, limits: Limits) -> FileRefusal:
        """Return a verdict that only a turn gives."""
        del limits
        return FileRefusal(
            FailureCode.READER_TIMEOUT, RefusalReason.ALL_TIME, item="a.zip", limit="2"
        )


@pytest.fixture
def data(small: Scheme, tmp_path: Path) -> bytes:
    """Return a good workbook."""
    return built(small, tmp_path / "w.xlsx", response(small, {"AA-01": 2})).read_bytes()


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """Return where processes note the files that they take."""
    return tmp_path / "trace"


def read_file(sandbox: Sandbox, data: bytes, turn: ParsingTurn | None = None) -> Grids:
    """Return the grids of a file."""
    return sandbox.process_file(data, lambda answer: unpack_grids(answer, sandbox.limits), turn)


def test_a_file_that_is_quick_does_not_ask(data: bytes, trace: Path) -> None:
    """What it took is booked."""
    turn = NotedTurn()
    with Sandbox(command=command("pass", trace)) as sandbox:
        assert read_file(sandbox, data, turn).sheets

    assert turn.asked == []
    (taken,) = turn.taken
    assert taken is not None
    assert 0 < taken < USUAL


def test_a_slow_file_asks_once_and_goes_on(data: bytes, trace: Path) -> None:
    """It loses nothing by the question."""
    turn = NotedTurn()
    with Sandbox(command=command(BURN_A_WHILE, trace)) as sandbox:
        assert read_file(sandbox, data, turn).sheets == read_file(sandbox, data).sheets

    assert len(turn.asked) == 1
    assert turn.asked[0] > USUAL / 2  # the system counts in ticks
    (taken,) = turn.taken
    assert taken is not None
    assert taken > 0.3
    assert len(set(attempts(trace))) == 1


@pytest.mark.parametrize("more", [0.0, 0.1])
def test_a_file_that_may_not_go_on_is_refused_by_its_turn(
    more: float, data: bytes, trace: Path
) -> None:
    """At once, or when it has used up what it was given; the same process reads the next one."""
    turn = NotedTurn(more)
    with Sandbox(command=command(BURN_FIRST, trace)) as sandbox:
        with pytest.raises(FileRefusal) as caught:
            read_file(sandbox, data, turn)
        assert read_file(sandbox, data).sheets

    assert caught.value.reason == "all-time"
    assert turn.stops == [False]
    assert turn.taken[0] is not None
    assert turn.taken[0] > (USUAL + more) / 2
    assert len(set(attempts(trace))) == 1
    message = refusal_failure(caught.value, "b.xlsx", load_texts()).message
    assert message.startswith("b.xlsx: the file was not read because slow files in a.zip had used")
    assert "says nothing against this file" in message


def test_a_parser_that_does_not_let_go_is_ended(data: bytes, trace: Path) -> None:
    """Whatever it does with the refusal; nobody can tell what it took, and the next is read."""
    turn = NotedTurn(0.0)
    deed = command(f"if attempt == 1:{STUBBORN}", trace, before=LOOP)
    with Sandbox(command=deed) as sandbox:
        with pytest.raises(FileRefusal) as caught:
            read_file(sandbox, data, turn)
        assert read_file(sandbox, data).sheets

    assert caught.value.reason == "all-time"
    assert turn.taken == [None]
    assert len(set(attempts(trace))) == 2


GREEDY = """
import sys
from iml4e_xlsx.spreadsheets.protocol import receive_message, send_message

source, target = sys.stdin.buffer, sys.stdout.buffer
receive_message(source)
send_message(target, b"")
for _ in range(3):
    receive_message(source)
    target.write(bytes.fromhex(sys.argv[1]))
    target.flush()
"""
"""A process that was taken over: whatever comes, it sends the same."""


@pytest.mark.parametrize(
    ("length", "seconds", "answer"),
    [(0, 0.2, b""), (1, -5.0, b"x"), (1, float("nan"), b"x"), (0, -5.0, b"")],
    ids=["asks again and again", "gives time back", "no number", "asks with time to give back"],
)
def test_a_process_cannot_get_more_time_than_it_is_given(
    length: int, seconds: float, answer: bytes, data: bytes
) -> None:
    """It is ended, and its file is stopped."""
    turn = NotedTurn()
    lie = struct.pack("<Qd", length, seconds) + answer
    with (
        Sandbox(command=(sys.executable, "-c", GREEDY, lie.hex())) as sandbox,
        pytest.raises(FileRefusal) as caught,
    ):
        read_file(sandbox, data, turn)

    assert (caught.value.code, caught.value.reason) == ("reader-stopped", "odd-answer")
    assert turn.stops == [True]
    assert len(turn.asked) <= 1


def test_a_file_that_takes_much_memory_takes_none_from_the_next(data: bytes, trace: Path) -> None:
    """The process gives it back; the C library by itself keeps up to 64 MB for what may come."""
    deed = """if attempt == 1:
        large = bytes(30 << 20)
        del large
        held = [bytes([n % 256]) * 1_000 for n in range(45_000)]
        del held
        end = time.process_time() + 0.1
        while time.process_time() < end: pass"""
    with Sandbox(command=command(deed, trace)) as sandbox:
        read_file(sandbox, data)
        read_file(sandbox, data)  # it has given back by now
        (process,) = {psutil.Process(pid) for pid in attempts(trace)}

        assert process.memory_info().rss < 45 << 20
