"""Counts calls: what is done once for many costs the same, however busy the machine is."""

from __future__ import annotations

from typing import Any

import pytest


def counted(monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> list[int]:
    """Count the calls of a method; return the list that gets an entry for each."""
    calls: list[int] = []
    method = getattr(owner, name)

    def count(*args: Any, **kwargs: Any) -> Any:
        calls.append(1)
        return method(*args, **kwargs)

    monkeypatch.setattr(owner, name, count)
    return calls
