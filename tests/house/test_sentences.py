"""Holds that no sentence for people stands in code: a new language is a folder of texts."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "iml4e_xlsx"
ALLOWED = Path(__file__).with_name("sentences.toml")
WORDS = re.compile(r"[A-Za-z]{2,}[,;:.]? [A-Za-z]{2,}")
HELP = {"help", "short_help", "epilog", "metavar", "package_name", "message"}
PATTERNS = {"compile", "match", "fullmatch", "search", "sub", "findall", "split", "finditer"}
SQL = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|PRAGMA|CREATE|ALTER|VACUUM|BEGIN|SET|ON|DROP)\b")


def sentences(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the literals with more than one word that a person might see, with their lines."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = _docstrings(tree) | _help_and_patterns(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if id(node) not in skipped and WORDS.search(node.value) and not SQL.match(node.value):
            yield node.lineno, node.value


def _docstrings(tree: ast.Module) -> set[int]:
    """Return the docstrings, also those of attributes: every string that stands by itself."""
    return {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def _help_and_patterns(tree: ast.Module) -> set[int]:
    """Return what click shows as help, which stands beside its option, and regular expressions."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        parts: list[ast.AST] = [word.value for word in node.keywords if word.arg in HELP]
        if isinstance(node.func, ast.Attribute) and node.func.attr in PATTERNS:
            parts += node.args[:1]
        skipped |= {id(inner) for part in parts for inner in ast.walk(part)}
    return skipped


def test_no_sentence_for_people_stands_in_code() -> None:
    """Every literal of several words is listed with the reason why it stands in code."""
    allowed = tomllib.loads(ALLOWED.read_text(encoding="utf-8"))
    reasons = {
        (module, literal): entry["reason"]
        for module, entries in allowed.items()
        for entry in entries
        for literal in entry["literals"]
    }
    met = set()
    strange = []
    for path in sorted(PACKAGE.rglob("*.py")):
        module = path.relative_to(PACKAGE).as_posix()
        for line, literal in sentences(path):
            key = (module, literal)
            met.add(key)
            if key not in reasons:
                strange.append(f"{module}:{line}: {literal!r}")

    assert not strange, "\n".join(strange)
    assert all(reasons.values()), "each exception has a reason"
    assert not set(reasons) - met, "an exception that is no longer needed goes"


def test_the_check_sees_sentences_in_every_place(tmp_path: Path) -> None:
    """Raised, returned, yielded, echoed, in an f-string or a table: nothing passes unseen."""
    path = tmp_path / "module.py"
    path.write_text(
        '"""Does a thing."""\n'
        "import click\n"
        'NAMES = {"a": "one of them"}\n'
        "def f(x: int):\n"
        '    """Do a thing."""\n'
        '    click.echo("it is done")\n'
        '    yield f"{x} files were read"\n'
        '    raise ValueError("that is wrong")\n'
        '@click.option("--x", help="Which one to take.")\n'
        'def g(): return "came back " + "SELECT * FROM x WHERE y"\n',
        encoding="utf-8",
    )

    assert sorted(line for line, _ in sentences(path)) == [3, 6, 7, 8, 10]


def test_no_raise_makes_its_words() -> None:
    """What is raised has a code and values; an f-string would be a sentence of one language."""
    strange = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)
        if any(isinstance(part, ast.JoinedStr) for part in node.exc.args)
    ]

    assert strange == []
