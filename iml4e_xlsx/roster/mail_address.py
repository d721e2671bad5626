"""Mail addresses as they stand in a roster's cell: usable, or why not."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from iml4e_xlsx.errors import ResourceError

_SEPARATORS: Final = re.compile(r"[\s;,|/]+")
_PIECE: Final = re.compile(r"[^@]+@[^@]+")
_LINK: Final = "mailto:"
_LOCALHOST: Final = "localhost"
_HOUSE: Final = re.compile(r"(?:.*\.)?(?:localhost|local|test)", re.IGNORECASE)
"""Domains of one house or one test, which the library refuses since the world has none."""

_PUBLIC: Final = ".org"
"""What makes a public domain of one of those, for the time of its check."""

_LONGEST: Final = 254
_LONGEST_LOCAL: Final = 64
"""What mail servers must take, of an address and of what stands before the @, by RFC 5321."""


class MailFault(Enum):
    """What a cell holds in place of an address."""

    SEVERAL = "several"
    DRESSED = "dressed"
    MALFORMED = "malformed"


class BadMail(Exception):  # noqa: N818 - it is the verdict, not a fault
    """A cell without a usable address; `reason` is a key of the texts under `mail_reason.`."""

    def __init__(self, fault: MailFault, reason: str = "") -> None:
        super().__init__(fault, reason)
        self.fault = fault
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """One way in which people mistype an address, and the reason that is given."""

    reason: str
    broken: Callable[[str], bool]


def _local(mail: str) -> str:
    return mail.partition("@")[0]


def _domain(mail: str) -> str:
    return mail.rpartition("@")[2]


def _edge_dot(mail: str) -> bool:
    local = _local(mail)
    return local.startswith(".") or local.endswith(".") or _domain(mail).startswith(".")


def _too_long(mail: str) -> bool:
    return len(mail) > _LONGEST or len(_local(mail)) > _LONGEST_LOCAL


def _without_dot(domain: str) -> bool:
    return "." not in domain and domain.casefold() != _LOCALHOST


_RULES: Final = (
    _Rule(reason="no_at", broken=lambda mail: "@" not in mail),
    _Rule(reason="two_at", broken=lambda mail: mail.count("@") > 1),
    _Rule(reason="no_local", broken=lambda mail: not _local(mail).strip()),
    _Rule(reason="no_domain", broken=lambda mail: not _domain(mail).strip()),
    _Rule(reason="space", broken=lambda mail: any(c.isspace() for c in mail)),
    _Rule(reason="trailing_dot", broken=lambda mail: mail.endswith(".")),
    _Rule(reason="trailing_mark", broken=lambda mail: mail.endswith((",", ";", ":"))),
    _Rule(reason="comma", broken=lambda mail: "," in _domain(mail)),
    _Rule(reason="double_dot", broken=lambda mail: ".." in mail),
    _Rule(reason="edge_dot", broken=_edge_dot),
    _Rule(reason="not_ascii", broken=lambda mail: not _local(mail).isascii()),
    _Rule(reason="too_long", broken=_too_long),
    _Rule(reason="no_dot", broken=lambda mail: _without_dot(_domain(mail))),
)
"""In this order: of several reasons the first is the one that helps."""


def mail_checker() -> Callable[[str], str]:
    """
    Return a function that returns an address as mail servers take it, its domain in ASCII.

    The function raises BadMail for whatever is no address that can be written to.

    Raises:
        ResourceError: If email-validator is not installed.
    """
    try:
        from email_validator import EmailNotValidError, validate_email
    except ImportError as error:
        raise ResourceError(
            "Rosters with addresses need email-validator; install it with: "
            "pip install 'iml4e-xlsx[campaign]'"
        ) from error

    def checked(text: str) -> str:
        _look(text)
        public = _PUBLIC if _HOUSE.fullmatch(_domain(text)) else ""
        try:
            found = validate_email(
                text + public,
                allow_smtputf8=False,
                check_deliverability=False,
                globally_deliverable=False,
            )
        except EmailNotValidError as error:
            raise BadMail(MailFault.MALFORMED, "syntax") from error
        if found.ascii_email is None:
            raise BadMail(MailFault.MALFORMED, "syntax")
        return found.ascii_email.removesuffix(public)

    return checked


def _look(text: str) -> None:
    """Raise BadMail for what people write, with the reason; the rest is left to the library."""
    if len(list(filter(_PIECE.fullmatch, _SEPARATORS.split(text)))) > 1:
        raise BadMail(MailFault.SEVERAL)
    if text.casefold().startswith(_LINK) or ("<" in text and "@" in text):
        raise BadMail(MailFault.DRESSED)
    for rule in _RULES:
        if rule.broken(text):
            raise BadMail(MailFault.MALFORMED, rule.reason)


def usable_address(text: str) -> str | None:
    """
    Return an address as mail servers take it; None for what cannot be written to.

    Raises:
        ResourceError: If email-validator is not installed.
    """
    try:
        return mail_checker()(text.strip())
    except BadMail:
        return None
