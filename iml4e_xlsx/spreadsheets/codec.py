"""
Packs the messages between a sandbox and its parsing process as bytes that cannot be executed.

A hostile file may take the parsing process over, so its answers are plain lists of numbers and
texts (msgpack), of which nothing is run. All of them are flat: a list in a list takes sixty times
as much memory as the byte that announces it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Any, Final

import msgpack

from iml4e_xlsx.spreadsheets.grid import CellDetails, Grid, Grids
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.refusal import FileRefusal

GRIDS, VERDICT = "grids", "verdict"
"""The first item of an answer, which names the rest of it."""

DATE, DATETIME, TIME, TIMEDELTA = 1, 2, 3, 4
"""The codes of values that msgpack has no type for."""

_LARGEST: Final = (1 << 63) - 1
"""The largest number that fits into a message; beyond it a limit is none."""

_LONGEST_DETAIL: Final = 1_000
"""In characters; a parser may quote a whole part of a file where it fails."""


def pack_setup(limits: Limits, setup: bytes) -> bytes:
    """Pack the limits of a process, and what else it is told at its start."""
    values = {name: min(value, _LARGEST) for name, value in asdict(limits).items()}
    packed: bytes = msgpack.packb([values, setup])
    return packed


def unpack_setup(data: bytes) -> tuple[Limits, bytes]:
    """Return the limits and the rest of the setup that the sandbox sent."""
    values, setup = msgpack.unpackb(data, max_bin_len=len(data))
    return Limits(**values), setup


def pack_verdict(refused: FileRefusal) -> bytes:
    """Return the verdict on a file as bytes."""
    values = [
        value[:_LONGEST_DETAIL] if isinstance(value, str) else value
        for value in chain.from_iterable(refused.values.items())
    ]
    return pack_message([VERDICT, refused.code, refused.reason or "", refused.kind or "", values])


def pack_grids(grids: Grids) -> bytes:
    """Return the grids of a workbook as bytes."""
    sheets = [_flatten_sheet(grid) for grid in grids.sheets]
    return pack_message([GRIDS, grids.format_name, grids.properties, list(grids.extras), sheets])


def _flatten_sheet(grid: Grid) -> list[Any]:
    distinct: dict[CellDetails, int] = {}
    numbers = [distinct.setdefault(item, len(distinct)) for item in grid.details.values()]
    return [
        grid.name,
        grid.is_visible,
        list(grid.rows),
        list(map(len, grid.rows.values())),
        list(chain.from_iterable(grid.rows.values())),
        list(chain.from_iterable(row.values() for row in grid.rows.values())),
        _list_corners(grid.merged),
        list(chain.from_iterable(grid.details)),
        numbers,
        [
            part
            for details in distinct
            for part in (
                details.formula,
                details.error,
                details.stored,
                details.percent,
                details.fault or "",
            )
        ],
        [place for row, col, _ in grid.ids for place in (row, col)],
        list(chain.from_iterable(grid.repeated.items())),
        sorted(grid.hidden_rows),
    ]


def _list_corners(merged: Iterable[tuple[tuple[int, int], tuple[int, int]]]) -> list[int]:
    """Return first row and column, last row and column of each range, one after another."""
    places = chain.from_iterable(chain.from_iterable(merged))
    return [min(place, _LARGEST) for place in places]  # a file may claim any number of rows


def pack_message(message: list[Any]) -> bytes:
    """Return an answer as bytes: a list that begins with the form of the answer."""
    try:
        packed: bytes = msgpack.packb(message, default=_pack_extension)
    except UnicodeEncodeError:  # half a surrogate pair, which .xls and .xlsb can hold; slower
        packed = msgpack.packb(message, default=_pack_extension, unicode_errors="surrogatepass")
    return packed


def _pack_extension(value: object) -> msgpack.ExtType:
    """Return a value that msgpack has no type for as a code and its text."""
    if isinstance(value, timedelta):
        text = f"{value.days} {value.seconds} {value.microseconds}"
        return msgpack.ExtType(TIMEDELTA, text.encode())
    for code, kind in ((DATETIME, datetime), (DATE, date), (TIME, time)):
        if isinstance(value, kind):
            return msgpack.ExtType(code, value.isoformat().encode())
    raise TypeError(type(value).__name__)
