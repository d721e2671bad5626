"""What only the facilitator knows: whether a mail left, and whose a file is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.folder import Campaign
from iml4e_xlsx.campaign.outbox import plan_invitations
from iml4e_xlsx.campaign.record import mails, returns
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.mails import MailKind, MailState
from iml4e_xlsx.campaign.record.returns import Match, ReturnState
from iml4e_xlsx.campaign.reporting import campaign_assessments
from iml4e_xlsx.campaign.settling import assign_file, settle_mails
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.model import Profile
from tests.support.builders import built, response
from tests.support.campaigns import (
    DAY,
    NOW,
    all_rated,
    built_campaign,
    collect,
    note_mail,
    person_of,
    run,
)

ANN, BEN, CAY = "ann@example.org", "ben@example.org", "cay@example.org"
OPEN = (MailState.SENDING, MailState.UNCERTAIN, MailState.DRAFTED)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[Campaign, Record]]:
    """Yield a campaign of three people, built."""
    with built_campaign(tmp_path / "c", 3) as found:
        yield found


def states(record: Record, mail: str) -> list[MailState]:
    person = person_of(record, mail)
    with record.begin(NOW) as tx:
        return [one.state for one in mails.all_mails(tx).get(person.id, [])]


@pytest.mark.parametrize("was_sent", [True, False])
@pytest.mark.parametrize("state", OPEN)
def test_an_open_mail_is_settled(
    opened: tuple[Campaign, Record], state: MailState, *, was_sent: bool
) -> None:
    """As sent it is left alone; what was not sent goes out with the next run."""
    campaign, record = opened
    ann = person_of(record, ANN)
    with record.begin(NOW) as tx:
        message_id = note_mail(tx, ann, state)
    assert settle_mails(record, ["ANN@example.org"], was_sent=was_sent, now=NOW + DAY) == 1
    with record.begin(NOW) as tx:
        plan = plan_invitations(tx, campaign)
        ((mail,),) = mails.all_mails(tx).values()

    assert mail.state is (MailState.SENT if was_sent else MailState.DEFERRED)
    assert (mail.changed, mail.words) == (NOW + DAY, "settled by hand")
    planned = {entry.person.mail: entry.known for entry in plan.entries}
    assert (ANN in planned) == (not was_sent)
    known = planned.get(ANN)
    assert (known.message_id if known else "") == ("" if was_sent else message_id)


def test_all_open_mails_of_a_person_are_settled(opened: tuple[Campaign, Record]) -> None:
    """The invitation and a reminder; those whose fate is known stay."""
    _, record = opened
    ann = person_of(record, ANN)
    with record.begin(NOW) as tx:
        note_mail(tx, ann, MailState.REFUSED)
        note_mail(tx, ann, MailState.UNCERTAIN, number=2)
        note_mail(tx, ann, MailState.SENDING, kind=MailKind.REMINDER)
    assert settle_mails(record, [ANN], was_sent=True, now=NOW) == 2

    assert states(record, ANN) == [MailState.REFUSED, MailState.SENT, MailState.SENT]


@pytest.mark.parametrize("wrong", [BEN, CAY, "nobody@example.org", ""])
def test_one_that_has_no_open_mail_settles_nothing(
    opened: tuple[Campaign, Record], wrong: str
) -> None:
    """All of it or none: the others stay open as well."""
    _, record = opened
    ann, ben = person_of(record, ANN), person_of(record, BEN)
    with record.begin(NOW) as tx:
        note_mail(tx, ann, MailState.UNCERTAIN)
        note_mail(tx, ben, MailState.SENT)
    with pytest.raises(CampaignError, match="no mail to"):
        settle_mails(record, [ANN, wrong], was_sent=True, now=NOW)

    assert states(record, ANN) == [MailState.UNCERTAIN]
    assert states(record, BEN) == [MailState.SENT]


def test_settling_by_command(opened: tuple[Campaign, Record]) -> None:
    """Whether it was sent must be said."""
    campaign, record = opened
    ann = person_of(record, ANN)
    with record.begin(NOW) as tx:
        note_mail(tx, ann, MailState.UNCERTAIN)
    said = run("campaign", "settle", ANN, "-C", campaign.folder, code=2).output
    assert "--sent if it left, --not-sent if it did not" in said
    run("campaign", "settle", BEN, "--sent", "-C", campaign.folder, code=1)
    out = run("campaign", "settle", ANN, "--not-sent", "-C", campaign.folder).stdout

    assert "Settled 1 mail." in out
    assert states(record, ANN) == [MailState.DEFERRED]
    out = run("campaign", "status", campaign.folder).stdout
    assert "3 not mailed yet" in out
    assert "has not left yet (settled by hand)" in " ".join(out.split())


@pytest.fixture
def aside(opened: tuple[Campaign, Record], tmp_path: Path) -> list[str]:
    """Return the paths of two files that lie aside: a workbook of nobody's, and a broken one."""
    campaign, record = opened
    scheme = campaign.scheme()
    profile = Profile(respondent="Somebody", team="Elsewhere")
    filled = response(scheme, all_rated(scheme, 2), profile=profile)
    first = built(scheme, tmp_path / "found.xlsx", filled)
    second = tmp_path / "broken.xlsx"
    second.write_bytes(b"PK\x03\x04 broken")
    collect(campaign, record, first, second)
    found = {path.read_bytes(): path for path in campaign.aside.iterdir()}
    return [
        found[path.read_bytes()].relative_to(campaign.folder).as_posix() for path in (first, second)
    ]


