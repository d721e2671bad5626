"""Opens a folder of an IMAP mailbox, and says in our words what keeps it from opening."""

from __future__ import annotations

import contextlib
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from iml4e_xlsx.campaign.folder.mail_server import MailServer
from iml4e_xlsx.campaign.servers.credentials import Login, TokenLogin
from iml4e_xlsx.campaign.servers.imap_connection import open_imap
from iml4e_xlsx.campaign.servers.imap_login import log_in, login_error
from iml4e_xlsx.campaign.servers.tls import certificate_error, tls_context
from iml4e_xlsx.errors import MailError, ResourceError
from iml4e_xlsx.findings.error_codes import MailErrorCode, ReportErrorCode
from iml4e_xlsx.text.lists import list_names
from iml4e_xlsx.text.spelling import quote_value

if TYPE_CHECKING:
    from imapclient import IMAPClient

_TIMEOUT: Final = 60.0
_MOST_NAMES: Final = 30
"""How many folders a message names before it counts the others."""

_LITERAL: Final = re.compile(r"""\bb(['"])(.*?)\1""")
"""A bytes literal of Python, as errors of the library hold it."""

_MISSING: Final = re.compile(
    r"doesn't exist|does not exist|not found|no such|non-?existent|unknown mailbox|invalid mailbox",
    re.IGNORECASE,
)
"""What servers say of a folder that is not there, whether or not with NONEXISTENT (RFC 5530)."""


@dataclass(slots=True)
class ImapOpening:
    """
    A way into a mailbox.

    Attributes:
        server: Where it is.
        login: Who logs in.
        base: The campaign's folder, which paths in the settings are relative to.
        client: The connection, from `connect` on until `close`.
    """

    server: MailServer
    login: Login | TokenLogin | None
    base: Path
    client: IMAPClient | None = field(default=None)

    def connect(self) -> IMAPClient:
        """Connect and log in; raises what the client raises: see `translate_errors`."""
        server, context = self.server, tls_context(self.server, self.base)
        self.client = open_imap(server, context, _TIMEOUT)
        if server.security == "starttls":
            self.client.starttls(context)
        if self.login is not None:
            log_in(self.client, server, self.login)
        return self.client

    def close(self) -> None:
        """Take leave of the server."""
        client, self.client = self.client, None
        if client is not None:
            try:
                client.logout()
            except Exception:  # noqa: BLE001 - the connection may be gone already
                with contextlib.suppress(OSError):
                    client.shutdown()

    @contextlib.contextmanager
    def translate_errors(self, folder: str) -> Iterator[None]:
        """
        Turn what keeps a folder from opening into our errors.

        Raises:
            MailError: If there is no connection, no trust, no login or no such folder.
            ResourceError: If IMAPClient is not installed.
        """
        try:
            from imapclient.exceptions import IMAPClientError
        except ImportError as error:
            raise ResourceError(
                ReportErrorCode.LIBRARY_MISSING, library="IMAPClient", extra="campaign"
            ) from error
        server = self.server
        try:
            yield
        except ssl.SSLCertVerificationError as error:
            raise certificate_error(server, error) from error
        except IMAPClientError as error:
            raise self._make_refusal(error, folder) from error
        except UnicodeError as error:
            code = MailErrorCode.SERVER_ADDRESS
            raise MailError(code, server=server, protocol=server.protocol) from error
        except OSError as error:
            code, reason = MailErrorCode.SERVER_UNREACHABLE, quote_value(error)
            protocol = server.protocol
            raise MailError(code, server=server, protocol=protocol, reason=reason) from error

    def _make_refusal(self, error: Exception, folder: str) -> MailError:
        """Make the error of a server that lets nobody in, or not into the folder."""
        from imapclient.exceptions import IMAPClientAbortError, LoginError

        words, server = read_words(error), self.server
        # The library reports an aborted login as a LoginError; the password is not to blame.
        if isinstance(error.__context__ or error, IMAPClientAbortError):
            code = MailErrorCode.CONNECTION_ABORTED
        elif isinstance(error, LoginError) and self.login is not None:
            return login_error(server, self.login, words)
        elif _MISSING.search(words) and (names := self.list_folders()):
            return missing_folder(server, folder, names)
        else:
            code = MailErrorCode.MAILBOX_FOLDER
        return MailError(code, server=server, protocol=server.protocol, folder=folder, reason=words)

    def list_folders(self) -> list[str]:
        """Return the names of the folders; none where the server does not tell them."""
        if self.client is None:
            return []
        return list_folders(self.client)


def list_folders(client: IMAPClient) -> list[str]:
    """Return the names of the folders of a mailbox; none where the server does not tell them."""
    try:
        return sorted(str(name) for flags, _, name in client.list_folders() if _is_usable(flags))
    except Exception:  # noqa: BLE001 - another error is on its way, which says more
        return []


def _is_usable(flags: tuple[bytes, ...]) -> bool:
    return not {b"\\noselect", b"\\nonexistent"} & {flag.lower() for flag in flags}


def missing_folder(server: MailServer, folder: str, names: list[str]) -> MailError:
    """Make the error of a folder that a mailbox does not have, and name those that it has."""
    return MailError(
        MailErrorCode.MAILBOX_FOLDER_MISSING,
        server=server,
        folder=folder,
        folders=list_names(names, _MOST_NAMES),
    )


def read_words(error: Exception) -> str:
    """Return the server's words, which the library has as the source of a bytes literal."""
    return quote_value(_LITERAL.sub(r"\2", str(error))).rstrip(". ")
