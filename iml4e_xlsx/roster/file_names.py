"""Names of files for the people of a roster: taken by every system, and stable."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from iml4e_xlsx.model import Profile
from iml4e_xlsx.text.spelling import name_key

_LONGEST: Final = 80
_HASH: Final = 6
_SPELLED: Final = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "þ": "th"}
)
"""Latin letters that have no plain one inside them."""

_RESERVED: Final = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])")
"""Names of devices, which Windows gives to no file whatever its suffix."""

_NOBODY: Final = "workbook"


def file_names(profiles: Sequence[Profile]) -> tuple[str, ...]:
    """
    Return a name for the workbook of each profile, each name once.

    A name follows from organisation, team and respondent alone. Different people whose names
    come out alike are told apart by a hash of what is written, so that no name depends on the
    order of the rows; people of the very same name are numbered.
    """
    bases = [_base(profile) for profile in profiles]
    identities = [_identity(profile) for profile in profiles]
    sharing: defaultdict[str, set[str]] = defaultdict(set)
    for base, identity in zip(bases, identities, strict=True):
        sharing[base].add(identity)
    taken: set[str] = set()
    names = []
    for base, identity in zip(bases, identities, strict=True):
        told = f"{base}-{_hash(identity)}" if len(sharing[base]) > 1 else base
        name, number = told, 2
        while name in taken:
            name, number = f"{told}-{number}", number + 1
        taken.add(name)
        names.append(f"{name}.xlsx")
    return tuple(names)


def _base(profile: Profile) -> str:
    parts = (profile.organisation, profile.team, profile.respondent)
    base = "-".join(filter(None, map(_slug, parts)))[:_LONGEST].rstrip("-") or _NOBODY
    return f"{_NOBODY}-{base}" if _RESERVED.fullmatch(base) else base


def _identity(profile: Profile) -> str:
    return "\n".join(map(name_key, (profile.organisation, profile.team, profile.respondent)))


def _slug(text: str) -> str:
    """Return a text in plain letters, with a hash in place of letters that have none."""
    letters = unicodedata.normalize("NFKD", text.casefold().translate(_SPELLED))
    plain = re.sub(r"[^a-z0-9]+", "-", letters.encode("ascii", "ignore").decode()).strip("-")
    if all(letter.isascii() for letter in letters if letter.isalnum()):
        return plain or (_hash(name_key(text)) if text.strip() else "")
    return "-".join(filter(None, (plain, _hash(name_key(text)))))


def _hash(text: str) -> str:
    return hashlib.sha256(unicodedata.normalize("NFC", text).encode()).hexdigest()[:_HASH]
