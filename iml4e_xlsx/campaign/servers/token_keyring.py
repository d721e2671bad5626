"""
Keeps refresh tokens in the system's keyring, and nowhere else.

The store of Windows takes no more than some 1,200 letters in one entry, and tokens of Microsoft
are longer, so that one is kept in pieces.
"""

from __future__ import annotations

import contextlib
from typing import Final

from iml4e_xlsx.errors import MailError
from iml4e_xlsx.findings.error_codes import MailErrorCode

_PIECE: Final = 1_000


def read_secret(service: str, user: str) -> str:
    """Return what the keyring keeps for a user; empty if nothing, or if there is no keyring."""
    import keyring
    from keyring.errors import KeyringError

    try:
        first = keyring.get_password(service, user) or ""
        count, mark, text = first.partition(":")
        if not mark or not count.isdigit():
            return ""
        more = (
            keyring.get_password(service, _name_piece(user, n)) for n in range(2, int(count) + 1)
        )
        pieces = [text, *more]
    except (KeyringError, OSError):
        return ""
    return "" if None in pieces else "".join(filter(None, pieces))


def save_secret(service: str, user: str, secret: str) -> None:
    """
    Keep a secret of a user in the keyring, in the place of the last one.

    Raises:
        MailError: If there is no keyring, or it stays locked.
    """
    import keyring
    from keyring.errors import KeyringError

    pieces = [secret[start : start + _PIECE] for start in range(0, len(secret), _PIECE)]
    try:
        for number, piece in enumerate(pieces[1:], start=2):
            keyring.set_password(service, _name_piece(user, number), piece)
        # The first piece last: until it is there, the old count does not meet new pieces.
        keyring.set_password(service, user, f"{len(pieces)}:{pieces[0]}")
    except (KeyringError, OSError) as error:
        # Not from the keyring's error: nobody knows what its words and values hold.
        raise MailError(MailErrorCode.NO_KEYRING, reason=type(error).__name__) from None


def delete_secret(service: str, user: str) -> None:
    """Take a secret out of the keyring."""
    import keyring
    from keyring.errors import KeyringError

    number = 1
    with contextlib.suppress(KeyringError, OSError):
        while keyring.get_password(service, _name_piece(user, number)) is not None:
            keyring.delete_password(service, _name_piece(user, number))
            number += 1


def _name_piece(user: str, number: int) -> str:
    return user if number == 1 else f"{user} ({number})"
