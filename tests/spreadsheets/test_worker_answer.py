"""What the parsing process answers: only grids and verdicts get through, and nothing is run."""

from __future__ import annotations

import datetime as dt
import os
import pickle
import struct
import sys
from pathlib import Path
from typing import Any

import msgpack
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.spreadsheets.codec import (
    DATE,
    GRIDS,
    VERDICT,
    pack_grids,
    pack_setup,
    pack_verdict,
    unpack_setup,
)
from iml4e_xlsx.spreadsheets.failures import refusal_failure
from iml4e_xlsx.spreadsheets.grid import (
    CellDetails,
    CellFault,
    ExtraContent,
    Grid,
    GridRow,
    Grids,
    sparse_rows,
)
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.refusal import ContentKind, FileRefusal, RefusalReason
from iml4e_xlsx.spreadsheets.sandbox import Sandbox
from iml4e_xlsx.spreadsheets.worker_answer import AnswerError, unpack_grids
from iml4e_xlsx.text.interface_texts import load_texts
from tests.support.builders import built, response

LIAR = """
import sys
from pathlib import Path
from iml4e_xlsx.spreadsheets import worker
from iml4e_xlsx.spreadsheets.protocol import receive_message, send_message

source, target = sys.stdin.buffer, sys.stdout.buffer
lie = Path(sys.argv[1])
if not lie.exists():
    worker.serve_files(lambda _: worker.answer_with_grids)
receive_message(source)
send_message(target, b"")
receive_message(source)
answer = lie.read_bytes()
lie.unlink()
target.write(answer)
target.flush()
receive_message(source)
"""
"""A process that answers its first file with the bytes of a file; the next process is honest."""

NOW = dt.datetime(2026, 3, 4, 5, 6, 7, 89, tzinfo=dt.UTC)


@pytest.fixture
def data(small: Scheme, tmp_path: Path) -> bytes:
    """Return a good workbook."""
    return built(small, tmp_path / "w.xlsx", response(small, {"AA-01": 2})).read_bytes()


class Bomb:
    """Makes a folder when it is unpickled."""

    def __init__(self, target: Path) -> None:
        self.target = str(target)

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (self.target,)


def framed(answer: bytes) -> bytes:
    """Return an answer as it goes through the pipe."""
    return struct.pack("<Qd", len(answer), 0) + answer


def sheet(**changes: Any) -> list[Any]:
    """Return a sheet of two cells as the process answers it, with some lists replaced."""
    parts = {
        "name": "S",
        "is_visible": True,
        "rows": [0],
        "widths": [2],
        "cols": [0, 1],
        "values": ["AA-01", 2.0],
        "corners": [0, 0, 0, 1],
        "places": [0, 1],
        "numbers": [0],
        "details": ["=1+1", "", True, False, ""],
        "ids": [0, 0],
        "repeated": [0, 3],
        "hidden": [0],
    }
    return list({**parts, **changes}.values())


def answer(*sheets: list[Any], format_name: Any = "xlsx", extras: Any = ()) -> bytes:
    """Return an answer with these sheets."""
    packed: bytes = msgpack.packb([GRIDS, format_name, "", list(extras), list(sheets)])
    return packed


def verdict(*parts: Any) -> bytes:
    """Return an answer that refuses the file."""
    packed: bytes = msgpack.packb([VERDICT, *parts])
    return packed


