"""Tells who gets a copy of the mails to a person: whom settings and roster name for it."""

from __future__ import annotations

from iml4e_xlsx.campaign.folder.settings import Settings
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.roster import list_copies
from iml4e_xlsx.text.addresses import address_key


def find_copies(settings: Settings, person: Person) -> tuple[str, ...]:
    """Return the addresses that get a copy, as mail servers take them; never the person's own."""
    addresses = (*settings.copies, *list_copies(person.extra))
    named = {address_key(address): address for address in addresses}
    own = {address_key(person.mail), address_key(person.address)}
    return tuple(address for key, address in named.items() if key not in own)


def is_copy_address(settings: Settings, person: Person, address: str) -> bool:
    """Tell whether an address gets copies of the mails to a person, and is not the person's."""
    return address_key(address) in map(address_key, find_copies(settings, person))
