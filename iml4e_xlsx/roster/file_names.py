"""Names the files of the people of a roster: names that every system takes, and stable."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from iml4e_xlsx.model import Profile
from iml4e_xlsx.text.person_names import split_letters
from iml4e_xlsx.text.spelling import name_key

_LONGEST: Final = 80
_HASH_LENGTH: Final = 6
_RESERVED: Final = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])")
"""Names of devices, which Windows gives to no file whatever its suffix."""

_NAMELESS: Final = "workbook"

_GERMAN: Final = {"ä": "ae", "ö": "oe", "ü": "ue"}
_NORDIC: Final = {"å": "aa", "ø": "oe", "æ": "ae"}
_SPELLINGS: Final[Mapping[str, Mapping[int, str]]] = {
    language: str.maketrans(letters)
    for language, letters in (
        ("de", _GERMAN),
        *dict.fromkeys(("da", "nb", "nn", "no"), _NORDIC).items(),
    )
}
"""How a language writes its letters in plain ones, where that is more than to drop their marks."""


def file_names(profiles: Sequence[Profile], languages: Sequence[str] = ()) -> tuple[str, ...]:
    """
    Return a name for the workbook of each profile, each name once.

    `languages` has the language of each, by which its letters are written in plain ones: a German
    Müller is mueller, all others are muller. A name follows from that, organisation, team and
    respondent alone. Different people whose names
    come out alike get a hash of their unsimplified names, so that no name depends on the order of
    the rows; people of the very same name are numbered.
    """
    spoken = languages or [""] * len(profiles)
    bases = [_base_name(*pair) for pair in zip(profiles, spoken, strict=True)]
    keys = [_person_key(profile) for profile in profiles]
    namesakes: defaultdict[str, set[str]] = defaultdict(set)
    for base, key in zip(bases, keys, strict=True):
        namesakes[base].add(key)
    taken: set[str] = set()
    names = []
    for base, key in zip(bases, keys, strict=True):
        stem = f"{base}-{_short_hash(key)}" if len(namesakes[base]) > 1 else base
        name, number = stem, 2
        while name in taken:
            name, number = f"{stem}-{number}", number + 1
        taken.add(name)
        names.append(f"{name}.xlsx")
    return tuple(names)


def _base_name(profile: Profile, language: str) -> str:
    parts = [
        _spell_plainly(text, language)
        for text in (profile.organisation, profile.team, profile.respondent)
    ]
    base = "-".join(filter(None, map(_plain_name, parts)))[:_LONGEST].rstrip("-") or _NAMELESS
    return f"{_NAMELESS}-{base}" if _RESERVED.fullmatch(base) else base


def _person_key(profile: Profile) -> str:
    return "\n".join(map(name_key, (profile.organisation, profile.team, profile.respondent)))


def _spell_plainly(text: str, language: str) -> str:
    """Return a text with the letters of a language as that language writes them without marks."""
    spelling = _SPELLINGS.get(language.casefold().partition("-")[0])
    if spelling is None:
        return text
    return unicodedata.normalize("NFC", text).casefold().translate(spelling)


def _plain_name(text: str) -> str:
    """Return a text in plain letters, with a hash in place of letters that have none."""
    letters = split_letters(text)
    plain = re.sub(r"[^a-z0-9]+", "-", letters.encode("ascii", "ignore").decode()).strip("-")
    if all(letter.isascii() for letter in letters if letter.isalnum()):
        return plain or (_short_hash(name_key(text)) if text.strip() else "")
    return "-".join(filter(None, (plain, _short_hash(name_key(text)))))


def _short_hash(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    return hashlib.sha256(composed.encode()).hexdigest()[:_HASH_LENGTH]
