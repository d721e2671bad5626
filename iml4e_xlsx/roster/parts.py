"""
Reads what a person is asked for: areas, statements and form in the roster, or the role's areas.

Areas and statements are parts of the form that the row or the round names. A row that says nothing
takes the areas of its role, if the scheme has such a role; `all` stands for everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from iml4e_xlsx.model import Scheme
from iml4e_xlsx.roster.columns import AREAS, FORM, ROLE, STATEMENTS
from iml4e_xlsx.roster.targets import find_areas
from iml4e_xlsx.scheme.forms import select_form, select_part
from iml4e_xlsx.text.spelling import name_key

_ALL: Final = frozenset({"all", "alle", "*"})
_ENTRIES: Final = re.compile(r"[;,|]")
_IDS: Final = re.compile(r"[\s;,|]+")


class PartFault(Enum):
    """A reason why one entry cannot be used."""

    AREA = auto()  #: The scheme has no such area, or several are meant.
    STATEMENT = auto()  #: The scheme or form has no such statement.
    FORM = auto()  #: The scheme has no such form.


@dataclass(frozen=True, slots=True)
class PartMistake:
    """One entry that cannot be used: in which column, why, and its text."""

    column: str
    fault: PartFault
    text: str


def read_part(
    values: Mapping[str, str], scheme: Scheme
) -> tuple[str | None, tuple[PartMistake, ...]]:
    """
    Return the form or part that a row asks for, and all that is wrong with its entries.

    None stands for a row that says nothing: it gets what everybody gets, or what is planned.
    """
    mistakes: list[PartMistake] = []
    base, form = scheme, values.get(FORM, "").strip()
    if form:
        names = {name.casefold(): name for name in (scheme.whole or scheme).forms}
        if form.casefold() in _ALL:
            base = scheme.whole or scheme
        elif form.casefold() in names:
            base = select_form(scheme, names[form.casefold()])
        else:
            mistakes.append(PartMistake(FORM, PartFault.FORM, form))
    areas, statements = values.get(AREAS, ""), values.get(STATEMENTS, "")
    ids = {*_read_areas(areas, base, mistakes), *_read_statements(statements, base, mistakes)}
    if mistakes:
        return None, tuple(mistakes)
    if not ids and not form:
        ids = set(_role_statements(values.get(ROLE, ""), base))
    if ids:
        return select_part(base, ids).form, ()
    return (base.form, ()) if form else (None, ())


def role_key(text: str) -> str:
    """Return a role as schemes name it: `ml-engineer` for "ML Engineer"."""
    return re.sub(r"[^a-z0-9]+", "-", name_key(text)).strip("-")


def _role_statements(role: str, base: Scheme) -> Iterator[str]:
    codes = base.roles.get(role_key(role), ())
    return (
        statement.id for area in base.areas if area.code in codes for statement in area.statements
    )


def _read_areas(text: str, base: Scheme, mistakes: list[PartMistake]) -> Iterator[str]:
    """Yield the statements of the areas of a cell, which are written as in targets."""
    if name_key(text) in _ALL:
        yield from base.statements
        return
    # A name may hold a comma, so the whole cell may be one name.
    entries = [text] if len(find_areas(text, base)) == 1 else _ENTRIES.split(text)
    for entry in filter(None, map(str.strip, entries)):
        # A name may hold spaces as well: only codes are separated by them, for two words that each
        # begin a name may be one name that is written in another way.
        codes = {area.code.casefold() for area in base.areas}
        words = entry.split()
        words = words if all(word.casefold() in codes for word in words) else [entry]
        for word in words:
            meant = find_areas(word, base)
            if len(meant) == 1:
                yield from (statement.id for statement in meant[0].statements)
            else:
                mistakes.append(PartMistake(AREAS, PartFault.AREA, word))


def _read_statements(text: str, base: Scheme, mistakes: list[PartMistake]) -> Iterator[str]:
    ids = {id_.casefold(): id_ for id_ in base.statements}
    for entry in filter(None, _IDS.split(text)):
        if entry.casefold() in ids:
            yield ids[entry.casefold()]
        else:
            mistakes.append(PartMistake(STATEMENTS, PartFault.STATEMENT, entry))
