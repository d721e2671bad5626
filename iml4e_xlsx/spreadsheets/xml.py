"""Parses the XML of a returned workbook, without entities and to a limited depth."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Concatenate, Final, ParamSpec, TypeAlias, TypeVar

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason

_BRACKET: Final = "}"
_Arguments = ParamSpec("_Arguments")
_Reading = TypeVar("_Reading")

_MOST_KEPT, _LARGEST_KEPT = 16, 1 << 16
"""How many parts are kept, and how large each may be: 1 MB in all, times what is made of it."""


PROLOG: Final = (
    rb"(?:\xef\xbb\xbf)?(?:<\?xml version=[\"']1\.0[\"'](?: encoding=[\"'](?:UTF|utf)-8[\"'])?"
    rb"(?: standalone=[\"'](?:yes|no)[\"'])? ?\?>)?\s*"
)
"""A pattern of what may stand before the root of a part in UTF-8 without a document type."""

_CHANGED: Final = tuple(bytes([code]) for code in range(0x20) if code not in b"\t\n")
"""Characters that XML forbids, and an end of line that a parser changes."""

_ODD: Final = (b"]]>", b"\xef\xbf\xbe", b"\xef\xbf\xbf")


def is_plain(content: bytes, start: int) -> bool:
    """
    Return whether a pattern may read a part in UTF-8 from here on as a parser would.

    No text in it then holds an end of line that a parser changes, or a character that XML forbids;
    entities and tags are left to the pattern.
    """
    # A search for one byte takes a tenth of the time of one for several, or of a pattern.
    if any(character in content for character in _CHANGED):
        return False
    return not any(mark[:1] in content and content.find(mark, start) >= 0 for mark in _ODD)


def keep_readings(
    read: Callable[Concatenate[bytes, _Arguments], _Reading],
) -> Callable[Concatenate[bytes, _Arguments], _Reading]:
    """
    Keep what a function reads in small parts: those of one round's workbooks are alike.

    It must return the same for the same bytes, and nobody may change what it returns.
    """
    kept = lru_cache(maxsize=_MOST_KEPT)(read)

    def read_or_find(
        content: bytes, /, *arguments: _Arguments.args, **named: _Arguments.kwargs
    ) -> _Reading:
        if len(content) > _LARGEST_KEPT:
            return read(content, *arguments, **named)
        return kept(content, *arguments, **named)  # type: ignore[arg-type] # limits and flags

    return read_or_find


StartHandler: TypeAlias = Callable[[str, dict[str, str]], object]
"""Takes the name of an element, with its name space in front, and its attributes."""


def stream_markup(
    content: bytes,
    limits: Limits,
    on_start: StartHandler,
    on_end: Callable[[str], object] | None = None,
    on_text: Callable[[str], object] | None = None,
) -> None:
    """
    Call functions for the elements and texts of a part as it is parsed; nothing of it is kept.

    A name space and a name are joined by a bracket: `http://…/main}row`.

    Raises:
        FileRefusal: If it is no XML, declares a document type, or its elements lie too deep.
    """
    from xml.parsers import expat

    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > limits.nesting:
            raise FileRefusal(
                FailureCode.BROKEN_WORKBOOK, RefusalReason.NESTING, limit=limits.nesting
            )
        on_start(name, attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        if on_end is not None:
            on_end(name)

    machine = expat.ParserCreate(namespace_separator=_BRACKET)
    machine.buffer_text = True
    machine.StartElementHandler = start
    machine.EndElementHandler = end
    machine.CharacterDataHandler = on_text
    machine.StartDoctypeDeclHandler = _refuse_doctype
    try:
        machine.Parse(content, True)  # noqa: FBT003 - it is the last part of the document
    except expat.ExpatError as error:
        raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.MARKUP) from error
    except (LookupError, ValueError) as error:  # an encoding that nobody knows
        raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.ENCODING) from error


def _refuse_doctype(*_: object) -> None:
    """Refuse a declaration of a document type: no workbook has one, and entities need it."""
    raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.ENTITIES)


def local_name(name: str) -> str:
    """Return a name without its name space."""
    return name.rpartition(_BRACKET)[2]
