"""Days and times that commands and mails name are those of the facilitator's clock."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.send.plan import named_deadline, plan_reminders
from iml4e_xlsx.cli.campaign.send_messages import count_reasons
from tests.support.campaigns import NOW, built_campaign, rows, run, write_roster
from tests.support.composing import told


@pytest.fixture(autouse=True)
def far_west(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the computer stand eight hours behind UTC, in winter."""
    monkeypatch.setenv("TZ", "America/Los_Angeles")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_a_deadline_has_passed_when_its_day_is_over_here(tmp_path: Path) -> None:
    """In the evening of that day mails name it still, though it is tomorrow in UTC."""
    with built_campaign(tmp_path, 1) as (campaign, _):
        due = told(campaign, deadline=date(2026, 12, 7))
        evening = datetime(2026, 12, 8, 3, tzinfo=UTC)
        night = datetime(2026, 12, 8, 9, tzinfo=UTC)

        assert named_deadline(due, evening) == "2026-12-07"
        assert named_deadline(due, night) == ""


def test_the_next_reminder_is_told_by_the_clock_on_the_wall(tmp_path: Path) -> None:
    """With the offset."""
    with built_campaign(tmp_path, 1) as (campaign, record):
        run("campaign", "send", campaign.folder, "--eml", tmp_path / "drafts")
        with record.begin(NOW) as tx:
            said = count_reasons(plan_reminders(tx, campaign, now=NOW))
    assert re.search(r"from \d{4}-\d\d-\d\d \d\d:\d\d UTC-0[78]:00 on", said)


def test_an_older_roster_is_told_in_local_time(tmp_path: Path) -> None:
    """Both times, so that they can be compared with what the file manager shows."""
    with built_campaign(tmp_path, 2) as (campaign, _):
        new = datetime(2999, 1, 15, 20, 0, 5, tzinfo=UTC)
        roster = write_roster(campaign.folder, rows(3))
        os.utime(roster, (new.timestamp(), new.timestamp()))
        run("campaign", "build", campaign.folder)
        write_roster(campaign.folder, rows(1))
        os.utime(roster, (NOW.timestamp(), NOW.timestamp()))
        said = " ".join(run("campaign", "build", campaign.folder, code=1).output.split())
    assert "was changed at 2026-11-23 01:30:00 UTC-08:00" in said
    assert re.search(r"built from one of \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC-0[78]:00:", said)
