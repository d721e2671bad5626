"""
Writes the headers that take values from roster and settings, so that each stays one header.

`email` folds a long name without its quotation marks (Python 3.11 to 3.13), so that a comma or an
@ in the name turns one address into several; and it writes an encoded word of RFC 2047 as it is.
Therefore names that do not fit on a line are encoded here, and encoded words are refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from email import message_from_bytes
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import Policy
from email.utils import getaddresses
from typing import Final, Self

from iml4e_xlsx.text.message import Message, message

_LONGEST_LINE: Final = 78
"""As RFC 5322 wants it, without the line's end."""

_ENCODED_WORD: Final = re.compile(r"=\?[^?\s]+\?[bq]\?[^?]*\?=", re.IGNORECASE)


class HeaderError(ValueError):
    """A value cannot stand in a header; `reason` says why."""

    def __init__(self, reason: Message) -> None:
        super().__init__(reason.key)
        self.reason = reason


class _EncodedHeader(str):
    """An address header with an encoded name, ready for the library to take."""

    __slots__ = ("address", "display", "name")
    name: str
    display: str
    address: str

    def __new__(cls, name: str, display: str, address: str) -> Self:
        """Return the header as it is read; `fold` is how it is written."""
        header = super().__new__(cls, str(Address(display, addr_spec=address)))
        header.name, header.display, header.address = name, display, address
        return header

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
        display: The name of the address's owner; may be empty.
        address: The address, in ASCII.

    Raises:
        HeaderError: If name or address cannot stand in a header.
        email.errors.MessageError: If the library refuses the address.
    """
    check_text(display)
    plain = Address(display, addr_spec=address)
    fits = len(f"{name}: {plain}") <= _LONGEST_LINE and str(plain).isascii()
    mail[name] = plain if fits or not display else _EncodedHeader(name, display, address)


def write_copies(mail: EmailMessage, addresses: Sequence[str]) -> None:
    """
    Write the header that names who gets a copy; none for nobody.

    Args:
        mail: The mail, without this header.
        addresses: The addresses, in ASCII.

    Raises:
        email.errors.MessageError: If the library refuses an address.
    """
    if addresses:
        mail["Cc"] = tuple(Address(addr_spec=address) for address in addresses)


def write_subject(mail: EmailMessage, subject: str) -> None:
    """
    Write the subject.

    Raises:
        HeaderError: If the text cannot stand in a header.
    """
    check_text(subject)
    mail["Subject"] = subject


def check_text(text: str) -> None:
    """Raise HeaderError for text that would be something else in a header."""
    if _ENCODED_WORD.search(text):
        raise HeaderError(message("mail_headers.encoded_word"))
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in text):
        raise HeaderError(message("mail_headers.control_character"))


def check_headers(mail: EmailMessage) -> None:
    """
    Raise HeaderError where a mail that has only headers is read as anything else.

    No value may add a header, an address or a body, whatever the library makes of it.
    """
    data = mail.as_bytes()
    parsed, without_line_ends = message_from_bytes(data), data.replace(b"\r\n", b"")
    added = parsed.keys() != mail.keys() or parsed.get_payload()
    if added or b"\n" in without_line_ends or b"\r" in without_line_ends:
        raise HeaderError(message("mail_headers.added_header"))
    for name in ("From", "Reply-To", "To", "Cc"):
        written = getaddresses(mail.get_all(name, []))
        read = getaddresses(parsed.get_all(name, []))
        if [address for _, address in read] != [address for _, address in written]:
            raise HeaderError(message("mail_headers.added_address", header=name))
