"""Builds each person's workbook once, and again where its row changed."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from iml4e_xlsx.campaign.folder.campaign import Campaign, open_campaign
from iml4e_xlsx.campaign.record import people
from iml4e_xlsx.campaign.record.mails import MailState
from iml4e_xlsx.errors import RosterError
from iml4e_xlsx.model import Profile
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.workbook.workbook_layout import layout_of
from tests.support.building import ANN, BEN, ids, names, renamed, state
from tests.support.campaigns import (
    NOW,
    Row,
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


def files_of(campaign: Campaign) -> list[str]:
    return sorted(path.name for path in campaign.workbooks.iterdir())


def test_a_workbook_has_what_the_row_says(tmp_path: Path) -> None:
    """Profile, target and the id that the record knows; the folder has one for each person."""
    row = Row(
        name="Ann Müller", mail="ann@example.org", organisation="Werk & Söhne", team="=Red",
        role="Lead", target="2 BB=1", sector="Energy", size="SME",
    )  # fmt: skip
    with built_campaign(tmp_path, [row, BEN]) as (campaign, record):
        path = workbook_of(campaign, record, "ann@example.org")
        with WorkbookReader(campaign.known_schemes()) as reader:
            found = reader.assess(path).response
        assert len(list(campaign.workbooks.iterdir())) == 2
        assert found.workbook_id == person_of(record, "ann@example.org").workbook_id

    assert found.targets == {"AA": 2, "BB": 1}
    assert found.profile == Profile(
        organisation="Werk & Söhne", sector="Energy", size="SME", team="=Red",
        respondent="Ann Müller", role="Lead",
    )  # fmt: skip
    assert path.name == "werk-sohne-red-ann-muller.xlsx"


def test_a_german_round_names_files_as_germans_do(tmp_path: Path) -> None:
    row = Row(name="Ann Müller", mail="ann@example.org", organisation="Org", team="Prüfung")
    campaign = new_campaign(tmp_path, [row, BEN], language="de")
    with record_of(campaign) as record:
        build(campaign, record)
        assert files_of(campaign) == ["org-pruefung-ann-mueller.xlsx", "org-red-ben.xlsx"]


def test_a_round_keeps_the_names_that_its_files_have(tmp_path: Path) -> None:
    """As one of an earlier release: for those who come later as well, so that no two are alike."""
    ann = Row(name="Ann Müller", mail="ann@example.org", organisation="Org", team="Red")
    later = [
        Row(name=name, mail=f"{number}@example.org", organisation="Org", team="Red")
        for number, name in enumerate(("Jörg", "Muller"))
    ]
    with built_campaign(tmp_path, [ann, BEN]) as (campaign, record):
        change_settings(campaign.folder, language="de")
        german = open_campaign(campaign.folder)
        before = state(campaign.folder)
        assert build(german, record).made == ()
        assert (
            state(campaign.folder).items()
            >= {key: value for key, value in before.items() if key.endswith(".xlsx")}.items()
        )
        write_roster(campaign.folder, [ann, BEN, *later])
        build(german, record)

        assert files_of(campaign) == [
            "org-red-ann-muller.xlsx", "org-red-ben.xlsx", "org-red-jorg.xlsx",
            "org-red-muller.xlsx",
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "organisation"),
    [
        ("../../etc/passwd", "Org"),
        ("CON", ""),
        ("李明", ""),
        ("a/b\\c:d*?", "<>|"),
        ("x" * 120, "Org"),
    ],
)
def test_file_names_are_safe(tmp_path: Path, name: str, organisation: str) -> None:
    """Whatever a name holds, the workbook lies in its folder under a plain name."""
    row = Row(name=name, mail="a@example.org", organisation=organisation, team="")
    with built_campaign(tmp_path, [row]) as (campaign, _):
        (path,) = campaign.workbooks.iterdir()

    assert path.name.isascii()
    assert path.name.removesuffix(".xlsx").replace("-", "").isalnum()
    assert path.stem != "con"
    assert len(path.name) < 100


def test_building_again_makes_nothing(tmp_path: Path) -> None:
    """Neither content nor time of any workbook changes."""
    with built_campaign(tmp_path, 3) as (campaign, record):
        before = state(campaign.folder)
        done = build(campaign, record)

        assert (done.made, done.unchanged) == ((), 3)
        assert state(campaign.folder) == before


def test_only_a_changed_row_gets_a_new_workbook(tmp_path: Path) -> None:
    """In the place of the old one, with the same id; all others stay."""
    with built_campaign(tmp_path, 3) as (campaign, record):
        before, known = state(campaign.folder), ids(campaign)
        write_roster(campaign.folder, [ANN, renamed(BEN, role="lead"), rows(3)[2]])
        done = build(campaign, record)
        after = state(campaign.folder)

        assert names(done.made) == ["Ben"]
        assert [name for name in after if after[name] != before[name]] == ["org-red-ben.xlsx"]
        assert ids(campaign) == known


@pytest.mark.parametrize("change", ["organisation", "team", "name", "sector", "size", "target"])
def test_each_column_of_the_workbook_counts(tmp_path: Path, change: str) -> None:
    """What stands in the workbook makes a new one; the order of the rows does not."""
    with built_campaign(tmp_path, [ANN, BEN]) as (campaign, record):
        write_roster(campaign.folder, [BEN, ANN])
        assert build(campaign, record).made == ()
        value = "1" if change == "target" else "Other"
        write_roster(campaign.folder, [BEN, renamed(ANN, **{change: value})])
        assert len(build(campaign, record).made) == 1
        assert build(campaign, record).made == ()


def test_a_changed_scheme_makes_new_workbooks(tmp_path: Path) -> None:
    """A text that was edited in the campaign's copy reaches everybody."""
    with built_campaign(tmp_path, 2) as (campaign, record):
        path = campaign.scheme_path / "scheme.yaml"
        path.write_text(path.read_text("utf-8").replace("Small Assessment", "Tiny"), "utf-8")

        assert len(build(campaign, record).made) == 2


