"""Which record a campaign opens, and which ones it refuses, so that nobody is mailed twice."""

from __future__ import annotations

import re
import shutil
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.corrections.forget import forget
from iml4e_xlsx.campaign.corrections.readdress import readdress
from iml4e_xlsx.campaign.folder.campaign import Campaign, open_campaign
from iml4e_xlsx.campaign.folder.record_access import open_record
from iml4e_xlsx.campaign.previous import read_previous_results
from iml4e_xlsx.campaign.record import people
from iml4e_xlsx.campaign.record.connection import Record, sqlite_url
from iml4e_xlsx.campaign.record.record_copy import copy_record
from iml4e_xlsx.errors import CampaignError, RecordError
from tests.support.campaigns import (
    NOW,
    answer,
    build,
    built_campaign,
    change_settings,
    new_campaign,
    rows,
    run,
    write_roster,
)

COMMANDS = (
    ["build"],
    ["send"],
    ["remind"],
    ["status"],
    ["collect", "."],
    ["report", "-o", "r.html"],
)


def refused(campaign: Campaign, *words: str, database: str = "") -> None:
    """See that a campaign's record is refused, by each command."""
    for command in COMMANDS:
        args = ("campaign", *command, "-C", campaign.folder)
        outcome = run(*args, *(("--database", database) if database else ()), code=3)
        for word in words:
            assert word in outcome.stderr, command


def test_a_record_that_is_lost_is_not_begun_anew(tmp_path: Path) -> None:
    """Each command says so and makes nothing."""
    with built_campaign(tmp_path, 2) as (campaign, _):
        file = campaign.folder / "record.sqlite"
    kept = file.rename(tmp_path / "kept")
    refused(campaign, "record.sqlite is missing", "Restore the record")
    assert not file.exists()

    kept.rename(file)
    assert "2 people" in run("campaign", "build", campaign.folder).stdout


