"""Opens connections to servers by an HTTP or SOCKS5 proxy, which looks up their names."""

from __future__ import annotations

import base64
import os
import socket
from typing import Final, cast
from urllib.parse import urlsplit

from iml4e_xlsx.campaign.folder.mail_server import MailServer
from iml4e_xlsx.errors import ResourceError
from iml4e_xlsx.findings.error_codes import ReportErrorCode

_LONGEST_HEAD: Final = 65_536
_LONGEST_WORDS: Final = 200


def open_socket(server: MailServer, timeout: float) -> socket.socket:
    """
    Return a connection to a server by the proxy of its settings.

    A login for the proxy comes from IML4E_PROXY_USER and IML4E_PROXY_PASSWORD.

    Raises:
        OSError: If the proxy or the server does not answer.
    """
    proxy = urlsplit(server.proxy)
    user = os.environ.get("IML4E_PROXY_USER", "")
    password = os.environ.get("IML4E_PROXY_PASSWORD", "")
    place = (proxy.hostname or "", proxy.port or 0)
    if proxy.scheme == "http":
        return _connect_by_http(server, place, f"{user}:{password}" if user else "", timeout)
    try:
        import socks
    except ImportError as error:
        raise ResourceError(
            ReportErrorCode.LIBRARY_MISSING, library="PySocks", extra="oauth"
        ) from error
    opened = socks.create_connection(
        (server.host, server.port),
        timeout,
        proxy_type=socks.SOCKS5,
        proxy_addr=place[0],
        proxy_port=place[1],
        proxy_rdns=True,
        proxy_username=user or None,
        proxy_password=password or None,
    )
    return cast("socket.socket", opened)


def _connect_by_http(
    server: MailServer, proxy: tuple[str, int], login: str, timeout: float
) -> socket.socket:
    """
    Return a connection by CONNECT (RFC 9110, 9.3.6).

    The answer is read byte by byte: mail servers speak first, and libraries for the web read on
    beyond the answer, so that the greeting of the server is lost.
    """
    target = f"{server.host}:{server.port}"
    lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
    if login:
        lines.append(f"Proxy-Authorization: Basic {base64.b64encode(login.encode()).decode()}")
    connection = socket.create_connection(proxy, timeout)
    try:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        _check_answer(_read_head(connection))
    except BaseException:
        connection.close()
        raise
    return connection


def _read_head(connection: socket.socket) -> bytes:
    """Return the answer of a proxy, and nothing of what comes after it."""
    head = bytearray()
    while not head.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        if not byte or len(head) > _LONGEST_HEAD:
            raise ConnectionAbortedError(head[:_LONGEST_WORDS].decode("ascii", "replace"))
        head += byte
    return bytes(head)


def _check_answer(head: bytes) -> None:
    """Raise the words of a proxy that does not connect."""
    status = head.split(b"\r\n", 1)[0].decode("ascii", "replace").partition(" ")[2]
    if not status.startswith("2"):
        raise ConnectionRefusedError(status[:_LONGEST_WORDS])
