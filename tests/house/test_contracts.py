"""What holds for the code as a whole: sizes, rooms, words, and one maker for each thing."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import iml4e_xlsx
from iml4e_xlsx.findings import Findings
from iml4e_xlsx.scheme import load_texts

ROOT = Path(__file__).resolve().parent.parent.parent
MODULES = sorted((ROOT / "iml4e_xlsx").rglob("*.py"))
LONGEST_MODULE = 400
LONGEST_BODY = 40
HEAVY = (
    "pandas",
    "numpy",
    "matplotlib",
    "openpyxl",
    "xlsxwriter",
    "python_calamine",
    "yaml",
    "rich",
    "sqlalchemy",
    "alembic",
    "imapclient",
    "keyring",
    "jinja2",
)


def names() -> list[str]:
    return [str(path.relative_to(ROOT)) for path in MODULES]


@pytest.mark.parametrize("path", MODULES, ids=names())
def test_modules_are_small(path: Path) -> None:
    """No module above 400 lines; each says in its first line what it is."""
    text = path.read_text(encoding="utf-8")

    assert text.count("\n") <= LONGEST_MODULE
    assert ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("path", MODULES, ids=names())
def test_functions_are_small(path: Path) -> None:
    """No function body above 40 lines, its docstring aside."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        body = node.body
        documented = ast.get_docstring(node) is not None
        first = body[1] if documented and len(body) > 1 else body[0]
        length = (body[-1].end_lineno or 0) - first.lineno + 1
        assert length <= LONGEST_BODY, f"{path.name}: {node.name} has {length} lines"


def test_addresses_stand_in_the_layout_alone() -> None:
    """No cell's address is written out anywhere else."""
    address = re.compile(r"""["']\$?[A-Z]{1,2}\$?[0-9]{1,4}["']""")
    for path in MODULES:
        found = address.findall(path.read_text(encoding="utf-8"))
        assert not found or path.name == "layout.py", (path, found)


def test_findings_are_made_by_the_catalogue_alone() -> None:
    """Nobody but the catalogue makes a finding."""
    for path in MODULES:
        if str(path).endswith(("/findings/base.py", "/iml4e_xlsx/errors.py")):
            continue
        assert not re.search(r"\bFinding\(", path.read_text(encoding="utf-8")), path


def test_only_one_module_imports_each_library() -> None:
    """XlsxWriter behind the canvas, calamine, olefile and openpyxl behind the formats."""
    homes = {
        "xlsxwriter": {"canvas.py"},
        "python_calamine": {"formats/__init__.py"},
        "olefile": {"formats/xls.py", "mails/outlook.py"},
        "openpyxl": {"formats/ooxml.py", "demo.py", "campaign/roster_files.py"},
        "email_validator": {"roster/mails.py"},
        "yaml": {"nodes.py", "reader.py", "words.py"},
        "matplotlib": {"radar.py", "lines.py", "picture.py"},
        "jinja2": {"page.py", "campaign/filling.py"},
        "weasyprint": {"page.py"},
        "pandas": {"frames.py", "results.py"},
        "smtplib": {"campaign/smtp.py"},
        "imapclient": {"campaign/mailbox.py"},
        "keyring": {"campaign/credentials.py"},
        "tenacity": {"campaign/smtp.py"},
    }
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        for library, allowed in homes.items():
            if re.search(rf"^\s*(import|from) {library}\b", text, re.MULTILINE):
                assert str(path).endswith(tuple(f"/{home}" for home in allowed)), (path, library)


def used_keys() -> set[str]:
    """Return every key that the code asks the interface's texts for, as far as it is literal."""
    keys: set[str] = set()
    for path in MODULES:
        keys |= set(re.findall(r'texts\(\s*"([a-z_]+\.[a-z0-9_-]+)"', path.read_text("utf-8")))
    return keys


def test_every_text_that_is_asked_for_exists() -> None:
    """No key leads nowhere."""
    assert used_keys()
    assert used_keys() <= load_texts().entries.keys()


def test_every_finding_has_its_texts_and_its_function() -> None:
    """The codes of the catalogue and those of the texts are the same."""
    catalogue = sorted((ROOT / "iml4e_xlsx" / "findings").glob("*.py"))
    source = "\n".join(path.read_text(encoding="utf-8") for path in catalogue)
    made = set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', source)) | {"unanswered"}
    texts = {key.split(".")[1] for key in load_texts().entries if key.startswith("findings.")}

    assert made == texts
    functions = {name.replace("_", "-") for name in dir(Findings) if not name.startswith("_")}
    assert texts - {"statement-twice-contradicting"} == functions - {"texts"}


def test_help_imports_nothing_heavy() -> None:
    """`iml4e --help` loads none of the libraries that do the work."""
    code = (
        "import sys\n"
        "from iml4e_xlsx.cli import cli\n"
        "try: cli(['--help'])\n"
        "except SystemExit: pass\n"
        f"print([name for name in {HEAVY} if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )

    assert done.stdout.splitlines()[-1] == "[]"


def test_public_names_exist() -> None:
    """What the package lists can be imported."""
    for name in iml4e_xlsx.__all__:
        assert getattr(iml4e_xlsx, name) is not None


def test_import_directions() -> None:
    """Imports point down, as the contracts in pyproject.toml say."""
    code = "from importlinter.cli import lint_imports_command as run; run()"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT
    )

    assert done.returncode == 0, done.stdout
