"""
Findings as values, and the errors that stop work.

    Iml4eError                  base: a message for people; never prints, knows no exit code
    |-- SchemeError             the scheme cannot be used; carries every finding
    |-- RosterError             a table of people cannot be used; carries every finding
    |-- WorkbookReadError       a file yields no response: not a workbook, not ours, too large ...
    |-- WorkbookWriteError      Excel's limits, or a target that cannot be written
    |-- OutputExistsError       the target exists and was not to be replaced
    |-- CampaignError           a campaign's folder, settings or mail texts cannot be used
    |-- MailError               a mail server refuses, cannot be reached or cannot be trusted
    |-- RecordError             a campaign's record cannot be opened, read or written
    `-- ResourceError           a template, a library, memory or another process is missing
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any, Final

SHOWN_FINDINGS: Final = 200
"""How many findings the message of an error about a long table names."""


class Severity(Enum):
    """How much a finding weighs: an error loses an answer, a warning may, a note only informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """Return the order for listing: errors first."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """
    Where something stands: a file and, as far as known, its sheet and cell, or its line.

    In a table, `row` is the row's number as its author sees it, `column` the column's heading.
    """

    source: str
    sheet: str | None = None
    cell: str | None = None
    line: int | None = None
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        """Return the place as a person reads it, outermost first."""
        parts = [self.source]
        if self.line is not None:
            parts.append(f"line {self.line}")
        if self.sheet is not None:
            parts.append(f'sheet "{self.sheet}"')
        if self.cell is not None:
            parts.append(f"cell {self.cell}")
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.column is not None:
            parts.append(f"column {self.column}")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """
    One thing wrong or doubtful; only `iml4e_xlsx.findings` makes one.

    `subject` names the input that is not a statement's: `profile.date`, `target.DG`, `estimate.DG`.
    """

    severity: Severity
    code: str
    place: Place
    message: str
    found: str = ""
    expected: str = ""
    action: str = ""
    statement: str | None = None
    subject: str | None = None

    def __str__(self) -> str:
        """Return the finding as one paragraph: where, what, what is allowed, what to do."""
        return f"{self.place}: {self.message} {self.action}".rstrip()

    def kept(self) -> dict[str, Any]:
        """Return the finding as plain values, from which `restored` makes it again."""
        return {**asdict(self), "severity": self.severity.value}

    @classmethod
    def restored(cls, values: Mapping[str, Any]) -> Finding:
        """Return the finding that `kept` returned the values of."""
        severity, place = Severity(values["severity"]), Place(**values["place"])
        return cls(**{**values, "severity": severity, "place": place})


class Iml4eError(Exception):
    """Base of all errors that a user can cause or mend."""


class SchemeError(Iml4eError):
    """The scheme cannot be used; `findings` says everything that is wrong with it."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = tuple(findings)


class RosterError(Iml4eError):
    """
    A table of people cannot be used; `findings` says everything that is wrong, by row.

    The message ends with `closing` where it does not show all of them.
    """

    def __init__(self, findings: Sequence[Finding], closing: str = "") -> None:
        shown = [str(finding) for finding in findings[:SHOWN_FINDINGS]]
        rest = [closing] if closing and len(findings) > SHOWN_FINDINGS else []
        super().__init__("\n".join([*shown, *rest]))
        self.findings = tuple(findings)


class WorkbookReadError(Iml4eError):
    """
    A file yields no response at all; `code` is stable, `source` names the file.

    `scheme` and `version` are what it says that it belongs to, where that is unknown here.
    """

    def __init__(
        self, code: str, source: str, message: str, scheme: str = "", version: str = ""
    ) -> None:
        super().__init__(message)
        self.code = code
        self.source = source
        self.scheme = scheme
        self.version = version

    def __reduce__(self) -> tuple[type[WorkbookReadError], tuple[str, ...]]:
        """Keep all its parts when the error crosses a process boundary."""
        parts = (self.code, self.source, str(self), self.scheme, self.version)
        return (type(self), parts)


class WorkbookWriteError(Iml4eError):
    """A workbook cannot be written: a limit of the format, or of the disk."""


class OutputExistsError(Iml4eError):
    """The target exists; nothing was written."""


class CampaignError(Iml4eError):
    """A campaign's folder, settings or mail texts cannot be used; says everything to be mended."""


class MailError(Iml4eError):
    """A mail server refuses, cannot be reached or cannot be trusted; says what was done so far."""


class RecordError(Iml4eError):
    """A campaign's record cannot be opened, read or written; nothing of it is half written."""


class ResourceError(Iml4eError):
    """What work needs is missing: a packaged template, a library, memory, another process."""
