"""Who gets which mail and who does not, and the drafts that are written of them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.people.stages import NoMailReason
from iml4e_xlsx.campaign.record import mails
from iml4e_xlsx.campaign.record.connection import Record, Transaction
from iml4e_xlsx.campaign.record.mails import MailKind, MailRecord, MailState
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.campaign.send.compose import MailComposer
from iml4e_xlsx.campaign.send.drafts import write_drafts
from iml4e_xlsx.campaign.send.plan import (
    MailPlan,
    narrow_plan,
    plan_invitations,
    plan_reminders,
)
from iml4e_xlsx.errors import CampaignError, OutputExistsError, WorkbookWriteError
from iml4e_xlsx.model import Scheme
from tests.support.campaigns import (
    DAY,
    NOW,
    build,
    built_campaign,
    note_mail,
    note_returned,
    person_of,
    rated,
    record_of,
    rows,
    run,
    workbook_of,
    write_roster,
)

ANN = "ann@example.org"
BEN = "ben@example.org"
WEEK = 7 * DAY
Prepare = Callable[[Transaction, Scheme, Person], object]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[Campaign, Record]]:
    """Yield a campaign of two people, built."""
    with built_campaign(tmp_path / "c", 2) as found:
        yield found


def invitations(campaign: Campaign, record: Record, *again: str) -> MailPlan:
    with record.begin(NOW) as tx:
        return plan_invitations(tx, campaign, again)


def reminders(campaign: Campaign, record: Record, days: float = 30, *again: str) -> MailPlan:
    now = NOW + days * DAY
    with record.begin(now) as tx:
        return plan_reminders(tx, campaign, now=now, again=again)


def whom(plan: MailPlan) -> list[str]:
    return [entry.person.mail for entry in plan.mails]


def mails_of(record: Record, mail: str) -> list[MailRecord]:
    person = person_of(record, mail)
    with record.begin(NOW) as tx:
        return mails.all_mails(tx).get(person.id, [])


def mailed(state: MailState, kind: MailKind = MailKind.INVITATION) -> Prepare:
    def prepare(tx: Transaction, scheme: Scheme, person: Person) -> None:
        if kind is MailKind.REMINDER:
            note_mail(tx, person)
        note_mail(tx, person, state, kind=kind, words="550 no", at=NOW)

    return prepare


def answered(*, sent: bool = True, readable: bool = True) -> Prepare:
    def prepare(tx: Transaction, scheme: Scheme, person: Person) -> None:
        if sent:
            note_mail(tx, person)
        note_returned(tx, person, rated(scheme, person) if readable else ("broken-workbook", "x"))

    return prepare


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
    assert {why for *_, why in (*INVITED, *REMINDED)} == {None, *NoMailReason}


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


@pytest.mark.parametrize("state", [s for s in MailState if s is not MailState.DEFERRED])
def test_again_takes_words_and_addresses(opened: tuple[Campaign, Record], state: MailState) -> None:
    """A word for all in that state; an address in any case, whatever is known of it."""
    campaign, record = opened
    ann, ben = person_of(record, ANN), person_of(record, BEN)
    with record.begin(NOW) as tx:
        first = note_mail(tx, ann, state)
        note_mail(tx, ben)
    word = "uncertain" if state.is_uncertain else state.value
    for again in (["ANN@Example.org"], [word] if word != "sent" else []):
        if not again:
            continue
        (entry,) = invitations(campaign, record, *again).mails
        assert entry.person.mail == ANN
        if state.is_uncertain:
            assert entry.resumed is not None
            assert (entry.resumed.message_id, entry.number) == (first, 1)
        else:
            assert (entry.resumed, entry.number) == (None, 2)
    for other in {"uncertain", "drafted", "refused", "bounced"} - {word}:
        assert whom(invitations(campaign, record, other)) == []


@pytest.mark.parametrize(
    ("word", "state", "kind", "entry"),
    [
        ("refused", MailState.REFUSED, MailKind.INVITATION, None),
        ("bounced", MailState.BOUNCED, MailKind.INVITATION, None),
        (ANN, MailState.BOUNCED, MailKind.INVITATION, None),
        ("refused", MailState.REFUSED, MailKind.REMINDER, (2, False)),
        ("bounced", MailState.BOUNCED, MailKind.REMINDER, (2, False)),
        ("drafted", MailState.DRAFTED, MailKind.REMINDER, (1, True)),
        ("uncertain", MailState.UNCERTAIN, MailKind.REMINDER, (1, True)),
        ("uncertain", MailState.SENDING, MailKind.REMINDER, (1, True)),
        ("uncertain", MailState.UNCERTAIN, MailKind.INVITATION, None),
        ("drafted", MailState.DRAFTED, MailKind.INVITATION, None),
        (ANN, MailState.UNCERTAIN, MailKind.INVITATION, (1, False)),
        (ANN, MailState.SENT, MailKind.INVITATION, (1, False)),
        (ANN, MailState.SENT, MailKind.REMINDER, (2, False)),
        (ANN, MailState.DEFERRED, MailKind.INVITATION, None),
    ],
)
def test_again_reminds_whatever_became_of_the_last(
    opened: tuple[Campaign, Record],
    word: str,
    state: MailState,
    kind: MailKind,
    entry: tuple[int, bool] | None,
) -> None:
    """Also too soon; under the same Message-ID where the reminder itself may have left."""
    ann = person_of(opened[1], ANN)
    with opened[1].begin(NOW) as tx:
        mailed(state, kind)(tx, opened[0].load_scheme(), ann)
    plan = reminders(*opened, 0, word)
    found = [(one.number, one.resumed is not None) for one in plan.mails]

    assert found == ([] if entry is None else [entry])
    assert all(one.invitation_id == f"<{ann.id}-invitation-1@example.org>" for one in plan.mails)
    assert whom(reminders(*opened, 0)) == []


@pytest.mark.parametrize("again", [(), (ANN,)])
def test_nobody_is_reminded_of_an_invitation_that_has_not_left(
    opened: tuple[Campaign, Record], again: tuple[str, ...]
) -> None:
    """Although an earlier one did, and a reminder of it: the newest is to be sent first."""
    ann = person_of(opened[1], ANN)
    with opened[1].begin(NOW) as tx:
        first = note_mail(tx, ann)
        note_mail(tx, ann, kind=MailKind.REMINDER, at=NOW + DAY)
        second = note_mail(tx, ann, MailState.DEFERRED, number=2, at=NOW + 2 * DAY)
    plan = reminders(*opened, 30, *again)
    assert {one.person.mail: one.reason for one in plan.not_mailed}[ANN] is NoMailReason.NOT_INVITED
    assert plan.mails == ()

    with opened[1].begin(NOW) as tx:
        mails.settle_mail(tx, second, MailState.SENT)
    (entry,) = reminders(*opened, 30, *again).mails
    assert entry.invitation_id == second != first


def test_a_draft_that_is_written_again_is_one_reminder(
    opened: tuple[Campaign, Record], tmp_path: Path
) -> None:
    """Under its Message-ID; only the next one that is due counts anew."""
    ann = person_of(opened[1], ANN)
    with opened[1].begin(NOW) as tx:
        note_mail(tx, ann)
    for again in ((), ("drafted",), ("drafted",), (ANN,)):
        plan = reminders(*opened, 7, *again)
        assert whom(plan) == [ANN]
        write_drafts(*opened, plan, tmp_path / "d", now=NOW + 7 * DAY, force=True)
    first, *more = [one for one in mails_of(opened[1], ANN) if one.kind is MailKind.REMINDER]
    draft = read(tmp_path / "d" / "org-red-ann-reminder.eml")

    assert more == []
    assert draft["Message-ID"] == first.message_id
    assert [one.number for one in reminders(*opened, 14).mails] == [2]


def test_who_is_named_and_gets_none_is_told_why(
    opened: tuple[Campaign, Record], tmp_path: Path
) -> None:
    """By a row of what would be done, and by a line before anything leaves."""
    folder, ann = opened[0].folder, person_of(opened[1], ANN)
    with opened[1].begin(NOW) as tx:
        answered()(tx, opened[0].load_scheme(), ann)
    dry = run("campaign", "remind", folder, "--again", ANN).stdout
    assert ANN in dry
    assert BEN not in dry
    real = run("campaign", "remind", folder, "--again", ANN, "--eml", tmp_path / "d")
    assert real.stderr == f"{ANN} gets no mail: has returned the workbook.\n"
    assert run("campaign", "remind", folder, "--eml", tmp_path / "d").stderr == ""


@pytest.mark.parametrize("readable", [True, False])
def test_again_reminds_nobody_who_has_returned(
    opened: tuple[Campaign, Record], *, readable: bool
) -> None:
    """Nor anybody who was not mailed; nobody's address is said."""
    ann = person_of(opened[1], ANN)
    with opened[1].begin(NOW) as tx:
        answered(readable=readable)(tx, opened[0].load_scheme(), ann)

    assert whom(reminders(*opened, 30, ANN, BEN)) == []
    with pytest.raises(CampaignError, match="uncertain, drafted, refused, bounced"):
        reminders(*opened, 30, "sent")


