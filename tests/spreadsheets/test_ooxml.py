"""What the check of a workbook's XML accepts, and the faults that it must not miss."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from tests.support.ooxml import unchecked, validate

Parts = dict[str, str | None]
"""A package's parts by name; None takes one out."""

SHEET = "xl/worksheets/sheet1.xml"


def rich_workbook(path: Path) -> Path:
    """Write a workbook with what ours have: lists, formats, a radar, locks, names, properties."""
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Ratings")
    other = book.add_worksheet("Other")
    wrong = book.add_format({"bg_color": "#FFC7CE"})
    unlocked = book.add_format({"locked": False, "text_wrap": True})
    for row in range(5):
        sheet.write_string(row, 0, f"  Statement {row} ")
        sheet.write_number(row, 1, row, unlocked)
    sheet.write_formula("C1", '=IF(B1="","",B1)', None, 0)
    sheet.write_rich_string("C2", "one ", wrong, "two")
    labels = {"validate": "list", "source": ["0 - Not", "n/a"], "input_message": "Choose."}
    sheet.data_validation("B1:B5", labels)
    blank = {"type": "blanks", "format": wrong, "stop_if_true": True}
    for rule in (blank, {"type": "data_bar", "data_bar_2010": True}, {"type": "3_color_scale"}):
        sheet.conditional_format("B1:B5", rule)
    radar = book.add_chart({"type": "radar", "subtype": "filled"})
    radar.add_series({"categories": "=Ratings!$A$1:$A$5", "values": "=Ratings!$B$1:$B$5"})
    sheet.insert_chart("E2", radar, {"description": "A radar"})
    sheet.write_url("A7", "internal:'Other'!A1")
    sheet.write_url("A8", "https://example.org/a b")
    sheet.write_comment("A1", "A note")
    sheet.protect(options={"format_rows": True})
    sheet.freeze_panes(1, 1)
    sheet.set_footer("&P of &N")
    sheet.repeat_rows(0)
    other.very_hidden()
    other.add_sparkline("A1", {"range": "Ratings!B1:B5"})
    book.define_name("scores", "=Ratings!$B$1:$B$5")
    book.set_properties({"title": "Rich", "keywords": "one two"})
    book.set_custom_property("scheme", "rich/1.0.0")
    book.close()
    return path


def changed(path: Path, change: Callable[[Parts], None]) -> Path:
    """Write a workbook's package again with some parts changed."""
    with zipfile.ZipFile(path) as archive:
        raw = {name: archive.read(name) for name in archive.namelist()}
    parts: Parts = {name: data.decode("utf-8") for name, data in raw.items()}
    change(parts)
    target = path.with_name("changed.xlsx")
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in parts.items():
            if text is not None:
                archive.writestr(name, text)
    return target


def replaced(part: str, old: str, new: str) -> Callable[[Parts], None]:
    """Return a change of the first place where a text stands in a part."""

    def change(parts: Parts) -> None:
        text = parts[part]
        assert text is not None
        assert old in text
        parts[part] = text.replace(old, new, 1)

    return change


def removed(part: str) -> Callable[[Parts], None]:
    """Return a change that takes a part out."""

    def change(parts: Parts) -> None:
        assert part in parts
        parts[part] = None

    return change


def order_changed(parts: Parts) -> None:
    """Put a sheet's protection behind its conditional formats, where Excel does not look."""
    text = parts[SHEET]
    assert text is not None
    start = text.index("<sheetProtection")
    end = text.index("/>", start) + 2
    moved = text[start:end]
    parts[SHEET] = (text[:start] + text[end:]).replace("<pageMargins", moved + "<pageMargins")


def stray(parts: Parts) -> None:
    """Add a part that nothing leads to and that has no content type."""
    parts["xl/stray.bin"] = "x"


def test_a_workbook_of_the_writer_is_valid(tmp_path: Path) -> None:
    """Nothing is said of what XlsxWriter writes, and only parts without a schema are left out."""
    path = rich_workbook(tmp_path / "rich.xlsx")

    assert validate(path) == []
    assert unchecked(path) == ["docProps/core.xml", "xl/drawings/vmlDrawing1.vml"]


RELATIONSHIPS = "xl/worksheets/_rels/sheet1.xml.rels"
FAULTS: dict[str, tuple[Callable[[Parts], None], str, str]] = {
    "element order": (order_changed, SHEET, "sheetProtection"),
    "chart missing": (removed("xl/charts/chart1.xml"), "drawing1.xml", "charts/chart1.xml"),
    "bad value": (
        replaced("xl/charts/chart1.xml", 'radarStyle val="filled"', 'radarStyle val="round"'),
        "xl/charts/chart1.xml",
        "'round' is not an element of the set",
    ),
    "unknown element": (replaced(SHEET, "<sheetData>", "<sheetDatum/><sheetData>"), SHEET, "Datum"),
    "relationship dangles": (
        replaced(RELATIONSHIPS, "drawing1.xml", "drawing7.xml"),
        "sheet1.xml",
        "xl/drawings/drawing7.xml, which is missing",
    ),
    "reference dangles": (replaced(SHEET, 'r:id="rId', 'r:id="rId9'), SHEET, "no relationship"),
    "id twice": (replaced(RELATIONSHIPS, 'Id="rId2"', 'Id="rId1"'), "sheet1.xml", "not unique"),
    "sheet twice": (
        replaced("xl/workbook.xml", 'sheet name="Other"', 'sheet name="ratings"'),
        "xl/workbook.xml",
        "sheet name ratings is not unique",
    ),
    "no content type": (stray, "xl/stray.bin", "has no content type"),
    "not reached": (stray, "xl/stray.bin", "no relationship leads to it"),
    "wrong content type": (
        replaced("[Content_Types].xml", "spreadsheetml.styles+xml", "spreadsheetml.other+xml"),
        "xl/workbook.xml",
        "xl/styles.xml",
    ),
    "not well formed": (replaced("xl/styles.xml", "</styleSheet>", ""), "xl/styles.xml", "line"),
    "foreign attribute": (
        replaced(SHEET, "<sheetData>", '<sheetData xmlns:n="urn:n" n:a="1">'),
        SHEET,
        "not allowed",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(tmp_path: Path, fault: str) -> None:
    """Each fault is told with the part it is in."""
    change, part, words = FAULTS[fault]
    complaints = validate(changed(rich_workbook(tmp_path / "rich.xlsx"), change))

    assert any(part in complaint and words in complaint for complaint in complaints), complaints


def test_what_newer_programs_add_is_let_be(tmp_path: Path) -> None:
    """Ignorable attributes, alternatives and extensions of other namespaces are no fault."""
    compatibility = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    new = (
        f'<sheetData xmlns:mc="{compatibility}" xmlns:n="urn:new" mc:Ignorable="n" n:a="1">'
        '<mc:AlternateContent><mc:Choice Requires="n"><n:row/></mc:Choice>'
        "<mc:Fallback/></mc:AlternateContent><n:more/>"
    )
    path = changed(rich_workbook(tmp_path / "rich.xlsx"), replaced(SHEET, "<sheetData>", new))

    assert validate(path) == []


def test_other_files_are_told(tmp_path: Path) -> None:
    """A file that is no package is one complaint, not an exception."""
    path = tmp_path / "text.xlsx"
    path.write_text("no workbook", encoding="utf-8")

    assert validate(path) == ["text.xlsx: File is not a zip file"]
