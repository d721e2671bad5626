"""Defines how mails leave, whichever way they take, and what can become of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Protocol, Self


class MailRefusal(Exception):  # noqa: N818 - what happened to the mail, not an error of ours
    """The server will never take this mail; says so in its own words."""


class MailDeferral(Exception):  # noqa: N818
    """The server did not take this mail now; it certainly did not leave."""


class MailUncertainty(Exception):  # noqa: N818
    """The mail was handed over whole and no answer came: it may have left or not."""


class Transport(Protocol):
    """A way that mails leave by; a context manager."""

    @property
    def per_minute(self) -> int | None:
        """Return how many mails may leave in a minute; None where the settings of SMTP say it."""

    @property
    def refused_copies(self) -> Mapping[str, str]:
        """Return the addresses to which no copy went, with the server's words."""

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
            MailUncertainty: If the answer was lost.
            MailError: If no mail can be sent at all.
        """
