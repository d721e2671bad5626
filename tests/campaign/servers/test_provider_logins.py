"""Logins at Microsoft's and Google's: finished, aborted, ended; kept in the keyring and nowhere."""

from __future__ import annotations

import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import NoKeyringError

from iml4e_xlsx.campaign.folder.campaign import open_campaign
from iml4e_xlsx.campaign.folder.settings import SETTINGS_FILE
from iml4e_xlsx.campaign.folder.token_settings import TokenSettings
from iml4e_xlsx.campaign.servers.access_tokens import find_tokens
from iml4e_xlsx.campaign.servers.token_keyring import delete_secret, read_secret, save_secret
from iml4e_xlsx.errors import MailError
from tests.support.campaigns import built_campaign, run
from tests.support.mailing import smtp_settings
from tests.support.servers.certificates import Certificates
from tests.support.servers.fixtures import StartsSmtpServers
from tests.support.servers.oauth2 import CLIENT, CLIENT_SECRET, TENANT, OAuth2Server
from tests.support.servers.tokens import TokenGuard

USER = "fay@example.org"


class Drawer(KeyringBackend):
    """A keyring of a test, which takes no more in one entry than that of Windows."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.is_broken = False

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.is_broken:
            raise NoKeyringError(password)
        assert len(password) <= 1_280
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def drawer() -> Iterator[Drawer]:
    before, one = keyring.get_keyring(), Drawer()
    keyring.set_keyring(one)
    yield one
    keyring.set_keyring(before)


@pytest.fixture
def provider(certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> Iterator[OAuth2Server]:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates.authority))
    monkeypatch.setenv("IML4E_SMTP_USER", USER)
    with OAuth2Server(certificates, TokenGuard(USER)) as server:
        yield server


def settings_of(provider: OAuth2Server, kind: str = "microsoft") -> str:
    return (
        f'provider = "{kind}"\nclient_id = "{CLIENT}"\ntenant = "{TENANT}"\n'
        f'authority = "{provider.address}"\n'
    )


def campaign_of(tmp_path: Path, oauth2: str, people: int = 2, **settings: object) -> Path:
    """Return the folder of a built campaign that logs in by tokens of a provider."""
    wanted = {"smtp.host": "127.0.0.1", **settings, "smtp.login": "oauth2"}
    with built_campaign(tmp_path, people, **wanted) as (campaign, _):
        path = campaign.folder / SETTINGS_FILE
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("[oauth2]\n", f"[oauth2]\n{oauth2}", 1), encoding="utf-8")
    return campaign.folder


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_login_at_microsofts_and_a_round_with_it(
    tmp_path: Path,
    drawer: Drawer,
    provider: OAuth2Server,
    smtp_server: StartsSmtpServers,
    certificates: Certificates,
) -> None:
    """A code is shown; sending then renews the token as often as it ends, and shows none."""
    provider.pending = 1
    provider.tokens.lifetime = 2
    server = smtp_server(tokens=provider.tokens)
    settings = smtp_settings(server, certificates)
    folder = campaign_of(tmp_path, settings_of(provider), 5, **settings)
    asked = run("campaign", "login", folder).output
    sent = run("campaign", "send", folder, "--smtp", "--verbose").output

    assert "Open https://microsoft.com/devicelogin in a browser, enter the code ABCD-EFGH" in asked
    assert f"Logged in for {USER}. The login is kept in the keyring" in asked
    assert "Sent: 5." in sent
    assert (len(server.messages), server.logins, provider.refreshes) == (5, 3, 3)
    assert "https://outlook.office.com/SMTP.Send" in provider.scopes[-1]
    # The newest refresh token is kept, whole, though none fits into one entry.
    service = f"iml4e-oauth2@{provider.address.removeprefix('https://')}/{CLIENT}"
    assert read_secret(service, USER) == provider.refresh_tokens[-1]
    shown = (asked + sent).encode() + everything_in(folder)
    assert b"Tr0ub" not in shown
    assert b"VHIwdWI0" not in shown


@pytest.mark.parametrize("error", ["authorization_declined", "expired_token"])
def test_a_login_that_is_aborted(
    tmp_path: Path, drawer: Drawer, provider: OAuth2Server, error: str
) -> None:
    """Nothing is kept, and the next step is said."""
    provider.device_error = error
    folder = campaign_of(tmp_path, settings_of(provider))
    said = run("campaign", "login", folder, code=3).output
    assert (
        "The login of fay@example.org at Microsoft was not finished: AADSTS70016: Declined. No"
        in said
    )
    assert "Run: iml4e campaign login" in said
    assert drawer.kept == {}


def test_an_application_that_may_not(
    tmp_path: Path, drawer: Drawer, provider: OAuth2Server
) -> None:
    provider.device_error = "unauthorized_client"
    said = run("campaign", "login", campaign_of(tmp_path, settings_of(provider)), code=3).output
    assert f"Microsoft grants no token for {USER}: AADSTS70016: Declined. Check client_id" in said


@pytest.mark.parametrize(("mailbox", "user"), [("survey@example.org", None), ("me", USER)])
def test_a_login_for_graph_alone(
    tmp_path: Path, drawer: Drawer, provider: OAuth2Server, mailbox: str, user: str | None
) -> None:
    """Whose mailbox it is, or the sender, logs in; then Graph's tokens are renewed."""
    graph = {"graph.mailbox": mailbox, "sender.mail": USER, "smtp.host": ""}
    folder = campaign_of(tmp_path, settings_of(provider), 2, **graph)
    asked = run("campaign", "login", folder).output
    settings = open_campaign(folder).settings.graph
    assert settings is not None
    token = find_tokens(settings.tokens, "graph", settings.name_user(USER)).find_token()

    assert f"Logged in for {user or mailbox}." in asked
    assert token in provider.tokens.issued
    assert "https://graph.microsoft.com/Mail.Send" in provider.scopes[-1]


