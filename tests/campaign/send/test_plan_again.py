"""Whom --again and --to mean, and what a plan says of people who get none."""

from __future__ import annotations

from pathlib import Path

import pytest

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.people.stages import NoMailReason
from iml4e_xlsx.campaign.record import mails
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.mails import MailKind, MailState
from iml4e_xlsx.campaign.send.drafts import write_drafts
from iml4e_xlsx.campaign.send.plan_part import narrow_plan
from iml4e_xlsx.errors import CampaignError
from tests.support.campaigns import DAY, NOW, person_of, run
from tests.support.noting import note_mail, note_returned, rated
from tests.support.planning import (
    ANN,
    BEN,
    answered,
    invitations,
    mailed,
    mails_of,
    read,
    reminders,
    whom,
)


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
