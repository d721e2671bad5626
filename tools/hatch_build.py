"""
Makes the wheel small, so that it can be sent in a mail: without what only developers read.

Comments go, and the docstrings of functions that nobody outside of the package is promised; the
sdist has them. All else stays, in the same lines.
"""

from __future__ import annotations

import ast
import base64
import csv
import hashlib
import io
import tokenize
import zipfile
from pathlib import Path
from typing import Any, Final

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_PACKAGE: Final = "iml4e_xlsx"
_COMMANDS: Final = f"{_PACKAGE}.cli"
"""The room whose docstrings are the help of commands."""


class CustomBuildHook(BuildHookInterface[Any]):
    """The hook that hatchling calls around a build."""

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 - hatchling passes it
        """Write the finished wheel anew; that of an editable installation has no modules."""
        if version == "standard":
            shrink(Path(artifact_path))


def shrink(wheel: Path) -> None:
    """Write a wheel anew: the same files in the same order, with shortened modules."""
    shrunk = wheel.with_suffix(".shrunk")
    shortened: dict[str, bytes] = {}
    with zipfile.ZipFile(wheel) as source, zipfile.ZipFile(shrunk, "w") as target:
        homes = find_homes(source.read(f"{_PACKAGE}/__init__.py"))
        for info in source.infolist():
            data = source.read(info)
            if info.filename.endswith(".py"):
                data = shortened[info.filename] = shorten(info.filename, data, homes)
            elif info.filename.endswith(".dist-info/RECORD"):  # the last one
                data = _correct_record(data, shortened)
            target.writestr(info, data, compresslevel=9)
    shrunk.replace(wheel)


def find_homes(package: bytes) -> frozenset[str]:
    """Return the modules and rooms from which the names come that the package promises."""
    for node in ast.parse(package).body:
        match node:
            case ast.Assign(targets=[ast.Name(id="_HOMES")], value=table):
                return frozenset(f"{_PACKAGE}.{home}" for home in ast.literal_eval(table))
    message = f"{_PACKAGE}/__init__.py has no table _HOMES of what it promises"
    raise ValueError(message)


def shorten(path: str, module: bytes, homes: frozenset[str]) -> bytes:
    """Return a module without comments, and without docstrings if they are nobody's help."""
    name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    rooms = {name[:end] for end in range(len(name) + 1) if name[end : end + 1] in ("", ".")}
    is_help = name == _PACKAGE or bool(rooms & (homes | {_COMMANDS}))
    return strip_comments(module if is_help else strip_docstrings(module))


def strip_comments(module: bytes) -> bytes:
    """Return a module without comments; each line keeps its number, for tracebacks."""
    lines = io.StringIO(module.decode()).readlines()  # as Python counts them
    for token in tokenize.tokenize(io.BytesIO(module).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip() + "\n"
    return "".join(lines).encode()


def strip_docstrings(module: bytes) -> bytes:
    """
    Return a module with empty docstrings of functions; each line keeps its number.

    Those of classes stay: a dataclass that has none makes itself one, which takes time at start.
    """
    lines = io.StringIO(module.decode()).readlines()
    for node in ast.walk(ast.parse(module)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if ast.get_docstring(node, clean=False) is None:
            continue
        docstring = node.body[0]
        first, last = docstring.lineno - 1, docstring.end_lineno or docstring.lineno
        # a line of its own, as the formatter writes it
        lines[first:last] = [" " * docstring.col_offset + '""\n', *["\n"] * (last - first - 1)]
    return "".join(lines).encode()


def _correct_record(record: bytes, changed: dict[str, bytes]) -> bytes:
    """Return the list of a wheel's files with digests and sizes of the changed ones."""
    rows = list(csv.reader(io.StringIO(record.decode())))
    for row in rows:
        if (data := changed.get(row[0])) is not None:
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=")
            row[1:] = [f"sha256={digest.decode()}", str(len(data))]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
