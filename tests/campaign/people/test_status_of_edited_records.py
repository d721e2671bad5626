"""Tests of the status of a record in which somebody has edited what was stored of files."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from iml4e_xlsx.campaign.record import people
from iml4e_xlsx.campaign.record.schema import returned
from tests.support.campaigns import NOW, built_campaign, run
from tests.support.noting import note_returned, rated

DAMAGED = ("broken-workbook", "its parts are gone")


@pytest.mark.parametrize(
    "stored", ["x", None, 5, {"a": 1}, [], ["x"], [None], [{"code": "gone-since"}]]
)
@pytest.mark.parametrize("column", ["findings", "details"])
def test_status_and_export_go_on_whatever_a_record_has_of_a_file(
    tmp_path: Path, column: str, stored: object
) -> None:
    """Everybody is listed, and replies are written, with one entry that says what is odd."""
    with built_campaign(tmp_path / "c", 2) as (campaign, record), record.begin(NOW) as tx:
        ann, ben = people.all_people(tx)
        note_returned(tx, ann, rated(campaign.load_scheme(), ann), file="returned/ann.xlsx")
        note_returned(tx, ben, DAMAGED, file="returned/ben.xlsx")
        tx.connection.execute(sa.update(returned).values({column: stored}))

    shown = run("campaign", "status", campaign.folder).stdout
    replies = run("campaign", "status", campaign.folder, "--reply").stdout
    run("campaign", "export", campaign.folder, "--format", "json")

    assert ann.name in shown
    assert "returned/ben.xlsx" in shown
    assert ben.mail in replies
