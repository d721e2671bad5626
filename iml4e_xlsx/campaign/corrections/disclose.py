"""Discloses all that a campaign stores of a person, in record and folder: the right of access."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.folder.originals import find_originals
from iml4e_xlsx.campaign.record import people, returns
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.disclosure import list_rows
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.findings.error_codes import CorrectionErrorCode


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """What is stored of a person: the rows of the record by table, and files by place."""

    rows: Mapping[str, list[Mapping[str, Any]]]
    files: tuple[str, ...]


def disclose_person(
    campaign: Campaign, record: Record, mail: str, *, now: datetime
) -> PersonalData:
    """
    Return all that is stored of a person.

    Raises:
        CampaignError: If nobody has this address.
        RecordError: If the record cannot be read.
        OriginalsError: If a place of originals cannot be reached.
    """
    with record.begin(now) as tx:
        person = people.find_by_mail(tx, mail)
        if person is None:
            raise CampaignError(
                CorrectionErrorCode.ADDRESS_UNKNOWN, campaign=campaign.settings.name, mail=mail
            )
        rows = list_rows(tx, person)
        own = [file for file in returns.all_returned(tx) if file.person == person.id]
        issued = [campaign.resolve_path(name) for name in people.workbook_files(tx, person.id)]
        originals = [each for file in own for each in find_originals(tx, campaign, file)]
        places = {original.described_place for original in originals}
    there = {path.relative_to(campaign.folder).as_posix() for path in issued if path.is_file()}
    return PersonalData(rows=rows, files=tuple(sorted(there | places)))
