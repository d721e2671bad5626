"""Finds what ships with the package: in a wheel, in an editable install, in a checkout."""

from __future__ import annotations

from pathlib import Path

from iml4e_xlsx.errors import ResourceError


def templates() -> Path:
    """Return the folder of schemes and texts; ResourceError if the installation lacks it."""
    here = Path(__file__).resolve().parent
    for folder in (here / "templates", here.parent / "templates"):
        if (folder / "interface").is_dir():
            return folder
    raise ResourceError(
        "The templates are missing from this installation; install the package anew."
    )


def scheme_folders() -> dict[str, Path]:
    """Return the folders of the installed schemes by folder name, sorted."""
    return {path.parent.name: path.parent for path in sorted(templates().glob("*/scheme.yaml"))}


def interface_file(language: str) -> Path:
    """Return the file of interface texts in a language; it may not exist."""
    return templates() / "interface" / f"{language}.yaml"


def interface_languages() -> tuple[str, ...]:
    """Return the languages that the interface is translated to, sorted."""
    return tuple(sorted(path.stem for path in (templates() / "interface").glob("*.yaml")))
