"""Reminders and drafts: each belongs to its invitation and is recorded before it is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from iml4e_xlsx.campaign.record.mails import MailState
from iml4e_xlsx.campaign.send import plan as outbox
from iml4e_xlsx.errors import CampaignError
from tests.support.campaigns import NOW, built_campaign, person_of, run, workbook_of
from tests.support.mailing import (
    FakeClock,
    Opens,
    invitations,
    mails_of,
    message_ids,
    parsed,
    send,
    states_of,
    to_whom,
)
from tests.support.noting import note_mail
from tests.support.sending import ANN, BEN, CAY, campaign_now, let_in
from tests.support.servers.faults import Fault
from tests.support.servers.fixtures import StartsSmtpServers
from tests.support.unwritable_drafts import refusing_drafts


def test_reminders_leave_like_invitations(
    smtp_server: StartsSmtpServers, campaign_at: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once each, with the workbook; a lost answer is uncertain, and not sent again."""
    server = smtp_server()
    let_in(monkeypatch, server)
    asked: dict[str, Any] = {"reminders.interval_days": 0}
    with campaign_at(server, **asked) as (campaign, record):
        run("campaign", "send", campaign.folder, "--smtp")
        server.faults.append(Fault("content", drop=True, kept=True, recipients=[BEN]))
        run("campaign", "remind", campaign.folder, "--smtp", code=1)
        assert list(states_of(record).values()) == ["sent", "uncertain", "sent"]
        run("campaign", "remind", campaign.folder, "--smtp", "--to", BEN)
        reminders = server.messages[3:]
        assert to_whom(reminders) == [ANN, BEN, CAY]
        assert {str(parsed(m.content)["Subject"]) for m in reminders} == {"Reminder: Round, Red"}
        for one in reminders:
            (attached,) = parsed(one.content).iter_attachments()
            workbook = workbook_of(campaign, record, one.recipients[0])
            assert attached.get_content() == workbook.read_bytes()


