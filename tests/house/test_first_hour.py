"""The first hour: each line of README and tutorial, in a checkout and an empty environment."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from sys import base_prefix

import pytest

from iml4e_xlsx.model import Scheme
from tests.support.environments import ROOT, plain_variables

pytestmark = pytest.mark.slow

_BLOCK = re.compile(r"^```(console|python)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_SHIPPED = (
    "iml4e_xlsx",
    "templates",
    "tools",
    "Makefile",
    "pyproject.toml",
    "README.md",
    "LICENSE",
)
_FILL_IN = """
import json, pathlib, subprocess, openpyxl
cells = json.loads(subprocess.check_output(["iml4e", "layout"]))["score_cells"]
ratings = ("3 - Fully", "1 - Partially")
for number, path in enumerate(sorted(pathlib.Path("returned").iterdir())):
    book = openpyxl.load_workbook(path)
    for statement, place in cells.items():
        rank = int(statement.split("-")[1])
        book[place["sheet"]][place["cell"]] = ratings[rank > 6 + 3 * number]
    book.save(path)
"""
"""What a respondent does by hand where a page says so, in a comment that begins with `fill in`."""

_PAGES = ("README.md", "docs/tutorial.md")
_START = 'fail() { echo "FAILED: $*"; exit 1; }\nset -v\n'


def steps(page: str) -> Iterator[str]:
    """Yield a page's commands and programs for one shell, which checks each exit code."""
    for kind, text in _BLOCK.findall((ROOT / page).read_text(encoding="utf-8")):
        if kind == "python":
            yield program(text)
            continue
        lines = [line.removeprefix("$ ") for line in text.splitlines()]
        for line, following in zip(lines, [*lines[1:], ""], strict=True):
            if line.startswith("# fill in"):
                yield program(_FILL_IN)
            elif not line.startswith("#"):
                expected = 1 if following.startswith("# exits with 1") else 0
                yield f"{line}\n[ $? = {expected} ] || fail {shlex.quote(line)}\n"


def program(text: str) -> str:
    """Return a program of Python as a command of the shell."""
    return f"python - <<'END_OF_PROGRAM'\n{text}END_OF_PROGRAM\n[ $? = 0 ] || fail program\n"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what a user gets: a copy of the project, without environment or caches."""
    folder = tmp_path_factory.mktemp("hour") / "iml4e_xlsx"
    folder.mkdir()
    for name in _SHIPPED:
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__")
            )
        else:
            shutil.copy(ROOT / name, folder / name)
    return folder


def test_every_line_of_readme_and_tutorial_works(checkout: Path) -> None:
    """From an empty environment to the report on workbooks of one's own, page after page."""
    script = _START + "\nmkdir tutorial; cd tutorial\n".join("".join(steps(p)) for p in _PAGES)

    done = subprocess.run(
        ["/bin/bash", "-s"],
        input=script,
        cwd=checkout,
        env=plain_variables(Path(base_prefix) / "bin"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    assert "Traceback" not in done.stdout
    for name in ("demo/report.html", "report.html", "tutorial/report.html", "tutorial/radar.png"):
        assert (checkout / name).stat().st_size


def test_readme_names_each_area(official: Scheme) -> None:
    """Whoever reads a code such as `DG` finds what it stands for."""
    text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())

    assert not [area.code for area in official.areas if f"{area.name} (`{area.code}`)" not in text]


def test_readme_names_each_extra() -> None:
    """Whoever installs finds what each extra adds."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = (ROOT / "README.md").read_text(encoding="utf-8")

    rows = re.findall(r"^\| (`.+`) \|", text, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert named | {"dev"} == project["optional-dependencies"].keys()


def test_every_picture_is_made_by_the_script() -> None:
    """No page shows a picture that `make pictures` would leave as it was, and none is left over."""
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    shown = {
        name
        for page in pages
        for name in re.findall(r"images/([\w.-]+)\)", page.read_text(encoding="utf-8"))
    }
    script = (ROOT / "tools" / "make_pictures.sh").read_text(encoding="utf-8")
    pages_made = {
        f"{name}.png" for name in re.findall(r"^page .*\)\" (\w+)$", script, re.MULTILINE)
    }
    made = pages_made | set(re.findall(r"docs/images/(\w+\.png)", script))

    assert shown == made == {path.name for path in (ROOT / "docs" / "images").iterdir()}
