"""
Names parts of a scheme: what one person is asked for, of whole areas or of single statements.

A part is a form that the scheme does not list: its name says what it holds, so that whoever has the
scheme can read the workbook. `part-tr-rd` has two areas, `part-tr-dg-01to05-09` one area and six
statements of another; `part-tr-of-short` has what the form `short` asks for in an area.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from iml4e_xlsx.model import Area, Scheme

PART: Final = "part"
_OF: Final = "-of-"
_NUMBERS: Final = re.compile(r"(?P<first>\d+)(?:to(?P<last>\d+))?")


def name_part(base: Scheme, statements: Collection[str]) -> str:
    """
    Return the name of the part of a scheme or form that has these statements.

    It is that of the whole if these are all of them.

    Raises:
        ValueError: If there is none of them.
    """
    if not any(id_ in statements for id_ in base.statements):
        raise ValueError(PART)
    if all(id_ in statements for id_ in base.statements):
        return base.form
    tokens = [token for area in base.areas for token in _name_area(area, statements)]
    return "-".join([PART, *tokens]) + (f"{_OF}{base.form}" if base.form else "")


def split_name(name: str) -> Iterator[tuple[str, str]]:
    """Yield the ways to read a name as that of a part: its tokens, and the form it is a part of."""
    prefix, _, rest = name.partition("-")
    if prefix != PART or not rest:
        return
    yield rest, ""
    for match in re.finditer(_OF, rest):
        yield rest[: match.start()], rest[match.end() :]


def read_tokens(tokens: str, areas: Sequence[Area]) -> frozenset[str] | None:
    """Return the statements that the tokens of a name mean; None if they mean none."""
    by_code = {area.code.lower(): area for area in areas}
    ids: set[str] = set()
    words = tokens.split("-")
    while words:
        area = by_code.get(words.pop(0))
        if area is None:
            return None
        numbers = []
        while words and _NUMBERS.fullmatch(words[0]):
            numbers.append(words.pop(0))
        numbered = _choose_statements(area, numbers)
        if not numbered:
            return None
        ids |= numbered
    return frozenset(ids)


def _name_area(area: Area, statements: Collection[str]) -> Iterator[str]:
    chosen = [statement.id for statement in area.statements if statement.id in statements]
    if not chosen:
        return
    yield area.code.lower()
    if len(chosen) < len(area.statements):
        yield from _name_runs(_numbers_in_order(area), {_number_of(id_) for id_ in chosen})


def _name_runs(numbers: Iterable[str], chosen: Collection[str]) -> Iterator[str]:
    """Yield the runs of chosen numbers without a gap, as `01to05` or `09`."""
    run: list[str] = []
    for number in [*numbers, ""]:
        if number in chosen:
            run.append(number)
        elif run:
            yield run[0] if len(run) == 1 else f"{run[0]}to{run[-1]}"
            run = []


def _choose_statements(area: Area, numbers: Sequence[str]) -> set[str]:
    """Return the statements of an area with these numbers and in these runs; all without any."""
    if not numbers:
        return {statement.id for statement in area.statements}
    order = _numbers_in_order(area)
    chosen: set[str] = set()
    for text in numbers:
        match = _NUMBERS.fullmatch(text)
        first = match["first"] if match else ""
        last = (match["last"] if match else "") or first
        if first not in order or last not in order:
            return set()
        chosen.update(order[order.index(first) : order.index(last) + 1])
    return {statement.id for statement in area.statements if _number_of(statement.id) in chosen}


def _numbers_in_order(area: Area) -> list[str]:
    # 2 to 4 digits, of which 02 and 002 are two
    return sorted(
        (_number_of(statement.id) for statement in area.statements), key=lambda n: (len(n), n)
    )


def _number_of(statement: str) -> str:
    return statement.rpartition("-")[2]
