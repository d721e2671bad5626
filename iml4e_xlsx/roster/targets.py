"""
Reads target levels as people write them: `3` for all areas, `DG=4 QA=2` for some.

An area is meant by its code, short name or name, whatever the case, or by a beginning that no other
area has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from iml4e_xlsx.errors import TargetError
from iml4e_xlsx.findings.error_codes import TargetErrorCode
from iml4e_xlsx.model import Area, Scheme
from iml4e_xlsx.text.lists import list_names
from iml4e_xlsx.text.message import Message, message
from iml4e_xlsx.text.spelling import name_key

_WORD: Final = re.compile(r"[^\s;,=]+")
_LEVEL: Final = re.compile(r"\s*=\s*(?P<level>[^\s;,=]*)")
_ALL_AREAS: Final = ""
_SHORTEST_BEGINNING: Final = 2


class TargetFault(Enum):
    """A reason why one target cannot be used."""

    LEVEL = auto()  #: The scheme has no such level.
    AREA = auto()  #: The scheme has no such area.
    CONTRADICTION = auto()  #: An earlier target is for the same area, with another level.


@dataclass(frozen=True, slots=True)
class TargetMistake:
    """One target that cannot be used: why, and the part of it that is wrong."""

    fault: TargetFault
    text: str


def parse_targets(items: Iterable[str], scheme: Scheme) -> dict[str, int]:
    """
    Return targets by area from texts as cells of a roster hold them; the last text counts.

    Raises:
        TargetError: For an area or level that the scheme does not have, or a text that contradicts
            itself.
    """
    targets: dict[str, int] = {}
    for item in items:
        # What overrides an earlier text is no contradiction: it is one on purpose, as when a
        # script adds its own options to those of the user.
        found, mistakes = read_targets(item, scheme)
        if not found and not mistakes:
            mistakes = [TargetMistake(TargetFault.LEVEL, item)]
        _refuse_mistakes(mistakes, scheme)
        targets |= found
    return targets


def _refuse_mistakes(mistakes: Iterable[TargetMistake], scheme: Scheme) -> None:
    """Raise the first mistake as an error."""
    for mistake in mistakes:
        if mistake.fault is TargetFault.LEVEL:
            raise TargetError(
                TargetErrorCode.UNKNOWN_LEVEL,
                level=mistake.text,
                levels=list_levels(scheme),
                example=f"{_example_area(mistake.text, scheme)}={scheme.top}",
            )
        if mistake.fault is TargetFault.AREA:
            meant = find_areas(mistake.text, scheme)
            code = TargetErrorCode.AMBIGUOUS_AREA if meant else TargetErrorCode.UNKNOWN_AREA
            raise TargetError(code, area=mistake.text, areas=list_areas(meant or scheme.areas))
        raise TargetError(TargetErrorCode.CONTRADICTION, target=mistake.text)


def _example_area(written: str, scheme: Scheme) -> str:
    """Return the area that somebody named instead of a level, or the first."""
    return (find_areas(written, scheme) or scheme.areas)[0].code


def read_targets(text: str, scheme: Scheme) -> tuple[dict[str, int], list[TargetMistake]]:
    """Return the targets of a cell by area, and all that is wrong with them."""
    return _parse_items(_split_cell(text, scheme), scheme)


def find_areas(written: str, scheme: Scheme) -> tuple[Area, ...]:
    """Return the areas that may be meant: those of a code or name, else all that begin like it."""
    key = name_key(written)
    spellings = {
        area: tuple(map(name_key, (area.code, area.short, area.name))) for area in scheme.areas
    }
    exact = tuple(area for area, names in spellings.items() if key in names)
    if exact or len(key) < _SHORTEST_BEGINNING:  # a single letter is too likely a slip
        return exact
    return tuple(
        area for area, names in spellings.items() if any(name.startswith(key) for name in names)
    )


def list_levels(scheme: Scheme) -> Message:
    """Make a message that lists the levels as they can be written."""
    return list_names([str(level.number) for level in scheme.levels], limit=len(scheme.levels))


def list_areas(areas: Sequence[Area]) -> Message:
    """Make a message that lists areas: the code of each, and its name."""
    named = [message("list.named", code=area.code, name=area.name) for area in areas]
    return list_names(named, limit=len(named))


def _split_cell(text: str, scheme: Scheme) -> Iterator[tuple[str, str, str]]:
    """
    Yield area, level and text of each entry of a cell.

    Names of areas hold spaces, and may hold commas, which separate entries as well. So as many
    words before the equals sign belong to the area as mean one.
    """
    position = 0
    for level in _LEVEL.finditer(text):
        words = list(_WORD.finditer(text, position, level.start()))
        starts = [word.start() for word in words]
        begin = next(
            (
                start
                for start in starts
                if len(find_areas(text[start : level.start()], scheme)) == 1
            ),
            starts[-1] if starts else position,
        )
        yield from (("", word[0], word[0]) for word in words if word.start() < begin)
        area = text[begin : level.start()].strip()
        if not area and position:  # as in DG=2=3
            area = "="
        yield area, level["level"], f"{area}={level['level']}"
        position = level.end()
    yield from (("", word[0], word[0]) for word in _WORD.finditer(text, position))


def _parse_items(
    items: Iterable[tuple[str, str, str]], scheme: Scheme
) -> tuple[dict[str, int], list[TargetMistake]]:
    codes = [area.code for area in scheme.areas]
    levels = {str(level.number): level.number for level in scheme.levels}
    targets: dict[str, int] = {}
    previous: dict[str, int] = {}
    mistakes: list[TargetMistake] = []
    for written, number, item in items:
        meant = find_areas(written, scheme)
        if number not in levels:
            mistakes.append(TargetMistake(TargetFault.LEVEL, number))
        elif written and len(meant) != 1:
            mistakes.append(TargetMistake(TargetFault.AREA, written))
        else:
            area = meant[0].code if meant else _ALL_AREAS
            level = levels[number]
            # `3 DG=1` is a level with an exception; `DG=1 3` would undo the exception again, so
            # that it stays unclear which of the two the person meant.
            rivals = previous.values() if area == _ALL_AREAS else [previous.get(area, level)]
            if any(rival != level for rival in rivals):
                mistakes.append(TargetMistake(TargetFault.CONTRADICTION, item))
            previous[area] = level
            targets.update(dict.fromkeys(codes if area == _ALL_AREAS else [area], level))
    return targets, mistakes
