"""Workbooks of a campaign: each made once, again where its row changed, and with what is in it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from iml4e_xlsx.analysis.teams import group_by_team
from iml4e_xlsx.campaign.corrections.forget import forget
from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.record import people
from iml4e_xlsx.campaign.record.mails import MailState
from iml4e_xlsx.campaign.round_report import campaign_assessments
from iml4e_xlsx.campaign.workbooks import WorkbookPool, WorkbookTask
from iml4e_xlsx.errors import CampaignError, ResourceError, RosterError, WorkbookWriteError
from iml4e_xlsx.findings.error_codes import RoundErrorCode
from iml4e_xlsx.model import Profile, Scheme
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.workbook.layout import layout_of
from tests.support.builders import assessment, regular_table, scheme_fields, write_scheme
from tests.support.campaigns import (
    NOW,
    Row,
    all_rated,
    answer,
    build,
    built_campaign,
    change_settings,
    new_campaign,
    note_mail,
    person_of,
    record_of,
    rows,
    run,
    start,
    workbook_of,
    write_roster,
)
from tests.support.servers.common import wait_until
from tests.support.servers.disk import MakesSmallDisks

ANN, BEN = rows(2)


def state(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        path.name: (path.stat().st_mtime_ns, path.read_bytes())
        for path in sorted((folder / "workbooks").iterdir())
    }


def renamed(row: Row, **values: Any) -> Row:
    return replace(row, **values)


def ids(campaign: Campaign) -> dict[str, str]:
    """Return the workbook id by the name that stands in each workbook."""
    with WorkbookReader(campaign.known_schemes()) as reader:
        found = [reader.assess(path).response for path in sorted(campaign.workbooks.glob("*.xlsx"))]
    return {one.profile.respondent: one.workbook_id for one in found}


def names(made: Any) -> list[str]:
    return [person.name for person in made]


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


@pytest.mark.parametrize("harm", ["deleted", "changed", "cut", "folder"])
def test_a_workbook_that_is_not_as_it_was_is_made_again(tmp_path: Path, harm: str) -> None:
    """The same bytes as before, since the same goes into it."""
    with built_campaign(tmp_path, 2) as (campaign, record):
        before = state(campaign.folder)
        path = workbook_of(campaign, record, ANN.mail)
        if harm == "deleted":
            path.unlink()
        elif harm == "changed":
            path.write_bytes(path.read_bytes()[:-1] + b"x")
        elif harm == "cut":
            path.write_bytes(b"")
        else:
            shutil.rmtree(campaign.workbooks)
        done = build(campaign, record)
        after = state(campaign.folder)

        assert len(done.made) == (2 if harm == "folder" else 1)
        assert {name: data for name, (_, data) in after.items()} == {
            name: data for name, (_, data) in before.items()
        }


def test_processes_make_the_same_bytes(tmp_path: Path) -> None:
    """A build of several processes makes what one process makes."""
    pool = WorkbookPool(workers=2, threshold=2)
    with built_campaign(tmp_path, 6) as (campaign, record):
        before = state(campaign.folder)
        shutil.rmtree(campaign.workbooks)
        seen: list[tuple[int, int]] = []
        build(campaign, record, pool=pool, progress=lambda *step: seen.append(step))

        assert {name: data for name, (_, data) in state(campaign.folder).items()} == {
            name: data for name, (_, data) in before.items()
        }
        assert seen == [(number, 6) for number in range(1, 7)]


def test_a_language_that_the_scheme_lacks(tmp_path: Path) -> None:
    """The workbook is in the scheme's own language, and who that concerns is said."""
    with built_campaign(tmp_path, [renamed(ANN, language="de"), BEN]) as (campaign, record):
        assert names(build(campaign, record).other_language) == ["Ann"]
        out = run("campaign", "build", campaign.folder).stdout
        with WorkbookReader(campaign.known_schemes()) as reader:
            read = reader.assess(workbook_of(campaign, record, ANN.mail))

    assert read.scheme.language == "en"
    assert "not in the language de: the workbooks of 1 person are in en" in out


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


