"""
Reads the table of texts of an Excel workbook.

Plain texts are read by one pattern that takes in the whole table, so that nothing is passed over;
texts of several pieces one by one; a table that holds anything else by a parser.
"""

from __future__ import annotations

import re
from typing import Final

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.formats.sheet_content import replace_entities, replace_escapes
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason
from iml4e_xlsx.spreadsheets.xml import PROLOG, is_plain, local_name, stream_markup

_HEAD: Final = re.compile(PROLOG + rb"<sst(?: [a-zA-Z:]+=\"[^\"<&]*\")*>")
_TAIL: Final = re.compile(rb"</sst>\s*\Z")
_LONGEST_TAIL: Final = 64
_ITEM: Final = re.compile(
    r'<si><t(?: xml:space="preserve")?>([^<]*)</t></si>|(<si>[\s\S]*?</si>|<si/>|[\s\S]+)'
)
_ITEM_START: Final = re.compile(rb"<(?:[\w.-]+:)?si[\s/>]")
_SHORTEST_ITEM: Final = 5
"""In bytes: `<si/>`."""

_TEXT_PATHS: Final = (["t"], ["r", "t"])
"""Where the pieces of a text stand in its item; a reading aid for Japanese stands elsewhere."""


def read_texts(content: bytes, limits: Limits) -> dict[str, str]:
    """
    Return the texts by their index, written as a number.

    Raises:
        FileRefusal: If the table is no XML, or holds more texts, or longer ones, than it may.
    """
    _check_count(content, limits)
    texts = _scan_texts(content, limits)
    if texts is None:
        texts = _parse_texts(content, limits)
    if len(texts) > limits.strings:
        raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.STRINGS, limit=limits.strings)
    if len(content) > limits.text and max(map(len, texts), default=0) > limits.text:
        raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.TEXT, limit=limits.text)
    return dict(zip(map(str, range(len(texts))), texts, strict=True))


def _check_count(content: bytes, limits: Limits) -> None:
    """Refuse a table that is too long before it takes any memory."""
    if len(content) > limits.strings * _SHORTEST_ITEM and (
        sum(1 for _ in _ITEM_START.finditer(content)) > limits.strings
    ):
        raise FileRefusal(FailureCode.TOO_LARGE, RefusalReason.STRINGS, limit=limits.strings)


def _scan_texts(content: bytes, limits: Limits) -> list[str] | None:
    """Return the texts of a table in the usual form; None if it has another."""
    head = _HEAD.match(content)
    tail = _TAIL.search(content, max(0, len(content) - _LONGEST_TAIL))
    if head is None or tail is None or not is_plain(content, head.end()):
        return None
    try:
        table = content[head.end() : tail.start()].decode()
        texts = [
            plain if not other else _parse_item(other, limits)
            for plain, other in _ITEM.findall(table)
        ]
        if "&" in table:
            texts = [replace_entities(text) if "&" in text else text for text in texts]
    except (ValueError, FileRefusal):  # the parser says what is wrong with it
        return None
    return list(map(replace_escapes, texts)) if "_x" in table else texts


def _parse_item(item: str, limits: Limits) -> str:
    """
    Return the text of an item in the form of markup, so that it is treated like all others.

    Raises:
        FileRefusal: If it is no item.
    """
    texts = _parse_table(b"<sst>" + item.encode() + b"</sst>", limits)
    if len(texts) != 1 or not item.startswith("<si"):
        raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.MARKUP, detail="si")
    return texts[0].replace("&", "&amp;")


def _parse_texts(content: bytes, limits: Limits) -> list[str]:
    return list(map(replace_escapes, _parse_table(content, limits)))


def _parse_table(content: bytes, limits: Limits) -> list[str]:
    """Return the texts of a table as a parser reads them; FileRefusal if it is no XML."""
    texts: list[str] = []
    pieces: list[str] = []
    path: list[str] = []

    def start(tag: str, _: dict[str, str]) -> None:
        path.append(local_name(tag))
        if path[1:] == ["si"]:
            pieces.clear()

    def end(_: str) -> None:
        if path[1:] == ["si"]:
            texts.append("".join(pieces))
        path.pop()

    def add_text(text: str) -> None:
        if path[1:2] == ["si"] and path[2:] in _TEXT_PATHS:
            pieces.append(text)

    stream_markup(content, limits, start, end, add_text)
    return texts
