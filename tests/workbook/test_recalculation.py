"""Every formula of a workbook, computed by LibreOffice and by Gnumeric, equals the scorer."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest

from iml4e_xlsx.jobs.workbook_order import WorkbookOrder, make_workbook
from iml4e_xlsx.jobs.workbook_repair import repair_workbook
from iml4e_xlsx.model import AreaResult, OverallResult, RatingValue, Response, Scheme
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.scoring import score
from iml4e_xlsx.workbook.builder import build_workbook
from iml4e_xlsx.workbook.summary_layout import OVERALL
from iml4e_xlsx.workbook.workbook_layout import layout_of
from tests.support.builders import (
    CREATED,
    regular_table,
    response,
    scheme_fields,
    small_scheme,
    write_scheme,
)
from tests.support.office import Office
from tests.support.recalculation import (
    find_differences,
    gnumeric_figures,
    office_figures,
    stored_figures,
)

NA: RatingValue = "n/a"
FILLS = ("blank", "one area", "some areas", "scattered", "much n/a", "full", "full, no target")


def rate(scheme: Scheme, fill: str, rng: random.Random) -> dict[str, RatingValue | None]:
    """Return ratings that leave some areas open, or none."""
    codes = [area.code for area in scheme.areas]
    answered = {
        "blank": [],
        "one area": codes[:1],
        "some areas": rng.sample(codes, max(1, len(codes) // 2)),
    }.get(fill, codes)
    values: list[RatingValue | None] = [*scheme.scale, scheme.scale[-1], NA]
    if fill in ("scattered", "some areas"):
        values.append(None)
    if fill == "much n/a":
        values += [NA] * 8
    ratings = {
        statement.id: rng.choice(values)
        for statement in scheme.statements.values()
        if statement.area in answered
    }
    if fill == "much n/a":
        ratings |= {s.id: NA for s in scheme.areas[-1].statements}
    return ratings


def filled_in(scheme: Scheme, fill: str, seed: int) -> Response:
    """Return a response with targets for most areas, the first area among them."""
    rng = random.Random(seed)
    targets = {area.code: rng.randint(0, scheme.top) for area in scheme.areas if rng.random() < 0.8}
    targets |= {scheme.areas[0].code: scheme.top}
    if fill.endswith("no target"):
        targets = {}
    return response(scheme, rate(scheme, fill, rng), targets=targets)


def built_with(scheme: Scheme, fill: str, path: Path, seed: int) -> Path:
    """Build a filled workbook, with figures of a previous result beside its own."""
    filled = filled_in(scheme, fill, seed)
    previous = score(response(scheme, rate(scheme, "some areas", random.Random(seed))), scheme)
    path.write_bytes(build_workbook(scheme, created=CREATED, response=filled, previous=previous))
    return path


def scheme_with_words(folder: Path, words: Sequence[str], not_applicable: str) -> Scheme:
    """Return a scheme of two areas with these words for the scale and for n/a."""
    fields = scheme_fields(regular_table(["AA", "BB"], 4, 2), scale=range(len(words)))
    for rating, word in zip(fields["ratings"], (*words, not_applicable), strict=True):
        rating["word"] = word
    return load_scheme(write_scheme(folder, fields))


HARD_WORDS = (
    (("< 10 %", "=half", "> 50 %", "~*?"), "<none>"),
    (('Fully "not"', "a, b", "* ?", "<>"), ">"),
    (("Nein", "Teils", "überwiegend", "ganz"), "="),
    (("no", "some", "most", "all"), "<>"),
    (("no", "some", "most", "all"), ">=x"),
    (("no", "some", "most", "all"), "=na"),
    (("no", "some", "most", "all"), '"none"'),
    (("no", "some", "most", "all"), "~?*"),
)


@pytest.mark.parametrize("fill", FILLS)
def test_gnumeric_computes_every_figure_alike(
    official: Scheme, office_programs: None, tmp_path: Path, fill: str
) -> None:
    """No cell with a formula is left out."""
    del office_programs
    source = built_with(official, fill, tmp_path / "w.xlsx", seed=FILLS.index(fill))

    computed = gnumeric_figures(source, tmp_path)

    assert find_differences(stored_figures(source), computed) == []


@pytest.mark.parametrize("fill", FILLS)
def test_libreoffice_computes_every_figure_alike(
    official: Scheme, office: Office, tmp_path: Path, fill: str
) -> None:
    """No cell with a formula is left out."""
    source = built_with(official, fill, tmp_path / "w.xlsx", seed=FILLS.index(fill))

    computed = office_figures(source, tmp_path, office)

    assert find_differences(stored_figures(source), computed) == []


def test_copied_answers_need_no_calculation(
    official: Scheme, office: Office, tmp_path: Path
) -> None:
    """A workbook with answers copied, and one that was repaired, hold every figure when opened."""
    returned = built_with(official, "scattered", tmp_path / "returned.xlsx", seed=5)
    prefilled, repaired = tmp_path / "prefilled.xlsx", tmp_path / "repaired.xlsx"
    order = WorkbookOrder(scheme=official, prefill=str(returned), previous=str(returned))
    make_workbook(order, prefilled)
    with WorkbookReader() as reader:
        repaired.write_bytes(repair_workbook(returned, reader).data)

    for source in (prefilled, repaired):
        computed = office_figures(source, tmp_path, office)
        assert find_differences(stored_figures(source), computed) == []


@pytest.mark.parametrize(("words", "not_applicable"), HARD_WORDS)
def test_words_of_any_kind_are_counted(
    office_programs: None,
    office: Office,
    tmp_path: Path,
    words: tuple[str, ...],
    not_applicable: str,
) -> None:
    """A word that looks like a comparison or a wildcard is counted as the text that it is."""
    del office_programs
    scheme = scheme_with_words(tmp_path / "scheme", words, not_applicable)
    for fill in ("much n/a", "some areas"):
        source = built_with(scheme, fill, tmp_path / "w.xlsx", seed=3)
        wanted = stored_figures(source)

        assert find_differences(wanted, gnumeric_figures(source, tmp_path)) == [], fill
        assert find_differences(wanted, office_figures(source, tmp_path, office)) == [], fill


@pytest.mark.parametrize(
    ("areas", "top", "scale"), [(1, 1, (0, 1)), (2, 6, (0, 1, 2, 3)), (3, 2, (-1, 0, 2, 4))]
)
def test_other_shapes_of_schemes(
    office_programs: None,
    office: Office,
    tmp_path: Path,
    areas: int,
    top: int,
    scale: tuple[int, ...],
) -> None:
    """One area, six levels, a scale with gaps: both programs compute what the scorer does."""
    del office_programs
    codes = [f"A{chr(65 + number)}" for number in range(areas)]
    scheme = small_scheme(tmp_path / "scheme", codes, per_level=2, top=top, scale=scale)
    for fill in ("blank", "one area", "much n/a"):
        source = built_with(scheme, fill, tmp_path / "w.xlsx", seed=9)
        wanted = stored_figures(source)

        assert find_differences(wanted, gnumeric_figures(source, tmp_path)) == [], fill
        assert find_differences(wanted, office_figures(source, tmp_path, office)) == [], fill


def shown_level(result: AreaResult | OverallResult) -> int | str | None:
    """Return what stands in the cell of a level."""
    if not result.is_assessed:
        return "open"
    return result.level


@pytest.mark.parametrize("fill", FILLS)
def test_stored_figures_are_those_of_the_scorer(
    official: Scheme, tmp_path: Path, fill: str
) -> None:
    """What both programs are compared with: level, index, and bounds."""
    seed = FILLS.index(fill)
    source = built_with(official, fill, tmp_path / "w.xlsx", seed=seed)
    result = score(filled_in(official, fill, seed), official)
    summary = layout_of(official).summary
    figures = stored_figures(source)
    wanted: dict[tuple[str, str], int | Fraction | str | None] = {}
    measured: list[tuple[str, AreaResult | OverallResult]] = [
        (OVERALL, result.overall),
        *((area.area, area) for area in result.areas),
    ]
    for code, one in measured:
        cells = {
            summary.figure_cell(code, summary.LEVEL): shown_level(one),
            summary.figure_cell(code, summary.INDEX): one.index,
            summary.figure_cell(code, summary.COMPLETENESS): one.completeness,
            summary.detail_cell(code, summary.high_level_col): one.high.level,
            summary.detail_cell(code, summary.high_index_col): one.high.index,
        }
        wanted |= {(cell.sheet, cell.a1): value for cell, value in cells.items()}

    for cell, value in wanted.items():
        assert figures[cell] == (float(value) if isinstance(value, Fraction) else value), cell
