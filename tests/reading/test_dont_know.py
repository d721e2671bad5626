"""Reading "Don't know": in every form and format; open in every figure, and kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from iml4e_xlsx.analysis.teams import group_by_team, merge_ratings
from iml4e_xlsx.analysis.workshop_agenda import build_agenda
from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.jobs.workbook_order import copy_answers
from iml4e_xlsx.model import DONT_KNOW, RatingValue, Scheme
from iml4e_xlsx.reading.identity import Schemes
from iml4e_xlsx.reading.rating_reader import RatingReader
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.scheme.versions import carry_response
from iml4e_xlsx.scoring import score
from iml4e_xlsx.text.interface_texts import load_texts
from iml4e_xlsx.workbook.builder import blank_response
from tests.support.assessments import findings_with
from tests.support.builders import (
    assessment,
    built,
    rate_all,
    regular_table,
    response,
    scheme_fields,
    small_scheme,
    typed,
    write_scheme,
)

FORMS = [
    "Don't know",
    "don\u2019t know",
    "DON'T KNOW",
    "dont know",
    "Do not know",
    "unknown",
    " Don't know ",
]
ODD_FORMS = ["Don't\u00a0know", "Don't know - ask Ada", "Don\u2019t know (maybe Bob does)"]
OTHERS = ["k. A.", "don't care", "know", "3 - don't know", "?", "2 - Don't know", "Don't know 2"]


@pytest.mark.parametrize("text", FORMS)
def test_forms_of_not_knowing(doubtful: Scheme, text: str) -> None:
    """What people type for it is plain, with either apostrophe."""
    read = RatingReader(doubtful, FindingCatalogue(load_texts())).read_cell(text, None)

    assert (read.rating, read.report) == (DONT_KNOW, None)


@pytest.mark.parametrize("text", ODD_FORMS)
def test_odd_forms_of_not_knowing_are_told(doubtful: Scheme, text: str) -> None:
    """A remark beside it is kept, doubt being what it is about."""
    read = RatingReader(doubtful, FindingCatalogue(load_texts())).read_cell(text, None)

    assert read.rating == DONT_KNOW
    assert read.report is not None


@pytest.mark.parametrize("text", OTHERS)
def test_other_texts_are_not_taken_for_it(doubtful: Scheme, text: str) -> None:
    """Nothing is guessed: "k. A." may be n/a to somebody, and two answers are none."""
    read = RatingReader(doubtful, FindingCatalogue(load_texts())).read_cell(text, None)

    assert read.rating is None
    assert read.report is not None


@pytest.mark.parametrize("text", ["Don't know", "unknown"])
def test_a_scheme_without_it_does_not_understand_it(small: Scheme, text: str) -> None:
    """It is no answer where the scale does not offer it."""
    read = RatingReader(small, FindingCatalogue(load_texts())).read_cell(text, None)

    assert read.rating is None
    assert read.report is not None


@pytest.mark.parametrize("text", ["Je n'sais pas", "je n\u2019sais pas", "don't know"])
def test_the_own_word_of_a_scheme_counts_with_either_apostrophe(tmp_path: Path, text: str) -> None:
    """A scheme of another language calls it what it likes."""
    scheme = small_scheme(tmp_path / "s", ["AA"], dont_know="Je n\u2019sais pas")
    read = RatingReader(scheme, FindingCatalogue(load_texts())).read_cell(text, None)

    assert (read.rating, read.report) == (DONT_KNOW, None)


def test_a_workbook_comes_back_with_it(doubtful: Scheme, tmp_path: Path) -> None:
    """It is read, told in a finding of its own, and open in every figure."""
    filled = response(doubtful, rate_all(doubtful, 3) | {"AA-01": None, "AA-02": None})
    path = typed(
        doubtful, built(doubtful, tmp_path / "w.xlsx", filled), {"AA-01": "Don\u2019t know"}
    )
    folder = tmp_path / "scheme"
    write_scheme(folder, _fields())
    with WorkbookReader(Schemes.find_installed([folder])) as reader:
        read = reader.assess(path)

    assert read.response.answers["AA-01"].rating == DONT_KNOW
    area, overall = read.result.area("AA"), read.result.overall
    assert (area.answered, area.dont_know, overall.dont_know) == (10, 1, 1)
    assert area.provisional
    assert area.levels[0].unanswered == 2
    (unknown,) = findings_with(read, "dont-know")
    (unanswered,) = findings_with(read, "unanswered")
    assert "AA-01" in unknown.message
    assert "AA-02" in unanswered.message
    assert "AA-01" not in unanswered.message


def test_it_scores_as_unanswered(doubtful: Scheme) -> None:
    """Levels, indices and bounds are those of a response without the answer."""
    ratings: dict[str, RatingValue | None] = {
        **rate_all(doubtful, 3), "AA-01": DONT_KNOW, "BB-05": DONT_KNOW,
    }  # fmt: skip
    silent = {id_: None if rating == DONT_KNOW else rating for id_, rating in ratings.items()}

    told = score(response(doubtful, ratings), doubtful)
    left = score(response(doubtful, silent), doubtful)

    for one, other in zip(told.areas, left.areas, strict=True):
        assert (one.low, one.high, one.answered) == (other.low, other.high, other.answered)
    assert told.overall.completeness == left.overall.completeness
    assert (told.overall.dont_know, left.overall.dont_know) == (2, 0)


def test_a_team_leaves_the_answer_to_those_who_know(doubtful: Scheme) -> None:
    """Medians, n/a and consensus are those of the others; the agenda asks."""
    assert merge_ratings([DONT_KNOW, 3, 1]) == 1
    assert merge_ratings([DONT_KNOW, DONT_KNOW, "n/a", 2]) == "n/a"
    assert merge_ratings([DONT_KNOW, None]) == DONT_KNOW
    assert merge_ratings([None, None]) is None
    ratings = rate_all(doubtful, 2)
    ada = assessment(doubtful, {**ratings, "AA-01": DONT_KNOW, "BB-01": DONT_KNOW})
    bob = assessment(doubtful, {**ratings, "AA-01": 3, "BB-01": DONT_KNOW}, respondent="Bob")

    (team,) = group_by_team([ada, bob])
    agenda = build_agenda(team)

    assert team.response.answers["AA-01"].rating == 3
    assert team.response.answers["BB-01"].rating == DONT_KNOW
    assert team.consensus["AA-01"] is None
    assert [(one.statement.id, one.respondents, one.is_open) for one in agenda.unknown_answers] == [
        ("BB-01", ("Ada", "Bob"), True),
        ("AA-01", ("Ada",), False),
    ]
    assert not agenda.items


def test_it_is_carried_and_prefilled(doubtful: Scheme, tmp_path: Path) -> None:
    """It stays in the next workbook; a version that lacks it says what it drops."""
    given = response(doubtful, {"AA-01": DONT_KNOW}, evidence={"AA-01": "ask Ada"})

    copied = copy_answers(given, blank_response(doubtful))
    assert copied.answers["AA-01"] == given.answers["AA-01"]

    fields = scheme_fields(regular_table(["AA", "BB", "CC"], 4, 3)) | {"version": "1.1.0"}
    without = load_scheme(write_scheme(tmp_path / "without", fields))
    catalogue = FindingCatalogue(load_texts())
    carried, findings = carry_response(given, doubtful, without, catalogue)
    assert carried.answers["AA-01"] == given.answers["AA-01"]._replace(rating=None)
    assert any("Don't know" in finding.message for finding in findings)


def _fields() -> dict[str, object]:
    return scheme_fields(regular_table(["AA", "BB", "CC"], 4, 3), dont_know="Don't know")