def test_a_renamed_person_keeps_the_id_and_loses_the_old_file(tmp_path: Path) -> None:
    """One workbook for each person, under the new name."""
    with built_campaign(tmp_path, 2) as (campaign, record):
        known = ids(campaign)
        write_roster(campaign.folder, [renamed(ANN, name="Anna"), BEN])
        done = build(campaign, record)

        assert names(done.made) == ["Anna"]
        assert list(state(campaign.folder)) == ["org-red-anna.xlsx", "org-red-ben.xlsx"]
        assert ids(campaign) == {"Anna": known["Ann"], "Ben": known["Ben"]}


def test_names_that_are_swapped_swap_the_files(tmp_path: Path) -> None:
    """Each person's file is the one with the person's id."""
    with built_campaign(tmp_path, 2) as (campaign, record):
        known = ids(campaign)
        write_roster(campaign.folder, [renamed(ANN, name="Ben"), renamed(BEN, name="Ann")])
        build(campaign, record)

        assert ids(campaign) == {"Ben": known["Ann"], "Ann": known["Ben"]}
        assert workbook_of(campaign, record, ANN.mail).name == "org-red-ben.xlsx"
        assert build(campaign, record).made == ()


def test_a_new_address_is_somebody_new(tmp_path: Path) -> None:
    """Nobody is taken for somebody else; that it may be one person is said once it matters."""
    with built_campaign(tmp_path, [ANN, BEN]) as (campaign, record):
        before = person_of(record, ANN.mail)
        write_roster(campaign.folder, [renamed(ANN, mail="other@example.org"), BEN])
        done = build(campaign, record)
        now = person_of(record, "other@example.org")
        assert (names(done.unlisted), done.namesakes) == (["Ann"], ())
        assert now.workbook_id != before.workbook_id

        with record.begin(NOW) as tx:
            note_mail(tx, before, MailState.SENT)
        ((who, lost),) = build(campaign, record).namesakes
        assert (who.mail, lost.mail) == ("other@example.org", ANN.mail)
        out = run("campaign", "build", campaign.folder).stdout
        assert f"iml4e campaign readdress {ANN.mail} other@example.org" in out

        write_roster(campaign.folder, [Row(name="Ann", mail="x@example.org", team="Else"), BEN])
        assert build(campaign, record).namesakes == ()


