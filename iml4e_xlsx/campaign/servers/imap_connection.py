"""Opens a connection to an IMAP server, straight or by a proxy."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING, Any

from iml4e_xlsx.campaign.folder.mail_server import MailServer
from iml4e_xlsx.campaign.servers.proxies import open_socket

if TYPE_CHECKING:
    from imapclient import IMAPClient


def open_imap(server: MailServer, context: ssl.SSLContext, timeout: float) -> IMAPClient:
    """Return a connection, which is secured from the first byte if the settings want that."""
    from imapclient import IMAPClient

    is_tls = server.security == "tls"
    client = _make_proxy_client(server, timeout) if server.proxy else IMAPClient
    return client(
        server.host,
        port=server.port,
        ssl=is_tls,
        ssl_context=context if is_tls else None,
        timeout=timeout,
    )


def _make_proxy_client(server: MailServer, seconds: float) -> Any:
    """Return a class of clients whose connections go by the proxy."""
    from imapclient import IMAPClient, imap4, tls

    class PlainConnection(imap4.IMAP4WithTimeout):  # type: ignore[misc]
        def _create_socket(self, timeout: float | None = None) -> socket.socket:
            return open_socket(server, timeout or seconds)

    class SecureConnection(tls.IMAP4_TLS):  # type: ignore[misc]
        def _create_socket(self, timeout: float | None = None) -> Any:
            plain = open_socket(server, timeout or seconds)
            return tls.wrap_socket(plain, self.ssl_context, self.host)

    class ProxyClient(IMAPClient):  # type: ignore[misc]
        def _create_IMAP4(self) -> Any:  # noqa: N802 - the library's name
            if self.ssl:
                return SecureConnection(self.host, self.port, self.ssl_context, seconds)
            return PlainConnection(self.host, self.port, seconds)

    return ProxyClient
