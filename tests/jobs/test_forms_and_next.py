"""Workbooks that ask for some statements only: a form of the scheme, and what is asked next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from iml4e_xlsx.analysis.comparison import compare_teams
from iml4e_xlsx.analysis.team_trend import trace_trends
from iml4e_xlsx.analysis.teams import group_by_team
from iml4e_xlsx.findings.finding import Finding
from iml4e_xlsx.jobs.workbook_order import WorkbookOrder, copy_answers, make_workbook
from iml4e_xlsx.model import Profile, Scheme
from iml4e_xlsx.reading.identity import Schemes
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.report.tables.overview_table import overview_table
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.scheme.forms import select_form
from iml4e_xlsx.workbook.builder import blank_response, build_workbook
from iml4e_xlsx.workbook.workbook_layout import META_SHEET, layout_of
from tests.support.assessments import findings_with
from tests.support.builders import (
    CREATED,
    assessment,
    built,
    rate_all,
    regular_table,
    response,
    scheme_fields,
    write_scheme,
)
from tests.support.office import Office
from tests.support.recalculation import find_differences, office_figures, stored_figures
from tests.support.terminals import shown_in_terminal

AREAS = ("AA", "BB", "CC")
SHORT = [f"{area}-{number:02d}" for area in AREAS for number in (1, 2, 5, 10)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    fields = scheme_fields(regular_table(AREAS, 4, 3), dont_know="Don't know")
    return write_scheme(tmp_path_factory.mktemp("forms"), fields | {"forms": {"short": SHORT}})


@pytest.fixture(scope="module")
def scheme(folder: Path) -> Scheme:
    return load_scheme(folder)


@pytest.fixture(scope="module")
def knowing(folder: Path) -> Iterator[WorkbookReader]:
    with WorkbookReader(Schemes.find_installed([folder])) as reader:
        yield reader


def ids_on_sheets(path: Path) -> list[str]:
    """Return the statements whose rows a person sees."""
    book = openpyxl.load_workbook(path)
    return [
        cell.value
        for sheet in book.worksheets
        if sheet.sheet_state == "visible"
        for (cell,) in sheet.iter_rows(max_col=1)
        if isinstance(cell.value, str)
        and cell.value[2:3] == "-"
        and not sheet.row_dimensions[cell.row].hidden
    ]


def test_a_short_form_comes_back_as_what_it_is(
    scheme: Scheme, knowing: WorkbookReader, tmp_path: Path
) -> None:
    """Statements that were not asked are neither open nor n/a, and are not missing."""
    short = select_form(scheme, "short")
    path = built(short, tmp_path / "w.xlsx", response(short, rate_all(short, 3) | {SHORT[0]: None}))

    read = knowing.assess(path)

    assert ids_on_sheets(path) == list(short.statements)
    assert read.scheme.form == "short"
    assert set(read.response.answers) == set(SHORT)
    assert {finding.code for finding in read.findings} == {"profile-missing", "unanswered"}
    assert read.result.overall.statements == len(SHORT)
    assert read.result.overall.level is None
    cover = openpyxl.load_workbook(path).worksheets[0]
    texts = [str(cell.value) for row in cover.iter_rows() for cell in row]
    assert any('form "short": 12 of the 36 statements' in text for text in texts)


def test_a_short_form_is_known_by_its_statements_alone(
    scheme: Scheme, knowing: WorkbookReader, tmp_path: Path
) -> None:
    """A program that drops hidden sheet, properties and references leaves the statements."""
    short = select_form(scheme, "short")
    path = built(short, tmp_path / "w.xlsx", response(short, rate_all(short, 2)))
    book = openpyxl.load_workbook(path)
    del book[META_SHEET]
    book.properties.keywords = ""
    book.custom_doc_props.props.clear()  # type: ignore[attr-defined]
    for sheet in book.worksheets:
        for row in sheet.iter_rows(max_row=6):
            for cell in row:
                if isinstance(cell.value, str) and "small/1.0.0" in cell.value:
                    cell.value = None
    book.save(path)

    assert knowing.assess(path).scheme.form == "short"


def test_libreoffice_computes_a_short_form(scheme: Scheme, office: Office, tmp_path: Path) -> None:
    """Levels without a statement are skipped, there as in the scorer."""
    short = select_form(scheme, "short")
    ratings = rate_all(short, 3) | {SHORT[1]: 1, SHORT[6]: "n/a", SHORT[9]: "unknown"}
    source = built(short, tmp_path / "w.xlsx", response(short, ratings, targets={"AA": 3}))

    computed = office_figures(source, tmp_path, office)

    assert find_differences(stored_figures(source), computed) == []


def test_a_short_form_fills_in_the_long_one(scheme: Scheme) -> None:
    """Its answers are those of the whole scheme; nothing else is answered."""
    short = select_form(scheme, "short")
    given = response(short, rate_all(short, 2))
    copied = copy_answers(given, blank_response(scheme))

    assert {id_ for id_, one in copied.answers.items() if one.rating == 2} == set(SHORT)
    assert {one.rating for id_, one in copied.answers.items() if id_ not in SHORT} == {None}


def test_what_a_form_does_not_ask_for_is_told(
    scheme: Scheme, knowing: WorkbookReader, tmp_path: Path
) -> None:
    """Its workbook has no place for the other answers; those that are open are none."""
    path = built(
        scheme, tmp_path / "long.xlsx", response(scheme, {"AA-01": 3, "AA-03": 2, "BB-03": 1})
    )
    order = WorkbookOrder(
        scheme=select_form(scheme, "short"), prefill=str(path), schemes=knowing.schemes
    )
    found: list[Finding] = []

    make_workbook(order, tmp_path / "short.xlsx", tell_doubt=found.append)

    (outside,) = found
    assert outside.code == "carried-outside"
    assert "AA-03, BB-03" in str(outside)
    assert knowing.assess(tmp_path / "short.xlsx").response.answers["AA-01"].rating == 3


def test_a_team_of_both_forms_is_scored_by_the_long_one(scheme: Scheme) -> None:
    """Medians are those of the people who were asked; it is told who was asked for less."""
    short = select_form(scheme, "short")
    ada = assessment(scheme, rate_all(scheme, 1))
    bob = assessment(short, rate_all(short, 3), respondent="Bob")
    eve = assessment(short, rate_all(short, 3), respondent="Eve")

    (mixed,) = group_by_team([ada, bob, eve])
    (alike,) = group_by_team([bob, eve])

    assert mixed.scheme is scheme
    assert mixed.response.answers[SHORT[0]].rating == 3
    assert mixed.response.answers["AA-03"].rating == 1
    assert mixed.result.overall.answered == len(scheme.statements)
    assert [member.missing for member in mixed.members] == [(), (), ()]
    (told,) = [one for one in mixed.findings if one.code == "forms-mixed"]
    assert "2 of 3" in told.message
    assert alike.scheme.form == "short"
    assert alike.result.overall.level is None
    assert not alike.findings


def test_a_trend_leaves_out_rounds_of_another_form(scheme: Scheme) -> None:
    """An index from a few statements is no earlier value of one from all."""
    short = select_form(scheme, "short")
    rounds = [
        assessment(short, rate_all(short, 1), date="2026-01-10"),
        assessment(scheme, rate_all(scheme, 2), date="2026-06-10"),
        assessment(scheme, rate_all(scheme, 3), date="2026-11-10"),
    ]

    whole, once = trace_trends(rounds), trace_trends(rounds[:2])

    (trend,) = whole.trends
    assert [point.response.profile.date for point in trend.points] == ["2026-06-10", "2026-11-10"]
    assert (once.trends, once.once) == ((), ("Alpha",))


def test_a_form_has_no_overall_level_in_any_words(scheme: Scheme) -> None:
    """With an open area, it was "at most None"; and a note said of which areas it is the lowest."""
    form = select_form(scheme, "short")
    given = assessment(form, rate_all(form, 2) | dict.fromkeys(SHORT[:4]))

    table = overview_table(compare_teams(group_by_team([given])))
    shown = shown_in_terminal(["score", "any"], width=110, read=[given])

    assert "None" not in shown
    assert "level at most" not in shown
    assert "; index " in " ".join(shown.split()), shown
    assert "The level is the lowest" not in table.note
    assert "A form has no overall level." in table.note


def test_next_asks_for_what_decides_and_returns_the_whole(
    scheme: Scheme, knowing: WorkbookReader, tmp_path: Path
) -> None:
    """Other answers stay in hidden rows, so that one file comes back with everything."""
    ratings = rate_all(scheme, 3) | {"AA-02": None, "AA-11": "unknown", "AA-10": 0}
    ratings |= {"BB-02": None, "CC-01": 0, "CC-02": 0, "CC-05": None}
    filled = response(
        scheme,
        ratings,
        targets={"AA": 4, "CC": 3},
        profile=Profile(team="Alpha", respondent="Ada"),
        evidence={"AA-11": "ask Bob", "BB-01": "wiki"},
    )
    first = built(scheme, tmp_path / "first.xlsx", filled)
    second = tmp_path / "second.xlsx"
    order = WorkbookOrder(scheme=scheme, prefill=[str(first)], next_only=True, created=CREATED)

    asked = _make(order, second, knowing)

    assert asked == ("AA-02", "AA-11", "BB-02")
    assert ids_on_sheets(second) == ["AA-02", "AA-11", "BB-02"]
    layout = layout_of(scheme, frozenset(asked))
    book = openpyxl.load_workbook(second)
    for id_, value in (("AA-02", 1), ("AA-11", 2)):
        cell = layout.areas["AA"].rating_cell(id_)
        book[cell.sheet][cell.a1] = value
    book.save(second)
    read = knowing.assess(second)
    wanted = ratings | {"AA-02": 1, "AA-11": 2}
    assert {id_: one.rating for id_, one in read.response.answers.items()} == wanted
    assert read.response.answers["BB-01"].evidence == "wiki"
    assert read.response.targets == {"AA": 4, "CC": 3}
    assert not findings_with(read, "statement-missing")


def test_what_is_asked_next_takes_the_place_of_the_first(
    scheme: Scheme, knowing: WorkbookReader, tmp_path: Path
) -> None:
    """Nobody is counted twice, named or not, and the own estimates are not lost."""
    ratings = rate_all(scheme, 3) | {"AA-02": None, "AA-03": None}
    given = response(scheme, ratings, profile=Profile(team="Alpha"))
    first = built(scheme, tmp_path / "1.xlsx", replace(given, estimates={"AA": 2, "BB": 1}))
    second = tmp_path / "2.xlsx"

    _make(WorkbookOrder(scheme=scheme, prefill=[str(first)], next_only=True), second, knowing)

    before, after = knowing.assess(first), knowing.assess(second)
    assert after.response.workbook_id == before.response.workbook_id
    assert after.response.estimates == {"AA": 2, "BB": 1}
    (team,) = group_by_team([before, after])
    assert len(team.members) == 1


def test_a_new_workbook_is_nobodys_version(
    scheme: Scheme, knowing: WorkbookReader, tmp_path: Path
) -> None:
    """Next year's answers stand beside those of this year, estimates are made anew."""
    given = replace(response(scheme, rate_all(scheme, 2)), estimates={"AA": 2})
    first = built(scheme, tmp_path / "1.xlsx", given)

    _make(WorkbookOrder(scheme=scheme, prefill=[str(first)]), tmp_path / "2.xlsx", knowing)

    before, after = (knowing.assess(tmp_path / name).response for name in ("1.xlsx", "2.xlsx"))
    assert after.workbook_id != before.workbook_id
    assert after.estimates == {}


