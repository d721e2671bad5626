"""A person with another address: nothing that is known is lost, and nobody is mailed twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest
import sqlalchemy

from iml4e_xlsx.campaign.corrections.forget import forget
from iml4e_xlsx.campaign.corrections.readdress import readdress
from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.people.participant import Participant, list_participants
from iml4e_xlsx.campaign.people.stages import Stage
from iml4e_xlsx.campaign.record import people
from iml4e_xlsx.campaign.record.campaigns import save_build_inputs
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.mails import MailState, all_mails
from iml4e_xlsx.campaign.record.schema import events
from iml4e_xlsx.campaign.send.claims import claim_planned_mail
from iml4e_xlsx.campaign.send.plan import MailPlan, plan_invitations
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.findings.error_codes import RoundErrorCode, SendErrorCode
from tests.support.campaigns import (
    DAY,
    NOW,
    answer,
    build,
    built_campaign,
    change_settings,
    collect,
    person_of,
    rows,
    run,
    write_roster,
)
from tests.support.noting import note_mail
from tests.support.office import Office
from tests.support.returning import filled_of, mail

ANN, BEN = rows(2)
NEW = replace(ANN, mail="ann@new.example")

Both = tuple[Campaign, Record]


@pytest.fixture
def both(tmp_path: Path, database: str) -> Iterator[Both]:
    with built_campaign(tmp_path, [ANN, BEN], database=database) as opened:
        yield opened


def standing(record: Record, mail: str) -> Participant:
    with record.begin(NOW) as tx:
        return next(one for one in list_participants(tx) if one.person.mail == mail)


def plan(both: Both) -> MailPlan:
    campaign, record = both
    with record.begin(NOW) as tx:
        return plan_invitations(tx, campaign)


@pytest.mark.parametrize("built_before", [False, True])
def test_what_is_known_stays(both: Both, *, built_before: bool) -> None:
    """Also where a build has taken the corrected row for somebody new."""
    campaign, record = both
    before = person_of(record, ANN.mail)
    answer(campaign, record, ANN.mail)
    write_roster(campaign.folder, [NEW, BEN])
    if built_before:
        build(campaign, record)
    done = readdress(campaign, record, ANN.mail, NEW.mail, now=NOW)
    with pytest.raises(CampaignError) as error:
        plan(both)
    assert error.value.code is SendErrorCode.ROSTER_CHANGED
    made = build(campaign, record)

    assert (done.person.id, done.person.workbook_id) == (before.id, before.workbook_id)
    assert standing(record, NEW.mail).stage is Stage.COMPLETE
    assert (made.unlisted, made.namesakes) == ((), ())
    assert [one.person.mail for one in plan(both).mails] == [BEN.mail]
    with record.begin(NOW) as tx:
        assert {person.mail for person in people.all_people(tx)} == {NEW.mail, BEN.mail}
    assert len(list(campaign.workbooks.iterdir())) == 2
    assert build(campaign, record).made == ()


@pytest.mark.parametrize(
    ("state", "anew"),
    [(MailState.BOUNCED, True), (MailState.REFUSED, True), (MailState.SENT, False)],
)
def test_a_mail_that_did_not_arrive_leaves_anew(
    both: Both, state: MailState, *, anew: bool
) -> None:
    """Under a Message-ID of its own, so that an old report does not tell of it."""
    campaign, record = both
    ann, ben = (person_of(record, one.mail) for one in (ANN, BEN))
    with record.begin(NOW) as tx:
        note_mail(tx, ann, state)
        note_mail(tx, ben, MailState.SENT)
    (old,) = standing(record, ANN.mail).mails
    write_roster(campaign.folder, [NEW, BEN])
    done = readdress(campaign, record, ANN.mail, NEW.mail, now=NOW + DAY)
    build(campaign, record)

    assert done.is_invited == anew
    assert [one.person.address for one in plan(both).mails] == ([NEW.mail] if anew else [])
    assert all(one.resumed and one.resumed.message_id != old.message_id for one in plan(both).mails)


def test_what_came_from_the_old_address_is_the_persons_own(both: Both, tmp_path: Path) -> None:
    """So that it counts as before, and `forget` finds all of it."""
    campaign, record = both
    answers = [filled_of(campaign, record, ANN.mail, rating) for rating in (1, 2)]
    for day, number in enumerate((0, 1, 0)):
        path = tmp_path / f"{day}.eml"
        at, message_id = NOW + day * DAY, f"<{day}@x>"
        file = ("a.xlsx", answers[number])
        path.write_bytes(mail(file, sender=ANN.mail, at=at, message_id=message_id).as_bytes())
        collect(campaign, record, path, now=NOW + 3 * DAY)
    before = standing(record, ANN.mail).response
    readdress(campaign, record, ANN.mail, NEW.mail, now=NOW)
    after = standing(record, NEW.mail).response

    assert before is not None
    assert after is not None
    assert (after.id, after.received) == (before.id, NOW + 2 * DAY)
    assert {one.sender for one in after.deliveries} == {NEW.mail}


def test_who_is_somebody_else_is_left_alone(both: Both) -> None:
    """Nobody's mails or answers become another person's."""
    campaign, record = both
    answer(campaign, record, BEN.mail)
    for old, new, words in (
        (ANN.mail, BEN.mail, "as somebody else"),
        ("nobody@example.org", NEW.mail, "has the address"),
        (ANN.mail, "no address", "not a mail address"),
    ):
        with pytest.raises(CampaignError, match=words):
            readdress(campaign, record, old, new, now=NOW)
    assert person_of(record, ANN.mail).address == ANN.mail


def test_who_is_in_the_roster_besides_is_somebody_else(both: Both) -> None:
    """Although nobody has mailed or heard of them: neither row nor workbook goes."""
    campaign, record = both
    answer(campaign, record, ANN.mail)
    with pytest.raises(CampaignError, match=r"Ann\) and ben@example.org \(Ben\) are two people"):
        readdress(campaign, record, ANN.mail, BEN.mail, now=NOW)
    assert standing(record, ANN.mail).stage is Stage.COMPLETE
    assert standing(record, BEN.mail).stage is Stage.NOT_MAILED
    assert build(campaign, record).made == ()


def test_who_has_another_name_is_somebody_else(both: Both) -> None:
    """Until the facilitator has said otherwise, as the message tells."""
    campaign, record = both
    answer(campaign, record, ANN.mail)
    write_roster(campaign.folder, [replace(NEW, name="Anna-Lena"), BEN])
    build(campaign, record)
    with pytest.raises(CampaignError, match="is Anna-Lena in the record") as caught:
        readdress(campaign, record, ANN.mail, NEW.mail, now=NOW)
    assert "write the name Ann into the row of ann@new.example" in str(caught.value)
    write_roster(campaign.folder, [NEW, BEN])
    build(campaign, record)
    readdress(campaign, record, ANN.mail, NEW.mail, now=NOW)
    write_roster(campaign.folder, [replace(NEW, name="Anna-Lena"), BEN])
    build(campaign, record)
    assert standing(record, NEW.mail).stage is Stage.COMPLETE
    assert standing(record, NEW.mail).person.name == "Anna-Lena"


def test_a_mail_that_was_planned_goes_to_no_earlier_address(both: Both) -> None:
    """Nor to somebody who was erased meanwhile."""
    campaign, record = both
    ann, ben = plan(both).mails
    forget(campaign, record, BEN.mail, keep_ratings=False, now=NOW)
    readdress(campaign, record, ANN.mail, NEW.mail, now=NOW)
    for entry in (ann, ben):
        with record.begin(NOW) as tx, pytest.raises(CampaignError, match="has changed since"):
            claim_planned_mail(tx, entry, f"<{entry.person.name}@example.org>")
    with record.begin(NOW) as tx:
        assert all_mails(tx) == {}


@pytest.mark.parametrize("address", [ANN.mail, NEW.mail])
def test_nobody_is_forgotten_while_roster_and_record_differ(both: Both, address: str) -> None:
    """Half of the person would stay, and the next build would make them somebody to be mailed."""
    campaign, record = both
    readdress(campaign, record, ANN.mail, NEW.mail, now=NOW)
    write_roster(campaign.folder, [ANN, BEN])
    with record.begin(NOW) as tx:  # as a command does that was ended before it wrote the roster
        save_build_inputs(tx, "", [])
    with pytest.raises(CampaignError, match="two addresses"):
        forget(campaign, record, address, keep_ratings=False, now=NOW)
    assert person_of(record, NEW.mail)

    write_roster(campaign.folder, [NEW, BEN])
    build(campaign, record)
    forget(campaign, record, NEW.mail, keep_ratings=False, now=NOW)
    build(campaign, record)
    with record.begin(NOW) as tx:
        assert [one.mail for one in people.all_people(tx)] == [BEN.mail]


def test_the_command_says_what_is_next(both: Both) -> None:
    """The roster has it too."""
    campaign, record = both
    out = run(
        *("campaign", "readdress", ANN.mail, NEW.mail),
        *("-C", campaign.folder, "--database", campaign.database),
    ).stdout

    assert "The address of Ann is now ann@new.example.\nWritten into roster.csv.\n" in out
    assert "iml4e campaign build" in out
    assert person_of(record, NEW.mail)


def roster_of(campaign: Campaign) -> bytes:
    """Return the roster as it lies in the folder."""
    return (campaign.folder / "roster.csv").read_bytes()


def test_the_roster_has_the_new_address(both: Both) -> None:
    """Nothing else in it changes, nobody is made twice, and mails leave without another build."""
    campaign, record = both
    before = roster_of(campaign)
    outcome = readdress(campaign, record, ANN.mail, NEW.mail, now=NOW)

    assert outcome.rosters == ("roster.csv",)
    assert outcome.edits == ()
    assert roster_of(campaign) == before.replace(ANN.mail.encode(), NEW.mail.encode())
    assert {one.person.address for one in plan(both).mails} == {NEW.mail, BEN.mail}
    made = build(campaign, record)
    assert (made.made, made.unlisted, made.namesakes) == ((), (), ())


def test_a_roster_that_changed_meanwhile_is_built_first(both: Both) -> None:
    """The correction is no reason to take the other changes for built."""
    campaign, record = both
    write_roster(campaign.folder, [ANN, BEN, *rows(3)[2:]])
    readdress(campaign, record, ANN.mail, NEW.mail, now=NOW)
    with pytest.raises(CampaignError) as error:
        plan(both)
    assert error.value.code is SendErrorCode.ROSTER_CHANGED
    assert [person.mail for person in build(campaign, record).made] == ["cay@example.org"]


def test_a_restored_roster_makes_nobody_twice(both: Both) -> None:
    """Nothing is built; the message names the row and both addresses."""
    campaign, record = both
    readdress(campaign, record, ANN.mail, NEW.mail, now=NOW)
    write_roster(campaign.folder, [ANN, BEN])
    with pytest.raises(CampaignError) as error:
        build(campaign, record)
    assert error.value.code is RoundErrorCode.ROSTER_READDRESSED
    assert "roster.csv, row 2: the address ann@example.org of Ann was corrected to" in str(
        error.value
    )
    again = readdress(campaign, record, ANN.mail, NEW.mail, now=NOW)  # as the command can, too
    assert again.rosters == ("roster.csv",)
    assert build(campaign, record).made == ()
    assert standing(record, NEW.mail).person.id == again.person.id


def test_an_address_may_become_somebody_elses(both: Both) -> None:
    """Whoever is named there beside the person with the correction is another one."""
    campaign, record = both
    readdress(campaign, record, ANN.mail, NEW.mail, now=NOW)
    write_roster(campaign.folder, [NEW, BEN, replace(ANN, name="Anton")])
    assert [person.name for person in build(campaign, record).made] == ["Anton"]
    readdress(campaign, record, BEN.mail, "ben@new.example", now=NOW)
    readdress(campaign, record, "ben@new.example", BEN.mail, now=NOW)  # back again
    assert build(campaign, record).made == ()


def test_no_address_stands_among_the_events(both: Both) -> None:
    """What is known of the old one goes with the person."""
    campaign, record = both
    readdress(campaign, record, ANN.mail, NEW.mail, now=NOW)
    with record.begin(NOW) as tx:
        details = [row.detail for row in tx.connection.execute(sqlalchemy.select(events))]
        assert people.find_readdressed(tx, [ANN.mail.upper()])
    assert not any("@" in detail for detail in details)
    forget(campaign, record, NEW.mail, keep_ratings=False, now=NOW)
    with record.begin(NOW) as tx:
        assert people.find_readdressed(tx, [ANN.mail]) == {}


@pytest.mark.parametrize("obstacle", ["format", "write"])
def test_a_roster_that_cannot_be_written_is_told_with_the_row(
    both: Both, office: Office, obstacle: str
) -> None:
    """The record has the new address; the message says what to write where."""
    campaign, record = both
    path = campaign.folder / "roster.csv"
    options = ("-C", campaign.folder, "--database", campaign.database)
    if obstacle == "format":
        target = campaign.folder / "people.ods"
        office.edit(path, targets={"ods": target})
        change_settings(campaign.folder, roster="people.ods")
        path.unlink()
        path = target
        said = run("campaign", "readdress", ANN.mail, NEW.mail, *options).output
    else:
        with mock.patch("iml4e_xlsx.output.os.replace", side_effect=PermissionError(13, "No")):
            said = run("campaign", "readdress", ANN.mail, NEW.mail, *options).output

    assert f"Not written into {path}: " in said
    assert f"Write {NEW.mail} into row 2 yourself, in place of {ANN.mail}." in said
    assert person_of(record, NEW.mail)
