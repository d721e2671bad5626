"""Spells texts in encodings that lack some of their characters: by a likeness, or by an escape."""

from __future__ import annotations

import codecs
from typing import Final

from iml4e_xlsx.text.spelling import printable_text

READABLE: Final = "iml4e-readable"
"""Name of the error handler by which Python's streams and `str.encode` spell what they lack."""

PLAIN_ASCII: Final = "plain_ascii"

_EXACT: Final = "backslashreplace"

_LIKENESSES: Final = {
    "█": "#",  # bars
    "░": ".",
    "┃": "|",
    "─": "-",
    "│": "|",
    "–": "-",
    "—": "-",
    "−": "-",
    "…": "...",
    "·": "-",
    "•": "*",
    "→": "->",
    "×": "x",
    "≤": "<=",
    "≥": ">=",
    "▽": "v",
    "△": "^",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "„": '"',
    "\u00a0": " ",
    "\u202f": " ",
}
"""What stands for the characters that texts and tables use themselves."""


def _replace_characters(error: UnicodeError) -> tuple[str | bytes, int]:
    """Return what stands for characters that cannot be encoded, as Python asks for it."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    parts = []
    for at in range(error.start, error.end):
        one = UnicodeEncodeError(error.encoding, error.object, at, at + 1, error.reason)
        escaped, _ = codecs.backslashreplace_errors(one)
        parts.append(_LIKENESSES.get(error.object[at], str(escaped)))
    return "".join(parts), error.end


codecs.register_error(READABLE, _replace_characters)


def _find_codec(name: str) -> codecs.CodecInfo | None:
    """Return the codec of ASCII by the name under which no library takes it for a mistake."""
    return _PLAIN if name == PLAIN_ASCII else None


_ASCII: Final = codecs.lookup("ascii")
_PLAIN: Final = codecs.CodecInfo(
    name=PLAIN_ASCII,
    encode=_ASCII.encode,
    decode=_ASCII.decode,
    incrementalencoder=_ASCII.incrementalencoder,
    incrementaldecoder=_ASCII.incrementaldecoder,
    streamreader=_ASCII.streamreader,
    streamwriter=_ASCII.streamwriter,
)
codecs.register(_find_codec)


def meant_encoding(encoding: str) -> str:
    """Return the encoding to write in: click would write UTF-8 to a stream that says ASCII."""
    return PLAIN_ASCII if codecs.lookup(encoding).name == _ASCII.name else encoding


def encodable_text(text: str, encoding: str) -> str:
    """
    Return a printable text with likenesses or escapes for what the encoding lacks.

    It is as wide as it will be shown, so a table is laid out with it.
    """
    return _respell(text, encoding, READABLE)


def encodable_name(name: str, encoding: str) -> str:
    """Return a printable name with escapes for what the encoding lacks: two names stay two."""
    return _respell(name, encoding, _EXACT)


def _respell(text: str, encoding: str, errors: str) -> str:
    printable = printable_text(text)
    if printable.isascii():
        return printable
    return printable.encode(encoding, errors).decode(encoding)
