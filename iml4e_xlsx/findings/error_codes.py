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


ErrorCode = CommandErrorCode | OutputErrorCode | ReportErrorCode | WorkbookErrorCode
"""Every code that an error can have; add the codes of a subject as a class of their own."""
