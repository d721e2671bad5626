"""Logins: from the environment, then the keyring, and nowhere else; a password shows nowhere."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, NoKeyringError

from iml4e_xlsx.campaign.folder.mail_server import MailServer
from iml4e_xlsx.campaign.folder.settings import SETTINGS_FILE
from iml4e_xlsx.campaign.servers.credentials import Login, find_login
from iml4e_xlsx.cli import cli
from iml4e_xlsx.errors import MailError
from tests.support.campaigns import ROOT, built_campaign, new_campaign, run, run_process
from tests.support.mailing import smtp_settings
from tests.support.servers.certificates import Certificates
from tests.support.servers.fixtures import StartsSmtpServers

SMTP = MailServer(protocol="smtp", host="mail.example.org", port=587, security="starttls")
IMAP = MailServer(protocol="imap", host="mail.example.org", port=993, security="tls")
PASSWORD = "Tr0ub4dor-ß-7f3a"


class Drawer(KeyringBackend):
    """A keyring that keeps what a test puts in, or fails as it is told."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.asked: list[tuple[str, str]] = []
        self.error: Exception | None = None

    def get_password(self, service: str, username: str) -> str | None:
        """Return what was put in."""
        self.asked.append((service, username))
        if self.error is not None:
            raise self.error
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Put something in."""
        self.kept[service, username] = password


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take logins out of the environment."""
    for name in ("SMTP_USER", "SMTP_PASSWORD", "IMAP_USER", "IMAP_PASSWORD"):
        monkeypatch.delenv(f"IML4E_{name}", raising=False)


@pytest.fixture(autouse=True)
def drawer() -> Iterator[Drawer]:
    """Return the keyring that is asked."""
    before, one = keyring.get_keyring(), Drawer()
    keyring.set_keyring(one)
    yield one
    keyring.set_keyring(before)


