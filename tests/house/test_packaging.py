"""What is shipped: the wheel alone, outside the checkout, does the main job."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an unpacked wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", folder, ROOT],
        check=True,
        capture_output=True,
    )
    unpacked = folder / "unpacked"
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
        archive.extractall(unpacked)
    return unpacked


def test_wheel_holds_templates_and_types(wheel: Path) -> None:
    """Scheme, interface texts, JSON Schemas and the marker for type checkers are in the wheel."""
    package = wheel / "iml4e_xlsx"

    assert (package / "py.typed").exists()
    assert (package / "templates" / "schemes" / "iml4e-mlops" / "areas" / "dg.yaml").exists()
    assert (package / "templates" / "interface" / "en" / "workbook.yaml").exists()
    assert (package / "templates" / "scheme.schema.json").exists()
    assert not (wheel / "tests").exists()


def test_wheel_does_the_main_job(wheel: Path, tmp_path: Path) -> None:
    """Built and scored from the wheel, without the checkout on the path."""
    script = (
        "import sys; sys.path.insert(0, sys.argv.pop(1))\n"
        "import iml4e_xlsx; assert iml4e_xlsx.__file__.startswith(sys.path[0])\n"
        "from iml4e_xlsx.cli import cli; cli(sys.argv[1:])\n"
    )

    def run(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", script, str(wheel), *words],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": ""},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    run("build", "-o", "w.xlsx", "--team", "Wheel")
    document = json.loads(run("score", "w.xlsx", "--format", "json"))

    assert openpyxl.load_workbook(tmp_path / "w.xlsx").sheetnames[0] == "Start"
    assert document["results"][0]["profile"]["team"] == "Wheel"
