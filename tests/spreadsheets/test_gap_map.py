"""What is kept of sheets that were read before stays small, and changes nothing."""

from __future__ import annotations

from random import Random

import pytest

from iml4e_xlsx.spreadsheets.formats.cell_styles import NO_STYLES
from iml4e_xlsx.spreadsheets.formats.gap_map import keep_gaps
from iml4e_xlsx.spreadsheets.formats.sheet_content import SheetTables
from iml4e_xlsx.spreadsheets.formats.sheet_scan import find_formula_texts, scan_sheet
from iml4e_xlsx.spreadsheets.refusal import FileRefusal
from tests.support.cell_markup import LIMITS, book_parts, read_parts, sheet_part


def test_what_is_kept_does_not_grow_with_the_ways_to_fill_a_sheet_in() -> None:
    """Each cell is empty or filled, in all combinations; the markup around it stays the same."""
    rng, tables = Random(0), SheetTables.from_tables({"0": "zero"}, NO_STYLES)
    kept = keep_gaps(tables.percent, tables.moments, has_x14ac=False)
    before = len(kept)
    for _ in range(60):
        rows = []
        for row in range(1, 21):
            filled = "".join(
                f'<c r="{col}{row}" t="s"><v>0</v></c>'
                if rng.random() < 0.7
                else f'<c r="{col}{row}"/>'
                for col in "BCD"
            )
            rows.append(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c>{filled}</row>')
        assert scan_sheet(sheet_part("".join(rows)), tables, LIMITS.cells) is not None

    # From each of four cells of a row to each behind it, and to the next row.
    assert 0 < len(kept) - before <= 20 * (4 + 3 + 2 + 1) + 1


def test_what_is_kept_is_bounded_by_its_length() -> None:
    """A formula of wide characters takes kilobytes; good files behind it need that memory."""
    tables = SheetTables.from_tables({}, NO_STYLES)
    kept = keep_gaps(tables.percent, tables.moments, has_x14ac=False)
    formula = "\U0001f600" * 1_500
    most = 0
    for book in range(3):
        rows = "".join(
            f'<row r="{row}"><c r="A{row}"><f>{formula}{book}</f><v>1</v></c></row>'
            for row in range(1, 1_000)
        )
        assert scan_sheet(sheet_part(rows), tables, LIMITS.cells) is not None
        most = max(most, len(kept))

    assert most < 1_000


def test_a_new_kind_of_formula_sheet_takes_the_place_of_the_oldest() -> None:
    """However many kinds strangers have sent: the sheet of the present round is known."""
    tables = SheetTables.from_tables({}, NO_STYLES)
    for book in range(40):
        rows = "".join(
            f'<row r="{row}"><c r="A{row}"><f>B{row}+{book}</f><v>1</v></c></row>'
            for row in range(1, 20)
        )
        part = sheet_part(rows)
        assert scan_sheet(part, tables, LIMITS.cells) is not None

    assert find_formula_texts(part, tables) == frozenset()


def test_the_second_sheet_of_another_round_is_known() -> None:
    """It begins and is as long as those of the round before, and has other formulas within."""
    tables = SheetTables.from_tables({}, NO_STYLES)
    for book in range(5):
        part = sheet_part(
            '<row r="1"><c r="A1"><f>D1</f><v>1</v></c><c r="B1"><f>D1</f><v>1</v></c></row>'
            f'<row r="2"><c r="A2"><f>D{book + 2}</f><v>1</v></c></row>'
        )
        for _ in range(2):
            assert scan_sheet(part, tables, LIMITS.cells) is not None
        assert find_formula_texts(part, tables) == frozenset(), book


_FORMULA_ROWS = (
    '<row r="1"><c r="A1"><f>D1</f><v>1</v></c><c r="B1" t="str"><f>D2</f><v>two</v></c>'
    '<c r="C1" t="s"><v>0</v></c><c r="D1"><f>A1</f><v>4</v></c></row>'
)


@pytest.mark.parametrize(
    ("old", "new", "texts"),
    [
        ("two", "a &amp; b", {"zero", "a & b"}),
        ("two", "", {"zero"}),
        (' t="str"><f>D2</f><v>two', "><f>D2</f><v>2", None),
        ("two", "PC-01", {"zero", "PC-01"}),
        ('<c r="C1" t="s"><v>0<', '<c r="C1" t="s"><v>9<', None),
        ("<v>4<", '<v>4</v></c><c r="E1" t="str"><v>PC-01</v></c><c r="F1"><v>4<', None),
        ("<v>4<", "<v><x>PC-01</x>4<", None),
        ("<v>two<", "<v>two<![CDATA[PC-01]]><", None),
        ("two", "two &nbsp;", None),
        ("two", "two\x08", None),
        ("D2", "D3", None),
        ("<v>1<", "<v>1</v><v>1<", None),
    ],
)
def test_the_texts_among_known_formulas_are_all_told(
    old: str, new: str, texts: set[str] | None
) -> None:
    """A text in whatever place of such a sheet may be a statement's id, and nobody reads it."""
    tables = SheetTables.from_tables({"0": "zero"}, NO_STYLES)
    assert scan_sheet(sheet_part(_FORMULA_ROWS), tables, LIMITS.cells) is not None
    assert find_formula_texts(sheet_part(_FORMULA_ROWS), tables) == frozenset({"zero", "two"})
    assert old in _FORMULA_ROWS

    part = sheet_part(_FORMULA_ROWS.replace(old, new, 1))

    assert find_formula_texts(part, tables) == texts


def test_formulas_are_known_whatever_the_types_of_their_results() -> None:
    """In an area that nobody has answered a text stands for the number, or an error."""
    tables = SheetTables.from_tables({"0": "zero"}, NO_STYLES)
    text = '<c r="B1" t="str"><f>D2</f><v>two</v></c>'
    number, error = text.replace(' t="str"', "").replace("two", "2"), text.replace('"str"', '"e"')
    texts = {
        text: frozenset({"zero", "two"}),
        number: frozenset({"zero"}),
        error.replace("two", "#N/A"): frozenset({"zero"}),
    }
    for cell in texts:
        part = sheet_part(_FORMULA_ROWS.replace(text, cell))
        assert scan_sheet(part, tables, LIMITS.cells) is not None

    found = {
        cell: find_formula_texts(sheet_part(_FORMULA_ROWS.replace(text, cell)), tables)
        for cell in texts
    }

    assert text in _FORMULA_ROWS
    assert found == texts


def test_a_known_gap_that_leads_elsewhere_belongs_to_no_sequence() -> None:
    """The text behind it stands in another cell than the number of the sequence."""
    tables = SheetTables.from_tables({"0": "zero"}, NO_STYLES)
    number = '<c r="D1"><f>A1</f><v>4</v></c>'
    text = '<c r="E1" t="str"><f>A1</f><v>PC-01</v></c>'
    for rows in (_FORMULA_ROWS, *[_FORMULA_ROWS.replace(number, text + number)] * 2):
        scan_sheet(sheet_part(rows), tables, LIMITS.cells)

    assert number in _FORMULA_ROWS
    assert find_formula_texts(sheet_part(_FORMULA_ROWS), tables) == frozenset({"zero", "two"})
    part = sheet_part(_FORMULA_ROWS.replace(number, text))
    for _ in range(3):
        assert find_formula_texts(part, tables) in (None, {"zero", "two", "PC-01"})
        scan_sheet(part, tables, LIMITS.cells)


def test_percentages_are_those_of_each_workbook() -> None:
    """The same markup means another thing where its style shows percentages."""
    row = '<row r="1"><c r="A1" s="1"><v>0.5</v></c></row>'
    parts = book_parts(sheet_part(row))
    plain = {
        **parts,
        "xl/styles.xml": parts["xl/styles.xml"].replace(b'numFmtId="9"', b'numFmtId="0"'),
    }
    for _ in range(2):
        assert read_parts(parts).details[0, 0].percent
        assert (0, 0) not in read_parts(plain).details


def test_rows_with_a_prefix_need_its_name_space() -> None:
    """As in Excel's files, which were read before."""
    row = '<row r="1" x14ac:dyDescent="0.25"><c r="A1"><v>1</v></c></row>'
    part = sheet_part(row)
    named = part.replace(b"<worksheet ", b'<worksheet xmlns:x14ac="urn:x14ac" ')
    for _ in range(2):
        assert read_parts(book_parts(named)).rows == {0: {0: 1.0}}
        with pytest.raises(FileRefusal):
            read_parts(book_parts(part))