def test_a_login_as_somebody_else(tmp_path: Path, drawer: Drawer, provider: OAuth2Server) -> None:
    """It is right for a mailbox that several share, and a mistake otherwise."""
    provider.account = "gus@example.org"
    said = run("campaign", "login", campaign_of(tmp_path, settings_of(provider))).output
    assert "The account is gus@example.org, and not fay@example.org" in said


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (("contoso.example", "other.example"), "knows no tenant other.example"),
        (("https://127.0.0.1:", "https://127.0.0.2:"), r"cannot be reached (ConnectionError)"),
        (('client_id = "', '#client_id = "'), "Write provider and client_id under [oauth2]"),
    ],
)
def test_a_provider_that_does_not_know_us(
    tmp_path: Path, drawer: Drawer, provider: OAuth2Server, changed: tuple[str, str], words: str
) -> None:
    oauth2 = settings_of(provider).replace(*changed)
    said = run("campaign", "login", campaign_of(tmp_path, oauth2), code=3).output
    assert words in said


def test_nothing_to_log_in_to(tmp_path: Path, drawer: Drawer) -> None:
    """A server that takes passwords wants none."""
    with built_campaign(tmp_path, 1, **{"smtp.host": "127.0.0.1"}) as (campaign, _):
        pass
    said = run("campaign", "login", campaign.folder, code=3).output
    assert 'Write login = "oauth2" under [smtp]' in said


def test_a_computer_without_keyring(tmp_path: Path, drawer: Drawer, provider: OAuth2Server) -> None:
    """The token is not written anywhere else, and not repeated from the keyring's error."""
    drawer.is_broken = True
    folder = campaign_of(tmp_path, settings_of(provider))
    said = run("campaign", "login", folder, code=3).output
    assert "this computer has no keyring that can be opened (NoKeyringError)" in said
    assert "Tr0ub" not in said


def test_a_login_that_has_ended(
    tmp_path: Path,
    drawer: Drawer,
    provider: OAuth2Server,
    smtp_server: StartsSmtpServers,
    certificates: Certificates,
) -> None:
    """Before anybody has logged in, and after an administrator has ended it."""
    server = smtp_server(tokens=provider.tokens)
    settings = smtp_settings(server, certificates)
    folder = campaign_of(tmp_path, settings_of(provider), **settings)
    before = run("campaign", "send", folder, "--smtp", code=3).output
    run("campaign", "login", folder)
    provider.refresh_error = "invalid_grant"
    after = run("campaign", "send", folder, "--smtp", code=3).output
    assert "There is no token for fay@example.org. Set IML4E_SMTP_TOKEN" in before
    assert "iml4e campaign login" in before
    assert (
        f"Microsoft no longer accepts the login of {USER}: AADSTS700082: The refresh token has"
        " expired. Log in again"
    ) in after
    assert len(server.messages) == 0


@pytest.mark.parametrize("error", ["", "access_denied"])
def test_a_login_at_googles(
    tmp_path: Path,
    drawer: Drawer,
    provider: OAuth2Server,
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
    error: str,
) -> None:
    """A person logs in in the browser; the secret of the application comes from the environment."""
    provider.device_error = error
    context = certificates.client_context()

    def browse(address: str) -> bool:
        threading.Thread(
            target=lambda: urllib.request.urlopen(address, context=context).close(),  # noqa: S310
            daemon=True,
        ).start()
        return True

    monkeypatch.setattr("webbrowser.open", browse)
    monkeypatch.setenv("IML4E_OAUTH2_SECRET", CLIENT_SECRET)
    folder = campaign_of(tmp_path, settings_of(provider, "google"))
    said = run("campaign", "login", folder, code=3 if error else 0).output
    assert f"in the browser of this computer: {provider.address}/auth?" in said
    assert "Tr0ub" not in said
    if error:
        assert "The login of fay@example.org at Google was not finished: access_denied" in said
        return
    settings = TokenSettings(provider="google", client_id=CLIENT, authority=provider.address)
    tokens = find_tokens(settings, "imap", USER)
    assert provider.tokens.is_valid(tokens.find_token())
    provider.refresh_error = "invalid_grant"
    tokens.discard_token()
    with pytest.raises(MailError, match="Google no longer accepts the login of fay@example"):
        tokens.find_token()


def test_a_secret_is_kept_in_pieces(drawer: Drawer) -> None:
    """A shorter one takes the place of a longer one; what is torn is none."""
    long = "".join(map(chr, range(33, 127))) * 40
    save_secret("s", USER, long)
    assert read_secret("s", USER) == long
    save_secret("s", USER, "short:1")
    assert read_secret("s", USER) == "short:1"
    save_secret("s", USER, long)
    del drawer.kept["s", f"{USER} (2)"]
    assert read_secret("s", USER) == ""
    save_secret("s", USER, long)
    delete_secret("s", USER)
    assert drawer.kept == {}
    drawer.kept["s", USER] = "of somebody else"
    assert read_secret("s", USER) == ""
