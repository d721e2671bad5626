"""Checks who sends the mails of a campaign, and who gets a copy of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.finding import Finding, Place
from iml4e_xlsx.roster.mail_address import AddressError, load_address_check
from iml4e_xlsx.text.addresses import ascii_address
from iml4e_xlsx.text.message import message

SENDER_FIELDS: Final[Mapping[str, tuple[type, Any]]] = {
    "name": (str, ""),
    "mail": (str, ""),
    "reply_to": (str, ""),
    "cc": (list, []),
}
"""The keys of [sender]: type and default."""

_MAIL: Final = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+")


def find_sender_mistakes(
    values: Mapping[str, Any], places: Mapping[str, Place], catalogue: FindingCatalogue
) -> Iterator[Finding]:
    """
    Yield what is wrong with the addresses of the sender and of those who get copies.

    Args:
        values: The values of [sender].
        places: Where each key stands.
        catalogue: The language of the findings.

    Raises:
        ResourceError: If copies are wanted and email-validator is not installed.
    """
    for key in ("mail", "reply_to"):
        value, label = values[key], f"[sender] {key}"
        if not isinstance(value, str) or not value:
            continue
        if not _MAIL.fullmatch(value):
            yield catalogue.setting_mail(places[key], label, value)
        elif not ascii_address(value).isascii():
            yield catalogue.setting_mail_letters(places[key], label, value)
    copies = values["cc"]
    if not copies or not isinstance(copies, list):
        return
    # As the addresses of a roster are: a copy that goes astray cannot be taken back either.
    check_address = load_address_check()
    for address in filter(lambda item: isinstance(item, str), copies):
        try:
            check_address(address.strip())
        except AddressError as error:
            reason = message(f"mail_reason.{error.fault}")
            yield catalogue.setting_copy(places["cc"], "[sender] cc", address, reason)


def make_copies(addresses: object) -> tuple[str, ...]:
    """Return the addresses of a setting as mail servers take them."""
    if not isinstance(addresses, list):
        return ()
    return tuple(ascii_address(address.strip()) for address in addresses)
