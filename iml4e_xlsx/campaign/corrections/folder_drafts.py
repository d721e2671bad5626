"""Finds drafts of mails that lie in a campaign's folder, by the digests of their Message-IDs."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from email.parser import BytesHeaderParser
from pathlib import Path

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.findings.file_traits import content_digest


def find_drafts(campaign: Campaign, digests: Collection[str]) -> Iterator[Path]:
    """Yield the drafts in the folder of mails whose Message-IDs have one of the digests."""
    for path in sorted(campaign.folder.rglob("*.eml")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                message_id = str(BytesHeaderParser().parse(file).get("Message-ID", "")).strip()
            if content_digest(message_id.encode()) in digests:
                yield path
