"""Holds what the tests of the mailbox share."""

from __future__ import annotations

from datetime import UTC, datetime

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.record.connection import Record
from tests.support.campaigns import run
from tests.support.returning import all_returned, filled_of, mail

ANN, BEN, CAY, DAN = (f"{name}@example.org" for name in ("ann", "ben", "cay", "dan"))


def now() -> datetime:
    return datetime.now(UTC)


def returned_by(
    campaign: Campaign, record: Record, *addresses: str, rating: int = 3
) -> list[bytes]:
    """Return a mail of each person with the person's workbook."""
    return [
        mail(
            ("answer.xlsx", filled_of(campaign, record, address, rating)),
            sender=address,
            message_id=f"<{rating}-{address}>",
            at=now(),
        ).as_bytes()
        for address in addresses
    ]


def collect(campaign: Campaign, *options: str, code: int = 0) -> str:
    """Collect from the mailbox; return everything that is said."""
    return run("campaign", "collect", "--imap", *options, "-C", campaign.folder, code=code).output


def whose(record: Record) -> list[int | None]:
    return [one.person for one in all_returned(record)]
