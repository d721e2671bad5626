"""Originals in the record and at URLs: written, found, moved, erased as in the folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.collect.collect import collect as collect_returns
from iml4e_xlsx.campaign.corrections.assign import assign_file
from iml4e_xlsx.campaign.corrections.disclose import disclose_person
from iml4e_xlsx.campaign.corrections.forget import forget, preview_erasure
from iml4e_xlsx.campaign.corrections.move_originals import (
    copy_originals,
    find_places,
    move_originals,
)
from iml4e_xlsx.campaign.corrections.rebuild_record import rebuild_record
from iml4e_xlsx.campaign.folder.campaign import Campaign, open_campaign
from iml4e_xlsx.campaign.folder.originals import list_originals
from iml4e_xlsx.campaign.folder.remote_originals import RemoteOriginals
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.errors import OriginalsError, ResourceError, SettingsError
from iml4e_xlsx.findings.error_codes import OriginalsErrorCode
from tests.support.campaigns import (
    NOW,
    built_campaign,
    change_settings,
    collect,
    filled_in,
    record_of,
    run,
)
from tests.support.returning import Rounds, all_returned, filled, filled_of, mail, originals

ANN, BEN = "ann@example.org", "ben@example.org"


@pytest.fixture(params=["record", "file", "memory"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Yield each place beside the folder in turn."""
    if request.param != "memory":
        yield "record" if request.param == "record" else f"file://{tmp_path}/shared"
        return
    from fsspec.implementations.memory import MemoryFileSystem

    yield "memory://shared"
    MemoryFileSystem.store.clear()


def kept_at(campaign: Campaign, place: str) -> Campaign:
    """Return a campaign whose settings keep originals in a place, also in one that is for tests."""
    return replace(campaign, settings=replace(campaign.settings, originals=place))


def names_in(campaign: Campaign, record: Record) -> dict[str, list[str]]:
    """Return the names of the originals in each place where some lie."""
    found: dict[str, list[str]] = {}
    with record.begin(NOW) as tx:
        for original in list_originals(tx, campaign):
            found.setdefault(original.store.place, []).append(original.name)
    return found


def contents_in(campaign: Campaign, record: Record) -> set[bytes]:
    """Return the contents of all originals, wherever they lie."""
    with record.begin(NOW) as tx:
        return {original.read() for original in list_originals(tx, campaign)}


def test_each_place_keeps_finds_and_erases(tmp_path: Path, database: str, place: str) -> None:
    """A file with an owner, one aside that gets one, a double; then everything of a person."""
    with built_campaign(tmp_path, 3, database=database, roster="roster.csv") as (made, record):
        campaign = kept_at(made, place)
        answer = filled_in(campaign, record, ANN, {"AA-01": 2})
        lost = tmp_path / "lost.eml"
        data = filled(campaign, 1)
        lost.write_bytes(mail(("x.xlsx", data), sender="who@example.org").as_bytes())
        collect(campaign, record, answer, lost)
        collect(campaign, record, answer)

        assert originals(campaign) == {}
        assert contents_in(campaign, record) == {answer.read_bytes(), data}
        assert {name: len(names) for name, names in names_in(campaign, record).items()} == {
            place: 2
        }
        (aside,) = (one for one in all_returned(record) if one.person is None)
        assert aside.file == f"aside/{sha256(data).hexdigest()[:20]}.xlsx"
        outcome = assign_file(campaign, record, aside.file, ANN, now=NOW)
        assert outcome.file.file == aside.file.replace("aside", "returned")

        files = disclose_person(campaign, record, ANN, now=NOW).files
        start = {"record": "record:"}.get(place, f"{place}/{campaign.settings.id}/")
        assert [name.startswith(start) for name in files] == [
            name.startswith(start) for name in sorted(files)
        ]
        assert sum(name.startswith(start) for name in files) == 2
        planned = preview_erasure(campaign, record, ANN, keep_ratings=False, now=NOW)
        assert forget(campaign, record, ANN, keep_ratings=False, now=NOW).files == planned.files
        assert planned.files == 3  # the workbook that was built is one of them
        assert names_in(campaign, record) == {}


