"""
Reviews the texts of a valid scheme: what a reader of statements would ask its author to mend.

A scheme that says what it is held to (`measures`) is reviewed by all rules; of any other one it is
said that it is not. Nothing here keeps a scheme from being used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Finding
from iml4e_xlsx.model import NOT_APPLICABLE, Area, Scheme, Statement
from iml4e_xlsx.scheme.rules import JUDGED
from iml4e_xlsx.scheme.scheme_reader import SchemeReader
from iml4e_xlsx.scheme.yaml_nodes import YamlFields

_JOINING_WORDS: Final = {"de": "und|oder|sowie", "en": "and|or"}
"""The words that join two practices, by the language of the scheme; others lack the rule."""


class TextReview:
    """The review of one scheme in the language of its files."""

    def __init__(self, scheme: Scheme, reader: SchemeReader, catalogue: FindingCatalogue) -> None:
        self.scheme = scheme
        self.reader = reader
        self.catalogue = catalogue
        words = _JOINING_WORDS.get(scheme.language.partition("-")[0])
        self.joining_words = re.compile(rf"\b({words})\b", re.IGNORECASE) if words else None

    def list_findings(self) -> Iterator[Finding]:
        """Yield what could be better, in the order of the scheme."""
        place = self.reader.root_place
        if self.scheme.measures is None:
            yield self.catalogue.scheme_not_measured(place)
        elif not self.scheme.instruction:
            yield self.catalogue.scheme_without_instruction(place)
        for area in self.scheme.areas:
            yield from self._review_levels(area)
            for statement in area.statements if self.scheme.measures is not None else ():
                fields = self.reader.statements.fields[statement.id]
                yield from self._review_text(statement, fields)
                yield from self._review_guidance(statement, fields)
                yield from self._review_references(statement, fields)

    def _review_levels(self, area: Area) -> Iterator[Finding]:
        """Yield the levels at which an area has too few statements, or too many, or none."""
        measures = self.scheme.measures
        bounds = None if measures is None else measures.statements_per_level
        place = self.reader.area_fields[area.code].field_place("statements")
        for level in self.scheme.scored_levels:
            count = sum(statement.level == level for statement in area.statements)
            if bounds is not None and not bounds[0] <= count <= bounds[1]:
                yield self.catalogue.scheme_statement_count(place, area.code, level, count, bounds)
            elif not count:
                yield self.catalogue.scheme_skipped_level(place, area.code, level)

    def _review_text(self, statement: Statement, fields: YamlFields) -> Iterator[Finding]:
        measures = self.scheme.measures
        bounds = None if measures is None else measures.words
        words, place = len(statement.text.split()), fields.field_place("text")
        if bounds is not None and not bounds[0] <= words <= bounds[1]:
            yield self.catalogue.scheme_text_length(place, statement.id, words, bounds)
        if self.joining_words is None:
            return
        joining = self.joining_words.search(statement.text)
        if joining and not statement.joined:
            yield self.catalogue.scheme_joined_text(place, statement.id, joining[0])
        elif statement.joined and not joining:
            reason = fields.field_place("joined")
            yield self.catalogue.scheme_needless_reason(reason, statement.id)

    def _review_guidance(self, statement: Statement, fields: YamlFields) -> Iterator[Finding]:
        guidance = statement.guidance
        missing = [str(value) for value in self.scheme.scale[1:] if value not in guidance.steps]
        if not guidance.not_applicable:
            missing.append(NOT_APPLICABLE)
        if missing:
            place = fields.field_place("guidance")
            yield self.catalogue.scheme_guidance_gap(place, statement.id, ", ".join(missing))

    def _review_references(self, statement: Statement, fields: YamlFields) -> Iterator[Finding]:
        if not statement.references:
            yield self.catalogue.scheme_without_reference(fields.field_place("id"), statement.id)
        elif statement.anchor != JUDGED and not statement.loci(statement.anchor):
            place = fields.field_place("anchor")
            yield self.catalogue.scheme_anchor_uncited(place, statement.id, statement.anchor)
