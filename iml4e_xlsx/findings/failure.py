"""Defines a failure: a file that yields nothing, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from iml4e_xlsx.text.message import Message, Value


class FailureCode(StrEnum):
    """The reasons for a file to yield nothing; stable, with their words under `failures`."""

    NOT_FOUND = "not-found"  #: There is no such file or folder.
    UNREADABLE = "unreadable"  #: The file cannot be opened.
    UNREADABLE_FOLDER = "unreadable-folder"  #: The folder cannot be looked through.
    PIPE = "pipe"  #: A pipe can be read only once.
    NOT_DOWNLOADED = "not-downloaded"  #: A placeholder lies in the place of the file.
    NO_WORKBOOKS = "no-workbooks"  #: No workbook lies in the folder, zip or mail.
    EMPTY_FILE = "empty-file"  #: The file has no bytes.
    NOT_A_WORKBOOK = "not-a-workbook"  #: The content is something else than a workbook.
    BROKEN_WORKBOOK = "broken-workbook"  #: The workbook is damaged.
    ENCRYPTED = "encrypted"  #: A password protects the file.
    BROKEN_MAIL = "broken-mail"  #: The mail is damaged.
    WINMAIL = "winmail"  #: Outlook packed the attachments into winmail.dat.
    ENCRYPTED_MAIL = "encrypted-mail"  #: The mail is encrypted (S/MIME, PGP).
    NOT_AN_ASSESSMENT = "not-an-assessment"  #: The workbook holds no statement of a known scheme.
    OWN_RESULTS = "own-results"  #: The workbook holds results that this program wrote.
    UNKNOWN_SCHEME = "unknown-scheme"  #: The workbook belongs to a scheme that is not installed.
    UNKNOWN_SCHEME_VERSION = "unknown-scheme-version"  #: ... to another version of the scheme.
    TOO_LARGE = "too-large"  #: The file claims more than a limit allows.
    READER_STOPPED = "reader-stopped"  #: The parsing process took too much memory, or crashed.
    READER_TIMEOUT = "reader-timeout"  #: Reading took more computing time than a file may take.
    READER_INTERRUPTED = "reader-interrupted"  #: The parsing process was stopped from outside.
    DEFECT = "defect"  #: Our own code failed on this file.

    @property
    def is_passing(self) -> bool:
        """Return whether the computer may be the cause, so that the next run tries the file again.

        How long computing takes, and whether a process lives, says nothing against a file.
        """
        return self in (FailureCode.READER_TIMEOUT, FailureCode.READER_INTERRUPTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """
    A file that yielded no response, with the reason; only `findings.about_files` makes one.

    `message` says it in the language of whoever asked; `values` are what its text is filled in
    with, so that it can be said in another language. `text_key` names its text where that is not
    the usual one of its code.
    """

    source: str
    code: FailureCode
    message: str
    values: Mapping[str, Value] = field(default_factory=dict, compare=False, repr=False)
    text_key: str = field(default="", compare=False, repr=False)

    @property
    def wording(self) -> Message:
        """Return the message as a key and values, which any language can say."""
        key = self.text_key or f"failures.{self.code.value}"
        return Message(key, {"source": self.source, **self.values})

    @property
    def scheme(self) -> str:
        """Return the id of the scheme that the file says it belongs to; empty if it does not."""
        return str(self.values.get("scheme", ""))

    @property
    def version(self) -> str:
        """Return the version of that scheme; empty if the file does not say it."""
        return str(self.values.get("version", ""))
