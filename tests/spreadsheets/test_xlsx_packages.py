"""Packages of .xlsx as programs write them: parts are found, and no other part costs anything."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.formats import load_grids
from iml4e_xlsx.spreadsheets.grid import ExtraContent, Grids
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.package import ZipPackage, fold_name
from iml4e_xlsx.spreadsheets.refusal import ContentKind, FileRefusal, RefusalReason
from tests.support.cell_markup import book_parts, links, sheet_part
from tests.support.hostile import packed

Parts: TypeAlias = dict[str, bytes]
Change: TypeAlias = Callable[[Parts], Parts]

BOOK, BOOK_LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
TEXTS, STYLES, SHEET = "xl/sharedStrings.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml"
ROWS = '<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1" s="1"><v>3</v></c></row>'


def made(change: Change) -> Grids:
    """Return the grids of a small workbook whose parts were changed."""
    return load_grids(packed(change(book_parts(sheet_part(ROWS)))), Limits())


def renamed(change: Callable[[str], str]) -> Change:
    return lambda parts: {change(name): content for name, content in parts.items()}


def moved(old: str, new: str, part: str, replace: tuple[bytes, bytes]) -> Change:
    """Return a change of a part's name, and of what another part says of it."""

    def change(parts: Parts) -> Parts:
        changed = {new if name == old else name: content for name, content in parts.items()}
        assert replace[0] in changed[part]
        return {**changed, part: changed[part].replace(*replace)}

    return change


def replaced(part: str, old: bytes, new: bytes) -> Change:
    return moved("", "", part, (old, new))


def added(name: str, content: bytes) -> Change:
    return lambda parts: {**parts, name: content}


def without(name: str) -> Change:
    return lambda parts: {key: content for key, content in parts.items() if key != name}


def widened(parts: Parts) -> Parts:
    """Return the parts in UTF-16, with its mark."""
    return {
        name: content.decode().encode("utf-16") if name.startswith("xl/") else content
        for name, content in parts.items()
    }


def at_root(parts: Parts) -> Parts:
    """Return the parts in no folder, so that their types alone tell what they are."""
    types = (
        b'<Types><Override PartName="/workbook.xml" ContentType="application/'
        b'vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
    )
    changed = {name.replace("xl/", ""): content for name, content in parts.items()}
    root = links(("rId1", "officeDocument", "/workbook.xml"))
    return {**changed, "[Content_Types].xml": types, "_rels/.rels": root}


