"""What makes a finding: the words of a code, filled in. Nothing else may make one."""

from __future__ import annotations

from dataclasses import dataclass

from iml4e_xlsx.errors import Finding, Place, Severity
from iml4e_xlsx.text.texts import Texts

QUOTED_LENGTH = 80


def quoted(value: object) -> str:
    """Return a found value as it can stand in a message: one line, printable, not too long."""
    text = "".join(c if c.isprintable() else " " for c in str(value))
    return text if len(text) <= QUOTED_LENGTH else text[: QUOTED_LENGTH - 1] + "…"


@dataclass(frozen=True, slots=True)
class FindingsBase:
    """Makes a finding of any code in the language of its texts."""

    texts: Texts

    def _make(
        self,
        severity: Severity,
        code: str,
        at: Place,
        found: object = "",
        statement: str | None = None,
        *,
        subject: str | None = None,
        **values: object,
    ) -> Finding:
        shown = quoted(found)
        values = {**values, "found": shown, "statement": statement}
        return Finding(
            severity=severity,
            code=code,
            place=at,
            message=self.texts(f"findings.{code}.message", **values),
            found=shown,
            expected=self.texts(f"findings.{code}.expected", **values),
            action=self.texts(f"findings.{code}.action", **values),
            statement=statement,
            subject=subject,
        )
