"""Says errors in a paragraph, with the exit code of their kind."""

from __future__ import annotations

from collections.abc import Mapping

import click

from iml4e_xlsx.cli.exit_codes import ENVIRONMENT, FINDINGS, USAGE
from iml4e_xlsx.errors import (
    CampaignError,
    FindingsError,
    Iml4eError,
    OutputExistsError,
    ReportError,
    RosterError,
    SchemeError,
    WorkbookReadError,
)
from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.text.interface_texts import load_texts
from iml4e_xlsx.text.spelling import printable_text

_IN_FILES = (CampaignError, RosterError, SchemeError, WorkbookReadError)
_IN_USAGE = (OutputExistsError, ReportError)


class ErrorMessage(click.ClickException):
    """An error in words for the user; its class says the exit code."""

    def __init__(self, message: str) -> None:
        super().__init__(printable_text(message))


class FindingsMessage(ErrorMessage):
    """Something is wrong in the user's files."""

    exit_code = FINDINGS


class UsageMessage(ErrorMessage):
    """The command can't be carried out as it was given."""

    exit_code = USAGE


class EnvironmentMessage(ErrorMessage):
    """The world refused: disk, permission, installation."""

    exit_code = ENVIRONMENT


def explain_error(error: Exception) -> ErrorMessage | None:
    """Return the message of an error that a user can mend; None for any other one."""
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return EnvironmentMessage(f"{where}{error.strerror or error}.")
    if not isinstance(error, Iml4eError):
        return None
    if isinstance(error, _IN_FILES):
        return FindingsMessage(error_text(error))
    if isinstance(error, _IN_USAGE):
        return UsageMessage(error_text(error))
    return EnvironmentMessage(error_text(error))


def error_text(error: Iml4eError) -> str:
    """Return what an error says, and the options or commands that help against it."""
    texts = load_texts()
    words = error.describe(texts)
    if isinstance(error, FindingsError):
        return words
    if isinstance(error, WorkbookReadError):
        return failure_text(error.failure)
    return _add_hint(words, error.code, error.message.values)


def failure_text(failure: Failure) -> str:
    """Return why a file yields nothing, and the options or commands that help against it."""
    return _add_hint(failure.message, failure.code, failure.values)


def _add_hint(words: str, code: str, values: Mapping[str, object]) -> str:
    texts = load_texts()
    hint = f"hints.{code}"
    return f"{words} {texts(hint, **values)}" if hint in texts else words
