"""Reads target levels as people write them: `3` for all areas, `DG=4 QA=2` for some."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from iml4e_xlsx.errors import TargetError
from iml4e_xlsx.findings.error_codes import TargetErrorCode
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.text.lists import list_names
from iml4e_xlsx.text.message import Message

_SEPARATORS: Final = re.compile(r"[\s;,]+")
_SPACED_EQUALS: Final = re.compile(r"\s*=\s*")
_ALL_AREAS: Final = ""


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
    Return targets by area from `AREA=LEVEL`, or a bare `LEVEL` for all areas; the last one counts.

    Raises:
        TargetError: For an area or level that the scheme does not have.
    """
    targets, mistakes = _parse_items(items, scheme)
    for mistake in mistakes:
        if mistake.fault is TargetFault.LEVEL:
            raise TargetError(
                TargetErrorCode.UNKNOWN_LEVEL, level=mistake.text, levels=list_levels(scheme)
            )
        if mistake.fault is TargetFault.AREA:
            raise TargetError(
                TargetErrorCode.UNKNOWN_AREA, area=mistake.text, areas=list_areas(scheme)
            )
        # A contradiction is none here: a later option overrides an earlier one on purpose, as
        # when a script adds its own to those of the user.
    return targets


def read_targets(text: str, scheme: Scheme) -> tuple[dict[str, int], list[TargetMistake]]:
    """Return the targets of a cell by area, and all that is wrong with them."""
    items = _SEPARATORS.split(_SPACED_EQUALS.sub("=", text))
    return _parse_items(filter(None, items), scheme)


def list_levels(scheme: Scheme) -> Message:
    """Make a message that lists the levels as they can be written."""
    return list_names([str(level.number) for level in scheme.levels], limit=len(scheme.levels))


def list_areas(scheme: Scheme) -> Message:
    """Make a message that lists the areas' codes."""
    return list_names([area.code for area in scheme.areas], limit=len(scheme.areas))


def _parse_items(
    items: Iterable[str], scheme: Scheme
) -> tuple[dict[str, int], list[TargetMistake]]:
    codes = [area.code for area in scheme.areas]
    levels = {str(level.number): level.number for level in scheme.levels}
    targets: dict[str, int] = {}
    previous: dict[str, int] = {}
    mistakes: list[TargetMistake] = []
    for item in items:
        written, _, number = item.rpartition("=")
        area = written.upper()
        if number not in levels:
            mistakes.append(TargetMistake(TargetFault.LEVEL, number))
        elif area != _ALL_AREAS and area not in codes:
            mistakes.append(TargetMistake(TargetFault.AREA, written))
        else:
            level = levels[number]
            # `3 DG=1` is a level with an exception; `DG=1 3` would undo the exception again, so
            # that it stays unclear which of the two the person meant.
            rivals = previous.values() if area == _ALL_AREAS else [previous.get(area, level)]
            if any(rival != level for rival in rivals):
                mistakes.append(TargetMistake(TargetFault.CONTRADICTION, item))
            previous[area] = level
            targets.update(dict.fromkeys(codes if area == _ALL_AREAS else [area], level))
    return targets, mistakes
