"""Goes through a folder and what lies below it, also where parts of it are closed."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from iml4e_xlsx.intake.file import FOUND_SUFFIXES
from iml4e_xlsx.spreadsheets.archive import HIDDEN

_PLACEHOLDER: Final = ".icloud"
_ENVIRONMENT: Final = "pyvenv.cfg"
"""What a virtual environment of Python has in its folder."""


class Folder:
    """
    A folder that is gone through once.

    Attributes:
        closed: The folders below it that could not be listed, as far as it was gone through.
        environments: The virtual environments below it, which are not gone through.
    """

    def __init__(self, path: Path, skipped: Collection[str]) -> None:
        """
        Set up a folder.

        Args:
            path: Where it is.
            skipped: The resolved paths that are left out without a word.
        """
        self._path = path
        self._skipped = skipped
        self.closed: list[OSError] = []
        self.environments: list[Path] = []

    def list_files(self) -> list[Path]:
        """Return the files in order, without hidden ones, but with placeholders of others."""
        return sorted(self._walk(), key=_reading_order)

    def _walk(self) -> Iterator[Path]:
        waiting = [self._path]  # `os.walk` calls itself for each level, of which it bears 1,000
        while waiting:
            levels = os.walk(waiting.pop(), onerror=self.closed.append)
            for where, folders, names in islice(levels, 1):
                if _ENVIRONMENT in names and Path(where) != self._path:
                    self.environments.append(Path(where))
                    continue
                below = [Path(where, name) for name in self._drop_skipped(where, folders)]
                # A folder that lets nobody at what lies in it makes `Path.is_symlink` raise.
                waiting.extend(path for path in below if not os.path.islink(path))  # noqa: PTH114
                yield from (Path(where, name) for name in self._drop_skipped(where, names))

    def _drop_skipped(self, where: str, names: Iterable[str]) -> list[str]:
        """Return the names that are neither hidden nor to be skipped."""
        plain = [name for name in names if not name.startswith(HIDDEN) or find_awaited_name(name)]
        if not self._skipped:
            return plain
        folder = Path(os.path.realpath(where))
        return [name for name in plain if str(folder / name) not in self._skipped]


def find_awaited_name(name: str) -> str:
    """
    Return the name of the file whose placeholder this is; empty if it is none, or of no interest.

    iCloud has a hidden `.name.icloud` in place of a file that it has moved off the disk.
    """
    if not name.startswith(".") or not name.lower().endswith(_PLACEHOLDER):
        return ""
    awaited = name[1 : -len(_PLACEHOLDER)]
    return awaited if Path(awaited).suffix.lower() in FOUND_SUFFIXES else ""


def _reading_order(path: Path) -> tuple[str, ...]:
    """Return the place of a file among others: `a.xlsx` before its copy `a (1).xlsx`."""
    return (*path.parts[:-1], path.stem, path.suffix)