def test_a_removed_row_and_one_that_comes_back(tmp_path: Path) -> None:
    """Nobody is made again for it, and the person is the same as before."""
    with built_campaign(tmp_path, 2) as (campaign, record):
        before = ids(campaign)
        write_roster(campaign.folder, [ANN])
        done = build(campaign, record)
        assert (names(done.unlisted), done.made) == (["Ben"], ())
        write_roster(campaign.folder, [ANN, BEN])
        done = build(campaign, record)
        assert (done.unlisted, done.made) == ((), ())
        assert ids(campaign) == before


def test_a_language_that_the_scheme_lacks(tmp_path: Path) -> None:
    """The workbook is in the scheme's own language, and who that concerns is said."""
    with built_campaign(tmp_path, [renamed(ANN, language="de"), BEN]) as (campaign, record):
        assert names(build(campaign, record).other_language) == ["Ann"]
        out = run("campaign", "build", campaign.folder).stdout
        with WorkbookReader(campaign.known_schemes()) as reader:
            read = reader.assess(workbook_of(campaign, record, ANN.mail))

    assert read.scheme.language == "en"
    assert "not in the language de: the workbook of 1 person is in en" in out


def test_a_campaign_in_a_language_that_the_scheme_lacks(tmp_path: Path) -> None:
    """Said when it is made, and of those whose row names no language as well."""
    small = built_campaign(tmp_path, 2)
    with small as (campaign, _):
        scheme = campaign.scheme_path
    made = run(
        "campaign", "init", tmp_path / "x", "--name", "R", "--lang", "de", "--scheme", scheme
    )
    assert "no texts in the language de" in made.stderr
    write_roster(tmp_path / "x", rows(2))
    assert "the workbooks of 2 people are in en" in run("campaign", "build", tmp_path / "x").stdout


def test_mistakes_in_the_roster_build_nothing(tmp_path: Path) -> None:
    """Everything that is wrong is said, and neither folder nor record changes."""
    campaign = new_campaign(tmp_path, [renamed(ANN, mail="x"), renamed(BEN, language="fr")])
    with record_of(campaign) as record:
        with pytest.raises(RosterError) as caught:
            build(campaign, record)
        with record.begin(NOW) as tx:
            assert people.all_people(tx) == []

    assert [one.place.row for one in caught.value.findings] == [2, 3]
    assert not campaign.workbooks.exists()
    run("campaign", "build", campaign.folder, code=1)


def test_who_has_been_mailed_an_earlier_workbook_is_told(tmp_path: Path) -> None:
    """After a change, those who have the old one are counted."""
    with built_campaign(tmp_path, 2) as (campaign, record):
        ann = person_of(record, ANN.mail)
        with record.begin(NOW) as tx:
            note_mail(tx, ann, MailState.SENT)
        write_roster(campaign.folder, [renamed(ANN, role="x"), renamed(BEN, role="x")])

        assert names(build(campaign, record).mailed) == ["Ann"]


def test_who_has_answered_needs_no_new_workbook(tmp_path: Path) -> None:
    """They are told apart, and a new target that no result will have is told once."""
    with built_campaign(tmp_path, 2) as (campaign, record):
        for mail in (ANN.mail, BEN.mail):
            person = person_of(record, mail)
            with record.begin(NOW) as tx:
                note_mail(tx, person, MailState.SENT)
        answer(campaign, record, ANN.mail)
        changed = [renamed(ANN, target="2", role="x"), renamed(BEN, target="2", role="x")]
        write_roster(campaign.folder, changed)
        out = run("campaign", "build", campaign.folder).stdout
        assert f"not answered yet: {BEN.mail}." in out
        assert f"Answered already: {ANN.mail}." in out
        assert f"another target for {ANN.mail}, who has answered" in out

        write_roster(campaign.folder, [renamed(one, role="y") for one in changed])
        done = build(campaign, record)
        assert (names(done.mailed), names(done.answered)) == (["Ben"], ["Ann"])
        assert done.retargeted == ()


def test_who_has_declined_needs_no_new_workbook(tmp_path: Path) -> None:
    """Nobody is told to mail them one."""
    with built_campaign(tmp_path, 2) as (campaign, record):
        for mail in (ANN.mail, BEN.mail):
            person = person_of(record, mail)
            with record.begin(NOW) as tx:
                note_mail(tx, person, MailState.SENT)
        run("campaign", "decline", BEN.mail, "-C", campaign.folder)
        write_roster(campaign.folder, [renamed(ANN, role="x"), renamed(BEN, role="x")])

        assert names(build(campaign, record).mailed) == ["Ann"]


