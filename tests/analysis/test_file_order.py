"""Orders of files: no name of a file, and no order of reading, changes a result."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from iml4e_xlsx.analysis.consensus import measure_consensus
from iml4e_xlsx.analysis.team_roadmap import plan_roadmap
from iml4e_xlsx.analysis.teams import group_by_team
from iml4e_xlsx.analysis.workshop_agenda import build_agenda
from iml4e_xlsx.findings.file_traits import FileTraits, content_digest
from iml4e_xlsx.model import Assessment, RatingValue, Scheme
from iml4e_xlsx.report.contents.contents import make_contents
from iml4e_xlsx.report.contents.summary import summary_sentences
from iml4e_xlsx.report.formats.render import render_outcomes, render_tables
from iml4e_xlsx.report.tables.team_tables import agenda_table, roadmap_table
from iml4e_xlsx.text.usual_form import choose_usual_form
from tests.support.builders import assessment

ORDERS = 100

_TEAMS = (
    ("Nord Bank", "Pricing", "Finance"),
    ("NORD BANK", "pricing", ""),
    ("nord bank", "Pricing", "Finance"),
    ("Nord  Bank", "PRICING", "Retail"),
    ("", "Zoo", ""),
    ("", "zoo", "Leisure"),
    ("Süd", "Pricing", ""),
    ("", "", "Finance"),
)


@pytest.fixture(scope="module")
def returned(small: Scheme) -> list[Assessment]:
    """Return responses of teams whose members spell everything in their own ways."""
    rng = random.Random(7)
    return [_respond(small, rng, number) for number in range(24)]


def _respond(small: Scheme, rng: random.Random, number: int) -> Assessment:
    organisation, team, sector = _TEAMS[number % len(_TEAMS)]
    ratings: dict[str, RatingValue | None] = {
        id_: rng.choice((0, 1, 2, 3, "n/a", None)) for id_ in small.statements
    }
    respondent = "" if number % 5 == 3 else f"Person {number % 20}"
    date = rng.choice(("2026-11-02", "2026-03-02", ""))
    one = assessment(
        small,
        ratings,
        team=team,
        respondent=respondent,
        date=date,
        organisation=organisation,
        sector=sector,
    )
    response = replace(
        one.response,
        targets={area.code: rng.randrange(1, 4) for area in rng.sample(small.areas, 2)},
        file=FileTraits(digest=content_digest(str(number).encode())),
        answers={
            id_: answer._replace(evidence=rng.choice(("", f"page {number}")))
            for id_, answer in one.response.answers.items()
        },
    )
    return replace(one, response=response, result=replace(one.result, response=response))


def _show_everything(assessments: Sequence[Assessment]) -> str:
    teams = group_by_team(assessments)
    tables = [agenda_table(build_agenda(team, most=2)) for team in teams]
    tables += [roadmap_table(plan_roadmap(team.result, team.scheme), team.name) for team in teams]
    contents = make_contents(assessments)
    parts = [
        render_outcomes(teams, "json"),
        render_tables(tables, "json"),
        render_tables(contents.tables, "json"),
        json.dumps([summary_sentences(contents), contents.trends.once]).encode(),
    ]
    return b"\n".join(parts).decode()


def test_neither_names_nor_orders_of_files_change_anything(returned: list[Assessment]) -> None:
    """A hundred folders with the same files say the same, up to the names of the files."""
    outcomes = set()
    for seed in range(ORDERS):
        rng = random.Random(seed)
        numbers = rng.sample(range(100, 1000), len(returned))
        renamed = [
            replace(
                one,
                response=(response := replace(one.response, source=f"file-{number}.xlsx")),
                result=replace(one.result, response=response),
            )
            for one, number in zip(returned, numbers, strict=True)
        ]
        text = _show_everything(sorted(renamed, key=lambda one: one.response.source))
        for place, number in enumerate(numbers):
            text = text.replace(f"file-{number}.xlsx", f"content-{place:03d}.xlsx")
        outcomes.add(text)

    assert len(outcomes) == 1


def test_the_usual_form_names_a_team(returned: list[Assessment]) -> None:
    """Most members' spelling counts; an empty entry never wins over one that is there."""
    for order in (1, -1):
        team = next(
            each for each in group_by_team(returned[::order]) if each.name.startswith("Pricing")
        )
        profile = team.response.profile

        assert (profile.organisation, profile.team) == ("Nord Bank", "Pricing")
        assert profile.sector == "Finance"


@pytest.mark.parametrize(
    ("texts", "usual"),
    [
        (["NORD BANK", "Nord Bank", "nord bank"], "Nord Bank"),
        (["pricing", "pricing", "Pricing"], "pricing"),
        (["", "", " ", "Finance"], "Finance"),
        (["Retail", "finance", "Finance"], "Finance"),
        (["Nord  Bank ", "NORD BANK"], "Nord Bank"),
        (["Bo\u0308rse", "B\u00f6rse"], "B\u00f6rse"),
        (["b", "a"], "a"),
        ([], ""),
    ],
)
@pytest.mark.parametrize("arrange", [list, lambda texts: texts[::-1]])
def test_usual_forms(
    texts: list[str], usual: str, arrange: Callable[[list[str]], list[str]]
) -> None:
    """The most frequent form, and among equals one that depends on the texts alone."""
    assert choose_usual_form(arrange(texts)) == usual


def test_alike_disputes_have_equal_consensus() -> None:
    """The order of ratings, and which end of the scale they lean to, change no bit."""
    rng = random.Random(3)
    scale = (0, 1, 2, 3)
    for _ in range(500):
        ratings = [rng.choice(scale) for _ in range(rng.randrange(2, 12))]
        value = measure_consensus(ratings, scale)
        shuffled = rng.sample(ratings, len(ratings))

        assert measure_consensus(shuffled, scale) == value
        assert measure_consensus([3 - rating for rating in ratings], scale) == value
