"""Tests of access tokens: where they come from, how long they are used, and what shows them."""

from __future__ import annotations

import sys

import pytest

from iml4e_xlsx.campaign.folder.token_settings import TokenSettings, name_provider
from iml4e_xlsx.campaign.servers.access_tokens import AccessToken, AccessTokens, find_tokens
from iml4e_xlsx.campaign.servers.token_command import run_token_command
from iml4e_xlsx.errors import MailError

TOKEN = "ya29.Tr0ub-4dor_~+/=="
USER = "fay@example.org"


def printing(text: str) -> tuple[str, ...]:
    return sys.executable, "-c", f"print({text!r})"


def test_a_token_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes before all else, is one for each service, and cannot be renewed."""
    monkeypatch.setenv("IML4E_SMTP_TOKEN", f" {TOKEN}\n")
    tokens = find_tokens(TokenSettings(command=("never-run",)), "smtp", USER)
    assert tokens.find_token() == TOKEN
    tokens.discard_token()
    assert (tokens.find_token(), tokens.renewable) == (TOKEN, False)
    with pytest.raises(MailError, match=r"no token for fay@example\.org\. Set IML4E_IMAP_TOKEN"):
        find_tokens(TokenSettings(), "imap", USER)


def test_a_token_of_a_command() -> None:
    """It is run for each fresh token, and not before one is wanted."""
    tokens = find_tokens(TokenSettings(command=printing(TOKEN)), "imap", USER)
    assert tokens.find_token() == tokens.find_token() == TOKEN
    assert tokens.renewable


@pytest.mark.parametrize("text", ["", "two\nlines", "with space", '{"accessToken": "x"}', "a\x01b"])
def test_what_is_no_token(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """It is refused without being shown, so that nothing else reaches the server's dialogue."""
    tokens = find_tokens(TokenSettings(command=printing(text)), "smtp", USER)
    with pytest.raises(MailError, match="is not an access token") as raised:
        tokens.find_token()
    assert not text or text not in str(raised.value)
    if text:
        monkeypatch.setenv("IML4E_SMTP_TOKEN", text)
        with pytest.raises(MailError, match="IML4E_SMTP_TOKEN gives is not an access token"):
            find_tokens(TokenSettings(), "smtp", USER)


def test_a_token_is_used_until_shortly_before_its_end() -> None:
    """Then a fresh one is asked for; a token that is let go of is asked for at once."""
    now, number = 0.0, 0

    def fetch() -> AccessToken:
        nonlocal number
        number += 1
        return AccessToken(f"token{number}", now + 3600)

    tokens = AccessTokens(USER, fetch, clock=lambda: now)
    assert [tokens.find_token(), tokens.find_token()] == ["token1"] * 2
    now = 3500.0
    assert [tokens.find_token(), tokens.find_token()] == ["token2"] * 2
    tokens.discard_token()
    assert tokens.find_token() == "token3"


def test_a_command_that_fails(capfd: pytest.CaptureFixture[str]) -> None:
    """Program and status are said; neither its output nor its arguments are."""
    code = f"import sys; print({TOKEN!r}); print({TOKEN!r}, file=sys.stderr); sys.exit(3)"
    with pytest.raises(MailError, match="ended with status 3") as raised:
        run_token_command((sys.executable, "-c", code))
    assert TOKEN not in f"{raised.value} {raised.value!r} {capfd.readouterr()}"
    assert "import" not in str(raised.value)


def test_a_command_that_is_not_there() -> None:
    with pytest.raises(MailError, match=r"no-such-program, the token_command .* be started"):
        run_token_command(("no-such-program", TOKEN))
    with pytest.raises(MailError, match="cannot be started"):
        run_token_command(("a\0b",))


def test_a_command_that_never_ends() -> None:
    """It is ended, and its program is named."""
    with pytest.raises(MailError, match=r"has not ended after 0\.2 seconds"):
        run_token_command((sys.executable, "-c", "import signal; signal.pause()"), seconds=0.2)


def test_a_token_does_not_show() -> None:
    assert TOKEN not in repr(AccessToken(TOKEN))


@pytest.mark.parametrize(
    ("host", "provider"),
    [
        ("smtp.office365.com", "microsoft"),
        ("Outlook.Office365.com", "microsoft"),
        ("smtp.gmail.com", "google"),
        ("smtp.notgmail.com", None),
        ("mail.example.org", None),
    ],
)
def test_whose_server_it_is(host: str, provider: str | None) -> None:
    assert name_provider(host) == provider
