"""What only the facilitator knows: whether a mail left, and whose a file is."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.corrections.assign import assign_file, dismiss_file
from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.record import mails, returns
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.mails import MailKind, MailState
from iml4e_xlsx.campaign.record.returned_file import OwnerMatch, ReturnState
from iml4e_xlsx.campaign.round_report import campaign_assessments
from iml4e_xlsx.campaign.send.plan import plan_invitations
from iml4e_xlsx.campaign.send.settle import SETTLED_BY_HAND, settle_mails
from iml4e_xlsx.cli.campaign.collect_messages import assignment_text
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.findings.error_codes import CorrectionErrorCode, ErrorCode
from iml4e_xlsx.model import Profile
from tests.support.builders import built, response
from tests.support.campaigns import DAY, NOW, all_rated, built_campaign, collect, person_of, run
from tests.support.noting import note_mail
from tests.support.returning import filled, filled_of, mail

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
    assert (mail.changed, mail.words) == (NOW + DAY, SETTLED_BY_HAND)
    planned = {entry.person.mail: entry.resumed for entry in plan.mails}
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
    assert "--sent if the mail left, --not-sent if it did not" in said
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
    scheme = campaign.load_scheme()
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
    done = assign_file(campaign, record, told, "BEN@example.org", now=NOW)
    assert done.owner is not None
    assert done.owner.person.mail == BEN
    with record.begin(NOW) as tx:
        kept = next(one for one in returns.all_returned(tx) if one.file.endswith(name))
    (result,) = campaign_assessments(campaign, record, now=NOW)

    assert (kept.matched, kept.state) == (OwnerMatch.HAND, ReturnState.READ)
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
    ("file", "mail", "reason"),
    [
        ("aside/nosuch.xlsx", ANN, CorrectionErrorCode.FILE_UNKNOWN),
        ("", ANN, CorrectionErrorCode.FILE_UNKNOWN),
        (".xlsx", ANN, CorrectionErrorCode.FILE_UNKNOWN),
        ("SHORT", ANN, CorrectionErrorCode.FILE_UNKNOWN),
        ("found-nowhere.xlsx", ANN, CorrectionErrorCode.FILE_UNKNOWN),
        ("FIRST", "nobody@example.org", CorrectionErrorCode.ADDRESS_UNKNOWN),
    ],
)
def test_what_cannot_be_given_is_said(
    opened: tuple[Campaign, Record], aside: list[str], file: str, mail: str, reason: ErrorCode
) -> None:
    """No such file, too little of its name, what it came as, or no such person."""
    campaign, record = opened
    told = {"FIRST": aside[0], "SHORT": aside[0].rpartition("/")[2][:5]}.get(file, file)
    before = sorted(path.name for path in campaign.aside.iterdir())
    with pytest.raises(CampaignError) as error:
        assign_file(campaign, record, told, mail, now=NOW)
    assert error.value.code is reason

    assert sorted(path.name for path in campaign.aside.iterdir()) == before


def test_assigning_by_command(opened: tuple[Campaign, Record], aside: list[str]) -> None:
    """Says whose it is now and what counts; exactly one of the three is wanted."""
    campaign, _ = opened

    def assign(*args: str, code: int = 0) -> str:
        return run("campaign", "assign", *args, "-C", campaign.folder, code=code).output.strip()

    assert assign(aside[0], ANN) == f"{aside[0]} is Ann's now (8 of 8 answered)."
    assert assign(aside[1], ANN) == f"{aside[1]} is Ann's now; it could not be read."
    assert "Nobody in the campaign" in assign(aside[1], "x@y", code=1)
    for args in ((), (ANN, "--nobody"), (ANN, "--dismiss"), ("--nobody", "--dismiss")):
        assert "Name the owner of the file" in assign(aside[0], *args, code=2)


def counting(record: Record, address: str) -> str:
    """Return which of a person's files counts."""
    person = person_of(record, address)
    with record.begin(NOW) as tx:
        found = returns.counting_responses(returns.all_returned(tx)).get(person.id)
    return found.source if found else ""


