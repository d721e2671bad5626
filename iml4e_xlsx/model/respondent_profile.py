"""Defines what respondents say about themselves: the fields of a profile, and their texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PROFILE_LIMIT: Final = 120
"""How many characters a text of the profile may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileField:
    """
    One field of a profile; its words stand in the interface texts under `profile.<name>`.

    `headings` are the names of its column in a roster, the one for people first; a field without
    them is not in a roster. A personal field is about the respondent and left out of anonymous
    results. Only a benchmark needs an optional one: if it is empty, no finding says so.
    """

    name: str
    headings: tuple[str, ...] = ()
    limit: int = PROFILE_LIMIT
    optional: bool = False
    personal: bool = False
    is_date: bool = False


PROFILE_FIELDS: Final = (
    ProfileField(name="organisation", headings=("organisation", "organization")),
    ProfileField(name="sector", headings=("sector", "branche", "sektor"), optional=True),
    ProfileField(name="size", headings=("size", "größe", "groesse"), optional=True),
    ProfileField(name="team", headings=("team",)),
    ProfileField(name="respondent", headings=("name", "respondent"), personal=True),
    ProfileField(name="role", headings=("role", "rolle"), personal=True),
    ProfileField(name="date", is_date=True),
)
"""The fields of a profile in the order in which they are asked for; all else follows this table."""

PROFILE_NAMES: Final = tuple(field.name for field in PROFILE_FIELDS)
OPTIONAL_FIELDS: Final = frozenset(field.name for field in PROFILE_FIELDS if field.optional)
ROSTER_FIELDS: Final = tuple(field.name for field in PROFILE_FIELDS if field.headings)
PERSONAL_FIELDS: Final = tuple(field.name for field in PROFILE_FIELDS if field.personal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """
    The respondent's entries about themselves: one text for each of `PROFILE_FIELDS`.

    `date` is an ISO 8601 calendar date (2026-11-23) or empty.
    """

    organisation: str = ""
    sector: str = ""
    size: str = ""
    team: str = ""
    respondent: str = ""
    role: str = ""
    date: str = ""

    @property
    def values(self) -> dict[str, str]:
        """Return the texts by name, in the order of `PROFILE_FIELDS`."""
        return {name: getattr(self, name) for name in PROFILE_NAMES}
