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
from click import Context
from click.testing import CliRunner

from iml4e_xlsx.cli import cli, exit_codes
from iml4e_xlsx.model import Scheme
from tests.house import test_extras
from tests.support.builders import built, response
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


def rows_of(page: str, first: str) -> list[str]:
    """Return the rows of a page's table whose first column has a heading."""
    text = (ROOT / page).read_text(encoding="utf-8")
    found = re.search(rf"^\| {first} \|.*\n\|[-|]+\n((?:\|.*\n)+)", text, re.MULTILINE)
    assert found, first
    return found[1].splitlines()


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
    """Whoever reads a code such as `DG`, or a short name in a table, finds what it stands for."""
    listed = [f"| `{area.code}` | {area.short} | {area.name} |" for area in official.areas]

    assert rows_of("README.md", "code") == listed


def test_readme_says_the_same_of_exit_codes_as_the_reference() -> None:
    """There is one truth about them, and it has each code that commands end with."""
    codes = {0, *(value for name, value in vars(exit_codes).items() if name.isupper())}

    listed = rows_of("README.md", "exit code")
    assert listed == rows_of("docs/reference/cli.md", "exit code")
    assert [int(row.split("|")[1]) for row in listed] == sorted(codes)


def test_an_exit_code_means_what_readme_says(tmp_path: Path, official: Scheme) -> None:
    """Missing and illegible files are 1, a wrong or overwriting command 2, no way to write 3."""
    good = built(official, tmp_path / "good.xlsx", response(official, {}))
    broken = tmp_path / "broken.xlsx"
    broken.write_text("no workbook")
    tried = [
        (0, ("score", good)),
        *((1, (command, tmp_path / "none")) for command in ("score", "check", "compare")),
        (1, ("build", "-o", tmp_path / "x.xlsx", "--prefill", tmp_path / "none")),
        (1, ("score", broken)),
        (2, ("score",)),
        (2, ("build", "-o", good)),
        (3, ("build", "-o", tmp_path / "none" / "x.xlsx")),
    ]

    for code, words in tried:
        outcome = CliRunner().invoke(cli, [str(word) for word in words])
        assert (words, outcome.exit_code) == (words, code), outcome.output


def test_git_ignores_what_the_lines_of_readme_make() -> None:
    """Neither an environment nor a respondent's answers are to be committed by mistake."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    made = re.findall(r"^\$ (?:python3 -m venv|mkdir) (\S+)", text, re.MULTILINE)

    assert len(made) == 3
    assert not [name for name in made if f"/{name}/" not in ignored]


def test_readme_names_the_commands_that_need_an_extra() -> None:
    """All others are tried on a bare wheel, in `test_extras`."""
    text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    found = re.search(r"Without an extra, all commands but (.+?) work", text)
    assert found
    tried = {line.split()[1] for line, _ in test_extras.BARE} | {"demo"}

    assert set(re.findall(r"`(\w+)`", found[1])) == set(cli.list_commands(Context(cli))) - tried


def test_readme_names_each_extra() -> None:
    """Whoever installs finds what each extra adds."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    rows = rows_of("README.md", "extra")
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])}
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
