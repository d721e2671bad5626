"""The summary: sentences for those who read nothing else."""

from __future__ import annotations

from dataclasses import replace

from iml4e_xlsx.analysis.lost_answers import find_lost_answers
from iml4e_xlsx.findings import FindingCatalogue
from iml4e_xlsx.findings.about_files import make_failure
from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.findings.finding import Place
from iml4e_xlsx.model import Assessment, RatingValue, Scheme
from iml4e_xlsx.report.contents.contents import Contents, make_contents
from iml4e_xlsx.report.contents.summary import summary_sentences
from iml4e_xlsx.report.tables.participation import AskedPerson, Participation
from iml4e_xlsx.text.interface_texts import load_texts
from tests.support.builders import assessment


def test_summary_says_what_matters(contents: Contents) -> None:
    """Levels, areas, differences, disagreement, the way to the targets, the trend, what is open."""
    said = summary_sentences(contents)

    assert said[0].startswith("The 3 teams are at levels 0 to ")
    assert any("could show Gamma how" in one for one in said)
    assert any("Opinions differ most in" in one for one in said)
    assert any("steps in the roadmaps" in one for one in said)
    assert any("Since the round before" in one for one in said)
    assert any("are answered" in one for one in said)


def test_two_teams_are_both(small: Scheme) -> None:
    """Not all two."""
    given = [assessment(small, dict.fromkeys(small.statements, 3), team=team) for team in "AB"]

    assert summary_sentences(make_contents(given))[0].startswith("Both teams are at level ")


def test_one_statement_is_no_statements(small: Scheme) -> None:
    """Counts take the plural form of their language."""
    some = {"BB-01": 1, "CC-01": 1}
    first = assessment(
        small, {"AA-01": 1, "AA-02": 2, **some}, date="2026-05-04", targets={"AA": 1}
    )
    second = assessment(
        small, {"AA-01": 2, "AA-02": 1, **some}, date="2026-11-04", targets={"AA": 1}
    )

    text = " ".join(summary_sentences(make_contents([first, second])))

    assert "the index of 1 team went from" in text
    assert "1 statement rose, 1 fell back" in text
    assert "The way to today's targets was and is done: Alpha from 60 % to 60 %." in text


def test_participation_counts_people(contents: Contents) -> None:
    """One person is not one people."""
    (one,) = participation_sentences(contents, asked=1)
    (two,) = participation_sentences(contents, asked=2)

    assert one.startswith("1 of 1 person who was asked has answered")
    assert two.startswith("1 of 2 people who were asked have answered")


def participation_sentences(contents: Contents, *, asked: int) -> list[str]:
    """Return what the summary says where so many people were asked, of whom one has answered."""
    people = [
        AskedPerson(organisation="", team="Alpha", has_answered=number == 0)
        for number in range(asked)
    ]
    counted = replace(contents, participation=Participation.count_people(people))
    return [sentence for sentence in summary_sentences(counted) if "asked" in sentence]


def unread(one: Assessment, *statements: str) -> Assessment:
    """Return a response in which the ratings of statements could not be read."""
    catalogue = FindingCatalogue(load_texts())
    place = Place(source=one.response.source, sheet="AA", cell="F8")
    findings = [catalogue.rating_unknown(place, id_, "x", "0") for id_ in statements]
    # one more about a statement, and one about an answer that was read
    findings.append(catalogue.merged_score_cells(place, statements[0], "F8:F9"))
    findings.append(catalogue.rating_unknown(place, "CC-01", "x", "0"))
    return replace(one, findings=tuple(findings))


def test_summary_says_whose_answers_could_not_be_read(small: Scheme) -> None:
    """Each lost answer once, and the files that yielded none; names only where they may stand."""
    ratings = {"CC-01": 2}
    one = unread(assessment(small, ratings, team="A", respondent="Ann"), "AA-01", "AA-02")
    two = unread(assessment(small, ratings, team="B", respondent="Bob"), "AA-01")
    broken = make_failure(load_texts(), FailureCode.EMPTY_FILE, "c.xlsx")

    open_text = " ".join(summary_sentences(make_contents([one, two, broken])))
    hidden = " ".join(summary_sentences(make_contents([one, two, broken], anonymous=True)))

    assert "3 answers could not be read, of Ann (A, 2), Bob (B, 1); the results" in open_text
    assert "1 file could not be read and is not in these results: c.xlsx." in open_text
    assert "3 answers could not be read; the results" in hidden
    assert "1 file could not be read and is not in these results." in hidden
    assert not any(name in hidden for name in ("Ann", "Bob", "c.xlsx"))


def test_an_area_that_cannot_be_read_counts_with_all_its_statements(small: Scheme) -> None:
    place = Place(source="a.xlsx", sheet="AA", cell="B7")
    finding = FindingCatalogue(load_texts()).columns_not_found(place, "AA")
    one = replace(assessment(small, {}), findings=(finding,))

    assert len(find_lost_answers(one).unread) == len(small.area("AA").statements)