def test_who_gets_none_is_counted_and_named_where_it_matters(
    opened: tuple[Campaign, Record], tmp_path: Path
) -> None:
    """Those whose mail failed have a row; all others are numbers, without the server's talk."""
    campaign, record = opened
    ann, ben = person_of(record, ANN), person_of(record, BEN)
    with record.begin(NOW) as tx:
        note_mail(tx, ann, MailState.SENT, words="250 queued")
        note_mail(tx, ben, MailState.REFUSED, words="550 no such")
    out = run("campaign", "send", campaign.folder).stdout
    assert "No mail now: 1 mailed already, 1 refused by the server." in out
    assert "550 no such" in out
    assert "queued" not in out
    assert ANN not in out

    out = run("campaign", "send", campaign.folder, "--eml", tmp_path / "none").stdout
    assert out.startswith("Wrote no draft: nobody gets a mail now.\nNo mail now: 1 mailed already,")
    assert not (tmp_path / "none").exists()


def test_an_uncertain_mail_says_why_and_since_when(opened: tuple[Campaign, Record]) -> None:
    """A lost answer is not an interruption, and a reminder is sent again by another command."""
    campaign, record = opened
    ann, ben = person_of(record, ANN), person_of(record, BEN)
    with record.begin(NOW) as tx:
        note_mail(tx, ann, MailState.UNCERTAIN, words="timed out")
        note_mail(tx, ben, MailState.SENDING)
    said = run("campaign", "send", campaign.folder).stderr
    since = "since 2026-11-23 09:30 UTC"
    assert f"{ANN}  {since}: the server's answer was lost (timed out)\n" in said
    assert f"{BEN}  {since}: sending or drafting it was interrupted, or goes on" in said
    assert "iml4e campaign send --smtp --again uncertain" in said
    assert "remind --smtp" not in said


