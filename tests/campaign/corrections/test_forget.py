"""Erasing a person: nothing of them is left, and the rest stays."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.record import people, returns
from iml4e_xlsx.campaign.record.answers import load_responses
from iml4e_xlsx.campaign.record.connection import Record
from tests.support.campaigns import (
    DAY,
    NOW,
    Row,
    build,
    built_campaign,
    collect,
    filled_in,
    new_campaign,
    person_of,
    record_of,
    rows,
    run,
    workbook_of,
    write_roster,
)
from tests.support.forgetting import (
    EVIDENCE,
    MAIL,
    NAME,
    QUENTIN,
    WORDS,
    Settled,
    erase,
    settle_in,
    team_results,
    traces,
)

pytestmark = pytest.mark.slow
"""See the marks in pyproject.toml."""


@pytest.mark.parametrize(("kind", "keep_ratings"), [("csv", True), ("csv", False), ("xlsx", True)])
def test_nothing_of_a_person_is_left(
    tmp_path: Path, database: str, kind: str, *, keep_ratings: bool
) -> None:
    """In no file, packed or not, and in no table: address, name, role, evidence, ids, originals."""
    given = [QUENTIN, *rows(2)]
    campaign = new_campaign(tmp_path / "Q", given, kind=kind, database=database)
    (campaign.folder / "roster.csv").unlink(missing_ok=kind == "xlsx")
    write_roster(campaign.folder, given, kind="csv") if kind == "csv" else None
    with record_of(campaign) as record:
        build(campaign, record)
        (campaign.folder / f"roster.{'xlsx' if kind == 'csv' else 'csv'}").unlink(missing_ok=True)
        secrets = settle_in(campaign, record) if kind == "csv" else settle_kept(campaign, record)
        before = team_results(campaign, record)
        assert {word for _, word in traces(campaign, *WORDS)} == set(WORDS)
        done = erase(campaign, record, keep_ratings=keep_ratings)
        after = team_results(campaign, record)
        assert done.ratings_stay == keep_ratings
        assert done.rosters == (f"roster.{kind}",)
        assert (after == before) == keep_ratings
        assert traces(campaign, *WORDS, *secrets) == []
        assert not list(campaign.folder.rglob(".*"))
    text = run("campaign", "export", campaign.folder, "--database", database, "--format", "json")
    assert not any(word in text.stdout.lower() for word in WORDS)


def settle_kept(campaign: Campaign, record: Record) -> tuple[str, ...]:
    """Let Quentin and Ann answer; return his ids."""
    person = person_of(record, MAIL)
    his = filled_in(campaign, record, MAIL, evidence={"AA-01": EVIDENCE}, name="Quentin.xlsx")
    hers = filled_in(campaign, record, "ann@example.org", {"AA-01": 1})
    collect(campaign, record, his, hers)
    (file,) = (one for one in campaign.returned.iterdir() if one.read_bytes() == his.read_bytes())
    his.unlink()
    return (person.workbook_id, file.name)


@pytest.mark.parametrize("keep_ratings", [False, True])
def test_the_raw_bytes_of_the_record_are_overwritten(
    settled: Settled, *, keep_ratings: bool
) -> None:
    """Also those of the pages that SQLite no longer uses, and of its journal."""
    campaign, record, secrets = settled
    path = campaign.folder / "record.sqlite"
    assert all(word.encode() in path.read_bytes().lower() for word in WORDS)
    erase(campaign, record, keep_ratings=keep_ratings)
    data = path.read_bytes().lower()

    assert not [word for word in (*WORDS, *secrets) if word.lower().encode() in data]
    assert [one.name for one in campaign.folder.glob("record*")] == ["record.sqlite"]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_ratings_that_stay_are_bare(settled: Settled) -> None:
    """Ratings and team, and nothing that leads to a person; they are nobody's."""
    campaign, record, _ = settled
    erase(campaign, record, keep_ratings=True)
    with record.begin(NOW) as tx:
        left = [one for one in returns.all_returned(tx) if one.state.value == "anonymous"]
        (response,) = load_responses(tx, left)
    (one,) = left

    assert (one.person, one.workbook_id, one.file, one.deliveries) == (None, "", "", ())
    assert one.collected < NOW + DAY
    assert response.profile.team == "Red"
    assert response.profile.respondent == response.profile.role == response.profile.date == ""
    assert {answer.rating for answer in response.answers.values()} == {3}
    assert {answer.evidence for answer in response.answers.values()} == {""}


