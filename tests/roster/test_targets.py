"""Target levels, as people write them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from iml4e_xlsx.errors import TargetError
from iml4e_xlsx.findings.error_codes import TargetErrorCode
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.roster import parse_targets
from iml4e_xlsx.roster.targets import read_targets
from tests.support.rosters import (
    ANN,
    BEN,
    HEADINGS,
    brief_findings,
    change_row,
    read_mailed,
    roster_findings,
    write_table,
)


def test_a_level_for_all_areas_takes_exceptions_after_it(official: Scheme, tmp_path: Path) -> None:
    """A level for all areas comes first; behind an exception it contradicts."""
    rows: list[Sequence[object]] = [
        HEADINGS,
        change_row(ANN, target="3 DG=1"),
        change_row(BEN, target="2"),
    ]
    ann, ben = read_mailed(write_table(tmp_path, "csv", rows), official)
    rows[1] = change_row(ANN, target="DG=1 3")

    assert ann.targets == {area.code: 3 for area in official.areas} | {"DG": 1}
    assert set(ben.targets.values()) == {2}
    assert brief_findings(roster_findings(write_table(tmp_path, "csv", rows), official)) == [
        ("roster-target-twice", 2, "target")
    ]


def test_the_last_of_several_target_options_counts(official: Scheme) -> None:
    """A later option overrides an earlier one, also a level for all areas."""
    assert parse_targets(["DG=1", "dg=2"], official) == {"DG": 2}
    assert parse_targets(["DG=1", "3"], official) == {area.code: 3 for area in official.areas}
    assert parse_targets(["3,DG=2", "QA=1 DG=0"], official) == {
        **{area.code: 3 for area in official.areas},
        "DG": 0,
        "QA": 1,
    }


@pytest.mark.parametrize(
    ("item", "code", "choice"),
    [
        ("DG=9", TargetErrorCode.UNKNOWN_LEVEL, "4"),
        ("high", TargetErrorCode.UNKNOWN_LEVEL, "4"),
        ("DG=", TargetErrorCode.UNKNOWN_LEVEL, "4"),
        ("XX=1", TargetErrorCode.UNKNOWN_AREA, "DG (Data Gathering & Preparation)"),
        ("Q=1", TargetErrorCode.UNKNOWN_AREA, "QA (Quality Assurance & Compliance)"),
        ("DG=2=1", TargetErrorCode.UNKNOWN_AREA, "DG"),
        ("", TargetErrorCode.UNKNOWN_LEVEL, "4"),
        (" ; ", TargetErrorCode.UNKNOWN_LEVEL, "4"),
        ("DG=2 QA=3 XX=1", TargetErrorCode.UNKNOWN_AREA, "XX"),
        ("DG=1 3", TargetErrorCode.CONTRADICTION, "3 DG=2"),
        ("DG=1,DG=2", TargetErrorCode.CONTRADICTION, "'DG=2' contradicts"),
    ],
)
def test_a_target_option_for_nothing_is_refused_with_the_choices(
    official: Scheme, item: str, code: TargetErrorCode, choice: str
) -> None:
    """The code says whether level or area is unknown, the sentence which ones there are."""
    with pytest.raises(TargetError) as caught:
        parse_targets(["DG=1", item], official)

    assert caught.value.code == code
    assert choice in str(caught.value)


@pytest.mark.parametrize(
    ("item", "targets"),
    [
        ("Data Gathering & Preparation=2", {"DG": 2}),
        ("data  gathering & preparation = 2", {"DG": 2}),
        ("Data=2", {"DG": 2}),
        ("release=2", {"RD": 2}),
        ("Integration=2", {"IN": 2}),
        ("DG=2 QA=3", {"DG": 2, "QA": 3}),
        ("DG=2, training=3; People & Collaboration = 1", {"DG": 2, "TR": 3, "PC": 1}),
        ("oper=1", {"OM": 1}),
        ("om=1", {"OM": 1}),
    ],
)
def test_an_area_is_meant_by_its_name_as_well(
    official: Scheme, tmp_path: Path, item: str, targets: dict[str, int]
) -> None:
    """In an option and in a roster: any case, and a beginning that no other area has."""
    (ann,) = read_mailed(
        write_table(tmp_path, "csv", [HEADINGS, change_row(ANN, target=item)]), official
    )

    assert parse_targets([item], official) == targets
    assert ann.targets == targets


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("3 Data Gathering & Preparation=1 qa=2", {"DG": 1, "QA": 2}),
        ("3; Data Gathering=1, quality assurance & compliance = 2", {"DG": 1, "QA": 2}),
        ("3, DG = 1;QA=2", {"DG": 1, "QA": 2}),
    ],
)
def test_a_cell_holds_names_between_other_entries(
    official: Scheme, tmp_path: Path, text: str, targets: dict[str, int]
) -> None:
    rows: list[Sequence[object]] = [HEADINGS, change_row(ANN, target=text)]
    (ann,) = read_mailed(write_table(tmp_path, "csv", rows), official)

    assert ann.targets == {area.code: 3 for area in official.areas} | targets


def test_a_name_may_hold_what_separates_entries(official: Scheme) -> None:
    areas = (replace(official.areas[0], name="Data, Models; and more"), *official.areas[1:])
    scheme = replace(official, areas=areas)

    assert read_targets("2 data, models; and more=1, QA=3", scheme)[0] == {
        **{area.code: 2 for area in areas},
        areas[0].code: 1,
        "QA": 3,
    }


@pytest.mark.parametrize(
    ("text", "wrong"),
    [("DG=2=3", ["="]), ("Nothing here=3", ["Nothing", "here"]), ("DG=", [""]), ("DG;=3", ["DG;"])],
)
def test_what_is_no_area_is_not_guessed(official: Scheme, text: str, wrong: list[str]) -> None:
    assert [mistake.text for mistake in read_targets(text, official)[1]] == wrong


def test_a_beginning_of_several_areas_is_refused_with_these(official: Scheme) -> None:
    areas = [replace(area, name=f"Model {area.name}") for area in official.areas[:2]]
    scheme = replace(official, areas=(*areas, *official.areas[2:]))

    with pytest.raises(TargetError) as caught:
        parse_targets(["model=1"], scheme)

    assert caught.value.code == TargetErrorCode.AMBIGUOUS_AREA
    assert official.areas[0].code in str(caught.value)
    assert official.areas[3].code not in str(caught.value)
