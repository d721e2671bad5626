"""Fixtures of the tests of corrections: a campaign in which much has happened to a person."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.folder.campaign import open_campaign
from tests.support.campaigns import built_campaign, record_of, rows
from tests.support.forgetting import QUENTIN, Settled, settle_in


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, ...]]:
    """Return a campaign's folder in which much has happened to Quentin, and his ids."""
    folder = tmp_path_factory.mktemp("settled")
    with built_campaign(folder, [QUENTIN, *rows(2)]) as (campaign, record):
        (campaign.folder / "roster.xlsx").unlink()  # reading it takes its time
        return campaign.folder, settle_in(campaign, record)


@pytest.fixture
def settled(tmp_path: Path, made: tuple[Path, tuple[str, ...]]) -> Iterator[Settled]:
    """Yield a copy of it, and its record."""
    shutil.copytree(made[0], tmp_path / "Q" / "campaign")
    campaign = open_campaign(tmp_path / "Q" / "campaign")
    with record_of(campaign) as record:
        yield campaign, record, made[1]