def test_a_deadline_that_has_passed_is_said(
    opened: tuple[Campaign, Record], tmp_path: Path
) -> None:
    """Wherever mails would leave, and not where there is nothing to send."""
    folder = opened[0].folder
    path = folder / "campaign.toml"
    text = path.read_text("utf-8")
    for day, passed in (("2020-01-02", True), ("2999-01-02", False)):
        path.write_text(f"deadline = {day}\n{text}", "utf-8")
        said = run("campaign", "send", folder).stderr
        assert ("The deadline 2020-01-02 is over" in said) == passed
    path.write_text(f"deadline = 2020-01-02\n{text}", "utf-8")
    assert "is over" in run("campaign", "send", folder, "--eml", tmp_path / "d").stderr
    draft = read(next((tmp_path / "d").iterdir()))
    body = draft.get_body()
    assert body is not None
    assert "2020" not in body.get_content()
    assert "is over" not in run("campaign", "send", folder).stderr


def test_again_after_an_answer(opened: tuple[Campaign, Record]) -> None:
    """Who has returned the workbook gets another one if that is wanted."""
    campaign, record = opened
    ann, scheme = person_of(record, ANN), campaign.load_scheme()
    with record.begin(NOW) as tx:
        note_returned(tx, ann, rated(scheme, ann))

    assert whom(invitations(campaign, record)) == [BEN]
    assert whom(invitations(campaign, record, ANN)) == [ANN, BEN]


@pytest.mark.parametrize("item", ["sent", "nobody@example.org", "", "Uncertain "])
def test_again_for_nobody_is_said(opened: tuple[Campaign, Record], item: str) -> None:
    """With the words that there are."""
    with pytest.raises(CampaignError, match="uncertain, drafted, refused, bounced"):
        invitations(*opened, item)


