"""Who gets which mail, and why nobody gets another one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.people.stages import NoMailReason
from iml4e_xlsx.campaign.record import mails
from iml4e_xlsx.campaign.record.connection import Record, Transaction
from iml4e_xlsx.campaign.record.mails import MailKind, MailRecord, MailState
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.campaign.send.plan import (
    plan_reminders,
)
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.model import Scheme
from tests.support.campaigns import DAY, NOW, build, built_campaign, person_of, rows, write_roster
from tests.support.noting import note_mail
from tests.support.planning import (
    ANN,
    BEN,
    Prepare,
    answered,
    invitations,
    mailed,
    mails_of,
    reminders,
    whom,
)


def often(count: int) -> Prepare:
    def prepare(tx: Transaction, scheme: Scheme, person: Person) -> None:
        note_mail(tx, person)
        for number in range(1, count + 1):
            note_mail(tx, person, kind=MailKind.REMINDER, number=number)

    return prepare


def nothing(tx: Transaction, scheme: Scheme, person: Person) -> None:
    pass


INVITED: list[tuple[str, Prepare, NoMailReason | None]] = [
    ("new", nothing, None),
    ("sent", mailed(MailState.SENT), NoMailReason.SENT),
    ("drafted", mailed(MailState.DRAFTED), NoMailReason.DRAFTED),
    ("sending", mailed(MailState.SENDING), NoMailReason.SENDING),
    ("uncertain", mailed(MailState.UNCERTAIN), NoMailReason.UNCERTAIN),
    ("refused", mailed(MailState.REFUSED), NoMailReason.REFUSED),
    ("bounced", mailed(MailState.BOUNCED), NoMailReason.BOUNCED),
    ("deferred", mailed(MailState.DEFERRED), None),
    ("returned", answered(sent=False), NoMailReason.RETURNED),
]


REMINDED: list[tuple[str, Prepare, float, NoMailReason | None]] = [
    ("new", nothing, 30, NoMailReason.NOT_INVITED),
    ("deferred", mailed(MailState.DEFERRED), 30, NoMailReason.NOT_INVITED),
    ("sent", mailed(MailState.SENT), 7, None),
    ("drafted", mailed(MailState.DRAFTED), 7, None),
    ("too-soon", mailed(MailState.SENT), 6.99, NoMailReason.TOO_SOON),
    ("uncertain", mailed(MailState.UNCERTAIN), 30, NoMailReason.UNCERTAIN),
    ("refused", mailed(MailState.REFUSED), 30, NoMailReason.REFUSED),
    ("bounced", mailed(MailState.BOUNCED), 30, NoMailReason.BOUNCED),
    ("returned", answered(), 30, NoMailReason.RETURNED),
    ("unread", answered(readable=False), 30, NoMailReason.PROBLEMS),
    ("reminded", mailed(MailState.SENT, MailKind.REMINDER), 7, None),
    ("reminded-now", mailed(MailState.SENT, MailKind.REMINDER), 6, NoMailReason.TOO_SOON),
    ("reminder-sending", mailed(MailState.SENDING, MailKind.REMINDER), 30, NoMailReason.SENDING),
    (
        "reminder-uncertain",
        mailed(MailState.UNCERTAIN, MailKind.REMINDER),
        30,
        NoMailReason.UNCERTAIN,
    ),
    ("reminder-refused", mailed(MailState.REFUSED, MailKind.REMINDER), 30, NoMailReason.REFUSED),
    ("reminder-bounced", mailed(MailState.BOUNCED, MailKind.REMINDER), 30, NoMailReason.BOUNCED),
    ("reminder-deferred", mailed(MailState.DEFERRED, MailKind.REMINDER), 7, None),
    ("twice", often(2), 7, None),
    ("enough", often(3), 30, NoMailReason.ENOUGH),
]


def test_every_reason_occurs() -> None:
    """In the two tables above."""
    # Of mails about the deadline and of answers; of people who have written or declined, who have
    # their own tests.
    elsewhere = {
        NoMailReason.KNOWS_DEADLINE,
        NoMailReason.NOTHING_RETURNED,
        NoMailReason.OTHER_KIND,
        NoMailReason.WRITTEN,
        NoMailReason.DECLINED,
    }
    known = {why for *_, why in (*INVITED, *REMINDED)}
    assert known | elsewhere == {None, *NoMailReason}


@pytest.mark.parametrize(
    ("prepare", "why"), [row[1:] for row in INVITED], ids=[row[0] for row in INVITED]
)
def test_who_is_invited(
    opened: tuple[Campaign, Record], prepare: Prepare, why: NoMailReason | None
) -> None:
    """Who has no mail, or one that certainly did not leave; all others with the reason."""
    campaign, record = opened
    ann, scheme = person_of(record, ANN), campaign.load_scheme()
    with record.begin(NOW) as tx:
        prepare(tx, scheme, ann)
    plan = invitations(campaign, record)

    assert {one.person.mail: one.reason for one in plan.not_mailed} == (
        {} if why is None else {ANN: why}
    )
    assert whom(plan) == ([ANN, BEN] if why is None else [BEN])
    if plan.not_mailed and plan.not_mailed[0].reason is not NoMailReason.RETURNED:
        (held,) = plan.not_mailed
        (mail,) = mails_of(record, ANN)
        assert (held.since, held.words) == (NOW, mail.words)


@pytest.mark.parametrize(("prepare", "days", "why"), [row[1:] for row in REMINDED])
def test_who_is_reminded(
    opened: tuple[Campaign, Record], prepare: Prepare, days: float, why: NoMailReason | None
) -> None:
    """Who was mailed long enough ago, not too often, and has returned nothing."""
    campaign, record = opened
    ann, scheme = person_of(record, ANN), campaign.load_scheme()
    with record.begin(NOW) as tx:
        prepare(tx, scheme, ann)
    plan = reminders(campaign, record, days)

    assert whom(plan) == ([ANN] if why is None else [])
    assert {one.person.mail: one.reason for one in plan.not_mailed} == {
        **({} if why is None else {ANN: why}),
        BEN: NoMailReason.NOT_INVITED,
    }


def test_a_mail_that_did_not_leave_goes_under_its_own_id(
    opened: tuple[Campaign, Record],
) -> None:
    """It is taken up, and not numbered anew."""
    campaign, record = opened
    ann = person_of(record, ANN)
    with record.begin(NOW) as tx:
        message_id = note_mail(tx, ann, MailState.DEFERRED)
    first = invitations(campaign, record).mails[0]

    assert first.resumed is not None
    assert (first.resumed.message_id, first.number) == (message_id, 1)


def test_unlisted_people_get_nothing(opened: tuple[Campaign, Record]) -> None:
    """Neither an invitation nor a reminder, and no word about them."""
    campaign, record = opened
    ann = person_of(record, ANN)
    with record.begin(NOW) as tx:
        note_mail(tx, ann)
    write_roster(campaign.folder, rows(2)[1:])
    build(campaign, record)
    for plan in (invitations(campaign, record), reminders(campaign, record)):
        assert ANN not in [*whom(plan), *(one.person.mail for one in plan.not_mailed)]
    with pytest.raises(CampaignError, match=ANN):
        invitations(campaign, record, ANN)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Campaign, Record]]:
    """Yield a campaign of one person; every test undoes what it records."""
    with built_campaign(tmp_path_factory.mktemp("alone"), 1) as found:
        (found[0].folder / "roster.xlsx").unlink()  # reading it takes its time
        yield found


class Undone(Exception):  # noqa: N818 - it ends a transaction that is not to be kept
    """Nothing of this was meant to last."""


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(
    steps=st.lists(
        st.tuples(
            st.floats(0, 9),
            st.sampled_from(
                [MailState.SENT, MailState.SENT, MailState.DRAFTED, MailState.DEFERRED]
            ),
        ),
        max_size=14,
    ),
    interval=st.integers(0, 8),
    most=st.integers(0, 4),
)
def test_reminders_are_never_too_many_or_too_soon(
    alone: tuple[Campaign, Record],
    steps: list[tuple[float, MailState]],
    interval: int,
    most: int,
) -> None:
    """However often it is run: so many days lie between mails, and no more than so many go."""
    campaign, record = alone
    said = replace(campaign.settings, interval_days=interval, most_reminders=most)
    told, ann = replace(campaign, settings=said), person_of(record, ANN)
    gone, now = [NOW], NOW
    with suppress(Undone), record.begin(NOW) as whole:
        note_mail(whole, ann)
        for days, fate in steps:
            now += timedelta(days=days)
            tx = Transaction(whole.connection, whole.campaign, now)
            for entry in plan_reminders(tx, told, now=now).mails:
                leave(tx, ann, entry.number, entry.resumed, fate)
                gone += [now] if fate is not MailState.DEFERRED else []
        raise Undone
    gaps = [later - earlier for earlier, later in pairwise(gone)]

    assert all(gap >= timedelta(days=interval) for gap in gaps)
    assert len(gone) - 1 <= most


def test_reminders_do_go(alone: tuple[Campaign, Record]) -> None:
    """Run every day for a month, there are as many as may be, a week apart."""
    campaign, record = alone
    ann, gone = person_of(record, ANN), []
    with suppress(Undone), record.begin(NOW) as whole:
        note_mail(whole, ann)
        for day in range(1, 31):
            tx = Transaction(whole.connection, whole.campaign, NOW + day * DAY)
            for entry in plan_reminders(tx, campaign, now=tx.now).mails:
                leave(tx, ann, entry.number, entry.resumed, MailState.SENT)
                gone.append(day)
        raise Undone

    assert gone == [7, 14, 21]


def leave(
    tx: Transaction, person: Person, number: int, known: MailRecord | None, fate: MailState
) -> None:
    """Record that a reminder left, or could not."""
    if known is None:
        assert mails.claim_mail(
            tx,
            person.id,
            MailKind.REMINDER,
            message_id=f"<{number}@x>",
            number=number,
            workbook_digest="",
        )
    else:
        assert mails.reclaim_mail(tx, known.message_id, known.state, known.changed, "")
    assert mails.settle_mail(tx, known.message_id if known else f"<{number}@x>", fate)
