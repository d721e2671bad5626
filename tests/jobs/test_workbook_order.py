"""Workbooks made to order: whose answers, profile and targets they begin with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from iml4e_xlsx.errors import OutputExistsError, RosterError
from iml4e_xlsx.jobs.workbook_order import (
    WorkbookOrder,
    copy_answers,
    make_roster_workbooks,
    make_workbook,
)
from iml4e_xlsx.model import Profile, Scheme
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.workbook.builder import blank_response
from tests.support.builders import response

CREATED = datetime(2026, 11, 23, tzinfo=UTC)


def test_previous_answers_are_copied_for_statements_that_both_have(small: Scheme) -> None:
    """Ratings and evidence come along; a statement that is gone or new does not."""
    previous = response(small, {"AA-01": 2, "AA-02": 1}, evidence={"AA-01": "wiki"})
    gone = {id_: answer for id_, answer in previous.answers.items() if id_ != "AA-02"}
    copy = copy_answers(replace(previous, answers=gone), blank_response(small))

    assert copy.answers["AA-01"].rating == 2
    assert copy.answers["AA-01"].evidence == "wiki"
    assert copy.answers["AA-02"].rating is None
    assert copy.answers.keys() == set(small.statements)


def test_an_order_wins_over_previous_answers(small: Scheme) -> None:
    """Profile and targets of the order replace the previous ones, which fill the gaps."""
    previous = response(
        small,
        {},
        profile=Profile(team="Old", respondent="Ada", role="Lead", date="2026-01-01"),
        targets={"AA": 1, "BB": 2},
    )
    blank = blank_response(small, profile=Profile(team="New"), targets={"AA": 3})
    copy = copy_answers(previous, blank)

    assert copy.profile == Profile(team="New", respondent="Ada", role="Lead")
    assert copy.targets == {"AA": 3, "BB": 2}


def test_the_previous_date_is_not_copied(small: Scheme) -> None:
    """Whoever answers now enters a date of their own."""
    previous = response(small, {}, profile=Profile(team="T", date="2026-01-01"))

    assert copy_answers(previous, blank_response(small)).profile.date == ""


def test_an_ordered_workbook_is_read_back(
    small: Scheme, reader: WorkbookReader, tmp_path: Path
) -> None:
    """The profile and targets of the order stand in the workbook."""
    profile = Profile(organisation="O", team="T", respondent="R", role="X", sector="S")
    order = WorkbookOrder(scheme=small, profile=profile, targets={"AA": 2}, created=CREATED)
    make_workbook(order, tmp_path / "w.xlsx")
    read = reader.assess(tmp_path / "w.xlsx").response

    assert read.profile == profile
    assert read.targets == {"AA": 2}


def test_a_row_wins_over_the_order(small: Scheme, reader: WorkbookReader, tmp_path: Path) -> None:
    """The order fills in the cells that a row leaves empty."""
    roster = tmp_path / "roster.csv"
    roster.write_text("name,team,target\nAda,,AA=1\nBen,Red,\n", encoding="utf-8")
    order = WorkbookOrder(
        scheme=small, profile=Profile(team="Blue", role="Lead"), targets={"AA": 3, "BB": 2}
    )
    paths = make_roster_workbooks(order, roster, tmp_path / "out")
    ada, ben = (reader.assess(path).response for path in paths)

    assert (ada.profile.respondent, ada.profile.team, ada.profile.role) == ("Ada", "Blue", "Lead")
    assert (ben.profile.respondent, ben.profile.team, ben.profile.role) == ("Ben", "Red", "Lead")
    assert ada.targets == {"AA": 1, "BB": 2}
    assert ben.targets == {"AA": 3, "BB": 2}


def test_an_order_makes_no_two_workbooks_for_one_person(small: Scheme, tmp_path: Path) -> None:
    """Neither by rows that are alike, nor by what fills them in."""
    roster = tmp_path / "roster.csv"
    roster.write_text("name,team\nAda,Red\nAda,\n", encoding="utf-8")
    with pytest.raises(RosterError, match="row 3, column name"):
        make_roster_workbooks(
            WorkbookOrder(scheme=small, profile=Profile(team="Red")), roster, tmp_path / "out"
        )

    assert not (tmp_path / "out").exists()
    assert len(make_roster_workbooks(WorkbookOrder(scheme=small), roster, tmp_path / "out")) == 2


def test_no_workbook_of_a_roster_is_written_where_one_exists(small: Scheme, tmp_path: Path) -> None:
    """All names are checked first, so that no run ends with half of the workbooks."""
    roster = tmp_path / "roster.csv"
    roster.write_text("name,team\nAda,Red\nBen,Red\n", encoding="utf-8")
    order = WorkbookOrder(scheme=small)
    first, last = make_roster_workbooks(order, roster, tmp_path / "out")
    first.unlink()
    with pytest.raises(OutputExistsError, match=last.name):
        make_roster_workbooks(order, roster, tmp_path / "out")

    assert not first.exists()
