"""Says errors in a paragraph, with the exit code of their kind."""

from __future__ import annotations

from collections.abc import Mapping

import click

from iml4e_xlsx.errors import (
    FindingsError,
    Iml4eError,
    WorkbookReadError,
)
from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.text.interface_texts import load_texts
from iml4e_xlsx.text.spelling import printable_text

FINDINGS, USAGE, ENVIRONMENT = 1, 2, 3


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
