"""Formulas that count "Don't know" as open: other programs compute them as the scorer does."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path

import pytest

from iml4e_xlsx.model import DONT_KNOW, RatingValue, Response, Scheme
from iml4e_xlsx.reading.identity import Schemes
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.workbook.cells import Cell
from iml4e_xlsx.workbook.workbook_layout import layout_of
from tests.support.builders import built, response, small_scheme
from tests.support.office import Cell as Place
from tests.support.office import Office, Value
from tests.support.programs import with_node
from tests.support.recalculation import (
    find_differences,
    gnumeric_figures,
    office_figures,
    stored_figures,
)

SEEDS = range(6)


def scattered(scheme: Scheme, seed: int) -> Response:
    """Return ratings of every kind; in some areas all that is answered is "Don't know"."""
    rng = random.Random(seed)
    values: list[RatingValue | None] = [*scheme.scale, "n/a", DONT_KNOW, None]
    ratings = {id_: rng.choice(values) for id_ in scheme.statements}
    for area in scheme.areas:
        if rng.random() < 0.3:
            ratings |= {s.id: rng.choice((DONT_KNOW, None)) for s in area.statements}
    return response(scheme, ratings, targets={scheme.areas[0].code: scheme.top})


@pytest.mark.parametrize("seed", SEEDS)
def test_other_programs_compute_every_figure_alike(
    doubtful: Scheme, office: Office, office_programs: None, tmp_path: Path, seed: int
) -> None:
    """Neither completeness nor a level takes "Don't know" for an answer."""
    del office_programs
    source = built(doubtful, tmp_path / "w.xlsx", scattered(doubtful, seed))
    stored = stored_figures(source)

    assert find_differences(stored, office_figures(source, tmp_path, office)) == []
    assert find_differences(stored, gnumeric_figures(source, tmp_path)) == []


def test_the_head_counts_what_is_not_known_as_open(
    doubtful: Scheme, office: Office, tmp_path: Path
) -> None:
    """It leads to what has no answer first, and then to what somebody has to ask about."""
    layout = layout_of(doubtful)
    sheet = layout.areas["AA"]
    ids = list(sheet.rows)
    cells = [_place(sheet.rating_cell(id_)) for id_ in ids]
    link = _place(Cell(sheet.sheet, sheet.TITLE, sheet.GUIDANCE))
    answered = _place(Cell(sheet.sheet, sheet.LINKS, sheet.GUIDANCE))
    batches: list[Mapping[Place, Value]] = [
        dict.fromkeys(cells, 3.0) | {cells[1]: "don\u2019t know", cells[4]: None},
        dict.fromkeys(cells, 3.0) | {cells[1]: "dont know"},
    ]

    rows = office.evaluate(built(doubtful, tmp_path / "w.xlsx"), batches, [link, answered])

    assert rows == [
        [f"2 open, next: {ids[4]}", f"10 of {len(ids)} answered"],
        [f"1 open, next: {ids[1]}", f"11 of {len(ids)} answered"],
    ]


@pytest.mark.parametrize("suffix", ["xlsx", "ods", "xls", "xlsb"])
def test_every_format_keeps_it(
    doubtful: Scheme, office: Office, office_programs: None, tmp_path: Path, suffix: str
) -> None:
    """What LibreOffice and SheetJS save is read as it was chosen."""
    del office_programs
    small_scheme(tmp_path / "known", dont_know="Don't know")
    filled = scattered(doubtful, seed=3)
    source, target = built(doubtful, tmp_path / "w.xlsx", filled), tmp_path / f"r.{suffix}"
    if suffix == "xlsb":
        with_node("sheetjs", source, target, {})
    else:
        office.edit(source, targets={suffix: target})

    with WorkbookReader(Schemes.find_installed([tmp_path / "known"])) as reader:
        read = reader.assess(target).response

    assert {id_: one.rating for id_, one in read.answers.items()} == {
        id_: one.rating for id_, one in filled.answers.items()
    }


def _place(cell: Cell) -> Place:
    return (cell.sheet, cell.a1)
