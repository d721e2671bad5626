"""
Reads the table of texts of an Excel workbook.

Plain texts are read by one pattern that takes in the whole table, so that nothing is passed over;
texts of several pieces one by one; a table that holds anything else by a parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
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
_TEXT_TAG: Final = "<t>"
_ITEM_HEAD, _ITEM_TAIL = f"<si>{_TEXT_TAG}", "</t></si>"
_FIRST_INDEXES: Final = tuple(map(str, range(4096)))
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
    return dict(zip(_list_indexes(len(texts)), texts, strict=False))


def _list_indexes(count: int) -> Iterable[str]:
    """Return at least so many numbers from 0, as they are written."""
    return _FIRST_INDEXES if count <= len(_FIRST_INDEXES) else map(str, range(count))


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
        texts = _split_plain_texts(table)
        if texts is None:
            texts = [
                plain if not other else _parse_item(other, limits)
                for plain, other in _ITEM.findall(table)
            ]
        if "_x" in table:
            return [_plain_text(text) if "&" in text or "_x" in text else text for text in texts]
        return [_plain_text(text) if "&" in text else text for text in texts]
    except (ValueError, FileRefusal):  # the parser says what is wrong with it
        return None


def _plain_text(text: str) -> str:
    return replace_escapes(replace_entities(text) if "&" in text else text)


def _split_plain_texts(table: str) -> list[str] | None:
    """Return the texts of a table in which each is of one piece; None for all other tables."""
    table = table.replace('<t xml:space="preserve">', _TEXT_TAG)
    if not (table.startswith(_ITEM_HEAD) and table.endswith(_ITEM_TAIL)):
        return None
    texts = table[len(_ITEM_HEAD) : -len(_ITEM_TAIL)].split(_ITEM_TAIL + _ITEM_HEAD)
    # Then no tag stands in any of the texts: those between them are all that there are.
    tags = len(texts) * (_ITEM_HEAD + _ITEM_TAIL).count("<")
    return texts if table.count("<") == tags else None


def _parse_item(item: str, limits: Limits) -> str:
    """
    Return the text of an item in the form of markup, so that it is treated like all others.

    Raises:
        FileRefusal: If it is no item.
    """
    texts = _parse_table(b"<sst>" + item.encode() + b"</sst>", limits)
    if len(texts) != 1 or not item.startswith("<si"):
        raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.MARKUP)
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
