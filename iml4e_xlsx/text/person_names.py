"""Compares names of people as people spell them: without accents, turned round, with a title."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_PLAIN_LETTERS: Final = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "þ": "th"}
)
"""Latin letters that have no plain one inside them."""

_WORD: Final = re.compile(r"[^\W_]+")
_UMLAUT: Final = re.compile(r"(?<=[aou])e")
"""The e of ae, oe, ue: Müller is spelled Mueller, and Muller by those who have no ü."""


def split_letters(text: str) -> str:
    """Return a text in small plain letters, with the marks of each behind it."""
    return unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN_LETTERS))


def may_be_same_name(one: str, other: str) -> bool:
    """
    Tell whether two names may be the same person's.

    Accents, umlauts, case and the order of the words make no difference; one name may have words
    that the other lacks, such as a title or a second name. A name without a letter is nobody's.
    """
    words, other_words = _plain_words(one), _plain_words(other)
    if not words or not other_words:
        return False
    return words <= other_words or other_words <= words


@lru_cache(maxsize=4096)
def _plain_words(name: str) -> frozenset[str]:
    letters = "".join(c for c in split_letters(name) if not unicodedata.combining(c))
    return frozenset(_UMLAUT.sub("", word) for word in _WORD.findall(letters))
