"""Lists the codes of the errors that stop a command; their words stand under `errors`."""

from __future__ import annotations

from enum import StrEnum


class CommandErrorCode(StrEnum):
    """Why a command stops before it begins."""

    NO_SMTP_SERVER = "no-smtp-server"  #: The settings name no server to send by.


class OutputErrorCode(StrEnum):
    """Why a file is not written."""

    OUTPUT_EXISTS = "output-exists"  #: The target is there and was not to be replaced.
    OUTPUT_UNWRITABLE = "output-unwritable"  #: The system refuses: disk, permission, name.


class ReportErrorCode(StrEnum):
    """Why results are not shown as asked."""

    NO_RESULT = "no-result"  #: None of the files could be read.
    UNKNOWN_SUFFIX = "unknown-suffix"  #: No format belongs to the suffix of the target.
    UNKNOWN_PROFILE = "unknown-profile"  #: The scheme has other reference profiles.
    NO_PROFILES = "no-profiles"  #: The scheme has no reference profile at all.
    NOTHING_TO_DRAW = "nothing-to-draw"  #: A chart of no results was asked for.
    SCHEME_NOT_GIVEN = "scheme-not-given"  #: Results were to be drawn without their scheme.
    LIBRARY_MISSING = "library-missing"  #: A library of an extra is not installed.
    PDF_LIBRARY_MISSING = "pdf-library-missing"  #: Neither is what lays out pages.


class WorkbookErrorCode(StrEnum):
    """Why a workbook is not built."""

    TEXT_TOO_LONG = "text-too-long"  #: A cell has no room for its text.
    FORMAT_LIMIT = "format-limit"  #: Something else exceeds a limit of Excel's format.
    WORKBOOK_REFUSED = "workbook-refused"  #: The writing library refuses or leaves something out.


class RoundErrorCode(StrEnum):
    """Why a round's workbooks are not built, its files not collected or its results not shown."""

    NO_MAILBOX_SETTINGS = "no-mailbox-settings"  #: The settings name no IMAP server.
    UNKNOWN_LANGUAGE = "unknown-language"  #: Neither the scheme nor the mail texts are in it.
    BUILDER_ENDED = "builder-ended"  #: A process that builds workbooks was ended from outside.
    PREVIOUS_UNREADABLE = "previous-unreadable"  #: A file of a previous round cannot be read.
    PREVIOUS_EMPTY = "previous-empty"  #: A previous round has no result.
    PREVIOUS_MOVED = "previous-moved"  #: The previous round of the last build cannot be read now.
    PREVIOUS_UNDATED = "previous-undated"  #: No loose workbook of a previous round has a date.
    NO_ROUND_RESULT = "no-round-result"  #: No response was collected that could be read.


ErrorCode = (
    CommandErrorCode | OutputErrorCode | ReportErrorCode | WorkbookErrorCode | RoundErrorCode
)
"""Every code that an error can have; add the codes of a subject as a class of their own."""
