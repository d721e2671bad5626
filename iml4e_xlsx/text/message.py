"""Defines a message: the key of a text and the values in it, which wait for a language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Any, TypeAlias, Union

Value = Union[str, int, float, bool, None, "Message", tuple["Value", ...]]
"""What goes into a text: plain values, messages in the same language, and lists of these."""


@dataclass(frozen=True, slots=True)
class Message:
    """A text by its key, with the values that go in; `Texts.render` says it in a language."""

    key: str
    values: Mapping[str, Value] = field(default_factory=dict)


TextValue: TypeAlias = str | Message
"""A text that is data, or words of our own, which wait for their language."""


def message(key: str, **values: object) -> Message:
    """Make a message of a key and whatever values its text names."""
    return Message(key, plain_values(values))


def plain_values(values: Mapping[str, object]) -> dict[str, Value]:
    """Return values as a message holds them: enums by value, days as ISO dates, paths as text."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: object) -> Value:
    if isinstance(value, Enum):
        return _plain(value.value)
    if value is None or isinstance(value, str | int | float | Message):
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return tuple(_plain(item) for item in value)
    return str(value)


def pack_values(values: Mapping[str, Value]) -> dict[str, Any]:
    """Return values as JSON can hold them; `unpack_values` makes them again."""
    return {name: _pack(value) for name, value in values.items()}


def _pack(value: Value) -> Any:
    if isinstance(value, Message):
        return {"key": value.key, "values": pack_values(value.values)}
    if isinstance(value, tuple):
        return [_pack(item) for item in value]
    return value


def unpack_values(packed: Mapping[str, Any]) -> dict[str, Value]:
    """Return the values that `pack_values` packed."""
    return {name: _unpack(value) for name, value in packed.items()}


def _unpack(packed: Any) -> Value:
    if isinstance(packed, Mapping):
        return Message(packed["key"], unpack_values(packed["values"]))
    if isinstance(packed, list):
        return tuple(_unpack(item) for item in packed)
    value: Value = packed
    return value
