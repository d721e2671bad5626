"""
Finds the encoding of a roster that is text, and says how certain it is.

A file without a mark that is not UTF-8 does not say what its bytes mean. It is read as
Windows-1252, the usual one in Western Europe, and every value with other letters than a to z is
judged: a guess is never passed on as if it were known. A library that guesses the language would
not help: it would give another guess, and a few names are too little text for a good one.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import Final

ASSUMED_ENCODING: Final = "cp1252"
"""What text is taken for that has no mark and is not UTF-8."""

_BYTE_ORDER_MARKS: Final = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_UTF8_SEQUENCE: Final = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_HIGH_BYTE: Final = re.compile(rb"[\x80-\xff]")
_RIVALS: Final = ("cp1250", "cp1254", "cp1257", "iso8859_2", "iso8859_15")
"""Other code pages for Latin letters that spreadsheet programs write without saying so."""

_VALUE: Final = re.compile(r'[^,;\t|"\r\n]*[^\x00-\x7f,;\t|"\r\n][^,;\t|"\r\n]*')
_LINE_BREAK: Final = re.compile(r"\r\n|\r|\n")
_NO_LETTERS: Final = frozenset("ˆƒµªº")
"""Characters that Unicode calls letters, and that no name has inside of a word."""

_INSIDE: Final = frozenset("’‘´·–—\xa0\xad")
_OPENING: Final = frozenset("’‘“„‚«»‹›¡¿–—…´\xa0\xad")
_CLOSING: Final = frozenset("’‘“”«»‹›–—…®™©ªº°²³´\xa0\xad")
"""Characters that may touch a letter: between two, in front of one, behind one."""

_NEVER: Final = frozenset("¤ƒ")
_LONGEST_FOREIGN_WORD: Final = 2
"""How many letters a word may have that are all beyond ASCII; no Western word has three."""


class Certainty(IntEnum):
    """How certain it is that text was read with the encoding in which it was written."""

    IMPLAUSIBLE = 0  #: No name looks like this: it was another encoding.
    UNSURE = 1  #: It may be right, but other encodings have other letters in these places.
    SHARED = 2  #: The usual encodings of Latin letters agree on every letter.
    CERTAIN = 3  #: A mark says so, it is valid UTF-8, or there are only letters from a to z.


@dataclass(frozen=True, slots=True, kw_only=True)
class TextEncoding:
    """A text's encoding, the mark in front of it, and whether the encoding is only assumed."""

    name: str
    mark: bytes = b""
    is_assumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtfulText:
    """
    The values of a text whose encoding is assumed.

    Attributes:
        certainty: That of the least certain value.
        values: The values to look at, each once, as they were read; the least certain first.
        row: The row of the first, as far as lines tell it.
    """

    certainty: Certainty
    values: tuple[str, ...]
    row: int


def find_encoding(data: bytes) -> TextEncoding:
    """Return a text's encoding: as the mark says, else UTF-8, else the assumed one."""
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if data.startswith(mark):
            return TextEncoding(name=encoding, mark=mark)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        # One damaged byte, as after a cut or a wrong editor, would turn all other letters into
        # two: "JÃ¼rgen". What mostly is UTF-8 is UTF-8, and the byte is reported.
        is_damaged = 2 * _count_sequence_bytes(data) >= len(_HIGH_BYTE.findall(data))
        return TextEncoding(
            name="utf-8" if is_damaged else ASSUMED_ENCODING, is_assumed=not is_damaged
        )
    return TextEncoding(name="utf-8")


def find_doubt(text: str) -> DoubtfulText | None:
    """Return the values that make an assumed encoding doubtful; None if there is no such letter."""
    judged = [(judge_value(match[0]), match) for match in _VALUE.finditer(text)]
    if not judged:
        return None
    worst = min(certainty for certainty, _ in judged)
    # Of what is garbled, the rest would only distract; what may be right is to be looked at whole.
    is_garbled = worst is Certainty.IMPLAUSIBLE
    chosen = [pair for pair in judged if pair[0] is worst or not is_garbled]
    matches = [match for _, match in sorted(chosen, key=lambda pair: pair[0])]
    return DoubtfulText(
        certainty=worst,
        values=tuple(dict.fromkeys(match[0].strip() for match in matches)),
        row=len(_LINE_BREAK.findall(text, 0, matches[0].start())) + 1,
    )


def judge_value(value: str) -> Certainty:
    """Return how certain it is that a value of Windows-1252 was one."""
    if not _has_plausible_symbols(value) or not all(map(_is_plausible_word, _find_words(value))):
        return Certainty.IMPLAUSIBLE
    others = [(place, letter) for place, letter in enumerate(value) if not letter.isascii()]
    # A symbol at a letter is a letter in the encodings of other systems: "Garc’a" was García.
    is_shared = all(
        letter in _shared_characters() and (_is_letter(letter) or not any(_touches(value, place)))
        for place, letter in others
    )
    return Certainty.SHARED if is_shared else Certainty.UNSURE


def _count_sequence_bytes(data: bytes) -> int:
    return sum(len(sequence) for sequence in _UTF8_SEQUENCE.findall(data))


@cache
def _shared_characters() -> frozenset[str]:
    """Return the characters that have one place in all usual encodings of Latin letters."""
    shared = set()
    for number in range(0x80, 0x100):
        byte = bytes([number])
        character = byte.decode(ASSUMED_ENCODING, "replace")
        rivals = [byte.decode(encoding, "replace") for encoding in _RIVALS]
        # Where others have control characters, which no text contains, they would have a letter
        # elsewhere: of these places only symbols are shared, such as quotation marks.
        rivals = [rival for rival in rivals if rival.isprintable() or _is_letter(character)]
        if all(rival == character for rival in rivals):
            shared.add(character)
    return frozenset(shared)


def _is_letter(character: str) -> bool:
    return character.isalpha() and character not in _NO_LETTERS


def _touches(value: str, place: int) -> tuple[bool, bool]:
    """Return whether a letter stands before a place, and whether one stands after it."""
    before, after = value[max(place - 1, 0) : place], value[place + 1 : place + 2]
    return _is_letter(before), _is_letter(after)


def _has_plausible_symbols(value: str) -> bool:
    accepted = {(True, True): _INSIDE, (False, True): _OPENING, (True, False): _CLOSING}
    return all(
        symbol not in _NEVER and symbol in accepted.get(_touches(value, place), symbol)
        for place, symbol in enumerate(value)
        if not symbol.isascii() and not _is_letter(symbol)
    )


def _find_words(value: str) -> Iterator[str]:
    """Yield the runs of letters in a value."""
    yield from "".join(letter if _is_letter(letter) else " " for letter in value).split()


def _is_plausible_word(word: str) -> bool:
    """Return whether a word may be a Western one: "JŸrgen" and "Ïåòðâ" are not."""
    is_foreign = len(word) > _LONGEST_FOREIGN_WORD and not any(map(str.isascii, word))
    # A capital within a word, unless all of the word is in capitals, or it is Irish: "hÉanaí".
    start = 1 if word[:1].islower() else 0
    has_odd_capital = any(
        letter.isupper() and not letter.isascii() and (before.islower() or after.islower())
        for before, letter, after in zip(
            word[start:], word[start + 1 :], [*word[start + 2 :], ""], strict=False
        )
    )
    return not is_foreign and not has_odd_capital
