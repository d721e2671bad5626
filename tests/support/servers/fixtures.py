"""Fixtures of the servers; each starts with the first test that asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, Protocol

import pytest

from tests.support.servers.certificates import Certificates, make_certificates
from tests.support.servers.disk import MakesSmallDisks
from tests.support.servers.disk import small_disk as make_small_disk
from tests.support.servers.mailhost import MailHost
from tests.support.servers.postgres import PostgresServer
from tests.support.servers.smtp import SmtpServer


class StartsSmtpServers(Protocol):
    """Starts a mail server, told what `SmtpServer` is told; it ends with the test."""

    def __call__(self, **options: Any) -> SmtpServer:
        """Return a running server."""


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Return certificates for localhost, and such that are to be refused."""
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def smtp_server(certificates: Certificates) -> Iterator[StartsSmtpServers]:
    """Return what starts mail servers that fail as they are told."""
    with ExitStack() as running:
        yield lambda **options: running.enter_context(SmtpServer(certificates, **options))


@pytest.fixture(scope="session")
def mail_host(certificates: Certificates) -> Iterator[MailHost]:
    """Return one Postfix with one Dovecot; tests use addresses of their own."""
    with MailHost(certificates) as host:
        yield host


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Return one PostgreSQL; tests make databases of their own."""
    with PostgresServer() as server:
        yield server


@pytest.fixture
def small_disk() -> MakesSmallDisks:
    """Return what mounts disks that are soon full."""
    return make_small_disk
