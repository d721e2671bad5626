"""Loads the texts of a language from the files of `templates/interface/<language>/`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from iml4e_xlsx import resources
from iml4e_xlsx.text.texts import DEFAULT_LANGUAGE, Texts, text_key

if TYPE_CHECKING:
    import yaml


class TextSource(Protocol):
    """A scheme, as far as texts depend on it: its language, and its own words."""

    @property
    def language(self) -> str:
        """Return the code of the language."""

    @property
    def interface(self) -> Mapping[str, str]:
        """Return the scheme's own words by the keys of the interface."""


@lru_cache(maxsize=8)
def load_texts(language: str = DEFAULT_LANGUAGE) -> Texts:
    """
    Load the interface's texts in a language; English if the interface lacks that language.

    Raises:
        OSError: If the texts are missing from this installation, or damaged.
    """
    folder = resources.interface_folder(language)
    if not folder.is_dir():
        language, folder = DEFAULT_LANGUAGE, resources.interface_folder(DEFAULT_LANGUAGE)
    own = read_texts(folder)
    if language == DEFAULT_LANGUAGE:
        return Texts(language, own)
    english = _find_untranslated(own, load_texts(DEFAULT_LANGUAGE).entries)
    return Texts(language, {**english, **own}, untranslated=frozenset(english))


def _find_untranslated(own: Mapping[str, str], english: Mapping[str, str]) -> dict[str, str]:
    """Return the English texts that a language lacks; it may have other plural forms, or none."""
    translated = {*own, *(key.removesuffix(".other") for key in own)}
    return {
        key: text
        for key, text in english.items()
        if key not in translated and text_key(key) not in translated
    }


def scheme_texts(scheme: TextSource) -> Texts:
    """Load the interface's texts in a scheme's language, with the scheme's own words over them."""
    return load_texts(scheme.language).overlaid(scheme.interface)


def read_texts(folder: Path) -> dict[str, str]:
    """
    Read all files of a language.

    Raises:
        OSError: If a file cannot be read, or is damaged.
    """
    return dict(entry for file in sorted(folder.glob("*.yaml")) for entry in read_entries(file))


def read_entries(file: Path) -> Iterator[tuple[str, str]]:
    """Yield the texts of a file by their dotted keys; OSError as for `read_texts`."""
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # every value is a text, also `No`
    try:
        root = yaml.compose(file.read_text(encoding="utf-8-sig"), Loader=loader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise resources.damaged_file(file) from error
    if not isinstance(root, yaml.MappingNode):
        raise resources.damaged_file(file)
    yield from _flatten_node(root, "", file)


def _flatten_node(node: yaml.MappingNode, prefix: str, file: Path) -> Iterator[tuple[str, str]]:
    import yaml

    names = set()
    for key, value in node.value:
        if key.value in names:  # YAML would take the last one, and a text would be lost
            raise resources.damaged_file(file)
        names.add(key.value)
        if isinstance(value, yaml.MappingNode):
            yield from _flatten_node(value, f"{prefix}{key.value}.", file)
        elif isinstance(value, yaml.ScalarNode):
            yield f"{prefix}{key.value}", value.value.strip()
        else:
            raise resources.damaged_file(file)
