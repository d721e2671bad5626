"""Every sentence of the summary says what the result says, whatever the answers are."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final

import pytest

from iml4e_xlsx.analysis.team_roadmap import plan_roadmap
from iml4e_xlsx.analysis.teams import TeamAssessment
from iml4e_xlsx.model import AreaResult, Assessment, RatingValue, Scheme
from iml4e_xlsx.report.contents.contents import Contents, make_contents
from iml4e_xlsx.report.contents.summary import summary_sentences
from iml4e_xlsx.report.tables.standing import area_notes, level_bars, placed_level
from iml4e_xlsx.report.tables.table import format_figure, format_percent
from iml4e_xlsx.scheme import load_scheme
from tests.support.builders import assessment, scheme_fields, write_scheme

NA: RatingValue = "n/a"
CODES: Final = ("AA", "BB", "CC", "DD")
COUNT: Final = 300


@pytest.fixture(scope="module")
def uneven(tmp_path_factory: pytest.TempPathFactory) -> Scheme:
    """Return a scheme in which an area lacks a level, and another the highest ones."""
    rows = [
        f"| {code} | {level} | {code}-{level}{number} |"
        for code in CODES
        for level in range(1, 5)
        for number in range(1 + (level + len(code)) % 3)
        if (code, level) not in {("BB", 2), ("CC", 3), ("CC", 4)}
    ]
    return load_scheme(
        write_scheme(tmp_path_factory.mktemp("uneven"), scheme_fields("\n".join(rows)))
    )


def random_assessment(scheme: Scheme, rng: random.Random, team: str) -> Assessment:
    """Return answers of one of several kinds: strong, weak, with n/a levels and areas, open."""
    ratings: dict[str, RatingValue | None] = {}
    kinds = ["any", "strong", "full", "full", "weak base", "n/a", "open"]
    kinds = ["n/a"] if rng.random() < 0.2 else kinds
    for area in scheme.areas:
        kind = rng.choice(kinds)
        out = {level for level in scheme.scored_levels if rng.random() < 0.2}
        for statement in area.statements:
            value: RatingValue | None = rng.choice([0, 1, 2, 3, NA, None])
            if kind in ("strong", "full"):
                value = 3 if kind == "full" or rng.random() < 0.8 else 2
            if kind == "weak base":
                value = 1 if statement.level == 1 else 3
            if kind == "n/a" or (statement.level in out and kind != "open"):
                value = NA
            ratings[statement.id] = None if kind == "open" and rng.random() < 0.5 else value
        if kind == "open" and rng.random() < 0.5:
            ratings |= dict.fromkeys((s.id for s in area.statements), None)
    targets = {area.code: rng.randint(0, 4) for area in scheme.areas if rng.random() < 0.7}
    return assessment(scheme, ratings, team=team, targets=targets)


def drawn(scheme: Scheme, teams: Sequence[str]) -> Iterator[Contents]:
    rng = random.Random(20261128)
    for _ in range(COUNT):
        yield make_contents([random_assessment(scheme, rng, team) for team in teams])


def areas_of(contents: Contents) -> dict[str, AreaResult]:
    """Return the areas by the names that sentences give them."""
    several = len(contents.teams) > 1
    return {
        contents.scheme.area(area.area).short + (f" of {team.name}" if several else ""): area
        for team in contents.teams
        for area in team.result.areas
    }


@pytest.mark.parametrize("teams", [("Alpha",), ("Alpha", "Beta", "Gamma")], ids=("one", "three"))
def test_every_sentence_is_true(uneven: Scheme, teams: tuple[str, ...]) -> None:
    """Random answers; each sentence is known here, and checked against the result."""
    met: Counter[str] = Counter()
    for contents in drawn(uneven, teams):
        for sentence in summary_sentences(contents):
            (known,) = [name for name, (form, _) in CHECKS.items() if re.match(form, sentence)]
            form, check = CHECKS[known]
            found = re.match(form, sentence)
            assert found is not None
            check(found, contents)
            met[known] += 1
        check_absent(contents, summary_sentences(contents))
    wanted = {
        "one",
        "open",
        "areas",
        "holding",
        "gap",
        "without",
        "other",
        "way",
        "reached",
        "some targets",
    }
    if len(teams) > 1:
        wanted = wanted - {"one", "open", "reached"} | {"several", "open areas"}
    assert wanted <= met.keys()


def check_absent(contents: Contents, said: Sequence[str]) -> None:
    """What the result has is said, too."""
    text = "\n".join(said)
    results = areas_of(contents)
    assert ("Gap below" in text) == any(area.gap_below for area in results.values())
    assert ("Does not apply" in text) == any(not area.applies for area in results.values())
    assert ("means another level" in text) == any(
        area.way is not None and area.effective_target != area.target for area in results.values()
    )
    unknown = any(area.has_unknown_way for area in results.values())
    aimed = any(area.way is not None for area in results.values())
    assert ("the way to the targets" in text or "Every target" in text) == (aimed and not unknown)


def team_of(found: re.Match[str], contents: Contents) -> TeamAssessment:
    (team,) = [team for team in contents.teams if team.name == found["team"]]
    return team


def check_one(found: re.Match[str], contents: Contents) -> None:
    team = team_of(found, contents)
    overall = team.result.overall
    assert found["level"] == str(overall.level)
    assert found["index"] == format_figure(overall.index)
    placed = Counter[int]()
    done = {}
    areas = {contents.scheme.area(area.area).short: area for area in team.result.areas}
    lowest, _, rest = found["spread"].partition(" at level\u00a0")
    if rest:
        first = int(rest[0])
        for name in lowest.split(", "):
            assert areas[name].level == first
            placed[first] += 1
    text = found["spread"]
    for count, level in re.findall(r"(\d+) areas? at\u00a0(\d)", text):
        placed[int(level)] += int(count)
    for name, level in re.findall(r"(Short \w+) complete at\u00a0(\d)", text):
        assert areas[name].is_complete
        assert areas[name].is_limited
        done[name] = int(level)
    assert placed + Counter(done.values()) == Counter(
        area.level for area in areas.values() if area.level is not None
    )


def check_several(found: re.Match[str], contents: Contents) -> None:
    assessed = [t.result for t in contents.teams if t.result.overall.level is not None]
    levels = [result.overall.level for result in assessed if result.overall.level is not None]
    numbers = [int(number) for number in re.findall(r"\d", found["levels"])]
    assert {numbers[0], numbers[-1]} == {min(levels), max(levels)}
    placed = {int(k): int(n) for n, k in re.findall(r"(\d+) areas? at\u00a0(\d)", found["spread"])}
    areas = [area for result in assessed for area in result.areas]
    assert placed == Counter(area.level for area in areas if area.level is not None)
    indices = [result.overall.index or Fraction(0) for result in assessed]
    assert found["index"] == format_figure(sum(indices, Fraction(0)) / len(indices))


def check_open(found: re.Match[str], contents: Contents) -> None:
    overall = team_of(found, contents).result.overall
    assert (overall.level, overall.index) == (None, None)
    assert overall.answered
    assert found["low"] == format_figure(overall.low.index)
    assert found["high"] == format_figure(overall.high.index)


def check_blank(found: re.Match[str], contents: Contents) -> None:
    assert not team_of(found, contents).result.overall.answered, found


def check_without(found: re.Match[str], contents: Contents) -> None:
    assert not any(area.applies for area in team_of(found, contents).result.areas), found


def check_teams_without(found: re.Match[str], contents: Contents) -> None:
    """Exactly the teams are named to which nothing applies."""
    names = {team.name for team in contents.teams if team.name in found.string}
    assert names == {
        team.name
        for team in contents.teams
        if not any(area.applies for area in team.result.areas) and team.result.overall.is_assessed
    }


def check_open_areas(found: re.Match[str], contents: Contents) -> None:
    assert any(not team.result.overall.is_assessed for team in contents.teams), found


def check_areas(found: re.Match[str], contents: Contents) -> None:
    means = {}
    for area in contents.comparison.areas:
        values = [result.index for result in area.results if result.index is not None]
        if values:
            means[area.area.short] = sum(values, Fraction(0)) / len(values)
    for names, bound in (("best", max(means.values())), ("worst", min(means.values()))):
        assert re.findall(r"Short \w+", found[names]) == [
            name for name, mean in means.items() if mean == bound
        ]
    assert found["high"] == format_figure(max(means.values()))
    assert found["low"] == format_figure(min(means.values()))


def check_holding(found: re.Match[str], contents: Contents) -> None:
    areas = areas_of(contents)
    parts = re.findall(
        r"(Short \w+(?: of \w+)?) – to the next level: (\d+) steps? \(possible in ([^)]*)\)",
        found.string,
    )
    assert parts, found.string
    for name, count, statements in parts:
        check_steps(areas[name], int(count), statements, contents)
        overall = next(
            team.result.overall for team in contents.teams if areas[name] in team.result.areas
        )
        assert areas[name].level == overall.level


def check_steps(area: AreaResult, count: int, statements: str, contents: Contents) -> None:
    """The steps to the next level are those of a roadmap that leads there."""
    team = next(team for team in contents.teams if area in team.result.areas)
    assert area.level is not None
    roadmap = plan_roadmap(team.result, contents.scheme, targets={area.area: area.level + 1})
    (way,) = [one for one in roadmap.areas if one.area.code == area.area]
    assert sum(step.rating_steps for step in way.steps) == count == area.steps_to_next
    raised = [step.statement.id for step in way.steps]
    marked = [name for name in re.split(r", | and ", statements) if "more" not in name]
    named = [name.removesuffix(" [open]") for name in marked]
    assert [name + " [open]" * (name in area.open_statements) for name in named] == marked
    assert {*named} <= {*area.statements_to_next}
    assert {*raised} <= {*area.statements_to_next}


def check_gap(found: re.Match[str], contents: Contents) -> None:
    areas = areas_of(contents)
    names = re.findall(r"(Short \w+(?: of \w+)?) \(", found.string)
    assert names
    for name in names:
        level, index = areas[name].level, areas[name].index
        assert level is not None
        assert index is not None
        assert index >= level + 1
        assert areas[name].level != areas[name].highest


def check_not_applying(found: re.Match[str], contents: Contents) -> None:
    areas = areas_of(contents)
    names = re.findall(r"Short \w+(?: of \w+)?", found.string)
    assert names
    assert all(areas[name].not_applicable == 1 for name in names)


def check_other(found: re.Match[str], contents: Contents) -> None:
    areas = areas_of(contents)
    parts = re.findall(r"(Short \w+(?: of \w+)?) (\d) means (\d)", found.string)
    assert parts
    for name, target, level in parts:
        assert areas[name].target == int(target) != int(level)
        assert areas[name].levels[int(level) - 1].applicable


def check_way(found: re.Match[str], contents: Contents) -> None:
    steps = sum(page.roadmap.rating_steps for page in contents.pages)
    assert steps == int(found["count"]) > 0
    required = sum(team.result.overall.required_for_target or 0 for team in contents.teams)
    assert found["share"] == format_percent(1 - Fraction(steps, required))
    assert found["share"] != "100 %"


def check_reached(found: re.Match[str], contents: Contents) -> None:
    for area in areas_of(contents).values():
        if area.effective_target is not None:
            assert (area.level or 0) >= area.effective_target, found


def check_some_targets(found: re.Match[str], contents: Contents) -> None:
    named = {
        name: (int(count), int(total))
        for name, count, total in re.findall(r"(\w+) in (\d) of (\d)", found.string)
    }
    counts = {
        team.name: sum(area.target is not None for area in team.result.areas)
        for team in contents.teams
    }
    assert named == {name: (n, len(CODES)) for name, n in counts.items() if 0 < n < len(CODES)}


def check_share(found: re.Match[str], contents: Contents) -> None:
    whole = [team.result.overall for team in contents.teams]
    answered = Fraction(sum(o.answered for o in whole), sum(o.statements for o in whole))
    assert found["share"] == format_percent(answered)
    assert found["share"] not in ("0 %", "100 %") or 0 < answered < 1


def accept(found: re.Match[str], contents: Contents) -> None:
    """Who differs from whom, and by how much, is tested with the comparison."""
    assert found.string
    assert len(contents.teams) > 1


CHECKS: Final = {
    "one": (
        r"(?P<team>\w+) is at level (?P<level>\d), .*?: (?P<spread>.*); index (?P<index>\S+) of",
        check_one,
    ),
    "open": (
        r"(?P<team>\w+) has no overall .* yet: .* between (?P<low>\S+) and (?P<high>\S+) of 4\.$",
        check_open,
    ),
    "blank": (r"(?P<team>\w+) has no level or index yet: no statement is answered\.$", check_blank),
    "nothing applies": (
        r"(?P<team>\w+) has no level and no index: no area applies\.$",
        check_without,
    ),
    "teams without": (
        r"(To|Nothing applies to these) .* no index",
        check_teams_without,
    ),
    "several": (
        r"(?P<levels>.*?) \(by area: (?P<spread>[^)]*)\); their mean .* (?P<index>\S+) of 4\.$",
        lambda found, contents: check_several(levels_only(found), contents),
    ),
    "all open": (r"None of the \d teams has an overall level", check_open_areas),
    "open areas": (r"Areas without any answer", check_open_areas),
    "areas": (
        (
            r"The index is highest in (?P<best>.*?) \((?P<high>\S+?)( so far)?\) and lowest "
            r"in (?P<worst>.*?) \((?P<low>\S+?)( so far)?\)\.$"
        ),
        check_areas,
    ),
    "holding": (r"What holds the level down: ", check_holding),
    "gap": (r"Gap below, ", check_gap),
    "without": (r"Does not apply, ", check_not_applying),
    "other": (r"A target that cannot be the level reached ", check_other),
    "differences": (r"The teams differ most in ", accept),
    "way": (r"(?P<share>\d+ %) of the way to the targets is done; (?P<count>\d+) ", check_way),
    "reached": (r"Every target is reached\.$", check_reached),
    "some targets": (r"Targets are set in some areas only: ", check_some_targets),
    "share": (r"Only (?P<share>\d+ %) of the statements are answered", check_share),
}


def levels_only(found: re.Match[str]) -> re.Match[str]:
    """Return the match without the numbers of teams in front of the levels."""
    levels = re.sub(r"(Of )?\d+ teams( \d+)?|Stage \d", "", found["levels"])
    again = re.match(
        r"(?P<levels>.*)\|(?P<spread>.*)\|(?P<index>.*)",
        f"{levels}|{found['spread']}|{found['index']}",
    )
    assert again is not None
    return again


def test_notes_of_areas_are_true(uneven: Scheme) -> None:
    """What terminal and page say beside an area, and the bars that they draw of it."""
    for contents in drawn(uneven, ("Alpha",)):
        texts = contents.texts
        for area in contents.teams[0].result.areas:
            bars = level_bars(area, uneven)
            assert bool(bars) == area.is_assessed
            if area.level is None:
                assert not any(char.isdigit() for note in area_notes(area, texts) for char in note)
                continue
            breaks = [bar.level for bar in bars if bar.is_break]
            assert breaks == [] if area.is_complete else len(breaks) == 1
            assert all(bar.is_locked == (bar.level > breaks[0]) for bar in bars if breaks)
            standing = [bar.level for bar in bars if bar.state in ("passed", "reached")]
            assert area.level in [0, *(level for level in standing if level <= min(breaks or [9]))]
            notes = "; ".join(area_notes(area, texts))
            assert ("the highest that applies" in placed_level(area, texts)) == (
                area.level == area.highest and area.highest < 4 and area.one_step_level is None
            )
            assert ("to the next level" in notes) == (area.level != area.highest)
            assert ("gap below" in notes) == area.gap_below
            found = re.search(r"to the target: (\d+) steps?, (\d+ %)", notes)
            assert (found is not None) == area.is_below_target
            assert not found or int(found[1]) == area.steps_to_target
