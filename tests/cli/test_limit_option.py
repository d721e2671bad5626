"""The option `--limit`, and the settings of limits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from iml4e_xlsx.cli import cli
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.spreadsheets.limits import Limits
from tests.support.builders import built, response, small_scheme
from tests.support.hostile_cases import CASES


def run(*args: object) -> Result:
    return CliRunner().invoke(cli, [str(arg) for arg in args])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of the small scheme."""
    small_scheme(tmp_path / "scheme")
    return tmp_path / "scheme"


def test_a_limit_can_be_raised_and_lowered(small: Scheme, folder: Path, tmp_path: Path) -> None:
    """A file that one facilitator refuses may be allowed by another."""
    path = built(small, tmp_path / "w.xlsx", response(small, {"AA-01": 1}))

    assert run("score", path, "--scheme", folder, "--limit", "size=10kB").exit_code == 1
    refused = run("score", path, "--scheme", folder, "--limit", "sheets=2", "--format", "json")
    (failure,) = json.loads(refused.stdout)["failed"]
    assert failure["code"] == "too-large"
    assert "more than 2" in failure["message"]
    assert run("score", path, "--scheme", folder, "--limit", "size=1MB").exit_code == 0
    assert run("score", path, "--limit", "speed=1").exit_code == 2
    assert run("score", path, "--limit", "size=much").exit_code == 2
    big = tmp_path / "big.xlsx"
    big.write_bytes(CASES["long-text.xlsx"][0](path.read_bytes()))
    options = ("--limit", "text=600000", "--limit", "memory=300MB")
    assert run("score", big, "--scheme", folder, *options).exit_code == 0


def test_limits_are_written_with_units() -> None:
    """Amounts have units, seconds have fractions."""
    limits = Limits.parse_settings(["size=1.5MB", "seconds=0.5", "parts=7", "archive=2g"])

    assert (limits.size, limits.seconds, limits.parts) == (1_572_864, 0.5, 7)
    assert limits.archive == 2 << 30
    with pytest.raises(ValueError, match="size, inflated"):
        Limits.parse_settings(["x=1"])
