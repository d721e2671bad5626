"""A round in which people are asked for parts: handed out, filled in, collected, merged."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from iml4e_xlsx.analysis.teams import group_by_team
from iml4e_xlsx.campaign.people.participant import list_participants
from iml4e_xlsx.campaign.people.stages import Stage
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.mails import MailState
from iml4e_xlsx.campaign.round_report import campaign_assessments
from iml4e_xlsx.errors import RosterError
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.scheme.forms import is_part
from tests.support.builders import regular_table, scheme_fields, write_scheme
from tests.support.campaigns import (
    DAY,
    NOW,
    Row,
    all_rated,
    answer,
    build,
    built_campaign,
    change_settings,
    new_campaign,
    person_of,
    record_of,
    rows,
    run,
    workbook_of,
    write_roster,
)
from tests.support.noting import note_mail

ANN, BEN, CAY = (
    replace(row, extra={"areas": areas, "statements": statements})
    for row, areas, statements in zip(
        rows(3), ("aa", "BB", ""), ("", "", "AA-01 bb-02"), strict=True
    )
)


def stages(record: Record) -> dict[str, Stage]:
    with record.begin(NOW) as tx:
        return {one.person.mail: one.stage for one in list_participants(tx)}


def test_workbooks_hold_only_what_concerns_a_person(tmp_path: Path) -> None:
    """The sheets of other areas are left out, and the first sheet says that it is a part."""
    with built_campaign(tmp_path, [ANN, BEN, CAY]) as (campaign, record):
        sheets = {}
        for row in (ANN, BEN, CAY):
            book = openpyxl.load_workbook(workbook_of(campaign, record, row.mail))
            sheets[row.name] = {name[:2] for name in book.sheetnames if name[2:3] == " "}
            text = " ".join(
                str(cell.value) for line in book.worksheets[0].iter_rows() for cell in line
            )
            assert "your part of the assessment" in text

    assert sheets == {"Ann": {"AA"}, "Ben": {"BB"}, "Cay": {"AA", "BB"}}


def test_who_has_answered_the_part_is_complete(tmp_path: Path) -> None:
    """And the team's result is that of the whole assessment, made from the parts."""
    with built_campaign(tmp_path, [ANN, BEN, CAY]) as (campaign, record):
        scheme = campaign.load_scheme()
        answer(campaign, record, ANN.mail)
        answer(campaign, record, CAY.mail, {"AA-01": 1})
        found = stages(record)
        answer(campaign, record, BEN.mail)
        whole = stages(record)
        assessments = campaign_assessments(campaign, record, now=NOW)

    assert (found[ANN.mail], found[CAY.mail]) == (Stage.COMPLETE, Stage.INCOMPLETE)
    assert whole[BEN.mail] is Stage.COMPLETE
    assert all(is_part(one.scheme) for one in assessments)
    (team,) = group_by_team(assessments)
    assert team.scheme is not None
    assert tuple(team.response.answers) == tuple(scheme.statements)
    assert {answer_.rating for answer_ in team.response.answers.values()} == {1, 3}
    assert team.response.answers["AA-01"].rating == 1  # the lower of two
    assert team.result.overall.answered == len(scheme.statements)
    assert (team.result.overall.level, team.result.overall.held_down_by) == (1, ("AA",))
    assert [finding.code for finding in team.findings] == []


def test_reports_of_parts(tmp_path: Path) -> None:
    """In every form, of teams that have all parts and of teams that lack an area."""
    other = Row(name="Hal", mail="hal@example.org", team="Blue", extra={"areas": "BB"})
    with built_campaign(tmp_path, [ANN, BEN, CAY, other]) as (campaign, record):
        for row in (ANN, BEN, other):
            answer(campaign, record, row.mail)
    for name in ("r.html", "r.xlsx"):
        run("campaign", "report", campaign.folder, "-o", tmp_path / name)
    for group in ((), ("--group", "team")):
        run("campaign", "export", campaign.folder, "-o", tmp_path / "e.csv", "--force", *group)
        said = run("campaign", "export", campaign.folder, *group).output
    assert "Blue" in said
    said = run("score", campaign.folder / "returned", "--scheme", campaign.folder / "scheme").output
    assert "part of the assessment" in said
    run("campaign", "report", campaign.folder, "--by", "team", "-o", tmp_path / "by")