def test_everybody_else_stays(settled: Settled) -> None:
    """Their rows, workbooks, answers and mails; and nothing is to be built or sent anew."""
    campaign, record, _ = settled
    ann = person_of(record, "ann@example.org")
    file = workbook_of(campaign, record, ann.mail).read_bytes()
    erase(campaign, record)
    with record.begin(NOW) as tx:
        (kept,) = returns.all_returned(tx)
        assert [one.mail for one in people.all_people(tx)] == ["ann@example.org", "ben@example.org"]

    assert person_of(record, ann.mail) == ann
    assert (kept.person, kept.sender) == (ann.id, "")
    assert workbook_of(campaign, record, ann.mail).read_bytes() == file
    assert "1 mail would leave" in run("campaign", "send", campaign.folder).output
    assert build(campaign, record).made == ()


def test_what_was_erased_is_not_collected_again(settled: Settled, tmp_path: Path) -> None:
    """Neither a file that comes once more nor the workbook as it was issued."""
    campaign, record, _ = settled
    kept = tmp_path / "kept"
    shutil.copytree(campaign.returned, kept)
    shutil.copy(workbook_of(campaign, record, MAIL), kept / "issued.xlsx")
    erase(campaign, record, keep_ratings=True)
    done = collect(campaign, record, kept)

    assert done.files == []
    assert done.erased_count == 4
    assert done.repeat_count == 1
    assert traces(campaign, *WORDS) == []


def test_a_person_without_any_answer(tmp_path: Path) -> None:
    """With nothing but a row and a workbook."""
    with built_campaign(tmp_path, [QUENTIN, *rows(1)]) as (campaign, record):
        done = erase(campaign, record, MAIL.upper(), keep_ratings=True)

        assert (done.files, done.rosters, done.ratings_stay) == (1, ("roster.csv",), False)
        assert traces(campaign, *WORDS) == []


@pytest.mark.parametrize("keep_ratings", [False, True])
def test_a_person_who_is_in_the_roster_alone(tmp_path: Path, *, keep_ratings: bool) -> None:
    """Before anything was built; and also the last one of all."""
    campaign = new_campaign(tmp_path, [QUENTIN])
    flags = ["--keep-ratings"] if keep_ratings else []
    out = run("campaign", "forget", MAIL, "-C", campaign.folder, *flags).stdout

    assert "rows in roster.csv" in out
    assert traces(campaign, *WORDS) == []


def test_a_person_who_is_in_both_rosters(tmp_path: Path) -> None:
    """The one that counts, and the one that was left."""
    campaign = new_campaign(tmp_path, [QUENTIN, *rows(1)], roster="roster.csv")
    write_roster(campaign.folder, [QUENTIN], kind="xlsx")
    with record_of(campaign) as record:
        build(campaign, record)
        assert erase(campaign, record).rosters == ("roster.xlsx", "roster.csv")
    assert traces(campaign, *WORDS) == []


def test_a_roster_of_another_name(tmp_path: Path) -> None:
    """The one that the settings name."""
    campaign = new_campaign(tmp_path, 0, roster="people.csv")
    write_roster(campaign.folder, [QUENTIN, *rows(1)]).rename(campaign.folder / "people.csv")
    with record_of(campaign) as record:
        build(campaign, record)
        assert erase(campaign, record).rosters == ("people.csv",)
    assert traces(campaign, *WORDS) == []


def test_a_person_who_is_no_longer_listed(tmp_path: Path) -> None:
    """Who left the roster is still in the record; the one of the same name elsewhere stays."""
    with built_campaign(tmp_path, [QUENTIN, *rows(1)]) as (campaign, record):
        successor = Row(name=NAME, mail="other@example.org", team="Other")
        write_roster(campaign.folder, [successor, *rows(1)])
        build(campaign, record)
        file = workbook_of(campaign, record, "other@example.org")
        erase(campaign, record)

        assert file.is_file()
        assert build(campaign, record).made == ()
        assert traces(campaign, "quarry", "quartermaster") == []
