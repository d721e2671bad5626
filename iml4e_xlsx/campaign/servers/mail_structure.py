"""Tells from the structure of a mail (BODYSTRUCTURE, RFC 3501) whether it may hold a workbook."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from pathlib import PurePath
from typing import Any, Final

_BODY_OF_MAIL: Final = 8
"""Where the structure of a mail in a mail stands among what is said of it (RFC 3501)."""

_NEVER: Final = (
    *(".pdf", ".png", ".jpg", ".jpeg", ".gif", ".svg"),
    *(".ics", ".vcf", ".p7s", ".sig", ".mp4", ".mov", ".html", ".htm"),
)
"""
Suffixes of attachments that hold no workbook, whatever type their mail gives them.

Those of documents are not among them: people rename workbooks to pass a mail filter.
"""

_SIZE_OF_PART: Final = 6
"""Where the number of bytes of a part stands among what is said of it (RFC 3501)."""

_LEAST_UUENCODED: Final = 8_000
"""A workbook that stands uuencoded in a text makes it longer than this."""


def may_hold_workbook(answer: Any) -> bool:
    """Return whether a mail has an attachment that may be a workbook, or reports a bounce."""
    structure = answer.get(b"BODYSTRUCTURE")
    return structure is None or any(_may_matter(part) for part in _leaf_parts(structure))


def may_name_workbook(name: str) -> bool:
    """Return whether a file of this name may hold a workbook; one without a name may."""
    return PurePath(name.lower()).suffix not in _NEVER


def _leaf_parts(structure: Any) -> Iterator[Any]:
    """Yield the parts that are no multipart, also those of forwarded mails."""
    first = structure[0] if isinstance(structure, tuple) and structure else None
    if isinstance(first, list):
        inner = first
    elif isinstance(first, tuple):  # within a forwarded mail, as the server sends it
        inner = list(takewhile(lambda part: isinstance(part, tuple), structure))
    elif _is_mail(structure):
        inner = [structure[_BODY_OF_MAIL]]
    else:
        yield structure
        return
    for part in inner:
        yield from _leaf_parts(part)


def _is_mail(part: Any) -> bool:
    if not isinstance(part, tuple) or len(part) <= _BODY_OF_MAIL:
        return False
    kind, subtype = part[:2]
    return (
        isinstance(kind, bytes)
        and isinstance(subtype, bytes)
        and kind.lower() == b"message"
        and subtype.lower() in (b"rfc822", b"global")
        and isinstance(part[_BODY_OF_MAIL], tuple)
    )


def _may_matter(part: Any) -> bool:
    if not isinstance(part, tuple) or len(part) < 2 or not isinstance(part[0], bytes):  # noqa: PLR2004
        return True  # a structure that we do not understand: look at the mail itself
    kind = part[0].lower()
    if kind == b"message":
        return True
    names = list(_file_names(part))
    if names:
        return any(may_name_workbook(name) for name in names)
    return kind == b"application" or _may_be_uuencoded(part)


def _may_be_uuencoded(part: Any) -> bool:
    """Return whether a text is so long that a workbook may stand in it."""
    is_plain = [value.lower() for value in part[:2] if isinstance(value, bytes)] == [
        b"text",
        b"plain",
    ]
    return (
        is_plain
        and len(part) > _SIZE_OF_PART
        and isinstance(part[_SIZE_OF_PART], int)
        and part[_SIZE_OF_PART] >= _LEAST_UUENCODED
    )


def _file_names(part: Any) -> Iterator[str]:
    """Yield a part's file name, from its type, its disposition or both."""
    for value in part:
        is_disposition = isinstance(value, tuple) and len(value) == 2  # noqa: PLR2004
        pairs = value[1] if is_disposition and isinstance(value[1], tuple) else value
        if isinstance(pairs, tuple) and len(pairs) % 2 == 0:
            for key, text in zip(pairs[::2], pairs[1::2], strict=True):
                is_name = isinstance(key, bytes) and key.lower().startswith((b"filename", b"name"))
                if is_name and isinstance(text, bytes):
                    yield text.decode("utf-8", "replace")