def test_a_second_folder_reads_what_the_first_has_collected(tmp_path: Path, database: str) -> None:
    """What one copy of the folder collected, the other copies out of the record."""
    with built_campaign(
        tmp_path, 2, database=database, roster="roster.csv", originals="record"
    ) as (campaign, record):
        copy = tmp_path / "b"
        shutil.copytree(campaign.folder, copy)
        answer = filled_in(campaign, record, ANN)
        collect(campaign, record, answer)
        other = open_campaign(copy, database=database)
        with record_of(other) as same:
            assert copy_originals(other, same, tmp_path / "out", now=NOW) == 1
        (copied,) = (tmp_path / "out").iterdir()
        assert copied.read_bytes() == answer.read_bytes()
        # And who is forgotten in the other folder is erased there, too.
        with record_of(other) as same:
            forget(other, same, ANN, keep_ratings=False, now=NOW)
        assert names_in(campaign, record) == {}


def test_places_change_and_nothing_is_lost(rounds: Rounds, tmp_path: Path) -> None:
    """Each move finds all, is said, and leaves nothing behind; both places are read before it."""
    (tmp_path / "shared").mkdir()
    chain = ("folder", "record", f"file://{tmp_path}/shared", "folder")
    with rounds.opened(tmp_path, 3) as (made, record):
        folder, files = made.folder, set[bytes]()
        for number, (mail_, chosen) in enumerate(
            zip((ANN, BEN, "cay@example.org", ANN), chain, strict=True)
        ):
            change_settings(folder, originals=chosen)
            campaign = open_campaign(folder)
            answer = tmp_path / f"{number}.xlsx"
            answer.write_bytes(filled_of(campaign, record, mail_, number))
            files.add(answer.read_bytes())
            said = run("campaign", "collect", answer, "-C", folder).output
            assert ("To move them: iml4e campaign originals --move" in said) == (number > 0)
            assert contents_in(campaign, record) == files
            places = find_places(campaign, record, now=NOW)
            assert places.elsewhere == (number or 0)
            said = run("campaign", "originals", folder, "--move").output
            assert said == f"Moved {number} original{'' if number == 1 else 's'} to {chosen}.\n"
            assert contents_in(campaign, record) == files
            assert list(names_in(campaign, record)) == [chosen]
            assert move_originals(campaign, record, now=NOW) == 0
        assert run("campaign", "originals", folder).output == "folder: 4 originals\n"
        assert list((tmp_path / "shared" / made.settings.id).iterdir()) == []
        assert all(name.startswith("returned/") for name in originals(made))


def test_a_place_that_cannot_be_reached_loses_nothing(rounds: Rounds, tmp_path: Path) -> None:
    """A drive that is not mounted any more: nothing is recorded, and the next run has it all."""
    drive = tmp_path / "drive"
    drive.mkdir()
    with rounds.opened(tmp_path, 3, originals=f"file://{drive}") as (campaign, record):
        first, second = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
        first.write_bytes(filled_of(campaign, record, ANN))
        second.write_bytes(filled_of(campaign, record, BEN))
        collect(campaign, record, first)
        drive.rename(tmp_path / "away")
        drive.mkdir()  # the place where it is mounted

        for command in (
            ("campaign", "collect", second, "-C", campaign.folder),
            ("campaign", "forget", ANN, "-C", campaign.folder),
            ("campaign", "originals", campaign.folder),
        ):
            said = run(*command, code=3).output
            assert (
                f"The originals at file://{drive} cannot be reached: there is no folder"
                in " ".join(said.split())
            )
        assert [one.address for one in all_returned(record)] == [ANN]
        assert list(drive.iterdir()) == []

        drive.rmdir()
        (tmp_path / "away").rename(drive)
        run("campaign", "collect", second, "-C", campaign.folder)
        assert contents_in(campaign, record) == {first.read_bytes(), second.read_bytes()}


