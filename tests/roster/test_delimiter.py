"""Delimiters of rosters: the headings decide, not how often a mark occurs in the first line."""

from __future__ import annotations

from pathlib import Path

import pytest

from iml4e_xlsx.model import Scheme
from iml4e_xlsx.roster import read_roster
from iml4e_xlsx.roster.delimiter import find_delimiter
from iml4e_xlsx.roster.removal import remove_person

HEADS = [
    ('"Name, first";mail;team,unit', ";"),
    ("name;team, unit", ";"),
    ("group, unit, site;name;notes (a, b, c)", ";"),
    ('"name";"mail, private, please, no list";"team"', ";"),
    ('"a;b;c;d;e",name,mail', ","),
    ("name\tteam, unit, group", "\t"),
    ("name|mail|team; unit; group", "|"),
    (";;;;\nname;team,unit,x,y,z", ";"),
    (' \t \n"first\nname, last"\tname\tmail', "\t"),
    ('"he said ""a,b,c,d""";name;x', ";"),
    ("name", ","),
    ("a;b;c,d", ";"),
    ("sep=|\na,b", "|"),
    ("sep=;", ";"),
    ("sep=;name,mail", ","),
    ('"name;mail\nAnn', ","),
    ("", ","),
]
"""Beginnings of tables, and their delimiters."""


@pytest.mark.parametrize(("head", "delimiter"), HEADS)
def test_a_delimiter_is_found(head: str, delimiter: str) -> None:
    assert find_delimiter(head) == delimiter
    assert find_delimiter(head.replace("\n", "\r\n")) == delimiter


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_table_with_commas_in_its_headings_is_read(
    official: Scheme, tmp_path: Path, end: str
) -> None:
    """Its own headings stay whole, and a person leaves it as any other."""
    lines = ['"notes, old";name;mail;team;site, floor', 'x;Ann;a@example.org;"A;B";2, 3', ""]
    path = tmp_path / "roster.csv"
    path.write_text(end.join(lines), newline="")
    (row,) = read_roster(path, official, mails=True)

    assert (row.profile.respondent, row.profile.team) == ("Ann", "A;B")
    assert row.extra == {"notes, old": "x", "site, floor": "2, 3"}
    assert remove_person(path.read_bytes(), "a@example.org") == f"{lines[0]}{end}".encode()


def test_pipes_are_read(official: Scheme, tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_text("name|team\nAnn|Red, Blue; Green\n")
    (row,) = read_roster(path, official)

    assert row.profile.team == "Red, Blue; Green"
