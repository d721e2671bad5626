"""The workbook in a real spreadsheet program: ratings chosen, figures recalculated, saved, read."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from iml4e_xlsx.cli import cli
from iml4e_xlsx.model import AreaResult, RatingValue, Scheme
from iml4e_xlsx.scoring import score
from iml4e_xlsx.workbook.cells import Cell as Address
from iml4e_xlsx.workbook.summary_layout import OVERALL
from iml4e_xlsx.workbook.workbook_layout import META_SHEET, Layout, layout_of
from tests.support.builders import built, in_order, response, small_scheme, typed
from tests.support.office import Cell, Office, OfficeError, Value
from tests.test_scoring import EXAMPLES

NA: RatingValue = "n/a"


def score_cell(layout: Layout, statement: str) -> Cell:
    cell = layout.area_sheet_of(statement).rating_cell(statement)
    return (cell.sheet, cell.a1)


def labels(scheme: Scheme, ratings: dict[str, RatingValue | None]) -> dict[str, str | None]:
    return {id_: None if r is None else scheme.label(r) for id_, r in ratings.items()}


def as_cells(scheme: Scheme, ratings: dict[str, RatingValue | None]) -> dict[Cell, Value]:
    layout = layout_of(scheme)
    return {score_cell(layout, id_): label for id_, label in labels(scheme, ratings).items()}


def figure_cells(layout: Layout, scheme: Scheme) -> dict[tuple[str, str], Cell]:
    """Return the summary's figures for each area and the whole, by area and name."""
    summary = layout.summary
    columns = {
        "level": summary.LEVEL,
        "index": summary.INDEX,
        "completeness": summary.COMPLETENESS,
    }
    cells: dict[tuple[str, str], Cell] = {}
    for code in layout.areas:
        cell = summary.figure_cell(code, summary.way_col)
        cells[code, "way_on"] = (cell.sheet, cell.a1)
    for code in (*layout.areas, OVERALL):
        for name, col in columns.items():
            cell = summary.figure_cell(code, col)
            cells[code, name] = (cell.sheet, cell.a1)
        details = {"high_level": summary.high_level_col, "high_index": summary.high_index_col}
        if code != OVERALL:
            details["not_applicable"] = summary.not_applicable_col
            details["remark"] = summary.remark_col(previous=False)
            for level in scheme.scored_levels:
                details[f"F{level}"] = summary.fulfilment_col(level)
        for name, col in details.items():
            cell = summary.detail_cell(code, col)
            cells[code, name] = (cell.sheet, cell.a1)
    return cells


OPEN = "open"
"""What the cell of a level says of an area that nobody answered."""


def expected_of(area: AreaResult) -> dict[str, Fraction | int | None]:
    figures: dict[str, Fraction | int | None] = {
        "level": area.level,
        "index": area.index,
        "completeness": area.completeness,
        "high_level": area.high.level,
        "high_index": area.high.index,
        "not_applicable": area.not_applicable if area.is_assessed else None,
    }
    return figures | {
        f"F{level.level}": level.fulfilment if area.is_assessed else None for level in area.levels
    }


def random_ratings(scheme: Scheme, rng: random.Random) -> dict[str, RatingValue | None]:
    """Return ratings of one of several kinds, so that every branch of the rule is met."""
    kind = rng.choice(["any", "strong", "complete", "weak base", "much n/a", "sparse"])
    kinds: dict[str, list[float]] = {
        "any": [1, 1, 1, 1, 1, 1],
        "strong": [0, 0.2, 2, 6, 0.3, 0.1],
        "complete": [1, 1, 2, 3, 0, 0],
        "weak base": [1, 1, 2, 5, 0.5, 0.2],
        "much n/a": [0.5, 0.5, 1, 2, 6, 0.5],
        "sparse": [0.3, 0.3, 0.5, 1, 0.1, 6],
    }
    weights = kinds[kind]
    scale = [weights[round(i * 3 / (len(scheme.scale) - 1))] for i in range(len(scheme.scale))]
    values: list[RatingValue | None] = [*scheme.scale, NA, None]
    ratings = {id_: rng.choices(values, scale + weights[4:])[0] for id_ in scheme.statements}
    if kind == "weak base":
        ratings |= {s.id: scheme.scale[0] for s in scheme.statements.values() if s.level == 1}
    if kind == "much n/a":
        first = scheme.areas[0].statements
        ratings |= dict.fromkeys((s.id for s in first), NA)
    return ratings


