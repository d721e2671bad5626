"""Fixtures of the tests of a round's results: a campaign that was answered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.campaigns import (
    DAY,
    NOW,
    Row,
    all_rated,
    built_campaign,
    collect,
    filled_in,
    person_of,
)
from tests.support.noting import note_returned
from tests.support.reporting import (
    ANN,
    BEN,
    CAY,
    DAN,
    EVIDENCE,
    PEOPLE,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a campaign in which three of four have answered, one of them twice."""
    root = tmp_path_factory.mktemp("reporting")
    with built_campaign(root, PEOPLE) as (campaign, record):
        (campaign.folder / "roster.xlsx").unlink()
        scheme = campaign.load_scheme()
        given: list[tuple[Row, dict[str, Any], dict[str, str], int, str]] = [
            (ANN, all_rated(scheme, 0), {}, 0, "xenia.xlsx"),
            (ANN, all_rated(scheme, 3), {"AA-01": EVIDENCE}, 1, "xenia xylander.xlsx"),
            (BEN, all_rated(scheme, 2), {}, 0, "yorick.xlsx"),
            (CAY, {**all_rated(scheme, 1), "AA-01": 9, "AA-02": None}, {}, 0, "zelda.xlsx"),
        ]
        paths = [
            filled_in(
                campaign, record, row.mail, values, evidence=evidence, now=NOW + days * DAY,
                name=name,
            )
            for row, values, evidence, days, name in given
        ]  # fmt: skip
        collect(campaign, record, *paths, now=NOW + DAY)
        dan = person_of(record, DAN.mail)
        with record.begin(NOW) as tx:
            note_returned(tx, dan, ("broken-workbook", "quincy.xlsx is damaged."))
        return campaign.folder
