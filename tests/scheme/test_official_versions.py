"""The official scheme beside its version 1.0.0: each change is logged, and answers are carried."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from iml4e_xlsx.model import Assessment, Scheme, Statement
from iml4e_xlsx.reading.identity import Schemes
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.scoring import score
from tests.support.builders import built, response
from tests.support.scheme_versions import FIRST_OFFICIAL

HOSTED = Path(__file__).parent.parent / "data" / "responses" / "hosted-model.json"
LOG = Path(__file__).parents[2] / "docs" / "explanation" / "scheme-changes.md"
ROW = re.compile(r"^\| (?P<ids>[^|]+) \| (?P<decision>[^|]+) \| (?P<reason>.*) \|$", re.MULTILINE)
ID = re.compile(r"\b[A-Z]{2}-\d{2}\b")
DECISIONS = ("as proposed", "better", "kept", "other", "added", "not added")


@pytest.fixture(scope="module")
def first() -> Scheme:
    """Return version 1.0.0."""
    return load_scheme(FIRST_OFFICIAL)


@pytest.fixture(scope="module")
def log() -> dict[str, tuple[str, str]]:
    """Return decision and reason of each statement in the change log, new ids among them."""
    text = LOG.read_text(encoding="utf-8")
    return {
        id_: (row["decision"], row["reason"])
        for row in ROW.finditer(text)
        for id_ in ID.findall(f"{row['ids']} {row['decision']}")
    }


def wording(statement: Statement) -> tuple[Any, ...]:
    return (statement.text, statement.level, statement.guidance)


def test_the_change_log_decides_each_statement(
    first: Scheme, official: Scheme, log: dict[str, tuple[str, str]]
) -> None:
    """What is gone, what is new, and what asks, stands or is explained otherwise."""
    before, now = first.statements, official.statements
    kept = before.keys() & now.keys()
    changed = {id_ for id_ in kept if wording(before[id_]) != wording(now[id_])}
    undecided = (changed | (before.keys() ^ now.keys())) - log.keys()

    assert undecided == set()
    assert log.keys() - before.keys() - now.keys() == {"DG-19", "OM-22", "RD-20"}
    for id_, (decision, reason) in log.items():
        assert decision.startswith(DECISIONS), id_
        assert reason, id_


def test_the_change_log_names_successors_that_exist(
    first: Scheme, official: Scheme, log: dict[str, tuple[str, str]]
) -> None:
    """A retired id is said to be retired, merged or replaced, and by what there is."""
    gone = first.statements.keys() - official.statements.keys()
    for id_ in gone:
        decision, reason = log[id_]
        told = f"{decision} {reason}".lower()
        assert any(word in told for word in ("retired", "merged", "new id", "joined")), id_
        assert set(ID.findall(decision)) <= official.statements.keys(), id_


def test_answers_to_the_first_version_are_carried(
    first: Scheme, official: Scheme, tmp_path: Path
) -> None:
    """Kept ids keep their ratings; retired ones are named, changed words and levels are told."""
    ratings: dict[str, Any] = {id_: n % 4 for n, id_ in enumerate(first.statements)}
    path = built(first, tmp_path / "w.xlsx", response(first, ratings))
    with WorkbookReader(Schemes.find_installed([FIRST_OFFICIAL]), carry=True) as reader:
        carried = reader.assess(path)
    answers = carried.response.answers
    before, now = first.statements, official.statements
    kept = before.keys() & now.keys()

    assert carried.scheme.version == official.version
    assert {id_: answers[id_].rating for id_ in kept} == {id_: ratings[id_] for id_ in kept}
    assert {answers[id_].rating for id_ in now.keys() - before.keys()} == {None}
    assert told(carried, "carried-dropped") == before.keys() - now.keys()
    assert told(carried, "carried-reworded") == {
        id_ for id_ in kept if before[id_].text != now[id_].text
    }
    assert told(carried, "carried-level") == {
        id_ for id_ in kept if before[id_].level != now[id_].level
    }


def told(assessment: Assessment, code: str) -> set[str]:
    return {f.statement for f in assessment.findings if f.code == code and f.statement}


def test_a_team_that_trains_no_model_has_a_sensible_result(
    official: Scheme, tmp_path: Path
) -> None:
    """It answers in every area and at every level; what it leaves out, the guidance allows."""
    example = json.loads(HOSTED.read_text(encoding="utf-8"))
    ratings, reasons = example["ratings"], example["reasons"]
    filled = response(official, ratings, evidence=reasons)
    with WorkbookReader() as reader:
        read = reader.assess(built(official, tmp_path / "w.xlsx", filled))

    assert ratings.keys() == official.statements.keys()
    assert {id_ for id_, rating in ratings.items() if rating == "n/a"} == reasons.keys()
    for id_ in reasons:
        assert official.statements[id_].guidance.not_applicable != "never", id_
    assert not [f for f in read.findings if f.code == "not-applicable-without-reason"]
    assert score(filled, official).areas == read.result.areas
    for area in read.result.areas:
        assert area.applies
        assert area.highest == official.levels[-1].number
        assert len(area.levels) == len(official.scored_levels)
        assert area.level in {1, 2, 3}, area.area


def test_the_short_form_has_one_statement_for_each_level_of_each_area(official: Scheme) -> None:
    """So that each level has a say, and none two."""
    asked = [official.statements[id_] for id_ in official.forms["short"]]

    assert sorted((one.area, one.level) for one in asked) == sorted(
        (area.code, level) for area in official.areas for level in official.scored_levels
    )
