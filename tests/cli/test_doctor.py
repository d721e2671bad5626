"""`iml4e doctor`: what it says of an installation, whole and in parts."""

from __future__ import annotations

import json
import tempfile
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from iml4e_xlsx.cli import cli
from iml4e_xlsx.jobs.installation import Installation
from iml4e_xlsx.text.interface_texts import load_texts

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = (
    "click>=8.1.7",
    "no-such-base>=1; sys_platform == 'no-such-system'",
    "jinja2>=3.1; extra == 'report'",
    "jinja2>=3.1; extra == 'pdf'",
    "no-such-library[binary]>=2.0,<3; extra == 'pdf'",
    "rich>=9999.0; extra == 'data'",
    "ruff>=0.1; extra == 'dev'",
)


def run(*args: str) -> Result:
    outcome = CliRunner().invoke(cli, ["doctor", *args])
    assert outcome.exception is None or isinstance(outcome.exception, SystemExit), outcome.output
    return outcome


@pytest.fixture
def incomplete(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the package have some requirements that are not met."""
    monkeypatch.setattr(metadata, "requires", lambda _: list(REQUIREMENTS))


def test_the_basics_work_here() -> None:
    outcome = run()

    assert outcome.exit_code == 0
    assert outcome.stderr == ""
    assert "read back by a process of its own" in " ".join(outcome.stdout.split())
    assert f"click {metadata.version('click')}" in outcome.stdout


@pytest.mark.usefixtures("incomplete")
def test_what_is_missing_is_named_with_the_way_to_install_it() -> None:
    """An extra that is missing is no fault; nor is a library for other computers."""
    outcome = run()
    text = " ".join(outcome.stdout.split())

    assert outcome.exit_code == 0
    assert "missing pdf For reports as PDF. Not installed: no-such-library." in text
    assert "pip install 'iml4e-xlsx[pdf]'" in text
    assert "no-such-base" not in text
    assert "ruff" not in text
    assert f"rich {metadata.version('rich')} will not do; >=9999.0 is needed." in text


@pytest.mark.usefixtures("incomplete")
def test_programs_get_the_same_as_json() -> None:
    document = json.loads(run("--format", "json").stdout)
    checks = {check["name"]: check for check in document["checks"]}

    assert document["works"] is True
    assert checks["pdf"]["state"] == "missing"
    assert checks["pdf"]["libraries"] == {
        "jinja2": metadata.version("jinja2"),
        "no-such-library": None,
    }
    assert checks["data"]["state"] == "broken"
    assert checks["report"]["state"] == "ok"
    assert list(checks)[:3] == ["libraries", "folder", "workbook"]


def test_a_library_that_cannot_be_loaded_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is installed and of no use, as after an upgrade of Python."""
    monkeypatch.setitem(__import__("sys").modules, "jinja2", None)

    (library,) = Installation(("jinja2>=3; extra == 'report'",)).extras["report"]

    assert not library.works
    assert "jinja2" in library.problem


def test_a_folder_that_cannot_be_written_to_ends_with_3(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))

    outcome = run()

    assert outcome.exit_code == 3
    assert "These do not work: folder, workbook" in outcome.stderr
    assert "TMPDIR" in outcome.stdout


def test_files_without_metadata_are_tried_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def raise_not_found(_: str) -> list[str]:
        raise metadata.PackageNotFoundError

    monkeypatch.setattr(metadata, "requires", raise_not_found)

    assert run().exit_code == 0


def test_each_extra_says_what_it_is_good_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    texts = load_texts()

    for extra in {*project["optional-dependencies"]} - {"dev"}:
        assert texts(f"commands.doctor_purpose.{extra}")
