"""A campaign's folder and its settings: how they are made, read, moved and refused."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from iml4e_xlsx import output
from iml4e_xlsx.campaign.folder.campaign import init_campaign, open_campaign
from iml4e_xlsx.campaign.folder.settings import (
    SETTINGS_FILE,
    read_settings,
)
from iml4e_xlsx.cli.campaign import _NAMES
from iml4e_xlsx.errors import (
    CampaignError,
    OutputExistsError,
    RecordError,
    SchemeError,
)
from tests.support.builders import small_scheme
from tests.support.campaigns import (
    NOW,
    answer,
    build,
    built_campaign,
    change_settings,
    new_campaign,
    record_of,
    rows,
    run,
    run_process,
    write_roster,
)
from tests.support.servers.common import free_ports
from tests.support.servers.disk import MakesSmallDisks
from tests.support.servers.postgres import PostgresServer

PASSWORD = "open-sesame-4711"


MADE = {"campaign.toml", "roster.xlsx", "roster.csv", "README.txt", "mail", "scheme"}


@pytest.fixture
def scheme(tmp_path: Path) -> Path:
    """Return the folder of a small scheme."""
    small_scheme(tmp_path / "small", ("AA", "BB"), per_level=2, top=2)
    return tmp_path / "small"


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files of a campaign, without the copies of its record."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.parent.name != "copies"
    }


def test_init_makes_a_folder_that_is_ready(tmp_path: Path, scheme: Path) -> None:
    """Settings, both rosters, texts in both languages, the scheme's own copy, the record."""
    campaign = init_campaign(tmp_path / "a" / "b", name="Herbst „25“", created=NOW, scheme=scheme)
    found = contents(campaign.folder)

    assert {path.name for path in campaign.folder.iterdir()} == {*MADE, "record.sqlite"}
    assert {name for name in found if name.startswith("mail/")} == {
        f"mail/{language}/{kind}.txt"
        for language in ("de", "en")
        for kind in (
            *("calendar", "deadline", "findings", "invitation", "nudge"),
            *("receipt", "reminder", "result"),
        )
    }
    assert found["scheme/scheme.yaml"] == (scheme / "scheme.yaml").read_bytes()
    assert campaign.mail_languages == ("de", "en")
    assert openpyxl.load_workbook(campaign.folder / "roster.xlsx").sheetnames
    assert found["roster.csv"].startswith(b"\xef\xbb\xbfname,mail,")
    assert found["record.sqlite"].startswith(b"SQLite format 3")
    readme = found["README.txt"].decode()
    assert "Herbst „25“\n===========\n" in readme
    for command in set(_NAMES) - {"init", "copy-record"}:
        assert f"  iml4e campaign {command} " in readme


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("file", [SETTINGS_FILE, "record.sqlite"])
def test_a_campaign_is_never_replaced(
    tmp_path: Path, scheme: Path, file: str, *, force: bool
) -> None:
    """Neither its settings nor its record, not even with --force."""
    folder = init_campaign(tmp_path / "c", name="First", created=NOW, scheme=scheme).folder
    for other in {SETTINGS_FILE, "record.sqlite"} - {file}:
        (folder / other).unlink()
    before = contents(folder)
    with pytest.raises(OutputExistsError, match="never replaced"):
        init_campaign(folder, name="Second", created=NOW, scheme=scheme, force=force)

    assert contents(folder) == before


@pytest.mark.parametrize("name", ["roster.xlsx", "roster.csv", "README.txt", "mail", "scheme"])
def test_files_that_are_there_are_not_replaced(tmp_path: Path, scheme: Path, name: str) -> None:
    """Something of the same name stops init, unless --force says otherwise."""
    folder = tmp_path / "c"
    place = folder / name
    if "." in name:
        folder.mkdir()
        place.write_text("precious")
    else:
        place.mkdir(parents=True)
        (place / "mine.txt").write_text("precious")
    before = contents(folder)
    with pytest.raises(OutputExistsError, match="Choose another folder"):
        init_campaign(folder, name="N", created=NOW, scheme=scheme)
    assert contents(folder) == before
    campaign = init_campaign(folder, name="N", created=NOW, scheme=scheme, force=True)

    assert open_campaign(folder) == campaign
    assert place.is_dir() or place.read_bytes() != b"precious"


