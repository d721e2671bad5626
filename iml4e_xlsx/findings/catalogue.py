"""Makes a finding of a code and values, in a language; nothing else may make one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from iml4e_xlsx.findings.finding import Finding, Place, Severity
from iml4e_xlsx.text.message import Message, Value, plain_values
from iml4e_xlsx.text.spelling import quote_value
from iml4e_xlsx.text.texts import Texts


def make_finding(
    texts: Texts,
    severity: Severity,
    code: str,
    place: Place,
    *,
    statement: str | None,
    subject: str | None,
    values: Mapping[str, Value],
) -> Finding:
    """Make a finding of the values that its texts name, among them `found`."""
    keys = (f"findings.{code}.message", f"findings.{code}.expected", f"findings.{code}.action")
    message, expected, action = texts.fill_in(keys, {**values, "statement": statement})
    return Finding(
        severity=severity,
        code=code,
        place=place,
        message=message,
        found=_show_value(values["found"], texts),
        expected=expected,
        action=action,
        statement=statement,
        subject=subject,
        values=values,
    )


def _show_value(value: Value, texts: Texts) -> str:
    return texts.render(value) if isinstance(value, Message) else str(value)


@dataclass(frozen=True, slots=True)
class CatalogueBase:
    """Makes a finding of any code in the language of its texts."""

    texts: Texts

    def _make_finding(
        self,
        severity: Severity,
        code: str,
        place: Place,
        value: object = "",
        statement: str | None = None,
        *,
        subject: str | None = None,
        **values: object,
    ) -> Finding:
        shown = value if isinstance(value, Message) else quote_value(value)
        return make_finding(
            self.texts,
            severity,
            code,
            place,
            statement=statement,
            subject=subject,
            values=plain_values({**values, "found": shown}),
        )
