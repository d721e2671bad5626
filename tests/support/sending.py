"""Holds what the tests of sending share."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.mailing import (
    FakeClock,
    environment,
)
from tests.support.servers.smtp import SmtpServer

ANN, BEN, CAY = "ann@example.org", "ben@example.org", "cay@example.org"


def let_in(monkeypatch: pytest.MonkeyPatch, server: SmtpServer) -> None:
    """Put the right login into the environment."""
    for name, value in environment(server).items():
        monkeypatch.setenv(name, value)


def campaign_now() -> Any:
    """Return a moment for transactions that only read."""
    return FakeClock().now()