def differences(scheme: Scheme, office: Office, source: Path, count: int, seed: int) -> list[Any]:
    """Return where LibreOffice's recalculated summary and the scorer differ, over random sets."""
    rng = random.Random(seed)
    layout = layout_of(scheme)
    cells = figure_cells(layout, scheme)
    sets = [random_ratings(scheme, rng) for _ in range(count)]
    targets = {code: rng.randint(0, scheme.top) for code in layout.areas}
    target_cells: dict[Cell, Value] = {}
    for code, target in targets.items():
        cell = layout.summary.figure_cell(code, layout.summary.TARGET)
        target_cells[cell.sheet, cell.a1] = float(target)
    batches = [as_cells(scheme, ratings) | target_cells for ratings in sets]
    rows = office.evaluate(source, batches, list(cells.values()))
    faults: list[Any] = []
    for ratings, row in zip(sets, rows, strict=True):
        shown = dict(zip(cells, row, strict=True))
        result = score(response(scheme, ratings, targets=targets), scheme)
        wanted = {
            (area.area, name): value
            for area in result.areas
            for name, value in expected_of(area).items()
        }
        overall = result.overall
        wanted |= {
            (OVERALL, "level"): overall.level,
            (OVERALL, "index"): overall.index,
            (OVERALL, "completeness"): overall.completeness,
            (OVERALL, "high_level"): overall.high.level,
            (OVERALL, "high_index"): overall.high.index,
        }
        measured = [(area.area, area) for area in result.areas]
        open_levels = {(code, "level") for code, one in measured if not one.is_assessed}
        if not overall.is_assessed:
            open_levels.add((OVERALL, "level"))
        for key, value in wanted.items():
            # Nobody said anything about an open area, which is no level 0 either.
            is_open = key in open_levels
            if not (shown[key] == OPEN if is_open else same(shown[key], value)):
                faults.append((key, shown[key], value))
        for area in result.areas:
            note = f"{shown[area.area, 'remark']} {shown[area.area, 'way_on']}"
            wanted_notes = (area.gap_below, area.provisional and area.is_assessed)
            if ("Gap below" in note, "Provisional" in note) != wanted_notes:
                faults.append((area.area, note, area))
    return faults


def same(shown: Value, wanted: Fraction | int | None) -> bool:
    """Return whether a cell shows a figure; empty text stands for none."""
    if wanted is None:
        return shown in ("", None)
    return isinstance(shown, float) and abs(shown - float(wanted)) < 1e-9


def test_two_hundred_random_responses_agree(
    official: Scheme, office: Office, tmp_path: Path
) -> None:
    """LibreOffice's recalculated summary equals the scorer for 200 random response sets."""
    source = built(official, tmp_path / "blank.xlsx")

    assert differences(official, office, source, 200, seed=20261123) == []


@pytest.mark.parametrize(
    ("areas", "top", "scale"),
    [(1, 1, (0, 1)), (2, 6, (0, 1, 2, 3)), (4, 3, (1, 2, 3, 4, 5)), (3, 2, (0, 1, 2, 4))],
)
def test_other_schemes_agree(
    office: Office, tmp_path: Path, areas: int, top: int, scale: tuple[int, ...]
) -> None:
    """Formulas and scorer agree for other numbers of areas and levels and other scales."""
    codes = [f"A{chr(65 + i)}" for i in range(areas)]
    scheme = small_scheme(tmp_path, codes, per_level=2, top=top, scale=scale)
    source = built(scheme, tmp_path / "blank.xlsx")

    assert differences(scheme, office, source, 25, seed=7) == []


def test_same_result_from_every_format(official: Scheme, office: Office, tmp_path: Path) -> None:
    """Ratings chosen in LibreOffice and saved as xlsx, ods, xls score as if typed by openpyxl."""
    rng = random.Random(5)
    ratings = random_ratings(official, rng)
    layout = layout_of(official)
    source = built(official, tmp_path / "blank.xlsx")
    notes: dict[Cell, Value] = {}
    for id_, rating in ratings.items():
        if rating == NA:
            cell = layout.area_sheet_of(id_).evidence_cell(id_)
            notes[cell.sheet, cell.a1] = f"not in use here ({id_})"
    targets = {kind: tmp_path / f"saved.{kind}" for kind in ("xlsx", "ods", "xls")}
    office.edit(source, as_cells(official, ratings) | notes, targets=targets)
    by_hand = typed(official, source, labels(official, ratings))
    import openpyxl

    book = openpyxl.load_workbook(by_hand)
    for (sheet, address), text in notes.items():
        book[sheet][address] = text
    book.save(by_hand)
    documents = [scored(path) for path in (by_hand, *targets.values())]

    for document in documents:
        assert document["failed"] == []
        only = document["results"][0]
        del only["source"]
        for finding in only["findings"]:
            del finding["source"]
    assert documents[0]["results"][0]["ratings"] == ratings
    assert documents[0] == documents[1] == documents[2] == documents[3]