def test_a_record_that_knows_nothing_of_it_is_refused(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty database, or that of another campaign, named by mistake."""
    monkeypatch.chdir(tmp_path)
    with built_campaign(tmp_path / "other", 3, database=database) as (other, _):
        open_record(other).close()
    with built_campaign(tmp_path / "this", 2) as (campaign, record):
        answer(campaign, record, "ann@example.org")
    refused(campaign, "does not know this campaign", database=database)


def test_a_file_in_the_folder_is_no_beginning(tmp_path: Path) -> None:
    """Somebody has put it there; an original that was collected is one, without any workbook."""
    campaign = new_campaign(tmp_path, 2)
    campaign.returned.mkdir()
    (campaign.returned / "answers of Ann.xlsx").write_bytes(b"x")
    assert "2 people" in run("campaign", "build", campaign.folder).stdout

    with closing(open_record(campaign)) as record:
        answer(campaign, record, "ann@example.org")
    shutil.rmtree(campaign.workbooks)
    (campaign.folder / "record.sqlite").unlink()
    refused(campaign, "record.sqlite is missing")


def test_another_database_before_the_first_build(tmp_path: Path, database: str) -> None:
    """Nothing has happened then that could be forgotten."""
    campaign = new_campaign(tmp_path, 2)
    run("campaign", "build", campaign.folder, "--database", database)
    assert (
        "2 not mailed yet"
        in run("campaign", "status", campaign.folder, "--database", database).stdout
    )


def test_a_path_in_the_settings_is_seen_from_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever a command runs, and after both were moved; one that is typed is seen from here."""
    monkeypatch.chdir(tmp_path)
    url = "sqlite:///beside.sqlite"
    run("campaign", "init", "deep/round", "--name", "Round", "--database", url)
    assert 'database = "sqlite:///../../beside.sqlite"' in (
        tmp_path / "deep/round/campaign.toml"
    ).read_text(encoding="utf-8")
    (tmp_path / "moved").mkdir()
    for name in ("deep", "beside.sqlite"):
        shutil.move(name, "moved")
    monkeypatch.chdir(tmp_path / "moved/deep")
    with closing(open_record(open_campaign("round"))) as record:
        assert Path(record.where).samefile(tmp_path / "moved/beside.sqlite")
    assert open_campaign("round", database=url).database == url


def test_a_record_that_was_copied_is_closed(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two that go on apart would mail everybody twice; what is said to be written works."""
    monkeypatch.chdir(tmp_path)
    if database.startswith("sqlite"):
        database = "sqlite:///grown.sqlite"
    with built_campaign(tmp_path, 2) as (campaign, record):
        answer(campaign, record, "ann@example.org")
    said = run("campaign", "copy-record", "-C", campaign.folder, database).stdout
    refused(campaign, "was copied to")
    (setting,) = (line for line in said.splitlines() if line.startswith("database = "))
    told = run("campaign", "status", campaign.folder, code=3).stderr
    (named,) = re.findall(r'database = "([^"]+)"', told)
    assert (Path(named.partition(":///")[2]).is_absolute()) == database.startswith("sqlite")
    path = campaign.folder / "campaign.toml"
    path.write_text(f"{setting}\n{path.read_text(encoding='utf-8')}", encoding="utf-8")
    if not database.startswith("sqlite"):
        monkeypatch.setenv("IML4E_DATABASE", database)  # its password is written nowhere

    assert "1 of 2" in run("campaign", "status", campaign.folder).stdout
    assert "0 workbooks made" in run("campaign", "build", campaign.folder).stdout
    outcome = run("campaign", "copy-record", "-C", campaign.folder, database, code=3)
    assert "already" in outcome.stderr


def test_who_is_erased_is_erased_from_the_copied_record_too(tmp_path: Path) -> None:
    """It lies in the folder still."""
    with built_campaign(tmp_path, 2) as (campaign, record):
        answer(campaign, record, "ann@example.org", evidence={"AA-01": "quotation"})
        url = sqlite_url(tmp_path / "grown.sqlite")
        with closing(Record(url, campaign.settings.id)) as target:
            copy_record(record, target, now=NOW)
            now = open_campaign(campaign.folder, database=url)
            forget(now, target, "ann@example.org", keep_ratings=True, now=NOW)
        with record.begin(NOW) as tx:
            assert [person.name for person in people.all_people(tx)] == ["Ben"]
    data = (campaign.folder / "record.sqlite").read_bytes()
    assert b"ann@example.org" not in data
    assert b"quotation" not in data


def test_who_was_readdressed_since_is_erased_from_the_copied_record_too(tmp_path: Path) -> None:
    """It has the person by the address of then."""
    ann, ben = rows(2)
    new = replace(ann, mail="azalea@new.example")
    with built_campaign(tmp_path, [ann, ben]) as (campaign, record):
        url = sqlite_url(tmp_path / "grown.sqlite")
        with closing(Record(url, campaign.settings.id)) as target:
            copy_record(record, target, now=NOW)
            now = open_campaign(campaign.folder, database=url)
            readdress(now, target, ann.mail, new.mail, now=NOW)
            write_roster(now.folder, [new, ben])
            build(now, target)
            forget(now, target, new.mail, keep_ratings=False, now=NOW)
        with record.begin(NOW) as tx:
            assert [person.name for person in people.all_people(tx)] == ["Ben"]
    assert b"ann@example.org" not in (campaign.folder / "record.sqlite").read_bytes()


def test_an_earlier_round_has_a_record_of_its_own(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """IML4E_DATABASE names that of this round; an earlier one may be a file, or there as well."""
    for name, url in (("file", ""), ("server", database)):
        with built_campaign(tmp_path / name, 2, database=url) as (campaign, record):
            answer(campaign, record, "ann@example.org")
    with built_campaign(tmp_path / "now", 2, database=database):
        pass
    monkeypatch.setenv("IML4E_DATABASE", database)
    for name in ("file", "server"):
        change_settings(tmp_path / name / "campaign", database=None)
        found = read_previous_results([tmp_path / name / "campaign"], campaign.known_schemes())
        assert list(found.by_mail) == ["ann@example.org"]

    (tmp_path / "file/campaign/record.sqlite").unlink()
    with pytest.raises((CampaignError, RecordError), match=r"does not know|missing"):
        read_previous_results([tmp_path / "file/campaign"], campaign.known_schemes())
