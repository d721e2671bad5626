"""Says what forgetting a person would erase, and erases nothing."""

from __future__ import annotations

import pytest

from tests.support.campaigns import run
from tests.support.forgetting import MAIL, Settled, contents, tables


@pytest.mark.parametrize("words", [(), ("--keep-ratings",)])
def test_a_dry_run_says_the_same_and_changes_nothing(
    settled: Settled, words: tuple[str, ...]
) -> None:
    campaign, _, _ = settled
    record = campaign.folder / "record.sqlite"

    def state() -> tuple[list[object], list[object]]:
        files = [
            each
            for each in contents(campaign.folder)
            if each[0] != record.name and not each[0].startswith("copies/")
        ]
        return list(files), list(tables(campaign.database))

    run("campaign", "status", campaign.folder)  # any command notes that the folder is used
    before = state()
    command = ("campaign", "forget", "-C", campaign.folder, MAIL, *words)
    said = run(*command, "--dry-run").stdout
    assert state() == before
    done = run(*command).stdout
    assert said.replace("Would be erased", "Erased").replace(" Nothing was done.", "") == done
    assert "copies of this folder" in " ".join(done.split())


def test_a_dry_run_knows_nobody_else(settled: Settled) -> None:
    campaign, _, _ = settled
    command = ("campaign", "forget", "-C", campaign.folder, "nobody@example.org", "--dry-run")
    assert "nobody@example.org" in run(*command, code=1).stderr
