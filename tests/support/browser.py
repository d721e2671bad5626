"""A real browser that opens a report, and says what it saw."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, Protocol

from tests.support.programs import FOLDER
from tests.support.real import require_mark

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


class Looks(Protocol):
    """Opens a page and tells what is on it; see `look`."""

    def __call__(self, page: Path, *, width: int = 1280, mode: str = "light") -> dict[str, Any]:
        """Return what a browser found."""


def look(page: Path, *, width: int = 1280, mode: str = "light") -> dict[str, Any]:
    """
    Return what a browser found on a page.

    `text`, `scripts` (how many), `width` of the content in pixels, `messages` of the console,
    `requests` beyond the page, `violations` of WCAG 2.1 A and AA that axe-core found.
    """
    node, script = shutil.which("node"), FOLDER / "look.cjs"
    done = subprocess.run(
        [str(node), script, _find_browser(), page.resolve(), str(width), mode],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def print_page(page: Path, pdf: Path) -> None:
    """Print a page with a browser, as somebody does who was sent it."""
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer")
    subprocess.run(
        [_find_browser(), *options, f"--print-to-pdf={pdf.resolve()}", page.resolve().as_uri()],
        capture_output=True, timeout=300, check=True,
    )  # fmt: skip


def _find_browser() -> str:
    require_mark("a browser")
    browser = next(filter(None, map(shutil.which, _NAMES)), None)
    if browser is None and _MAC.exists():
        browser = str(_MAC)
    assert browser is not None, "Chromium is missing; `make test` installs it on Debian"
    return browser
