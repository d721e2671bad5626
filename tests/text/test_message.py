"""Messages: values that JSON can hold, and the same message again."""

from __future__ import annotations

import json
from datetime import date, datetime
from enum import Enum
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iml4e_xlsx.text.message import Message, Value, message, pack_values, unpack_values

PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES: st.SearchStrategy[Value] = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner).map(tuple)
        | st.builds(Message, st.text(), st.dictionaries(st.text(), inner))
    ),
)


class Colour(Enum):
    """An enum of the code."""

    RED = "red"


@pytest.mark.slow
@given(st.dictionaries(st.text(), VALUES))
def test_any_values_come_back_from_json(values: dict[str, Value]) -> None:
    """Also messages in messages, and lists of both."""
    assert unpack_values(json.loads(json.dumps(pack_values(values)))) == values


@pytest.mark.slow
@given(st.text(), st.dictionaries(st.text().map(lambda name: f"x{name}"), VALUES))
def test_plain_values_stay_as_they_are(key: str, values: dict[str, Value]) -> None:
    """A message holds them unchanged."""
    assert message(key, **values) == Message(key, values)


def test_other_values_become_plain_ones() -> None:
    """Enums, dates, paths and lists, as they are shown and stored."""
    made = message(
        "a.key",
        colour=Colour.RED,
        day=date(2026, 11, 23),
        moment=datetime(2026, 11, 23, 9, 30),  # noqa: DTZ001 - shown as it is
        path=PurePosixPath("a/b.xlsx"),
        names=["a", Colour.RED],
        inner=message("b.key", day=date(2026, 1, 1)),
    )

    assert made.values == {
        "colour": "red",
        "day": "2026-11-23",
        "moment": "2026-11-23T09:30:00",
        "path": "a/b.xlsx",
        "names": ("a", "red"),
        "inner": Message("b.key", {"day": "2026-01-01"}),
    }
