"""Collecting in an anonymous round: it is known who has returned something, and nothing of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.collect.collect import MailboxSearch
from iml4e_xlsx.campaign.collect.collect import collect as collect_returns
from iml4e_xlsx.campaign.collect.collector import Collector
from iml4e_xlsx.campaign.collect.outcome import CollectionOutcome
from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.people.stages import Stage
from iml4e_xlsx.campaign.record import letters
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.findings.error_codes import RoundErrorCode
from iml4e_xlsx.findings.failure import FailureCode
from tests.support.campaigns import DAY, NOW, built_campaign, filled_in, run
from tests.support.collecting import ANN, BEN, CAY, STRANGER, eml
from tests.support.forgetting import tables, traces
from tests.support.returning import all_returned, filled, filled_of, originals, standing_of

EVIDENCE = "quixotic quotation"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[Campaign, Record]]:
    """Yield an anonymous round of four people, of which nothing has come back."""
    with built_campaign(tmp_path, 4, anonymous=True, fewest=3) as pair:
        yield pair


def collected(campaign: Campaign, record: Record, *paths: Path) -> CollectionOutcome:
    """Collect files in this process."""
    return collect_returns(campaign, record, paths)


def test_only_that_something_came_is_kept(opened: tuple[Campaign, Record], tmp_path: Path) -> None:
    """No row, no original, no digest, no text of it; who it was, and the day."""
    campaign, record = opened
    data = filled_of(campaign, record, ANN, 2, note=EVIDENCE)
    path = eml(tmp_path / "ann.eml", ("a.xlsx", data), sender=ANN, message_id="<a@x>")
    outcome = collected(campaign, record, path)

    assert [file.person.mail for file in outcome.files if file.person] == [ANN]
    assert outcome.files[0].arrival.outcome is None
    assert outcome.files[0].arrival.digest == ""
    ann = standing_of(record, ANN)
    assert (ann.stage, ann.attendance.returned) == (Stage.RETURNED, date(2026, 11, 23))
    assert all_returned(record) == []
    assert originals(campaign) == {}
    assert traces(campaign, EVIDENCE, "a.xlsx", "<a@x>") == []
    rows = {name for name, _ in tables(campaign.database)}
    assert not rows & {"returned", "answers", "deliveries", "originals"}

    again = collected(campaign, record, path)
    assert (again.files, again.repeat_count) == ([], 1)


def test_what_cannot_be_read_is_told_to_its_sender(
    opened: tuple[Campaign, Record], tmp_path: Path
) -> None:
    """By the code alone, until a workbook comes that can be read; also after one that could be."""
    campaign, record = opened
    good = filled_of(campaign, record, BEN, 1)
    first = eml(tmp_path / "1.eml", ("b.xlsx", good), sender=BEN, message_id="<1@x>")
    broken = (b"PK\x03\x04" + EVIDENCE.encode(),)
    later = NOW + DAY
    bad = eml(
        tmp_path / "2.eml", ("quixotic.xlsx", *broken), sender=BEN, message_id="<2@x>", at=later
    )
    collected(campaign, record, first)
    outcome = collected(campaign, record, bad)

    assert outcome.has_errors
    ben = standing_of(record, BEN)
    assert (ben.stage, ben.has_returned) == (Stage.PROBLEMS, True)
    assert ben.attendance.code is FailureCode.BROKEN_WORKBOOK
    assert traces(campaign, "quixotic") == []
    said = run("campaign", "status", campaign.folder, "--reply").stdout
    assert "To: Ben <ben@example.org>" in said
    assert "it is damaged" in said
    shown = json.loads(run("campaign", "status", campaign.folder, "--format", "json").stdout)
    (entry,) = [one for one in shown["persons"] if one["mail"] == BEN]
    assert entry["returned"] == "2026-11-23"
    assert "it is damaged" in entry["problem"]

    # The older one again changes nothing; a newer one mends it.
    collected(campaign, record, first)
    assert standing_of(record, BEN).stage is Stage.PROBLEMS
    mended = eml(
        tmp_path / "3.eml", ("b.xlsx", good), sender=BEN, message_id="<3@x>", at=NOW + 2 * DAY
    )
    collected(campaign, record, mended)
    assert standing_of(record, BEN).stage is Stage.RETURNED
    collected(campaign, record, bad)
    assert standing_of(record, BEN).stage is Stage.RETURNED


def test_a_file_of_nobody_is_a_letter(opened: tuple[Campaign, Record], tmp_path: Path) -> None:
    """It names the sender and the file; who sent it gets no reminder until somebody has looked."""
    campaign, record = opened
    strange = eml(
        tmp_path / "s.eml", ("mine.xlsx", filled(campaign, 1, note=EVIDENCE)), sender=STRANGER,
        message_id="<s@x>",
    )  # fmt: skip
    outcome = collected(campaign, record, strange)
    with record.begin(NOW) as tx:
        (letter,) = letters.open_letters(tx)
    assert (letter.sender, letter.subject, letter.person) == (STRANGER, "mine.xlsx", None)
    assert len(outcome.unowned_files) == 1
    assert not list(campaign.folder.glob("aside/*"))
    assert traces(campaign, EVIDENCE) == []
    said = run("campaign", "collect", strange, "-C", campaign.folder)
    assert "Collected before: 1." in said.output


def test_a_workbook_without_answers_has_not_returned(
    opened: tuple[Campaign, Record], tmp_path: Path
) -> None:
    """It is named, and the person is reminded: nobody would see later that it was empty."""
    campaign, record = opened
    empty = filled_of(campaign, record, CAY, {})
    path = eml(tmp_path / "c.eml", ("c.xlsx", empty), sender=CAY, message_id="<c@x>")
    outcome = collected(campaign, record, path)
    assert [person.mail for person in outcome.blank_returns] == [CAY]
    assert not standing_of(record, CAY).has_returned


def test_the_output_names_people_and_no_answers(
    opened: tuple[Campaign, Record], tmp_path: Path
) -> None:
    """Neither how many are answered nor what was doubtful; status, JSON and CSV agree."""
    campaign, record = opened
    data = filled_in(campaign, record, ANN, {"AA-01": 2, "AA-02": "odd"}).read_bytes()
    path = eml(tmp_path / "ann.eml", ("a.xlsx", data), sender=ANN, message_id="<a@x>")
    said = run("campaign", "collect", path, "-C", campaign.folder).output
    assert "Ann" in said
    assert "of 8" not in said
    assert "New responses: 1." in said

    shown = json.loads(run("campaign", "status", campaign.folder, "--format", "json").stdout)
    table = run("campaign", "status", campaign.folder, "--format", "csv").stdout.splitlines()
    assert shown["anonymous"] is True
    assert (shown["returned"], shown["counts"]["returned"]) == (1, 1)
    assert sum(",returned," in line for line in table[1:]) == 1
    assert not {"completeness", "answered", "errors"} & set(table[0].split(","))
    (ann,) = [one for one in shown["persons"] if one["mail"] == ANN]
    assert {ann[key] for key in ("completeness", "answered", "errors", "file", "source")} == {None}
    assert ann["returned"] in next(line for line in table if ANN in line)


def test_nothing_with_names_can_be_collected(opened: tuple[Campaign, Record]) -> None:
    """Nor by a program that goes round the command; mails stay in the mailbox."""
    campaign, record = opened
    with pytest.raises(CampaignError) as caught:
        Collector(campaign, record)
    assert caught.value.code == RoundErrorCode.ROUND_ANONYMOUS
    with pytest.raises(CampaignError) as caught:
        collect_returns(campaign, record, (), MailboxSearch(imap=True, move_to="Done"))
    assert caught.value.code == RoundErrorCode.MAILS_STAY
