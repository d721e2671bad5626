"""Any sequence of habits: an answer is read as it was given, or a finding says that it is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from iml4e_xlsx.findings.finding import Severity
from iml4e_xlsx.model import Scheme
from iml4e_xlsx.reading.identity import Schemes
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.scheme import load_scheme
from tests.support import habits
from tests.support.assessments import ratings_of
from tests.support.builders import response, small_scheme
from tests.support.habits import HABITS, Habit, edited

ratings = st.none() | st.sampled_from([0, 1, 2, 3, "n/a"])


def tells_exchanges(steps: list[Habit]) -> bool:
    """Return whether texts were not exchanged where the ids are lost, which nobody could tell."""
    lost = {habits.clear_id, habits.delete_id_column}
    return habits.exchange_texts not in steps or not lost & set(steps)


@pytest.mark.slow
@settings(
    max_examples=60,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking takes minutes
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_sequence_of_habits(
    tiny: Scheme, tiny_reader: WorkbookReader, tmp_path: Path, data: st.DataObject
) -> None:
    """
    Whatever is done, what is read is what was answered, or a finding says what is not.

    No rating is ever another than the one given, and no error is reported of one that was read.
    """
    given_ratings: dict[str, Any] = data.draw(
        st.fixed_dictionaries(dict.fromkeys(tiny.statements, ratings))
    )
    reasons = {id_: f"because of {id_}" for id_ in tiny.statements}
    steps = data.draw(st.lists(st.sampled_from(HABITS), max_size=6).filter(tells_exchanges))
    steps.sort(
        key=lambda one: one is habits.merge_ratings
    )  # openpyxl does not move merged ranges along
    rng = data.draw(st.randoms(use_true_random=False))
    filled = response(tiny, given_ratings, evidence=reasons)
    path = edited(tiny, tmp_path / "w.xlsx", filled, *steps, seed=rng)
    found = tiny_reader.assess(path)

    lost_areas = {
        area.code
        for area in tiny.areas
        for finding in found.findings
        if finding.code in ("area-missing", "columns-not-found") and area.code in finding.message
    }
    named = {f.statement for f in found.findings if f.severity is Severity.ERROR}
    for id_, rating in ratings_of(found).items():
        explained = id_ in named or tiny.statements[id_].area in lost_areas
        if rating != given_ratings[id_]:
            assert rating is None, (id_, steps)
            assert explained, (id_, [s.__name__ for s in steps])
        if rating is not None:
            assert id_ not in named, (id_, [s.__name__ for s in steps])
            assert found.response.answers[id_].evidence.startswith(reasons[id_])


@pytest.fixture(scope="module")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a scheme that is small enough to be written hundreds of times."""
    folder = tmp_path_factory.mktemp("tiny")
    small_scheme(folder, ("AA", "BB"), per_level=2, top=2)
    return folder


@pytest.fixture(scope="module")
def tiny(tiny_folder: Path) -> Scheme:
    """Return two areas with two statements at each of two levels."""
    return load_scheme(tiny_folder)


@pytest.fixture(scope="module")
def tiny_reader(tiny_folder: Path) -> Any:
    """Return a reader that knows the tiny scheme."""
    with WorkbookReader(Schemes.find_installed([tiny_folder])) as one:
        yield one
