"""Copies of mails: whom settings and roster name gets one, and is nobody in the round."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email.utils import getaddresses
from pathlib import Path
from typing import Any

import pytest

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.people.stages import Stage
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.mails import MailKind, MailState
from iml4e_xlsx.errors import RosterError, SettingsError
from tests.support.campaigns import (
    NOW,
    Row,
    answer,
    build,
    built_campaign,
    change_settings,
    collect,
    new_campaign,
    record_of,
    rows,
    run,
    write_roster,
)
from tests.support.mailing import Opens, mails_of, parsed, send, smtp_settings, states_of, to_whom
from tests.support.returning import filled_of, mail, standing_of
from tests.support.sending import ANN, BEN, let_in
from tests.support.servers.certificates import Certificates
from tests.support.servers.faults import Fault
from tests.support.servers.fixtures import StartsSmtpServers

LEAD, DESK = "lead@example.org", "desk@example.org"
PEOPLE = [
    Row(name="Ann", mail=ANN, extra={"CC": f"{DESK}; Boss@Bücher.example, {ANN.upper()}"}),
    Row(name="Ben", mail=BEN),
]
COPIES: dict[str, Any] = {"sender.cc": [LEAD, DESK]}
BOSS = "Boss@xn--bcher-kva.example"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[Campaign, Record]]:
    """Yield a campaign whose settings and roster name people who get copies."""
    settings = {"sender.cc": [LEAD]}
    with built_campaign(tmp_path / "c", PEOPLE, **settings) as found:
        yield found


def copied(content: bytes) -> list[str]:
    """Return who the header says gets a copy of a mail."""
    return [address for _, address in getaddresses(parsed(content).get_all("Cc", []))]


def test_every_kind_of_mail_is_copied(
    smtp_server: StartsSmtpServers,
    certificates: Certificates,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In the header and in the envelope, once each, and never to the person a second time."""
    server = smtp_server()
    let_in(monkeypatch, server)
    settings = smtp_settings(server, certificates, **{"sender.cc": [LEAD]})
    settings["reminders.interval_days"] = 0
    with built_campaign(tmp_path, PEOPLE, **settings) as (campaign, record):
        run("campaign", "send", campaign.folder, "--smtp")
        run("campaign", "remind", campaign.folder, "--smtp")
        change_settings(campaign.folder, deadline="2999-01-31")
        text = (campaign.folder / "campaign.toml").read_text(encoding="utf-8")
        (campaign.folder / "campaign.toml").write_text(
            text.replace('"2999-01-31"', "2999-01-31"), encoding="utf-8"
        )
        run("campaign", "build", campaign.folder)
        run("campaign", "remind", campaign.folder, "--moved", "--smtp")
        answer(campaign, record, ANN)
        run("campaign", "answer", campaign.folder, "--smtp")
        kinds = [one.kind for one in mails_of(record)[ANN]]

    assert kinds == [
        *(MailKind.INVITATION, MailKind.REMINDER, MailKind.DEADLINE, MailKind.RESULT),
    ]
    assert [list(one.recipients) for one in server.messages] == [
        *([ANN, LEAD, DESK, BOSS], [BEN, LEAD]) * 3,
        [ANN, LEAD, DESK, BOSS],
    ]
    assert [copied(one.content) for one in server.messages] == [
        list(one.recipients[1:]) for one in server.messages
    ]
    assert {str(parsed(one.content)["To"]) for one in server.messages} == {
        f"Ann <{ANN}>",
        f"Ben <{BEN}>",
    }


@pytest.mark.parametrize("reply", ["550 5.1.1 No such user", "452 4.5.3 Too many recipients"])
def test_a_copy_that_is_refused_keeps_no_mail_back(
    smtp_server: StartsSmtpServers,
    campaign_at: Opens,
    monkeypatch: pytest.MonkeyPatch,
    reply: str,
) -> None:
    """It is said once, and nothing is sent again."""
    server = smtp_server(faults=[Fault("rcpt", reply=reply, recipients=[LEAD])])
    let_in(monkeypatch, server)
    with campaign_at(server, 2, **COPIES) as (campaign, record):
        outcome = run("campaign", "send", campaign.folder, "--smtp")
        again = run("campaign", "send", campaign.folder, "--smtp")
        states = set(states_of(record).values())

    assert states == {"sent"}
    assert to_whom(server.messages) == [ANN, DESK, BEN, DESK]
    assert outcome.stdout.startswith("Sent: 2.\n")
    assert outcome.stderr.count(f"No copy went to {LEAD}: {reply}.") == 1
    assert again.stdout.startswith("Sent: 0.\n")


def test_a_dry_run_says_who_sees_whom(opened: tuple[Campaign, Record]) -> None:
    """Before anything leaves; a preview has the header."""
    campaign, _ = opened
    outcome = run("campaign", "send", campaign.folder)
    shown = run("campaign", "send", campaign.folder, "--preview", ANN).stdout

    assert f"Copies go to {LEAD}, {DESK}, {BOSS}." in outcome.stderr
    assert f"Cc: {LEAD}, {DESK}, {BOSS}\n" in shown


