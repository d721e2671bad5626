"""Compares mail addresses: two spellings of one address have the same key."""

from __future__ import annotations


def address_key(mail: str) -> str:
    """
    Return the key by which addresses are compared: without case, the domain in ASCII.

    `Ann@Müller.example` and `ann@xn--mller-kva.example` are one: rosters have the first, mails
    the second (RFC 5891, by the mapping of UTS 46). Case makes no difference in the part before
    the @ either: RFC 5321 leaves that to the receiving server, but no server gives two people
    addresses that differ in case alone. Any other text comes back stripped and in lower case.
    """
    local, at, domain = mail.strip().rpartition("@")
    return local.casefold() + at + _ascii_domain(domain.lower())


def ascii_address(mail: str) -> str:
    """Return an address with its domain in ASCII, as headers and servers need it."""
    local, at, domain = mail.rpartition("@")
    return local + at + _ascii_domain(domain)


def _ascii_domain(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        import idna
    except ImportError:  # an extra of campaigns; without them nobody is looked up
        return domain
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        return domain