def test_a_roster_that_is_older_than_the_last_one_is_refused(tmp_path: Path) -> None:
    """As of a second facilitator, whose copy of the folder lacks the person that came later."""
    with built_campaign(tmp_path, [ANN]) as (campaign, record):
        roster = campaign.folder / "roster.csv"
        old, age = roster.read_bytes(), roster.stat()
        os.utime(write_roster(campaign.folder, [ANN, BEN]), (age.st_mtime + 60,) * 2)
        build(campaign, record)
        roster.write_bytes(old)
        os.utime(roster, (age.st_mtime, age.st_mtime))
        said = run("campaign", "build", campaign.folder, code=1).stderr
        assert "save it again" in said
        assert ids(campaign).keys() == {"Ann", "Ben"}

        os.utime(roster, (age.st_mtime + 120,) * 2)  # saved again: it is right
        assert names(build(campaign, record).unlisted) == ["Ben"]


def test_who_left_the_roster_is_told_once(tmp_path: Path) -> None:
    """By the build that took note of it; the status counts them."""
    with built_campaign(tmp_path, 2) as (campaign, record):
        write_roster(campaign.folder, [ANN])
        assert names(build(campaign, record).unlisted) == ["Ben"]
        assert build(campaign, record).unlisted == ()


def test_settings_of_mails_alone_make_nothing_again(tmp_path: Path) -> None:
    """They are not in the workbook."""
    with built_campaign(tmp_path, 1) as (campaign, _):
        change_settings(campaign.folder, name="Other", **{"smtp.host": "h"})
        assert "0 workbooks made, 1 up to date" in run("campaign", "build", campaign.folder).stdout


def test_deadline_and_contact_are_in_the_workbook(tmp_path: Path) -> None:
    """A later deadline and another address for replies make it again, with both in it."""
    with built_campaign(tmp_path, 1) as (campaign, _):
        change_settings(
            campaign.folder,
            deadline=date(2027, 3, 4),
            **{"sender.name": "Fay", "sender.reply_to": "answers@example.org"},
        )
        assert "1 workbook made, 0 up to date" in run("campaign", "build", campaign.folder).stdout
        (path,) = campaign.workbooks.glob("*.xlsx")
        cover = layout_of(campaign.load_scheme()).cover
        sheet = openpyxl.load_workbook(path)[cover.sheet]
        notice = str(sheet.cell(cover.NOTICE + 1, cover.LABEL + 1).value)

        assert notice.split("\n")[1:] == [
            "Please send it back by 4 March 2027.",
            "Questions: Fay, answers@example.org",
        ]


def test_a_language_of_nobody_is_said(tmp_path: Path) -> None:
    """As in a roster's row: not one that is silently another."""
    campaign = new_campaign(tmp_path)
    change_settings(campaign.folder, language="fr")
    said = run("campaign", "build", campaign.folder, code=1).stderr

    assert 'campaign.toml: language is "fr"' in said
    assert "Choose one of: en, de" in said
    assert not campaign.workbooks.exists()


def test_an_international_domain_of_the_sender_is_written_in_ascii(tmp_path: Path) -> None:
    """As those of the roster are."""
    with built_campaign(
        tmp_path, 1, **{"sender.mail": "eva@bücher.example", "sender.reply_to": "a@müller.example"}
    ) as (campaign, _):
        run("campaign", "send", campaign.folder, "--eml", tmp_path / "d")
    (draft,) = (tmp_path / "d").iterdir()

    assert b"<eva@xn--bcher-kva.example>" in draft.read_bytes()
    assert b"Reply-To: a@xn--mller-kva.example" in draft.read_bytes()


def test_line_ends_of_git_on_windows_change_no_workbook(tmp_path: Path) -> None:
    """A clone with core.autocrlf has other bytes of the scheme, and no other text."""
    with built_campaign(tmp_path, 2) as (campaign, record):
        for path in campaign.scheme_path.rglob("*.yaml"):
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
        assert build(campaign, record).made == ()
