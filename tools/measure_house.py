"""
Measures how well names and sentences of the package read.

    python tools/measure_house.py [FOLDER]

Each figure has a limit, which `tests/house/test_figures.py` holds; the rules behind them stand in
CONTRIBUTING.md. The words of a participle or an adverb are guessed by their endings and by lists.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HOUSE_WORDS = frozenset({"one", "found", "given", "known", "said", "told", "kept", "left"})
PREPOSITIONS = frozenset(
    """
    above after against as at before behind below beside between by during for from in
    inside into of off on onto out over per since through till to toward under until up upon
    with within without
    """.split()  # noqa: SIM905 - a list of words reads better in lines
)
PARTICIPLES = frozenset(
    """
    begun bound bought brought broken built caught chosen come cut done drawn driven fallen
    fed felt forgotten found given gone grown had heard held hidden kept known laid left
    lent lost made meant met paid put read risen run said seen sent set shown shut sold
    spent split spoken stood stored struck taken taught thought thrown told understood
    withheld won worn written wrong
    """.split()  # noqa: SIM905 - a list of words reads better in lines
)
VERBS_LIKE_PARTICIPLES = frozenset(
    """
    bring cut embed exceed feed let need proceed put read run set shut split spread string
    """.split()  # noqa: SIM905 - a list of words reads better in lines
)
NOUNS_LIKE_PARTICIPLES = frozenset(
    """
    Beginning Building Ending Encoding Feed Finding Heading Hashing Mapping Meaning Nesting
    Opening Padding Pairing Rating Reading Ring Run Seed Set Setting Sibling Spelling String
    Tally Thing Warning Wording
    """.split()  # noqa: SIM905 - a list of words reads better in lines
)
ADVERBS = frozenset(
    """
    Again Apart Aside Away Back Beside How Here Inner Later Now Odd Often Once Outer Then There
    Thus Twice What When Where Which Who Whose Why Within
    """.split()  # noqa: SIM905 - a list of words reads better in lines
)
QUESTION = re.compile(
    r"(By (what|which|whom)|From (what|which|whom)|How|To (what|which|whom)|What|When|Where|Which|"
    r"Who|Whom|Whose|Why|Whether)\b"
)
CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its value, the limit that it may not exceed (or fall below), and examples."""

    name: str
    value: float
    limit: float
    examples: tuple[str, ...] = ()
    at_least: bool = False

    @property
    def holds(self) -> bool:
        """Tell whether the value keeps its limit."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit


@dataclass(frozen=True, slots=True)
class SourceTree:
    """The parsed modules of a folder, by path."""

    folder: Path
    modules: dict[Path, ast.Module]

    @classmethod
    def parse(cls, folder: Path) -> SourceTree:
        """Parse every module below a folder."""
        paths = sorted(folder.rglob("*.py"))
        return cls(folder, {path: ast.parse(path.read_text(encoding="utf-8")) for path in paths})

    def nodes(self) -> Iterator[tuple[str, ast.AST]]:
        """Yield every node with the place where it stands."""
        for path, tree in self.modules.items():
            for node in ast.walk(tree):
                line = getattr(node, "lineno", 1)
                yield f"{path.relative_to(self.folder)}:{line}", node


def measure_house(folder: Path) -> list[Figure]:
    """Measure every figure of a package."""
    tree = SourceTree.parse(folder)
    return [
        *_measure_functions(tree),
        _measure_classes(tree),
        _measure_house_words(tree),
        _measure_docstrings(tree),
        _measure_file_names(tree),
        _measure_errors(tree),
        _measure_top(tree),
        *_measure_sizes(tree),
    ]


def _measure_functions(tree: SourceTree) -> Iterator[Figure]:
    names = [
        (place, node.name.strip("_"))
        for place, node in tree.nodes()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.strip("_")
    ]
    short = [f"{place} {name}" for place, name in names if "_" not in name]
    yield Figure("one-word function names, %", _percent(short, names), 30, tuple(short))
    odd = [f"{place} {name}" for place, name in names if _is_participle_first(name)]
    yield Figure("participle or preposition first, %", _percent(odd, names), 3, tuple(odd))


def _is_participle_first(name: str) -> bool:
    first = name.split("_", maxsplit=1)[0]
    if first in VERBS_LIKE_PARTICIPLES:
        return False
    return first in PREPOSITIONS or first in PARTICIPLES or first.endswith("ed")


def _measure_classes(tree: SourceTree) -> Figure:
    odd = []
    for place, node in tree.nodes():
        if not isinstance(node, ast.ClassDef):
            continue
        words = CAMEL.findall(node.name)
        last = words[-1]
        is_odd = last.endswith(("ed", "ing", "ly")) or last.lower() in PARTICIPLES
        if words[-1] in ADVERBS or (is_odd and last.rstrip("s") not in NOUNS_LIKE_PARTICIPLES):
            odd.append(f"{place} {node.name}")
    return Figure("classes named by participle or adverb", len(odd), 0, tuple(odd))


def _measure_house_words(tree: SourceTree) -> Figure:
    names = []
    for place, node in tree.nodes():
        if isinstance(node, ast.Name):
            names.append((place, node.id))
        elif isinstance(node, ast.arg):
            names.append((place, node.arg))
    house = [f"{place} {name}" for place, name in names if name in HOUSE_WORDS]
    return Figure("house words among names, %", _percent(house, names), 0.5, tuple(house))


def _measure_docstrings(tree: SourceTree) -> Figure:
    questions = [
        str(path.relative_to(tree.folder))
        for path, module in tree.modules.items()
        if QUESTION.match((ast.get_docstring(module) or "").strip())
    ]
    return Figure("module docstrings in question form", len(questions), 0, tuple(questions))


def _measure_file_names(tree: SourceTree) -> Figure:
    counts = Counter(path.stem for path in tree.modules if path.stem != "__init__")
    twice = [name for name, count in counts.items() if count > 1]
    return Figure("file names used more than once", len(twice), 0, tuple(twice))


def _measure_errors(tree: SourceTree) -> Figure:
    """Measure how many of our errors are made of a code, a finding or a failure."""
    kinds = _error_classes(tree)
    made, literal = 0, []
    for place, node in tree.nodes():
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id not in kinds:
            continue
        made += 1
        if any(isinstance(part, ast.JoinedStr | ast.Constant) for part in node.args):
            literal.append(f"{place} {node.func.id}")
    share = 100 * (made - len(literal)) / made if made else 100
    return Figure("errors from the catalogue, %", share, 100, tuple(literal), at_least=True)


def _error_classes(tree: SourceTree) -> set[str]:
    """Return the names of the package's error classes: all that derive from `Iml4eError`."""
    bases: dict[str, set[str]] = {}
    for _, node in tree.nodes():
        if isinstance(node, ast.ClassDef):
            bases[node.name] = {base.id for base in node.bases if isinstance(base, ast.Name)}
    kinds = {"Iml4eError"}
    while more := {name for name, above in bases.items() if above & kinds} - kinds:
        kinds |= more
    return kinds


