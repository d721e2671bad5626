"""Closing an anonymous round: its answers are read once, and mixed; nobody's is left out unseen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.collect.collect import collect as collect_returns
from iml4e_xlsx.campaign.corrections.answer_sources import AnswerSources
from iml4e_xlsx.campaign.corrections.close_round import close_round, preview_closing
from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.record.closing import ClosedTeam, find_closed_round
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.round_results import read_results
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.findings.error_codes import CorrectionErrorCode
from tests.support.anonymous_rounds import EVIDENCE, PEOPLE, write_answers
from tests.support.campaigns import DAY, NOW, built_campaign, collect, run
from tests.support.closing import ratings_of
from tests.support.collecting import STRANGER, eml
from tests.support.forgetting import team_results, traces
from tests.support.returning import filled


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[Campaign, Record]]:
    """Yield an anonymous round of twelve people in teams of three, four and five."""
    with built_campaign(tmp_path / "Q", PEOPLE, anonymous=True) as pair:
        yield pair


def answers_of(campaign: Campaign, record: Record) -> dict[str, dict[str, Counter[object]]]:
    """Count the ratings of each statement in each team."""
    counts: dict[str, dict[str, Counter[object]]] = {}
    for each in read_results(campaign, record, now=NOW).assessments:
        team = counts.setdefault(each.response.profile.team, {})
        for id_, answer in each.response.answers.items():
            team.setdefault(id_, Counter())[answer.rating] += 1
    return counts


def refusal_of(campaign: Campaign, record: Record, sources: AnswerSources | None) -> CampaignError:
    """Return why the round is not closed; it is not, and the preview says the same."""
    with pytest.raises(CampaignError) as caught:
        close_round(campaign, record, sources=sources, now=NOW + 2 * DAY)
    with pytest.raises(CampaignError) as previewed:
        preview_closing(campaign, record, sources=sources, now=NOW + 2 * DAY)
    assert str(previewed.value) == str(caught.value)
    with record.begin(NOW) as tx:
        assert find_closed_round(tx) is None
    return caught.value


def test_it_has_the_figures_of_a_round_with_names(
    opened: tuple[Campaign, Record], tmp_path: Path
) -> None:
    """Of the same workbooks, after both are closed; and no row is what one person has answered."""
    campaign, record = opened
    mails = write_answers(campaign, record, tmp_path / "mails")
    collect_returns(campaign, record, [mails])
    sources = AnswerSources(paths=(mails,))
    dry = preview_closing(campaign, record, sources=sources, now=NOW + 2 * DAY)
    done = close_round(campaign, record, sources=sources, now=NOW + 2 * DAY)
    assert dry.teams == done.teams == (
        ClosedTeam(organisation="Org", team="Red", asked=5, answered=5),
        ClosedTeam(organisation="", team="Other teams", asked=7, answered=6),
    )  # fmt: skip
    assert done.fewest == 5
    assert traces(campaign, EVIDENCE, "quisling", "quarry") == []
    with built_campaign(tmp_path / "named", PEOPLE) as (named, its_record):
        own = write_answers(named, its_record, tmp_path / "own")
        collect(named, its_record, own, now=NOW + DAY)
        close_round(named, its_record, now=NOW + 2 * DAY)
        assert team_results(campaign, record) == team_results(named, its_record)
        assert answers_of(campaign, record) == answers_of(named, its_record)
    given = {tuple(ratings_of(number * 7 + 1).values()) for number in range(12)}
    kept = [
        tuple(answer.rating for answer in each.response.answers.values())
        for each in read_results(campaign, record, now=NOW).assessments
    ]
    assert len(kept) == 11
    assert len(given & set(kept)) < 5  # by chance some row may be what somebody has answered


def test_missing_workbooks_are_named_and_counted(
    opened: tuple[Campaign, Record], tmp_path: Path
) -> None:
    """The round is closed without them only by their number, and by no other one."""
    campaign, record = opened
    mails = write_answers(campaign, record, tmp_path / "mails")
    collect_returns(campaign, record, [mails])
    for number in ("01", "10"):
        (mails / f"{number}.eml").unlink()
    error = refusal_of(campaign, record, AnswerSources(paths=(mails,)))
    assert error.code is CorrectionErrorCode.ANSWERS_MISSING
    assert "Of 2 people" in str(error)
    assert "Ben Quisling" in str(error)
    refusal_of(campaign, record, AnswerSources(paths=(mails,), missing_count=1))
    sources = AnswerSources(paths=(mails,), missing_count=2)
    done = close_round(campaign, record, sources=sources, now=NOW + 2 * DAY)
    # Four of Red are too few to be shown alone.
    assert [(team.team, team.answered) for team in done.teams] == [("Other teams", 9)]


def test_what_nobody_has_collected_counts(opened: tuple[Campaign, Record], tmp_path: Path) -> None:
    """All of the mailbox is read: nobody must collect first; and nothing may be left out then."""
    campaign, record = opened
    mails = write_answers(campaign, record, tmp_path / "mails")
    strange = filled(campaign, 1)
    eml(mails / "s.eml", ("s.xlsx", strange), sender=STRANGER, message_id="<s@x>", at=NOW + DAY)
    eml(mails / "t.eml", ("t.xlsx", b"PK\x03\x04"), sender=PEOPLE[1].mail, message_id="<t@x>",
        at=NOW + 2 * DAY)  # fmt: skip
    error = refusal_of(campaign, record, AnswerSources(paths=(mails,), missing_count=1))
    assert error.code is CorrectionErrorCode.ANSWERS_THERE
    sources = AnswerSources(paths=(mails,))
    done = close_round(campaign, record, sources=sources, now=NOW + 2 * DAY)
    assert (done.answers, done.aside, done.unread) == (11, 1, 1)


def test_an_anonymous_round_needs_its_sources_and_its_promise(
    opened: tuple[Campaign, Record], tmp_path: Path
) -> None:
    """Nothing in the record could be mixed; fewer or more people than promised are refused."""
    campaign, record = opened
    mails = write_answers(campaign, record, tmp_path / "mails")
    assert refusal_of(campaign, record, None).code is CorrectionErrorCode.NO_ANSWER_SOURCES
    said = run("campaign", "close", campaign.folder, code=2).output
    assert "--from" in said
    said = run("campaign", "close", campaign.folder, "--from", mails, "--fewest", 3, code=1).output
    assert "fewer than 5" in said
    assert "again with --yes" in run("campaign", "close", campaign.folder, "--from", mails).stdout
    said = run("campaign", "close", campaign.folder, "--from", mails, "--yes").stdout
    assert "delete them once the round is closed" in " ".join(said.split())
    # Once it is closed, nothing is read any more.
    assert "Nothing is left" in run("campaign", "close", campaign.folder).stdout


def test_a_round_with_names_has_its_answers(tmp_path: Path) -> None:
    """They are not read a second time, from somewhere else."""
    with built_campaign(tmp_path, 4) as (campaign, _):
        said = run("campaign", "close", campaign.folder, "--from", tmp_path, code=2).output
    assert "are in its record" in said
