"""The interface's files: each key once, and the same values in every language."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from iml4e_xlsx.text.interface_texts import load_texts, read_entries, read_texts
from iml4e_xlsx.text.texts import text_key
from tests.support.interface_files import language_folders, placeholders_of

FOLDERS = language_folders()
ENGLISH = load_texts().entries


def base_key(key: str) -> str:
    """Return the key of a text without its plural form; English may need none for a count."""
    base = text_key(key)
    return base if f"{base}.other" in ENGLISH or "{count}" in ENGLISH.get(base, "") else key


def base_placeholders(key: str) -> set[str]:
    """Return the names of an English text, in all its forms."""
    texts = [text for other, text in ENGLISH.items() if base_key(other) == key]
    return set().union(*map(placeholders_of, texts))


def test_english_is_among_the_languages() -> None:
    """The tests below would hold of no language at all."""
    assert "en" in [folder.name for folder in FOLDERS]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_no_key_stands_in_two_files_of_a_language(folder: Path) -> None:
    """Which of the two would count is chance."""
    keys = Counter(key for file in folder.glob("*.yaml") for key, _ in read_entries(file))

    assert [key for key, count in keys.items() if count > 1] == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_text_has_the_placeholders_of_english_and_a_form_for_any_count(folder: Path) -> None:
    """A translator can neither forget nor misspell a value; `other` is for every count."""
    entries = read_texts(folder)
    for key, text in entries.items():
        base = base_key(key)
        assert key == base or base_placeholders(base) - {"count"} <= placeholders_of(text)
        assert placeholders_of(text) <= base_placeholders(base), key
        assert key == base or f"{base}.other" in entries


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_language_has_no_text_that_english_lacks(folder: Path) -> None:
    """It would never be shown."""
    assert {base_key(key) for key in read_texts(folder)} <= {base_key(key) for key in ENGLISH}


@pytest.mark.parametrize(
    "text",
    [
        "place:\n  line: a\n  line: b\n",
        "place:\n  line: a\nplace:\n  cell: b\n",
        "place: [line\n",
        "- a list\n",
        "place: [a, list]\n",
        "",
    ],
    ids=["key-twice", "group-twice", "no-yaml", "a-list", "list-inside", "empty"],
)
def test_a_damaged_file_is_refused(tmp_path: Path, text: str) -> None:
    """A key that stands twice would hide a text silently."""
    file = tmp_path / "common.yaml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(OSError, match=r"common\.yaml"):
        list(read_entries(file))


def test_every_value_is_text(tmp_path: Path) -> None:
    """`No`, `1.10` and dates are words here."""
    (tmp_path / "common.yaml").write_text("a: {b: No, c: 1.10, d: 2026-11-23}", encoding="utf-8")

    assert read_texts(tmp_path) == {"a.b": "No", "a.c": "1.10", "a.d": "2026-11-23"}