def scored(path: Path) -> Any:
    outcome = CliRunner().invoke(cli, ["score", str(path), "--format", "json"])
    assert outcome.exception is None or isinstance(outcome.exception, SystemExit)
    return json.loads(outcome.stdout)


def test_worked_examples_in_the_workbook(office: Office, tmp_path: Path) -> None:
    """Each worked example of the rule comes out in the recalculated workbook."""
    scheme = small_scheme(tmp_path, ["AA"])
    source = built(scheme, tmp_path / "blank.xlsx")
    summary = layout_of(scheme).summary
    cells = [summary.figure_cell("AA", col) for col in (summary.LEVEL, summary.INDEX)]
    batches = [as_cells(scheme, in_order(scheme, "AA", ratings)) for ratings, _, _ in EXAMPLES]
    rows = office.evaluate(source, batches, [(cell.sheet, cell.a1) for cell in cells])

    for (shown_level, shown_index), (_, level, index) in zip(rows, EXAMPLES, strict=True):
        assert shown_level == level
        assert f"{shown_index:.2f}" == index


def test_only_inputs_are_unlocked(small: Scheme, office: Office, tmp_path: Path) -> None:
    """Score, evidence, target, estimate and profile cells take input; statements do not."""
    source = built(small, tmp_path / "blank.xlsx")
    layout = layout_of(small)
    area = layout.areas["AA"]
    summary = layout.summary
    inputs = [
        area.rating_cell("AA-01"),
        area.evidence_cell("AA-01"),
        summary.figure_cell("AA", summary.TARGET),
        summary.figure_cell("AA", summary.ESTIMATE),
        layout.cover.profile_cell("team"),
    ]
    office.edit(source, {(cell.sheet, cell.a1): "x" for cell in inputs})

    for row, col in ((area.rows["AA-01"], area.STATEMENT), (area.rows["AA-01"], area.ID)):
        with pytest.raises(OfficeError, match="locked"):
            office.edit(source, {(area.sheet, Address(area.sheet, row, col).a1): "x"})


def test_score_cells_offer_the_ratings(official: Scheme, office: Office, tmp_path: Path) -> None:
    """The dropdown lists the labels in place, and neither stops anybody nor covers anything."""
    source = built(official, tmp_path / "blank.xlsx")
    layout = layout_of(official)
    rule = office.validation(source, score_cell(layout, "DG-01"))

    assert rule["type"] == "LIST"
    labels = ("0 - Not", "1 - Partially", "2 - Largely", "3 - Fully", "n/a", "Don't know")
    assert rule["formula"] == ";".join(f'"{label}"' for label in labels)
    assert rule["dropdown"]
    assert not rule["shows_error"]
    assert not rule["shows_message"]


def test_rows_are_high_enough(official: Scheme, office: Office, tmp_path: Path) -> None:
    """No statement row is lower than LibreOffice needs for its text."""
    source = built(official, tmp_path / "blank.xlsx")
    for sheet in layout_of(official).areas.values():
        rows = office.heights(source, sheet.sheet, sheet.PURPOSE, sheet.last_row)
        for row in (0, *(r - sheet.PURPOSE for r in sheet.rows.values())):
            height, needed = rows[row]
            assert height >= needed, (sheet.sheet, row)


def test_every_sheet_prints_but_the_calculation(
    official: Scheme, office: Office, tmp_path: Path
) -> None:
    """Each page has the name of its sheet in the footer; the calculation is of no use on paper."""
    source = built(official, tmp_path / "blank.xlsx")
    target = tmp_path / "printed.pdf"
    office.edit(source, targets={"pdf": target})
    text = subprocess.run(
        [str(shutil.which("pdftotext")), target, "-"], capture_output=True, text=True, check=True
    ).stdout
    layout = layout_of(official)
    hidden = {layout.calculation.sheet, META_SHEET}

    for name in layout.sheet_names:
        assert (name in text.splitlines()) == (name not in hidden), name
