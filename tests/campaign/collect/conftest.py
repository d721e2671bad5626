"""Fixtures of the tests of collecting: a campaign of which nothing has come back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.collecting import Opened
from tests.support.returning import (
    Rounds,
)


@pytest.fixture
def opened(rounds: Rounds, tmp_path: Path) -> Iterator[Opened]:
    with rounds.opened(tmp_path) as both:
        yield both
