"""What holds for the code as a whole: sizes, rooms, words, and one maker for each thing."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import iml4e_xlsx
from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.text.interface_texts import load_texts

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
    "msal",
    "requests",
    "fsspec",
    "google_auth_oauthlib",
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
        assert not found or path == ROOT / "iml4e_xlsx/workbook/workbook_layout.py", (path, found)


def test_findings_are_made_by_the_catalogue_alone() -> None:
    """Nobody but the catalogue makes a finding."""
    for path in MODULES:
        if path.parent == ROOT / "iml4e_xlsx/findings":
            continue
        assert not re.search(r"\bFinding\(", path.read_text(encoding="utf-8")), path


def test_only_one_module_imports_each_library() -> None:
    """XlsxWriter behind the canvas, calamine, olefile and openpyxl behind the formats."""
    homes = {
        "xlsxwriter": {"workbook/canvas.py", "workbook/fitted_sheet.py"},
        "python_calamine": set(),
        "olefile": {"spreadsheets/formats/xls.py", "intake/mails/outlook_msg.py"},
        "openpyxl": {"jobs/demonstration.py", "roster/removal.py"},
        "email_validator": {"roster/mail_address.py"},
        "icalendar": {"campaign/send/deadline_event.py"},
        "yaml": {"scheme/yaml_nodes.py", "scheme/scheme_reader.py", "text/interface_texts.py"},
        "babel": {"text/texts.py"},
        "matplotlib": {
            "report/charts/radar.py",
            "report/charts/line_chart.py",
            "report/charts/picture.py",
        },
        "jinja2": {
            "report/formats/page_templates.py",
            "campaign/folder/text_templates.py",
            "campaign/folder/bounded_templates.py",
        },
        "weasyprint": {"report/formats/pdf.py"},
        "pandas": {"report/formats/frames.py", "jobs/results.py"},
        "smtplib": {
            "campaign/servers/smtp.py",
            "campaign/servers/smtp_login.py",
            "campaign/servers/smtp_connection.py",
        },
        "imapclient": {
            "campaign/servers/imap.py",
            "campaign/servers/imap_login.py",
            "campaign/servers/imap_connection.py",
            "campaign/servers/imap_opening.py",
        },
        "keyring": {"campaign/servers/credentials.py", "campaign/servers/token_keyring.py"},
        "socks": {"campaign/servers/proxies.py"},
        "msal": {"campaign/servers/microsoft_tokens.py"},
        "google_auth_oauthlib": {"campaign/servers/google_tokens.py"},
        "requests": {
            "campaign/servers/graph_client.py",
            "campaign/servers/google_tokens.py",
            "campaign/servers/microsoft_tokens.py",
            "campaign/servers/token_grants.py",
        },
        "fsspec": {"campaign/folder/remote_originals.py"},
        "tenacity": {"campaign/servers/smtp.py"},
        "msgpack": {"spreadsheets/codec.py", "spreadsheets/worker_answer.py"},
    }
    package = ROOT / "iml4e_xlsx"
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        place = path.relative_to(package).as_posix()
        for library, allowed in homes.items():
            if re.search(rf"^\s*(import|from) {library}\b", text, re.MULTILINE):
                assert place in allowed, (place, library)


def used_keys() -> set[str]:
    """Return every key that the code asks the interface's texts for, as far as it is literal."""
    keys: set[str] = set()
    for path in MODULES:
        keys |= set(re.findall(r'texts\(\s*"([a-z_]+\.[a-z0-9_-]+)"', path.read_text("utf-8")))
    return keys


def test_every_text_that_is_asked_for_exists() -> None:
    """No key leads nowhere."""
    assert used_keys()
    assert not [key for key in used_keys() if key not in load_texts()]


def test_every_finding_has_its_texts_and_its_function() -> None:
    """The functions of the catalogue are named after the codes of the texts."""
    texts = {key.split(".")[1] for key in load_texts().entries if key.startswith("findings.")}
    functions = {
        name.replace("_", "-") for name in dir(FindingCatalogue) if not name.startswith("_")
    }

    assert texts == functions - {"texts"}


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
