"""What happens to the processes of a run says nothing against a file, and changes no result."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from iml4e_xlsx.jobs.batch import assess_workbooks, find_workbooks
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.reading.identity import Schemes
from tests.support.builders import built, rate_all, response, small_scheme

pytestmark = pytest.mark.slow
"""See the marks in pyproject.toml."""

KILLS = 50
FILES_BETWEEN_KILLS = range(5, 16)
"""More than are read at a time, so that no file meets two kills."""


@pytest.fixture(scope="module")
def scheme_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a small scheme."""
    folder = tmp_path_factory.mktemp("scheme")
    small_scheme(folder)
    return folder


@pytest.fixture(scope="module")
def returned(tmp_path_factory: pytest.TempPathFactory, small: Scheme) -> Path:
    """Return a folder of workbooks with different ratings."""
    folder = tmp_path_factory.mktemp("returned")
    for number in range(24):
        built(small, folder / f"{number:02}.xlsx", response(small, rate_all(small, number % 4)))
    return folder


def kill_a_reader(chance: random.Random) -> None:
    """Kill one of the parsing processes of this one a moment from now."""
    time.sleep(chance.uniform(0, 0.02))
    running = [
        child for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE
    ]
    chance.choice(running).kill()


def test_no_kill_costs_a_good_file(returned: Path, scheme_folder: Path) -> None:
    """Each file whose process is killed is read by the next process, and no result changes."""
    schemes = Schemes.find_installed([scheme_folder])
    quiet = list(assess_workbooks(find_workbooks([returned]), schemes=schemes))
    sources = [source for _ in range(KILLS) for source in find_workbooks([returned])]
    chance = random.Random(14)
    outcomes = []
    kills, pause = 0, 5
    for outcome in assess_workbooks(sources, schemes=schemes):
        outcomes.append(outcome)
        pause -= 1
        if kills < KILLS and not pause:
            kill_a_reader(chance)
            kills, pause = kills + 1, chance.choice(FILES_BETWEEN_KILLS)

    assert kills == KILLS
    assert outcomes == quiet * KILLS


def test_pause_of_a_whole_run_changes_nothing(returned: Path, scheme_folder: Path) -> None:
    """Whoever stops a run with Ctrl-Z, or suspends the computer, loses no file."""
    command = (
        *(sys.executable, "-m", "iml4e_xlsx", "score", returned),
        *("--scheme", scheme_folder, "--format", "ndjson"),
    )
    quiet = subprocess.run(command, capture_output=True, check=True)
    run = subprocess.Popen(command, stdout=subprocess.PIPE, process_group=0)
    assert run.stdout is not None
    first = run.stdout.readline()
    os.killpg(run.pid, signal.SIGSTOP)
    time.sleep(10)
    os.killpg(run.pid, signal.SIGCONT)
    rest, _ = run.communicate()

    assert run.returncode == 0
    assert first + rest == quiet.stdout
