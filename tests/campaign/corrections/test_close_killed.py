"""Closing that is killed at any moment: the next run erases the rest, and nothing is lost."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.folder.campaign import open_campaign
from tests.support.campaigns import new_campaign, record_of, run
from tests.support.closing import ROWS, WORDS, settle
from tests.support.forgetting import traces
from tests.support.forking import KILLED, Forks, RandomKills
from tests.support.killed_closing import KILL, STEPS, UNDONE, is_closed, results_of

pytestmark = pytest.mark.slow
"""See the marks in pyproject.toml."""

KILLS = 50


@pytest.fixture(scope="module")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    """Yield what starts commands."""
    with Forks(tmp_path_factory.mktemp("forks")) as one:
        yield one


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[str, object]]]:
    """Return the folder of a campaign that has run, and the results that it has when closed."""
    campaign = new_campaign(tmp_path_factory.mktemp("played"), ROWS)
    with record_of(campaign) as record:
        settle(campaign, record)
    copy = campaign.folder.parent / "closed"
    shutil.copytree(campaign.folder, copy)
    run("campaign", "close", copy, "--yes", "--fewest", 4)
    return campaign.folder, results_of(open_campaign(copy))


def test_killed_at_random(
    forks: Forks, tmp_path: Path, template: tuple[Path, list[tuple[str, object]]]
) -> None:
    """Fifty times: the round runs on or is closed, and after another run nobody is in it."""
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")  # noqa: T201 - where it fails, this says how to repeat it
    folder, expected = template
    for turn in range(KILLS + 1):
        shutil.copytree(folder, tmp_path / "campaign")
        campaign = open_campaign(tmp_path / "campaign")
        command = ("campaign", "close", campaign.folder, "--yes", "--fewest", "4")
        if turn == 0:
            began = time.monotonic()
            code, said = forks.run(*command)
            kills = RandomKills(forks, seed, time.monotonic() - began)
        else:
            code, said = kills.run(*command)
        assert "Traceback" not in said
        assert is_closed(campaign) or list(campaign.returned.iterdir())
        code, said = forks.run(*command)
        assert code == 0, said
        assert is_closed(campaign, finished=True)
        assert traces(campaign, *WORDS) == []
        assert results_of(campaign) == expected
        shutil.rmtree(tmp_path / "campaign")
    assert kills.count > KILLS // 2, "the kills came too late"


@pytest.mark.parametrize("step", list(STEPS))
def test_killed_at_each_step(
    forks: Forks,
    tmp_path: Path,
    database: str,
    step: str,
    template: tuple[Path, list[tuple[str, object]]],
) -> None:
    """Before the commit the round runs on, after it it is closed; the next run does the rest."""
    folder, expected = template
    shutil.copytree(folder, tmp_path / "campaign")
    run("campaign", "copy-record", database, "-C", tmp_path / "campaign")
    campaign = open_campaign(tmp_path / "campaign", database=database)
    command = ("campaign", "close", "--yes", "--fewest", "4", "-C", campaign.folder)
    code, said = forks.run(*command, "--database", database, before=f"{KILL}\n{STEPS[step]}")
    assert code == KILLED, said
    assert is_closed(campaign) == (step not in UNDONE)
    assert forks.run(*command, "--database", database)[0] == 0
    assert is_closed(campaign, finished=True)
    assert traces(campaign, *WORDS) == []
    assert results_of(campaign) == expected
