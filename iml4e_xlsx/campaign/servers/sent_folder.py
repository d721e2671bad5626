"""
Keeps copies of mails that were sent by SMTP, in the folder of sent mails of an IMAP mailbox.

A copy is kept after its mail has left and that is recorded. Whatever goes wrong with it, nothing
becomes of the mail: it is counted, and said at the end. No copy is tried twice, since the answer to
the first try may only have been lost.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final, Self

from iml4e_xlsx.campaign.folder.mail_server import MailServer
from iml4e_xlsx.campaign.servers.credentials import Login, TokenLogin
from iml4e_xlsx.campaign.servers.imap_opening import (
    ImapOpening,
    list_folders,
    missing_folder,
    read_words,
)
from iml4e_xlsx.errors import Iml4eError

_SENT: Final = b"\\Sent"
"""The attribute of the folder of sent mails (SPECIAL-USE, RFC 6154)."""

_SEEN: Final = b"\\Seen"


class SentFolder:
    """
    The folder of sent mails; a context manager.

    `unsaved_count` is how many mails have no copy in it, `problem` why the first of them has none.
    """

    def __init__(
        self, server: MailServer, login: Login | TokenLogin | None, folder: str, base: Path
    ) -> None:
        """
        Set up the folder without opening it.

        Args:
            server: Where the mailbox is.
            login: Who logs in.
            folder: Its name; empty for the one that the server marks as that of sent mails.
            base: The campaign's folder, which paths in the settings are relative to.
        """
        self.unsaved_count = 0
        self.problem = ""
        self.folder = folder
        self._opening = ImapOpening(server, login, base)
        self._is_lost = False

    def __enter__(self) -> Self:
        """
        Open the mailbox and find the folder, before any mail leaves.

        Raises:
            MailError: If there is no connection, no trust, no login or no such folder.
            ResourceError: If IMAPClient is not installed.
        """
        try:
            with self._opening.translate_errors(self.folder or _SENT.decode()):
                self._opening.connect()
                self.folder = self._find_folder()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Take leave of the server."""
        self._opening.close()

    def _find_folder(self) -> str:
        client = self._opening.client
        assert client is not None
        wanted = self.folder
        found = wanted if wanted and client.folder_exists(wanted) else ""
        if not wanted:
            # By the attribute, or else by the names that it usually has.
            found = str(client.find_special_folder(_SENT) or "")
        if not found:
            name = wanted or _SENT.decode()
            raise missing_folder(self._opening.server, name, list_folders(client))
        return found

    def save_mail(self, data: bytes, now: datetime) -> None:
        """Keep a copy of a mail that has left; where that fails, count it and raise nothing."""
        try:
            if self._reconnect():
                client = self._opening.client
                assert client is not None
                client.append(self.folder, data, flags=(_SEEN,), msg_time=now)
                return
        except Exception as error:  # noqa: BLE001 - the mail has left, whatever this is
            self._note_problem(error)
        self.unsaved_count += 1

    def _reconnect(self) -> bool:
        """
        Make sure of the connection; return False if there is none any more.

        Servers end it after some time, or when a token does, while many mails leave slowly.
        """
        if self._is_lost:
            return False
        client = self._opening.client
        if client is not None:
            try:
                client.noop()
            except Exception:  # noqa: BLE001 - whatever it is, another connection may do
                self._opening.close()
                if isinstance(self._opening.login, TokenLogin):
                    self._opening.login.tokens.discard_token()
        if self._opening.client is None:
            try:
                with self._opening.translate_errors(self.folder):
                    self._opening.connect()
            except Exception:
                self._is_lost = True  # else each mail would wait for it once more
                raise
        return True

    def _note_problem(self, error: Exception) -> None:
        self.problem = self.problem or (
            str(error) if isinstance(error, Iml4eError) else read_words(error)
        )
