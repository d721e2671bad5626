"""What is shipped: the package and its templates, and nothing else."""

from __future__ import annotations

import ast
import base64
import csv
import hashlib
import inspect
import io
import re
import tomllib
import zipfile
from pathlib import Path

import pytest

import iml4e_xlsx
from tests.support.environments import ROOT, build_distributions

_MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the sdist, and the wheel that was built from it."""
    return build_distributions(tmp_path_factory.mktemp("dist"))


def members(wheel: Path) -> dict[str, bytes]:
    """Return the files of a wheel but for those that describe it."""
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if ".dist-info/" not in name]
        return {name: archive.read(name) for name in names}


def parsed(module: bytes) -> str:
    """Return a module's statements with where they begin, but for docstrings of functions."""
    tree = ast.parse(module)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and has_docstring(node):
            del node.body[0]
        for end in ("end_lineno", "end_col_offset"):
            setattr(node, end, None)
    return ast.dump(tree, include_attributes=True)


def docstrings(module: bytes) -> list[str | None]:
    """Return the docstrings of a module's functions."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [ast.get_docstring(x) for x in ast.walk(ast.parse(module)) if isinstance(x, functions)]


def has_docstring(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Tell whether a function has a docstring, be it empty."""
    return ast.get_docstring(node) is not None


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

    shipped = members(distributions[".whl"])
    assert shipped.keys() == package.keys() | templates.keys()
    for name, data in (package | templates).items():
        # modules have fewer comments and docstrings there, and each statement in its place
        is_module = name.endswith(".py")
        assert shipped[name] == data or (is_module and parsed(shipped[name]) == parsed(data)), name
    assert "iml4e_xlsx/py.typed" in package
    assert "iml4e_xlsx/templates/interface/en/workbook.yaml" in templates


def test_wheel_lists_its_files_as_they_are(distributions: dict[str, Path]) -> None:
    """With the digest and size of each, which installers check."""
    with zipfile.ZipFile(distributions[".whl"]) as archive:
        (record,) = (name for name in archive.namelist() if name.endswith(".dist-info/RECORD"))
        rows = list(csv.reader(io.StringIO(archive.read(record).decode())))
        assert [row[0] for row in rows] == archive.namelist()
        for name, digest, size in rows:
            if name != record:
                data = archive.read(name)
                made = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=")
                assert (digest, size) == (f"sha256={made.decode()}", str(len(data)))


def test_wheel_explains_what_is_promised(distributions: dict[str, Path]) -> None:
    """Where promised names and commands live, every docstring is that of the sources."""
    promised = (getattr(iml4e_xlsx, name) for name in iml4e_xlsx.__all__)
    modules = {inspect.getsourcefile(each) for each in promised if hasattr(each, "__qualname__")}
    commands = (ROOT / "iml4e_xlsx" / "cli").rglob("*.py")
    shipped = members(distributions[".whl"])

    assert len(modules) > 30
    for path in (*(Path(str(module)) for module in modules), *commands):
        name = path.relative_to(ROOT).as_posix()
        assert docstrings(shipped[name]) == docstrings(path.read_bytes()), name


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
