"""Reads the clock: the time at which a command works."""

from __future__ import annotations

from datetime import UTC, datetime


def current_time() -> datetime:
    """Return now, in UTC."""
    return datetime.now(UTC)