def test_a_scope_that_has_changed_counts_anew(tmp_path: Path) -> None:
    """Complete is who has answered what the roster asks for now."""
    with built_campaign(tmp_path, [ANN, BEN]) as (campaign, record):
        answer(campaign, record, ANN.mail)
        write_roster(campaign.folder, [replace(ANN, extra={"areas": "all"}), BEN])
        build(campaign, record)
        more = stages(record)[ANN.mail]
        document = json.loads(run("campaign", "status", campaign.folder, "--format", "json").output)
        write_roster(campaign.folder, [replace(ANN, extra={"statements": "AA-02"}), BEN])
        build(campaign, record)
        less = stages(record)[ANN.mail]

    assert (more, less) == (Stage.INCOMPLETE, Stage.COMPLETE)
    (ann,) = [one for one in document["persons"] if one["mail"] == ANN.mail]
    assert (ann["answered"], ann["statements"]) == (4, 8)


def test_who_has_answered_and_is_asked_for_more_is_told_apart(tmp_path: Path) -> None:
    """They have not answered it, so that they do need another workbook."""
    with built_campaign(tmp_path, [ANN, BEN]) as (campaign, record):
        answer(campaign, record, ANN.mail)
        answer(campaign, record, BEN.mail)
        changed = [replace(ANN, extra={"areas": "BB"}), replace(BEN, extra={"statements": "BB-01"})]
        write_roster(campaign.folder, changed)
        said = run("campaign", "build", campaign.folder).stdout
    other = f"asked for other statements now: {ANN.mail}."
    assert other in said
    assert f"Answered already: {BEN.mail}." in said


def roles_campaign(tmp_path: Path, given: list[Row], **settings: Any) -> Any:
    fields = scheme_fields(regular_table(["AA", "BB"], 2, 2), top=2)
    roles = {"ml-engineer": ["AA"], "owner": ["BB"]}
    forms = {"short": ["AA-01", "AA-02", "BB-01"]}
    scheme = load_scheme(
        write_scheme(tmp_path / "small", fields | {"roles": roles, "forms": forms})
    )
    return new_campaign(tmp_path, given, scheme=scheme, **settings)


def test_roles_and_forms_hand_out_parts(tmp_path: Path) -> None:
    """A row's own areas come before those of its role; others get what the round asks for."""
    ann, ben, cay, dan, eve = rows(5)
    given = [
        replace(ann, role="ML Engineer"),
        replace(ben, role="Owner", extra={"areas": "Area AA"}),
        replace(cay, role="visitor"),
        replace(dan, role="Owner", extra={"form": "Short", "areas": "AA"}),
        replace(eve, role="owner", extra={"areas": "all"}),
    ]
    campaign = roles_campaign(tmp_path, given)
    with record_of(campaign) as record:
        build(campaign, record)
        found = [person_of(record, row.mail).scope for row in given]

    assert [scope.form for scope in found if scope] == [
        "part-aa", "part-aa", "", "part-aa-of-short", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("areas", "AA, ZZ", "roster-area-unknown"),
        ("areas", "Area", "roster-area-unknown"),
        ("areas", "AA Area BB", "roster-area-unknown"),
        ("statements", "AA-01 AA-99", "roster-statement-unknown"),
        ("form", "shrot", "roster-without-forms"),
    ],
)
def test_what_there_is_not_is_named(tmp_path: Path, column: str, text: str, code: str) -> None:
    """With the row, and nothing is made."""
    (ann,) = rows(1)
    campaign = new_campaign(tmp_path, [replace(ann, extra={column: text})])
    with record_of(campaign) as record, pytest.raises(RosterError) as raised:
        build(campaign, record)

    assert [finding.code for finding in raised.value.findings] == [code]
    assert not list(campaign.workbooks.glob("*"))


