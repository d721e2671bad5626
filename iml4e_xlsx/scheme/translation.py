"""Reads the translatable texts of a scheme: as written, or from the file of another language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from string import Formatter
from typing import Final
from unicodedata import normalize

from iml4e_xlsx.findings.finding import Place
from iml4e_xlsx.model import Rating, RatingValue
from iml4e_xlsx.scheme.yaml_nodes import (
    LIST,
    TEXT,
    TEXT_LIST,
    FindingCollector,
    YamlFields,
    compose_file,
    flatten_fields,
)
from iml4e_xlsx.text.message import message
from iml4e_xlsx.text.spelling import path_text

_FIGURE: Final = re.compile(r"([+-]?\d+)(?:[.,]\d*)?")


class Translation:
    """One file of `translations/`: every text of the scheme by its dotted path."""

    def __init__(self, path: Path, collector: FindingCollector) -> None:
        self.path = path
        self.language = path.stem
        root = YamlFields(compose_file(path, collector), path, "", collector)
        self.entries = flatten_fields(root)
        self.used = {"language"}

    def find_text(self, key: str) -> tuple[str | tuple[str, ...], Place] | None:
        """Return a text with its place, and remember that the scheme has it."""
        self.used.add(key)
        return self.entries.get(key)


class FieldTexts:
    """Reads translatable fields, in the language of the scheme's file or in a translation."""

    def __init__(self, translation: Translation | None, collector: FindingCollector) -> None:
        self.translation = translation
        self.collector = collector

    def read_text(
        self,
        fields: YamlFields,
        name: str,
        key: str,
        limit: int,
        *,
        required: bool = True,
        may_stay: bool = False,
    ) -> str:
        """
        Return a field's text in the language of this reader.

        Args:
            fields: Where it stands.
            name: The name of the field.
            key: The path of its translation.
            limit: The most characters that it may have.
            required: Whether the scheme must have the text.
            may_stay: Whether a translation may leave it as it is.
        """
        original = fields.read_text(name, required=required, limit=limit)
        if not original and not required:
            return ""
        entry = self._find_entry(key, may_stay=may_stay)
        if entry is None:
            return original
        text, place = entry
        catalogue = self.collector.catalogue
        if not isinstance(text, str):
            self.collector.add_finding(catalogue.scheme_wrong_type(place, key, LIST, TEXT))
            return original
        if len(text) > limit:
            finding = catalogue.scheme_text_too_long(place, key, len(text), limit)
            self.collector.add_finding(finding)
        return text

    def read_texts(self, fields: YamlFields, name: str, key: str, limit: int) -> tuple[str, ...]:
        """Return a field's list of texts in the language of this reader."""
        original = fields.read_texts(name, limit=limit)
        entry = self._find_entry(key)
        if entry is None:
            return original
        texts, place = entry
        if isinstance(texts, tuple):
            return texts
        catalogue = self.collector.catalogue
        self.collector.add_finding(catalogue.scheme_wrong_type(place, key, texts, TEXT_LIST))
        return original

    def _find_entry(
        self, key: str, *, may_stay: bool = False
    ) -> tuple[str | tuple[str, ...], Place] | None:
        """Return the translation of a text; report one that is missing."""
        if self.translation is None:
            return None
        entry = self.translation.find_text(key)
        if entry is None and not may_stay:
            catalogue = self.collector.catalogue
            place = Place(source=path_text(self.translation.path))
            finding = catalogue.scheme_untranslated(place, key, self.translation.language)
            self.collector.add_finding(finding)
        return entry

    def read_interface(self, fields: YamlFields) -> dict[str, str]:
        """Return the scheme's own words for the interface, by the interface's keys."""
        own = flatten_fields(fields.read_mapping("interface", required=False))
        if self.translation is not None:
            prefix = "interface."
            for key in [key for key in self.translation.entries if key.startswith(prefix)]:
                entry = self.translation.find_text(key)
                if entry is not None:
                    own[key.removeprefix(prefix)] = entry
        catalogue = self.collector.catalogue
        part, choices = message("scheme_part.interface-text"), message("scheme_form.interface-keys")
        for key, (value, place) in own.items():
            usual = catalogue.texts.entries.get(key)
            if usual is None:
                finding = catalogue.scheme_unknown_key(place, part, key, choices)
                self.collector.add_finding(finding)
            elif isinstance(value, str) and not _fits_values(value, _names_in(usual)):
                names = sorted(f"{{{name}}}" for name in _names_in(usual))
                wanted = message("scheme_form.braces", names=names)
                finding = catalogue.scheme_wrong_type(place, f"interface.{key}", value, wanted)
                self.collector.add_finding(finding)
        return {key: value for key, (value, _) in own.items() if isinstance(value, str)}

    def report_unread(self) -> None:
        """Report translated texts that the scheme does not have."""
        if self.translation is None:
            return
        catalogue = self.collector.catalogue
        part, choices = message("scheme_part.text"), message("scheme_form.scheme-texts")
        for key, (_, place) in self.translation.entries.items():
            if key not in self.translation.used:
                finding = catalogue.scheme_unknown_key(place, part, key, choices)
                self.collector.add_finding(finding)


def _names_in(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def _fits_values(text: str, names: set[str]) -> bool:
    """Return whether values of these names can be filled in to a text; none fit any text."""
    try:
        return not names or _names_in(text) <= names
    except ValueError:  # a brace without its counterpart
        return False


def collect_wordings(
    original: Mapping[RatingValue, str],
    translations: list[Translation],
    place: Place,
    collector: FindingCollector,
) -> dict[str, RatingValue]:
    """
    Return the value of every label and word of the scale, in all languages, casefolded.

    A word that could be read as another rating is reported, in whatever language that one has it.

    Args:
        original: The words of the scheme's own language, by value.
        translations: The other languages.
        place: Where the original words stand.
        collector: Takes the findings.
    """
    forms: dict[str, RatingValue] = {}
    words = [(value, word, place) for value, word in original.items()]
    for translation in translations:  # behind the original words: theirs is the mistake
        entries = [(value, translation.find_text(f"ratings.{value}.word")) for value in original]
        for value, entry in entries:
            if entry is not None and isinstance(entry[0], str):
                words.append((value, entry[0], entry[1]))
    for value, word, where in words:
        label = Rating(value=value, word=word, meaning="").label
        taken = [forms.setdefault(form.casefold(), value) for form in (word, label)]
        catalogue, part = collector.catalogue, message("scheme_part.rating-word")
        if word and taken != [value, value]:
            collector.add_finding(catalogue.scheme_duplicate(where, part, word))
        elif _is_other_figure(word, value):
            wanted = message("scheme_form.rating-word")
            collector.add_finding(catalogue.scheme_out_of_range(where, part, word, wanted))
    return forms


def _is_other_figure(word: str, value: RatingValue) -> bool:
    """Return whether a word is a figure, and not that of its rating: a typed figure is a rating."""
    figure = _FIGURE.fullmatch(normalize("NFKC", word).strip())
    return figure is not None and figure[1] != str(value)