@pytest.mark.parametrize("form", ["path", "name", "beginning", "windows"])
def test_a_file_is_given_to_a_person(
    opened: tuple[Campaign, Record], aside: list[str], form: str
) -> None:
    """By its path as listed, its name or the beginning of it; it lies with the others then."""
    campaign, record = opened
    name = aside[0].rpartition("/")[2]
    told = {
        "path": aside[0],
        "name": name,
        "beginning": name[:8],
        "windows": aside[0].replace("/", "\\"),
    }[form]
    assert assign_file(campaign, record, told, "BEN@example.org", now=NOW).mail == BEN
    with record.begin(NOW) as tx:
        kept = next(one for one in returns.all_returned(tx) if one.file.endswith(name))
    (result,) = campaign_assessments(campaign, record, now=NOW)

    assert (kept.matched, kept.state) == (Match.HAND, ReturnState.READ)
    assert kept.file == f"returned/{name}"
    assert (campaign.folder / kept.file).is_file()
    assert not (campaign.folder / aside[0]).exists()
    assert result.response.profile.respondent == "Ben"
    assert result.response.profile.team == "Red"
    assert "1 of 3 people" in run("campaign", "status", campaign.folder).stdout


def test_a_broken_file_is_given_to_a_person(
    opened: tuple[Campaign, Record], aside: list[str]
) -> None:
    """Then it is known who is to be written to."""
    campaign, record = opened
    assign_file(campaign, record, aside[1], ANN, now=NOW)
    out = run("campaign", "status", campaign.folder, "--reply").stdout

    assert out.startswith("To: Ann <ann@example.org>")
    assert "broken.xlsx" in out


@pytest.mark.parametrize(
    ("file", "mail", "words"),
    [
        ("aside/nosuch.xlsx", ANN, "no file that lies aside"),
        ("", ANN, "no file that lies aside"),
        (".xlsx", ANN, "no file that lies aside"),
        ("FIRST", "nobody@example.org", "no mail address of the record"),
        ("RETURNED", ANN, "no file that lies aside"),
    ],
)
def test_what_cannot_be_given_is_said(
    opened: tuple[Campaign, Record], aside: list[str], file: str, mail: str, words: str
) -> None:
    """No such file, several, no such person, or one that is somebody's already."""
    campaign, record = opened
    if file == "RETURNED":
        assign_file(campaign, record, aside[0], BEN, now=NOW)
    told = aside[0] if file in ("FIRST", "RETURNED") else file
    before = sorted(path.name for path in campaign.aside.iterdir())
    with pytest.raises(CampaignError, match=words):
        assign_file(campaign, record, told, mail, now=NOW)

    assert sorted(path.name for path in campaign.aside.iterdir()) == before


def test_assigning_by_command(opened: tuple[Campaign, Record], aside: list[str]) -> None:
    """Says whose it is now; a second time there is no such file aside."""
    campaign, _ = opened
    out = run("campaign", "assign", aside[0], ANN, "-C", campaign.folder).stdout
    assert f"{aside[0]} is Ann's now." in out
    run("campaign", "assign", aside[0], BEN, "-C", campaign.folder, code=1)
    run("campaign", "assign", aside[1], "x@y", "-C", campaign.folder, code=1)
