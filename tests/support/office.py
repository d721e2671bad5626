"""
A real LibreOffice for the tests: opens workbooks, types into them, recalculates, saves.

`Office` starts a helper (`office_server.py`) under a Python that has LibreOffice's module `uno`,
which the tests' own Python seldom has. The helper starts LibreOffice, and the two exchange JSON
lines. Cells come back the same way everywhere:

* a number, a date, and TRUE or FALSE as a float;
* text as text, and a formula that yields no text as "";
* a cell with nothing in it as None;
* an error as LibreOffice shows it: "#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "Err:502".
"""

from __future__ import annotations

import atexit
import functools
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self, TypeAlias, TypedDict

from tests.support.real import require_mark

Cell: TypeAlias = tuple[str, str]
"""A sheet's name and an address such as `E9`."""

Value: TypeAlias = str | float | None
"""What a cell holds; see above."""

_SERVER = Path(__file__).with_name("office_server.py")
OFFICES = ("soffice", "libreoffice", "/Applications/LibreOffice.app/Contents/MacOS/soffice")
_PYTHONS = (
    "/usr/bin/python3",
    "/Applications/LibreOffice.app/Contents/Resources/python",
    "python3",
    sys.executable,
)
_MISSING = (
    "{what} is missing. On Debian: apt-get install libreoffice-calc python3-uno poppler-utils; "
    "on macOS: brew install --cask libreoffice, brew install poppler."
)
_PIPES = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108 - where LibreOffice puts its pipes
_END_SECONDS = 60


class OfficeError(Exception):
    """LibreOffice is missing, refused, or did not answer in time."""


class Validation(TypedDict):
    """What a cell takes, in LibreOffice's words, and what it says beside it."""

    type: str
    """ANY, WHOLE, DECIMAL, DATE, TIME, TEXT_LEN, LIST or CUSTOM."""
    operator: str
    formula: str
    formula2: str
    entries: list[str]
    """The texts of a list given in place; none when the list is a range."""
    dropdown: bool
    ignore_blank: bool
    title: str
    message: str
    shows_message: bool
    alert: str
    """STOP, WARNING, INFO or MACRO."""
    error_title: str
    error_message: str
    shows_error: bool


