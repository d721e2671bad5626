"""Reads the public sources of a scheme, and the files that list what each of them asks for."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from iml4e_xlsx.model import Locus, Publication
from iml4e_xlsx.scheme.rules import TextLimits
from iml4e_xlsx.scheme.translation import FieldTexts
from iml4e_xlsx.scheme.yaml_nodes import YamlFields
from iml4e_xlsx.text.message import message

LOCUS_KEY = r"[A-Za-z0-9._/-]+"


class SourceReader:
    """Reads the sources of one scheme folder."""

    def __init__(self, folder: Path, texts: FieldTexts) -> None:
        """Read from a folder; texts are in the language asked for, and take the findings."""
        self.folder = folder
        self.texts = texts
        self.collector = texts.collector

    def read_sources(self, fields: YamlFields) -> tuple[Publication, ...]:
        """Return the sources in order."""
        return tuple(
            self._read_source(fields.read_mapping(key), key) for key in fields.field_names()
        )

    def _read_source(self, fields: YamlFields, key: str) -> Publication:
        source = Publication(
            key=key,
            title=fields.read_text("title", limit=TextLimits.TEXT),
            publisher=fields.read_text("publisher", limit=TextLimits.TEXT),
            url=fields.read_text("url", required=False, limit=TextLimits.TEXT),
            loci=self._read_loci(fields, key),
        )
        fields.report_unread()
        return source

    def _read_loci(self, fields: YamlFields, source: str) -> tuple[Locus, ...]:
        """Read what a source asks for from the file that it names, if it names one."""
        entries = fields.read_part("loci", self.folder, message("scheme_part.locus"))
        if entries is None:
            return ()
        keys = entries.field_names()
        self._check_keys(entries, keys)
        return tuple(self._read_locus(entries.read_mapping(key), key, source) for key in keys)

    def _check_keys(self, entries: YamlFields, keys: tuple[str, ...]) -> None:
        form = message("scheme_form.locus-key")
        folded = Counter(key.casefold() for key in keys)
        for key in keys:
            entries.check_name(key, LOCUS_KEY, form)
            if folded[key.casefold()] > 1:  # nobody could tell them apart in a table
                part, place = message("scheme_part.locus"), entries.name_place(key)
                finding = self.collector.catalogue.scheme_duplicate(place, part, key)
                self.collector.add_finding(finding)

    def _read_locus(self, fields: YamlFields, key: str, source: str) -> Locus:
        locus = Locus(
            key=key,
            title=self.texts.read_text(
                fields, "title", f"sources.{source}.loci.{key}", TextLimits.TEXT, may_stay=True
            ),
            since=fields.read_text("since", required=False, limit=TextLimits.WORD),
            url=fields.read_text("url", required=False, limit=TextLimits.TEXT),
        )
        fields.report_unread()
        return locus
