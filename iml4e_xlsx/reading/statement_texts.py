"""Finds statements by their texts, whatever white space is in them."""

from __future__ import annotations

from functools import lru_cache

from iml4e_xlsx.model import Scheme


class StatementTexts:
    """
    The texts of a scheme's statements.

    Each text is looked at once: a file may hold one long text in each of its rows.
    """

    def __init__(self, scheme: Scheme) -> None:
        self._keys, self._ids = _join_texts(scheme)
        self._known: dict[str, str | None] = {}

    def find_statement(self, value: object) -> str | None:
        """Return the statement that has a cell's value as its text; None if none has."""
        key = self._find_key(value)
        return None if key is None else self._ids[key]

    def has_text_of(self, value: object, statement: str) -> bool:
        """Return whether a cell's value is the text of a statement."""
        return self._find_key(value) == self._keys[statement]

    def _find_key(self, value: object) -> str | None:
        if not isinstance(value, str):
            return None
        if value not in self._known:
            joined = _join_words(value)
            self._known[value] = joined if joined in self._ids else None
        return self._known[value]


@lru_cache(maxsize=16)
def _join_texts(scheme: Scheme) -> tuple[dict[str, str], dict[str, str]]:
    """Return the key of each statement's text by the statement's id, and the id by the key."""
    keys = {statement.id: _join_words(statement.text) for statement in scheme.statements.values()}
    return keys, {key: statement for statement, key in keys.items()}


def _join_words(text: str) -> str:
    return " ".join(text.split())