def test_libreoffice_computes_what_is_asked_next(
    scheme: Scheme, office: Office, tmp_path: Path
) -> None:
    """All answers count, hidden or not; the head counts what is shown."""
    ratings = rate_all(scheme, 3) | {"AA-02": None, "AA-11": "unknown", "BB-07": None}
    source = tmp_path / "w.xlsx"
    source.write_bytes(
        build_workbook(
            scheme,
            created=CREATED,
            response=response(scheme, ratings, targets={"AA": 2}),
            shown=("AA-02", "AA-11"),
        )
    )

    assert find_differences(stored_figures(source), office_figures(source, tmp_path, office)) == []


def test_nothing_left_to_ask_makes_no_workbook(
    scheme: Scheme, knowing: WorkbookReader, tmp_path: Path
) -> None:
    """There is no workbook without a statement."""
    first = built(scheme, tmp_path / "first.xlsx", response(scheme, rate_all(scheme, 3)))
    order = WorkbookOrder(scheme=scheme, prefill=[str(first)], next_only=True)

    assert _make(order, tmp_path / "second.xlsx", knowing) == ()
    assert not (tmp_path / "second.xlsx").exists()


def test_a_later_workbook_completes_an_earlier_one(
    scheme: Scheme, knowing: WorkbookReader, tmp_path: Path
) -> None:
    """Its answers win; what it leaves open takes nothing away."""
    one = response(scheme, {"AA-01": 1, "AA-02": 2, "AA-03": "unknown"}, targets={"AA": 2})
    two = response(scheme, {"AA-01": 3, "AA-02": "unknown"}, targets={"AA": 3, "BB": 1})
    paths = [built(scheme, tmp_path / f"{n}.xlsx", each) for n, each in enumerate((one, two))]
    target = tmp_path / "w.xlsx"
    order = WorkbookOrder(scheme=scheme, prefill=[str(path) for path in paths], targets={"BB": 4})

    _make(order, target, knowing)

    read = knowing.assess(target).response
    ratings = {id_: each.rating for id_, each in read.answers.items() if each.rating is not None}
    assert ratings == {"AA-01": 3, "AA-02": 2, "AA-03": "unknown"}
    assert read.targets == {"AA": 3, "BB": 4}


def _make(order: WorkbookOrder, target: Path, reader: WorkbookReader) -> tuple[str, ...]:
    return make_workbook(replace(order, schemes=reader.schemes), target)
