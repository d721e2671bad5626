"""Tests of the choice between the rosters of a campaign."""

from __future__ import annotations

from pathlib import Path

import pytest

from iml4e_xlsx.campaign.folder.campaign import find_roster
from tests.support.campaigns import (
    change_settings,
    new_campaign,
    rows,
    run,
    write_roster,
)


def test_both_rosters_filled_in_is_said(tmp_path: Path) -> None:
    """Which one counts is for the settings to say."""
    folder = new_campaign(tmp_path, 1).folder
    write_roster(folder, rows(2), kind="xlsx")
    outcome = run("campaign", "build", folder, code=1)
    assert "both have rows" in outcome.stderr
    assert 'roster = "roster.xlsx"' in outcome.stderr
    change_settings(folder, roster="roster.csv")
    assert "1 person" in run("campaign", "build", folder).stdout
    change_settings(folder, roster="roster.xlsx")
    assert "2 people" in run("campaign", "build", folder).stdout


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_roster_with_rows_counts(tmp_path: Path, kind: str) -> None:
    """The other one may be empty, or missing."""
    campaign = new_campaign(tmp_path, 2, kind=kind)
    assert find_roster(campaign).name == f"roster.{kind}"
    for name in {"roster.csv", "roster.xlsx"} - {f"roster.{kind}"}:
        (campaign.folder / name).unlink()

    assert find_roster(campaign).name == f"roster.{kind}"


@pytest.mark.parametrize("present", [("roster.csv", "roster.xlsx"), ("roster.csv",), ()])
def test_a_roster_without_rows_is_said(tmp_path: Path, present: tuple[str, ...]) -> None:
    """Empty, or not there at all: where to fill in whom."""
    folder = new_campaign(tmp_path, 0).folder
    for name in {"roster.csv", "roster.xlsx"} - set(present):
        (folder / name).unlink()
    outcome = run("campaign", "build", folder, code=1)

    assert "has no rows yet" in outcome.stderr
    assert str(folder / "roster.xlsx") in outcome.stderr
    assert not (folder / "workbooks").exists()


def test_a_roster_that_is_named_and_missing_is_said(tmp_path: Path) -> None:
    """With its path, and who says that it is there."""
    folder = new_campaign(tmp_path, 1, roster="people.csv").folder
    outcome = run("campaign", "build", folder, code=1)

    assert str(folder / "people.csv") in outcome.stderr
    assert "campaign.toml" in outcome.stderr


def test_a_roster_that_cannot_be_read_is_said_as_such(tmp_path: Path) -> None:
    """Not as one without rows: it may be what somebody has filled in."""
    folder = new_campaign(tmp_path, 0).folder
    (folder / "roster.xlsx").write_bytes(b"PK\x03\x04 broken")
    outcome = run("campaign", "build", folder, code=1)

    assert "roster.xlsx" in outcome.stderr
    assert "no rows" not in outcome.stderr
