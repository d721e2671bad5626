"""Makes what the record has of a returned file once nobody knows whose it was."""

from __future__ import annotations

import secrets
from typing import Any

import sqlalchemy as sa

from iml4e_xlsx.campaign.record.connection import Transaction
from iml4e_xlsx.campaign.record.returned_file import OwnerMatch, ReturnState
from iml4e_xlsx.campaign.record.schema import campaigns


def make_anonymous_values(tx: Transaction) -> dict[str, Any]:
    """
    Return the values of all columns of `returned` that could lead to a person.

    What says whose content it was is random, and the time is that at which the campaign began.
    """
    chosen = sa.select(campaigns.c.created).where(campaigns.c.id == tx.campaign)
    return {
        "sha256": secrets.token_hex(32),
        "person": None,
        "matched": OwnerMatch.NONE.value,
        "state": ReturnState.ANONYMOUS.value,
        "file": "",
        "source": f"anonymous-{secrets.token_hex(4)}",
        "code": "",
        "message": "",
        "details": {},
        "workbook_id": "",
        "estimates": {},
        "findings": [],
        "saved": "",
        "other_round": None,
        "collected": tx.connection.scalar(chosen),
    }
