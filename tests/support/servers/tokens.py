"""Knows which access tokens are valid, for the servers that take nothing else."""

from __future__ import annotations

import base64
import itertools
import json
import re
import threading

_TOKEN = re.compile(rb"auth=Bearer ([^\x01]*)\x01\x01\Z")
_USER = {
    "XOAUTH2": re.compile(rb"\Auser=([^\x01]*)\x01"),
    "OAUTHBEARER": re.compile(rb"\An,a=([^,]*),\x01"),
}


class TokenGuard:
    """
    The valid tokens of one user.

    Attributes:
        user: Whose they are.
        lifetime: After how many uses by servers a token ends; 0 for never.
        issued: All tokens there were, in their order.
    """

    def __init__(self, user: str = "fay@example.org", *, lifetime: int = 0) -> None:
        self.user = user
        self.lifetime = lifetime
        self.issued: list[str] = []
        self._uses: dict[str, int] = {}
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)

    def issue(self) -> str:
        """Return a new token, which is valid beside the others."""
        with self._lock:
            token = f"Tr0ub4dor.{next(self._numbers)}-abc~_/+=="
            self.issued.append(token)
            self._uses[token] = 0
            return token

    def revoke_all(self) -> None:
        """End all tokens."""
        with self._lock:
            self._uses.clear()

    def is_valid(self, token: str) -> bool:
        """Return whether a token has not ended."""
        with self._lock:
            return token in self._uses

    def use(self, token: str) -> None:
        """Count a use, which may be the last."""
        with self._lock:
            if token in self._uses:
                self._uses[token] += 1
                if self._uses[token] == self.lifetime:
                    del self._uses[token]

    def find_token(self, mechanism: str, said: bytes) -> str:
        """Return the valid token in a client's first message; empty if there is none."""
        user, token = _USER[mechanism].search(said), _TOKEN.search(said)
        if not user or not token or user[1].decode() != self.user:
            return ""
        found = token[1].decode()
        return found if self.is_valid(found) else ""


def refuse_token() -> bytes:
    """Return the challenge by which servers say why."""
    return json.dumps({"status": "401", "schemes": "bearer", "scope": "mail"}).encode()


def closing_answer(mechanism: str) -> bytes:
    """Return what a client has to say to that."""
    return b"" if mechanism == "XOAUTH2" else b"\1"


def decode(line: bytes) -> bytes:
    """Return a line of the dialogue in letters."""
    return base64.b64decode(line.strip())