def test_files_that_are_in_nobodys_way_stay(tmp_path: Path, scheme: Path) -> None:
    """A folder may hold other things, such as a repository."""
    (tmp_path / "c" / ".git").mkdir(parents=True)
    (tmp_path / "c" / "notes.txt").write_text("mine")
    init_campaign(tmp_path / "c", name="N", created=NOW, scheme=scheme)

    assert (tmp_path / "c" / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"name": " "}, CampaignError, "a name of one line"),
        ({"name": "a\nBcc: b"}, CampaignError, "a name of one line"),
        ({"name": "a\x00b"}, CampaignError, "a name of one line"),
        ({"name": "a\u2028b"}, CampaignError, "a name of one line"),
        ({"language": "fr"}, CampaignError, "there are: en, de"),
        ({"scheme": "nosuch"}, SchemeError, "nosuch"),
        ({"database": "mysql://h/d"}, RecordError, "not in mysql"),
        ({"database": "nothing"}, RecordError, "not the URL of a database"),
        ({"database": "sqlite:////nowhere/at/all"}, RecordError, "Check that the folder exists"),
    ],
)
def test_a_failed_init_is_no_campaign(
    tmp_path: Path, scheme: Path, options: dict[str, Any], error: type[Exception], words: str
) -> None:
    """What cannot be used is said, and nothing is left of it, so that it can be done again."""
    given: dict[str, Any] = {"name": "N", "scheme": scheme, **options}
    with pytest.raises(error, match=words):
        init_campaign(tmp_path / "c", created=NOW, **given)
    assert not (tmp_path / "c").exists()
    init_campaign(tmp_path / "c", name="N", created=NOW, scheme=scheme)


