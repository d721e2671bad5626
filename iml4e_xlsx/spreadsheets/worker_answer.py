"""
Reads the answers of the parsing process, and trusts none of them.

A hostile file may have taken that process over. So an answer is bytes from a stranger: whatever
does not have the form and the size of a workbook's grids is refused, and costs that file alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from typing import Any, Final, TypeVar

import msgpack

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.codec import DATE, DATETIME, GRIDS, TIME, TIMEDELTA, VERDICT
from iml4e_xlsx.spreadsheets.failures import refusal_failure
from iml4e_xlsx.spreadsheets.grid import (
    CellDetails,
    CellFault,
    CellPosition,
    ExtraContent,
    Grid,
    GridRow,
    Grids,
    GridValue,
    read_id,
)
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.readable_formats import find_format
from iml4e_xlsx.spreadsheets.refusal import ContentKind, FileRefusal, RefusalReason
from iml4e_xlsx.text.interface_texts import load_texts

_CELL_TYPES: Final = frozenset({str, float, bool, int, date, datetime, time, timedelta})
_SHEET_LISTS: Final = 12
"""How many lists a sheet consists of, with the one that holds them."""

_OTHER_LISTS: Final = 4
_MOST_ROWS: Final = 1 << 20
_LONGEST_TIME: Final = 80
"""Of the text of a date or time, in bytes."""

VERDICT_ROOM: Final = 1 << 16
"""More bytes than any verdict takes."""


_Content = TypeVar("_Content")


class AnswerError(Exception):
    """An answer that no honest parsing process gives; its argument is the part that is wrong."""


def unpack_grids(data: bytes, limits: Limits) -> Grids:
    """
    Return the grids of an answer.

    Raises:
        FileRefusal: If the answer is that the file was refused, or a text or sheet is too large.
        AnswerError: If it has another form than the answers of a parsing process.
    """
    return unpack_answer(
        data,
        limits,
        {GRIDS: lambda parts: _unpack_grids(parts, len(data), limits)},
        most_lists=_OTHER_LISTS + limits.sheets * _SHEET_LISTS,
    )


def unpack_answer(
    data: bytes,
    limits: Limits,
    forms: Mapping[str, Callable[[list[Any]], _Content]],
    *,
    most_lists: int,
) -> _Content:
    """
    Return the content of an answer.

    Args:
        data: The answer.
        limits: What a file may claim.
        forms: For each form that an answer may have unless the file was refused, what returns its
            content from the parts after the form; whatever that raises is taken for a lie.
        most_lists: How many lists an honest answer consists of at most.

    Raises:
        FileRefusal: If the answer is that the file was refused, or the content itself is refused.
        AnswerError: If it has another form than the answers of a parsing process.
    """
    try:
        found, *parts = _unpack_message(data, limits, most_lists)
        refused = _unpack_verdict(parts) if found == VERDICT else None
        if refused is None:
            return forms[found](parts)
    except (FileRefusal, AnswerError):
        raise
    except Exception as error:  # whatever a stranger's bytes set off is theirs
        raise AnswerError(type(error).__name__) from error
    raise refused


def _unpack_message(data: bytes, limits: Limits, room: int) -> list[Any]:
    """Return the lists of an answer, never more than there is room for."""

    def count_list(items: list[Any]) -> list[Any]:
        nonlocal room
        room -= 1
        if room < 0:
            raise AnswerError("lists")
        return items

    message = msgpack.unpackb(
        data,
        unicode_errors="surrogatepass",
        list_hook=count_list,
        object_hook=_refuse_map,
        ext_hook=_unpack_extension,
        max_array_len=min(len(data), 4 * max(limits.cells, limits.merged, _MOST_ROWS)),
        max_ext_len=_LONGEST_TIME,
    )
    require_form(type(message) is list, "message")
    return list(message)


def _refuse_map(_: object) -> None:
    raise AnswerError("map")


def _unpack_extension(code: int, data: bytes) -> GridValue:
    text = data.decode("ascii")
    if code == TIMEDELTA:
        days, seconds, microseconds = map(int, text.split())
        return timedelta(days, seconds, microseconds)
    make: dict[int, Callable[[str], GridValue]] = {
        DATE: date.fromisoformat,
        DATETIME: datetime.fromisoformat,
        TIME: time.fromisoformat,
    }
    return make[code](text)


def _unpack_verdict(data: list[Any]) -> FileRefusal:
    """Return a verdict, if there are words for it."""
    code, reason, kind, values = data
    require_form({type(code), type(reason), type(kind)} == {str}, "verdict")
    require_form(set(map(type, values)) <= {str, int, float, bool}, "values")
    require_form(set(map(type, values[::2])) <= {str}, "names")
    details = dict(zip(values[::2], values[1::2], strict=True))
    refused = FileRefusal(
        FailureCode(code),
        RefusalReason(reason) if reason else None,
        kind=ContentKind(kind) if kind else None,
        **details,
    )
    # A failure can be made of it only if no value is missing that its text names. A text without
    # any value is not filled in at all, so that a missing one would show; hence the empty one.
    refused.values = {"": "", **details}
    refusal_failure(refused, "", load_texts())
    refused.values = details
    return refused


def _unpack_grids(data: list[Any], size: int, limits: Limits) -> Grids:
    format_name, properties, extras, sheets = data
    is_format = type(format_name) is str and find_format(format_name) is not None
    require_form(is_format, "format")
    require_form(type(properties) is str, "properties")
    require_form(0 < len(sheets) <= limits.sheets, "sheets")
    grids = [_unpack_sheet(sheet, limits) for sheet in sheets]
    if size > limits.text:  # else none of its texts can be longer
        for grid in grids:
            grid.check_texts(limits)
    return Grids(
        format_name=format_name,
        sheets=grids,
        properties=properties,
        extras=tuple(map(ExtraContent, extras)),
    )


def _unpack_sheet(sheet: list[Any], limits: Limits) -> Grid:
    name, is_visible, at, widths, cols, values, *rest = sheet
    corners, places, numbers, details, ids, repeated, hidden = rest
    require_form(type(name) is str and type(is_visible) is bool, "name")
    require_form(set(map(type, values)) <= _CELL_TYPES, "cells")
    rows = _make_rows(at, widths, cols, values)
    require_numbers(hidden)
    ranges = _pair_numbers(corners)
    return Grid(
        name=name,
        rows=rows,
        merged=list(zip(ranges[::2], ranges[1::2], strict=True)),
        details=_unpack_details(_pair_numbers(places), numbers, details, limits),
        ids=_unpack_ids(_pair_numbers(ids), rows),
        repeated=dict(_pair_numbers(repeated)),
        hidden_rows=frozenset(hidden),
        is_visible=is_visible,
    )


def _make_rows(
    numbers: list[int], widths: list[int], cols: list[int], values: list[GridValue]
) -> dict[int, GridRow]:
    """Return the rows with these numbers; `widths` are the numbers of cells in each."""
    require_numbers([*numbers, *widths, *cols])
    require_form(sum(widths) == len(values) == len(cols), "rows")
    ends = list(accumulate(widths))
    return {
        number: dict(zip(cols[end - width : end], values[end - width : end], strict=True))
        for number, width, end in zip(numbers, widths, ends, strict=True)
    }


def _pair_numbers(numbers: list[int]) -> list[CellPosition]:
    require_numbers(numbers)
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _unpack_details(
    places: list[CellPosition], numbers: list[int], details: list[Any], limits: Limits
) -> dict[CellPosition, CellDetails]:
    """Return the details of cells; several cells may share the same."""
    if any(max(place) >= max(limits.cells, _MOST_ROWS) for place in places):
        raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.CELLS, limit=limits.cells)
    require_numbers(numbers)
    formulas, errors, stored, percents, faults = (details[at::5] for at in range(5))
    require_form(set(map(type, formulas + errors)) <= {str}, "formulas")
    require_form(set(map(type, stored + percents)) <= {bool}, "flags")
    reasons = [CellFault(fault) if fault else None for fault in faults]
    shared = list(map(CellDetails, formulas, errors, stored, percents, reasons))
    return {place: shared[number] for place, number in zip(places, numbers, strict=True)}


def _unpack_ids(places: list[CellPosition], rows: dict[int, GridRow]) -> list[tuple[int, int, str]]:
    """Return the statements' ids that stand at places; each cell there holds one."""
    ids = []
    for row, col in places:
        text = rows[row][col]
        id_ = read_id(text) if isinstance(text, str) else ""
        if not id_:  # a call for each would cost more than the check
            raise AnswerError("id")
        ids.append((row, col, id_))
    return ids


def require_numbers(numbers: list[int]) -> None:
    """Raise AnswerError unless a list holds whole numbers from 0."""
    require_form(set(map(type, numbers)) <= {int} and min(numbers, default=0) >= 0, "numbers")


def require_form(condition: bool, part: str) -> None:  # noqa: FBT001 - it reads as a sentence
    """Raise AnswerError unless a part of an answer has the form that it must have."""
    if not condition:
        raise AnswerError(part)
