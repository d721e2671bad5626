"""Target levels, as people write them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from iml4e_xlsx.errors import TargetError
from iml4e_xlsx.findings.error_codes import TargetErrorCode
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.roster import parse_targets
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


@pytest.mark.parametrize(
    ("item", "code", "choice"),
    [
        ("DG=9", TargetErrorCode.UNKNOWN_LEVEL, "4"),
        ("high", TargetErrorCode.UNKNOWN_LEVEL, "4"),
        ("DG=", TargetErrorCode.UNKNOWN_LEVEL, "4"),
        ("XX=1", TargetErrorCode.UNKNOWN_AREA, "DG"),
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
