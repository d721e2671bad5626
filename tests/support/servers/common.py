"""What the servers share: programs that must be there, free ports, waiting."""

from __future__ import annotations

import fcntl
import os
import random
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

HOST = "127.0.0.1"
_STEP_SECONDS = 0.02
_PORTS = range(20_000, 32_768)
"""Where no system takes the ports of clients from: such a one would be gone when it is wanted."""


class ServerError(Exception):
    """A server is missing, may not be started, or did not answer in time."""


def need_root(what: str) -> None:
    """
    Raise unless this process is root's.

    Raises:
        ServerError: If it is not.
    """
    if os.geteuid() != 0:
        raise ServerError(f"{what} needs root; run the tests as root, as CI does.")


def program(name: str, package: str, *folders: Path) -> str:
    """
    Return the path of a program, looked for in these folders and on the path.

    Raises:
        ServerError: If it is missing; the message says which package has it.
    """
    places = os.pathsep.join([*map(str, folders), os.environ.get("PATH", ""), "/usr/sbin"])
    found = shutil.which(name, path=places)
    if found is None:
        raise ServerError(f"{name} is missing. On Debian: make test, or apt-get install {package}.")
    return found


def free_ports(count: int, host: str = HOST) -> list[int]:
    """Return ports that nothing listens on now."""
    with ExitStack() as stack:
        held: list[int] = []
        while len(held) < count:
            port, tried = random.choice(_PORTS), stack.enter_context(socket.socket())
            with suppress(OSError):
                tried.bind((host, port))
                held.append(port)
        return held


@contextmanager
def starting_alone() -> Iterator[None]:
    """Let no other tests start a server meanwhile: they would look for free ports as well."""
    path = Path(tempfile.gettempdir()) / f"iml4e-tests-{os.getuid()}.lock"
    with path.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def is_open(port: int, host: str = HOST) -> bool:
    """Return whether something listens on a port."""
    with socket.socket() as tried:
        return tried.connect_ex((host, port)) == 0


def wait_until(happened: Callable[[], bool], seconds: float, otherwise: Callable[[], str]) -> None:
    """
    Return once it happened.

    Raises:
        ServerError: If it did not in time; `otherwise` says what to tell.
    """
    end = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > end:
            raise ServerError(f"{otherwise()} (waited {seconds:g} seconds)")
        time.sleep(_STEP_SECONDS)


def last_words(*logs: Path) -> str:
    """Return the ends of logs, for an error message."""
    texts = (log.read_text(encoding="utf-8", errors="replace") for log in logs if log.exists())
    return "\n".join(text[-2000:] for text in texts)
