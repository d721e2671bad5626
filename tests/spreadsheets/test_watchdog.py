"""The watchdog of parsing processes: it kills the late one and no other."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from iml4e_xlsx.spreadsheets.watchdog import Watchdog
from tests.support.servers.common import wait_until


@pytest.fixture
def sleepers() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Start three processes that only wait."""
    command = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    processes = [subprocess.Popen(command, stdin=subprocess.PIPE) for _ in range(3)]
    yield processes
    for process in processes:
        process.kill()
        process.communicate()


def test_only_the_late_process_is_killed(sleepers: list[subprocess.Popen[bytes]]) -> None:
    """A shorter deadline that begins later is kept, and longer ones are left alone."""
    watchdog = Watchdog()
    patient, late, done = sleepers
    with watchdog.watch_process(patient, 1e30) as long, watchdog.watch_process(late, 0.05) as short:
        with watchdog.watch_process(done, 600) as unneeded:
            pass
        wait_until(lambda: late.poll() is not None, 60, lambda: "nothing was killed")

        assert (long.is_over, short.is_over, unneeded.is_over) == (False, True, False)
    assert [process.poll() is None for process in sleepers] == [True, False, True]


def test_a_deadline_after_another_one_is_kept(sleepers: list[subprocess.Popen[bytes]]) -> None:
    """The thread goes on after it had nothing to watch, and after it killed a process."""
    watchdog = Watchdog()
    for process in sleepers:
        with watchdog.watch_process(process, 0.01) as deadline:
            process.wait(60)
        assert deadline.is_over


def test_a_forked_process_has_a_watchdog_of_its_own() -> None:
    """Its parent's thread does not come along to it."""
    code = (
        "import os, subprocess, sys\n"
        "from iml4e_xlsx.spreadsheets.watchdog import watch_process\n"
        "def kill_one():\n"
        "    command = [sys.executable, '-c', 'import sys; sys.stdin.read()']\n"
        "    process = subprocess.Popen(command, stdin=subprocess.PIPE)\n"
        "    with watch_process(process, 0.01):\n"
        "        return process.wait()\n"
        "assert kill_one() < 0\n"
        "child = os.fork()\n"
        "if not child:\n"
        "    os._exit(0 if kill_one() < 0 else 1)\n"
        "sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=120, check=False).returncode == 0
