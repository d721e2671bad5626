"""
Other programs that people fill workbooks in, each behind one function.

`fill` takes a workbook, types texts into cells, and saves it in a format by its suffix. `make
test` installs what it needs: Node packages beside this file, Debian's packages of Gnumeric and
Apache POI, and the schema classes that POI lacks there (`poi_schemas.py`).
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import openpyxl

from tests.support.real import require_mark

Cells = Mapping[tuple[str, str], str]
"""Sheet and address to the text that a person types."""

FOLDER: Final = Path(__file__).resolve().parent
_ROOT: Final = FOLDER.parent.parent.parent
_JARS: Final = (
    _ROOT / "build" / "poi-schemas.jar",
    *(
        Path("/usr/share/java") / f"{name}.jar"
        for name in (
            "poi",
            "poi-ooxml",
            "poi-ooxml-schemas",
            "xmlbeans",
            "commons-collections4",
            "commons-compress",
            "commons-math3",
            "commons-codec",
        )
    ),
)
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\n": "\\n", "\t": "\\t"})
_SECONDS: Final = 300


class ProgramError(Exception):
    """A program is missing or failed."""


def with_node(program: str, source: Path, target: Path, cells: Cells) -> None:
    """Fill with ExcelJS, SheetJS or xlsx-populate."""
    if not (FOLDER / "node_modules").is_dir():
        raise ProgramError(f"{program} is missing: run `make test`, which installs it with npm.")
    listed = [[*cell, text] for cell, text in cells.items()]
    _run(["node", str(FOLDER / "fill.js"), program, str(source), str(target)], json.dumps(listed))


def with_poi(source: Path, target: Path, cells: Cells) -> None:
    """Fill with Apache POI; it keeps the format of the source."""
    lacking = [str(jar) for jar in _JARS if not jar.is_file()]
    if lacking:
        raise ProgramError(f"{', '.join(lacking)} is missing: run `make test`, which sees to it.")
    lines = [f"{sheet}\n{at}\n{text.translate(_ESCAPES)}\n" for (sheet, at), text in cells.items()]
    listed = target.with_suffix(".cells")
    listed.write_text("".join(lines), encoding="utf-8")
    path = ":".join(map(str, _JARS))
    _run(["java", "-cp", path, str(FOLDER / "Fill.java"), str(source), str(target), str(listed)])


def with_openpyxl(source: Path, target: Path, cells: Cells) -> None:
    """Fill with openpyxl."""
    book = openpyxl.load_workbook(source)
    for (sheet, address), text in cells.items():
        book[sheet][address].value = text
        book[sheet][address].data_type = "s"
    book.save(target)


def saved_by_gnumeric(source: Path, target: Path) -> None:
    """Open with Gnumeric and save, in the format of the target's suffix."""
    if shutil.which("ssconvert") is None:
        raise ProgramError("Gnumeric is missing: apt-get install gnumeric")
    _run(["ssconvert", str(source), str(target)])


def recalculated_by_gnumeric(source: Path, target: Path) -> None:
    """Open with Gnumeric, compute every formula anew, and save."""
    if shutil.which("ssconvert") is None:
        raise ProgramError("Gnumeric is missing: apt-get install gnumeric")
    _run(["ssconvert", "--recalc", str(source), str(target)])


def _run(command: list[str], text: str | None = None) -> None:
    require_mark(command[0])
    try:
        done = subprocess.run(
            command, input=text, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except FileNotFoundError as error:
        raise ProgramError(f"{command[0]} is missing: run `make test`, which sees to it") from error
    if done.returncode:
        raise ProgramError(f"{command[0]} failed: {done.stderr[-2000:]}")
