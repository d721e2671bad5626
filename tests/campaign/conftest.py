"""Fixtures of the campaign's tests."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.real import MARK
from tests.support.returning import Relay, Rounds
from tests.support.servers.mailhost import MailHost
from tests.support.servers.postgres import PostgresServer

_numbers = itertools.count(1)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=getattr(pytest.mark, MARK))])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty database, of SQLite and then of a real PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'elsewhere.sqlite'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture(scope="module")
def rounds(tmp_path_factory: pytest.TempPathFactory) -> Rounds:
    """Return campaigns of which nothing has come back."""
    return Rounds(tmp_path_factory.mktemp("rounds"))


@pytest.fixture
def inbox(mail_host: MailHost, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the address of an empty mailbox, and put its login into the environment."""
    address = f"inbox{next(_numbers)}@example.org"
    monkeypatch.setenv("IML4E_IMAP_USER", address)
    monkeypatch.setenv("IML4E_IMAP_PASSWORD", mail_host.password)
    return address


@pytest.fixture
def relay(mail_host: MailHost) -> Iterator[Relay]:
    """Yield what stands between us and the mailbox."""
    with Relay(mail_host) as running:
        yield running
