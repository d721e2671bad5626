"""A deadline that has moved: everybody who has not finished is told, once for each deadline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.people.stages import NoMailReason
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.letters import Letter, LetterKind, letter_key, save_letter
from iml4e_xlsx.campaign.record.mails import MailKind, MailState
from iml4e_xlsx.campaign.send.deadline_plan import plan_deadline_notices
from iml4e_xlsx.campaign.send.plan import MailPlan, plan_invitations, plan_reminders
from iml4e_xlsx.errors import CampaignError
from tests.support.campaigns import DAY, NOW, all_rated, answer, built_campaign, person_of, run
from tests.support.mailing import (
    Opens,
    invitations,
    mails_of,
    parsed,
    send,
    to_whom,
)
from tests.support.noting import note_mail
from tests.support.sending import ANN, BEN, CAY, let_in
from tests.support.servers.fixtures import StartsSmtpServers

FIRST, SECOND = date(2026, 12, 1), date(2026, 12, 15)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[Campaign, Record]]:
    """Yield a campaign of three people."""
    with built_campaign(tmp_path, 3) as found:
        yield found


def until(campaign: Campaign, deadline: date | None) -> Campaign:
    """Return the campaign with another deadline."""
    return replace(campaign, settings=replace(campaign.settings, deadline=deadline))


def notices(campaign: Campaign, record: Record, *again: str, days: float = 1) -> MailPlan:
    """Plan the mails about the deadline."""
    now = NOW + days * DAY
    with record.begin(now) as tx:
        return plan_deadline_notices(tx, campaign, now=now, again=again)


def invite(record: Record, *, about: str = "") -> None:
    """Record that everybody was invited."""
    people = [person_of(record, mail) for mail in (ANN, BEN, CAY)]
    with record.begin(NOW) as tx:
        for person in people:
            note_mail(tx, person, about=about)


def note_letter(record: Record, mail: str, kind: LetterKind = LetterKind.REPLY) -> None:
    """Record that somebody has written without a workbook."""
    person = person_of(record, mail)
    letter = Letter(
        key=letter_key(f"<{mail}>", mail, "Re: Round", NOW),
        message_id=f"<{mail}>",
        person=person.id,
        kind=kind,
        sender=mail,
        subject="Re: Round",
        received=NOW,
        until=None,
    )
    with record.begin(NOW) as tx:
        save_letter(tx, letter)


def whom(plan: MailPlan) -> list[str]:
    """Return who is told."""
    return [planned.person.mail for planned in plan.mails]


def reasons(plan: MailPlan) -> dict[str, NoMailReason]:
    """Return why the others are not."""
    return {entry.person.mail: entry.reason for entry in plan.not_mailed}


def test_whoever_has_written_is_left_in_peace(opened: tuple[Campaign, Record]) -> None:
    """They may have declined: somebody has to read it first, unless the facilitator insists."""
    campaign, record = opened
    invite(record, about=FIRST.isoformat())
    note_letter(record, ANN)
    note_letter(record, BEN, kind=LetterKind.ABSENCE)
    moved = until(campaign, SECOND)

    plan = notices(moved, record)
    assert whom(plan) == [BEN, CAY]
    assert reasons(plan) == {ANN: NoMailReason.WRITTEN}
    assert [entry.since for entry in plan.not_mailed] == [NOW]
    assert whom(notices(moved, record, ANN)) == [ANN, BEN, CAY]


def test_each_is_told_once_for_each_deadline(opened: tuple[Campaign, Record]) -> None:
    """However soon after another mail; whoever knows the deadline already is not told."""
    campaign, record = opened
    invite(record, about=FIRST.isoformat())

    assert set(reasons(notices(until(campaign, FIRST), record)).values()) == {
        NoMailReason.KNOWS_DEADLINE
    }
    moved = until(campaign, SECOND)
    plan = notices(moved, record)
    assert whom(plan) == [ANN, BEN, CAY]
    assert {planned.about for planned in plan.mails} == {SECOND.isoformat()}
    tell(record, plan)
    assert whom(notices(moved, record)) == []
    assert set(reasons(notices(moved, record)).values()) == {NoMailReason.SENT}
    # and back again: the last mail named another day
    assert whom(notices(until(campaign, FIRST), record, days=2)) == [ANN, BEN, CAY]


def tell(record: Record, plan: MailPlan, state: MailState = MailState.SENT) -> None:
    """Record that mails of a plan left."""
    with record.begin(NOW + DAY) as tx:
        for planned in plan.mails:
            note_mail(
                tx,
                planned.person,
                state,
                kind=planned.kind,
                number=planned.number,
                at=NOW + DAY,
                about=planned.about,
            )


def test_a_mail_of_an_earlier_release_told_an_unknown_deadline(
    opened: tuple[Campaign, Record],
) -> None:
    """Rather one mail that says what somebody knows than nobody who knows."""
    campaign, record = opened
    invite(record)

    assert whom(notices(until(campaign, FIRST), record)) == [ANN, BEN, CAY]


def test_who_has_finished_is_not_told(opened: tuple[Campaign, Record]) -> None:
    """Who is incomplete is, without an empty workbook that would only confuse."""
    campaign, record = opened
    invite(record)
    answer(campaign, record, ANN)
    answer(campaign, record, BEN, {**all_rated(campaign.load_scheme()), "AA-01": None})
    plan = notices(until(campaign, SECOND), record)

    assert reasons(plan) == {ANN: NoMailReason.RETURNED}
    assert {planned.person.mail: planned.file_name != "" for planned in plan.mails} == {
        BEN: False,
        CAY: True,
    }


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (MailState.DEFERRED, NoMailReason.NOT_INVITED),
        (MailState.BOUNCED, NoMailReason.BOUNCED),
        (MailState.REFUSED, NoMailReason.REFUSED),
        (MailState.UNCERTAIN, NoMailReason.UNCERTAIN),
        (MailState.DRAFTED, None),
    ],
)
def test_who_was_not_invited_is_not_told(
    opened: tuple[Campaign, Record], state: MailState, reason: NoMailReason | None
) -> None:
    """What did not arrive is to be corrected first."""
    campaign, record = opened
    ann = person_of(record, ANN)
    with record.begin(NOW) as tx:
        note_mail(tx, ann, state)
    plan = notices(until(campaign, SECOND), record)

    assert reasons(plan).get(ANN) is reason
    assert reasons(plan)[BEN] is NoMailReason.NOT_INVITED


def test_an_uncertain_notice_is_held(opened: tuple[Campaign, Record]) -> None:
    """It is sent again under its Message-ID where the facilitator asks; no reminder passes it."""
    campaign, record = opened
    invite(record)
    moved = until(campaign, SECOND)
    tell(record, notices(moved, record), MailState.UNCERTAIN)

    assert set(reasons(notices(moved, record)).values()) == {NoMailReason.UNCERTAIN}
    again = notices(moved, record, "uncertain")
    assert whom(again) == [ANN, BEN, CAY]
    assert all(planned.resumed for planned in again.mails)
    with record.begin(NOW + 30 * DAY) as tx:
        held = plan_reminders(tx, moved, now=NOW + 30 * DAY)
    assert {(entry.reason, entry.kind) for entry in held.not_mailed} == {
        (NoMailReason.UNCERTAIN, MailKind.DEADLINE)
    }


def test_a_deferred_notice_of_another_deadline_is_another_mail(
    opened: tuple[Campaign, Record],
) -> None:
    """One of the same deadline is taken up again."""
    campaign, record = opened
    invite(record)
    tell(record, notices(until(campaign, FIRST), record), MailState.DEFERRED)

    same = notices(until(campaign, FIRST), record)
    assert [(mail.number, mail.resumed is None) for mail in same.mails] == [(1, False)] * 3
    other = notices(until(campaign, SECOND), record)
    assert [(mail.number, mail.resumed is None) for mail in other.mails] == [(2, True)] * 3


@pytest.mark.parametrize("deadline", [None, NOW.date()])
def test_no_deadline_ahead(opened: tuple[Campaign, Record], deadline: date | None) -> None:
    """There is nothing to tell then."""
    campaign, record = opened

    with pytest.raises(CampaignError, match="no deadline to come"):
        notices(until(campaign, deadline), record)


def test_invitations_and_reminders_keep_what_they_named(opened: tuple[Campaign, Record]) -> None:
    """A deadline that is over is not named."""
    campaign, record = opened
    with record.begin(NOW) as tx:
        for deadline, about in ((FIRST, "2026-12-01"), (date(2026, 1, 1), ""), (None, "")):
            plan = plan_invitations(tx, until(campaign, deadline))
            assert {planned.about for planned in plan.mails} == {about}


def test_it_is_sent_by_command(
    smtp_server: StartsSmtpServers, campaign_at: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Below the invitation, in the person's language; the second run sends nothing."""
    server = smtp_server()
    let_in(monkeypatch, server)
    with campaign_at(server, 2, deadline=date(2030, 5, 6)) as (campaign, record):
        assert not send(campaign, record, plan=invitations(campaign, record)).stopped
        (campaign.mail_texts / "en" / "deadline.txt").unlink()  # as in a folder made earlier
        args = ("campaign", "remind", campaign.folder, "--moved")
        assert "2 know the deadline" in run(*args).stdout
        settings = campaign.folder / "campaign.toml"
        settings.write_text(
            settings.read_text("utf-8").replace("2030-05-06", "2030-05-20"), encoding="utf-8"
        )
        assert "Who would be told of the deadline" in run(*args).stdout
        run(*args, "--smtp")
        run(*args, "--smtp")
        mails = mails_of(record)

    assert to_whom(server.messages[2:]) == [ANN, BEN]
    one = parsed(server.messages[2].content)
    assert one["Subject"] == "Round, Red: new deadline, 20 May 2030"
    assert one["In-Reply-To"] == parsed(server.messages[0].content)["Message-ID"]
    assert [mail.about for mail in mails[ANN]] == ["2030-05-06", "2030-05-20"]