def test_a_process_that_is_ended_is_said(tmp_path: Path) -> None:
    """As the system does where memory runs out; what was made stays."""
    with built_campaign(tmp_path, 6) as (campaign, record):
        shutil.rmtree(campaign.workbooks)
        with pytest.raises(ResourceError) as caught:
            build(campaign, record, pool=WorkbookPool(workers=2, threshold=2, build=_die))
        assert caught.value.code is RoundErrorCode.BUILDER_ENDED
        assert len(build(campaign, record).made) == 6


def _die(_task: WorkbookTask) -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    return b""


def test_a_record_from_elsewhere_reaches_no_file_of_ours(tmp_path: Path) -> None:
    """Names that lead out of the folder are refused by what would delete or read them."""
    victim = tmp_path / "victim.txt"
    victim.write_text("precious", encoding="utf-8")
    with built_campaign(tmp_path, 2) as (campaign, record):
        ann = person_of(record, ANN.mail)
        for name in (str(victim), "workbooks/../../victim.txt"):
            with record.begin(NOW) as tx:
                built = people.built_workbooks(tx)[ann.id]
                people.save_workbook(tx, ann.id, replace(built, file=name))
                people.save_workbook(tx, ann.id, built)
            with pytest.raises(CampaignError, match="not in the folder"):
                build(campaign, record)
            with pytest.raises(CampaignError, match="not in the folder"):
                forget(campaign, record, ANN.mail, keep_ratings=False, now=NOW)
    assert victim.read_text(encoding="utf-8") == "precious"


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


def previous_of(scheme: Scheme, path: Path) -> list[float | None]:
    """Return the earlier index of each area, as the summary and the chart's figures have it."""
    book = openpyxl.load_workbook(path, data_only=True)
    layout = layout_of(scheme)
    found = []
    for area in scheme.areas:
        cell = layout.summary.detail_cell(area.code, layout.summary.previous_col)
        value = book[cell.sheet][cell.a1].value
        found.append(value if isinstance(value, int | float) else None)
    return found


def index_of(scheme: Scheme, rating: int) -> float:
    index = assessment(scheme, all_rated(scheme, rating)).result.area("AA").index
    assert index is not None
    return float(index)


def earlier_campaign(tmp_path: Path) -> Campaign:
    """Return an earlier round in which Ann rated all 2 and Cay, of the same team, all 1."""
    with built_campaign(tmp_path, [ANN, *rows(3)[2:]]) as (campaign, record):
        scheme = campaign.load_scheme()
        answer(campaign, record, ANN.mail, all_rated(scheme, 2))
        answer(campaign, record, "cay@example.org", all_rated(scheme, 1))
    return campaign


@pytest.mark.parametrize("kind", ["campaign", "files"])
def test_an_earlier_result_is_the_persons_else_the_teams(tmp_path: Path, kind: str) -> None:
    """From an earlier campaign by the address, from returned files by the name."""
    earlier = earlier_campaign(tmp_path / "spring")
    source = earlier.folder if kind == "campaign" else earlier.returned
    known = renamed(ANN, name="Ann") if kind == "files" else renamed(ANN, name="Anna", team="Blue")
    others = [renamed(BEN, team="Red"), Row(name="Dan", mail="dan@example.org", team="Green")]
    campaign = new_campaign(tmp_path, [known, *others])
    run("campaign", "build", campaign.folder, "--previous", source)
    scheme = campaign.load_scheme()
    with record_of(campaign) as record:
        found = {
            mail: previous_of(scheme, workbook_of(campaign, record, mail))
            for mail in (ANN.mail, BEN.mail, "dan@example.org")
        }
    with record_of(earlier) as record:
        given = campaign_assessments(earlier, record, now=NOW)
    (team,) = group_by_team(given)
    own, merged = index_of(scheme, 2), team.result.area("AA").index

    assert merged is not None
    assert float(merged) != own
    assert found[ANN.mail] == pytest.approx([own] * 2)
    assert found[BEN.mail] == pytest.approx([float(merged)] * 2)
    assert found["dan@example.org"] == [None, None]


