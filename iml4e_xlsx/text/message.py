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
    """Make a message of a key and the values of its text."""
    return Message(key, plain_values(values))


def plain_values(values: Mapping[str, object]) -> dict[str, Value]:
    """Simplify values for a message: enums by value, days as ISO dates, paths as text."""
    return {
        name: value if value.__class__ is str else _simplify(value)
        for name, value in values.items()
    }


def _simplify(value: object) -> Value:
    if isinstance(value, Enum):
        return _simplify(value.value)
    if value is None or isinstance(value, (str, int, float, Message)):
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return tuple(_simplify(item) for item in value)
    return str(value)


def pack_values(values: Mapping[str, Value]) -> dict[str, Any]:
    """Pack values for JSON; `unpack_values` makes them again."""
    return {
        name: value if value.__class__ is str else _pack_value(value)
        for name, value in values.items()
    }


def _pack_value(value: Value) -> Any:
    if isinstance(value, Message):
        return {"key": value.key, "values": pack_values(value.values)}
    if isinstance(value, tuple):
        return [_pack_value(item) for item in value]
    return value


def unpack_values(packed: Mapping[str, Any]) -> dict[str, Value]:
    """Return the values that `pack_values` packed."""
    return {
        name: value if value.__class__ is str else _unpack_value(value)
        for name, value in packed.items()
    }


def _unpack_value(packed: Any) -> Value:
    if isinstance(packed, Mapping):
        return Message(packed["key"], unpack_values(packed["values"]))
    if isinstance(packed, list):
        return tuple(_unpack_value(item) for item in packed)
    value: Value = packed
    return value
