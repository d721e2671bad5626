"""Target levels as people write them: `3` for all areas, `DG=4 QA=2` for some."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from iml4e_xlsx.model import Scheme

_BETWEEN: Final = re.compile(r"[\s;,]+")
_AROUND_EQUALS: Final = re.compile(r"\s*=\s*")
_ALL: Final = ""


class TargetFault(Enum):
    """What can be wrong with one target."""

    LEVEL = "level"
    AREA = "area"
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class WrongTarget:
    """One target that cannot be used: why, and the part of it that is wrong."""

    fault: TargetFault
    found: str


def parse_targets(items: Iterable[str], scheme: Scheme) -> dict[str, int]:
    """
    Return targets by area from `AREA=LEVEL`, or a bare `LEVEL` for all areas; the last one counts.

    Raises:
        ValueError: For an unknown area or level, saying which there are.
    """
    targets, wrong = _parsed(items, scheme)
    for one in wrong:
        if one.fault is TargetFault.LEVEL:
            raise ValueError(f"'{one.found}' is not a level; use one of {known_levels(scheme)}")
        if one.fault is TargetFault.AREA:
            raise ValueError(f"'{one.found}' is not an area; use one of {known_areas(scheme)}")
    return targets


def written_targets(text: str, scheme: Scheme) -> tuple[dict[str, int], list[WrongTarget]]:
    """Return the targets of a cell by area, and all that is wrong with them."""
    items = _BETWEEN.split(_AROUND_EQUALS.sub("=", text))
    return _parsed(filter(None, items), scheme)


def known_levels(scheme: Scheme) -> str:
    """Return the levels as they can be written."""
    return ", ".join(str(level.number) for level in scheme.levels)


def known_areas(scheme: Scheme) -> str:
    """Return the areas' codes."""
    return ", ".join(area.code for area in scheme.areas)


def _parsed(items: Iterable[str], scheme: Scheme) -> tuple[dict[str, int], list[WrongTarget]]:
    codes = [area.code for area in scheme.areas]
    levels = {str(level.number): level.number for level in scheme.levels}
    targets: dict[str, int] = {}
    given: dict[str, int] = {}
    wrong: list[WrongTarget] = []
    for item in items:
        written, _, number = item.rpartition("=")
        area = written.upper()
        if number not in levels:
            wrong.append(WrongTarget(TargetFault.LEVEL, number))
        elif area != _ALL and area not in codes:
            wrong.append(WrongTarget(TargetFault.AREA, written))
        else:
            level = levels[number]
            settled = given.values() if area == _ALL else [given.get(area, level)]
            if any(one != level for one in settled):
                wrong.append(WrongTarget(TargetFault.TWICE, item))
            given[area] = level
            targets.update(dict.fromkeys(codes if area == _ALL else [area], level))
    return targets, wrong
