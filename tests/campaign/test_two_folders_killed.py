"""Erasing in the other folder, killed at each step: the next command there does the rest."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.folder.campaign import open_campaign
from iml4e_xlsx.campaign.record.connection import sqlite_url
from tests.support.campaigns import Row, answer, new_campaign, record_of, rows, run
from tests.support.forgetting import traces
from tests.support.forking import ENDS, KILLED, Forks

pytestmark = pytest.mark.slow
"""See the marks in pyproject.toml."""

GONE = Row(name="Quentin Quisling", mail="quentin@quarry.example.org", role="quartermaster")
WORDS = ("quentin", "quisling", "quarry", "quartermaster")

_KILL = f"""{ENDS}
from pathlib import Path
from iml4e_xlsx.campaign.corrections import forget, left_traces
from iml4e_xlsx.campaign.folder.originals import FolderOriginals
from iml4e_xlsx.campaign.record import campaigns, erasure
"""
STEPS = {
    "before anything": "erasure.erased_digests = ends(erasure.erased_digests, before=1)",
    "before the roster": "forget.write_output = ends(forget.write_output, before=1)",
    "after the roster": "forget.write_output = ends(forget.write_output)",
    "after its digest": "campaigns.update_roster_digest = ends(campaigns.update_roster_digest)",
    "after all rows": "left_traces._remove_rows = ends(left_traces._remove_rows)",
    "after the first original": "FolderOriginals.remove = ends(FolderOriginals.remove)",
    "after the first file": "Path.unlink = ends(Path.unlink)",
    "after all files": "left_traces.remove_partial_files = ends(left_traces.remove_partial_files)",
    "before the end": "left_traces.remove_copies = ends(left_traces.remove_copies, before=1)",
}


@pytest.fixture(scope="module")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    """Yield what starts commands."""
    with Forks(tmp_path_factory.mktemp("forks")) as running:
        yield running


@pytest.fixture
def second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder whose copy, on the same record, has erased somebody."""
    database = sqlite_url(tmp_path / "elsewhere.sqlite")
    campaign = new_campaign(tmp_path, [GONE, *rows(2)], database=database)
    monkeypatch.setenv("IML4E_DATABASE", database)
    first, other = campaign.folder, tmp_path / "second"
    run("campaign", "build", first)
    (first / "roster.xlsx").unlink()
    with record_of(campaign) as record:
        answer(campaign, record, GONE.mail, {"AA-01": 2})
    for file in tmp_path.glob("*.xlsx"):
        file.unlink()
    shutil.copytree(first, other)
    run("campaign", "send", other, "--eml", other / "drafts", "--to", GONE.mail)
    run("campaign", "forget", GONE.mail, "-C", first)
    return other


@pytest.mark.parametrize("step", list(STEPS))
def test_killed_at_each_step(forks: Forks, second: Path, step: str) -> None:
    """Nothing of the person is left, and what was done before the kill is not taken for missing."""
    campaign = open_campaign(second)
    status = ("campaign", "status", second)
    env = {"IML4E_DATABASE": campaign.database}
    code, said = forks.run(*status, before=f"{_KILL}\n{STEPS[step]}", env=env)
    assert code == KILLED, said

    told = run(*status).stderr
    assert traces(campaign, *WORDS) == []
    assert "nothing here says which row" not in " ".join(told.split())
    assert len(list(campaign.workbooks.iterdir())) == 2
    assert "erased" not in run(*status).stderr
    run("campaign", "build", second)
