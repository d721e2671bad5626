"""The sheet of the trend: a column for each round, whatever the days on which teams answered."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from iml4e_xlsx.model import Scheme
from iml4e_xlsx.report.contents.contents import make_contents
from iml4e_xlsx.report.formats.render import render_report
from tests.support.builders import assessment, rate_all

ROUNDS = (
    (("Alpha", "2026-05-01"), ("Beta", "2026-05-20")),
    (("Beta", "2026-08-02"), ("Gamma", "2026-08-01")),
    (("Alpha", "2026-11-20"), ("Beta", "2026-11-01"), ("Gamma", "2026-11-05")),
)


def test_each_round_has_one_column(small: Scheme, tmp_path: Path) -> None:
    """Oldest first, named by its last day; a team that took no part has no figure there."""
    *previous, now = (
        [
            assessment(small, rate_all(small, number), team=team, date=day, respondent=team)
            for team, day in members
        ]
        for number, members in enumerate(ROUNDS, start=1)
    )
    contents = make_contents(now, previous=previous)
    path = tmp_path / "r.xlsx"
    path.write_bytes(render_report(contents, path.name))
    sheet = openpyxl.load_workbook(path)["Trend by area"]
    rows = list(sheet.iter_rows(values_only=True))
    (heading,) = [row for row in rows if row[0] == "Team"]
    found = {row[0]: row[2::2] for row in rows if row[1] == "Overall"}

    assert [name for name in heading[2::2] if name] == [
        "Index 2026-05-20", "Index 2026-08-02", "Index 2026-11-20",
    ]  # fmt: skip
    open_rounds = {team: [value is None for value in row] for team, row in found.items()}
    assert open_rounds == {
        "Alpha": [False, True, False],
        "Beta": [False, False, False],
        "Gamma": [True, False, False],
    }
