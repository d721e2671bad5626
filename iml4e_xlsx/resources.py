"""Finds the files that ship with the package: in a wheel, an editable install, a checkout."""

from __future__ import annotations

import errno
from pathlib import Path


def templates_folder() -> Path:
    """
    Find the folder of schemes and texts.

    Raises:
        FileNotFoundError: If the installation lacks it.
    """
    here = Path(__file__).resolve().parent
    for folder in (here / "templates", here.parent / "templates"):
        if (folder / "interface").is_dir():
            return folder
    raise FileNotFoundError(
        errno.ENOENT,
        "The templates are missing from this installation; install the package again",
        str(here / "templates"),
    )


def damaged_file(file: Path) -> OSError:
    """Make the error of a packaged file that cannot be read; no texts can say it."""
    return OSError(errno.EIO, "This file is damaged; install the package again", str(file))


def scheme_folders() -> dict[str, Path]:
    """Return the folders of the installed schemes by folder name, sorted."""
    files = sorted((templates_folder() / "schemes").glob("*/scheme.yaml"))
    return {path.parent.name: path.parent for path in files}


def interface_folder(language: str) -> Path:
    """Return the folder of interface texts in a language; it may not exist."""
    return templates_folder() / "interface" / language