TARGET = b'"worksheets/sheet1.xml"'
READ: dict[str, Change] = {
    "as it is": lambda parts: parts,
    "upper case": renamed(str.upper),
    "lower case": renamed(str.lower),
    "backslashes": renamed(lambda name: name.replace("/", "\\")),
    "leading slashes": renamed(lambda name: f"/{name}"),
    "leading dots": renamed(lambda name: f"./{name}"),
    "backslash in a target": replaced(BOOK_LINKS, TARGET, b'"worksheets\\sheet1.xml"'),
    "absolute target": replaced(BOOK_LINKS, TARGET, b'"/xl/worksheets/sheet1.xml"'),
    "target with a dot": replaced(BOOK_LINKS, TARGET, b'"./worksheets/sheet1.xml"'),
    "target through the parent": replaced(BOOK_LINKS, TARGET, b'"../xl/worksheets/sheet1.xml"'),
    "target in other case": replaced(BOOK_LINKS, TARGET, b'"Worksheets/Sheet1.XML"'),
    "escaped target": moved(
        SHEET, "xl/worksheets/my sheet.xml", BOOK_LINKS, (TARGET, b'"worksheets/my%20sheet.xml"')
    ),
    "escaped twice": moved(
        SHEET, "xl/worksheets/my%20sheet.xml", BOOK_LINKS, (TARGET, b'"worksheets/my%20sheet.xml"')
    ),
    "texts elsewhere": moved(
        TEXTS, "xl/strings2.xml", BOOK_LINKS, (b'"sharedStrings.xml"', b'"strings2.xml"')
    ),
    "texts without a relationship": replaced(BOOK_LINKS, b'/sharedStrings"', b'/other"'),
    "parts at the root": at_root,
    "no relationships of the package": without("_rels/.rels"),
    "other relationships first": replaced(
        "_rels/.rels",
        b"<Relationship ",
        b'<Relationship Id="x" Type="a/thumbnail" Target="x"/><Relationship ',
    ),
    "UTF-16": widened,
    "strict": replaced(
        BOOK,
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    ),
    "state show": replaced(BOOK, b"<sheet name", b'<sheet state="show" name'),
    "odd attributes": replaced(
        BOOK, b"<sheets>", b'<calcPr calcMode="automatic" x="1.5"/><sheets>'
    ),
    "a sheet without a part": replaced(
        BOOK, b"<sheets>", b'<sheets><sheet name="Lost" sheetId="7" r:id="rId99"/>'
    ),
    "a chart's sheet": lambda parts: added("xl/chartsheets/sheet1.xml", b"<chartsheet/>")(
        replaced(
            BOOK_LINKS,
            b"<Relationship ",
            b'<Relationship Id="rId9" Type="a/chartsheet" Target="chartsheets/sheet1.xml"/>'
            b"<Relationship ",
        )(
            replaced(BOOK, b"<sheets>", b'<sheets><sheet name="Chart" sheetId="8" r:id="rId9"/>')(
                parts
            )
        )
    ),
    "odd styles": replaced(STYLES, b"<numFmts>", b"<fills><fill/></fills><dxfs>x</dxfs><numFmts>"),
    "format without a code": replaced(STYLES, b"<numFmts>", b'<numFmts><numFmt numFmtId="165"/>'),
    "no-break in custom XML": added("customXml/item1.xml", "<a>\x00".encode("utf-16")),
    "empty custom XML": added("customXml/item1.xml", b""),
    "odd properties": added("docProps/core.xml", b"<a>20/11/2026"),
    "entities elsewhere": added("xl/theme/theme1.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><a/>'),
    "a bomb elsewhere": added("xl/media/a.xml", bytes(40 << 20)),
}


@pytest.mark.parametrize("name", READ)
def test_a_workbook_is_read_however_it_is_packed(name: str) -> None:
    """The text of the table, the number and its format arrive."""
    (grid,) = made(READ[name]).sheets

    assert grid.rows == {0: {0: "one", 1: 3.0}}
    assert {place: cell.percent for place, cell in grid.details.items()} == {(0, 1): True}
    assert grid.is_visible


def test_a_workbook_needs_no_styles() -> None:
    """A number is then a number."""
    change = replaced(BOOK_LINKS, b'<Relationship Id="rId3"', b'<Other Id="rId3"')
    (grid,) = made(lambda parts: without(STYLES)(change(parts))).sheets

    assert grid.rows == {0: {0: "one", 1: 3.0}}
    assert not grid.details


REFUSED: dict[str, tuple[Change, RefusalReason]] = {
    "no workbook": (without(BOOK), RefusalReason.PART_MISSING),
    "no relationships": (without(BOOK_LINKS), RefusalReason.NO_SHEETS),
    "texts that are not there": (without(TEXTS), RefusalReason.PART_MISSING),
    "entities in the texts": (
        replaced(TEXTS, b"<sst", b'<!DOCTYPE x [<!ENTITY a "b">]><sst'),
        RefusalReason.ENTITIES,
    ),
    "entities in a sheet in UTF-16": (
        lambda parts: widened(
            replaced(SHEET, b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet')(parts)
        ),
        RefusalReason.ENTITIES,
    ),
    "styles that are no XML": (replaced(STYLES, b"</cellXfs>", b""), RefusalReason.MARKUP),
    "texts that are no XML": (replaced(TEXTS, b"</si>", b""), RefusalReason.MARKUP),
    "a sheet of zeros": (added(SHEET, bytes(30 << 20)), RefusalReason.RATIO),
    "a sheet in other case": (added("xl/worksheets/SHEET1.xml", b"<a/>"), RefusalReason.PART_TWICE),
    "a sheet with other slashes": (
        added("xl\\worksheets\\sheet1.xml", b"<a/>"),
        RefusalReason.PART_TWICE,
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_workbook_is_refused_for_what_answers_need(name: str) -> None:
    """And with the reason."""
    change, reason = REFUSED[name]
    with pytest.raises(FileRefusal) as caught:
        made(change)
    assert caught.value.reason is reason


def test_of_two_parts_with_one_name_only_a_needed_one_matters() -> None:
    """Nobody could tell which of the two sheets counts; of two pictures nobody asks."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, is_refused in (("xl/media/a.png", False), (SHEET, True)):
            buffer = io.BytesIO()
            with zipfile.ZipFile(buffer, "w") as archive:
                for part, content in book_parts(sheet_part(ROWS)).items():
                    archive.writestr(part, content)
                archive.writestr(name, b"1")
                archive.writestr(name, b"2")
            if is_refused:
                with pytest.raises(FileRefusal):
                    load_grids(buffer.getvalue(), Limits())
            else:
                assert load_grids(buffer.getvalue(), Limits()).sheets[0].rows


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_a_part_may_be_packed_in_every_way(method: int) -> None:
    """And its checksum is compared."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in book_parts(sheet_part(ROWS)).items():
            archive.writestr(name, content)
    data = buffer.getvalue()

    assert load_grids(data, Limits()).sheets[0].rows == {0: {0: "one", 1: 3.0}}
    entry = data.rfind(SHEET.encode()) - 46
    damaged = data[: entry + 16] + bytes(4) + data[entry + 20 :]
    with pytest.raises(FileRefusal) as caught:
        load_grids(damaged, Limits())
    assert caught.value.reason is RefusalReason.ARCHIVE_DAMAGED


def test_a_directory_is_counted_before_it_is_read() -> None:
    """Its entries would take hundreds of times their bytes."""
    data = packed({f"{number}.xml": b"" for number in range(20)})
    with pytest.raises(FileRefusal) as caught:
        ZipPackage(data, Limits(parts=19))
    assert caught.value.reason is RefusalReason.PARTS
    assert len(ZipPackage(data, Limits(parts=20))) == 20


def test_the_sum_of_what_is_inflated_is_limited() -> None:
    """Whatever each part says of itself."""
    package = ZipPackage(packed({"a": b"1" * 60, "b": b"2" * 60}), Limits(inflated=100))

    assert package["A"] == b"1" * 60
    assert package.read_start("b", 5) == b"22222"
    with pytest.raises(FileRefusal) as caught:
        _ = package["b"]
    assert caught.value.reason is RefusalReason.INFLATED


def test_names_are_equal_without_regard_to_case_slashes_and_escapes() -> None:
    """As ECMA-376, part 2, says of the names of parts."""
    names = ("xl/a b.xml", "XL\\A B.XML", "/xl/a%20b.xml", "./xl/a b.xml", "xl//c/../a b.xml")
    assert len(set(map(fold_name, names))) == 1


@pytest.mark.parametrize("name", ["xl/comments1.xml", "xl/threadedComments/threadedComment1.xml"])
def test_comments_are_named(name: str) -> None:
    """Evidence may stand there that nobody reads."""
    assert made(added(name, b"<a/>")).extras == (ExtraContent.COMMENTS,)


def test_a_letter_with_a_workbook_in_it_is_a_letter() -> None:
    """An embedded workbook has the type of a file, not that of a workbook's part."""
    types = (
        b'<Types><Default Extension="xlsx" ContentType="application/'
        b'vnd.openxmlformats-officedocument.spreadsheetml.sheet"/></Types>'
    )
    letter = packed({"[Content_Types].xml": types, "word/document.xml": b"<a/>"})
    with pytest.raises(FileRefusal) as caught:
        load_grids(letter, Limits())
    assert caught.value.code is FailureCode.NOT_A_WORKBOOK
    assert caught.value.kind is ContentKind.DOCUMENT


TEXTS_OF_ITEMS = [
    ("<si><t>a</t></si>", "a"),
    ('<si><t xml:space="preserve"> a </t></si>', " a "),
    ("<si><t> a </t></si>", " a "),
    ("<si><t/></si>", ""),
    ("<si/>", ""),
    ("<si><t></t></si>", ""),
    ("<si><r><rPr><b/></rPr><t>a</t></r><r><t>&lt;b</t></r></si>", "a<b"),
    ("<si><t>a</t><phoneticPr fontId='1'/></si>", "a"),
    ("<si><r><t>a</t></r><rPh sb='0' eb='1'><t>x</t></rPh></si>", "a"),
    ("<si><t><![CDATA[</si>&amp;]]></t></si>", "</si>&amp;"),
    ("<si><t>&amp;amp;&#10;_x000D__x005F_x0041_</t></si>", "&amp;\n\r_x0041_"),
    ("<si><r><t>a&amp;lt;</t></r></si>", "a&lt;"),
    ("<si><t>a\r\nb</t></si>", "a\nb"),
    ("<si><!-- x --><t>a</t></si>", "a"),
]


@pytest.mark.parametrize(("item", "text"), TEXTS_OF_ITEMS)
@pytest.mark.parametrize("space", ["", "\n"])
def test_a_text_of_the_table_is_read_in_every_form(item: str, text: str, space: str) -> None:
    """And the texts around it keep their places."""
    table = f'<sst xmlns="x">{space}<si><t>0</t></si>{space}{item}<si><t>2</t></si></sst>'
    rows = '<row r="1">' + "".join(
        f'<c r="{letter}1" t="s"><v>{number}</v></c>' for number, letter in enumerate("ABC")
    )
    parts = book_parts(sheet_part(f"{rows}</row>"))
    (grid,) = load_grids(packed({**parts, TEXTS: table.encode()}), Limits()).sheets

    assert [grid.cell_value(0, col) for col in range(3)] == ["0", text, "2"]
    assert not re.search("fault", str(dict(grid.details)))


def test_processors_without_isal_read_the_same(tmp_path: Path) -> None:
    """There the parts are inflated by the standard library."""
    path = tmp_path / "book.xlsx"
    path.write_bytes(packed(book_parts(sheet_part(ROWS))))
    script = (
        "import sys; from pathlib import Path; sys.modules['isal'] = None\n"
        "from iml4e_xlsx.spreadsheets import package\n"
        "from iml4e_xlsx.spreadsheets.formats import load_grids\n"
        "from iml4e_xlsx.spreadsheets.limits import Limits\n"
        "grids = load_grids(Path(sys.argv[1]).read_bytes(), Limits())\n"
        "print(package.zlib.__name__, grids.sheets[0].rows)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True
    )
    rows = made(lambda parts: parts).sheets[0].rows

    assert ran.stdout == f"zlib {rows}\n"
