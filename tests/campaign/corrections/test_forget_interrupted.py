"""Erasing a person: an interruption is made good by running again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from iml4e_xlsx.campaign.corrections import forget as forgetting
from iml4e_xlsx.campaign.corrections.forget import forget
from iml4e_xlsx.campaign.folder.originals import find_originals
from iml4e_xlsx.campaign.record import campaigns, erasure
from iml4e_xlsx.errors import CampaignError, RecordError
from iml4e_xlsx.findings.error_codes import RecordErrorCode
from iml4e_xlsx.output import write_output
from iml4e_xlsx.roster.removal import remove_person
from tests.support.campaigns import (
    NOW,
    answer,
    build,
    built_campaign,
    person_of,
    rows,
    run,
    write_roster,
)
from tests.support.forgetting import (
    MAIL,
    NAME,
    QUENTIN,
    WORDS,
    Settled,
    contents,
    erase,
    team_results,
    traces,
)

pytestmark = pytest.mark.slow
"""See the marks in pyproject.toml."""


def test_halves_of_files_go_too(settled: Settled) -> None:
    """What is left where writing a file was cut off by a power failure."""
    campaign, record, secrets = settled
    for path in (campaign.returned / secrets[1], campaign.folder / "roster.csv"):
        (path.parent / f".{path.name}.k3j4h5").write_text(NAME)
    erase(campaign, record)

    assert traces(campaign, *WORDS) == []


STEPS: dict[str, Callable[..., Any]] = {
    "write_output": write_output,
    "remove_person": remove_person,
    "find_originals": find_originals,
    "remove_partial_files": forgetting.remove_partial_files,
    "erasure.erase_person": erasure.erase_person,
    "campaigns.update_roster_digest": campaigns.update_roster_digest,
}


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", list(STEPS))
def test_an_interruption_is_made_good_by_running_again(
    settled: Settled, monkeypatch: pytest.MonkeyPatch, step: str, *, after: bool
) -> None:
    """Before or after any step: the second run ends with nothing left."""
    campaign, record, secrets = settled
    real = STEPS[step]

    def interrupted(*args: Any, **options: Any) -> None:
        if after:
            real(*args, **options)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(f"iml4e_xlsx.campaign.corrections.forget.{step}", interrupted)
        with pytest.raises(KeyboardInterrupt):
            erase(campaign, record, keep_ratings=True)
    erase(campaign, record, keep_ratings=True)

    assert traces(campaign, *WORDS, *secrets) == []
    assert len(team_results(campaign, record)) == 1


@pytest.mark.parametrize("count", range(1, 7))
def test_an_interruption_between_files(
    settled: Settled, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """Some files are gone, and the record still knows of all."""
    campaign, record, secrets = settled
    real, calls = Path.unlink, 0

    def unlink(path: Path, *, missing_ok: bool = False) -> None:
        nonlocal calls
        calls += 1
        if calls == count:
            raise KeyboardInterrupt
        real(path, missing_ok=missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", unlink)
        try:
            erase(campaign, record)
        except KeyboardInterrupt:
            erase(campaign, record)

    assert traces(campaign, *WORDS, *secrets) == []


def test_a_disk_without_room_to_compact_is_no_failure(
    settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person is gone then; an error would send people to look for what is not there."""
    campaign, record, secrets = settled

    def fails() -> None:
        raise RecordError(
            RecordErrorCode.RECORD_UNUSABLE, record="r.sqlite", reason="full", advice=""
        )

    monkeypatch.setattr(record, "compact", fails)
    assert erase(campaign, record).files > 0
    assert traces(campaign, *WORDS, *secrets) == []


def test_an_interruption_before_the_record_is_compacted(
    settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All is gone already: SQLite overwrites what it deletes."""
    campaign, record, secrets = settled
    monkeypatch.setattr(record, "compact", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        erase(campaign, record, keep_ratings=True)

    assert traces(campaign, *WORDS, *secrets) == []


def test_an_address_that_is_nobodys(tmp_path: Path) -> None:
    """Exit code 1, and nothing changes."""
    with built_campaign(tmp_path, 1) as (campaign, record):
        run("campaign", "status", campaign.folder)  # any command notes that the folder is used
        before = dict(contents(campaign.folder))
        with pytest.raises(CampaignError, match="Nobody in"):
            erase(campaign, record)
        outcome = run("campaign", "forget", MAIL, "-C", campaign.folder, code=1)
        assert MAIL in outcome.stderr
        after = dict(contents(campaign.folder))
        kept = {name for name in after if name.startswith("copies/")}
        assert after.keys() - kept == {name for name in before if not name.startswith("copies/")}
        assert all(after[name] == before[name] for name in after.keys() - kept - {"record.sqlite"})


@pytest.mark.parametrize("told", ["", " ", "ann"])
def test_what_is_no_address_erases_nothing(settled: Settled, told: str) -> None:
    """Least of all what came without a sender."""
    campaign, record, _ = settled
    before = dict(contents(campaign.folder))
    with pytest.raises(CampaignError, match="not a mail address"):
        forget(campaign, record, told, keep_ratings=False, now=NOW)
    assert dict(contents(campaign.folder)) == before


def test_a_second_time_is_an_address_that_is_nobodys(settled: Settled) -> None:
    """Nothing is remembered of whom was forgotten."""
    campaign, record, _ = settled
    erase(campaign, record)
    with pytest.raises(CampaignError, match="Nobody in"):
        erase(campaign, record)


def test_who_comes_back_is_somebody_new(settled: Settled) -> None:
    """With another id, and without the old mails."""
    campaign, record, secrets = settled
    erase(campaign, record)
    write_roster(campaign.folder, [QUENTIN, *rows(2)])
    build(campaign, record)

    assert person_of(record, MAIL).workbook_id != secrets[0]
    answer(campaign, record, MAIL, now=NOW + timedelta(days=3))
    assert len(team_results(campaign, record)) == 1
    assert "3 mails would leave" not in run("campaign", "send", campaign.folder).output


def test_the_command_says_what_it_did(settled: Settled) -> None:
    """And what it cannot reach."""
    campaign, record, _ = settled
    record.close()
    out = run("campaign", "forget", MAIL, "-C", campaign.folder, "--keep-ratings").stdout

    assert "rows in roster.csv" in out
    assert "the ratings stay without a name" in out
    assert "Not reached are" in out
    assert NAME not in out
