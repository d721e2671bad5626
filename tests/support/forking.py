"""The command in processes that start at once: forked from one that has loaded everything."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from tests.support.campaigns import ROOT

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
