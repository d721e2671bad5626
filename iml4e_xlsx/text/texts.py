"""Defines the texts of one language: filled in by key, in the plural form that a count takes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from string import Formatter
from typing import Any, Final

from iml4e_xlsx.text.message import Message, Value

DEFAULT_LANGUAGE: Final = "en"

PLURAL_FORMS: Final = ("zero", "one", "two", "few", "many", "other")
"""The plural categories of Unicode CLDR; a text that depends on a count has one form for each."""


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """
    Keyed texts of one language, with `{name}` where a value goes in.

    A text that depends on a number has a form for each plural category of its language, such as
    `key.one` and `key.other`; the value `count` selects the form. `untranslated` holds the keys of
    texts that are in English for want of a translation, and take the plural forms of English.
    """

    language: str
    entries: Mapping[str, str]
    untranslated: Collection[str] = frozenset()

    def __call__(self, key: str, **values: object) -> str:
        """
        Return the text for a key with the values filled in.

        Values that are messages are rendered, and lists are joined by commas.

        Raises:
            KeyError: If there is no such text or a value is missing; a bug in the caller or in
                the catalogue, caught by the tests.
        """
        return self.fill_in((key,), values)[0]

    def fill_in(self, keys: Iterable[str], values: Mapping[str, object]) -> list[str]:
        """Return several texts with the same values filled in; KeyError as for a call."""
        shown = {
            name: value if value.__class__ is str else self._show_value(value)
            for name, value in values.items()
        }
        texts = []
        for key in keys:
            entry = self.entries.get(key)
            if entry is None:
                entry = self._plural_form(key, values["count"])
            texts.append(entry.format_map(shown) if shown else entry)
        return texts

    def render(self, message: Message) -> str:
        """Return a message in this language; KeyError as for a call."""
        return self(message.key, **message.values)

    def names_of(self, key: str) -> frozenset[str]:
        """Return the names of the values that a text takes, of all its plural forms."""
        forms = (self.entries.get(each) for each in (key, *(f"{key}.{f}" for f in PLURAL_FORMS)))
        parts = (part for form in forms if form is not None for part in Formatter().parse(form))
        return frozenset(name for _, name, _, _ in parts if name)

    def overlaid(self, entries: Mapping[str, str]) -> Texts:
        """Return a copy with some texts replaced: a scheme may have words of its own."""
        return replace(self, entries={**self.entries, **entries}) if entries else self

    def __contains__(self, key: str) -> bool:
        return key in self.entries or f"{key}.other" in self.entries

    def _plural_form(self, key: str, count: Any) -> str:
        is_english = f"{key}.other" in self.untranslated
        form = plural_form(DEFAULT_LANGUAGE if is_english else self.language, count)
        return self.entries.get(f"{key}.{form}") or self.entries[f"{key}.other"]

    def _show_value(self, value: Value | object) -> object:
        if isinstance(value, Message):
            return self.render(value)
        if isinstance(value, tuple):
            return ", ".join(str(self._show_value(item)) for item in value)
        return value


def text_key(key: str) -> str:
    """Return the key of a text without the plural form at its end."""
    base, _, form = key.rpartition(".")
    return base if form in PLURAL_FORMS else key


@lru_cache(maxsize=256)
def plural_form(language: str, count: float) -> str:
    """Return the plural category of a count in a language, by Unicode CLDR; else as in English."""
    from babel import Locale, UnknownLocaleError

    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):  # any code may name a language; few are in CLDR
        locale = Locale(DEFAULT_LANGUAGE)
    return str(locale.plural_form(count))
