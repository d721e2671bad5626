"""Shows the results of a previous round in the workbooks of the next one."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from iml4e_xlsx.analysis.teams import group_by_team
from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.previous import read_previous_results
from iml4e_xlsx.campaign.round_report import campaign_assessments
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.findings.error_codes import RoundErrorCode
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.reading.identity import Schemes
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.workbook.workbook_layout import layout_of
from tests.support.builders import assessment, regular_table, scheme_fields, write_scheme
from tests.support.building import ANN, BEN, renamed
from tests.support.campaigns import (
    NOW,
    Row,
    all_rated,
    answer,
    build,
    built_campaign,
    new_campaign,
    record_of,
    rows,
    run,
    workbook_of,
)


def previous_of(scheme: Scheme, path: Path) -> list[float | None]:
    """Return the earlier index of each area, as the summary and the chart's figures have it."""
    book = openpyxl.load_workbook(path, data_only=True)
    layout = layout_of(scheme)
    found = []
    for area in scheme.areas:
        cell = layout.summary.detail_cell(area.code, layout.summary.previous_col)
        value = book[cell.sheet][cell.a1].value
        found.append(value if isinstance(value, int | float) else None)
    return found


def index_of(scheme: Scheme, rating: int) -> float:
    index = assessment(scheme, all_rated(scheme, rating)).result.area("AA").index
    assert index is not None
    return float(index)


def earlier_campaign(tmp_path: Path) -> Campaign:
    """Return an earlier round in which Ann rated all 2 and Cay, of the same team, all 1."""
    with built_campaign(tmp_path, [ANN, *rows(3)[2:]]) as (campaign, record):
        scheme = campaign.load_scheme()
        answer(campaign, record, ANN.mail, all_rated(scheme, 2))
        answer(campaign, record, "cay@example.org", all_rated(scheme, 1))
    return campaign


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["campaign", "files"])
def test_an_earlier_result_is_the_persons_else_the_teams(tmp_path: Path, kind: str) -> None:
    """From an earlier campaign by the address, from returned files by the name."""
    earlier = earlier_campaign(tmp_path / "spring")
    source = earlier.folder if kind == "campaign" else earlier.returned
    known = renamed(ANN, name="Ann") if kind == "files" else renamed(ANN, name="Anna", team="Blue")
    others = [renamed(BEN, team="Red"), Row(name="Dan", mail="dan@example.org", team="Green")]
    campaign = new_campaign(tmp_path, [known, *others])
    run("campaign", "build", campaign.folder, "--previous", source)
    scheme = campaign.load_scheme()
    with record_of(campaign) as record:
        found = {
            mail: previous_of(scheme, workbook_of(campaign, record, mail))
            for mail in (ANN.mail, BEN.mail, "dan@example.org")
        }
    with record_of(earlier) as record:
        given = campaign_assessments(earlier, record, now=NOW)
    (team,) = group_by_team(given)
    own, merged = index_of(scheme, 2), team.result.area("AA").index

    assert merged is not None
    assert float(merged) != own
    assert found[ANN.mail] == pytest.approx([own] * 2)
    assert found[BEN.mail] == pytest.approx([float(merged)] * 2)
    assert found["dan@example.org"] == [None, None]


def test_the_chart_has_the_earlier_result(tmp_path: Path) -> None:
    """What the radar draws is on the sheet of figures behind it."""
    earlier = earlier_campaign(tmp_path / "spring")
    with built_campaign(tmp_path, [ANN]) as (campaign, record):
        done = build(campaign, record, previous=[earlier.folder])
        scheme = campaign.load_scheme()
        layout = layout_of(scheme)
        book = openpyxl.load_workbook(workbook_of(campaign, record, ANN.mail), data_only=True)
        cells = [layout.calculation.chart_cell(area.code, 2) for area in scheme.areas]

    assert (len(done.made), done.with_previous) == (1, 1)
    assert [book[cell.sheet][cell.a1].value for cell in cells] == pytest.approx(
        [index_of(scheme, 2)] * 2
    )


def test_the_earlier_round_is_remembered(tmp_path: Path) -> None:
    """A build that does not name it makes nothing again; one that takes it back does."""
    earlier = earlier_campaign(tmp_path / "spring")
    with built_campaign(tmp_path, 2) as (campaign, record):
        assert len(build(campaign, record, previous=[earlier.folder]).made) == 2
        assert build(campaign, record).made == ()
        assert build(campaign, record, previous=[earlier.folder]).made == ()
        assert len(build(campaign, record, previous=[]).made) == 2
        assert build(campaign, record).made == ()


def test_an_earlier_result_that_is_none_is_said(tmp_path: Path) -> None:
    """A folder without workbooks, a broken file, a campaign without answers: nothing is built."""
    empty, broken = tmp_path / "empty", tmp_path / "broken"
    empty.mkdir()
    broken.mkdir()
    (broken / "a.xlsx").write_bytes(b"PK\x03\x04 broken")
    blank = new_campaign(tmp_path / "blank").folder
    campaign = new_campaign(tmp_path, 1)
    with record_of(campaign) as record:
        codes = []
        for path in (empty, broken, blank, tmp_path / "nowhere"):
            with pytest.raises(CampaignError) as caught:
                build(campaign, record, previous=[path])
            codes.append(caught.value.code)
        unreadable, no_result = RoundErrorCode.PREVIOUS_UNREADABLE, RoundErrorCode.PREVIOUS_EMPTY
        assert codes == [unreadable, unreadable, no_result, unreadable]
        assert not campaign.workbooks.exists()
        assert len(build(campaign, record).made) == 1


def test_an_earlier_result_of_other_areas_is_left_out(tmp_path: Path) -> None:
    """Areas that both schemes have are shown, others not."""
    table = regular_table(["AA", "ZZ"], 2, 1)
    fields = {**scheme_fields(table, top=2), "id": "other", "version": "0.9.0"}
    other = load_scheme(write_scheme(tmp_path / "spring" / "small", fields))
    with built_campaign(tmp_path / "spring", [ANN], scheme=other) as (earlier, record):
        answer(earlier, record, ANN.mail)
    with built_campaign(tmp_path, [ANN]) as (campaign, record):
        build(campaign, record, previous=[earlier.folder])
        found = previous_of(campaign.load_scheme(), workbook_of(campaign, record, ANN.mail))

    assert found[0] is not None
    assert found[1] is None


def test_each_previous_file_that_cannot_be_read_has_a_line(tmp_path: Path) -> None:
    """With its name and what is wrong; of many the first, and how many more there are."""
    folder = tmp_path / "spring"
    folder.mkdir()
    for number in range(23):
        (folder / f"{number:02}.xlsx").write_bytes(b"")
    with pytest.raises(CampaignError) as caught:
        read_previous_results([folder], Schemes.find_installed())
    lines = str(caught.value).splitlines()

    assert (
        lines[0] == f"{folder}/00.xlsx: the file is empty (0 bytes). Ask for it to be sent again."
    )
    assert [f"{number:02}.xlsx" in line for number, line in enumerate(lines[:20])] == [True] * 20
    assert lines[20:] == ["and 3 more"]
