"""A mail, a zip or a file that makes a library fail: collecting takes everything else in."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.folder.originals import original_name, store_original
from iml4e_xlsx.campaign.people.stages import Stage
from iml4e_xlsx.campaign.record.connection import Record, Transaction
from iml4e_xlsx.errors import WorkbookWriteError
from iml4e_xlsx.findings.error_codes import OutputErrorCode
from tests.support.campaigns import collect, run
from tests.support.mailbox import ANN, BEN, CAY, DAN
from tests.support.returning import (
    Relay,
    Rounds,
    all_returned,
    filled_of,
    imap_settings,
    mail,
    originals,
    standing_of,
)
from tests.support.servers.mailhost import MailHost
from tests.support.spoiled import JUNK, bracketed_mail, damaged_lzma, nameless_member


def answers(campaign: Campaign, record: Record, name: str = "answer.xlsx") -> list[bytes]:
    """Return a mail of each of three people with the person's workbook."""
    return [
        mail(
            (name, filled_of(campaign, record, one)),
            sender=one,
            message_id=f"<{one}>",
            at=datetime.now(UTC),
        ).as_bytes()
        for one in (ANN, BEN, CAY)
    ]


def bad_mails() -> list[bytes]:
    bad = (("x.zip", damaged_lzma()), ("y.zip", nameless_member()))
    return [
        bracketed_mail(),
        bracketed_mail(("x.xlsx", JUNK), message_id="<brackets-and-more@example.org>"),
        mail(*bad, sender=DAN, message_id="<dan>", at=datetime.now(UTC)).as_bytes(),
    ]


def assert_all_taken_in(record: Record) -> None:
    assert [standing_of(record, one).stage for one in (ANN, BEN, CAY)] == [Stage.COMPLETE] * 3


def test_a_folder_with_bad_items(rounds: Rounds, tmp_path: Path) -> None:
    """What is good is taken in by the first run, and known to the second."""
    with rounds.opened(tmp_path) as (campaign, record):
        inbox = tmp_path / "inbox"
        inbox.mkdir()
        first, *others = answers(campaign, record)
        zips = (damaged_lzma(), nameless_member(JUNK + b" either"))
        for number, content in enumerate((first, *bad_mails(), *zips, *others)):
            suffix = "zip" if content.startswith(b"PK") else "eml"
            (inbox / f"{number}.{suffix}").write_bytes(content)

        said = run("campaign", "collect", inbox, "-C", campaign.folder, code=1).output
        assert "New responses: 3." in said
        assert "unexpected error" not in said
        assert "5.zip/#1" in said.replace("\n", "")  # long paths take several lines
        assert_all_taken_in(record)
        before = originals(campaign)

        said = run("campaign", "collect", inbox, "-C", campaign.folder, code=1).output
        assert "New responses: 0. Collected before: 7." in said
        assert originals(campaign) == before


def test_a_mailbox_with_bad_mails(
    mail_host: MailHost, rounds: Rounds, inbox: str, tmp_path: Path
) -> None:
    """One before them and two behind them are taken in, and later ones by the next run."""
    with rounds.opened(tmp_path, **imap_settings(mail_host)) as (campaign, record):
        first, *others = answers(campaign, record)
        mail_host.append(inbox, [first, *bad_mails(), *others])

        said = run("campaign", "collect", "--imap", "-C", campaign.folder, code=1).output
        assert "New responses: 3." in said
        assert "unexpected error" not in said
        assert_all_taken_in(record)
        failed = [one.source for one in all_returned(record) if one.code]
        assert sorted(failed) == ["#1", "x.xlsx", "x.xlsx"]

        late = mail(
            ("answer.xlsx", filled_of(campaign, record, DAN)),
            sender=DAN,
            message_id="<late>",
            at=datetime.now(UTC),
        )
        mail_host.append(inbox, [bad_mails()[0], late.as_bytes()])
        said = run("campaign", "collect", "--imap", "-C", campaign.folder).output
        assert "New responses: 1." in said


@pytest.mark.parametrize(
    ("old", "new"),
    [(b'"spoil.xlsx")', b'"spoil.xlsx"('), (b'"spoil.xlsx")', b"(" * 13)],
    ids=["never-closed", "opened-again-and-again"],
)
def test_a_structure_that_cannot_be_parsed_costs_nothing(
    mail_host: MailHost,
    rounds: Rounds,
    inbox: str,
    relay: Relay,
    tmp_path: Path,
    old: bytes,
    new: bytes,
) -> None:
    """The mail itself is looked at; all others are as if it were not there."""
    with rounds.opened(tmp_path, **relay.settings) as (campaign, record):
        first, _, last = answers(campaign, record)
        spoiled = answers(campaign, record, "spoil.xlsx")[1]
        mail_host.append(inbox, [first, spoiled, mail(message_id="<no>").as_bytes(), last])
        relay.replaced = {old: new}

        said = run("campaign", "collect", "--imap", "-C", campaign.folder).output
        assert "New responses: 3." in said
        assert_all_taken_in(record)


def test_what_nobody_foresaw_costs_one_file(
    rounds: Rounds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where it is written down whose a file is; but a full disk ends the run."""
    with rounds.opened(tmp_path) as (campaign, record):
        files = []
        for name, person in (("a", ANN), ("b", DAN), ("c", BEN), ("d", CAY)):
            files.append(tmp_path / f"{name}.xlsx")
            files[-1].write_bytes(filled_of(campaign, record, person))
        unlucky = files[1].read_bytes()

        def fail_once(
            tx: Transaction, campaign: Campaign, name: str, data: bytes, *, aside: bool
        ) -> str:
            if data == unlucky:
                raise RecursionError("nobody thought of it")
            return store_original(tx, campaign, name, data, aside=aside)

        monkeypatch.setattr("iml4e_xlsx.campaign.collect.collector.store_original", fail_once)
        outcome = collect(campaign, record, *files)
        assert [(failure.code, failure.source) for failure in outcome.failures] == [
            ("defect", str(files[1]))
        ]
        assert "RecursionError: nobody thought of it" in outcome.failures[0].message
        assert_all_taken_in(record)
        assert len(all_returned(record)) == 3

        def fail_always(*_: Any, **__: Any) -> str:
            raise WorkbookWriteError(OutputErrorCode.OUTPUT_UNWRITABLE, target="x", reason="full")

        monkeypatch.setattr("iml4e_xlsx.campaign.collect.collector.store_original", fail_always)
        with pytest.raises(WorkbookWriteError):
            collect(campaign, record, files[1])


def test_a_name_that_is_all_suffix_does_not_name_the_original(
    rounds: Rounds, tmp_path: Path
) -> None:
    """No disk would take it with the digest before it."""
    with rounds.opened(tmp_path) as (campaign, record):
        path = tmp_path / ("x." + "y" * 250)
        path.write_bytes(filled_of(campaign, record, ANN))
        done = collect(campaign, record, path)

        assert not done.failures
        assert [len(name) for name in originals(campaign)] == [len("returned/") + 20]
    assert original_name("a" * 64, "x.XLSX") == "a" * 20 + ".xlsx"
