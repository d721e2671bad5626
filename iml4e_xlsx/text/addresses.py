"""What makes two spellings of a mail address the same address."""

from __future__ import annotations


def address_key(mail: str) -> str:
    """
    Return an address as addresses are compared: without case, its domain in ASCII.

    `Ann@Müller.example` and `ann@xn--mller-kva.example` are one: rosters have the first, mails
    the second (RFC 5891, by the mapping of UTS 46). Case makes no difference in the part before
    the @ either, although RFC 5321 leaves that to the receiving server: none tells two people
    apart by it. What is no address comes back stripped and in lower case.
    """
    local, at, domain = mail.strip().rpartition("@")
    return local.casefold() + at + _in_ascii(domain.lower())


def ascii_address(mail: str) -> str:
    """Return an address as headers and servers take it: with its domain in ASCII."""
    local, at, domain = mail.rpartition("@")
    return local + at + _in_ascii(domain)


def _in_ascii(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        import idna
    except ImportError:  # it comes with what campaigns need; without them nobody is looked up
        return domain
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        return domain
