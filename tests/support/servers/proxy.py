"""Proxies on loopback: HTTP CONNECT and SOCKS5, which note whereto they were asked."""

from __future__ import annotations

import base64
import contextlib
import re
import select
import socket
import threading
from typing import Self


class ProxyServer:
    """
    A proxy of one kind; a context manager.

    `targets` is whereto it was asked, as the client named it; `login` is what it wants to be told.
    """

    def __init__(self, kind: str, login: tuple[str, str] | None = None) -> None:
        self.kind = kind
        self.login = login
        self.targets: list[tuple[str, int]] = []

    def __enter__(self) -> Self:
        """Listen."""
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"{self.kind}://127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Listen no more."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(timeout=120)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            target = self._greet_http(client) if self.kind == "http" else self._greet_socks(client)
            if target is None:
                return
            self.targets.append(target)
            with socket.create_connection(target) as server:
                client.sendall(
                    b"HTTP/1.1 200 OK\r\n\r\n" if self.kind == "http" else b"\5\0\0\1" + bytes(6)
                )
                while True:
                    for one in select.select([client, server], [], [])[0]:
                        data = one.recv(1 << 16)
                        if not data:
                            return
                        (server if one is client else client).sendall(data)

    def _greet_http(self, client: socket.socket) -> tuple[str, int] | None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += client.recv(1)
        if self.login is not None:
            wanted = base64.b64encode(":".join(self.login).encode())
            if wanted not in head:
                client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
                return None
        match = re.match(rb"CONNECT ([^:]+):(\d+) ", head)
        assert match
        return match[1].decode(), int(match[2])

    def _greet_socks(self, client: socket.socket) -> tuple[str, int] | None:
        _, count = client.recv(2)
        client.recv(count)
        client.sendall(b"\5\2" if self.login else b"\5\0")
        if self.login:
            _, length = client.recv(2)
            user = client.recv(length).decode()
            password = client.recv(client.recv(1)[0]).decode()
            fine = (user, password) == self.login
            client.sendall(b"\1\0" if fine else b"\1\1")
            if not fine:
                return None
        _, _, _, kind = client.recv(4)
        host = client.recv(client.recv(1)[0]).decode() if kind == 3 else ""
        host = host or socket.inet_ntoa(client.recv(4))
        return host, int.from_bytes(client.recv(2))
