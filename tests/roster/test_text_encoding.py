"""Encodings of rosters: none is guessed in silence, and nobody gets a mail with a garbled name."""

from __future__ import annotations

from pathlib import Path

import pytest

from iml4e_xlsx.findings.finding import Severity
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.roster import read_roster
from iml4e_xlsx.roster.text_encoding import Certainty, judge_value
from tests.support.campaigns import new_campaign, run
from tests.support.rosters import LANGUAGES, read_mailed, roster_findings

GARBLED = [
    ("cp1250", "Łukasz Żak"),
    ("cp1251", "Иван Петров"),
    ("cp1253", "Νίκος"),
    ("cp1255", "דוד"),
    ("cp932", "山田太郎"),
    ("gbk", "张三"),
    ("gbk", "王芳"),
    ("big5", "陳小明"),
    ("euc_kr", "김민수"),
    ("koi8_r", "Иван"),
    ("mac_roman", "Jürgen Müller"),
    ("mac_roman", "René"),
    ("mac_roman", "Strauß"),
    ("iso8859_15", "Œuvre Ž"),
    ("iso8859_15", "€uro"),
    ("cp850", "Björn"),
    ("cp850", "René"),
]
"""Names that are no names if they are read as Windows-1252."""

UNSURE = [
    ("cp1250", "Dvořák", "Dvoøák"),
    ("cp1254", "Yıldız Şahin", "Yýldýz Þahin"),
    ("cp1257", "Bērziņš", "Bçrziòð"),
    ("mac_roman", "Björn", "Bjšrn"),
    ("mac_roman", "García", "Garc’a"),
    ("cp1252", "Hélène", "Hélène"),
    ("cp1252", "O’Neill", "O’Neill"),
    ("cp1252", "Þjóðólfur", "Þjóðólfur"),
]
"""Names that may be right, or may not, once they are read as Windows-1252."""

SHARED = [
    ("cp1252", "Jürgen Größe"),
    ("cp1250", "Jürgen Größe"),
    ("iso8859_15", "José"),
    ("cp1252", "Forschung – Süd"),
    ("cp1252", "MÜLLER"),
]
"""Names that come out right whichever of the usual encodings of Latin letters it was."""


def write_csv(folder: Path, *names: str, encoding: str) -> Path:
    """Write a roster of people with these names."""
    lines = [f"{name};p{n}@example.org;Red" for n, name in enumerate(names)]
    path = folder / "roster.csv"
    path.write_bytes("\r\n".join(["name;mail;team", *lines, ""]).encode(encoding))
    return path


@pytest.mark.parametrize(("encoding", "name"), GARBLED)
@pytest.mark.parametrize("mails", [True, False])
def test_a_garbled_name_is_refused(
    official: Scheme, tmp_path: Path, encoding: str, name: str, *, mails: bool
) -> None:
    """With the name as it was read, and its row; the names that are right are not named."""
    path = write_csv(tmp_path, "Ann", name, encoding=encoding)
    (finding,) = roster_findings(path, official, mails=mails)

    assert (finding.code, finding.place.row) == ("roster-encoding-unknown", 3)
    assert f'"{name.encode(encoding).decode("cp1252")}"' in finding.message
    assert "CSV UTF-8" in finding.action
    assert ".xlsx" in finding.action


@pytest.mark.parametrize(("encoding", "name", "seen"), UNSURE)
def test_a_name_that_may_be_wrong_is_not_mailed(
    official: Scheme, tmp_path: Path, encoding: str, name: str, seen: str
) -> None:
    """A workbook may be made again, so that a warning will do; a mail cannot be taken back."""
    path = write_csv(tmp_path, "Ann", name, encoding=encoding)
    (mistake,) = roster_findings(path, official)
    roster = read_roster(path, official)
    (warning,) = roster.findings

    assert [row.profile.respondent for row in roster] == ["Ann", seen]
    assert mistake.code == "roster-encoding-unknown"
    assert (warning.code, warning.severity) == ("roster-encoding-assumed", Severity.WARNING)
    for finding in (mistake, warning):
        assert finding.place.row == 3
        assert f'"{seen}"' in finding.message


