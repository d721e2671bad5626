"""Leaves names out of anonymous reports and exports, and nothing else."""

from __future__ import annotations

import csv
import io
import json
import random
from pathlib import Path
from typing import Any

import pytest

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.round_report import (
    campaign_assessments,
    render_results,
)
from tests.support.campaigns import (
    DAY,
    NOW,
    Row,
    all_rated,
    answer,
    built_campaign,
    new_campaign,
    record_of,
)
from tests.support.noting import note_returned, rated
from tests.support.reporting import (
    ANN,
    DAN,
    export,
    leaks,
    report,
    secrets_of,
    unpacked,
)


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["html", "xlsx", "pdf", "svg", "png"])
def test_an_anonymous_report_leads_to_nobody(folder: Path, tmp_path: Path, suffix: str) -> None:
    """In no format is there a name, address, role, file's name or id; teams and scores are."""
    secrets = secrets_of(folder)
    data = report(folder, tmp_path / f"r.{suffix}", "--anonymous", "--fewest", "1")

    assert leaks(data, secrets) == []
    if suffix in ("html", "xlsx"):
        assert "xylander" in leaks(report(folder, tmp_path / f"n.{suffix}"), secrets)
        assert b"Red" in unpacked(data)


@pytest.mark.parametrize("suffix", ["html", "xlsx"])
def test_an_anonymous_report_counts_files_that_could_not_be_read(
    folder: Path, tmp_path: Path, suffix: str
) -> None:
    """Dan's file is damaged: the result is not all that came back, with names or without."""
    data = unpacked(report(folder, tmp_path / f"r.{suffix}", "--anonymous", "--fewest", "1"))

    said = b"1 file could not be read" if suffix == "html" else b"Not in these results"
    assert said in data


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["html", "xlsx"])
def test_an_anonymous_report_of_two_rounds(folder: Path, tmp_path: Path, suffix: str) -> None:
    """The earlier one is nameless too."""
    with built_campaign(tmp_path / "n", [ANN, DAN]) as (campaign, record):
        answer(campaign, record, DAN.mail, now=NOW + 200 * DAY, name="quincy.xlsx")
    secrets = [*secrets_of(folder)]
    data = report(
        campaign.folder,
        tmp_path / f"r.{suffix}",
        "--anonymous",
        "--fewest",
        "1",
        "--previous",
        folder,
    )

    assert leaks(data, secrets) == []


FORMATS = ("json", "ndjson", "csv", "table", "parquet", "xlsx")


@pytest.mark.parametrize("group", [(), ("--group", "team")])
@pytest.mark.parametrize("rows_", ["areas", "statements"])
@pytest.mark.parametrize("form", FORMATS)
def test_an_anonymous_export_leads_to_nobody(
    folder: Path, tmp_path: Path, form: str, rows_: str, group: tuple[str, ...]
) -> None:
    """Nor has it evidence, which is free text, or findings, which quote it."""
    secrets = [*secrets_of(folder), "xebec"]
    words = ("--format", form, "--rows", rows_, *group)
    data = export(folder, tmp_path / f"e.{form}", "--anonymous", "--fewest", "1", *words)

    assert leaks(data, secrets) == []
    assert b"Red" in unpacked(data)


def test_an_export_has_everything_else(folder: Path, tmp_path: Path) -> None:
    """Names and ids where it is not anonymous, and the same numbers where it is."""
    secrets = secrets_of(folder)
    named = json.loads(export(folder, tmp_path / "n.json"))
    bare = json.loads(export(folder, tmp_path / "b.json", "--anonymous", "--fewest", "1"))

    assert "xylander" in leaks((tmp_path / "n.json").read_bytes(), secrets)
    assert sorted(map(numbers, entries(named))) == sorted(map(numbers, entries(bare)))
    assert len(entries(bare)) == 3


def entries(document: dict[str, Any]) -> list[dict[str, Any]]:
    (found,) = [value for value in document.values() if isinstance(value, list) and value]
    return found


def numbers(entry: dict[str, Any]) -> str:
    return json.dumps([[a.get("index"), a.get("level")] for a in entry["areas"]])


@pytest.mark.slow
@pytest.mark.parametrize("form", ["json", "csv"])
@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_an_anonymous_export_says_nothing(
    tmp_path: Path, form: str, seed: int
) -> None:
    """The same answers in another order of the roster, and of arrival, give the same bytes."""
    given = [
        Row(name=f"P{number}", mail=f"p{number}@example.org", team=f"T{number % 2}")
        for number in range(6)
    ]
    ratings = {row.mail: [3, 1, 3, 2, 3, 3][number] for number, row in enumerate(given)}
    found = []
    for turn in range(2):
        order = list(given)
        if turn:
            random.Random(seed).shuffle(order)
        folder = tmp_path / str(turn)
        campaign = new_campaign(folder, order)
        with record_of(campaign) as record:
            found.append(fake_answers(campaign, record, order, ratings, form))

    assert found[0] == found[1]


def fake_answers(
    campaign: Campaign, record: Record, order: list[Row], ratings: dict[str, int], form: str
) -> bytes:
    from iml4e_xlsx.campaign.record import campaigns, people
    from iml4e_xlsx.roster import read_roster

    scheme = campaign.load_scheme()
    listed = read_roster(campaign.folder / "roster.csv", scheme, mails=True)
    with record.begin(NOW) as tx:
        campaigns.ensure_campaign(tx, "Round", scheme.id, scheme.version)
        saved = people.save_roster(tx, listed, "x")
        for person in saved:
            outcome = rated(scheme, person, all_rated(scheme, ratings[person.mail]))
            note_returned(tx, person, outcome, content=person.mail)
    assert [person.mail for person in saved] == [row.mail for row in order]
    given = campaign_assessments(campaign, record, now=NOW, anonymous=True)
    return render_results(given, form)


def test_an_export_by_team(folder: Path, tmp_path: Path) -> None:
    """One row for each area of each team."""
    data = export(folder, tmp_path / "e.csv", "--group", "team")
    found = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))

    assert {row["team"] for row in found} == {"Red", "Blue"}
    assert len(found) == 2 * 3