LIES: dict[str, bytes] = {
    "nothing": b"",
    "not a message": b"\xc1 garbage",
    "a number": msgpack.packb(7),
    "an empty list": msgpack.packb([]),
    "an unknown form": msgpack.packb(["pickle", b""]),
    "more than a message": answer(sheet()) + b"\x00",
    "half a message": answer(sheet())[:-3],
    "a map": msgpack.packb({GRIDS: 1}),
    "an empty map as a value": answer(sheet(values=["AA-01", {}])),
    "a list as a value": answer(sheet(values=["AA-01", []])),
    "bytes as a value": answer(sheet(values=["AA-01", b"x"])),
    "nothing as a value": answer(sheet(values=["AA-01", None])),
    "a list of a length that is not there": b"\xdd\xff\xff\xff\xff",
    "lists in lists": b"\x91" * 5000,
    "many lists": answer(sheet(values=[[]] * 50_000)),
    "no sheets": answer(),
    "too many sheets": answer(*[sheet()] * 251),
    "a sheet that is a text": answer("sheet123"),  # type: ignore[arg-type]
    "a sheet of too few parts": answer(sheet()[:-1]),
    "a sheet without a name": answer(sheet(name=7)),
    "too few values": answer(sheet(values=["AA-01"])),
    "too few columns": answer(sheet(cols=[0])),
    "a column that is a text": answer(sheet(cols=[0, "B"])),
    "neither visible nor not": answer(sheet(is_visible=1)),
    "half a repetition": answer(sheet(repeated=[0])),
    "a hidden row that is a text": answer(sheet(hidden=["1"])),
    "an unknown fault": answer(sheet(details=["", "", True, False, "virus"])),
    "a negative width": answer(sheet(widths=[3, -1])),
    "a width that is no number": answer(sheet(widths=["2"])),
    "half a range": answer(sheet(corners=[0, 0])),
    "a range of texts": answer(sheet(corners=["a", "b", "c", "d"])),
    "half a place": answer(sheet(places=[0])),
    "a negative place": answer(sheet(places=[-1, 0])),
    "too few numbers": answer(sheet(numbers=[])),
    "a number without details": answer(sheet(numbers=[1])),
    "a formula that is a number": answer(sheet(details=[1, "", True, False, ""])),
    "neither stored nor not": answer(sheet(details=["", "", 1, False, ""])),
    "half of the details": answer(sheet(details=["", ""])),
    "an id beyond the cells": answer(sheet(ids=[5, 0])),
    "an id in a number": answer(sheet(ids=[0, 1])),
    "an unknown format": answer(sheet(), format_name="exe"),
    "a list as format": answer(sheet(), format_name=["xlsx"]),
    "an unknown extra": answer(sheet(), extras=["virus"]),
    "a list as extra": answer(sheet(), extras=[["macros"]]),
    "a date that is none": answer(sheet(values=["AA-01", msgpack.ExtType(DATE, b"31.12.2026")])),
    "an unknown type": answer(sheet(values=["AA-01", msgpack.ExtType(99, b"")])),
    "a time stamp": answer(sheet(values=["AA-01", msgpack.Timestamp(1)])),
    "an unknown verdict": verdict("no-such-code", "", "", []),
    "a verdict for an unknown reason": verdict("too-large", "boredom", "", []),
    "a verdict without its limit": verdict("too-large", "cells", "", []),
    "a verdict of half a value": verdict("too-large", "cells", "", ["limit"]),
    "a verdict of an odd value": verdict("too-large", "cells", "", ["limit", None]),
    "a verdict that names its code twice": verdict("encrypted", "", "", ["code", "x"]),
    "a verdict of an unknown kind": verdict("not-a-workbook", "", "spaceship", []),
    "a verdict of numbers": verdict(1, 2, 3, []),
    "half a verdict": verdict("encrypted"),
}


@pytest.mark.parametrize("name", LIES)
def test_lie_is_no_answer(name: str) -> None:
    """Whatever is not the grids of a workbook or a known verdict is refused as a whole."""
    with pytest.raises(AnswerError):
        unpack_grids(LIES[name], Limits())


def lying_sandbox(lie: bytes, folder: Path) -> Sandbox:
    """Return a sandbox whose first process answers with these bytes."""
    path = folder / "lie.bin"
    path.write_bytes(lie)
    return Sandbox(command=(sys.executable, "-c", LIAR, str(path)))


@pytest.mark.parametrize(
    "lie",
    [
        framed(b"\xc1 garbage"),
        framed(answer(sheet(ids=[5, 0]))),
        struct.pack("<Qd", 1 << 60, 0),
        framed(bytes(40 << 20)),
    ],
    ids=["garbage", "wrong shape", "a length of an exabyte", "more than the limit"],
)
def test_process_that_lies_costs_one_file_and_is_ended(
    lie: bytes, data: bytes, tmp_path: Path
) -> None:
    """The file that made it lie fails at once; the next one is read by another process."""
    with lying_sandbox(lie, tmp_path) as sandbox:
        with pytest.raises(FileRefusal) as caught:
            sandbox.load_grids(data)
        assert sandbox.load_grids(data).sheets

    assert (caught.value.code, caught.value.reason) == ("reader-stopped", "odd-answer")
    message = refusal_failure(caught.value, "a.xlsx", load_texts()).message
    assert message.startswith("a.xlsx: reading the file was stopped because the process")


def test_pickle_in_an_answer_is_not_run(data: bytes, tmp_path: Path) -> None:
    """A process that was taken over cannot make this one do anything."""
    target = tmp_path / "made-by-the-bomb"
    bomb = pickle.dumps(Bomb(target))
    with lying_sandbox(framed(bomb), tmp_path) as sandbox, pytest.raises(FileRefusal) as caught:
        sandbox.load_grids(data)

    assert caught.value.reason == "odd-answer"
    assert not target.exists()
    pickle.loads(bomb)  # noqa: S301 - shows that it would have gone off
    assert target.exists()


def test_cell_beyond_the_limit_is_refused() -> None:
    """A place far outside would make who goes through the rows run out of memory."""
    with pytest.raises(FileRefusal) as caught:
        unpack_grids(answer(sheet(places=[1 << 40, 0])), Limits())

    assert (caught.value.code, caught.value.reason) == ("too-large", "cells")


