"""A campaign's folder and its settings: how they are made, read, moved and refused."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
import zipfile
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from iml4e_xlsx import output
from iml4e_xlsx.campaign.folder.campaign import find_roster, init_campaign, open_campaign
from iml4e_xlsx.campaign.folder.settings import (
    _FIELDS,
    SETTINGS_FILE,
    MailServer,
    Settings,
    read_settings,
)
from iml4e_xlsx.cli.campaign import _NAMES
from iml4e_xlsx.errors import CampaignError, OutputExistsError, RecordError, SchemeError
from iml4e_xlsx.resources import templates_folder
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


def settings_of(folder: Path, text: str) -> Settings:
    path = folder / SETTINGS_FILE
    path.write_text(f'id = "abcd"\nname = "Round"\ncreated = 2026-11-23\n{text}', encoding="utf-8")
    return read_settings(path)


def mistakes(folder: Path, text: str) -> list[str]:
    """Return what is wrong with settings, each mistake without the file's name."""
    with pytest.raises(CampaignError) as caught:
        settings_of(folder, text)
    start = f"{folder / SETTINGS_FILE}: "
    lines = str(caught.value).splitlines()
    assert all(line.startswith(start) for line in lines)
    return [line.removeprefix(start) for line in lines]


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_init_makes_a_folder_that_is_ready(tmp_path: Path, scheme: Path) -> None:
    """Settings, both rosters, texts in both languages, the scheme's own copy, the record."""
    campaign = init_campaign(tmp_path / "a" / "b", name="Herbst „25“", created=NOW, scheme=scheme)
    found = contents(campaign.folder)

    assert {path.name for path in campaign.folder.iterdir()} == {*MADE, "record.sqlite"}
    assert {name for name in found if name.startswith("mail/")} == {
        f"mail/{language}/{kind}.txt"
        for language in ("de", "en")
        for kind in ("invitation", "reminder")
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


def test_new_settings_read_back(tmp_path: Path, scheme: Path) -> None:
    """What init was told stands in the settings; everything else has its default."""
    campaign = init_campaign(
        tmp_path / "c", name=' Q "1" \\ ü 🎉 ', created=NOW, scheme=scheme, language="de"
    )
    again = init_campaign(tmp_path / "d", name="Other", created=NOW, scheme=scheme)

    assert campaign.settings == Settings(
        id=campaign.settings.id,
        name='Q "1" \\ ü 🎉',
        created=date(2026, 11, 23),
        scheme="scheme",
        language="de",
        deadline=None,
        roster="",
        database="",
        sender_name="",
        sender_mail="",
        reply_to="",
        interval_days=7,
        most_reminders=3,
        smtp=None,
        per_minute=0,
        imap=None,
        folder="INBOX",
    )
    assert re.fullmatch("[0-9a-f]{16}", campaign.settings.id)
    assert again.settings.id != campaign.settings.id
    assert open_campaign(tmp_path / "c") == campaign


def test_the_comments_say_every_setting_and_no_other(tmp_path: Path, scheme: Path) -> None:
    """Each key stands in the template, in its table; with the # taken away all can be used."""
    folder = init_campaign(tmp_path / "c", name="N", created=NOW, scheme=scheme).folder
    text = (folder / SETTINGS_FILE).read_text(encoding="utf-8")
    lines = [re.sub(r"^#(?=[a-z_]+ = )", "", line) for line in text.splitlines()]
    document = tomllib.loads("\n".join(lines))
    found = {"": {key for key, value in document.items() if not isinstance(value, dict)}}
    found |= {key: set(value) for key, value in document.items() if isinstance(value, dict)}
    known = {table: set(keys) for table, keys in _FIELDS.items()}
    known["imap"].discard("login")  # as above, the comment says

    assert {**found, "imap": found["imap"] - {"login"}} == known
    (folder / SETTINGS_FILE).write_text("\n".join(lines), encoding="utf-8")
    assert read_settings(folder / SETTINGS_FILE).deadline == date(2026, 12, 7)


def test_the_defaults_in_the_comments_are_the_defaults(tmp_path: Path) -> None:
    """What the template shows as a value is what counts without it."""
    text = (templates_folder() / "campaign" / SETTINGS_FILE).read_text(encoding="utf-8")
    shown = dict(re.findall(r"^#?([a-z_]+) = (\d+|true|false)$", text, re.MULTILINE))
    bare = settings_of(tmp_path, '[smtp]\nhost = "h"\n[imap]\nhost = "h"')

    assert bare.smtp == MailServer(protocol="smtp", host="h", port=587, security="starttls")
    assert bare.imap == MailServer(protocol="imap", host="h", port=993, security="tls")
    assert shown["interval_days"] == str(bare.interval_days)
    assert shown["most"] == str(bare.most_reminders)
    assert shown["login"] == "true"
    assert shown["port"] == "993"


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
    with pytest.raises(OutputExistsError, match="--force"):
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
        ({"database": "nothing"}, RecordError, "no URL of a database"),
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


def test_a_password_in_the_settings_is_refused(tmp_path: Path) -> None:
    """A URL with a password does not belong into the folder either, and is not repeated."""
    folder = new_campaign(tmp_path).folder
    for url in (f"postgresql://u:{PASSWORD}@h/d", f"postgresql://u@h/d?password={PASSWORD}"):
        change_settings(folder, database=url)
        for words in (["status"], ["status", "--database", f"sqlite:///{tmp_path}/x"]):
            outcome = run("campaign", *words, "-C", folder, code=1)
            assert "IML4E_DATABASE" in outcome.stderr
            assert PASSWORD not in outcome.output


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
        before = contents(folder)
        assert "0 workbooks made, 2 up to date" in run("campaign", "build", folder).output
        assert "1 of 2 people" in run("campaign", "status", folder).output
        run("campaign", "export", folder, "--format", "json")
        run("campaign", "send", folder)
        assert {**contents(folder), "record.sqlite": b""} == {**before, "record.sqlite": b""}


def test_settings_say_everything_that_is_wrong(tmp_path: Path) -> None:
    """Every mistake in one error, each with its key and what to write."""
    said = mistakes(
        tmp_path,
        """
language = 5
deadline = "2026-12-18"
deadlin = 2026-12-18
colour = "red"
[sender]
mail = "no address"
nmae = "Fay"
[reminders]
most = true
interval_days = -1
[smtp]
host = "mail.example.org"
security = "ssl"
port = 99999
password = "x"
[imap]
host = 7
user = "x"
[extras]
x = 1
""",
    )

    assert said == [
        "language is 5; write text in quotes.",
        "deadline is '2026-12-18'; write a day such as 2026-12-18, without quotes.",
        "[sender] nmae is no setting. Is name meant?",
        "[reminders] most is true; write a whole number.",
        *[line for line in said if line.startswith("[smtp] password does not belong")],
        "[imap] host is 7; write text in quotes.",
        *[line for line in said if line.startswith("[imap] user does not belong")],
        "deadlin is no setting. Is deadline meant?",
        *[line for line in said if line.startswith("colour is no setting. There are: id,")],
        *[line for line in said if line.startswith("extras is no setting. There are: id,")],
        "[reminders] interval_days is -1; write 0 to 65535.",
        "[smtp] port is 99999; write 0 to 65535.",
        "[sender] mail is 'no address'; write one mail address.",
        "[smtp] security is 'ssl'; write starttls or tls.",
    ]
    assert len(said) == 14
    assert said[8].endswith("sender, reminders, smtp, imap.")
    assert "environment or the system keyring" in said[4]


@pytest.mark.parametrize("key", ["id", "name", "created"])
def test_a_missing_key_is_said(tmp_path: Path, key: str) -> None:
    """What identifies the campaign must be there."""
    path = tmp_path / SETTINGS_FILE
    lines = ['id = "abcd"', 'name = "N"', "created = 2026-11-23"]
    path.write_text("\n".join(line for line in lines if not line.startswith(key)))
    with pytest.raises(CampaignError, match=f"{key} is missing"):
        read_settings(path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('id = "a/b"', "id is to be"),
        ("created = 2026-11-23T10:00:00", "write a day"),
        ("name = 2026-11-23", "name is 2026-11-23; write text in quotes"),
        ("smtp = 1", "write it as a table: [smtp]"),
        ("[[smtp]]", "write it as a table: [smtp]"),
        ('[smtp]\nhost = "h"\nsecurity = "none"', "in the clear"),
        ('[imap]\nhost = "10.0.0.1"\nsecurity = "none"', "in the clear"),
        ('[imap]\nsecurity = ["tls"]', "write text in quotes"),
        ('[sender]\nmail = "a@b, c@d"', "write one mail address"),
        ('[sender]\nmail = "Ann <a@b>"', "write one mail address"),
        ('[sender]\nreply_to = "ä@example.org"', "in plain letters from a to z"),
        ('[sender]\nname = "a\\nBcc: b@c"', "line break"),
        ('[sender]\nname = "a\\u0000"', "line break"),
        ('[sender]\nname = "a\\u2028b"', "line break"),
        ('[sender]\nmail = "a@b\\r\\nBcc: c@d"', "line break"),
        ('[sender]\nreply_to = "a@b\\u2029c"', "line break"),
        ('[smtp]\nhost = "a\\nb"', "line break"),
        ("[reminders]\nmost = 1000000000000", "write 0 to 65535"),
        ("[imap]\ndeadline = 2026-12-01", "above the first [table]"),
        ("[imap]\nfoldr = 1", "Is folder meant?"),
        ("[sender]\nx = 1", "There are: name, mail, reply_to."),
    ],
)
def test_a_setting_that_cannot_be_used_is_said(tmp_path: Path, text: str, words: str) -> None:
    """Each kind of mistake, by itself."""
    given = {"id": 'id = "abcd"', "name": 'name = "N"', "created": "created = 2026-11-23"}
    given.pop(text.partition(" = ")[0], None)
    path = tmp_path / SETTINGS_FILE
    path.write_text("\n".join([*given.values(), text]), encoding="utf-8")
    with pytest.raises(CampaignError, match=re.escape(words)):
        read_settings(path)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", ""])
