"""An anonymous round that is killed while it collects or closes: open or closed, never half."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.folder.campaign import open_campaign
from iml4e_xlsx.campaign.people.participant import list_participants
from tests.support.anonymous_rounds import EVIDENCE, PEOPLE, SILENT, write_answers
from tests.support.campaigns import NOW, build, new_campaign, record_of, run
from tests.support.forgetting import tables, traces
from tests.support.forking import KILLED, Forks, RandomKills
from tests.support.killed_closing import KILL, STEPS, UNDONE, is_closed, results_of

pytestmark = pytest.mark.slow
"""See the marks in pyproject.toml."""

KILLS = 50
MOMENTS = ("before the commit", "after the commit", "after the first file", "before the end")
OF_ANSWERS = {"returned", "answers", "deliveries", "originals"}
"""The tables that hold what people have answered."""


@pytest.fixture(scope="module")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    """Yield what starts commands."""
    with Forks(tmp_path_factory.mktemp("forks")) as one:
        yield one


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an anonymous round that is built, and the mails that answer it."""
    folder = tmp_path_factory.mktemp("played")
    campaign = new_campaign(folder, PEOPLE, anonymous=True)
    with record_of(campaign) as record:
        build(campaign, record)
        write_answers(campaign, record, folder / "mails")
    return folder


def test_collecting_is_killed_at_random(forks: Forks, played: Path, tmp_path: Path) -> None:
    """Started again each time: everybody who has answered is noted, and no answer is anywhere."""
    campaign = open_campaign(shutil.copytree(played / "campaign", tmp_path / "campaign"))
    command = ("campaign", "collect", played / "mails", "-C", campaign.folder)
    other = shutil.copytree(played / "campaign", tmp_path / "other")
    began = time.monotonic()
    assert forks.run(*command[:-1], other)[0] == 0
    kills = RandomKills(forks, 4711, time.monotonic() - began)
    for _ in range(KILLS):
        kills.run(*command)
        assert traces(campaign, EVIDENCE, "quarry") == []
    assert kills.count > KILLS // 2, "the kills came too late"
    assert forks.run(*command)[0] == 0
    with record_of(campaign) as record, record.begin(NOW) as tx:
        returned = {each.person.mail for each in list_participants(tx) if each.has_returned}
    assert returned == {row.mail for row in PEOPLE if row is not SILENT}
    assert not {name for name, _ in tables(campaign.database)} & OF_ANSWERS


@pytest.mark.parametrize("step", MOMENTS)
def test_closing_is_killed_at_each_step(
    forks: Forks, played: Path, tmp_path: Path, database: str, step: str
) -> None:
    """Before the commit no answer is anywhere, after it none has a name; the next run goes on."""
    shutil.copytree(played / "campaign", tmp_path / "campaign")
    run("campaign", "collect", played / "mails", "-C", tmp_path / "campaign")
    run("campaign", "copy-record", database, "-C", tmp_path / "campaign")
    campaign = open_campaign(tmp_path / "campaign", database=database)
    given = ("-C", campaign.folder, "--database", database)
    command = ("campaign", "close", "--yes", "--from", played / "mails", *given)
    code, said = forks.run(*command, before=f"{KILL}\n{STEPS[step]}")
    assert code == KILLED, said
    assert traces(campaign, EVIDENCE, "quarry") == []
    assert is_closed(campaign) == (step not in UNDONE)
    if step in UNDONE:
        assert not {name for name, _ in tables(database)} & OF_ANSWERS
        assert forks.run(*command)[0] == 0
    else:  # all answers have been read: nobody has to say again where they are
        names = [row.name.lower() for row in PEOPLE]
        assert not [line for line in tables(database) if any(x.encode() in line[1] for x in names)]
        assert forks.run("campaign", "close", "--yes", *given)[0] == 0
    assert is_closed(campaign, finished=True)
    assert traces(campaign, EVIDENCE, "quarry", "quisling") == []
    assert [name for name, _ in results_of(campaign)] == ["Other teams", "Red"]
