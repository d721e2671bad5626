"""
Looks through an IMAP mailbox for mails that may hold workbooks, without changing it.

Of each new mail the structure (BODYSTRUCTURE, RFC 3501) and the header's sender and subject are
asked for first, of many at a time; only mails with an attachment that may be a workbook are
fetched. `EXAMINE` and `BODY.PEEK` leave the mailbox as it is: nothing is marked as read.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from iml4e_xlsx.campaign.folder.mail_server import MailServer
from iml4e_xlsx.campaign.record.mailboxes import FolderPosition
from iml4e_xlsx.campaign.servers.credentials import Login, TokenLogin
from iml4e_xlsx.campaign.servers.imap_opening import ImapOpening, read_words
from iml4e_xlsx.campaign.servers.mail_folder import MailBatch, MailboxMail
from iml4e_xlsx.campaign.servers.mail_structure import may_hold_workbook
from iml4e_xlsx.errors import MailError
from iml4e_xlsx.findings.error_codes import MailErrorCode
from iml4e_xlsx.intake.mails.header_fields import Headers
from iml4e_xlsx.intake.mails.mail import Origin

if TYPE_CHECKING:
    from imapclient import IMAPClient

_Answer = TypeVar("_Answer")

_AT_ONCE: Final = 500
"""Of how many mails the structure is asked for at once."""

_FIELDS: Final = (
    "FROM SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES RETURN-PATH LIST-ID AUTO-SUBMITTED PRECEDENCE "
    "X-AUTO-RESPONSE-SUPPRESS X-AUTOREPLY X-AUTORESPOND"
)
_HEADER: Final = f"BODY.PEEK[HEADER.FIELDS ({_FIELDS})]"
_HEADER_KEY: Final = f"BODY[HEADER.FIELDS ({_FIELDS})]".encode()


class Mailbox:
    """One folder of a mailbox; a context manager."""

    def __init__(
        self,
        server: MailServer,
        login: Login | TokenLogin | None,
        folder: str,
        base: Path,
        *,
        most_bytes: int,
        writable: bool = False,
    ) -> None:
        """
        Set up a mailbox without opening it.

        Args:
            server: Where it is.
            login: Who logs in.
            folder: Which folder is looked through.
            base: The campaign's folder, which paths in the settings are relative to.
            most_bytes: How large a mail may be to be fetched.
            writable: Whether mails are to be moved afterwards; else the folder is only examined.
        """
        self.server = server
        self.folder = folder
        self._login = login
        self._opening = ImapOpening(server, login, base)
        self._most = most_bytes
        self._writable = writable
        self.validity = 0

    @property
    def name(self) -> str:
        """Return what the record calls the mailbox: user, server and folder."""
        user = self._login.user if self._login else ""
        return f"{user}@{self.server}/{self.folder}"

    def __enter__(self) -> Self:
        """
        Open the folder.

        Raises:
            MailError: If there is no connection, no trust, no login or no such folder.
        """
        try:
            self._select()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _select(self) -> None:
        with self._opening.translate_errors(self.folder):
            client = self._opening.connect()
            answer = client.select_folder(self.folder, readonly=not self._writable)
        self.validity = _read_validity(self.server, answer)

    def __exit__(self, *_: object) -> None:
        """Take leave of the server."""
        self._opening.close()

    def list_batches(self, seen: FolderPosition | None, since: date) -> Iterator[MailBatch]:
        """
        Yield the mails that came since a day and have a greater UID, some at a time.

        Raises:
            MailError: If the connection breaks.
        """
        after = seen.last if seen is not None and seen.validity == self.validity else 0
        with _translate_errors(self.server):
            wanted = ["UID", f"{after + 1}:*", "SINCE", since]
            matches = self._ask(lambda client: client.search(wanted))
            uids = sorted(uid for uid in matches if uid > after)
        for start in range(0, len(uids), _AT_ONCE):
            some = uids[start : start + _AT_ONCE]
            answer = self._fetch_items(some, "BODYSTRUCTURE", "INTERNALDATE", _HEADER)
            found = [uid for uid in some if may_hold_workbook(answer.get(uid, {}))]
            position = FolderPosition(validity=self.validity, last=some[-1])
            others = sorted({*some} - {*found})
            other_mails = {str(uid): _make_origin(answer[uid]) for uid in others}
            yield MailBatch(
                count=len(some),
                position=position,
                found=[str(uid) for uid in found],
                other_mails=other_mails,
            )

    def fetch_mails(self, ids: Iterable[str]) -> Iterator[MailboxMail]:
        """
        Yield mails one after another, whole.

        Raises:
            MailError: If the connection breaks.
        """
        for uid in map(int, ids):
            about = self._fetch_items([uid], "RFC822.SIZE", "INTERNALDATE", _HEADER).get(uid)
            if about is None:  # somebody has deleted it meanwhile
                continue
            size, data = _as_number(about.get(b"RFC822.SIZE")), b""
            if size <= self._most:
                whole = self._fetch_items([uid], "BODY.PEEK[]").get(uid)
                if whole is None:
                    continue
                data = _as_bytes(whole.get(b"BODY[]"))
            yield MailboxMail(
                id=str(uid), name=str(uid), origin=_make_origin(about), data=data, size=size
            )

    def _fetch_items(self, uids: Sequence[int], *items: str) -> dict[int, Any]:
        """
        Return what the server says of mails; nothing of a mail whose answer cannot be understood.

        An answer is read whole before it is parsed, so the next one can be asked for after it.
        """
        from imapclient.exceptions import IMAPClientError, ProtocolError

        with _translate_errors(self.server):
            try:
                return dict(self._ask(lambda client: client.fetch(uids, list(items))))
            except (IMAPClientError, OSError) as error:
                if not isinstance(error, ProtocolError):
                    raise
            except Exception:  # noqa: BLE001, S110 - what a mail is made of may make parsing fail
                pass
        if len(uids) == 1:
            return {uids[0]: {}}
        middle = len(uids) // 2
        return self._fetch_items(uids[:middle], *items) | self._fetch_items(uids[middle:], *items)

    def move_mails(self, ids: Sequence[str], folder: str) -> None:
        """
        Move mails to another folder, which is made if needed.

        Raises:
            MailError: If the server does not move them.
        """
        uids = [int(uid) for uid in ids]
        with _translate_errors(self.server, MailErrorCode.MAILS_NOT_MOVED, folder):
            if not self._ask(lambda client: client.folder_exists(folder)):
                self._open.create_folder(folder)
            if self._open.has_capability("MOVE"):
                self._open.move(uids, folder)
            else:
                self._open.copy(uids, folder)
                self._open.delete_messages(uids)
                if self._open.has_capability("UIDPLUS"):  # else others' deletions would go as well
                    self._open.expunge(uids)

    def _ask(self, request: Callable[[IMAPClient], _Answer]) -> _Answer:
        """
        Return the client's answer to a request that may be made twice.

        Servers end a connection when its token does, in the middle of a mailbox: the request is
        made once more over another connection, with a fresh token.
        """
        from imapclient.exceptions import IMAPClientAbortError

        try:
            return request(self._open)
        except (IMAPClientAbortError, OSError):
            if not isinstance(self._login, TokenLogin):
                raise
            self.__exit__()
            validity = self.validity
            self._login.tokens.discard_token()
            self._select()
            if self.validity != validity:  # the numbers in hand mean other mails now
                raise MailError(MailErrorCode.MAILBOX_NUMBERS, server=self.server) from None
        return request(self._open)

    @property
    def _open(self) -> IMAPClient:
        if self._opening.client is None:
            raise RuntimeError(self.name)  # used outside of its `with`
        return self._opening.client


def _read_validity(server: MailServer, answer: Any) -> int:
    """Return the number that changes when a folder numbers its mails anew (RFC 3501, 2.3.1.1)."""
    if b"UIDVALIDITY" not in answer:
        raise MailError(MailErrorCode.MAILBOX_NUMBERS, server=server)
    return int(answer[b"UIDVALIDITY"])


def _make_origin(about: Any) -> Origin:
    """Return where a mail comes from, and when it arrived in the mailbox."""
    origin = Headers.parse_block(_as_bytes(about.get(_HEADER_KEY))).read_origin()
    return replace(origin, received=_utc_time(about.get(b"INTERNALDATE")))


def _utc_time(value: Any) -> datetime | None:
    """Return a time that the client has in local time, without a zone."""
    try:
        return value.astimezone(UTC) if isinstance(value, datetime) else None
    except (OverflowError, ValueError):  # in the first or the last year that there is
        return None


def _as_bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else b""


def _as_number(value: Any) -> int:
    return value if isinstance(value, int) else 0


@contextlib.contextmanager
def _translate_errors(
    server: MailServer,
    code: MailErrorCode = MailErrorCode.MAILBOX_UNREADABLE,
    folder: str = "",
) -> Iterator[None]:
    """Turn the client's errors into ours."""
    from imapclient.exceptions import IMAPClientError

    try:
        yield
    except (IMAPClientError, OSError) as error:
        raise MailError(code, server=server, folder=folder, reason=read_words(error)) from error
