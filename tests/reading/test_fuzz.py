"""
Damaged workbooks by the thousand: refused, or read without a wrong answer.

`FUZZ_CASES` says how many; `make fuzz` runs many more than the tests do. Where an answer is read
that is not the one given, and no finding is about it, LibreOffice decides what the file says: the
damage may have turned one valid workbook into another.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from iml4e_xlsx.errors import WorkbookReadError
from iml4e_xlsx.model import Assessment, RatingValue, Scheme
from iml4e_xlsx.reading.identity import Schemes
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.workbook.rating_notation import notation_of
from tests.support.builders import built, response, small_scheme
from tests.support.mutation import damaged_bytes, damaged_part
from tests.support.office import Office, OfficeError
from tests.support.programs import with_node
from tests.support.score_cells import damage_score_cell
from tests.support.spending import is_affordable

CASES = int(os.environ.get("FUZZ_CASES", "2000"))
BATCH = 100
SECONDS = 5.0

KINDS = ("xlsx", "xlsx", "xlsx", "ods", "ods", "xls", "xlsb")
"""The formats, the likelier ones more often."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a scheme of two areas with two statements at each of two levels."""
    path = tmp_path_factory.mktemp("scheme")
    small_scheme(path, ("AA", "BB"), per_level=2, top=2)
    return path


@pytest.fixture(scope="module")
def scheme(folder: Path) -> Scheme:
    """Return the scheme."""
    return load_scheme(folder)


@pytest.fixture(scope="module")
def given_ratings(scheme: Scheme) -> dict[str, RatingValue]:
    """Return the answers that were given."""
    values: tuple[RatingValue, ...] = (3, 0, "n/a", 2, 1)
    return {id_: values[number % 5] for number, id_ in enumerate(scheme.statements)}


@pytest.fixture(scope="module")
def originals(
    scheme: Scheme,
    given_ratings: dict[str, RatingValue],
    office: Office,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, bytes]:
    """Return a good workbook in each format, saved by the programs that people use."""
    path = tmp_path_factory.mktemp("originals")
    evidence = dict.fromkeys(scheme.statements, "where it can be seen")
    filled = response(scheme, given_ratings, evidence=evidence)
    source = built(scheme, path / "book.xlsx", filled)
    office.edit(source, targets={kind: path / f"book.{kind}" for kind in ("ods", "xls")})
    with_node("sheetjs", source, path / "book.xlsb", {})
    return {kind: (path / f"book.{kind}").read_bytes() for kind in dict.fromkeys(KINDS)}


@pytest.fixture(scope="module")
def own_reader(folder: Path) -> Iterator[WorkbookReader]:
    """Return a reader with a parsing process of its own."""
    with WorkbookReader(Schemes.find_installed([folder])) as one:
        yield one


def case(number: int, originals: dict[str, bytes]) -> tuple[str, bytes]:
    """Return the format and the content of a case; the same number is the same case."""
    rng = Random(number)
    kind = KINDS[number % len(KINDS)]
    on_bytes = kind == "xls" or rng.random() < 0.2
    damage = damaged_bytes if on_bytes else damaged_part
    return kind, damage(originals[kind], rng)


def doubted(assessment: Assessment, given: dict[str, RatingValue]) -> list[str]:
    """Return the statements with another answer than given that no finding is about."""
    named = {f.statement for f in assessment.findings if f.code != "unanswered"}
    areas = {
        finding.place.sheet
        for finding in assessment.findings
        if finding.code in ("columns-not-found", "columns-by-position")
    }
    missing = {
        statement.id
        for area in assessment.scheme.areas
        for finding in assessment.findings
        if finding.code == "area-missing" and area.code in finding.message
        for statement in area.statements
    }
    return [
        id_
        for id_, answer in assessment.response.answers.items()
        if answer.rating != given[id_]
        and id_ not in named | missing
        # Ids on a sheet without columns have no place of their own; the finding names the sheet.
        and (not areas if answer.place is None else answer.place.sheet not in areas)
    ]


def says(path: Path, assessment: Assessment, id_: str, office: Office) -> bool:
    """Return whether LibreOffice reads what we do in the row of a statement."""
    answer = assessment.response.answers[id_]
    assert answer.place is not None
    assert answer.place.sheet is not None
    row = "".join(c for c in answer.place.cell or "" if c.isdigit())
    cells = [(answer.place.sheet, f"{letter}{row}") for letter in "ABCDEFGHIJ"]
    read = [str(v).strip() for v in office.edit(path, read=cells).values() if v is not None]
    if id_ not in read:
        return False
    # Numbers are none of them: those of levels and of counts look alike.
    find_rating = notation_of(assessment.scheme).find_rating
    ratings = [find_rating(text) for text in read[read.index(id_) :]]
    shown = [rating for rating in ratings if rating is not None]
    return shown == ([] if answer.rating is None else [answer.rating])


@pytest.mark.parametrize(("first", "last"), list(pairwise(range(0, CASES + 1, min(BATCH, CASES)))))
def test_damaged_workbooks(
    first: int,
    last: int,
    originals: dict[str, bytes],
    given_ratings: dict[str, RatingValue],
    own_reader: WorkbookReader,
    office: Office,
    tmp_path: Path,
) -> None:
    """No traceback, no hang, no wrong answer without a finding."""
    for number in range(first, last):
        kind, content = case(number, originals)
        path = tmp_path / f"case{number}.{kind}"
        path.write_bytes(content)
        start = time.process_time()
        try:
            assessment = own_reader.assess(path)
        except WorkbookReadError:
            assessment = None
        assert is_affordable(time.process_time() - start, SECONDS), number
        for id_ in doubted(assessment, given_ratings) if assessment is not None else ():
            assert assessment is not None
            try:
                assert says(path, assessment, id_, office), (number, kind, id_)
            except OfficeError as error:
                raise AssertionError((number, kind, id_, str(error))) from error
        path.unlink()


@pytest.mark.parametrize("kind", ["xls", "xlsb", "ods"])
def test_damaged_score_cells(
    kind: str,
    scheme: Scheme,
    originals: dict[str, bytes],
    given_ratings: dict[str, RatingValue],
    own_reader: WorkbookReader,
    office: Office,
    tmp_path: Path,
) -> None:
    """Damage to a rating's own cell loses no rating without a finding about it."""
    labels = {scheme.label(rating) for rating in given_ratings.values()}
    for number in range(CASES // 10):
        path = tmp_path / f"case{number}.{kind}"
        path.write_bytes(damage_score_cell(kind, originals[kind], labels, Random(number)))
        try:
            assessment = own_reader.assess(path)
        except WorkbookReadError:
            continue
        for id_ in doubted(assessment, given_ratings):
            assert says(path, assessment, id_, office), (number, kind, id_)


def test_the_originals_are_read(
    originals: dict[str, bytes],
    given_ratings: dict[str, RatingValue],
    own_reader: WorkbookReader,
    tmp_path: Path,
) -> None:
    """Without damage every answer comes back, so that the cases mean something."""
    for kind, content in originals.items():
        path = tmp_path / f"book.{kind}"
        path.write_bytes(content)
        assessment = own_reader.assess(path)
        assert doubted(assessment, given_ratings) == []
        assert {a.rating for a in assessment.response.answers.values()} == {0, 1, 2, 3, "n/a"}
