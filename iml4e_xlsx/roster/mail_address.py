"""Checks mail addresses as they stand in a roster's cell, and says why one is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from iml4e_xlsx.errors import ResourceError
from iml4e_xlsx.findings.error_codes import ReportErrorCode

AddressCheck: TypeAlias = Callable[[str], str]
"""Returns an address as mail servers take it, its domain in ASCII, or raises AddressError."""

LONGEST_ADDRESS: Final = 254
"""How many characters of an address mail servers must take, by RFC 5321."""

_LONGEST_LOCAL: Final = 64
"""How many characters before the @ mail servers must take, by RFC 5321."""

_SEPARATORS: Final = re.compile(r"[\s;,|/]+")
_LIST_MARKS: Final = re.compile(r"[;,]")
_ADDRESS_PIECE: Final = re.compile(r"[^@]+@[^@]+")
_LINK: Final = "mailto:"
_LOCALHOST: Final = "localhost"
_PRIVATE_DOMAIN: Final = re.compile(r"(?:.*\.)?(?:localhost|local|test)", re.IGNORECASE)
"""Domains of one house or one test, which the library refuses since the world has none."""

_PUBLIC_SUFFIX: Final = ".org"
"""The suffix that makes a public domain of a private one while the library checks it."""


class AddressFault(StrEnum):
    """
    Why a cell holds no usable address.

    The words of all but the first two, which have findings of their own, stand under
    `mail_reason`.
    """

    SEVERAL = "several"  #: The cell holds several addresses.
    DRESSED = "dressed"  #: There is a name around it, or it is a link.

    NO_AT = "no_at"  #: It has no @.
    TWO_AT = "two_at"  #: It has more than one @.
    NO_LOCAL = "no_local"  #: Nothing stands before the @.
    NO_DOMAIN = "no_domain"  #: Nothing stands after the @.
    SPACE = "space"  #: There is white space inside it.
    TRAILING_DOT = "trailing_dot"  #: It ends with a dot, as at the end of a sentence.
    TRAILING_MARK = "trailing_mark"  #: It ends with a mark from a list of addresses.
    COMMA = "comma"  #: A comma stands where a dot belongs: the keys are neighbours.
    DOUBLE_DOT = "double_dot"  #: It has two dots in a row.
    EDGE_DOT = "edge_dot"  #: It has a dot at the beginning or beside the @.
    NOT_ASCII = "not_ascii"  #: Letters before the @ take SMTPUTF8, which many servers lack.
    TOO_LONG = "too_long"  #: It is longer than mail servers must take.
    NO_DOT = "no_dot"  #: The domain has no dot: nobody outside this network could reach it.
    SYNTAX = "syntax"  #: The library refuses it for any other reason.


class AddressError(Exception):
    """The verdict that a cell holds no usable address; `fault` says why."""

    def __init__(self, fault: AddressFault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressRule:
    """One way in which people mistype an address."""

    fault: AddressFault
    is_broken: Callable[[str], bool]


def _local_part(mail: str) -> str:
    return mail.partition("@")[0]


def _domain_part(mail: str) -> str:
    return mail.rpartition("@")[2]


def _has_edge_dot(mail: str) -> bool:
    local = _local_part(mail)
    return local.startswith(".") or local.endswith(".") or _domain_part(mail).startswith(".")


def _is_too_long(mail: str) -> bool:
    return len(mail) > LONGEST_ADDRESS or len(_local_part(mail)) > _LONGEST_LOCAL


def _lacks_dot(mail: str) -> bool:
    domain = _domain_part(mail)
    return "." not in domain and domain.casefold() != _LOCALHOST  # where tests send to


ADDRESS_RULES: Final = (
    AddressRule(fault=AddressFault.NO_AT, is_broken=lambda mail: "@" not in mail),
    AddressRule(fault=AddressFault.TWO_AT, is_broken=lambda mail: mail.count("@") > 1),
    AddressRule(fault=AddressFault.NO_LOCAL, is_broken=lambda mail: not _local_part(mail).strip()),
    AddressRule(
        fault=AddressFault.NO_DOMAIN, is_broken=lambda mail: not _domain_part(mail).strip()
    ),
    AddressRule(fault=AddressFault.SPACE, is_broken=lambda mail: any(c.isspace() for c in mail)),
    AddressRule(fault=AddressFault.TRAILING_DOT, is_broken=lambda mail: mail.endswith(".")),
    AddressRule(
        fault=AddressFault.TRAILING_MARK, is_broken=lambda mail: mail.endswith((",", ";", ":"))
    ),
    AddressRule(fault=AddressFault.COMMA, is_broken=lambda mail: "," in _domain_part(mail)),
    AddressRule(fault=AddressFault.DOUBLE_DOT, is_broken=lambda mail: ".." in mail),
    AddressRule(fault=AddressFault.EDGE_DOT, is_broken=_has_edge_dot),
    AddressRule(
        fault=AddressFault.NOT_ASCII, is_broken=lambda mail: not _local_part(mail).isascii()
    ),
    AddressRule(fault=AddressFault.TOO_LONG, is_broken=_is_too_long),
    AddressRule(fault=AddressFault.NO_DOT, is_broken=_lacks_dot),
)
"""The rules in the order in which they are tried: of several faults the first is the cause."""


def split_addresses(text: str) -> list[str]:
    """Return the addresses of a list as people type them, with commas or semicolons in between."""
    return [address for part in _LIST_MARKS.split(text) if (address := part.strip())]


def load_address_check() -> AddressCheck:
    """
    Load email-validator, and return the function that checks an address with it.

    Raises:
        ResourceError: If email-validator is not installed.
    """
    try:
        from email_validator import EmailNotValidError, validate_email
    except ImportError as error:
        raise ResourceError(
            ReportErrorCode.LIBRARY_MISSING, library="email-validator", extra="campaign"
        ) from error

    def check_address(text: str) -> str:
        _check_typing(text)
        suffix = _PUBLIC_SUFFIX if _PRIVATE_DOMAIN.fullmatch(_domain_part(text)) else ""
        try:
            address = validate_email(
                text + suffix,
                allow_smtputf8=False,
                check_deliverability=False,
                globally_deliverable=False,
            )
        except EmailNotValidError as error:
            # The library explains itself in English alone, and the rules know the common faults.
            raise AddressError(AddressFault.SYNTAX) from error
        if address.ascii_email is None:
            raise AddressError(AddressFault.SYNTAX)
        return address.ascii_email.removesuffix(suffix)

    return check_address


def _check_typing(text: str) -> None:
    """Raise AddressError for what people mistype; the library finds the rest."""
    # First: a list of addresses breaks nearly all rules below, none of which would help.
    if len(list(filter(_ADDRESS_PIECE.fullmatch, _SEPARATORS.split(text)))) > 1:
        raise AddressError(AddressFault.SEVERAL)
    # A name or a link was copied with the address. It is not stripped: whether the rest is the
    # person's address would be a guess, and a mail to a stranger cannot be taken back.
    if text.casefold().startswith(_LINK) or ("<" in text and "@" in text):
        raise AddressError(AddressFault.DRESSED)
    for rule in ADDRESS_RULES:
        if rule.is_broken(text):
            raise AddressError(rule.fault)


def usable_address(text: str) -> str | None:
    """
    Return an address as mail servers take it; None for what cannot be written to.

    Raises:
        ResourceError: If email-validator is not installed.
    """
    try:
        return load_address_check()(text.strip())
    except AddressError:
        return None
