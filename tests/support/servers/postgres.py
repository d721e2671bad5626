"""A real PostgreSQL with databases to throw away."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Self

import psycopg

from tests.support.real import require_mark
from tests.support.servers.common import (
    HOST,
    ServerError,
    free_ports,
    last_words,
    program,
    starting_alone,
    wait_until,
)
from tests.support.servers.guard import ExitGuard, ending

_SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "100",
}
_SECONDS = 120


class PostgresServer:
    """
    One PostgreSQL in a folder of its own; a context manager.

    It refuses to be root's, so root starts it as the user `postgres`. Nothing of it is written
    through to the disk: it is fast, and not there to survive a power cut.
    """

    host = HOST
    user = "postgres"
    password = "secret"

    def __init__(self) -> None:
        self.port = 0
        self._folder = Path()
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: ExitGuard | None = None
        self._numbers = itertools.count(1)

    def __enter__(self) -> Self:
        """
        Start it.

        Raises:
            ServerError: If PostgreSQL is missing or does not start.
        """
        require_mark("PostgreSQL")
        binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
        initdb = program("initdb", "postgresql", *binaries)
        postgres = program("postgres", "postgresql", *binaries)
        self._folder = Path(tempfile.mkdtemp(prefix="postgres-"))
        try:
            self._make(initdb)
            with starting_alone():
                self.port = free_ports(1)[0]
                self._start(postgres)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End it and remove its folder."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)  # it then ends the connections that are left
            self._process.wait(timeout=_SECONDS)
        self._process = None
        if self._guard is not None:
            self._guard.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def new_database(self) -> str:
        """Return the address, for SQLAlchemy, of a database that was made for it: empty, UTF-8."""
        name = f"test_{next(self._numbers)}"
        with self._connection() as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        place = f"{self.user}:{self.password}@{self.host}:{self.port}"
        return f"postgresql+psycopg://{place}/{name}"

    def _make(self, initdb: str) -> None:
        password = self._folder / "password"
        password.write_text(self.password, encoding="ascii")
        if os.geteuid() == 0:
            for path in (self._folder, password):
                shutil.chown(path, "postgres", "postgres")
        done = subprocess.run(
            [
                *(initdb, "--pgdata", self._folder / "data", "--username", self.user),
                *("--auth=scram-sha-256", "--pwfile", password),
                *("--encoding=UTF8", "--no-locale", "--no-sync"),
            ],
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
            **self._as_postgres(),
        )
        if done.returncode != 0:
            raise ServerError(f"PostgreSQL could not be set up. {done.stderr}")

    def _start(self, postgres: str) -> None:
        options = [word for item in _SETTINGS.items() for word in ("-c", "=".join(item))]
        log = self._folder / "log"
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [postgres, "-D", self._folder / "data", "-p", str(self.port), *options],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                **self._as_postgres(),
            )
        self._guard = ExitGuard(self._folder, ending(self._process.pid, "INT"))
        wait_until(
            self._answers, _SECONDS, lambda: f"PostgreSQL does not answer. {last_words(log)}"
        )

    def _answers(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise ServerError(f"PostgreSQL stopped. {last_words(self._folder / 'log')}")
        try:
            self._connection().close()
        except psycopg.OperationalError:
            return False
        return True

    def _connection(self) -> psycopg.Connection[Any]:
        return psycopg.connect(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            dbname="postgres",
            autocommit=True,
        )

    def _as_postgres(self) -> dict[str, Any]:
        """Return how to start a program of PostgreSQL's: not as root, in a folder it may enter."""
        if os.geteuid() != 0:
            return {"cwd": self._folder}
        return {
            "cwd": self._folder,
            "user": "postgres",
            "group": "postgres",
            "extra_groups": [],
        }
