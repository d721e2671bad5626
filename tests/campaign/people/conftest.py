"""Fixtures of the tests of people: a campaign in which everybody stands elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.folder.campaign import Campaign, open_campaign
from iml4e_xlsx.campaign.people.status import Status, read_status
from iml4e_xlsx.campaign.record.connection import Record
from tests.support.campaigns import (
    NOW,
    all_rated,
    answer,
    build,
    built_campaign,
    person_of,
    record_of,
    write_roster,
)
from tests.support.noting import note_returned
from tests.support.status import NO_ZIP, STEPS, prepare, xerxes


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a campaign in which everybody stands elsewhere, with a file aside."""
    root = tmp_path_factory.mktemp("status")
    given = [xerxes(word) for word in STEPS]
    with built_campaign(root, [*given, xerxes("gone")]) as (campaign, record):
        write_roster(campaign.folder, given)
        build(campaign, record)
        scheme = campaign.load_scheme()
        for word in STEPS:
            person = person_of(record, xerxes(word).mail)
            with record.begin(NOW) as tx:
                prepare(tx, scheme, person, word)
        answer(campaign, record, xerxes("errors").mail, {**all_rated(scheme), "AA-01": 17})
        with record.begin(NOW) as tx:
            note_returned(
                tx, None, NO_ZIP, sender="stranger@xenon.example.org", file="aside/xylem.xlsx"
            )
        return campaign.folder


@pytest.fixture
def opened(folder: Path) -> Iterator[tuple[Campaign, Record]]:
    """Yield the campaign and its record; no test of this module changes it."""
    campaign = open_campaign(folder)
    with record_of(campaign) as record:
        yield campaign, record


@pytest.fixture
def status(opened: tuple[Campaign, Record]) -> Status:
    """Return where that campaign stands."""
    return read_status(*opened, now=NOW)
