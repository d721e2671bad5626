"""Stands before Dovecot and lets in by tokens alone, as Exchange Online does."""

from __future__ import annotations

import base64
import contextlib
import socket
import threading
from typing import Any, Self

from tests.support.servers.mailhost import MailHost
from tests.support.servers.tokens import TokenGuard, closing_answer, decode, refuse_token


class TokenImapServer:
    """
    A server without encryption on this machine; a context manager.

    Args:
        host: The mail host behind it, in whose mailbox of the guard's user clients end up.
        tokens: Which tokens are valid; each command after the login is a use, and when the token
            ends, so does the connection.
        mechanism: The way to log in that is offered, or another capability.

    `logins` counts those that succeeded, `refusals` the others.
    """

    def __init__(self, host: MailHost, tokens: TokenGuard, mechanism: str = "XOAUTH2") -> None:
        self._host = host
        self._tokens = tokens
        self._mechanism = mechanism
        self.logins = 0
        self.refusals = 0

    def __enter__(self) -> Self:
        """Listen."""
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Listen no more."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(timeout=120)

    @property
    def settings(self) -> dict[str, Any]:
        """Return a campaign's settings for it."""
        return {
            "imap.host": "127.0.0.1",
            "imap.port": self.port,
            "imap.security": "none",
            "imap.login": "oauth2",
        }

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, client.makefile("rwb", buffering=0) as lines, contextlib.suppress(OSError):
            lines.write(b"* OK ready\r\n")
            while line := lines.readline():
                tag, verb, *_ = line.split()
                if verb.upper() == b"CAPABILITY":
                    offer = f"AUTH={self._mechanism} LOGINDISABLED".encode()
                    lines.write(b"* CAPABILITY IMAP4rev1 %s\r\n%s OK done\r\n" % (offer, tag))
                elif verb.upper() == b"AUTHENTICATE":
                    if token := self._authenticate(lines, tag):
                        self._pass_on(client, lines, token)
                        return
                elif verb.upper() == b"LOGOUT":
                    lines.write(b"* BYE\r\n%s OK bye\r\n" % tag)
                    return
                else:
                    lines.write(b"%s NO not here\r\n" % tag)

    def _authenticate(self, lines: Any, tag: bytes) -> str:
        lines.write(b"+ \r\n")
        said = decode(lines.readline())
        token = self._tokens.find_token(self._mechanism, said)
        if token:
            self.logins += 1
            lines.write(b"%s OK in\r\n" % tag)
        else:
            self.refusals += 1
            lines.write(b"+ " + base64.b64encode(refuse_token()) + b"\r\n")
            assert decode(lines.readline()) == closing_answer(self._mechanism)
            # Some servers repeat what they were given.
            lines.write(b"%s NO AUTHENTICATE failed %s\r\n" % (tag, base64.b64encode(said)))
        return token

    def _pass_on(self, client: socket.socket, lines: Any, token: str) -> None:
        target = (self._host.host, self._host.imaps_port)
        context = self._host.certificates.client_context()
        with (
            socket.create_connection(target) as plain,
            context.wrap_socket(plain, server_hostname=target[0]) as server,
        ):
            behind = server.makefile("rb")
            behind.readline()
            server.sendall(f"0 LOGIN {self._tokens.user} {self._host.password}\r\n".encode())
            while not behind.readline().startswith(b"0 OK"):
                pass
            pump = threading.Thread(target=_pump, args=(behind, client), daemon=True)
            pump.start()
            while line := lines.readline():
                if not self._tokens.is_valid(token):
                    client.sendall(b"* BYE Session invalidated - AccessTokenExpired\r\n")
                    client.shutdown(socket.SHUT_RDWR)
                    return
                self._tokens.use(token)
                server.sendall(line)


def _pump(behind: Any, client: socket.socket) -> None:
    with contextlib.suppress(OSError, ValueError):
        while data := behind.read1(1 << 16):
            client.sendall(data)
        client.shutdown(socket.SHUT_RDWR)