def _measure_top(tree: SourceTree) -> Figure:
    entries = [
        entry.name
        for entry in sorted(tree.folder.iterdir())
        if not entry.name.startswith(("_", ".")) and entry.suffix in ("", ".py")
    ]
    return Figure("entries at the top of the package", len(entries), 18, tuple(entries))


def _measure_sizes(tree: SourceTree) -> Iterator[Figure]:
    lines = {path: path.read_text(encoding="utf-8").count("\n") for path in tree.modules}
    longest = max(lines, key=lambda path: lines[path])
    name = str(longest.relative_to(tree.folder))
    yield Figure("lines of the longest module", lines[longest], 400, (name,))
    bodies = [
        (_body_length(node), f"{place} {node.name}")
        for place, node in tree.nodes()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    length, where = max(bodies)
    yield Figure("lines of the longest function body", length, 40, (where,))


def _body_length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines of a function's body, its docstring aside."""
    body = node.body
    has_docstring = ast.get_docstring(node) is not None
    first = body[1] if has_docstring and len(body) > 1 else body[0]
    return (body[-1].end_lineno or 0) - first.lineno + 1


def _percent(part: list[str], whole: list[tuple[str, str]]) -> float:
    return round(100 * len(part) / len(whole), 2) if whole else 0


def main() -> int:
    """Print every figure with its limit, and with examples where it is not kept."""
    default = Path(__file__).resolve().parent.parent / "iml4e_xlsx"
    figures = measure_house(Path(sys.argv[1]) if len(sys.argv) > 1 else default)
    for figure in figures:
        sign = "at least" if figure.at_least else "at most"
        mark = " " if figure.holds else "!"
        print(f"{mark} {figure.name:<42} {figure.value:>7g}   {sign} {figure.limit:g}")
        if not figure.holds:
            for example in figure.examples[:12]:
                print(f"      {example}")
    return 0 if all(figure.holds for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
