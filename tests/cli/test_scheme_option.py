"""Commands that read workbooks of a scheme of one's own, which may have mistakes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from iml4e_xlsx.cli import cli
from tests.support.builders import small_scheme


@pytest.mark.parametrize("command", ["score", "check", "repair", "report", "roadmap"])
def test_a_mistake_in_a_scheme_is_said_with_its_line_before_a_workbook_is_read(
    tmp_path: Path, command: str
) -> None:
    """It stood at each workbook, cut short, as an unexpected error that people should report."""
    small_scheme(tmp_path)
    path = tmp_path / "scheme.yaml"
    path.write_text(json.dumps({**json.loads(path.read_text()), "bogus": 1}))
    output = ["-o", str(tmp_path / "out.xlsx")] if command in ("report", "repair") else []

    outcome = CliRunner().invoke(cli, [command, "any.xlsx", "--scheme", str(tmp_path), *output])

    assert outcome.exit_code == 1
    assert f"{path}, line 1: " in outcome.stderr
    assert 'There is no field "bogus" here.' in outcome.stderr
    assert "unexpected" not in outcome.output
