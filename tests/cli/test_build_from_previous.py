"""`build` from returned workbooks: of an older version of the scheme, and with doubtful cells."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from iml4e_xlsx.cli import cli
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.reading.workbook_reader import assess_workbook
from iml4e_xlsx.scheme import load_scheme
from tests.support.builders import built, rate_all, response, typed
from tests.support.scheme_versions import FIRST_OFFICIAL


def run(*args: object) -> Result:
    outcome = CliRunner().invoke(cli, [str(arg) for arg in args])
    assert outcome.exception is None or isinstance(outcome.exception, SystemExit), outcome.output
    return outcome


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workbook of the first official scheme with an answer to every statement."""
    first = load_scheme(FIRST_OFFICIAL)
    folder = tmp_path_factory.mktemp("older")
    return built(first, folder / "old.xlsx", response(first, rate_all(first, 2)))


@pytest.mark.parametrize("option", ["--prefill", "--next"])
def test_answers_move_from_an_older_version(
    older: Path, official: Scheme, tmp_path: Path, option: str
) -> None:
    """They could not: with the older scheme named, the new workbook was of that one."""
    target = tmp_path / "new.xlsx"

    outcome = run("build", option, older, "--old-scheme", FIRST_OFFICIAL, "-o", target)

    assert outcome.exit_code == 0, outcome.output
    read = assess_workbook(target)
    assert read.scheme.version == official.version
    first = load_scheme(FIRST_OFFICIAL)
    for id_, answer in read.response.answers.items():
        assert answer.rating == (2 if id_ in first.statements else None), id_
    assert "are not in version 2.0.0: PC-03, " in outcome.stderr
    assert "had other texts when they were rated" in outcome.stderr
    assert "are new in version 2.0.0" in outcome.stderr


def test_an_unknown_version_names_the_option_that_helps(older: Path, tmp_path: Path) -> None:
    """With `--scheme`, the new workbook would be of the older version."""
    outcome = run("build", "--prefill", older, "-o", tmp_path / "new.xlsx")

    assert outcome.exit_code == 1
    assert "--old-scheme" in outcome.stderr


@pytest.mark.parametrize("option", ["--prefill", "--next"])
def test_an_answer_that_cannot_be_read_is_not_dropped_in_silence(
    official: Scheme, tmp_path: Path, option: str
) -> None:
    """The new workbook has nothing in its place, and need not even ask for it again."""
    answers = response(official, rate_all(official, 0) | {"PC-02": None})
    source = built(official, tmp_path / "old.xlsx", answers)
    typed(official, source, {"PC-16": "what?"})

    outcome = run("build", option, source, "-o", tmp_path / "new.xlsx")

    assert outcome.exit_code == 0
    assert '"what?" is not a rating for PC-16' in outcome.stderr
