"""What is shipped: the package and its templates, and nothing else."""

from __future__ import annotations

import re
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.support.environments import ROOT, build_distributions

_MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the sdist, and the wheel that was built from it."""
    return build_distributions(tmp_path_factory.mktemp("dist"))


def members(wheel: Path) -> dict[str, bytes]:
    """Return the files of a wheel but for those that describe it."""
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if ".dist-info/" not in name]
        return {name: archive.read(name) for name in names}


def test_wheel_holds_package_and_templates_alone(distributions: dict[str, Path]) -> None:
    """Every module, text and scheme is in it, with the marker for type checkers."""
    package = {
        path.relative_to(ROOT).as_posix(): path.read_bytes()
        for path in (ROOT / "iml4e_xlsx").rglob("*")
        if path.is_file() and (path.suffix == ".py" or path.name == "py.typed")
    }
    templates = {
        f"iml4e_xlsx/{path.relative_to(ROOT).as_posix()}": path.read_bytes()
        for path in (ROOT / "templates").rglob("*")
        if path.is_file()
    }

    assert members(distributions[".whl"]) == package | templates
    assert "iml4e_xlsx/py.typed" in package
    assert "iml4e_xlsx/templates/interface/en/workbook.yaml" in templates


def test_wheel_is_small(distributions: dict[str, Path]) -> None:
    """It can be sent in a mail."""
    assert distributions[".whl"].stat().st_size < _MEGABYTE


def test_wheel_of_the_checkout_is_that_of_the_sdist(
    distributions: dict[str, Path], tmp_path: Path
) -> None:
    """The sdist lacks nothing that a wheel is made of."""
    direct = build_distributions(tmp_path, ROOT, "--wheel")

    assert members(direct[".whl"]) == members(distributions[".whl"])


def test_the_lowest_versions_of_each_extra_are_tried() -> None:
    """`make test-lowest` installs an extra that it does not name in its newest versions."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = re.search(r"^EXTRAS := (.+)$", makefile, re.MULTILINE)

    assert named
    assert {*named[1].split(), "dev"} == project["optional-dependencies"].keys()
