"""People who decline: they stay among those who were asked, and get no mail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.corrections.decline import decline, undo_decline
from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.people.stages import NoMailReason, Stage
from iml4e_xlsx.campaign.people.status import read_status
from iml4e_xlsx.campaign.record import people
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.send.plan import MailPlan
from iml4e_xlsx.errors import CampaignError
from tests.support.campaigns import DAY, NOW, answer, built_campaign, run
from tests.support.noting import note_mail, note_returned
from tests.support.planning import invitations, reminders, whom
from tests.support.returning import standing_of

ANN, BEN, CAY, DAN = (f"{name}@example.org" for name in ("ann", "ben", "cay", "dan"))
Opened = tuple[Campaign, Record]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """Yield a campaign of four people who were all invited."""
    with built_campaign(tmp_path, 4, roster="roster.csv") as (campaign, record):
        with record.begin(NOW) as tx:
            for person in people.all_people(tx):
                note_mail(tx, person)
        yield campaign, record


def reasons(plan: MailPlan) -> dict[str, NoMailReason]:
    return {entry.person.mail: entry.reason for entry in plan.not_mailed}


def test_who_declined_stays_among_those_who_were_asked(opened: Opened, tmp_path: Path) -> None:
    """The rate does not rise with a refusal, and status, JSON and report say the same."""
    campaign, record = opened
    answer(campaign, record, ANN)
    before = read_status(campaign, record, now=NOW)

    said = run("campaign", "decline", "BEN@example.org", "-C", campaign.folder).stdout

    after = read_status(campaign, record, now=NOW)
    assert said.startswith("Ben has declined")
    assert (before.rate, len(before.people)) == (after.rate, len(after.people))
    assert standing_of(record, BEN).stage is Stage.DECLINED
    shown = run("campaign", "status", campaign.folder, "--format", "json").stdout
    document = json.loads(shown)
    assert document["counts"]["declined"] == 1
    assert (document["people"], document["returned"], document["rate"]) == (4, 1, 0.25)
    assert sum(document["counts"].values()) == document["people"]
    (declined,) = [one["mail"] for one in document["persons"] if one["stage"] == "declined"]
    assert declined == BEN
    target = tmp_path / "report.html"
    run("campaign", "report", campaign.folder, "-o", target)
    report = target.read_text(encoding="utf-8")
    assert "1 of 4 people who were asked have answered (25 %)" in report.replace("\u00a0", " ")
    assert "1 person has declined, and counts as asked." in report


def test_who_declined_is_mailed_no_more(opened: Opened) -> None:
    """Neither by themselves nor when asked for by address, which is said; until it is undone."""
    campaign, record = opened
    decline(campaign, record, BEN, now=NOW)

    again = invitations(campaign, record, BEN, CAY)
    assert whom(again) == [CAY]
    assert reasons(again)[BEN] is NoMailReason.DECLINED
    assert [entry.asked_for for entry in again.not_mailed if entry.person.mail == BEN] == [True]
    assert whom(reminders(campaign, record, 30, BEN)) == [ANN, CAY, DAN]
    assert reasons(reminders(campaign, record))[BEN] is NoMailReason.DECLINED
    said = run("campaign", "remind", campaign.folder, "--again", BEN).stdout
    assert "has declined" in said

    assert undo_decline(campaign, record, BEN, now=NOW).is_changed
    assert standing_of(record, BEN).stage is Stage.MISSING
    assert whom(reminders(campaign, record)) == [ANN, BEN, CAY, DAN]


def test_declining_twice_and_undoing_nothing_is_said(opened: Opened) -> None:
    """Neither is an error, and neither changes anything."""
    campaign, _ = opened
    where = ("-C", campaign.folder)

    assert "nothing to take back" in run("campaign", "decline", BEN, "--undo", *where).stdout
    run("campaign", "decline", BEN, *where)
    assert "had declined already" in run("campaign", "decline", BEN, *where).stdout
    assert "takes part again" in run("campaign", "decline", BEN, "--undo", *where).stdout
    assert "Nobody in the campaign" in run("campaign", "decline", "x@y.org", *where, code=1).output


def test_a_decline_of_somebody_who_has_answered_is_refused(opened: Opened) -> None:
    """With what can be done: their answer would stay in the results."""
    campaign, record = opened
    answer(campaign, record, ANN)
    handle = standing_of(record, ANN).response.handle  # type: ignore[union-attr]

    said = run("campaign", "decline", ANN, "-C", campaign.folder, code=1).output

    words = f"Ann ({ANN}) has returned a workbook (8 of 8 answered, {handle}), and it counts"
    assert words in said.replace("\n", " ")
    assert f"iml4e campaign assign {handle} --nobody" in said.replace("\n", " ")
    assert standing_of(record, ANN).stage is Stage.COMPLETE
    with pytest.raises(CampaignError):
        decline(campaign, record, ANN, now=NOW)
    run("campaign", "assign", handle, "--nobody", "-C", campaign.folder)
    run("campaign", "decline", ANN, "-C", campaign.folder)
    assert standing_of(record, ANN).stage is Stage.DECLINED


def test_what_somebody_sends_afterwards_outweighs_the_decline(opened: Opened) -> None:
    """They have changed their mind: the answer counts, and nobody is asked to undo it first."""
    campaign, record = opened
    decline(campaign, record, BEN, now=NOW)
    answer(campaign, record, BEN)
    assert standing_of(record, BEN).stage is Stage.COMPLETE

    decline(campaign, record, CAY, now=NOW + 2 * DAY)
    cay = standing_of(record, CAY).person
    with record.begin(NOW) as tx:
        note_returned(tx, cay, ("broken-workbook", "x"), at=NOW + DAY)
    assert standing_of(record, CAY).stage is Stage.DECLINED
    with record.begin(NOW) as tx:
        note_returned(tx, cay, ("broken-workbook", "y"), at=NOW + 3 * DAY)
    assert standing_of(record, CAY).stage is Stage.PROBLEMS
