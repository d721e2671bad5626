"""A plan is carried out as drafts, by the roster and workbooks that were built."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.mails import MailKind, MailState
from iml4e_xlsx.campaign.send.compose import MailComposer
from iml4e_xlsx.campaign.send.drafts import DRAFT_NOT_WRITTEN, write_drafts
from iml4e_xlsx.errors import (
    CampaignError,
    OutputExistsError,
    OutputNameError,
    WorkbookWriteError,
)
from tests.support.campaigns import (
    NOW,
    built_campaign,
    person_of,
    record_of,
    rows,
    run,
    workbook_of,
    write_roster,
)
from tests.support.noting import note_mail
from tests.support.planning import (
    ANN,
    BEN,
    invitations,
    mails_of,
    read,
)
from tests.support.unwritable_drafts import refusing_drafts


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
    with refusing_drafts("org-red-ben"):
        with pytest.raises(WorkbookWriteError):
            write_drafts(*opened, invitations(*opened), folder, now=NOW, force=True)

        assert [one.state for one in mails_of(opened[1], ANN)] == [MailState.DRAFTED]
        (failed,) = mails_of(opened[1], BEN)
        assert failed.state is MailState.DEFERRED
        assert failed.words == DRAFT_NOT_WRITTEN
        run("campaign", "settle", ANN, "--not-sent", "-C", opened[0].folder)
        outcome = run("campaign", "send", opened[0].folder, "--eml", folder, "--force", code=3)
    assert f"Wrote 1 draft to {folder}. It counts as mailed from now on" in outcome.stdout
    assert "ben-invitation.eml cannot be written" in outcome.stderr
    assert [path.name for path in drafts(opened, folder)] == ["org-red-ben-invitation.eml"]


def test_a_folder_in_the_way_of_a_draft_is_said_before_anything_is_recorded(
    opened: tuple[Campaign, Record], tmp_path: Path
) -> None:
    """Not even --force replaces it."""
    folder = tmp_path / "drafts"
    (folder / "org-red-ben-invitation.eml").mkdir(parents=True)
    with pytest.raises(OutputNameError):
        write_drafts(*opened, invitations(*opened), folder, now=NOW, force=True)

    assert mails_of(opened[1], ANN) == []
    assert len(list(folder.iterdir())) == 1


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