def test_a_form_where_there_are_none_is_told_so(tmp_path: Path) -> None:
    (ann,) = rows(1)
    campaign = new_campaign(tmp_path, [replace(ann, extra={"form": "short"})])
    said = run("campaign", "build", campaign.folder, code=1).stderr

    assert "the scheme has no forms" in said
    assert "one of none" not in said


PLAN: dict[str, Any] = {"parts.raters": 2, "parts.most_statements": 4}


def test_statements_of_nobody_are_given_to_nobody(tmp_path: Path) -> None:
    """Not to fewer than one."""
    campaign = new_campaign(tmp_path, 1, **PLAN | {"parts.raters": 1})
    said = " ".join(run("campaign", "build", campaign.folder).output.split())

    assert "of 8 statements are given to nobody (" in said
    assert "fewer than 1" not in said


def test_the_plan_is_handed_out_and_stays_with_who_was_mailed(tmp_path: Path) -> None:
    """Each statement has two raters; who comes later gets the rest, who left is made up for."""
    given = rows(4)
    with built_campaign(tmp_path, given, **PLAN) as (campaign, record):
        first = [person_of(record, row.mail).scope for row in given]
        mailed = [person_of(record, row.mail) for row in given[:3]]
        with record.begin(NOW) as tx:
            for person in mailed:
                note_mail(tx, person, MailState.SENT)
        write_roster(campaign.folder, [*given[:2], *rows(6)[4:]])
        done = build(campaign, record)
        after = [person_of(record, row.mail).scope for row in rows(6)]

    assert all(scope is not None and len(scope.statements) == 4 for scope in first)
    assert after[:2] == first[:2]
    assert done.gaps == ()
    counts = [
        sum(id_ in scope.statements for scope in (*after[:2], *after[4:]) if scope)
        for id_ in campaign.load_scheme().statements
    ]
    assert min(counts) >= 2


def test_a_wish_that_cannot_be_met_is_said_with_numbers(tmp_path: Path) -> None:
    campaign = new_campaign(tmp_path, 3, **PLAN | {"parts.raters": 3})
    said = " ".join(run("campaign", "build", campaign.folder).output.split())

    assert "8 of 8 statements are given to fewer than 3 of its people" in said
    assert "in all, 12 more" in said
    assert "3 more people in the team would do (it has 3), or most_statements = 8" in said


def test_an_area_that_nobody_has_is_said(tmp_path: Path) -> None:
    campaign = new_campaign(tmp_path, [ANN])
    said = " ".join(run("campaign", "build", campaign.folder).output.split())

    assert "Team Red: nobody is asked about the area" in said


def test_status_names_statements_with_few_ratings(tmp_path: Path) -> None:
    """By team; what nobody knows or left open is no rating."""
    other = Row(name="Hal", mail="hal@example.org", team="Blue")
    with built_campaign(tmp_path, [ANN, BEN, CAY, other]) as (campaign, record):
        answer(campaign, record, ANN.mail, now=NOW + DAY)
        answer(campaign, record, CAY.mail, {"AA-01": "n/a"}, now=NOW + DAY)
        answer(campaign, record, other.mail, all_rated(campaign.load_scheme()), now=NOW + DAY)
    words = ("campaign", "status", campaign.folder, "--raters")
    found = json.loads(run(*words, "2", "--format", "json").output)["coverage"]
    one = json.loads(run(*words, "1", "--format", "json").output)["coverage"]
    table = " ".join(run(*words, "1").output.split())
    plain = json.loads(run(*words[:-1], "--format", "json").output)

    by_team = {entry["team"]: entry for entry in found}
    assert by_team["Red"]["statements"]["AA-02"] == 1
    assert "AA-01" not in by_team["Red"]["statements"]
    assert by_team["Blue"]["statements"]["BB-01"] == 1
    assert [(entry["team"], len(entry["statements"])) for entry in one] == [("Red", 4)]
    assert "BB-01" in table
    assert "coverage" not in plain
    change_settings(campaign.folder, **{"parts.raters": 1})
    assert json.loads(run(*words[:-1], "--format", "json").output)["coverage"] == one
