"""An anonymous round: its promise is recorded and cannot be changed, and nothing may break it."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from iml4e_xlsx.campaign.folder.campaign import Campaign, open_campaign
from iml4e_xlsx.campaign.folder.record_access import open_record
from iml4e_xlsx.campaign.folder.settings import SETTINGS_FILE
from iml4e_xlsx.campaign.round_report import campaign_assessments, campaign_contents
from iml4e_xlsx.errors import CampaignError, SettingsError
from iml4e_xlsx.findings.error_codes import RoundErrorCode
from tests.support.campaigns import (
    DAY,
    NOW,
    Row,
    build,
    built_campaign,
    change_settings,
    new_campaign,
    record_of,
    rows,
    run,
)
from tests.support.collecting import ANN, eml
from tests.support.returning import filled_of


def refusal_of(campaign: Campaign) -> CampaignError:
    """Return why nothing is built."""
    with record_of(campaign) as record, pytest.raises(CampaignError) as caught:
        build(campaign, record)
    return caught.value


def test_init_says_the_price_and_writes_the_promise(tmp_path: Path) -> None:
    """Both settings stand in the file; without the option they are comments."""
    said = run("campaign", "init", tmp_path / "a", "--name", "A", "--anonymous", "--fewest", 4)
    words = " ".join(said.output.split())
    assert "The price: no receipts or findings" in words
    assert "fewer than 4 people" in words
    assert open_campaign(tmp_path / "a").settings.promised_fewest == 4
    run("campaign", "init", tmp_path / "b", "--name", "B", "--anonymous")
    assert open_campaign(tmp_path / "b").settings.promised_fewest == 5
    run("campaign", "init", tmp_path / "c", "--name", "C")
    assert open_campaign(tmp_path / "c").settings.promised_fewest is None
    refused = run("campaign", "init", tmp_path / "d", "--name", "D", "--fewest", 4, code=2)
    assert "together with --anonymous" in refused.output


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"anonymous": True, "fewest": 1}, "setting-fewest"),
        ({"fewest": 5}, "setting-fewest-of-named"),
        ({"anonymous": True, "fewest": 70000}, "setting-number"),
        ({"anonymous": "yes"}, "setting-wrong-type"),
    ],
)
def test_settings_that_promise_nothing(tmp_path: Path, settings: dict[str, Any], code: str) -> None:
    """A team of one, or a number without a promise."""
    with pytest.raises(SettingsError) as caught:
        new_campaign(tmp_path, 2, **settings)
    assert [finding.code for finding in caught.value.findings] == [code]
    assert SETTINGS_FILE in str(caught.value)


def test_the_promise_outlives_the_settings(tmp_path: Path, database: str) -> None:
    """Whoever takes it away, or changes its number, gets no command to run; and no name back."""
    with built_campaign(tmp_path, 4, database=database, anonymous=True, fewest=3) as (campaign, _):
        pass
    for changed in ({"anonymous": None, "fewest": None}, {"fewest": 2}, {"fewest": None}):
        change_settings(campaign.folder, **changed)
        for command in (("status",), ("collect", tmp_path), ("build",), ("close",)):
            given = ("-C", campaign.folder, "--database", database)
            said = " ".join(run("campaign", *command, *given, code=1).output.split())
            assert "Write anonymous = true and fewest = 3 into" in said
        change_settings(campaign.folder, anonymous=True, fewest=3)
    run("campaign", "status", "-C", campaign.folder, "--database", database)


def test_names_that_are_known_stay_known(tmp_path: Path) -> None:
    """A round that has begun with names cannot promise that there are none."""
    with built_campaign(tmp_path, 2) as (campaign, _):
        change_settings(campaign.folder, anonymous=True)
        with pytest.raises(CampaignError) as caught:
            open_record(open_campaign(campaign.folder))
    assert caught.value.code is RoundErrorCode.ROUND_HAS_NAMES


@pytest.mark.parametrize(
    ("columns", "settings"),
    [
        ({"areas": "AA"}, {}),
        ({"statements": "AA-01 AA-02"}, {}),
        ({}, {"parts.most_statements": 4}),
    ],
)
def test_parts_that_tell_people_are_refused(
    tmp_path: Path, columns: dict[str, str], settings: dict[str, Any]
) -> None:
    """By the roster or by the plan; the same for everybody is none."""
    ann, *others = rows(4)
    people = [Row(name=ann.name, mail=ann.mail, extra=columns), *others]
    campaign = new_campaign(tmp_path / "a", people, anonymous=True, **settings)
    assert refusal_of(campaign).code is RoundErrorCode.PARTS_TELL_PEOPLE
    assert not list(campaign.folder.glob("workbooks/*"))
    if columns:
        assert "such as Ann" in str(refusal_of(campaign))
        everybody = [Row(name=row.name, mail=row.mail, extra=columns) for row in rows(4)]
        same = new_campaign(tmp_path / "b", everybody, anonymous=True)
        with record_of(same) as record:
            assert len(build(same, record).made) == 4


@pytest.mark.parametrize("in_roster", [True, False])
def test_copies_are_refused(tmp_path: Path, in_roster: bool) -> None:  # noqa: FBT001
    """Who answers to all would send the answers to them."""
    extra = {"cc": "lead@example.org"} if in_roster else {}
    people = [Row(name=row.name, mail=row.mail, extra=extra) for row in rows(2)]
    campaign = new_campaign(tmp_path, people, anonymous=True)
    if not in_roster:
        text = (campaign.folder / SETTINGS_FILE).read_text(encoding="utf-8")
        text = text.replace("[sender]", '[sender]\ncc = ["lead@example.org"]')
        (campaign.folder / SETTINGS_FILE).write_text(text, encoding="utf-8")
        campaign = open_campaign(campaign.folder)
    error = refusal_of(campaign)
    assert error.code is RoundErrorCode.COPIES_TELL_ANSWERS
    assert "lead@example.org" in str(error)


def test_what_would_show_answers_is_refused(tmp_path: Path) -> None:
    """Every command, and the functions behind them; a sentence says why, and what to do."""
    with built_campaign(tmp_path, 4, anonymous=True, fewest=3) as (campaign, record):
        path = eml(tmp_path / "a.eml", ("a.xlsx", filled_of(campaign, record, ANN)), sender=ANN)
        run("campaign", "collect", path, "-C", campaign.folder)
        report = tmp_path / "r.html"
        for command in (
            ("report", "-o", report), ("report", "--by", "team", "-o", tmp_path / "by"),
            ("export", "--anonymous"), ("answer",), ("assign", "x", "--nobody"),
            ("assign", "x", "--dismiss"), ("status", "--raters", 2),
            ("forget", ANN, "--keep-ratings"), ("forget", ANN, "--keep-ratings", "--dry-run"),
        ):  # fmt: skip
            refused = run("campaign", *command, "-C", campaign.folder, code=1)
            said = " ".join(refused.output.split())
            assert "nobody's answers are read into the record or shown" in said, command
            assert "Close the round when it has ended" in said
        assert not report.exists()
        assert not (tmp_path / "by").exists()
        for call in (campaign_contents, campaign_assessments):
            with pytest.raises(CampaignError) as caught:
                call(campaign, record, now=NOW)
            assert caught.value.code is RoundErrorCode.ROUND_ANONYMOUS


def test_mails_go_by_who_has_returned(tmp_path: Path) -> None:
    """Invitations, reminders, declines and erasure work; the invitation tells the promise."""
    with built_campaign(tmp_path, 5, anonymous=True, fewest=3) as (campaign, record):
        given = ("-C", campaign.folder)
        change_settings(campaign.folder, **{"reminders.interval_days": 0})
        run("campaign", "send", *given, "--eml", tmp_path / "drafts")
        drafts = sorted((tmp_path / "drafts").iterdir())
        assert len(drafts) == 5
        text = body_of(drafts[0])
        assert "This round is anonymous" in text
        assert "teams of fewer than 3 people" in text
        assert "We see them with your name" not in text
        path = eml(
            tmp_path / "a.eml", ("a.xlsx", filled_of(campaign, record, ANN)), sender=ANN,
            at=NOW + DAY,
        )  # fmt: skip
        run("campaign", "collect", path, *given)
        said = run("campaign", "remind", *given).stdout
        assert "1 returned the workbook" in said
        assert ANN not in said.partition("No mail now")[0]
        run("campaign", "decline", "ben@example.org", *given)
        refused = run("campaign", "decline", ANN, *given, code=1)
        assert "has returned a workbook on 2026-11-24" in " ".join(refused.output.split())
        assert "ann@example.org" in run("campaign", "show", ANN, *given).stdout
        run("campaign", "forget", ANN, *given)
        assert ANN not in run("campaign", "status", *given, "--format", "json").stdout


def body_of(path: Path) -> str:
    """Return the text of a draft in one line."""
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    body = mail.get_body()
    assert body is not None
    return " ".join(body.get_content().split())


def test_the_status_without_names_joins_teams_as_promised(tmp_path: Path) -> None:
    """A smaller number than was promised shows no smaller teams."""
    people = [*rows(4), *(Row(name=f"N{i}", mail=f"n{i}@x.org", team="Blue") for i in range(2))]
    with built_campaign(tmp_path, people, anonymous=True, fewest=6) as (campaign, _):
        shown = run("campaign", "status", campaign.folder, "--fewest", 2).stdout
        assert "Blue" not in shown
        assert "Red" not in shown
