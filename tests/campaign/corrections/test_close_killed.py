"""Closing that is killed at any moment: the next run erases the rest, and nothing is lost."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.folder.campaign import Campaign, open_campaign
from iml4e_xlsx.campaign.folder.record_access import open_record
from iml4e_xlsx.campaign.record.closing import find_closed_round, is_finished
from tests.support.campaigns import NOW, new_campaign, record_of, run
from tests.support.closing import ROWS, WORDS, settle
from tests.support.forgetting import team_results, traces
from tests.support.forking import Forks

pytestmark = pytest.mark.slow
"""See the marks in pyproject.toml."""

KILLED = -9
KILLS = 50

_KILL = """
import functools, os, signal
def ends(call, *, before=False):
    @functools.wraps(call)
    def wrapped(*args, **options):
        done = None if before else call(*args, **options)
        os.kill(os.getpid(), signal.SIGKILL)
        return done
    return wrapped
from pathlib import Path
from iml4e_xlsx.campaign.corrections import close_round
from iml4e_xlsx.campaign.record import closing
from iml4e_xlsx.campaign.record.connection import Record
"""
STEPS = {
    "before anything": "closing.save_closed_round = ends(closing.save_closed_round, before=1)",
    "before the commit": "closing.save_closed_round = ends(closing.save_closed_round)",
    "after the commit": (
        "close_round.remove_personal_files = ends(close_round.remove_personal_files, before=1)"
    ),
    "after the first file": "Path.unlink = ends(Path.unlink)",
    "after the last file": "close_round.remove_personal_files = ends("
    "close_round.remove_personal_files)",
    "before the end": "closing.finish_closing = ends(closing.finish_closing, before=1)",
    "before the database is compact": "Record.compact = ends(Record.compact, before=1)",
}
UNDONE = ("before anything", "before the commit")


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


def results_of(campaign: Campaign) -> list[tuple[str, object]]:
    """Return the results of a campaign's teams."""
    with closing(open_record(campaign)) as record:
        return [(name, areas) for name, areas in team_results(campaign, record)]


def is_closed(campaign: Campaign, *, finished: bool = False) -> bool:
    """Tell whether the record says that the round is closed, or that all of it is done."""
    with record_of(campaign) as record, record.begin(NOW) as tx:
        return is_finished(tx) if finished else find_closed_round(tx) is not None


def test_killed_at_random(
    forks: Forks, tmp_path: Path, template: tuple[Path, list[tuple[str, object]]]
) -> None:
    """Fifty times: the round runs on or is closed, and after another run nobody is in it."""
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")  # noqa: T201 - where it fails, this says how to repeat it
    rng, span, killed = random.Random(seed), 0.0, 0
    folder, expected = template
    for turn in range(KILLS + 1):
        shutil.copytree(folder, tmp_path / "campaign")
        campaign = open_campaign(tmp_path / "campaign")
        command = ("campaign", "close", campaign.folder, "--yes", "--fewest", "4")
        began = time.monotonic()
        seconds = rng.uniform(0, span) if turn else None
        code, said = forks.run(*command, seconds=seconds)
        span = span or time.monotonic() - began
        assert code in (0, KILLED), said
        assert "Traceback" not in said
        killed += code == KILLED
        assert is_closed(campaign) or list(campaign.returned.iterdir())
        code, said = forks.run(*command)
        assert code == 0, said
        assert is_closed(campaign, finished=True)
        assert traces(campaign, *WORDS) == []
        assert results_of(campaign) == expected
        shutil.rmtree(tmp_path / "campaign")
    assert killed > KILLS // 2, "the kills came too late"


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
    code, said = forks.run(*command, "--database", database, before=f"{_KILL}\n{STEPS[step]}")
    assert code == KILLED, said
    assert is_closed(campaign) == (step not in UNDONE)
    assert forks.run(*command, "--database", database)[0] == 0
    assert is_closed(campaign, finished=True)
    assert traces(campaign, *WORDS) == []
    assert results_of(campaign) == expected