def test_the_chart_has_the_earlier_result(tmp_path: Path) -> None:
    """What the radar draws is on the sheet of figures behind it."""
    earlier = earlier_campaign(tmp_path / "spring")
    with built_campaign(tmp_path, [ANN]) as (campaign, record):
        done = build(campaign, record, previous=[earlier.folder])
        scheme = campaign.load_scheme()
        layout = layout_of(scheme)
        book = openpyxl.load_workbook(workbook_of(campaign, record, ANN.mail), data_only=True)
        cells = [layout.calculation.chart_cell(area.code, 2) for area in scheme.areas]

    assert (len(done.made), done.with_previous) == (1, 1)
    assert [book[cell.sheet][cell.a1].value for cell in cells] == pytest.approx(
        [index_of(scheme, 2)] * 2
    )


def test_the_earlier_round_is_remembered(tmp_path: Path) -> None:
    """A build that does not name it makes nothing again; one that takes it back does."""
    earlier = earlier_campaign(tmp_path / "spring")
    with built_campaign(tmp_path, 2) as (campaign, record):
        assert len(build(campaign, record, previous=[earlier.folder]).made) == 2
        assert build(campaign, record).made == ()
        assert build(campaign, record, previous=[earlier.folder]).made == ()
        assert len(build(campaign, record, previous=[]).made) == 2
        assert build(campaign, record).made == ()


def test_an_earlier_result_that_is_none_is_said(tmp_path: Path) -> None:
    """A folder without workbooks, a broken file, a campaign without answers: nothing is built."""
    empty, broken = tmp_path / "empty", tmp_path / "broken"
    empty.mkdir()
    broken.mkdir()
    (broken / "a.xlsx").write_bytes(b"PK\x03\x04 broken")
    blank = new_campaign(tmp_path / "blank").folder
    campaign = new_campaign(tmp_path, 1)
    with record_of(campaign) as record:
        codes = []
        for path in (empty, broken, blank, tmp_path / "nowhere"):
            with pytest.raises(CampaignError) as caught:
                build(campaign, record, previous=[path])
            codes.append(caught.value.code)
        unreadable, no_result = RoundErrorCode.PREVIOUS_UNREADABLE, RoundErrorCode.PREVIOUS_EMPTY
        assert codes == [unreadable, unreadable, no_result, unreadable]
        assert not campaign.workbooks.exists()
        assert len(build(campaign, record).made) == 1


def test_an_earlier_result_of_other_areas_is_left_out(tmp_path: Path) -> None:
    """Areas that both schemes have are shown, others not."""
    table = regular_table(["AA", "ZZ"], 2, 1)
    fields = {**scheme_fields(table, top=2), "id": "other", "version": "0.9.0"}
    other = load_scheme(write_scheme(tmp_path / "spring" / "small", fields))
    with built_campaign(tmp_path / "spring", [ANN], scheme=other) as (earlier, record):
        answer(earlier, record, ANN.mail)
    with built_campaign(tmp_path, [ANN]) as (campaign, record):
        build(campaign, record, previous=[earlier.folder])
        found = previous_of(campaign.load_scheme(), workbook_of(campaign, record, ANN.mail))

    assert found[0] is not None
    assert found[1] is None


def test_who_has_been_mailed_an_earlier_workbook_is_told(tmp_path: Path) -> None:
    """After a change, those who have the old one are counted."""
    with built_campaign(tmp_path, 2) as (campaign, record):
        ann = person_of(record, ANN.mail)
        with record.begin(NOW) as tx:
            note_mail(tx, ann, MailState.SENT)
        write_roster(campaign.folder, [renamed(ANN, role="x"), renamed(BEN, role="x")])

        assert names(build(campaign, record).mailed) == ["Ann"]