@pytest.mark.parametrize(("encoding", "name"), SHARED)
@pytest.mark.parametrize("mails", [True, False])
def test_letters_with_one_place_everywhere_are_taken_with_a_warning(
    official: Scheme, tmp_path: Path, encoding: str, name: str, *, mails: bool
) -> None:
    """As a German Excel saves them."""
    path = write_csv(tmp_path, name, "Ann", encoding=encoding)
    roster = read_roster(path, official, mails=mails, languages=LANGUAGES)
    (warning,) = roster.findings

    assert [row.profile.respondent for row in roster] == [name, "Ann"]
    assert warning.code == "roster-encoding-assumed"
    assert f'"{name}"' in warning.message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_an_encoding_that_is_known_is_not_doubted(
    official: Scheme, tmp_path: Path, encoding: str
) -> None:
    """Whatever the letters."""
    names = [name for _, name in GARBLED]
    roster = read_mailed(write_csv(tmp_path, *dict.fromkeys(names), encoding=encoding), official)

    assert not roster.findings


def test_letters_from_a_to_z_are_not_doubted(official: Scheme, tmp_path: Path) -> None:
    """They are the same in every encoding."""
    assert not read_mailed(write_csv(tmp_path, "Ann", encoding="cp1252"), official).findings


def test_one_damaged_byte_is_named_and_spoils_nothing_else(
    official: Scheme, tmp_path: Path
) -> None:
    """Text in UTF-8 stays text in UTF-8: no name turns into JÃ¼rgen."""
    path = write_csv(tmp_path, "Jürgen", "Łukasz", "Zoë", encoding="utf-8")
    path.write_bytes(path.read_bytes().replace("Zoë".encode(), b"Zo\xeb"))
    (finding,) = roster_findings(path, official)

    assert (finding.code, finding.place.row) == ("roster-encoding", 4)
    assert "0xEB" in finding.message


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32"])
def test_wide_text_that_does_not_say_so_is_refused(
    official: Scheme, tmp_path: Path, encoding: str
) -> None:
    """It is no table of anything."""
    path = write_csv(tmp_path, "Jürgen", encoding=encoding)

    assert [finding.code for finding in roster_findings(path, official)] == ["roster-encoding"]


def test_many_names_are_counted(official: Scheme, tmp_path: Path) -> None:
    """Each once, in headings and teams as well; of many the first, the least certain ahead."""
    path = write_csv(tmp_path, *(f"Jürgen {n}" for n in range(30)), "Hélène", encoding="cp1252")
    (warning,) = read_roster(path, official).findings

    assert warning.message.count('"Jürgen') == 9
    assert '"Hélène", "Jürgen 0"' in warning.message
    assert "21 more" in warning.message


@pytest.mark.parametrize(
    ("value", "certainty"),
    [
        ("JŸrgen", Certainty.IMPLAUSIBLE),
        ("RenÃ©e", Certainty.IMPLAUSIBLE),
        ("GrÃ¶ÃŸe", Certainty.IMPLAUSIBLE),
        ("ÀÉÈ", Certainty.IMPLAUSIBLE),
        ("Þór", Certainty.UNSURE),
        ("Ó hÉanaí", Certainty.UNSURE),
        ("Mª José", Certainty.UNSURE),
        ("Col·lecció", Certainty.UNSURE),
        ("«Été»", Certainty.UNSURE),
        ("ÉCOLE", Certainty.SHARED),
        ("100 €", Certainty.SHARED),
    ],
)
def test_values_are_judged(value: str, certainty: Certainty) -> None:
    assert judge_value(value) is certainty


def test_commands_say_what_is_doubtful(tmp_path: Path) -> None:
    """Both commands that make workbooks warn; a round refuses what may be wrong, and makes none."""
    path = write_csv(tmp_path, "Jürgen", encoding="cp1252")
    built = run("build", "--roster", path, "-o", tmp_path / "out")
    assert '"Jürgen"' in built.stderr
    folder = new_campaign(tmp_path, 1).folder
    (folder / "roster.csv").write_bytes(path.read_bytes())
    assert '"Jürgen"' in run("campaign", "build", folder).stderr
    write_csv(folder, "Bjšrn", encoding="cp1252")
    refused = run("campaign", "build", folder, code=1)
    assert '"Bjšrn"' in refused.stderr
    assert len(list((folder / "workbooks").iterdir())) == 1
