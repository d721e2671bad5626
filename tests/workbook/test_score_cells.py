"""What score cells hold: counted at once in LibreOffice as the reader reads it, or marked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest

from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.model import RatingValue, Scheme
from iml4e_xlsx.reading.rating_reader import RatingReader
from iml4e_xlsx.scoring import score
from iml4e_xlsx.text.interface_texts import load_texts
from iml4e_xlsx.workbook.cells import Cell
from iml4e_xlsx.workbook.rating_notation import OPEN, notation_of
from iml4e_xlsx.workbook.workbook_layout import AreaSheet, layout_of
from tests.support.builders import built, response
from tests.support.office import Cell as Place
from tests.support.office import Office, Value

COUNTED: dict[str | float, RatingValue] = {
    2.0: 2,
    0.0: 0,
    "2": 2,
    " 3 ": 3,
    "2 - Largely": 2,
    "2 \u2013 Largely": 2,
    "2 \u2014 largely": 2,
    "2  -  LARGELY": 2,
    "largely": 2,
    "Not": 0,
    "n/a": "n/a",
    "N/A": "n/a",
    "na": "n/a",
    "n.a.": "n/a",
}
NOT_COUNTED: list[str | float] = [
    7.0, 1.5, -1.0, "7", "yes", "1.5", "1,5", "1-2", "50 %", "TRUE", "=", "*", "?", "2*", "~", "<>",
    "2 - Fully", "2=largely", "2 - see wiki", "2\u00a0", "\u200b2", "02", "2.0", "#N/A", "mostly",
]  # fmt: skip
"""Of these the reader says something, even where it finds a rating."""


def as_place(cell: Cell) -> Place:
    return (cell.sheet, cell.a1)


def counted_cell(scheme: Scheme, statement: str) -> Cell:
    sheet = layout_of(scheme).area_sheet_of(statement)
    return Cell(sheet.sheet, sheet.rows[statement], AreaSheet.COUNTED_AS)


@pytest.mark.parametrize("of_scheme", ["small", "official"])
def test_formulas_and_reader_take_the_same_for_a_rating(
    request: pytest.FixtureRequest, office: Office, tmp_path: Path, of_scheme: str
) -> None:
    """Read without a finding is what is counted; of everything else that is typed, one is made."""
    scheme: Scheme = request.getfixturevalue(of_scheme)
    statement = next(iter(scheme.statements))
    rating_cell = layout_of(scheme).area_sheet_of(statement).rating_cell(statement)
    values: list[Value] = [*COUNTED, *NOT_COUNTED]
    source = built(scheme, tmp_path / "w.xlsx")

    rows = office.evaluate(
        source,
        [{as_place(rating_cell): value} for value in values],
        [as_place(counted_cell(scheme, statement))],
    )

    notation = notation_of(scheme)
    ratings = RatingReader(scheme, FindingCatalogue(load_texts()))
    for value, (counted,) in zip(values, rows, strict=True):
        assert isinstance(value, str | float)
        read = ratings.read_cell(value, None)
        wanted = COUNTED.get(value) if value not in NOT_COUNTED else None
        assert counted == notation.position(wanted), value
        assert (read.report is None) == (counted != OPEN), value
        if counted != OPEN:
            assert read.rating == wanted, value


def test_typed_figures_count_in_every_figure(
    official: Scheme, office: Office, tmp_path: Path
) -> None:
    """An area rated with figures, dashes and words has level, index and count of its ratings."""
    layout = layout_of(official)
    sheet = layout.areas["PC"]
    forms: list[tuple[Value, RatingValue | None]] = [
        (2.0, 2), ("2", 2), ("2 \u2013 Largely", 2), ("fully", 3), ("3", 3), ("yes", None),
    ]  # fmt: skip
    typed = {id_: forms[number % len(forms)] for number, id_ in enumerate(sheet.rows)}
    ratings: Mapping[str, RatingValue | None] = {id_: rating for id_, (_, rating) in typed.items()}
    area = score(response(official, ratings), official).area("PC")
    summary = layout.summary
    figures = {
        as_place(summary.figure_cell("PC", summary.LEVEL)): area.level,
        as_place(summary.figure_cell("PC", summary.INDEX)): area.index,
        as_place(summary.figure_cell("PC", summary.COMPLETENESS)): area.completeness,
    }

    shown = office.edit(
        built(official, tmp_path / "w.xlsx"),
        {as_place(sheet.rating_cell(id_)): value for id_, (value, _) in typed.items()},
        read=[*figures],
    )

    for place, figure in figures.items():
        value = shown[place]
        assert isinstance(value, float)
        assert figure is not None
        assert abs(value - float(figure)) < 1e-9, place


def test_the_way_to_the_next_open_statement(
    official: Scheme, office: Office, tmp_path: Path
) -> None:
    """The head counts what is open and leads to the first of it, and then to the next sheet."""
    layout = layout_of(official)
    sheet = layout.areas["PC"]
    ids = list(sheet.rows)
    target = as_place(sheet.link_target)
    link = as_place(Cell(sheet.sheet, sheet.TITLE, sheet.GUIDANCE))
    cells = [as_place(sheet.rating_cell(id_)) for id_ in ids]
    first = as_place(layout.areas["DG"].rating_cell("DG-01"))
    batches: list[Mapping[Place, Value]] = [
        {},
        {cells[0]: 2.0, cells[1]: "yes", cells[2]: "3"},
        dict.fromkeys(cells[:-1], "n/a"),
        dict.fromkeys(cells, "1 - Partially"),
    ]
    source = built(official, tmp_path / "w.xlsx")

    rows = office.evaluate(source, batches, [target, link])

    here = f"#'{sheet.sheet}'!"
    assert rows == [
        [here + cells[0][1], f"{len(ids)} open, next: {ids[0]}"],
        [here + cells[1][1], f"{len(ids) - 2} open, next: {ids[1]}"],
        [here + cells[-1][1], f"1 open, next: {ids[-1]}"],
        [f"#'{first[0]}'!{first[1]}", f"All answered, next: {first[0]}"],
    ]


def test_each_sheet_leads_back_and_on(official: Scheme, tmp_path: Path) -> None:
    """To the first sheet, and to the first score cell of the next area; at last to the summary."""
    layout = layout_of(official)
    book = openpyxl.load_workbook(built(official, tmp_path / "w.xlsx"))
    areas = list(layout.areas.values())
    for number, area in enumerate(areas):
        row = book[area.sheet][area.LINKS + 1]
        back, onward = row[area.ID].hyperlink, row[area.TOPIC].hyperlink
        assert back is not None
        assert onward is not None
        after = areas[number + 1] if number + 1 < len(areas) else None
        wanted = (
            f"'{after.sheet}'!{after.rating_cell(next(iter(after.rows))).a1}"
            if after
            else f"'{layout.summary.sheet}'!A1"
        )

        assert back.location == f"'{layout.cover.sheet}'!A1"
        assert onward.location == wanted


def test_protection_leaves_what_is_the_respondents_own(official: Scheme, tmp_path: Path) -> None:
    """Contents are locked without a password; looks, sizes, notes, links and filters are not."""
    book = openpyxl.load_workbook(built(official, tmp_path / "w.xlsx"))
    for area in layout_of(official).areas.values():
        rules = book[area.sheet].protection
        locked = (rules.formatCells, rules.formatRows, rules.formatColumns, rules.insertHyperlinks)

        assert rules.sheet
        assert rules.password is None
        assert not any((*locked, rules.autoFilter, rules.sort, rules.objects, rules.scenarios))
        assert rules.insertRows
        assert rules.deleteRows
        assert book[area.sheet].auto_filter.ref is not None


def test_statements_stand_in_the_order_of_their_levels(official: Scheme) -> None:
    """Down each sheet, and within a level as the scheme has them."""
    for area in official.areas:
        rows = layout_of(official).areas[area.code].rows
        levels = [official.statements[id_].level for id_ in rows]

        assert list(rows) == [statement.id for statement in area.statements]
        assert levels == sorted(levels)
        assert list(rows.values()) == sorted(rows.values())


def test_no_count_follows_a_score_cell(official: Scheme, tmp_path: Path) -> None:
    """All rows have one formula, which names no single score cell: moved cells move no count."""
    book = openpyxl.load_workbook(built(official, tmp_path / "w.xlsx"))

    for sheet in layout_of(official).areas.values():
        ratings = {sheet.rating_cell(id_).a1 for id_ in sheet.rows}
        cells = book[sheet.sheet].iter_rows(
            sheet.first_row + 1,
            sheet.last_row + 1,
            AreaSheet.COUNTED_AS + 1,
            AreaSheet.COUNTED_AS + 1,
            values_only=True,
        )
        [formula] = {str(value) for (value,) in cells}
        named = set(re.findall(r"[A-Z]+[0-9]+", formula.replace("$", "")))
        assert not named & ratings, sheet.sheet
        assert "F1" in named


def test_a_sorted_table_counts_the_same(official: Scheme, office: Office, tmp_path: Path) -> None:
    """What stands in a row counts in that row, wherever rows of a level and its band stand."""
    layout = layout_of(official)
    sheet = layout.areas["PC"]
    ids = list(sheet.rows)
    given: dict[str, RatingValue | None] = {id_: number % 4 for number, id_ in enumerate(ids)}
    source = built(official, tmp_path / "w.xlsx", response(official, given))
    book = openpyxl.load_workbook(source)
    page = book[sheet.sheet]
    table = [
        [cell.value for cell in row]
        for row in page.iter_rows(
            sheet.first_row + 1, sheet.last_row + 1, 1, AreaSheet.EVIDENCE + 1
        )
    ]
    for row, values in enumerate(reversed(table), sheet.first_row + 1):
        for col, value in enumerate(values, 1):
            page.cell(row, col).value = value
    book.save(tmp_path / "sorted.xlsx")
    summary = layout.summary
    index = as_place(summary.figure_cell("PC", summary.INDEX))
    answered = as_place(Cell(sheet.sheet, sheet.LINKS, sheet.GUIDANCE))

    before = office.edit(source, read=[index, answered])
    after = office.edit(tmp_path / "sorted.xlsx", read=[index, answered])

    assert after == before
    assert before[answered] == f"{len(ids)} of {len(ids)} answered"