def test_to_narrows_a_plan(opened: tuple[Campaign, Record]) -> None:
    """To entries and held ones alike, by address in any case."""
    campaign, record = opened
    ann = person_of(record, ANN)
    with record.begin(NOW) as tx:
        note_mail(tx, ann)
    plan = invitations(campaign, record)

    assert whom(narrow_plan(plan, [" BEN@example.org "])) == [BEN]
    assert narrow_plan(plan, [BEN]).not_mailed == ()
    assert [one.person.mail for one in narrow_plan(plan, [ANN]).not_mailed] == [ANN]
    assert narrow_plan(plan, [ANN]).mails == ()
    with pytest.raises(CampaignError, match="nobody@example"):
        narrow_plan(plan, [ANN, "nobody@example.org"])


def test_a_roster_that_changed_is_built_first(opened: tuple[Campaign, Record]) -> None:
    """Nobody is mailed by a roster that is not what workbooks were made of."""
    campaign, _ = opened
    write_roster(campaign.folder, rows(3))
    for words in (["send"], ["remind"]):
        outcome = run("campaign", *words, campaign.folder, code=1)
        assert "Run: iml4e campaign build" in outcome.stderr


@pytest.mark.parametrize("harm", ["deleted", "changed"])
def test_a_workbook_that_is_not_as_built_is_built_first(
    opened: tuple[Campaign, Record], harm: str
) -> None:
    """Whose it is, is said."""
    campaign, record = opened
    path = workbook_of(campaign, record, BEN)
    path.write_bytes(b"other") if harm == "changed" else path.unlink()
    with pytest.raises(CampaignError, match=BEN) as caught:
        invitations(campaign, record)
    assert ANN not in str(caught.value)


def test_many_missing_workbooks_are_counted(tmp_path: Path) -> None:
    """Some are named, the rest is a number."""
    with built_campaign(tmp_path, 8) as (campaign, record):
        for path in campaign.workbooks.iterdir():
            path.unlink()
        with pytest.raises(CampaignError, match=r"eve@example.org and 3 more are missing"):
            invitations(campaign, record)


