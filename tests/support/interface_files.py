"""The interface's files: their languages, and the names in braces that their texts have."""

from __future__ import annotations

from pathlib import Path
from string import Formatter

from iml4e_xlsx import resources


def language_folders() -> list[Path]:
    """Return the folder of each language of the interface."""
    return sorted(
        path for path in resources.interface_folder("en").parent.iterdir() if path.is_dir()
    )


def placeholders_of(text: str) -> set[str]:
    """Return the names in braces of a text."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
