"""Opens a connection to an SMTP server, straight or by a proxy."""

from __future__ import annotations

import smtplib
import socket
import ssl

from iml4e_xlsx.campaign.folder.mail_server import MailServer
from iml4e_xlsx.campaign.servers.proxies import open_socket


def open_smtp(server: MailServer, context: ssl.SSLContext | None, timeout: float) -> smtplib.SMTP:
    """Return a connection; `context` secures it from the first byte."""
    host, port = server.host, server.port
    if not server.proxy:
        if context is None:
            return smtplib.SMTP(host, port, timeout=timeout)
        return smtplib.SMTP_SSL(host, port, timeout=timeout, context=context)

    class ProxySmtp(smtplib.SMTP):
        def _get_socket(self, _host: str, _port: int, timeout: float) -> socket.socket:
            return open_socket(server, timeout)

    class ProxySmtpTls(smtplib.SMTP_SSL, ProxySmtp):
        """Secures what the other class opens, which comes next in the order of methods."""

    if context is None:
        return ProxySmtp(host, port, timeout=timeout)
    return ProxySmtpTls(host, port, timeout=timeout, context=context)


def disable_delay(smtp: smtplib.SMTP) -> None:
    """Let each write leave at once; the last line would wait for the server's late ACK."""
    if smtp.sock is not None:
        smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
