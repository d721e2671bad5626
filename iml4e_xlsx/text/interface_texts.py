"""Loads the texts of a language from the files of `templates/interface/<language>/`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final, Protocol

from iml4e_xlsx import resources
from iml4e_xlsx.text.texts import Texts

DEFAULT_LANGUAGE: Final = "en"


class HasWords(Protocol):
    """What has a language and words of its own for the interface: a scheme."""

    @property
    def language(self) -> str:
        """Return the code of its language."""

    @property
    def interface(self) -> Mapping[str, str]:
        """Return its own words by the interface's keys."""


@lru_cache(maxsize=8)
def load_texts(language: str = DEFAULT_LANGUAGE) -> Texts:
    """
    Return the interface's texts in a language; English where the interface has no such language.

    Raises:
        OSError: If the texts are missing from this installation, or damaged.
    """
    folder = resources.interface_folder(language)
    if not folder.is_dir():
        language, folder = DEFAULT_LANGUAGE, resources.interface_folder(DEFAULT_LANGUAGE)
    own = dict(entry for file in sorted(folder.glob("*.yaml")) for entry in _entries_of(file))
    fallback = {} if language == DEFAULT_LANGUAGE else load_texts(DEFAULT_LANGUAGE).entries
    return Texts(language, {**fallback, **own})


def scheme_texts(scheme: HasWords) -> Texts:
    """Return the interface's texts in a scheme's language, the scheme's own words over them."""
    return load_texts(scheme.language).overlaid(scheme.interface)


def _entries_of(file: Path) -> Iterator[tuple[str, str]]:
    """Yield the texts of a file by their dotted keys."""
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # every value is a text, also `No`
    try:
        document = yaml.load(file.read_text(encoding="utf-8-sig"), Loader=loader)  # noqa: S506 - a base loader makes nothing but texts
    except yaml.YAMLError as error:
        raise resources.damaged_file(file) from error
    if not isinstance(document, dict):
        raise resources.damaged_file(file)
    yield from _flatten(document, "")


def _flatten(mapping: Mapping[str, object], prefix: str) -> Iterator[tuple[str, str]]:
    for name, value in mapping.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", str(value).strip()
