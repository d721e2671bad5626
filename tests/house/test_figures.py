"""Holds the figures of names and sentences to their limits; `tools/measure_house.py` explains."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOL = runpy.run_path(str(ROOT / "tools" / "measure_house.py"))
FIGURES = TOOL["measure_house"](ROOT / "iml4e_xlsx")


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_the_figure_keeps_its_limit(figure: Any) -> None:
    """No figure is worse than its limit."""
    assert figure.holds, (figure.value, figure.limit, figure.examples[:20])


def test_the_tool_sees_what_it_measures(tmp_path: Path) -> None:
    """A package that breaks every rule breaks every figure."""
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "same.py").write_text(
            '"""Whose a file is."""\n'
            "class Iml4eError(Exception): pass\n"
            "class HeldBack: pass\n"
            "def made_of(one):\n"
            '    raise Iml4eError(f"{one} is wrong")\n'
            "def taken(found): return found\n" + "x = 1\n" * 400,
            encoding="utf-8",
        )
    body = "def do_it():\n" + "    x = 1\n" * 41
    (tmp_path / "long.py").write_text('"""Does it."""\n' + body, encoding="utf-8")
    for number in range(18):
        (tmp_path / f"top{number}.py").write_text('"""Is there."""\n', encoding="utf-8")

    assert [figure.name for figure in TOOL["measure_house"](tmp_path) if figure.holds] == []