class Office:
    """
    One LibreOffice process with a profile of its own; a context manager.

    Starts with the first request. A request that takes longer than `seconds` ends the process;
    the next one starts another. Sources are opened as copies and stay as they are. `programs` are
    the names that LibreOffice may have, the first of which is taken that is there.
    """

    def __init__(self, seconds: float = 300, programs: Sequence[str] = OFFICES) -> None:
        self.seconds = seconds
        self.programs = programs
        self._helper: subprocess.Popen[str] | None = None
        self.folder = Path()

    def __enter__(self) -> Self:
        """Return itself; the program starts with the first request."""
        return self

    def __exit__(self, *_: object) -> None:
        """End all processes."""
        self.close()

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
        Open a workbook, write, recalculate everything, save copies, and return cells.

        Args:
            source: The workbook; it stays as it is.
            cells: Values as chosen from a list: text as text, numbers as numbers, None clears.
                LibreOffice holds no such value against a validation.
            typed: Texts as typed by a person: "1/2" becomes a date, "=1+1" a formula.
            targets: Where to save copies, by format: xlsx, xlsm, ods, fods, xls, pdf.
            read: The cells to return after recalculation.

        Raises:
            OfficeError: If a cell is locked on a protected sheet, or LibreOffice fails.
        """
        writes = [[sheet, cell, value, False] for (sheet, cell), value in (cells or {}).items()]
        writes += [[sheet, cell, text, True] for (sheet, cell), text in (typed or {}).items()]
        values = self._ask(
            "edit",
            source,
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

        Each set stands for itself: a cell that another set names and this one does not is empty.

        Raises:
            OfficeError: If a cell is locked on a protected sheet, or LibreOffice fails.
        """
        sets = list(batches)
        cells = list(dict.fromkeys(cell for one in sets for cell in one))
        rows: list[list[Value]] = self._ask(
            "evaluate",
            source,
            write=[list(cell) for cell in cells],
            batches=[[one.get(cell) for cell in cells] for one in sets],
            read=[list(cell) for cell in read],
        )
        return rows

    def locked(self, source: Path, cells: Sequence[Cell]) -> dict[Cell, bool]:
        """Return for each cell whether it takes no input: locked, and its sheet protected."""
        found = self._ask("locked", source, cells=[list(cell) for cell in cells])
        return dict(zip(cells, found, strict=True))

    def validation(self, source: Path, cell: Cell) -> Validation:
        """Return a cell's validation; its type is ANY where there is none."""
        found: Validation = self._ask("validation", source, sheet=cell[0], cell=cell[1])
        return found

    def heights(self, source: Path, sheet: str, first: int, last: int) -> list[tuple[float, float]]:
        """Return each row's height and the height that its text needs, in points; rows from 0."""
        found = self._ask("heights", source, sheet=sheet, first=first, last=last)
        return [(given, needed) for given, needed in found]

    def pdf(self, source: Path, target: Path) -> None:
        """Print a workbook, as it is after recalculation, to a PDF."""
        self.edit(source, targets={"pdf": target})

    def render(self, source: Path, folder: Path, dpi: int = 80) -> list[Path]:
        """Return a workbook's printed pages as pictures in a folder, with the PDF beside them."""
        target = folder / f"{source.stem}.pdf"
        self.pdf(source, target)
        return render(target, folder, dpi)

    def close(self) -> None:
        """End all processes and remove what they left; a later request starts anew."""
        helper, self._helper = self._helper, None
        if helper is None:
            return
        atexit.unregister(self.close)
        assert helper.stdin is not None
        assert helper.stdout is not None
        with suppress(OSError):
            helper.stdin.close()  # the helper ends LibreOffice, then itself
        with suppress(subprocess.TimeoutExpired):
            helper.wait(timeout=_END_SECONDS)
        _kill(helper)
        helper.wait()
        helper.stdout.close()
        for pipe in left_pipes(self.folder):
            pipe.unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _ask(self, action: str, source: Path, **request: object) -> Any:
        if not source.is_file():
            raise OfficeError(f"There is no file {source}.")
        helper = self._running()
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            copy = shutil.copy(source, folder)
            answer = self._exchange(helper, {"action": action, "source": copy} | request)
        if "error" in answer:
            raise OfficeError(f"{source.name}: {answer['error']}")
        return answer["result"]

    def _exchange(
        self, helper: subprocess.Popen[str], request: dict[str, object] | None
    ) -> dict[str, Any]:
        """Send a request, if any, and return the next answer; end everything if none comes."""
        assert helper.stdin is not None
        assert helper.stdout is not None
        late = threading.Event()

        def give_up() -> None:
            late.set()
            _kill(helper)

        timer = threading.Timer(self.seconds, give_up)
        timer.start()
        line = ""
        try:
            if request is not None:
                helper.stdin.write(json.dumps(request) + "\n")
                helper.stdin.flush()
            line = helper.stdout.readline()
        except OSError:
            line = ""
        finally:
            timer.cancel()
            if not line:
                said = self._said()
                self.close()
        if not line:
            reason = (
                f"did not answer within {self.seconds:g} seconds" if late.is_set() else "stopped"
            )
            raise OfficeError(f"LibreOffice {reason}. {said}".strip())
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _said(self) -> str:
        """Return the last words of the two processes, for an error message."""
        texts = []
        for name in ("helper.log", "soffice.log"):
            with suppress(OSError):
                texts.append((self.folder / name).read_text(encoding="utf-8", errors="replace"))
        return "\n".join(texts)[-2000:]

    def _running(self) -> subprocess.Popen[str]:
        if self._helper is not None:
            if self._helper.poll() is None:
                return self._helper
            self.close()
        program = _first(self.programs, "LibreOffice")
        command = [_python_with_uno(program), str(_SERVER), program]
        require_mark("LibreOffice")
        self.folder = Path(tempfile.mkdtemp(prefix="office-")).resolve()
        with (self.folder / "helper.log").open("wb") as log:
            helper = subprocess.Popen(
                [*command, str(self.folder), self.folder.name],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                encoding="utf-8",
                env=_environment() | {"TMPDIR": str(self.folder)},
                start_new_session=True,  # so that the helper and LibreOffice can be ended as one
            )
        self._helper = helper
        atexit.register(self.close)
        self._exchange(helper, None)
        return helper


def render(pdf: Path, folder: Path, dots_per_inch: int = 80) -> list[Path]:
    """Return a PDF's pages as pictures in a folder."""
    program = _first(["pdftoppm"], "pdftoppm")
    prefix = folder / pdf.stem
    subprocess.run(
        [program, "-r", str(dots_per_inch), "-png", pdf, prefix], check=True, timeout=300
    )
    return sorted(folder.glob(f"{pdf.stem}-*.png"))


def _kill(helper: subprocess.Popen[str]) -> None:
    """End the helper and what it started, if anything of it is left."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(helper.pid, signal.SIGKILL)


def left_pipes(folder: Path) -> list[Path]:
    """Return the pipes of a LibreOffice that was killed: ours, and its own, named by a digest."""
    profile = (folder / "profile").as_uri().encode("utf-16-le")
    digest = "".join(f"{byte:x}" for byte in hashlib.md5(profile, usedforsecurity=False).digest())
    names = (folder.name, f"SingleOfficeIPC_{digest}")
    return [path for place in _PIPES for name in names for path in place.glob(f"OSL_PIPE_*_{name}")]


def _first(names: Iterable[str], what: str) -> str:
    for name in names:
        found = shutil.which(name)
        if found:
            return found
    raise OfficeError(_MISSING.format(what=what))


@functools.cache
def _python_with_uno(office: str) -> str:
    """Return a Python that can talk to a LibreOffice."""
    for name in (*_PYTHONS, str(Path(office).resolve().with_name("python"))):
        program = shutil.which(name)
        if program and _has_uno(program):
            return program
    raise OfficeError(_MISSING.format(what="The Python module uno"))


def _has_uno(program: str) -> bool:
    try:
        tried = subprocess.run(
            [program, "-c", "import uno"],
            capture_output=True,
            check=False,
            env=_environment(),
            timeout=120,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return tried.returncode == 0


def _environment() -> dict[str, str]:
    """Return the environment without what belongs to the tests' own Python."""
    own = ("PYTHON", "VIRTUAL_ENV", "__PYVENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(own)}
