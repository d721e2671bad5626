"""Commands that tests start many times, each in a process of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.mailing import Forking


def test_a_command_that_nobody_ends_is_killed(tmp_path: Path) -> None:
    """A test that fails beside a command that waits for ever must not wait with it."""

    def fail(_: int) -> None:
        raise LookupError

    with Forking(tmp_path / "output", {}) as forking:
        with pytest.raises(LookupError):
            forking.run("--version", before="import time; time.sleep(3600)", meanwhile=fail)
        assert forking.run("--version") == 0
        assert "iml4e" in forking.said
