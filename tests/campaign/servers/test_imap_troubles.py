"""Tests of mailboxes that cannot be opened or read: the reason is said, nothing is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from iml4e_xlsx.campaign.people.stages import Stage
from iml4e_xlsx.text.interface_texts import load_texts
from tests.support.campaigns import (
    run,
)
from tests.support.mailbox import ANN, BEN, CAY, DAN, collect, now, returned_by, whose
from tests.support.returning import (
    Relay,
    Rounds,
    all_returned,
    filled_of,
    imap_settings,
    mail,
    originals,
    standing_of,
)
from tests.support.servers.mailhost import MailHost


def test_a_mail_that_is_too_large_is_named_with_its_sender(
    rounds: Rounds, mail_host: MailHost, relay: Relay, inbox: str, tmp_path: Path
) -> None:
    """It is not fetched, but it is the person's problem from then on, until it can be read."""
    with rounds.opened(tmp_path, **relay.settings) as (campaign, record):
        data = filled_of(campaign, record, ANN)
        large = mail(("a.xlsx", data), ("b.zip", bytes(3 << 20)), message_id="<1@x>", at=now())
        mail_host.append(inbox, [large.as_bytes(), *returned_by(campaign, record, BEN)])
        relay.forget()
        said = collect(campaign, "--limit", "message=1MB", code=1)

        assert "mail 1 of" in said
        assert "higher" in said
        assert relay.sent < 200_000
        assert standing_of(record, ANN).stage is Stage.PROBLEMS
        assert standing_of(record, BEN).stage is Stage.COMPLETE
        assert "higher" in run("campaign", "status", campaign.folder).output
        assert "New responses: 0." in collect(campaign)
        assert originals(campaign).keys() == {one.file for one in all_returned(record)} - {""}
        collect(campaign, "--all", "--limit", "message=9MB", code=1)
        assert standing_of(record, ANN).stage is Stage.COMPLETE


@pytest.mark.parametrize(
    ("words", "other"), [(b"BODY[]", b"BODX[]"), (b"RFC822.SIZE", b"RFC822.SIZX")]
)
def test_a_server_that_leaves_something_out_loses_nothing(
    rounds: Rounds,
    mail_host: MailHost,
    relay: Relay,
    inbox: str,
    tmp_path: Path,
    words: bytes,
    other: bytes,
) -> None:
    """The content of a mail is missed and looked for again; of its size nobody speaks."""
    with rounds.opened(tmp_path, **relay.settings) as (campaign, record):
        mail_host.append(inbox, returned_by(campaign, record, ANN))
        relay.replaced = {words: other}
        if words == b"BODY[]":
            assert "Could not be read: 1." in collect(campaign, code=1)
            (one,) = all_returned(record)
            failure = one.restore_failure(load_texts())
            assert failure is not None
            assert "has sent nothing of the mail" in failure.message
            assert standing_of(record, ANN).stage is Stage.PROBLEMS
            relay.replaced = {}
            collect(campaign, "--all")
        else:
            collect(campaign)
        assert standing_of(record, ANN).stage is Stage.COMPLETE


def test_a_server_without_lasting_numbers_is_refused(
    rounds: Rounds, mail_host: MailHost, relay: Relay, inbox: str, tmp_path: Path
) -> None:
    """Nothing could be remembered of it."""
    with rounds.opened(tmp_path, **relay.settings) as (campaign, record):
        mail_host.append(inbox, returned_by(campaign, record, ANN))
        relay.replaced = {b"UIDVALIDITY": b"UIDVALIDXTY"}
        assert "no lasting numbers (UIDVALIDITY)" in collect(campaign, code=3)
        assert all_returned(record) == []


@pytest.mark.parametrize("after", [0, 60, 200, 600, 900])
def test_a_connection_that_breaks_at_the_beginning_is_no_wrong_password(
    rounds: Rounds, mail_host: MailHost, relay: Relay, inbox: str, tmp_path: Path, after: int
) -> None:
    """Nor a folder that is not there: at the greeting, at the login, or at the folder."""
    with rounds.opened(tmp_path, **relay.settings) as (campaign, record):
        mail_host.append(inbox, returned_by(campaign, record, ANN))
        relay.cut_after = after
        said = collect(campaign, code=3)

    assert "ended the connection" in said or "cannot be reached" in said
    assert "login" not in said
    assert "cannot be opened" not in said


