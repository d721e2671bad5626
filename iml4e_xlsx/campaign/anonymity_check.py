"""Checks that roster and settings of an anonymous round tell nothing of who has answered what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.folder.settings import SETTINGS_FILE
from iml4e_xlsx.campaign.record.people import PersonScope
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.findings.error_codes import RoundErrorCode
from iml4e_xlsx.roster import RosterRow, list_copies
from iml4e_xlsx.text.lists import list_names

_LISTED_NAMES: Final = 5
"""How many people or addresses an error names before it counts the others."""


def check_copies(campaign: Campaign, roster: Path, rows: Sequence[RosterRow]) -> None:
    """
    Refuse copies of the mails of an anonymous round: answers to all would go there as well.

    Raises:
        CampaignError: With the addresses that would get copies.
    """
    settings = campaign.settings
    addresses = [*settings.copies, *(mail for row in rows for mail in list_copies(row.extra))]
    if settings.anonymous and addresses:
        raise CampaignError(
            RoundErrorCode.COPIES_TELL_ANSWERS,
            campaign=settings.name,
            addresses=list_names(list(dict.fromkeys(addresses)), _LISTED_NAMES),
            settings=campaign.folder / SETTINGS_FILE,
            roster=roster,
        )


def check_scopes(
    campaign: Campaign, roster: Path, rows: Sequence[RosterRow], scopes: Sequence[PersonScope]
) -> None:
    """
    Refuse parts that only some people of an anonymous round are asked for.

    Raises:
        CampaignError: With people who are asked for something else than most others.
    """
    settings = campaign.settings
    if not settings.anonymous or len(set(scopes)) <= 1:
        return
    ((usual, _),) = Counter(scopes).most_common(1)
    names = [
        row.profile.respondent for row, scope in zip(rows, scopes, strict=True) if scope != usual
    ]
    raise CampaignError(
        RoundErrorCode.PARTS_TELL_PEOPLE,
        campaign=settings.name,
        names=list_names(names, _LISTED_NAMES),
        settings=campaign.folder / SETTINGS_FILE,
        roster=roster,
    )