def test_a_file_is_taken_back_and_given_to_another(
    opened: tuple[Campaign, Record], aside: list[str], tmp_path: Path
) -> None:
    """What it takes the place of is said, and counts again when it is taken away."""
    campaign, record = opened
    few = dict(list(all_rated(campaign.load_scheme()).items())[:3])
    own = tmp_path / "own.xlsx"
    own.write_bytes(filled_of(campaign, record, BEN, few))
    os.utime(own, ((NOW - DAY).timestamp(),) * 2)
    collect(campaign, record, own)
    (mine,) = (path.name for path in campaign.returned.iterdir())
    given = assignment_text(assign_file(campaign, record, aside[0], BEN, now=NOW))
    assert counting(record, BEN) == "found.xlsx"
    moved = aside[0].replace("aside", "returned")
    to_cay = assignment_text(assign_file(campaign, record, moved, CAY, now=NOW))
    assert (counting(record, BEN), counting(record, CAY)) == ("own.xlsx", "found.xlsx")
    from_cay = assignment_text(assign_file(campaign, record, moved, "", now=NOW))
    assert counting(record, CAY) == ""
    collect(campaign, record, tmp_path / "found.xlsx")
    older = assignment_text(assign_file(campaign, record, aside[0], CAY, now=NOW))
    mine_to_cay = assignment_text(assign_file(campaign, record, mine, CAY, now=NOW))

    assert given == (
        f"{aside[0]} is Ben's now (8 of 8 answered) and takes the place of own.xlsx (3 of 8)."
    )
    assert (
        to_cay == f"{moved} is Cay's now (8 of 8 answered). For Ben, own.xlsx (3 of 8) counts now."
    )
    assert from_cay == f"{moved} has no owner now: {aside[0]}. For Cay, nothing counts now."
    assert older == f"{aside[0]} is Cay's now (8 of 8 answered)."
    assert mine_to_cay == (
        f"returned/{mine} is Cay's now (3 of 8 answered); found.xlsx (8 of 8) still counts. "
        "For Ben, nothing counts now."
    )
    assert sorted(path.name for path in campaign.returned.iterdir()) == sorted(
        [mine, aside[0].rpartition("/")[2]]
    )


def test_what_is_assigned_to_nobody_stays_so(
    opened: tuple[Campaign, Record], tmp_path: Path
) -> None:
    """A sender who passed a colleague's workbook on does not get it back with the next run."""
    campaign, record = opened
    path = tmp_path / "a.eml"
    path.write_bytes(mail(("x.xlsx", filled(campaign))).as_bytes())
    collect(campaign, record, path)
    assert counting(record, ANN) == "x.xlsx"
    (name,) = (one.name for one in campaign.returned.iterdir())
    run("campaign", "assign", name, "--nobody", "-C", campaign.folder)
    collect(campaign, record, path)

    assert counting(record, ANN) == ""
    assert [one.name for one in campaign.aside.iterdir()] == [name]
    assert f"aside/{name}" in listed(campaign)


def listed(campaign: Campaign) -> list[str]:
    """Return what the status lists of files, by what it calls them."""
    shown = run("campaign", "status", campaign.folder, "--format", "json").stdout
    return [one["handle"] for one in json.loads(shown)["aside"]]


def test_what_is_dismissed_is_on_no_list(
    opened: tuple[Campaign, Record], aside: list[str], tmp_path: Path
) -> None:
    """Kept on the disk and in the record; a person whose problem it was is missing again."""
    campaign, record = opened
    winmail, problem = tmp_path / "a.eml", tmp_path / "b.eml"
    winmail.write_bytes(mail(("winmail.dat", b"x"), sender="x@example.net").as_bytes())
    problem.write_bytes(mail(("b.xlsx", b"PK"), sender=ANN, message_id="<2@x>").as_bytes())
    ann = person_of(record, ANN)
    with record.begin(NOW) as tx:
        note_mail(tx, ann)
    collect(campaign, record, winmail, problem)
    (theirs,) = (path.name for path in campaign.returned.iterdir())
    shown = "".join(run("campaign", "status", campaign.folder).stdout.split())
    for one in (*aside, "winmail.dat", theirs):
        run("campaign", "assign", one, "--dismiss", "-C", campaign.folder)
    collect(campaign, record, winmail, problem, tmp_path / "found.xlsx", tmp_path / "broken.xlsx")
    after = json.loads(run("campaign", "status", campaign.folder, "--format", "json").stdout)

    assert theirs[:9] in shown
    assert after["aside"] == []
    assert after["counts"]["problems"] == 0
    assert after["counts"]["missing"] == 1
    assert sorted(path.name for path in campaign.aside.iterdir()) == sorted(
        one.rpartition("/")[2] for one in aside
    )
    assert [path.name for path in campaign.returned.iterdir()] == [theirs]
    with record.begin(NOW) as tx:
        assert {one.state for one in returns.all_returned(tx)} == {ReturnState.DISMISSED}


