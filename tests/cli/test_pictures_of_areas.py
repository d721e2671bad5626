"""Options that choose rows are refused where a picture of the areas is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from iml4e_xlsx.cli import cli
from iml4e_xlsx.model import Scheme
from tests.support.builders import built, rate_all, response
from tests.support.campaigns import built_campaign
from tests.support.campaigns import rows as roster

SOURCE = ("--by-source", "microsoft")


@pytest.mark.parametrize("suffix", ["png", "svg"])
@pytest.mark.parametrize(
    ("command", "option"),
    [("score", SOURCE), ("score", ("--rows", "statements")), ("report", SOURCE)],
)
def test_what_a_picture_cannot_show_is_refused(
    official: Scheme, tmp_path: Path, command: str, option: tuple[str, ...], suffix: str
) -> None:
    """Each used to be ignored: the radar was written, as without the option."""
    path = built(official, tmp_path / "a.xlsx", response(official, rate_all(official, 2)))
    target = tmp_path / f"x.{suffix}"
    outcome = CliRunner().invoke(cli, [command, str(path), *option, "-o", str(target)])

    assert outcome.exit_code == 2
    assert f"{option[0]} wants a table: .{suffix} shows the areas alone." in outcome.stderr
    assert not target.exists()
    assert CliRunner().invoke(cli, [command, str(path), "-o", str(target)]).exit_code == 0


def test_a_round_refuses_it_too(tmp_path: Path) -> None:
    target = tmp_path / "x.svg"
    with built_campaign(tmp_path / "round", roster(1)) as (campaign, _):
        words = ["campaign", "report", str(campaign.folder), *SOURCE, "-o", str(target)]
        outcome = CliRunner().invoke(cli, words)

    assert outcome.exit_code == 2
    assert "--by-source wants a table" in outcome.stderr