def test_a_reminder_belongs_to_its_invitation(
    smtp_server: StartsSmtpServers, campaign_at: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mail programs show it below: it names the Message-ID, and an invitation names none."""
    server = smtp_server()
    let_in(monkeypatch, server)
    asked: dict[str, Any] = {"reminders.interval_days": 0}
    with campaign_at(server, people=1, **asked) as (campaign, _):
        run("campaign", "send", campaign.folder, "--smtp")
        run("campaign", "remind", campaign.folder, "--smtp")
    invitation, reminder = (parsed(one.content) for one in server.messages)
    for name in ("In-Reply-To", "References"):
        assert reminder[name] == invitation["Message-ID"]
        assert name not in invitation


def test_a_draft_is_written_down_with_its_file(tmp_path: Path) -> None:
    """Where the file cannot be written the mail did not leave; an old plan writes none twice."""
    from iml4e_xlsx.campaign.send.drafts import write_drafts
    from iml4e_xlsx.errors import WorkbookWriteError

    clock = FakeClock()
    with built_campaign(tmp_path, 2) as (campaign, record):
        plan = invitations(campaign, record)
        target = tmp_path / "drafts"
        name = f"{workbook_of(campaign, record, BEN).stem}-invitation.eml"
        with refusing_drafts(name), pytest.raises(WorkbookWriteError):
            write_drafts(campaign, record, plan, target, now=clock.now(), force=True)
        assert states_of(record) == {ANN: "drafted", BEN: "deferred"}

        assert write_drafts(campaign, record, plan, target, now=clock.now(), force=True) == ()
        plan = invitations(campaign, record)
        paths = write_drafts(campaign, record, plan, target, now=clock.now(), force=True)
        assert [path.name for path in paths] == [name]
        assert states_of(record) == {ANN: "drafted", BEN: "drafted"}


def test_a_workbook_changes_while_mails_leave(
    smtp_server: StartsSmtpServers, campaign_at: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sending stops before that mail, of which nothing is recorded; what left is told."""
    server = smtp_server()
    let_in(monkeypatch, server)
    with campaign_at(server) as (campaign, record):
        plan = invitations(campaign, record)
        path = workbook_of(campaign, record, BEN)
        path.write_bytes(b"the workbook of somebody else")
        done = send(campaign, record, plan=plan)
        assert (len(done.outcomes), done.unsent) == (1, 2)
        assert "has changed since" in str(done.stopped)
        assert BEN in str(done.stopped)
        assert states_of(record) == {ANN: "sent", BEN: "", CAY: ""}
        assert to_whom(server.messages) == [ANN]

        monkeypatch.setattr(outbox, "plan_invitations", lambda *_: plan)
        with record.begin(campaign_now()) as tx:
            tx.connection.exec_driver_sql("DELETE FROM mails")
        outcome = run("campaign", "send", campaign.folder, "--smtp", code=1)
        assert outcome.stdout == "Sent: 1. Left for the next time: 2.\n"
        assert "Build the workbooks and send again" in outcome.stderr


@pytest.mark.parametrize("state", ["deferred", "uncertain"])
def test_a_draft_that_cannot_be_written_leaves_a_mail_as_it_was(tmp_path: Path, state: str) -> None:
    """One that certainly did not leave does so no more; one that may have stays uncertain."""
    from iml4e_xlsx.campaign.send.drafts import write_drafts
    from iml4e_xlsx.errors import WorkbookWriteError

    with built_campaign(tmp_path, 1) as (campaign, record):
        ann = person_of(record, ANN)
        with record.begin(NOW) as tx:
            note_mail(tx, ann, MailState(state), words="as it was")
        target = tmp_path / "drafts"
        plan = invitations(campaign, record, ANN)
        with refusing_drafts(""), pytest.raises(WorkbookWriteError):
            write_drafts(campaign, record, plan, target, now=NOW, force=True)
        (mail,) = mails_of(record)[ANN]
    assert (mail.state.value, mail.words) == (state, "as it was")


def test_a_draft_is_recorded_before_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ended in the worst moment, the file lies there and the mail is told as uncertain."""
    from iml4e_xlsx.campaign.send import drafts

    def end(path: Path, data: bytes, **_: bool) -> None:
        path.write_bytes(data)
        raise KeyboardInterrupt

    with built_campaign(tmp_path, 2) as (campaign, record):
        plan = invitations(campaign, record)
        monkeypatch.setattr(drafts, "write_output", end)
        with pytest.raises(KeyboardInterrupt):
            drafts.write_drafts(campaign, record, plan, tmp_path / "d", now=NOW)
        assert states_of(record) == {ANN: "sending", BEN: ""}
        assert [one.person.mail for one in invitations(campaign, record).mails] == [BEN]
    assert len(list((tmp_path / "d").iterdir())) == 1


def test_a_workbook_changes_before_its_draft(tmp_path: Path) -> None:
    """Nothing of it is written or recorded."""
    from iml4e_xlsx.campaign.send.drafts import write_drafts

    with built_campaign(tmp_path, 2) as (campaign, record):
        plan = invitations(campaign, record)
        workbook_of(campaign, record, BEN).write_bytes(b"of somebody else")
        with pytest.raises(CampaignError, match="has changed since"):
            write_drafts(campaign, record, plan, tmp_path / "d", now=NOW)
        assert states_of(record) == {ANN: "drafted", BEN: ""}
    assert len(list((tmp_path / "d").iterdir())) == 1


def test_only_some_people_are_mailed(
    smtp_server: StartsSmtpServers, campaign_at: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--to narrows, --again repeats under a new Message-ID; nobody else gets anything."""
    server = smtp_server()
    let_in(monkeypatch, server)
    with campaign_at(server) as (campaign, record):
        run("campaign", "send", campaign.folder, "--smtp", "--to", BEN)
        run("campaign", "send", campaign.folder, "--smtp", "--to", BEN, "--again", BEN)
        first, second = mails_of(record)[BEN]
        assert message_ids(server.messages) == [first.message_id, second.message_id]
        outcome = run("campaign", "send", campaign.folder, "--smtp", "--to", "x@y.org", code=2)
        assert "x@y.org is no mail address of the roster" in outcome.stderr
    assert to_whom(server.messages) == [BEN, BEN]


def test_a_text_that_cannot_be_filled_in(
    smtp_server: StartsSmtpServers, campaign_at: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody gets anything while somebody's mail cannot be written."""
    server = smtp_server()
    let_in(monkeypatch, server)
    with campaign_at(server) as (campaign, _):
        text = campaign.mail_texts / "en" / "invitation.txt"
        text.write_text(text.read_text() + "{% if name == 'Cay' %}{{ nothing }}{% endif %}")
        outcome = run("campaign", "send", campaign.folder, "--smtp", code=1)
    assert "nothing" in outcome.stderr
    assert server.connections == 0
