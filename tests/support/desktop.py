"""
A screen of a laptop with LibreOffice on it, and a keyboard: what a respondent has.

Each has an X server of its own, without a network. Nothing is waited for by the clock: a wait ends
with what was waited for, or fails after minutes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from tests.support.real import require_mark

SCREEN: Final = (1366, 768)
_SECONDS: Final = 300

_SETTINGS: Final = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Misc">
<prop oor:name="ShowTipOfTheDay" oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Save/Document">
<prop oor:name="WarnAlienFormat" oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Setup/Product">
<prop oor:name="ooSetupLastVersion" oor:op="fuse"><value>99.9</value></prop></item>
</oor:items>
"""
"""Somebody has used the program before: no tip of the day, and files keep their format."""


class Desktop:
    """A screen on which a workbook is open."""

    def __init__(self, environment: dict[str, str], window: str) -> None:
        self.environment = environment
        self.window = window

    def press(self, *keys: str) -> None:
        """Press keys one after another, as `xdotool` names them."""
        self._tell("key", "--delay", "20", *keys)

    def type_text(self, text: str) -> None:
        """Type a text."""
        self._tell("type", "--delay", "20", text)

    def open_windows(self) -> list[str]:
        """Return the windows on the screen that have a name: a dialog is one more."""
        found = self._tell("search", "--onlyvisible", "--name", ".+")
        return sorted(set(found.split()))

    def take_picture(self, target: Path) -> None:
        """Write what is on the screen to a picture."""
        command = [_find_program("import"), "-window", "root", str(target)]
        subprocess.run(command, check=True, env=self.environment, timeout=_SECONDS)

    def _tell(self, *words: str) -> str:
        return tell(self.environment, *words)


def tell(environment: dict[str, str], *words: str) -> str:
    """Tell the screen's robot something, and return what it answers."""
    answer = subprocess.run(
        [_find_program("xdotool"), *words],
        check=False,
        capture_output=True,
        encoding="utf-8",
        env=environment,
        timeout=_SECONDS,
    )
    return answer.stdout


@contextmanager
def open_desktop(workbook: Path) -> Iterator[Desktop]:
    """Give a screen with a workbook open on it; end everything afterwards."""
    require_mark("Xvfb")
    folder = Path(tempfile.mkdtemp(prefix="desktop-"))
    user = folder / "profile" / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
    with _started_screen() as display:
        environment = {**os.environ, "DISPLAY": display, "SAL_USE_VCLPLUGIN": "gen"}
        command = [
            _find_program("soffice"),
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--norestore",
            "--nologo",
            "--nofirststartwizard",
            str(workbook),
        ]
        with (folder / "soffice.log").open("wb") as log:
            office = subprocess.Popen(
                command, stdout=log, stderr=log, env=environment, start_new_session=True
            )
        try:
            yield Desktop(environment, _find_window(environment, workbook.name))
        finally:
            _end(office)
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _started_screen() -> Iterator[str]:
    """Start a screen that nobody else has, and give its name."""
    reading, writing = os.pipe()
    size = f"{SCREEN[0]}x{SCREEN[1]}x24"
    server = subprocess.Popen(
        [
            _find_program("Xvfb"),
            "-displayfd",
            str(writing),
            "-screen",
            "0",
            size,
            "-nolisten",
            "tcp",
        ],
        pass_fds=[writing],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as names:
            yield f":{names.readline().strip()}"  # written once the server takes connections
    finally:
        _end(server)


def _find_window(environment: dict[str, str], name: str) -> str:
    """Wait for the window of a workbook, let it fill the screen, and give it the keyboard."""
    found = tell(environment, "search", "--sync", "--onlyvisible", "--name", name).split()
    if not found:
        raise AssertionError(f"no window shows {name}")
    window = found[0]
    for words in _placements(window):
        tell(environment, *words)
    return window


def _placements(window: str) -> Sequence[Sequence[str]]:
    width, height = map(str, SCREEN)
    return (
        ("windowmove", window, "0", "0"),
        ("windowsize", window, width, height),
        ("windowfocus", "--sync", window),
    )


def _find_program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise AssertionError(f"{name} is missing; `make test` installs it")
    return found


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process with all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, 9)
    process.wait()
