"""Tests of the settings: everything that is wrong is found, with its line; all else is read."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from iml4e_xlsx.campaign.folder.campaign import init_campaign, open_campaign
from iml4e_xlsx.campaign.folder.mail_server import MailServer
from iml4e_xlsx.campaign.folder.settings import (
    SETTINGS_FILE,
    Settings,
    read_settings,
)
from iml4e_xlsx.campaign.folder.settings_check import SETTING_FIELDS
from iml4e_xlsx.errors import (
    CampaignError,
    SettingsError,
)
from iml4e_xlsx.findings.finding import Finding
from iml4e_xlsx.resources import templates_folder
from tests.support.builders import small_scheme
from tests.support.campaigns import (
    NOW,
    change_settings,
    new_campaign,
    run,
)

PASSWORD = "open-sesame-4711"


@pytest.fixture
def scheme(tmp_path: Path) -> Path:
    """Return the folder of a small scheme."""
    small_scheme(tmp_path / "small", ("AA", "BB"), per_level=2, top=2)
    return tmp_path / "small"


def settings_of(folder: Path, text: str) -> Settings:
    path = folder / SETTINGS_FILE
    path.write_text(f'id = "abcd"\nname = "Round"\ncreated = 2026-11-23\n{text}', encoding="utf-8")
    return read_settings(path)


def mistakes(folder: Path, text: str) -> tuple[Finding, ...]:
    """Return what is wrong with settings."""
    with pytest.raises(SettingsError) as caught:
        settings_of(folder, text)
    findings = caught.value.findings
    assert {finding.place.source for finding in findings} == {str(folder / SETTINGS_FILE)}
    return findings


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
        mail_folders=("INBOX",),
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
    known = {table: set(keys) for table, keys in SETTING_FIELDS.items()}
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


def test_a_password_in_the_settings_is_refused(tmp_path: Path) -> None:
    """A URL with a password does not belong into the folder either, and is not repeated."""
    folder = new_campaign(tmp_path).folder
    for url in (f"postgresql://u:{PASSWORD}@h/d", f"postgresql://u@h/d?password={PASSWORD}"):
        change_settings(folder, database=url)
        for words in (["status"], ["status", "--database", f"sqlite:///{tmp_path}/x"]):
            outcome = run("campaign", *words, "-C", folder, code=1)
            assert "IML4E_DATABASE" in outcome.stderr
            assert PASSWORD not in outcome.output


def test_settings_say_everything_that_is_wrong(tmp_path: Path) -> None:
    """Every mistake in one error, each with its key and what to write."""
    findings = mistakes(
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

    assert [(finding.code, finding.place.line) for finding in findings] == [
        ("setting-wrong-type", 5),
        ("setting-wrong-type", 6),
        ("setting-unknown", 7),
        ("setting-unknown", 8),
        ("setting-mail", 10),
        ("setting-unknown", 11),
        ("setting-wrong-type", 13),
        ("setting-number", 14),
        ("setting-security", 17),
        ("setting-number", 18),
        ("setting-secret", 19),
        ("setting-wrong-type", 21),
        ("setting-secret", 22),
        ("setting-unknown", 23),
    ]
    text = "\n".join(map(str, findings))
    assert "[sender] nmae is not a setting" in text
    assert "near to it or known here: name." in text
    assert "near to it or known here: id, name, created" in text
    assert text.count("environment or the system keyring") == 2


@pytest.mark.parametrize("key", ["id", "name", "created"])
def test_a_missing_key_is_said(tmp_path: Path, key: str) -> None:
    """What identifies the campaign must be there."""
    path = tmp_path / SETTINGS_FILE
    lines = ['id = "abcd"', 'name = "N"', "created = 2026-11-23"]
    path.write_text("\n".join(line for line in lines if not line.startswith(key)))
    with pytest.raises(CampaignError, match=f"{key} is missing"):
        read_settings(path)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('id = "a/b"', "setting-id"),
        ("created = 2026-11-23T10:00:00", "setting-wrong-type"),
        ("name = 2026-11-23", "setting-wrong-type"),
        ("smtp = 1", "setting-not-table"),
        ("[[smtp]]", "setting-not-table"),
        ('[smtp]\nhost = "h"\nsecurity = "none"', "setting-unencrypted"),
        ('[imap]\nhost = "10.0.0.1"\nsecurity = "none"', "setting-unencrypted"),
        ('[imap]\nsecurity = ["tls"]', "setting-wrong-type"),
        ("[imap]\nfolder = []", "setting-wrong-type"),
        ("deadline = 9999-12-31", "setting-day"),
        ("[smtp]\n[smtp]", "setting-table-twice"),
        ("deadline = 0001-01-01", "setting-day"),
        ('[imap]\nfolder = ["INBOX", ""]', "setting-wrong-type"),
        ('[graph]\nfolder = ["inbox", 3]', "setting-wrong-type"),
        ('[imap]\nfolder = ["INBOX", "a\\nb"]', "setting-control-character"),
        ('[smtp]\nlogin = "oauth"', "setting-wrong-type"),
        ('[smtp]\ntoken_command = "a b"', "setting-wrong-type"),
        ('[smtp]\ntoken_command = ["a", 1]', "setting-wrong-type"),
        ('[oauth2]\nprovider = "apple"', "setting-provider"),
        ('[oauth2]\nauthority = "http://login.example.org"', "setting-authority"),
        ('[oauth2]\nauthority = "https://a:b@login.example.org"', "setting-authority"),
        ('[oauth2]\nclient_secret = "x"', "setting-secret"),
        ('[smtp]\nproxy = "socks5://a:b@proxy:1080"', "setting-proxy"),
        ('[oauth2]\nproxy = "proxy:1080"', "setting-proxy"),
        (
            '[smtp]\nhost = "localhost"\nsecurity = "none"\nproxy = "http://proxy:1"',
            "setting-unencrypted",
        ),
        ('[sender]\nmail = "a@b, c@d"', "setting-mail"),
        ('[sender]\nmail = "Ann <a@b>"', "setting-mail"),
        ('[sender]\nreply_to = "ä@example.org"', "setting-mail-letters"),
        ('[sender]\nname = "a\\nBcc: b@c"', "setting-control-character"),
        ('[sender]\nname = "a\\u0000"', "setting-control-character"),
        ('[sender]\nname = "a\\u2028b"', "setting-control-character"),
        ('[sender]\nmail = "a@b\\r\\nBcc: c@d"', "setting-control-character"),
        ('[sender]\nreply_to = "a@b\\u2029c"', "setting-control-character"),
        ('[smtp]\nhost = "a\\nb"', "setting-control-character"),
        ("[reminders]\nmost = 1000000000000", "setting-number"),
        ("[imap]\ndeadline = 2026-12-01", "setting-misplaced"),
        ("[imap]\nfoldr = 1", "setting-unknown"),
        ("[sender]\nx = 1", "setting-unknown"),
    ],
)
def test_a_setting_that_cannot_be_used_is_said(tmp_path: Path, text: str, code: str) -> None:
    """Each kind of mistake, by itself."""
    given = {"id": 'id = "abcd"', "name": 'name = "N"', "created": "created = 2026-11-23"}
    given.pop(text.partition(" = ")[0], None)
    path = tmp_path / SETTINGS_FILE
    path.write_text("\n".join([*given.values(), text]), encoding="utf-8")
    with pytest.raises(SettingsError) as raised:
        read_settings(path)

    assert code in [finding.code for finding in raised.value.findings]
    assert all(finding.place.line for finding in raised.value.findings)


def test_all_services_share_what_asks_for_tokens(tmp_path: Path) -> None:
    """Application, tenant and the way to the provider are the same, whatever a token opens."""
    text = (
        '[smtp]\nhost = "smtp.office365.com"\nlogin = "oauth2"\n'
        '[graph]\nmailbox = "me"\n'
        '[oauth2]\nclient_id = "c"\ntenant = "t"\nproxy = "http://proxy.example.org:3128"\n'
    )
    settings = settings_of(tmp_path, text)
    assert settings.smtp is not None
    assert settings.graph is not None
    assert settings.smtp.tokens == settings.graph.tokens
    assert settings.graph.tokens.proxy == "http://proxy.example.org:3128"


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
    with pytest.raises(
        CampaignError, match=r"campaign.toml.*: The file is not TOML: .* Correct that line"
    ):
        settings_of(tmp_path, text)


def test_settings_of_windows_can_be_read(tmp_path: Path) -> None:
    """With a byte order mark and its line ends; other encodings are refused."""
    path = tmp_path / SETTINGS_FILE
    text = 'id = "abcd"\r\nname = "Büro"\r\ncreated = 2026-11-23\r\n'
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert read_settings(path).name == "Büro"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(CampaignError, match="is not TOML"):
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


@pytest.mark.slow
@hypothesis_settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_whatever_settings_hold_they_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Any value under any key is a setting, or a CampaignError; never another error."""
    folder = tmp_path_factory.getbasetemp()
    lines = []
    for table, keys in SETTING_FIELDS.items():
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
        assert isinstance(found, Settings)


def test_broken_settings_are_said_by_every_command(tmp_path: Path) -> None:
    """In a line, with exit code 1."""
    (tmp_path / SETTINGS_FILE).write_text("name = ")
    for words in (["build"], ["send"], ["status"], ["export"], ["forget", "a@b"]):
        assert "is not TOML" in run("campaign", *words, "-C", tmp_path, code=1).stderr


def test_mistakes_come_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = 'deadlin = 1\nlanguage = 5\n[smtp]\nport = 0\nhots = 1\nhost = 7\n[sender]\nmail = "x"\n'
    lines = [finding.place.line for finding in mistakes(tmp_path, text)]

    assert len(lines) > 3
    assert lines == sorted(lines, key=lambda line: line or 0)