def test_a_connection_that_breaks_is_said_and_the_next_run_completes(
    rounds: Rounds, mail_host: MailHost, relay: Relay, inbox: str, tmp_path: Path
) -> None:
    """In the middle of a mail: exit 3; what came before is kept."""
    with rounds.opened(tmp_path, **relay.settings) as (campaign, record):
        mail_host.append(inbox, returned_by(campaign, record, ANN, BEN, CAY, DAN))
        relay.cut_after = 90_000
        said = collect(campaign, code=3)
        before = len(whose(record))
        relay.cut_after = None
        collect(campaign)

        assert "the mailbox cannot be read" in said
        assert "What was collected is kept; run the command again." in said
        assert 0 <= before < 4
        assert len(whose(record)) == len(originals(campaign)) == 4


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"imap.ca_file": ""}, "certificate of 127.0.0.2"),
        ({"imap.folder": "Nowhere"}, "the mailbox has no folder Nowhere. It has: INBOX"),
        ({"imap.port": 9}, "cannot be reached"),
        ({"imap.host": "imap..example.org"}, "is not the address of a server"),
        ({"imap.ca_file": "none.pem"}, "none.pem, the ca_file under [imap], cannot be used"),
    ],
)
@pytest.mark.parametrize("tls", [True, False], ids=["tls", "starttls"])
def test_settings_that_lead_nowhere_are_said(
    rounds: Rounds,
    mail_host: MailHost,
    inbox: str,
    tmp_path: Path,
    settings: dict[str, Any],
    words: str,
    *,
    tls: bool,
) -> None:
    """Exit 3, and which setting to look at."""
    with rounds.opened(tmp_path, **{**imap_settings(mail_host, tls=tls), **settings}) as (
        campaign,
        _,
    ):
        said = collect(campaign, code=3)

    assert words in said
    assert mail_host.password not in said


@pytest.mark.parametrize("password", ["wrong-4711", "pässwort-4711"])
def test_a_wrong_password_is_said_and_shown_nowhere(
    rounds: Rounds,
    mail_host: MailHost,
    inbox: str,
    tmp_path: Path,
    password: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever characters it has; neither on the terminal nor in the folder."""
    monkeypatch.setenv("IML4E_IMAP_PASSWORD", password)
    with rounds.opened(tmp_path, **imap_settings(mail_host)) as (campaign, _):
        said = collect(campaign, code=3)
    kept = b"".join(path.read_bytes() for path in campaign.folder.rglob("*") if path.is_file())

    assert f"refuses the login of {inbox}: [AUTHENTICATIONFAILED] Authentication failed. " in said
    assert "4711" not in said
    assert b"4711" not in kept


def test_a_login_that_works_is_written_nowhere(
    rounds: Rounds,
    mail_host: MailHost,
    inbox: str,
    tmp_path: Path,
) -> None:
    """The folder of a campaign can be given away."""
    with rounds.opened(tmp_path, **imap_settings(mail_host)) as (campaign, record):
        mail_host.append(inbox, returned_by(campaign, record, ANN))
        said = collect(campaign, "--verbose")
    kept = b"".join(path.read_bytes() for path in campaign.folder.rglob("*") if path.is_file())

    assert f'"{mail_host.password}"' not in said
    assert mail_host.password.encode() not in kept


def test_what_came_before_an_error_is_told(
    rounds: Rounds, mail_host: MailHost, inbox: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is recorded: the next run would only say that it had been collected before."""
    monkeypatch.setenv("IML4E_IMAP_PASSWORD", "wrong")
    with rounds.opened(tmp_path, **imap_settings(mail_host)) as (campaign, record):
        mail_host.append(inbox, returned_by(campaign, record, BEN))
        path = tmp_path / "ann.xlsx"
        path.write_bytes(filled_of(campaign, record, ANN))
        said = collect(campaign, str(path), code=3)
        assert standing_of(record, ANN).stage is Stage.COMPLETE

    assert "Collected files" in said
    assert "New responses: 1." in said
    assert "refuses the login" in said


def test_a_mailbox_that_is_not_named_is_said(rounds: Rounds, tmp_path: Path) -> None:
    """Which setting is missing, and where."""
    with rounds.opened(tmp_path) as (campaign, _):
        said = run("campaign", "collect", "--imap", "-C", campaign.folder, code=1).output

    assert "campaign.toml names no mailbox. Write host under [imap]" in said


def test_a_login_that_is_missing_is_said(
    rounds: Rounds,
    mail_host: MailHost,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where one is looked for."""
    for name in ("IML4E_IMAP_USER", "IML4E_IMAP_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    with rounds.opened(tmp_path, **imap_settings(mail_host)) as (campaign, _):
        said = collect(campaign, code=3)

    assert "IML4E_IMAP_PASSWORD" in said
    assert "keyring set iml4e-imap@127.0.0.2" in said