def test_what_was_dismissed_is_told_again_when_it_is_sent_again(
    opened: tuple[Campaign, Record], aside: list[str], tmp_path: Path
) -> None:
    """By somebody in the roster: nobody could know of that. Assigning undoes it as well."""
    campaign, record = opened
    for one in aside:
        dismiss_file(record, one, now=NOW)
    for name, sender in (("found.xlsx", BEN), ("broken.xlsx", CAY)):
        path = tmp_path / f"{name}.eml"
        made = mail((name, (tmp_path / name).read_bytes()), sender=sender, message_id=f"<{name}>")
        path.write_bytes(made.as_bytes())
        collect(campaign, record, path)
    assert counting(record, BEN) == "found.xlsx"
    assert "1 with problems" in run("campaign", "status", campaign.folder).stdout
    dismiss_file(record, aside[1], now=NOW)
    assert "1 with problems" not in run("campaign", "status", campaign.folder).stdout
    assign_file(campaign, record, aside[1], ANN, now=NOW)
    assert run("campaign", "status", campaign.folder, "--reply").stdout.startswith("To: Ann <")
    with pytest.raises(CampaignError, match="is somebody's answer"):
        dismiss_file(record, aside[0], now=NOW)


def test_a_name_that_several_have_is_asked_about(
    opened: tuple[Campaign, Record], tmp_path: Path
) -> None:
    """Of files that could not be kept the status says by what they can be told apart."""
    campaign, record = opened
    for number in range(2):
        path = tmp_path / f"{number}.eml"
        made = mail(("winmail.dat", b"x"), sender="x@example.net", message_id=f"<{number}@x>")
        path.write_bytes(made.as_bytes())
        collect(campaign, record, path)
    handles = listed(campaign)
    with pytest.raises(CampaignError, match="may be 2 files; name one of: ") as said:
        assign_file(campaign, record, "winmail.dat", ANN, now=NOW)
    assign_file(campaign, record, handles[0], ANN, now=NOW)

    assert all(handle in str(said.value) for handle in handles)
    assert listed(campaign) == handles[1:]


def test_what_counts_is_the_same_in_every_database(tmp_path: Path, database: str) -> None:
    """A version passed on by somebody else, two in one mail, one given away, one dismissed."""
    with built_campaign(tmp_path, 3, database=database, roster="roster.csv") as (campaign, record):
        few = dict(list(all_rated(campaign.load_scheme()).items())[:3])
        draft, final = (filled_of(campaign, record, ANN, given) for given in (few, 3))
        mails_ = [
            mail(("final.xlsx", final), ("draft.xlsx", draft), message_id="<1@x>"),
            mail(("draft.xlsx", draft), message_id="<2@x>", sender=BEN, at=NOW + DAY),
            mail(("broken.xlsx", b"PK"), message_id="<3@x>", sender=CAY),
        ]
        for number, one in enumerate(mails_):
            (tmp_path / f"{number}.eml").write_bytes(one.as_bytes())
            collect(campaign, record, tmp_path / f"{number}.eml", now=NOW + 2 * DAY)
        assert counting(record, ANN) == "final.xlsx"
        with record.begin(NOW) as tx:
            names = {one.source: one.handle for one in returns.all_returned(tx)}
        assign_file(campaign, record, names["final.xlsx"], BEN, now=NOW)
        dismiss_file(record, names["broken.xlsx"], now=NOW)
        with record.begin(NOW) as tx:
            states_ = {one.source: one.state for one in returns.all_returned(tx)}

        assert (counting(record, ANN), counting(record, BEN)) == ("draft.xlsx", "final.xlsx")
        assert states_["broken.xlsx"] is ReturnState.DISMISSED
