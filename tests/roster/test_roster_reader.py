"""Whole rosters: read, or refused with everything that is wrong."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iml4e_xlsx.errors import RosterError
from iml4e_xlsx.findings.finding import Finding
from iml4e_xlsx.model import Profile, Scheme
from iml4e_xlsx.roster import RosterRow, read_roster
from tests.support.rosters import (
    HEADINGS,
    LANGUAGES,
    brief_findings,
    read_mailed,
    roster_findings,
    write_table,
)


def test_a_long_message_is_cut(official: Scheme, tmp_path: Path) -> None:
    """The message shows 200 roster_findings and how many more there are; all are in the error."""
    path = write_table(
        tmp_path, "csv", [HEADINGS, *([f"P{n}", "x", *[""] * 7] for n in range(250))]
    )
    with pytest.raises(RosterError) as caught:
        read_mailed(path, official)
    lines = str(caught.value).splitlines()

    assert len(caught.value.findings) == 250
    assert len(lines) == 201
    assert lines[-1] == "... and 50 more."


def test_names_and_addresses_are_optional_where_nobody_is_mailed(
    official: Scheme, tmp_path: Path
) -> None:
    """Names and addresses may be missing or odd, addresses also twice; what is there is kept."""
    rows = [["team", "name", "mail", "note"], ["A", "Ann", "x", "1"], ["A", "Ben", "x", ""],
            ["A", "", "", ""], ["", "", "", "nobody"], ["A", "", "", ""]]  # fmt: skip
    people = read_roster(write_table(tmp_path, "csv", rows), official)

    assert [(row.row, row.mail, row.address) for row in people] == [
        (2, "x", ""), (3, "x", ""), (4, "", ""), (6, "", ""),
    ]  # fmt: skip


@pytest.mark.parametrize("mails", [True, False])
def test_nobody_is_in_a_team_twice(official: Scheme, tmp_path: Path, *, mails: bool) -> None:
    """Only the later of two responses would count, whoever gets the workbooks."""
    rows = [["team", "name", "mail"], ["A", "Ann", "a@example.org"], ["B", "Ann", "b@example.org"],
            ["a ", " ann", "c@example.org"]]  # fmt: skip
    findings = roster_findings(write_table(tmp_path, "csv", rows), official, mails=mails)

    assert brief_findings(findings) == [("roster-name-twice", 4, "name")]


def test_people_who_are_one_once_they_are_filled_in_are_refused(
    official: Scheme, tmp_path: Path
) -> None:
    """What the caller fills in counts as if it stood in the row."""
    rows = [["team", "name"], ["A", "Ann"], ["", "Ann"], ["B", ""], ["B", "Ada"]]
    path = write_table(tmp_path, "csv", rows)
    assert len(read_roster(path, official)) == 4

    for defaults, row in ((Profile(team="A"), 3), (Profile(respondent="Ada"), 5)):
        with pytest.raises(RosterError) as caught:
            read_roster(path, official, defaults=defaults)
        assert brief_findings(caught.value.findings) == [("roster-name-twice", row, "name")]


def test_a_roster_is_a_sequence_of_its_rows(official: Scheme, tmp_path: Path) -> None:
    rows = [["name"], ["Ann"], ["Ben"]]
    roster = read_roster(write_table(tmp_path, "csv", rows), official)

    assert [row.profile.respondent for row in roster] == ["Ann", "Ben"]
    assert (roster[0], *roster[1:]) == roster.rows
    assert roster.findings == ()


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    data=st.one_of(
        st.binary(max_size=200),
        st.lists(st.lists(st.text(max_size=12), max_size=6), max_size=6).map(
            lambda rows: "\n".join(["name;mail;target;language", *map(";".join, rows)]).encode(
                "utf-8", "surrogatepass"
            )
        ),
    ),
    mails=st.booleans(),
)
def test_any_file_is_read_or_refused(
    official: Scheme, tmp_path: Path, data: bytes, *, mails: bool
) -> None:
    """No content raises anything but the error that says what is wrong."""
    path = tmp_path / "any.csv"
    path.write_bytes(data)
    findings: tuple[Finding, ...] = ()
    rows: Sequence[RosterRow] = ()
    try:
        rows = read_roster(path, official, mails=mails, languages=LANGUAGES)
    except RosterError as error:
        findings = error.findings

    assert bool(rows) != bool(findings)


ANY_CELL = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-9, 99),
    st.dates(date(1990, 1, 1)),
    st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=12),
    st.sampled_from(["#N/A", "=1+1", "name", "mail", "ann@example.org", "team", "3", "DG=1"]),
)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(st.lists(ANY_CELL, max_size=5), max_size=5), mails=st.booleans())
def test_any_workbook_is_read_or_refused(
    official: Scheme, tmp_path: Path, rows: list[list[object]], *, mails: bool
) -> None:
    """The same of cells of every kind."""
    path = write_table(tmp_path, "xlsx", [["name", "mail", "target", "note"], *rows])
    findings: tuple[Finding, ...] = ()
    people: Sequence[RosterRow] = ()
    try:
        people = read_roster(path, official, mails=mails, languages=LANGUAGES)
    except RosterError as error:
        findings = error.findings

    assert bool(people) != bool(findings)


ANY_WORD = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8).filter(str.strip)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    people=st.lists(st.tuples(ANY_WORD, ANY_WORD), min_size=1, max_size=6),
    order=st.permutations(["name", "mail", "team", "note", "language"]),
    delimiter=st.sampled_from(",;\t"),
)
def test_valid_tables_round_trip(
    official: Scheme,
    tmp_path: Path,
    people: list[tuple[str, str]],
    order: list[str],
    delimiter: str,
) -> None:
    """Whatever the order of columns and the delimiter, what was written is read."""
    wanted = [
        {"name": f"{name} {n}", "mail": f"p{n}@example.org", "team": team, "note": f"{name}; {n}",
         "language": "de"}
        for n, (name, team) in enumerate(people)
    ]  # fmt: skip
    stream = io.StringIO()
    writer = csv.DictWriter(stream, order, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(wanted)
    path = tmp_path / "valid.csv"
    path.write_bytes(stream.getvalue().encode())
    rows = read_mailed(path, official)

    assert [
        {"name": row.profile.respondent, "mail": row.address, "team": row.profile.team,
         "note": row.extra["note"], "language": row.language}
        for row in rows
    ] == wanted  # fmt: skip
    assert len({row.file_name for row in rows}) == len(rows)
