"""A campaign whose first day is still to come: collecting says why it finds nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.folder import clock
from tests.support.campaigns import NOW, built_campaign, change_settings, run
from tests.support.returning import filled, mail


@pytest.mark.parametrize(("days", "is_ahead"), [(1, True), (0, False)])
def test_a_first_day_to_come_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, *, is_ahead: bool
) -> None:
    """With the setting to correct, and what to do for once; not on the day itself."""
    now = datetime(2026, 12, 1, 12, tzinfo=UTC)
    monkeypatch.setattr(clock, "current_time", lambda: now)
    with built_campaign(tmp_path, 1) as (campaign, _):
        day = date(2026, 12, 1) + timedelta(days=days)
        change_settings(campaign.folder, created=day)
        path = tmp_path / "reply.eml"
        path.write_bytes(mail(("a.xlsx", filled(campaign)), at=NOW).as_bytes())
        outcome = run("campaign", "collect", path, "-C", campaign.folder)
    said = " ".join(outcome.stderr.split())
    assert (f"The campaign begins on {day}, which is still to come" in said) is is_ahead
    assert ("correct created in" in said) is is_ahead
