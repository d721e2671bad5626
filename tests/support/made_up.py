"""Makes texts of a language that nobody speaks: English ones, each with a mark before it."""

from __future__ import annotations

from iml4e_xlsx.text.interface_texts import load_texts
from iml4e_xlsx.text.texts import Texts

MARK = "§"


def made_up_texts() -> Texts:
    """Return the made-up texts: whatever is said by them has a mark, all else has none."""
    english = load_texts()
    entries = {key: f"{MARK}{text}" for key, text in english.entries.items()}
    return Texts(english.language, entries)