@pytest.mark.parametrize("failing", range(9))
def test_an_init_that_breaks_off_takes_back_what_it_wrote(
    tmp_path: Path, scheme: Path, failing: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At whichever file it fails: what was there stays as it was, the rest goes."""
    written = output.write_output
    count = 0

    def failing_write(*args: Any, **options: Any) -> None:
        nonlocal count
        count += 1
        if count > failing:
            raise KeyboardInterrupt
        written(*args, **options)

    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "notes.txt").write_text("mine")
    monkeypatch.setattr("iml4e_xlsx.campaign.folder.campaign.write_output", failing_write)
    with pytest.raises(KeyboardInterrupt):
        init_campaign(tmp_path / "c", name="N", created=NOW, scheme=scheme)

    assert [path.name for path in (tmp_path / "c").iterdir()] == ["notes.txt"]


def test_a_server_that_does_not_answer_makes_no_campaign(tmp_path: Path, scheme: Path) -> None:
    """Exit code 3 with the reason, without the password, and with nothing to clear away."""
    url = f"postgresql+psycopg://u:{PASSWORD}@127.0.0.1:{free_ports(1)[0]}/d"
    outcome = run(
        *("campaign", "init", tmp_path / "c", "--name", "N", "--scheme", scheme),
        *("--database", url),
        code=3,
    )

    assert "Check the address" in outcome.stderr
    assert PASSWORD not in outcome.output
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize("form", ["before-host", "option"])
def test_a_password_is_written_nowhere(
    tmp_path: Path, scheme: Path, postgres: PostgresServer, form: str
) -> None:
    """The record is made with it; no file of the folder has it, as what it is or in its URL."""
    url = postgres.new_database()
    if form == "option":
        place, name = url.replace(f":{postgres.password}", "").rsplit("/", 1)
        url = f"{place}/{name}?password={postgres.password}&application_name=iml4e"
    outcome = run(
        *("campaign", "init", tmp_path / "c", "--name", "N", "--scheme", scheme),
        *("--database", url),
    )
    found = contents(tmp_path / "c")
    with record_of(open_campaign(tmp_path / "c", database=url)) as record, record.begin(NOW):
        pass

    assert not (tmp_path / "c" / "record.sqlite").exists()
    said = read_settings(tmp_path / "c" / SETTINGS_FILE).database
    assert said.startswith(f"postgresql+psycopg://{postgres.user}@127.0.0.1:{postgres.port}/test")
    assert postgres.password not in outcome.output
    assert not [name for name, data in found.items() if postgres.password.encode() in data]


def test_the_database_comes_from_the_nearest_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command line before the environment before the settings before the file beside them."""
    folder = new_campaign(tmp_path).folder
    assert open_campaign(folder).database.endswith("campaign/record.sqlite")
    change_settings(folder, database="sqlite:////settings")
    assert open_campaign(folder).database == "sqlite:////settings"
    monkeypatch.setenv("IML4E_DATABASE", "sqlite:////environment")
    assert open_campaign(folder).database == "sqlite:////environment"
    assert open_campaign(folder, database="sqlite:////told").database == "sqlite:////told"


@pytest.mark.parametrize("name", ["what? #1 100% ünï"])
def test_a_campaign_can_be_moved_and_zipped(tmp_path: Path, name: str) -> None:
    """Under another name, or out of a zip: everything is up to date, and goes on."""
    with built_campaign(tmp_path / "here", 2) as (campaign, record):
        answer(campaign, record, "ann@example.org")
    moved = tmp_path / name
    campaign.folder.rename(moved)
    shutil.make_archive(str(tmp_path / "packed"), "zip", moved)
    unpacked = tmp_path / "again"
    with zipfile.ZipFile(tmp_path / "packed.zip") as archive:
        archive.extractall(unpacked)
    for folder in (moved, unpacked):
        run("campaign", "status", folder)  # any command notes where the folder is used
        before = contents(folder)
        assert "0 workbooks made, 2 up to date" in run("campaign", "build", folder).output
        assert "1 of 2 people" in run("campaign", "status", folder).output
        run("campaign", "export", folder, "--format", "json")
        run("campaign", "send", folder)
        assert {**contents(folder), "record.sqlite": b""} == {**before, "record.sqlite": b""}


def test_a_folder_without_settings_is_no_campaign(tmp_path: Path) -> None:
    """Every command says so, with what to do."""
    for words in (
        ["build"],
        ["send"],
        ["remind"],
        ["collect", "x.xlsx"],
        ["status"],
        ["report", "-o", tmp_path / "r.html"],
        ["export"],
        ["forget", "a@b"],
        ["settle", "a@b", "--sent"],
        ["assign", "x", "a@b"],
    ):
        outcome = run("campaign", *words, "-C", tmp_path, code=1)
        assert f"{tmp_path} is not a campaign folder" in outcome.stderr
        assert "iml4e campaign init" in outcome.stderr
        assert len(outcome.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_the_folder_is_named_once(tmp_path: Path) -> None:
    """As the argument or as an option."""
    folder = new_campaign(tmp_path).folder
    run("campaign", "build", folder)
    outcome = run("campaign", "build", folder, "-C", folder, code=2)

    assert "Name the campaign's folder once" in outcome.stderr


def test_the_current_folder_is_the_campaign(tmp_path: Path) -> None:
    """Without any folder commands work on where they are."""
    folder = new_campaign(tmp_path).folder
    out, err = run_process("campaign", "build", cwd=folder)

    assert "2 workbooks made" in out
    assert err == "Next: iml4e campaign send\n"


@pytest.mark.parametrize("library", ["sqlalchemy", "alembic", "jinja2", "email_validator"])
def test_a_library_that_is_not_installed_is_said(tmp_path: Path, library: str) -> None:
    """Exit code 3, and how to install it; init leaves nothing behind."""
    with built_campaign(tmp_path / "there") as (campaign, _):
        folder = campaign.folder
    if library == "alembic":  # which is asked for where there is something to migrate
        (folder / "record.sqlite").unlink()
        shutil.rmtree(folder / "workbooks")
    before = f"import sys; sys.modules[{library!r}] = None"
    words = ["init", tmp_path / "c", "--name", "N", "--scheme", tmp_path / "there" / "small"]
    code = 0 if library == "email_validator" else 3
    said = run_process("campaign", *words, code=code, before=before)[1]
    if code:
        assert "pip install 'iml4e-xlsx[campaign]'" in said
        assert len(said.splitlines()) == 1
        assert not (tmp_path / "c").exists()
    command = "send" if library == "jinja2" else "build"
    said = run_process("campaign", command, folder, code=3, before=before)[1]
    assert "pip install 'iml4e-xlsx[campaign]'" in said


def test_a_full_disk_leaves_no_half_campaign(
    tmp_path: Path, scheme: Path, small_disk: MakesSmallDisks
) -> None:
    """Init says that there is no room, leaves nothing, and works once there is."""
    refused = 0
    with small_disk(700) as disk:
        ballast = disk / "ballast"
        words = ("campaign", "init", disk / "c", "--name", "N", "--scheme", scheme)
        for free in (4, 20, 40, 60, 80, 100, 120, 140):
            ballast.write_bytes(b"x" * (700 - free) * 1024)
            if (disk / "c").exists():
                shutil.rmtree(disk / "c")
            outcome = run(*words, code=3)
            refused += 1
            assert "No space left on device" in outcome.stderr or "disk is full" in outcome.stderr
            assert len(outcome.stderr.splitlines()) == 1
            assert [path.name for path in disk.iterdir()] == ["ballast"]
        ballast.unlink()
        run(*words)
        assert open_campaign(disk / "c").settings.name == "N"


def test_a_scheme_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    """The campaign's own copy, when somebody has edited it."""
    campaign = new_campaign(tmp_path, 1)
    (campaign.folder / "scheme" / "scheme.yaml").write_text("id: [", encoding="utf-8")
    assert "scheme.yaml" in run("campaign", "build", campaign.folder, code=1).stderr
    shutil.rmtree(campaign.folder / "scheme")
    assert "scheme" in run("campaign", "build", campaign.folder, code=1).stderr


def test_a_campaign_in_the_official_scheme(tmp_path: Path) -> None:
    """Without --scheme it is the one that ships with the package."""
    run("campaign", "init", tmp_path / "c", "--name", "N")
    campaign = open_campaign(tmp_path / "c")
    write_roster(campaign.folder, rows(1))
    with record_of(campaign) as record:
        assert len(build(campaign, record).made) == 1

    assert campaign.load_scheme().id == "iml4e-mlops"
