"""Defines a source: a file that may be a workbook, or the failure in its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.intake.mails.mail import Attachment, Origin
from iml4e_xlsx.spreadsheets.parsing_turn import ParsingTurn
from iml4e_xlsx.text.spelling import path_text


@dataclass(frozen=True, slots=True)
class Source:
    """
    One file that may be a workbook: its name, and a way to get its content.

    Attributes:
        name: Its path, and its way through zips and mails.
        read: Returns its content; raises OSError, or FileRefusal where it is damaged or too large;
            nobody knows what else damaged content makes a library raise.
        origin: The mail that it came with, the outermost of several.
        modified: When it was last changed, in UTC, as far as the disk, zip or mail tells.
        sent: The time of the innermost mail, where it lies in a mail within a mail.
        turn: Its turn at a parsing process; what lies in the same zip or mail shares the time.
    """

    name: str
    read: Callable[[], bytes]
    origin: Origin | None = None
    modified: datetime | None = None
    sent: datetime | None = None
    turn: ParsingTurn = field(default_factory=ParsingTurn, compare=False, repr=False)

    @property
    def received(self) -> datetime | None:
        """Return when the mail that brought it arrived; a mail within a mail is as old as it is."""
        times = [self.sent, self.origin.received if self.origin else None]
        return min((time for time in times if time is not None), default=None)

    def __post_init__(self) -> None:
        """Make the name a text that any output takes; reading does not need it."""
        object.__setattr__(self, "name", path_text(self.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFailure:
    """
    A failure in place of a source, and the mail that it came with, if it came by mail.

    Attributes:
        failure: Why nothing can be read there.
        origin: The mail, the outermost of several.
        sent: The time of the innermost mail, where there are several.
        attachment: The attachment that holds the file, or is it; None for a whole mail.
    """

    failure: Failure
    origin: Origin | None = None
    sent: datetime | None = None
    attachment: Attachment | None = None

    @property
    def name(self) -> str:
        """Return the path, and the way through zips and mails, as a source has it."""
        return self.failure.source
