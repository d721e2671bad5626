"""Tables of pandas and Parquet: with the types that their columns mean."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from iml4e_xlsx.errors import ResourceError
from iml4e_xlsx.findings.failure import Failure
from iml4e_xlsx.jobs.results import Results
from iml4e_xlsx.model import (
    Assessment,
    Scheme,
)
from iml4e_xlsx.report.formats.frames import encode_results
from iml4e_xlsx.report.tables.result_data import ResultBundle


def test_frames_have_the_right_types(outcomes: list[Assessment | Failure], small: Scheme) -> None:
    """One row for each area of each result; missing values are missing, not zero."""
    results = Results(tuple(outcomes))
    frame = results.to_frame()
    statements = results.statements_frame()

    assert len(frame) == len(results.assessments) * (len(small.areas) + 1)
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == {
        **dict.fromkeys(frame.columns, "string"),
        "date": "datetime64[s]",
        **dict.fromkeys(("level", "highest", "one_step_level", "estimate", "high_level"), "Int64"),
        **dict.fromkeys(("target", "effective_target"), "Int64"),
        **dict.fromkeys(("steps_to_next", "steps_to_target", "required_for_target"), "Int64"),
        **dict.fromkeys(("index", "completeness", "not_applicable", "high_index"), "Float64"),
        "way_to_target": "Float64",
        "dont_know": "Int64",
        **dict.fromkeys(("applies", "complete", "gap_below", "provisional"), "boolean"),
    }
    last = small.areas[-1].statements[-1].id
    assert statements.loc[statements["statement"] == last, "rating"].isna().all()
    assert str(statements["rating"].dtype) == "Int64"
    assert len(results.teams_frame()) == 3 * (len(small.areas) + 1)
    assert len(results.failures) == 1


def test_parquet_keeps_the_types(outcomes: list[Assessment | Failure], tmp_path: Path) -> None:
    """What is written is what is read back."""
    frame = Results(tuple(outcomes)).to_frame()
    path = tmp_path / "r.parquet"
    path.write_bytes(encode_results(ResultBundle(tuple(outcomes))))
    back: Any = pd.read_parquet(path)

    pd.testing.assert_frame_equal(back, frame, check_dtype=False)
    assert str(back["level"].dtype) == "Int64"
    assert str(back["date"].dtype).startswith("datetime64")


def test_tables_need_pandas(
    outcomes: list[Assessment | Failure], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it only what needs it says so."""
    monkeypatch.setitem(sys.modules, "pandas", None)

    with pytest.raises(ResourceError, match=r"iml4e-xlsx\[report\]"):
        Results(tuple(outcomes)).to_frame()


@pytest.mark.parametrize("missing", [("pandas", "pyarrow"), ("pyarrow",)])
def test_parquet_names_the_extra_that_has_all_it_needs(
    outcomes: list[Assessment | Failure], monkeypatch: pytest.MonkeyPatch, missing: tuple[str, ...]
) -> None:
    """Whoever installs what the error names can write the file: it does not ask for another."""
    for name in missing:
        monkeypatch.setitem(sys.modules, name, None)
    bundle = ResultBundle(outcomes=tuple(outcomes), by_statement=False)

    with pytest.raises(ResourceError, match=r"iml4e-xlsx\[data\]"):
        encode_results(bundle)
