"""Fixtures of the tests of sending: campaigns that are built once, and one for its mail texts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.record.connection import Record
from tests.support.campaigns import built_campaign, new_campaign
from tests.support.mailing import Campaigns, Opens, opener
from tests.support.servers.certificates import Certificates


@pytest.fixture(scope="module")
def campaigns(tmp_path_factory: pytest.TempPathFactory) -> Campaigns:
    """Return campaigns that are built once."""
    return Campaigns(tmp_path_factory.mktemp("campaigns"))


@pytest.fixture
def campaign_at(campaigns: Campaigns, tmp_path: Path, certificates: Certificates) -> Opens:
    """Return what opens campaigns."""
    return opener(campaigns, tmp_path, certificates)


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    """Return a campaign that no test of this module changes."""
    made = new_campaign(tmp_path_factory.mktemp("letters"), 1)
    (made.folder / "ann.xlsx").write_bytes(b"PK\x03\x04 a workbook")
    return made


@pytest.fixture
def mine(campaign: Campaign, tmp_path: Path) -> Campaign:
    """Return a copy of it that may be changed."""
    shutil.copytree(campaign.folder, tmp_path / "mine")
    return replace(campaign, folder=tmp_path / "mine")


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[Campaign, Record]]:
    """Yield a campaign of two people, built."""
    with built_campaign(tmp_path / "c", 2) as campaign_and_record:
        yield campaign_and_record
