"""A real LibreOffice for the tests: opens workbooks, types into them, recalculates, saves."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self, TypeAlias

Cell: TypeAlias = tuple[str, str]
"""A sheet's name and an address such as `E9`."""

Value: TypeAlias = str | float | None

_PYTHONS = (
    "/usr/bin/python3",
    "/Applications/LibreOffice.app/Contents/Resources/python",
)
_OFFICES = ("soffice", "/Applications/LibreOffice.app/Contents/MacOS/soffice")
_MISSING = (
    "{what} is missing. On Debian: apt-get install libreoffice-calc python3-uno poppler-utils; "
    "on macOS: brew install --cask libreoffice, brew install poppler."
)


class OfficeError(Exception):
    """LibreOffice is missing, refused, or did not answer in time."""


class Office:
    """One LibreOffice process with a profile of its own; a context manager."""

    def __init__(self, seconds: float = 180) -> None:
        self.seconds = seconds
        self._folder = tempfile.TemporaryDirectory(prefix="office-", ignore_cleanup_errors=True)
        self._processes: list[subprocess.Popen[Any]] = []
        self._helper: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        """Return itself; the program starts with the first request."""
        return self

    def __exit__(self, *_: object) -> None:
        """End all processes."""
        for process in reversed(self._processes):
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with suppress(OSError):
                        stream.close()
        self._processes.clear()
        self._folder.cleanup()

    def edit(
        self,
        source: Path,
        cells: Mapping[Cell, Value] | None = None,
        *,
        typed: Mapping[Cell, str] | None = None,
        targets: Mapping[str, Path] | None = None,
        read: Sequence[Cell] = (),
    ) -> dict[Cell, Value]:
        """
        Open a workbook, write, recalculate, save copies, and return cells.

        Args:
            source: The workbook; it stays as it is.
            cells: Values as chosen from a list: text as text, numbers as numbers, None empties.
            typed: Texts as typed by a person: "1/2" becomes a date, "=1+1" a formula.
            targets: Where to save copies, by format: xlsx, xlsm, ods, xls, fods, pdf.
            read: The cells to return after recalculation; an error is its text, such as "#N/A".

        Raises:
            OfficeError: If a cell is locked, or LibreOffice fails.
        """
        writes = [[sheet, cell, value, False] for (sheet, cell), value in (cells or {}).items()]
        writes += [[sheet, cell, text, True] for (sheet, cell), text in (typed or {}).items()]
        values = self._ask(
            action="edit",
            source=str(source.resolve()),
            cells=writes,
            targets=[[kind, str(path.resolve())] for kind, path in (targets or {}).items()],
            read=[list(cell) for cell in read],
        )
        return dict(zip(read, values, strict=True))

    def evaluate(
        self, source: Path, batches: Iterable[Mapping[Cell, Value]], read: Sequence[Cell]
    ) -> list[list[Value]]:
        """
        Return the same cells after each of many sets of values, the document open all along.

        Each set gives a value to the same cells, which must be unlocked; empty cells and empty
        texts both come back as empty text.
        """
        sets = list(batches)
        cells = list(sets[0])
        rows: list[list[Value]] = self._ask(
            action="evaluate",
            source=str(source.resolve()),
            write=[list(cell) for cell in cells],
            batches=[[batch[cell] for cell in cells] for batch in sets],
            read=[list(cell) for cell in read],
        )
        return rows

    def validation(self, source: Path, cell: Cell) -> dict[str, Any]:
        """Return a cell's validation: type, formula, title, message, alert."""
        found: dict[str, Any] = self._ask(
            action="validation", source=str(source.resolve()), sheet=cell[0], cell=cell[1]
        )
        return found

    def heights(self, source: Path, sheet: str, first: int, last: int) -> list[tuple[float, float]]:
        """Return each row's height and the height that its text needs, in points; rows from 0."""
        found = self._ask(
            action="heights", source=str(source.resolve()), sheet=sheet, first=first, last=last
        )
        return [(given, needed) for given, needed in found]

    def _ask(self, **request: object) -> Any:
        helper = self._running()
        assert helper.stdin is not None
        assert helper.stdout is not None
        timer = threading.Timer(self.seconds, helper.kill)
        timer.start()
        try:
            helper.stdin.write(json.dumps(request) + "\n")
            helper.stdin.flush()
            line = helper.stdout.readline()
        except OSError as error:
            raise OfficeError(f"LibreOffice stopped: {error}") from error
        finally:
            timer.cancel()
        if not line:
            raise OfficeError(f"LibreOffice did not answer within {self.seconds:g} seconds.")
        answer = json.loads(line)
        if "error" in answer:
            raise OfficeError(answer["error"])
        return answer["result"]

    def _running(self) -> subprocess.Popen[str]:
        if self._helper is not None and self._helper.poll() is None:
            return self._helper
        pipe = Path(self._folder.name).name
        profile = (Path(self._folder.name) / "profile").as_uri()
        office = [
            _first(_OFFICES, "LibreOffice"),
            f"-env:UserInstallation={profile}",
            "--headless",
            "--norestore",
            "--nologo",
            "--nodefault",
            f"--accept=pipe,name={pipe};urp;",
        ]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._processes.append(subprocess.Popen(office, **quiet))  # type: ignore[call-overload]
        server = str(Path(__file__).with_name("office_server.py"))
        helper = subprocess.Popen(
            [_python_with_uno(), server, pipe],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._processes.append(helper)
        assert helper.stdout is not None
        if "ready" not in helper.stdout.readline():
            raise OfficeError("LibreOffice did not start.")
        self._helper = helper
        return helper


def _first(names: Iterable[str], what: str) -> str:
    for name in names:
        found = shutil.which(name)
        if found:
            return found
    raise OfficeError(_MISSING.format(what=what))


def _python_with_uno() -> str:
    for name in _PYTHONS:
        if Path(name).exists():
            tried = subprocess.run([name, "-c", "import uno"], capture_output=True, check=False)
            if tried.returncode == 0:
                return name
    raise OfficeError(_MISSING.format(what="The Python module uno"))


def render(pdf: Path, folder: Path, dots_per_inch: int = 80) -> list[Path]:
    """Return a PDF's pages as pictures."""
    program = _first(["pdftoppm"], "pdftoppm")
    prefix = folder / pdf.stem
    subprocess.run([program, "-r", str(dots_per_inch), "-png", pdf, prefix], check=True)
    return sorted(folder.glob(f"{pdf.stem}-*.png"))
