"""Fixtures of the campaign's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.real import MARK
from tests.support.servers.postgres import PostgresServer


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=getattr(pytest.mark, MARK))])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty database, of SQLite and then of a real PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'elsewhere.sqlite'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.new_database()
