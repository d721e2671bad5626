"""The translatable texts of a scheme: as it is written, or from the file of another language."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from iml4e_xlsx.findings.finding import Place
from iml4e_xlsx.model import Rating, RatingValue
from iml4e_xlsx.scheme.yaml_nodes import Complaints, Fields, compose, flattened


class Translation:
    """One file of `translations/`: every text of the scheme by its dotted path."""

    def __init__(self, path: Path, complaints: Complaints) -> None:
        self.path = path
        self.language = path.stem
        root = Fields(compose(path, complaints), path, "", complaints)
        self.entries = flattened(root)
        self.used = {"language"}

    def lookup(self, key: str) -> tuple[str | tuple[str, ...], Place] | None:
        """Return a text with its place, and remember that the scheme has it."""
        self.used.add(key)
        return self.entries.get(key)


class FieldTexts:
    """Reads translatable fields, in the language they are written in or in a translation."""

    def __init__(self, translation: Translation | None, complaints: Complaints) -> None:
        self.translation = translation
        self.complaints = complaints

    def text(self, fields: Fields, name: str, key: str, limit: int) -> str:
        """Return a field's text in the language asked for."""
        written = fields.text(name, limit=limit)
        found = self._translated(key)
        if found is None:
            return written
        text, at = found
        if not isinstance(text, str):
            make = self.complaints.make
            self.complaints.add(make.scheme_wrong_type(at, key, "a list", "a text"))
            return written
        if len(text) > limit:
            make = self.complaints.make
            self.complaints.add(make.scheme_text_too_long(at, key, len(text), limit))
        return text

    def texts(self, fields: Fields, name: str, key: str, limit: int) -> tuple[str, ...]:
        """Return a field's list of texts in the language asked for."""
        written = fields.texts(name, limit=limit)
        found = self._translated(key)
        if found is None:
            return written
        texts, at = found
        if isinstance(texts, tuple):
            return texts
        make = self.complaints.make
        self.complaints.add(make.scheme_wrong_type(at, key, texts, "a list of texts"))
        return written

    def _translated(self, key: str) -> tuple[str | tuple[str, ...], Place] | None:
        if self.translation is None:
            return None
        found = self.translation.lookup(key)
        if found is None:
            make = self.complaints.make
            at = Place(source=str(self.translation.path))
            self.complaints.add(make.scheme_untranslated(at, key, self.translation.language))
        return found

    def interface(self, fields: Fields) -> dict[str, str]:
        """Return the scheme's own words for the interface, by the interface's keys."""
        own = flattened(fields.mapping("interface", required=False))
        if self.translation is not None:
            prefix = "interface."
            for key in [key for key in self.translation.entries if key.startswith(prefix)]:
                entry = self.translation.lookup(key)
                if entry is not None:
                    own[key.removeprefix(prefix)] = entry
        make = self.complaints.make
        for key, (_, at) in own.items():
            if key not in make.texts:
                known = "a key of the interface's texts"
                self.complaints.add(make.scheme_unknown_key(at, "interface text", key, known))
        return {key: value for key, (value, _) in own.items() if isinstance(value, str)}

    def done(self) -> None:
        """Report translated texts that the scheme does not have."""
        if self.translation is None:
            return
        make = self.complaints.make
        for key, (_, at) in self.translation.entries.items():
            if key not in self.translation.used:
                known = "a text of the scheme"
                self.complaints.add(make.scheme_unknown_key(at, "text", key, known))


def wordings(
    written: Mapping[RatingValue, str], translations: list[Translation]
) -> dict[str, RatingValue]:
    """Return every label and word of the scale, in all languages, casefolded, to its value."""
    forms: dict[str, RatingValue] = {}
    for value, word in written.items():
        words = [word]
        for translation in translations:
            entry = translation.lookup(f"ratings.{value}.word")
            if entry is not None and isinstance(entry[0], str):
                words.append(entry[0])
        for text in words:
            forms[text.casefold()] = value
            forms[Rating(value=value, word=text, meaning="").label.casefold()] = value
    return forms
