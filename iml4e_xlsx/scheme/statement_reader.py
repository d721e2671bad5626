"""Reads statements with their guidance and their references, and checks each field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from iml4e_xlsx.model import NEVER, NOT_APPLICABLE, Citation, Guidance, Statement
from iml4e_xlsx.scheme.rules import StatementRules, TextLimits
from iml4e_xlsx.scheme.translation import FieldTexts
from iml4e_xlsx.scheme.yaml_nodes import YamlFields
from iml4e_xlsx.text.message import Message, message

NEW_STATEMENT: Final = message("scheme_part.new-statement")


class StatementReader:
    """Reads the statements of one scheme in one language."""

    def __init__(self, texts: FieldTexts, rules: StatementRules, scale: tuple[int, ...]) -> None:
        """
        Read statements.

        Args:
            texts: Reads texts in the language asked for, and takes the findings.
            rules: Checks each statement.
            scale: The figures of the rating scale, the lowest first.
        """
        self.texts = texts
        self.rules = rules
        self.scale = scale
        self.fields: dict[str, YamlFields] = {}

    def read_statement(self, fields: YamlFields, code: str, topics: Mapping[str, str]) -> Statement:
        """Return a statement of the area with this code."""
        form = Message("scheme_form.statement-id", {"code": code})
        identity = fields.read_matching("id", rf"{code}-\d{{2,4}}", form)
        fields.part = Message("scheme_part.statement", {"id": identity})
        self.fields[identity] = fields
        key = f"statements.{identity}"
        level = fields.read_number("level")
        statement = Statement(
            id=identity,
            area=code,
            level=1 if level is None else level,
            topic=fields.read_text("topic"),
            text=self.texts.read_text(fields, "text", f"{key}.text", TextLimits.STATEMENT),
            guidance=self._read_guidance(fields, f"{key}.guidance"),
            joined=fields.read_text("joined", required=False, limit=TextLimits.TEXT),
            evidence=self.texts.read_texts(fields, "evidence", f"{key}.evidence", TextLimits.NAME),
            improvement=self.texts.read_text(
                fields, "improvement", f"{key}.improvement", TextLimits.STATEMENT
            ),
            anchor=fields.read_text("anchor"),
            references=self._read_references(fields.read_mapping("references", required=False)),
        )
        self.rules.check_statement(statement, topics, fields)
        fields.report_unread()
        return statement

    def _read_guidance(self, fields: YamlFields, key: str) -> Guidance:
        """Read a guidance: plain text, or a text for each step of the scale and for n/a."""
        if not fields.is_mapping("guidance"):
            return Guidance(
                note=self.texts.read_text(fields, "guidance", key, TextLimits.STATEMENT)
            )
        steps = fields.read_mapping("guidance")
        values = [value for value in self.scale[1:] if steps.has_field(str(value))]
        guidance = Guidance(
            steps={value: self._read_step(steps, str(value), key) for value in values},
            not_applicable=self._read_exception(steps, key),
        )
        # what else could stand there is named beside a key that is none of these
        for value in self.scale[1:]:
            steps.field_node(str(value), required=not values)
        steps.report_unread()
        return guidance

    def _read_step(self, steps: YamlFields, name: str, key: str) -> str:
        return self.texts.read_text(steps, name, f"{key}.{name}", TextLimits.STATEMENT)

    def _read_exception(self, steps: YamlFields, key: str) -> str:
        """Read when a statement does not apply; `never` is the same in every language."""
        if steps.raw_text(NOT_APPLICABLE).strip() == NEVER:
            steps.field_node(NOT_APPLICABLE)
            return NEVER
        if steps.field_node(NOT_APPLICABLE, required=False) is None:
            return ""
        return self._read_step(steps, NOT_APPLICABLE, key)

    def _read_references(self, fields: YamlFields) -> tuple[Citation, ...]:
        """Read the references: for each source a list of loci, or one text."""
        return tuple(
            Citation(source=key, locus=locus)
            for key in fields.field_names()
            for locus in self._read_loci(fields, key)
        )

    def _read_loci(self, fields: YamlFields, source: str) -> tuple[str, ...]:
        is_list = fields.is_list(source)
        if source in self.rules.loci and not is_list:
            fields.report_type(source, message("scheme_form.locus-list"))
            return ()
        if not is_list:
            return (fields.read_text(source, limit=TextLimits.TEXT),)
        loci = fields.read_texts(source, limit=TextLimits.TEXT)
        self.rules.check_loci(source, loci, fields)
        return loci
