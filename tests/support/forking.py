"""The command in processes that start at once: forked from one that has loaded everything."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from tests.support.campaigns import ROOT

KILLED = -9

ENDS = """
import functools, os, signal
def ends(call, *, before=False, at=1):
    count = iter(range(1, 1000))
    @functools.wraps(call)
    def wrapped(*args, **options):
        now = next(count) == at
        done = None if now and before else call(*args, **options)
        if now:
            os.kill(os.getpid(), signal.SIGKILL)
        return done
    return wrapped
"""
"""
Python for `before`: `ends` wraps a function, so that its process is killed at one of its calls.

That is the call of the number `at`, and the process ends after it, or before it.
"""

_SERVER = """
import json, os, signal, sys, time
import imapclient
from iml4e_xlsx.cli import main
import iml4e_xlsx.campaign.collect.collect, iml4e_xlsx.cli.campaign.collect_messages
import iml4e_xlsx.report.formats.terminal
import iml4e_xlsx.cli.campaign.campaign_collect
import sqlalchemy.dialects.sqlite, alembic.command
for line in sys.stdin:
    asked = json.loads(line)
    pid = os.fork()
    if not pid:
        log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.environ.update(asked["env"])
        sys.argv = ["iml4e", *asked["args"]]
        exec(asked["before"])
        main()
        os._exit(0)
    if asked["seconds"] is not None:
        time.sleep(asked["seconds"])
        os.kill(pid, signal.SIGKILL)  # if it has ended, it was not waited for yet
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


class Forks:
    """Runs commands one after another, each in a process of its own; a context manager."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "log"

    def __enter__(self) -> Self:
        """Start."""
        self._server = subprocess.Popen(
            [sys.executable, "-c", _SERVER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self._server.communicate(timeout=120)

    def run(
        self,
        *args: object,
        seconds: float | None = None,
        before: str = "",
        env: Mapping[str, str] | None = None,
    ) -> tuple[int, str]:
        """
        Run a command and return its exit code and all that it said.

        Args:
            args: The command.
            seconds: After how long it is killed; None for never.
            before: Python that runs in its process first.
            env: What its environment has besides.
        """
        asked = {
            "args": list(map(str, args)),
            "log": str(self._log),
            "before": before,
            "seconds": seconds,
            "env": dict(env or {}),
        }
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps(asked) + "\n")
        self._server.stdin.flush()
        return int(self._server.stdout.readline()), self._log.read_text(encoding="utf-8")


class RandomKills:
    """
    Runs a command again and again, each time killed at a random moment of the time that it takes.

    The time is that of the shortest run that came to its end: the first may be slow, and the
    machine may be less busy later.
    """

    def __init__(self, forks: Forks, seed: int, span: float) -> None:
        """Begin with a run that took `span` seconds."""
        self.count = 0
        self._forks, self._random, self._span = forks, random.Random(seed), span

    def run(self, *args: object) -> tuple[int, str]:
        """Run a command and return its exit code, `KILLED` or 0, and all that it said."""
        began = time.monotonic()
        code, said = self._forks.run(*args, seconds=self._random.uniform(0, self._span))
        assert code in (0, KILLED), said
        if code == KILLED:
            self.count += 1
        else:
            self._span = min(self._span, time.monotonic() - began)
        return code, said
