"""The documentation: examples run, generated pages are current, links lead somewhere."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from enum import Enum
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.people.stages import Stage
from iml4e_xlsx.campaign.record.mails import MailState
from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.scheme.answering_time import estimate_minutes

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
_WITH_EXAMPLES = ("how-to/everyday-tasks.md", "how-to/run-a-round.md")
EXAMPLES = [ROOT / "docs" / name for name in _WITH_EXAMPLES]
"""README and tutorial are run from their installation on, in `test_first_hour`."""
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", EXAMPLES, ids=lambda path: path.name)
def test_examples_run(page: Path, tmp_path: Path) -> None:
    """Each page's console and Python blocks run in order, in an empty folder."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    ran = 0
    for kind, text in _BLOCK.findall(page.read_text(encoding="utf-8")):
        if kind == "python":
            done = subprocess.run(
                [sys.executable, "-c", text], cwd=tmp_path, env=environment,
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert done.returncode == 0, done.stderr
            ran += 1
        elif kind == "console":
            ran += run_console(text, tmp_path, environment)
    assert ran


def run_console(text: str, folder: Path, environment: dict[str, str]) -> int:
    """Run the commands of a block; a comment below one may say that it exits with 1."""
    lines = [line.removeprefix("$ ") for line in text.splitlines() if line.startswith("$ ")]
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith("#"):
            continue
        done = subprocess.run(
            line, shell=True, cwd=folder, env=environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        expected = 1 if following.startswith("# exits with 1") else 0
        assert done.returncode == expected, (line, done.stderr)
        assert "Traceback" not in done.stderr
    return len(lines)


def test_generated_pages_are_current() -> None:
    """Commands and findings in the reference are those of the code; else run `make docs`."""
    makers = runpy.run_path(str(ROOT / "tools" / "make_reference.py"))["PAGE_MAKERS"]
    for name, make in makers.items():
        page = ROOT / "docs" / "reference" / name
        assert page.read_text(encoding="utf-8") == make(), f"{page.name} is out of date: make docs"


@pytest.mark.parametrize(
    ("name", "values"),
    [("json.md", FailureCode), ("campaign.md", Stage), ("campaign.md", MailState)],
    ids=["failures", "stages", "states of mails"],
)
def test_the_reference_explains_each_value(name: str, values: type[Enum]) -> None:
    """Users find in the reference what a code, a stage or a state means."""
    text = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")

    assert not [member.value for member in values if f"`{member.value}`" not in text]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link and picture exists, with its heading."""
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith(("http://", "https://")):
            continue
        path, _, heading = target.partition("#")
        linked = (page.parent / path) if path else page
        assert linked.exists(), target
        if heading:
            headings = re.findall(r"^#+ (.+)$", linked.read_text(encoding="utf-8"), re.MULTILINE)
            slugs = [re.sub(r"[^a-z0-9 -]", "", h.lower()).replace(" ", "-") for h in headings]
            assert heading in slugs, target


def test_tutorial_says_how_long_a_workbook_takes() -> None:
    """It is the time that the workbook's first sheet and the guide say."""
    text = (ROOT / "docs/tutorial.md").read_text(encoding="utf-8")

    assert re.findall(r"(\d+) minutes", text) == [str(estimate_minutes(load_scheme()))]


def test_notebook_runs(tmp_path: Path) -> None:
    """Every cell runs in order; the notebook is kept without output."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.reads((ROOT / "docs" / "notebook.ipynb").read_text(), as_version=4)  # type: ignore[no-untyped-call]
    assert not any(cell.get("outputs") for cell in notebook.cells)

    NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
    ).execute()

    last = notebook.cells[-1].outputs[0]["data"]["text/plain"]
    assert "afterwards" in last
