"""Defines how mails leave, whichever way they take, and what can become of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Final, Protocol, Self

MAIL_TOO_LARGE: Final = "mail-too-large"
"""A note in the place of a server's words; the rest of the line is its detail: the sizes."""


class MailRefusal(Exception):  # noqa: N818 - what happened to the mail, not an error of ours
    """The server will never take this mail; says so in its own words."""


class MailDeferral(Exception):  # noqa: N818
    """The server did not take this mail now; it certainly did not leave."""


class AccountLimit(MailDeferral):
    """
    The server takes no mail of this account now, whoever it is for; this one did not leave.

    The connection has been closed. `wait` is how many seconds the server asks to wait, None where
    it does not say; `is_speed` says whether mails came too fast, and not just at a bad time.
    """

    def __init__(
        self,
        words: str,
        *,
        server: object,
        protocol: str,
        is_speed: bool = False,
        wait: float | None = None,
    ) -> None:
        """Keep what was answered, and by whom."""
        super().__init__(words)
        self.server = server
        self.protocol = protocol
        self.is_speed = is_speed
        self.wait = wait


class MailUncertainty(Exception):  # noqa: N818
    """The mail was handed over whole and no answer came: it may have left or not."""


def excess_note(size: int, limit: int) -> str:
    """Return the note on a mail of so many bytes that a server takes only up to a limit."""
    return f"{MAIL_TOO_LARGE} {size} > {limit} bytes"


class Transport(Protocol):
    """A way that mails leave by; a context manager."""

    @property
    def per_minute(self) -> int | None:
        """Return how many mails may leave in a minute; None where the settings of SMTP say it."""

    @property
    def refused_copies(self) -> Mapping[str, str]:
        """Return the addresses to which no copy went, with the server's words."""

    @property
    def largest_mail(self) -> int | None:
        """
        Return the size in bytes above which the server takes no mail; None if it does not say.

        It is known once the transport is connected.
        """

    def __enter__(self) -> Self:
        """Return itself."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> None:
        """Take leave of the server."""

    def connect(self) -> object:
        """
        Get ready to deliver, unless that was done: nothing leaves, and it may take long.

        Raises:
            AccountLimit: If the server lets the account do nothing now.
            MailError: If that cannot be done, however often it is tried.
        """

    def deliver_mail(
        self, sender: str, recipient: str, data: bytes, copies: Sequence[str] = ()
    ) -> str:
        """
        Hand over one mail to one recipient; return the server's words.

        A copy that the server will not take does not keep the mail from leaving.

        Args:
            sender: The address that failures go to.
            recipient: The address that the mail goes to.
            data: The mail, its lines ended by CR LF.
            copies: The addresses that get a copy of it.

        Raises:
            MailRefusal: If the server will not take it.
            MailDeferral: If it did not take it this time.
            AccountLimit: If it takes no mail of this account for a time.
            MailUncertainty: If the answer was lost.
            MailError: If no mail can be sent at all.
        """
