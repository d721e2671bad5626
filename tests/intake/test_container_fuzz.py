"""
Damaged mails, mailboxes, zips and saved mails by the thousand: nothing that they raise ends a run.

`FUZZ_CASES` says how many; `make fuzz` searches many more than the tests do.
"""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Final

import pytest

from tests.support.mutation import damaged_bytes, damaged_member, damaged_text
from tests.support.saved_mails import make_container_seeds, read_paths
from tests.support.spending import is_affordable, spent_seconds

CASES: Final = int(os.environ.get("FUZZ_CASES", "2000"))
BATCH: Final = 250
SECONDS: Final = 2.0
SEEDS: Final = make_container_seeds()
DAMAGES: Final = {
    ".eml": (damaged_bytes, damaged_text, damaged_text),
    ".mbox": (damaged_bytes, damaged_text, damaged_text),
    ".zip": (damaged_bytes, damaged_member),
    ".msg": (damaged_bytes,),
}


def make_case(number: int) -> tuple[str, bytes]:
    """Return the suffix and the content of a case; the same number is the same case."""
    rng = Random(number)
    suffix, seed = SEEDS[number % len(SEEDS)]
    for _ in range(rng.choice((1, 1, 2, 4))):
        seed = rng.choice(DAMAGES[suffix])(seed, rng) or b"x"
    return suffix, seed


@pytest.mark.slow
@pytest.mark.parametrize(("first", "last"), list(pairwise(range(0, CASES + 1, min(BATCH, CASES)))))
def test_damaged_containers(first: int, last: int, tmp_path: Path) -> None:
    """Each yields workbooks and failures, none of them a defect, and costs little."""
    good = tmp_path / "z.xlsx"
    good.write_bytes(b"PK\x03\x04 is tried")
    for number in range(first, last):
        suffix, content = make_case(number)
        path = tmp_path / f"case{number}{suffix}"
        path.write_bytes(content)
        before = spent_seconds()
        names = read_paths(path, good)
        assert is_affordable(spent_seconds() - before, SECONDS), number
        assert names[-1] == str(good), number
        path.unlink()


def test_the_seeds_are_read_whole(tmp_path: Path) -> None:
    """Without damage each but the bounce gives workbooks, so that the cases mean something."""
    for number, (suffix, content) in enumerate(SEEDS):
        path = tmp_path / f"seed{number}{suffix}"
        path.write_bytes(content)
        is_bounce = b"multipart/report" in content[:300]
        assert bool(read_paths(path)) is not is_bounce, number
