"""
Speaks the two ways to log in with a token: XOAUTH2, and OAUTHBEARER of RFC 7628.

A server that refuses a token says why in a challenge, which has to be answered before it gives
its final word; both protocols share this.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Collection
from typing import Final

from iml4e_xlsx.campaign.folder.mail_server import MailServer
from iml4e_xlsx.text.spelling import printable_text

MECHANISMS: Final = ("XOAUTH2", "OAUTHBEARER")
"""In the order of choice: providers document the first, and some have only that."""

_LONGEST_STATUS: Final = 80


def choose_mechanism(offered: Collection[str]) -> str:
    """Return how to give a token to a server that offers these ways; empty if by none."""
    return next((mechanism for mechanism in MECHANISMS if mechanism in offered), "")


def make_first_message(mechanism: str, server: MailServer, user: str, token: str) -> bytes:
    """Return what a client says first, before it is encoded."""
    if mechanism == "XOAUTH2":
        return f"user={user}\1auth=Bearer {token}\1\1".encode()
    account = user.replace("=", "=3D").replace(",", "=2C")
    place = f"host={server.host}\1port={server.port}"
    return f"n,a={account},\1{place}\1auth=Bearer {token}\1\1".encode()


def answer_refusal(mechanism: str) -> bytes:
    """Return what a client says to the challenge that says why a token was refused."""
    return b"" if mechanism == "XOAUTH2" else b"\1"


def read_refusal(challenge: bytes) -> str:
    """Return the status in a challenge that refuses a token; empty if it has none."""
    try:
        document = json.loads(challenge)
    except (ValueError, RecursionError):
        return ""
    status = document.get("status", "") if isinstance(document, dict) else ""
    return printable_text(str(status))[:_LONGEST_STATUS]


def encode_message(data: bytes) -> str:
    """Return a message in Base64, as SMTP carries it."""
    return base64.b64encode(data).decode()


def hide_secrets(words: str, *secrets: str) -> str:
    """Return a server's words without what it repeats of a login, in letters or in Base64."""
    for secret in secrets:
        if secret:
            words = words.replace(secret, "[...]")
    return words
