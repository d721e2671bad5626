"""
Starts a LibreOffice with an empty profile and ends it, for `office_server.py`, which lies beside.

Keeps to what Python 3.8 understands, because LibreOffice may bring an old one.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Iterator  # noqa: UP035 - for an old Python

import uno  # type: ignore[import-not-found, unused-ignore]

START_SECONDS = 90


@contextmanager
def open_office(soffice: str, folder: Path, pipe: str) -> Iterator[Any]:
    """Give the desktop of a LibreOffice with an empty profile; end it and remove its folder."""
    command = [
        soffice,
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        "--invisible",
        "--norestore",
        "--nologo",
        "--nodefault",
        "--nofirststartwizard",
        f"--accept=pipe,name={pipe};urp;",
    ]
    with (folder / "soffice.log").open("wb") as log:
        office = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        desktop = connected(office, pipe)
        yield desktop
        with suppress(Exception):
            desktop.terminate()
    finally:
        ended(office)
        shutil.rmtree(str(folder), ignore_errors=True)


def connected(office: subprocess.Popen[bytes], pipe: str) -> Any:
    """Return the office's desktop, waiting until it is up."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext(
        "com.sun.star.bridge.UnoUrlResolver", local
    )
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            break
        except Exception as error:  # noqa: BLE001 - UNO's own, not a Python class on all systems
            if office.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"soffice did not start (exit {office.poll()}): {error}") from None
            time.sleep(0.05)
    return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)


def ended(office: subprocess.Popen[bytes]) -> None:
    """Wait until LibreOffice has ended; make it end if it does not by itself."""
    for end in (None, office.terminate, office.kill):
        if end is not None:
            end()
        with suppress(subprocess.TimeoutExpired):
            office.wait(timeout=10)
            return