def test_text_beyond_the_limit_is_refused() -> None:
    """The limit of a text holds, whatever the process let through."""
    with pytest.raises(FileRefusal) as caught:
        unpack_grids(answer(sheet(values=["AA-01", "x" * 20])), Limits(text=10))

    assert (caught.value.code, caught.value.reason) == ("too-large", "text")


def test_grids_come_back_as_they_were() -> None:
    """Every type of value, ranges, ids, formulas, and rows of different lengths survive."""
    length = dt.timedelta(days=-1, seconds=1)
    values: list[list[Any]] = [
        [" AA-01\n", 2.0, 3, True, False, "", float("inf")],
        [],
        [NOW, NOW.replace(tzinfo=None), NOW.date(), NOW.time(), length],
        ["\ud800 half a pair", "\U0001f600", "\0"],
    ]
    rows: dict[int, GridRow] = {**sparse_rows(values), 1_048_575: {16_383: "far"}}
    inner = {
        (0, 1): CellDetails(formula="=1+1", stored=False),
        (0, 2): CellDetails(error="#REF!"),
        (7, 9): CellDetails(error="#REF!"),
        (2, 0): CellDetails(percent=True),
        (2, 1): CellDetails(fault=CellFault.TWICE),
    }
    merged = [((0, 0), (0, 3)), ((1, 1), (9, 1))]
    first = Grid(
        name="A",
        rows=rows,
        merged=merged,
        details=inner,
        ids=[(0, 0, "AA-01")],
        repeated={2: 20_000},
        hidden_rows=frozenset({0, 3}),
        is_visible=False,
    )
    grids = Grids(
        format_name="ods",
        sheets=[first, Grid(name="", rows={})],
        properties="<a/>",
        extras=(ExtraContent.LINKS, ExtraContent.MACROS),
    )
    back = unpack_grids(pack_grids(grids), Limits())

    assert back == grids
    assert [list(map(type, row.values())) for row in back.sheets[0].rows.values()] == [
        list(map(type, row.values())) for row in rows.values()
    ]


def test_range_of_more_rows_than_a_number_can_say_is_packed() -> None:
    """An .ods may span any number of rows."""
    grid = Grid(name="A", rows={0: {0: "x"}}, merged=[((0, 0), (10**40, 0))])
    (back,) = unpack_grids(pack_grids(Grids(format_name="ods", sheets=[grid])), Limits()).sheets

    assert back.merged[0][1][0] > 10**18


def test_verdict_comes_back_as_it_was() -> None:
    """Code, reason, kind and values survive; a long detail is cut."""
    for refused in (
        FileRefusal(FailureCode.ENCRYPTED),
        FileRefusal(FailureCode.NOT_A_WORKBOOK, kind=ContentKind.PDF),
        FileRefusal(FailureCode.TOO_LARGE, RefusalReason.SHEETS, found=300, limit=250),
        FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.MARKUP, detail="x" * 100_000),
    ):
        with pytest.raises(FileRefusal) as caught:
            unpack_grids(pack_verdict(refused), Limits())
        back = caught.value
        texts = load_texts()

        assert (back.code, back.reason, back.kind) == (refused.code, refused.reason, refused.kind)
        assert refusal_failure(back, "a", texts) == refusal_failure(refused, "a", texts)
        assert len(pack_verdict(refused)) < 2_000


@pytest.mark.parametrize("limits", [Limits(), Limits(seconds=0.5, cells=10**30, memory=10**30)])
def test_limits_reach_the_process(limits: Limits, data: bytes) -> None:
    """Any limits are sent, even ones that no number of 64 bits can hold."""
    unpacked, setup = unpack_setup(pack_setup(limits, b"more"))
    assert (unpacked.seconds, setup) == (limits.seconds, b"more")
    with Sandbox(limits) as sandbox:
        assert sandbox.load_grids(data).sheets


@given(st.binary(max_size=200) | st.lists(st.integers() | st.text()).map(str).map(str.encode))
@example(b"\x95\xa5grids")
def test_any_bytes_are_refused_as_a_whole(junk: bytes) -> None:
    """No bytes set off anything but the refusal."""
    with pytest.raises((AnswerError, FileRefusal)):
        unpack_grids(junk, Limits())


@given(at=st.integers(min_value=0), byte=st.integers(0, 255))
def test_flipped_byte_yields_grids_or_a_refusal(at: int, byte: int) -> None:
    """An answer that is almost right is believed or refused, and nothing else happens."""
    good = bytearray(answer(sheet(), sheet(name="T")))
    good[at % len(good)] = byte
    try:
        grids = unpack_grids(bytes(good), Limits())
    except (AnswerError, FileRefusal):
        return
    for grid in grids.sheets:
        assert all(grid.cell_value(row, col) != "" for row, col, _ in grid.ids)