def test_a_test_mail_goes_to_nobody_else(
    smtp_server: StartsSmtpServers, campaign_at: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither by the envelope nor by the header."""
    server = smtp_server()
    let_in(monkeypatch, server)
    with campaign_at(server, 1, **COPIES) as (campaign, _):
        run("campaign", "send", campaign.folder, "--test", "you@example.com")

    assert to_whom(server.messages) == ["you@example.com"]
    assert copied(server.messages[0].content) == []


def report(original: str, recipient: str) -> bytes:
    """Return a report that a mail did not arrive at a recipient."""
    return (
        "From: mailer-daemon@example.org\r\nTo: fay@example.org\r\nSubject: Undeliverable\r\n"
        "Message-ID: <report@example.org>\r\nDate: Mon, 23 Nov 2026 09:30:00 +0000\r\n"
        "MIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="x"\r\n\r\n'
        "--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 No such user\r\n\r\n"
        f"--x\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {original}\r\n\r\n--x--\r\n"
    ).encode()


@pytest.mark.parametrize("copy", [LEAD, DESK.upper()])
def test_a_copy_that_came_back_is_not_the_persons(
    smtp_server: StartsSmtpServers,
    certificates: Certificates,
    tmp_path: Path,
    copy: str,
) -> None:
    """It is said, and kept as a letter; the person's own report counts as before."""
    settings = smtp_settings(smtp_server(), certificates, **{"sender.cc": [LEAD]})
    with built_campaign(tmp_path, PEOPLE, **settings) as (campaign, record):
        send(campaign, record)
        (sent,) = mails_of(record)[ANN]
        path = tmp_path / "report.eml"
        path.write_bytes(report(sent.message_id, copy))
        said = run("campaign", "collect", path, "-C", campaign.folder).output
        after = standing_of(record, ANN)
        shown = " ".join(run("campaign", "status", campaign.folder).output.split())
        path.write_bytes(report(sent.message_id, ANN))
        run("campaign", "collect", path, "-C", campaign.folder)

        assert f"A copy of the mail to {ANN} did not arrive at {copy.lower()}: 550" in said
        assert after.mails[0].state is MailState.SENT
        assert after.stage is Stage.MISSING
        assert [letter.sender for letter in after.letters] == [copy.lower()]
        assert copy.lower() in shown
        assert standing_of(record, ANN).mails[0].state is MailState.BOUNCED


def test_who_gets_copies_is_nobody_in_the_round(
    opened: tuple[Campaign, Record], tmp_path: Path
) -> None:
    """The workbook that an assistant sends back is the person's, by its id."""
    campaign, record = opened
    data = filled_of(campaign, record, ANN)
    path = tmp_path / "reply.eml"
    path.write_bytes(mail(("a.xlsx", data), sender=DESK, at=NOW).as_bytes())
    collect(campaign, record, path, now=NOW + timedelta(days=1))

    assert standing_of(record, ANN).stage is Stage.COMPLETE
    assert set(states_of(record)) == {ANN, BEN}
    assert build(campaign, record).made == ()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("Lead <lead@example.org>", "there is a name or a link around the address"),
        ("lead@example", "it has no dot after the @"),
        ("a@example.org, b@example.org", "there are several addresses"),
    ],
)
def test_settings_name_addresses_alone(tmp_path: Path, address: str, words: str) -> None:
    """They are checked as those of a roster are."""
    campaign = new_campaign(tmp_path, 1)
    change_settings(campaign.folder, **{"sender.cc": [DESK, address]})
    with pytest.raises(SettingsError) as caught, record_of(campaign):
        run_settings(campaign)
    (finding,) = caught.value.findings
    assert finding.code == "setting-copy"
    assert words in str(caught.value)
    change_settings(campaign.folder, **{"sender.cc": DESK})
    with pytest.raises(SettingsError, match="a list of mail addresses"):
        run_settings(campaign)


def run_settings(campaign: Campaign) -> None:
    """Read the settings anew."""
    from iml4e_xlsx.campaign.folder.settings import read_settings

    read_settings(campaign.folder / "campaign.toml")


def test_a_roster_names_addresses_alone(opened: tuple[Campaign, Record]) -> None:
    """Each mistake is told with its row and column; nothing is built."""
    campaign, record = opened
    wrong = [
        Row(name="Ann", mail=ANN, extra={"cc": f"{DESK}, lead@example"}),
        Row(name="Ben", mail=BEN, extra={"cc": "Lead <lead@example.org>"}),
    ]
    write_roster(campaign.folder, wrong)
    with pytest.raises(RosterError) as caught:
        build(campaign, record)

    places = [(finding.place.row, finding.code) for finding in caught.value.findings]
    assert places == [(2, "roster-mail-malformed"), (3, "roster-mail-malformed")]
    assert '"lead@example"' in str(caught.value)
    assert "column cc" in str(caught.value)
    write_roster(campaign.folder, rows(2))
    build(campaign, record)