def test_no_login_is_shown_where_a_server_refuses(
    rounds: Rounds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Libraries quote keys in their words; what was not written whole does not stay."""
    from fsspec.implementations.memory import MemoryFileSystem

    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hidden-value")

    def refuse(*_: object, **__: object) -> None:
        raise OSError("403 for the key hidden-value\nmore")

    with rounds.opened(tmp_path, 2) as (made, record):
        campaign = kept_at(made, "memory://refusing")
        answer = tmp_path / "1.xlsx"
        answer.write_bytes(filled_of(campaign, record, ANN))
        with monkeypatch.context() as patch:
            patch.setattr(MemoryFileSystem, "mv", refuse)
            cause = collect_returns(campaign, record, [answer]).stop_cause
        assert isinstance(cause, OriginalsError)
        assert cause.code is OriginalsErrorCode.UNREACHABLE
        assert "memory://refusing cannot be reached: 403 for the key ***." in str(cause)
        assert all_returned(record) == []
        assert not [path for path in MemoryFileSystem.store if "refusing" in path]
        collect(campaign, record, answer)
        assert contents_in(campaign, record) == {answer.read_bytes()}
    MemoryFileSystem.store.clear()


def test_what_an_ended_run_left_half_written_goes(tmp_path: Path) -> None:
    """Of a file that is there by now; and with a file that is erased."""
    (tmp_path / "shared").mkdir()
    store = RemoteOriginals(f"file://{tmp_path}/shared", "abcd")
    store.prepare()
    folder = tmp_path / "shared" / "abcd"
    store.write("0" * 20 + ".xlsx", b"whole")
    (folder / f".{'0' * 20}.xlsx.12345678.part").write_bytes(b"wh")
    (folder / f".{'1' * 20}.xlsx.12345678.part").write_bytes(b"ha")
    store.sweep()
    assert sorted(path.name for path in folder.iterdir()) == [
        f".{'1' * 20}.xlsx.12345678.part",
        "0" * 20 + ".xlsx",
    ]
    store.remove("1" * 20 + ".xlsx")
    assert store.list_names() == [path.name for path in folder.iterdir()] == ["0" * 20 + ".xlsx"]
    assert folder.stat().st_mode & 0o007 == 0


def test_a_library_that_is_missing_is_named() -> None:
    """With what to install."""
    with pytest.raises(ResourceError, match="s3://bucket needs a library that is not installed"):
        RemoteOriginals("s3://bucket", "abcd").list_names()
    with pytest.raises(OriginalsError, match="a kind of URL that no installed library knows"):
        RemoteOriginals("nothing://bucket", "abcd").list_names()


def test_a_lost_record_is_made_anew_from_a_url(rounds: Rounds, tmp_path: Path) -> None:
    """The originals are fetched from where they lie."""
    (tmp_path / "shared").mkdir()
    with rounds.opened(tmp_path, 2, originals=f"file://{tmp_path}/shared") as (campaign, record):
        answer = tmp_path / "1.xlsx"
        answer.write_bytes(filled_of(campaign, record, ANN))
        collect(campaign, record, answer)
        record.close()
        shutil.rmtree(campaign.copies, ignore_errors=True)
        (campaign.folder / "record.sqlite").unlink()
        assert rebuild_record(campaign, imap=False, now=NOW).answered == 1
        assert originals(campaign) == {}


@pytest.mark.parametrize(
    "value",
    [
        "s3://key:hidden@bucket",
        "s3://bucket?secret=hidden",
        "memory://x",
        "ftp://server/x",
        "http://server/x",
        "file://relative",
        "simplecache::s3://bucket",
        "file:///mnt/team/../../etc",
        "s3://bucket/../other",
        "sftp://me@host/./rounds",
        "/mnt/team",
        "somewhere",
    ],
)
def test_a_place_that_is_none_is_refused(rounds: Rounds, tmp_path: Path, value: str) -> None:
    """And never shown, since it may hold a login."""
    with rounds.opened(tmp_path, 2) as (campaign, _):
        change_settings(campaign.folder, originals=value)
        with pytest.raises(SettingsError, match="originals names no place") as caught:
            open_campaign(campaign.folder)
        assert "hidden" not in str(caught.value)


@pytest.mark.parametrize(
    "value",
    [
        "folder",
        "record",
        "s3://bucket/rounds",
        "sftp://me@host.example.org:2222/rounds",
        "abfs://container@account.dfs.core.windows.net/x",
        "file:///Volumes/Team Drive/rounds",
        "file:///C:/rounds",
    ],
)
def test_places_that_are_taken(rounds: Rounds, tmp_path: Path, value: str) -> None:
    """As they are written."""
    with rounds.opened(tmp_path, 2) as (campaign, _):
        change_settings(campaign.folder, originals=value)
        assert open_campaign(campaign.folder).settings.originals == value