def test_the_environment_comes_first(drawer: Drawer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The keyring is not even asked; each protocol has its own variables."""
    keyring.set_password("iml4e-smtp@mail.example.org", "fay@example.org", "of the keyring")
    monkeypatch.setenv("IML4E_SMTP_PASSWORD", PASSWORD)
    assert find_login(SMTP, "fay@example.org") == Login("fay@example.org", PASSWORD)
    monkeypatch.setenv("IML4E_SMTP_USER", "fay")
    assert find_login(SMTP, "fay@example.org") == Login("fay", PASSWORD)
    assert drawer.asked == []
    with pytest.raises(MailError, match="IML4E_IMAP_USER and IML4E_IMAP_PASSWORD"):
        find_login(IMAP, "fay@example.org")


def test_then_the_keyring(drawer: Drawer, monkeypatch: pytest.MonkeyPatch) -> None:
    """By protocol and host, for the user of the environment or the sender."""
    keyring.set_password("iml4e-imap@mail.example.org", "fay@example.org", "of IMAP")
    keyring.set_password("iml4e-smtp@mail.example.org", "fay@example.org", "of SMTP")
    keyring.set_password("iml4e-smtp@mail.example.org", "ann", "of Ann")
    assert find_login(SMTP, "fay@example.org") == Login("fay@example.org", "of SMTP")
    assert find_login(IMAP, "fay@example.org") == Login("fay@example.org", "of IMAP")
    monkeypatch.setenv("IML4E_SMTP_USER", "ann")
    assert find_login(SMTP, "fay@example.org") == Login("ann", "of Ann")
    assert drawer.asked[-1] == ("iml4e-smtp@mail.example.org", "ann")


@pytest.mark.parametrize(
    "error", [None, KeyringLocked("locked"), NoKeyringError("none"), OSError("no bus")]
)
def test_there_is_none(drawer: Drawer, error: Exception | None) -> None:
    """Whatever is wrong with the keyring, the message says where a password may be put."""
    drawer.error = error
    with pytest.raises(MailError) as raised:
        find_login(SMTP, "fay@example.org")
    said = str(raised.value)

    assert "no password for fay@example.org at mail.example.org:587" in said
    assert "IML4E_SMTP_USER and IML4E_SMTP_PASSWORD" in said
    assert "keyring set iml4e-smtp@mail.example.org fay@example.org" in said
    assert "login = false under [smtp]" in said


def test_there_is_no_user() -> None:
    """Then that is what is missing."""
    with pytest.raises(MailError, match=r"no user at .* keyring set iml4e-\S+ USER"):
        find_login(SMTP, "")


def test_keyring_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment still works."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(MailError, match="no password"):
        find_login(SMTP, "fay@example.org")
    monkeypatch.setenv("IML4E_SMTP_PASSWORD", PASSWORD)
    assert find_login(SMTP, "fay@example.org") is not None


def test_a_server_that_wants_no_login(drawer: Drawer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gets none, even if there is one."""
    monkeypatch.setenv("IML4E_SMTP_PASSWORD", PASSWORD)
    server = MailServer(protocol="smtp", host="h", port=25, security="tls", login=False)
    assert find_login(server, "fay@example.org") is None
    assert drawer.asked == []


def test_a_login_does_not_show_its_password() -> None:
    """Neither by itself nor in what holds it."""
    login = Login("fay", PASSWORD)
    assert "Tr0ub" not in f"{login} {login!r} {[login]} {{'login': {login!r}}}"


@pytest.fixture(scope="module")
def settings_text(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the settings of a new campaign."""
    campaign = new_campaign(tmp_path_factory.mktemp("settings"))
    return (campaign.folder / SETTINGS_FILE).read_text(encoding="utf-8")


@pytest.mark.parametrize("key", ["password", "passwd", "secret", "token", "user", "username"])
@pytest.mark.parametrize("table", ["", "smtp", "imap", "sender"])
def test_settings_take_no_login(tmp_path: Path, settings_text: str, key: str, table: str) -> None:
    """One that is written there is refused, and not repeated in the message."""
    path, text = tmp_path / SETTINGS_FILE, settings_text
    line = f'{key} = "{PASSWORD}"\n'
    path.write_text(
        text.replace(f"[{table}]\n", f"[{table}]\n{line}") if table else line + text,
        encoding="utf-8",
    )
    outcome = run("campaign", "send", tmp_path, code=1)
    where = f"[{table}] {key}" if table else key
    assert f"{where} does not belong in the folder of a campaign" in outcome.stderr
    assert "Tr0ub" not in outcome.output


def options_of(command: click.Command) -> Iterator[tuple[str, str]]:
    """Yield every option of a command and of those below it."""
    context = click.Context(command)
    for param in command.params:
        yield from ((command.name or "", name) for name in (*param.opts, *param.secondary_opts))
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from options_of(below)


def test_no_option_takes_a_password() -> None:
    """A command line is seen by everybody on the machine and kept in its history."""
    found = list(options_of(cli))
    assert ("send", "--smtp") in found
    assert ("collect", "--imap") in found
    signs = ("pass", "pw", "secret", "token", "login", "user", "credential", "auth")
    assert [name for _, name in found if any(sign in name.lower() for sign in signs)] == []


def files_with(folder: Path, text: bytes) -> list[Path]:
    """Return the files of a campaign that hold something."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert folder / "record.sqlite" in files
    return [path for path in files if text in path.read_bytes()]


def test_a_password_shows_nowhere(
    tmp_path: Path,
    smtp_server: StartsSmtpServers,
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Right or wrong: not in what is said, not in any file of the campaign."""
    server = smtp_server(password=PASSWORD, user="fay")
    monkeypatch.setenv("IML4E_SMTP_USER", "fay")
    with built_campaign(tmp_path, 2, **smtp_settings(server, certificates)) as (campaign, _):
        pass
    args = ("campaign", "send", campaign.folder, "--smtp", "--verbose")
    monkeypatch.setenv("IML4E_SMTP_PASSWORD", f"{PASSWORD}x")
    wrong = run(*args, code=3)
    monkeypatch.setenv("IML4E_SMTP_PASSWORD", PASSWORD)
    right = run(*args)

    assert "refuses the login of fay" in wrong.output
    assert (server.logins, len(server.messages)) == (1, 2)
    assert "Tr0ub" not in wrong.output + right.output
    assert files_with(campaign.folder, b"Tr0ub") == []


def test_a_password_of_the_keyring(
    tmp_path: Path, smtp_server: StartsSmtpServers, certificates: Certificates
) -> None:
    """The command finds it in the keyring of the system, and it shows nowhere."""
    server = smtp_server(password=PASSWORD)
    backend = tmp_path / "drawer.py"
    backend.write_text(
        "from keyring.backend import KeyringBackend\n"
        "class Drawer(KeyringBackend):\n"
        "    priority = 1\n"
        "    def get_password(self, service, username):\n"
        f"        assert (service, username) == ('iml4e-smtp@127.0.0.1', 'campaign')\n"
        f"        return {PASSWORD!r}\n"
        "    def set_password(self, service, username, password): ...\n",
        encoding="utf-8",
    )
    env = {
        "IML4E_SMTP_USER": "campaign",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}",
        "PYTHON_KEYRING_BACKEND": "drawer.Drawer",
    }
    with built_campaign(tmp_path, 2, **smtp_settings(server, certificates)) as (campaign, _):
        pass
    said = run_process("campaign", "send", campaign.folder, "--smtp", "--verbose", env=env)

    assert said == ("Sent: 2.\n", "Next, when answers come back: iml4e campaign collect\n")
    assert server.logins == 1
    assert files_with(campaign.folder, b"Tr0ub") == []
