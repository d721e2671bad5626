"""
The headers of a mail that values from roster and settings go into: each stays one header.

`email` folds a long name without its quotation marks (Python 3.11 to 3.13), so that a comma or an
@ in it makes more addresses of one; and it writes what stands in an encoded word of RFC 2047 as it
is. Names that do not fit on a line are therefore encoded here, and encoded words are refused.
"""

from __future__ import annotations

import re
import unicodedata
from email import message_from_bytes
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import Policy
from email.utils import getaddresses
from typing import Final, Self

_LONGEST_LINE: Final = 78
"""As RFC 5322 wants it, without the line's end."""

_ENCODED_WORD: Final = re.compile(r"=\?[^?\s]+\?[bq]\?[^?]*\?=", re.IGNORECASE)


class _Encoded(str):
    """An address header with an encoded name, as the library takes headers that are ready."""

    __slots__ = ("address", "display", "name")
    name: str
    display: str
    address: str

    def __new__(cls, name: str, display: str, address: str) -> Self:
        """Return the header as it is read; `fold` is how it is written."""
        made = super().__new__(cls, str(Address(display, addr_spec=address)))
        made.name, made.display, made.address = name, display, address
        return made

    def fold(self, *, policy: Policy) -> str:
        """Return the header's lines; the address has one of its own."""
        encoded = Header(self.display, "utf-8", header_name=self.name).encode(
            linesep=policy.linesep
        )
        return f"{self.name}: {encoded}{policy.linesep} <{self.address}>{policy.linesep}"


def write_address(mail: EmailMessage, name: str, display: str, address: str) -> None:
    """
    Write a header with one address.

    Args:
        mail: The mail, without this header.
        name: The header's name.
        display: The name of whom the address belongs to; may be empty.
        address: The address, in ASCII.

    Raises:
        ValueError: If name or address cannot stand in a header.
        email.errors.MessageError: So does the library for some addresses.
    """
    check_text(display)
    plain = Address(display, addr_spec=address)
    fits = len(f"{name}: {plain}") <= _LONGEST_LINE and str(plain).isascii()
    mail[name] = plain if fits or not display else _Encoded(name, display, address)


def write_subject(mail: EmailMessage, subject: str) -> None:
    """
    Write the subject.

    Raises:
        ValueError: If the text cannot stand in a header.
    """
    check_text(subject)
    mail["Subject"] = subject


def check_text(text: str) -> None:
    """Raise ValueError for text that would be something else in a header."""
    if _ENCODED_WORD.search(text):
        raise ValueError("a name or the subject holds an encoded word, =?...?=; write what it says")
    if any(unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp") for one in text):
        raise ValueError("a name or the subject holds a line break or a control character")


def check_headers(mail: EmailMessage) -> None:
    """
    Raise ValueError where a mail that has headers only is read as anything else.

    Whatever the library makes of a value: no header more, no address more or other, no body.
    """
    data = mail.as_bytes()
    read, alone = message_from_bytes(data), data.replace(b"\r\n", b"")
    added = read.keys() != mail.keys() or read.get_payload()
    if added or b"\n" in alone or b"\r" in alone:
        raise ValueError("a name or the subject would add a header")
    for name in ("From", "Reply-To", "To"):
        wanted = getaddresses(mail.get_all(name, []))
        found = getaddresses(read.get_all(name, []))
        if [address for _, address in found] != [address for _, address in wanted]:
            raise ValueError(f"a name would add an address to {name}")