def lose(one: Assessment, areas: dict[str, int], *statements: str) -> Assessment:
    """Return a response without the sheets of areas, and without the rows of statements."""
    catalogue, place = FindingCatalogue(load_texts()), Place(source=one.response.source)
    findings = [catalogue.area_missing(place, code, count) for code, count in areas.items()]
    findings += [catalogue.statement_missing(place, id_) for id_ in statements]
    return replace(one, findings=tuple(findings))


def test_what_is_missing_is_no_answer_that_could_not_be_read(small: Scheme) -> None:
    """A sheet is one thing, whatever stood on it; names only where they may stand."""
    size = len(small.area("BB").statements)
    ratings = {"CC-01": 2}
    one = lose(assessment(small, ratings, team="A", respondent="Ann"), {"BB": size}, "AA-01")
    two = lose(assessment(small, ratings, team="B", respondent="Bob"), {"BB": size, "AA": size})

    open_text = " ".join(summary_sentences(make_contents([one, two])))
    hidden = " ".join(summary_sentences(make_contents([one, two], anonymous=True)))

    assert (
        f"3 sheets are missing, with {3 * size} statements: BB Short BB (Ann, A), "
        "AA Short AA (Bob, B), BB Short BB (Bob, B); the results go without them."
    ) in open_text
    assert "1 row of a statement is missing, of Ann (A); the results" in open_text
    assert f"3 sheets are missing, with {3 * size} statements; the results" in hidden
    assert "1 row of a statement is missing; the results" in hidden
    assert "could not be read" not in open_text + hidden
    assert not any(name in hidden for name in ("Ann", "Bob"))


def test_summary_is_silent_where_everything_was_read(small: Scheme) -> None:
    said = summary_sentences(make_contents([assessment(small, {"AA-01": 1})]))

    assert not any("could not be read" in one for one in said)


def test_a_blank_team_has_no_level(small: Scheme) -> None:
    """Nobody said anything, which is not "level 0"."""
    (first, *others) = summary_sentences(make_contents([assessment(small, {}, targets={"AA": 3})]))

    assert first == "Alpha has no level or index yet: no statement is answered."
    assert others == []


def test_a_team_with_an_open_area_has_bounds(small: Scheme) -> None:
    """The headline names the open area, and between what the index will lie."""
    ratings: dict[str, RatingValue | None] = dict.fromkeys(small.statements, 3)
    ratings |= dict.fromkeys((s.id for s in small.area("BB").statements), None)
    said = summary_sentences(make_contents([assessment(small, ratings)]))

    assert said[0] == (
        "Alpha has no overall level or index yet: no statement is answered in Short BB. "
        "The index will be between 2.67 and 4.00 of 4."
    )


def test_only_teams_with_a_level_are_counted(small: Scheme) -> None:
    """Levels and the mean are those of the teams that have them; the others are named."""
    full: dict[str, RatingValue | None] = dict.fromkeys(small.statements, 3)
    part: dict[str, RatingValue | None] = {"AA-01": 3}
    given = [
        assessment(small, full, team="One"),
        assessment(small, full, team="Two"),
        assessment(small, part, team="Three"),
        assessment(small, {}, team="Four"),
    ]
    said = summary_sentences(make_contents(given))

    assert said[0] == (
        "Of 4 teams 2 have an overall level, 4, Stage 4 (by area: 6 areas at\u00a04); "
        "their mean index is 4.00 of 4."
    )
    assert said[1].endswith(": Four (all areas), Three (Short BB, Short CC).")
    assert "One is at level" not in " ".join(said)


def test_no_team_with_a_level(small: Scheme) -> None:
    """Neither of two, none of three: no level of any is said."""
    given = [assessment(small, {"AA-01": 3}, team=name) for name in ("One", "Two", "Three")]
    two, three = (summary_sentences(make_contents(given[:count])) for count in (2, 3))

    assert two[0] == "Neither team has an overall level or index yet."
    assert three[0] == "None of the 3 teams has an overall level or index yet."
    assert not any("level 0" in sentence for sentence in (*two, *three))


def test_an_open_area_is_no_fall(small: Scheme) -> None:
    """The index of a round is compared only with that of a round in which all was assessed."""
    full: dict[str, RatingValue | None] = dict.fromkeys(small.statements, 2)
    part = {**full, **dict.fromkeys((s.id for s in small.area("BB").statements), None)}
    given = [
        assessment(small, full, team="One", date="2026-05-04"),
        assessment(small, part, team="One", date="2026-11-04"),
        assessment(small, full, team="Two", date="2026-05-04"),
        assessment(small, full, team="Two", date="2026-11-04"),
    ]
    text = " ".join(summary_sentences(make_contents(given)))

    assert "the index of 1 team went from 2.67 to 2.67" in text
    assert "1 team has no overall index in one of the last two rounds" in text


def test_a_mean_of_half_filled_areas_is_one_so_far(small: Scheme) -> None:
    """What is open in them counts as not in place, so the figure can only rise."""
    full: dict[str, RatingValue | None] = dict.fromkeys(small.statements, 3)
    ratings = {**full, "AA-01": None, "BB-01": 0}
    text = " ".join(summary_sentences(make_contents([assessment(small, ratings)])))

    assert (
        "The index is highest in Short CC (4.00) and lowest in Short AA, Short BB (3.67 so far)."
        in text
    )