def test_this_machine_needs_no_encryption(tmp_path: Path, host: str) -> None:
    """Nothing leaves it; no other machine may be talked to in the clear."""
    found = settings_of(tmp_path, f'[smtp]\nhost = "{host}"\nsecurity = "none"')

    assert (found.smtp.port if found.smtp else 25) == 25


@pytest.mark.parametrize(
    "text",
    ["name = 'x", "= 1", 'id = "a"', "a = 1\na = 2", "[x", "\x00", f"a = {'[' * 5000}"],
    ids=range(7),
)
def test_broken_toml_is_said_with_its_line(tmp_path: Path, text: str) -> None:
    """Also a key that stands twice, as where somebody copied a line."""
    with pytest.raises(CampaignError, match=r"campaign.toml is no TOML: .* Mend that line"):
        settings_of(tmp_path, text)


def test_settings_of_windows_can_be_read(tmp_path: Path) -> None:
    """With a byte order mark and its line ends; other encodings are refused."""
    path = tmp_path / SETTINGS_FILE
    text = 'id = "abcd"\r\nname = "Büro"\r\ncreated = 2026-11-23\r\n'
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert read_settings(path).name == "Büro"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(CampaignError, match="is no TOML"):
        read_settings(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(CampaignError, match="cannot be read"):
        read_settings(path)


VALUES = st.one_of(
    st.integers(),
    st.booleans(),
    st.floats(allow_nan=False),
    st.text(max_size=8),
    st.dates().map(lambda day: day.isoformat()),
    st.lists(st.integers(), max_size=2),
)


@hypothesis_settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_whatever_settings_hold_they_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Any value under any key is a setting, or a CampaignError; never another error."""
    folder = tmp_path_factory.getbasetemp()
    lines = []
    for table, keys in _FIELDS.items():
        lines += [f"[{table}]"] if table else []
        for key in keys:
            if table == "" and key in ("id", "name", "created"):
                continue
            if data.draw(st.booleans()):
                value = data.draw(VALUES)
                text = json.dumps(value, ensure_ascii=data.draw(st.booleans()))
                lines.append(f"{key} = {text}")
    try:
        found = settings_of(folder, "\n".join(lines))
    except CampaignError as error:
        assert str(error)  # noqa: PT017 - either is fine
    else:
        assert len(fields(found)) == 17


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
        assert f"{tmp_path} is no campaign" in outcome.stderr
        assert "iml4e campaign init" in outcome.stderr
        assert len(outcome.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_broken_settings_are_said_by_every_command(tmp_path: Path) -> None:
    """In a line, with exit code 1."""
    (tmp_path / SETTINGS_FILE).write_text("name = ")
    for words in (["build"], ["send"], ["status"], ["export"], ["forget", "a@b"]):
        assert "is no TOML" in run("campaign", *words, "-C", tmp_path, code=1).stderr


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


def test_both_rosters_filled_in_is_said(tmp_path: Path) -> None:
    """Which one counts is for the settings to say."""
    folder = new_campaign(tmp_path, 1).folder
    write_roster(folder, rows(2), kind="xlsx")
    outcome = run("campaign", "build", folder, code=1)
    assert "both have rows" in outcome.stderr
    assert 'roster = "roster.xlsx"' in outcome.stderr
    change_settings(folder, roster="roster.csv")
    assert "1 person" in run("campaign", "build", folder).stdout
    change_settings(folder, roster="roster.xlsx")
    assert "2 people" in run("campaign", "build", folder).stdout


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_roster_with_rows_counts(tmp_path: Path, kind: str) -> None:
    """The other one may be empty, or missing."""
    campaign = new_campaign(tmp_path, 2, kind=kind)
    assert find_roster(campaign).name == f"roster.{kind}"
    for name in {"roster.csv", "roster.xlsx"} - {f"roster.{kind}"}:
        (campaign.folder / name).unlink()

    assert find_roster(campaign).name == f"roster.{kind}"


@pytest.mark.parametrize("present", [("roster.csv", "roster.xlsx"), ("roster.csv",), ()])
def test_a_roster_without_rows_is_said(tmp_path: Path, present: tuple[str, ...]) -> None:
    """Empty, or not there at all: where to fill in whom."""
    folder = new_campaign(tmp_path, 0).folder
    for name in {"roster.csv", "roster.xlsx"} - set(present):
        (folder / name).unlink()
    outcome = run("campaign", "build", folder, code=1)

    assert "has no rows yet" in outcome.stderr
    assert str(folder / "roster.xlsx") in outcome.stderr
    assert not (folder / "workbooks").exists()


def test_a_roster_that_is_named_and_missing_is_said(tmp_path: Path) -> None:
    """With its path, and who says that it is there."""
    folder = new_campaign(tmp_path, 1, roster="people.csv").folder
    outcome = run("campaign", "build", folder, code=1)

    assert str(folder / "people.csv") in outcome.stderr
    assert "campaign.toml" in outcome.stderr


def test_a_roster_that_cannot_be_read_is_said_as_such(tmp_path: Path) -> None:
    """Not as one without rows: it may be what somebody has filled in."""
    folder = new_campaign(tmp_path, 0).folder
    (folder / "roster.xlsx").write_bytes(b"PK\x03\x04 broken")
    outcome = run("campaign", "build", folder, code=1)

    assert "roster.xlsx" in outcome.stderr
    assert "no rows" not in outcome.stderr


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