def test_a_build_that_is_killed_goes_on(tmp_path: Path) -> None:
    """SIGKILL anywhere: the next build leaves a whole set, and nothing else, up to date."""
    given = rows(8)
    campaign = new_campaign(tmp_path, given)
    for wanted in (1, 4):
        process = start("campaign", "build", campaign.folder)
        end = time.monotonic() + 120
        while time.monotonic() < end and process.poll() is None:
            if len(list(campaign.workbooks.glob("*.xlsx"))) >= wanted:
                break
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    write_roster(campaign.folder, [renamed(given[0], name="Zoe"), *given[1:]])
    with record_of(campaign) as record:
        build(campaign, record)
        assert build(campaign, record).made == ()
        found = ids(campaign)

    assert set(found) == {"Zoe", *(row.name for row in given[1:])}
    assert len(set(found.values())) == 8
    assert len(list(campaign.workbooks.glob("*.xlsx"))) == 8


def test_a_build_that_breaks_off_leaves_no_file_that_was_given_up(tmp_path: Path) -> None:
    """Where it ended before the old files went, the next build removes them."""
    with built_campaign(tmp_path, 2) as (campaign, record):
        write_roster(campaign.folder, [renamed(ANN, name="Anna"), BEN])
        with pytest.raises(KeyboardInterrupt):
            build(campaign, record, progress=_interrupt)
        assert len(state(campaign.folder)) == 3
        build(campaign, record)

        assert list(state(campaign.folder)) == ["org-red-anna.xlsx", "org-red-ben.xlsx"]


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_the_deadline_is_not_in_the_workbook(tmp_path: Path) -> None:
    """Settings that concern mails alone make nothing again."""
    with built_campaign(tmp_path, 1) as (campaign, _):
        change_settings(campaign.folder, deadline=NOW.date(), name="Other", **{"smtp.host": "h"})
        assert "0 workbooks made, 1 up to date" in run("campaign", "build", campaign.folder).stdout


def leave(disk: Path, kilobytes: int) -> None:
    """Fill a disk so that so much is left."""
    free = os.statvfs(disk)
    size = free.f_bavail * free.f_frsize - kilobytes * 1024
    (disk / "ballast").write_bytes(b"x" * max(0, size))


def test_a_full_disk_is_said_and_the_build_goes_on(
    tmp_path: Path, small_disk: MakesSmallDisks
) -> None:
    """Exit code 3, no half workbook; with room again the rest is made."""
    campaign = new_campaign(tmp_path, 4)
    with small_disk(1400) as disk, WorkbookReader(campaign.known_schemes()) as reader:
        shutil.copytree(campaign.folder, disk / "c")
        for kilobytes in (0, 4, 16, 28, 48):
            (disk / "ballast").write_bytes(b"")
            shutil.rmtree(disk / "c" / "workbooks", ignore_errors=True)
            leave(disk, kilobytes)
            said = run("campaign", "build", disk / "c", code=3).stderr
            assert "No space left on device" in said or "disk is full" in said
            assert len(said.splitlines()) == 1
            for path in (disk / "c").glob("workbooks/*"):
                reader.assess(path)
        (disk / "ballast").unlink()
        run("campaign", "build", disk / "c")

        assert len(list((disk / "c" / "workbooks").iterdir())) == 4


def test_a_workbook_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """With the file's name; the rest is made when that is mended."""
    campaign = new_campaign(tmp_path, 2)
    (campaign.workbooks / "org-red-ben.xlsx").mkdir(parents=True)
    with record_of(campaign) as record:
        with pytest.raises(WorkbookWriteError, match=r"org-red-ben.xlsx"):
            build(campaign, record)
        (campaign.workbooks / "org-red-ben.xlsx").rmdir()
        assert names(build(campaign, record).made) == ["Ben"]


def test_killed_it_leaves_no_process_behind(tmp_path: Path) -> None:
    """Those that make workbooks end too: else they would hold on to the caller's pipe for ever."""
    campaign = new_campaign(tmp_path)
    write_roster(campaign.folder, rows(300))
    command = [sys.executable, "-m", "iml4e_xlsx", "campaign", "build", str(campaign.folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        wait_until(lambda: any(campaign.workbooks.glob("*.xlsx")), 120, lambda: "nothing was made")
        process.kill()
        process.communicate(timeout=120)

    assert process.returncode == -signal.SIGKILL
    assert len(list(campaign.workbooks.glob("*.xlsx"))) < 300


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
