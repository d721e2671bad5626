"""
Defines the errors that stop work: each carries a code and values, and waits for a language.

    Iml4eError                  base: a code and values; never prints, knows no exit code
    |-- FindingsError           carries findings instead
    |   |-- SchemeError         the scheme cannot be used; carries everything that is wrong
    |   `-- RosterError         a table of people cannot be used; carries everything that is wrong
    |-- WorkbookReadError       a file yields no response; carries a `Failure`
    |-- LimitError              a limit of reading is set to an impossible value
    |-- WorkbookWriteError      Excel's limits, or a target that cannot be written
    |-- ReportError             results cannot be shown as asked
    |-- OutputExistsError       the target exists and was not to be replaced
    |-- CampaignError           a campaign's folder, settings or mail texts cannot be used
    |   `-- SettingsError       a FindingsError as well: everything that is wrong in the settings
    |-- MailError               a mail server refuses, cannot be reached or cannot be trusted
    |-- RecordError             a campaign's record cannot be opened, read or written
    |-- OriginalsError          the place where originals are kept cannot be reached
    |-- TargetError             a target level names no level or area of the scheme
    `-- ResourceError           a library, memory or another process is missing
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from iml4e_xlsx.findings.error_codes import ErrorCode
from iml4e_xlsx.findings.failure import Failure, FailureCode
from iml4e_xlsx.findings.finding import Finding
from iml4e_xlsx.text.interface_texts import load_texts
from iml4e_xlsx.text.message import Message, plain_values
from iml4e_xlsx.text.texts import Texts

SHOWN_FINDINGS: Final = 200
"""How many findings the message of an error about a long table names."""


class Iml4eError(Exception):
    """
    Base of all errors that a user can cause or correct.

    `message` is a code and the values of its text, which stands under `errors.<code>`; `str`
    says it in English, `describe` in any language.
    """

    code: ErrorCode | FailureCode

    def __init__(self, code: ErrorCode, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.message = Message(f"errors.{code}", plain_values(values))

    def describe(self, texts: Texts) -> str:
        """Say the error in a language: the mistake and the action."""
        return texts.render(self.message)

    def __str__(self) -> str:
        """Say the error in English."""
        return self.describe(load_texts())

    def __reduce__(self) -> tuple[Any, ...]:
        """Keep code and values when the error crosses a process boundary."""
        return (_remake_error, (type(self), self.code, dict(self.message.values)))


def _remake_error(
    kind: type[Iml4eError], code: ErrorCode, values: Mapping[str, object]
) -> Iml4eError:
    return kind(code, **values)


class FindingsError(Iml4eError):
    """Something cannot be used; `findings` has all its mistakes."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        Exception.__init__(self, tuple(findings))
        self.findings = tuple(findings)

    def describe(self, texts: Texts) -> str:
        """Return every finding, of very many the first; each is in its own language."""
        lines = [str(finding) for finding in self.findings[:SHOWN_FINDINGS]]
        rest = len(self.findings) - SHOWN_FINDINGS
        return "\n".join([*lines, texts("finding.more", count=rest)] if rest > 0 else lines)

    def __reduce__(self) -> tuple[Any, ...]:
        """Keep the findings when the error crosses a process boundary."""
        return (type(self), (self.findings,))


class SchemeError(FindingsError):
    """The scheme cannot be used; `findings` has all its mistakes."""


class RosterError(FindingsError):
    """A table of people cannot be used; `findings` has all its mistakes, by row."""


class WorkbookReadError(Iml4eError):
    """A file yields no response at all; `failure` has the reason."""

    def __init__(self, failure: Failure) -> None:
        Exception.__init__(self, failure)
        self.failure = failure
        self.code = failure.code
        self.source = failure.source

    def describe(self, texts: Texts) -> str:  # noqa: ARG002 - a failure is in its own language
        """Return the message of the failure."""
        return self.failure.message

    def __reduce__(self) -> tuple[Any, ...]:
        """Keep the failure when the error crosses a process boundary."""
        return (type(self), (self.failure,))


class ReportError(Iml4eError, ValueError):
    """Results cannot be shown as asked: an unknown format or profile, or no result at all."""


class OutputNameError(ReportError):
    """Nothing can be written under this name: a folder has it, or its suffix is of no format."""


class LimitError(Iml4eError, ValueError):
    """A limit of reading is set to an impossible value."""


class WorkbookWriteError(Iml4eError):
    """A workbook cannot be written: a limit of the format, or of the disk."""


class OutputExistsError(Iml4eError):
    """The target exists; nothing was written."""


class CampaignError(Iml4eError):
    """A campaign's folder, settings or mail texts cannot be used; all mistakes are listed."""


class JoinedCampaignError(CampaignError):
    """Several errors at once; `errors` are everything to be mended."""

    def __init__(self, errors: Sequence[CampaignError]) -> None:
        Exception.__init__(self, tuple(errors))
        self.errors = tuple(errors)
        self.code, self.message = errors[0].code, errors[0].message

    def describe(self, texts: Texts) -> str:
        """Return what each error says, on a line of its own."""
        return "\n".join(error.describe(texts) for error in self.errors)

    def __reduce__(self) -> tuple[Any, ...]:
        """Keep the errors when they cross a process boundary."""
        return (type(self), (self.errors,))


class SettingsError(FindingsError, CampaignError):
    """A campaign's settings cannot be used; `findings` says everything that is wrong, by line."""


class MailError(Iml4eError):
    """A mail server refuses, cannot be reached or cannot be trusted."""


class RecordError(Iml4eError):
    """A campaign's record cannot be opened, read or written; nothing of it is half written."""


class OriginalsError(Iml4eError):
    """The place where a campaign keeps its originals cannot be reached; nothing was recorded."""


class TargetError(Iml4eError):
    """A target names a level or an area that the scheme does not have."""


class ResourceError(Iml4eError):
    """Something that work needs is missing: a library, memory, another process."""