def read(path: Path) -> EmailMessage:
    mail = message_from_bytes(path.read_bytes(), policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def drafts(opened: tuple[Campaign, Record], folder: Path, *again: str) -> tuple[Path, ...]:
    return write_drafts(*opened, invitations(*opened, *again), folder, now=NOW)


def test_drafts_are_the_mails(opened: tuple[Campaign, Record], tmp_path: Path) -> None:
    """Marked as not sent, recorded under their Message-ID, with the very workbook attached."""
    campaign, record = opened
    paths = drafts(opened, tmp_path / "a" / "drafts")

    assert [path.name for path in paths] == [
        "org-red-ann-invitation.eml",
        "org-red-ben-invitation.eml",
    ]
    for path, mail in zip(paths, (ANN, BEN), strict=True):
        draft, built = read(path), workbook_of(campaign, record, mail)
        (attached,) = draft.iter_attachments()
        (recorded,) = mails_of(record, mail)
        body = draft.get_body()
        assert body is not None
        expected = MailComposer(campaign, NOW.date()).fill_text(
            person_of(record, mail), MailKind.INVITATION, built.name
        )
        assert draft["X-Unsent"] == "1"
        assert draft["Message-ID"] == recorded.message_id
        assert draft["Subject"] == expected.subject
        assert body.get_content().replace("\r\n", "\n") == expected.body
        assert attached.get_content() == built.read_bytes()
        assert attached.get_filename() == built.name
        assert recorded.state is MailState.DRAFTED
        with record.begin(NOW) as tx:
            digests = tx.connection.exec_driver_sql("SELECT workbook_sha256 FROM mails").all()
        assert (hashlib.sha256(built.read_bytes()).hexdigest(),) in digests


def test_nobody_is_drafted_twice(opened: tuple[Campaign, Record], tmp_path: Path) -> None:
    """A draft counts as mailed; `--again drafted` writes another one."""
    drafts(opened, tmp_path / "one")
    assert drafts(opened, tmp_path / "two") == ()
    paths = drafts(opened, tmp_path / "three", "drafted")
    first = read(tmp_path / "one" / paths[0].name)

    assert len(paths) == 2
    assert read(paths[0])["Message-ID"] != first["Message-ID"]
    assert [one.number for one in mails_of(opened[1], ANN)] == [1, 2]


def test_a_draft_of_a_mail_that_did_not_leave(
    opened: tuple[Campaign, Record], tmp_path: Path
) -> None:
    """Under the same Message-ID, so that the server's log tells what became of it."""
    ann = person_of(opened[1], ANN)
    with opened[1].begin(NOW) as tx:
        message_id = note_mail(tx, ann, MailState.DEFERRED)
    path = drafts(opened, tmp_path / "drafts")[0]
    (recorded,) = mails_of(opened[1], ANN)

    assert read(path)["Message-ID"] == message_id == recorded.message_id
    assert recorded.state is MailState.DRAFTED


def test_drafts_do_not_replace_files(opened: tuple[Campaign, Record], tmp_path: Path) -> None:
    """One that is there stops all of them before anything is written or recorded."""
    folder = tmp_path / "drafts"
    folder.mkdir()
    (folder / "org-red-ben-invitation.eml").write_text("precious")
    with pytest.raises(OutputExistsError):
        drafts(opened, folder)

    assert [path.name for path in folder.iterdir()] == ["org-red-ben-invitation.eml"]
    assert mails_of(opened[1], ANN) == []
    run("campaign", "send", opened[0].folder, "--eml", folder, "--force")
    assert len(list(folder.iterdir())) == 2


def test_a_draft_that_cannot_be_written_did_not_leave(
    opened: tuple[Campaign, Record], tmp_path: Path
) -> None:
    """What was written before it is; the next run writes the rest."""
    folder = tmp_path / "drafts"
    (folder / "org-red-ben-invitation.eml").mkdir(parents=True)
    with pytest.raises(WorkbookWriteError):
        write_drafts(*opened, invitations(*opened), folder, now=NOW, force=True)

    assert [one.state for one in mails_of(opened[1], ANN)] == [MailState.DRAFTED]
    (failed,) = mails_of(opened[1], BEN)
    assert failed.state is MailState.DEFERRED
    assert "cannot be written" in failed.words
    run("campaign", "settle", ANN, "--not-sent", "-C", opened[0].folder)
    outcome = run("campaign", "send", opened[0].folder, "--eml", folder, "--force", code=3)
    assert f"Wrote 1 draft to {folder}. It counts as mailed from now on" in outcome.stdout
    assert "ben-invitation.eml cannot be written" in outcome.stderr
    (folder / "org-red-ben-invitation.eml").rmdir()
    assert [path.name for path in drafts(opened, folder)] == ["org-red-ben-invitation.eml"]


def test_the_commands_of_mailing(tmp_path: Path) -> None:
    """Dry, as drafts, for some; a reminder comes when it is due, with its own text."""
    with built_campaign(tmp_path, 2) as (campaign, _):
        folder = campaign.folder
    out = run("campaign", "send", folder).stdout
    assert "2 mails would leave" in out
    assert "Round: your workbook for Red" in out
    assert "1 mail would leave" in run("campaign", "send", folder, "--to", ANN).stdout
    run("campaign", "send", folder, "--to", "x@y", code=2)
    run("campaign", "send", folder, "--again", "x@y", code=1)
    run("campaign", "send", folder, "--smtp", "--eml", "x", code=2)
    run("campaign", "send", folder, "--eml", tmp_path / "d", "--to", ANN)
    out = run("campaign", "send", folder).stdout
    assert "1 mail would leave" in out
    assert "1 with a draft" in out
    out = run("campaign", "remind", folder).stdout
    assert "Nothing was sent, and nothing would leave now." in out
    assert "1 mailed too recently, 1 not invited yet" in out
    assert re.search(r"may leave from \d{4}-\d\d-\d\d \d\d:\d\d UTC on", out)
    run("campaign", "remind", folder, "--to", "x@y", code=2)
    text = (folder / "campaign.toml").read_text().replace("interval_days = 7", "interval_days = 0")
    (folder / "campaign.toml").write_text(text)
    run("campaign", "remind", folder, "--eml", tmp_path / "d")
    names = sorted(path.name for path in (tmp_path / "d").iterdir())
    assert names == ["org-red-ann-invitation.eml", "org-red-ann-reminder.eml"]
    assert read(tmp_path / "d" / names[1])["Subject"] == "Reminder: Round, Red"
    with record_of(campaign) as record:
        assert [one.kind.value for one in mails_of(record, ANN)] == ["invitation", "reminder"]
