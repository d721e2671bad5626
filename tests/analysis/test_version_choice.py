"""The choice among versions: which sign decides, whatever the order of the versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iml4e_xlsx.analysis.version_choice import ChoiceGrounds, VersionSigns, choose_version

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=1)
SIGNS = VersionSigns(saved=NOON, date="2026-11-23", received=NOON, answered=9, order="b")

TIMES = st.sampled_from(
    [
        None,
        NOON,
        LATER,
        NOON + timedelta(days=2),
        NOON.replace(tzinfo=None),
        (NOON + timedelta(days=1)).replace(tzinfo=None),
    ]
)
VERSIONS = st.builds(
    VersionSigns,
    saved=TIMES,
    date=st.sampled_from(["", "2026-11-23", "2026-11-24"]),
    received=st.sampled_from([None, NOON, LATER]),
    answered=st.sampled_from([0, 3, 9]),
)


@pytest.mark.parametrize(
    ("older", "newer", "grounds"),
    [
        (replace(SIGNS, answered=0, saved=LATER), SIGNS, "rated"),
        (replace(SIGNS, date="2026-12-01"), replace(SIGNS, saved=LATER), "saved"),
        (SIGNS, replace(SIGNS, saved=LATER.astimezone(timezone(timedelta(hours=-8)))), "saved"),
        (replace(SIGNS, received=LATER), replace(SIGNS, date="2026-11-24"), "dated"),
        (replace(SIGNS, answered=10), replace(SIGNS, received=LATER), "received"),
        (replace(SIGNS, order="c"), replace(SIGNS, answered=10), "fuller"),
        (replace(SIGNS, order="a"), SIGNS, "undecided"),
        # a sign that only one of them has decides nothing
        (replace(SIGNS, answered=1), replace(SIGNS, saved=None), "fuller"),
        (replace(SIGNS, answered=1), replace(SIGNS, date=""), "fuller"),
        (replace(SIGNS, answered=1), replace(SIGNS, received=None), "fuller"),
    ],
)
def test_first_sign_that_differs_decides(
    older: VersionSigns, newer: VersionSigns, grounds: str
) -> None:
    """Nobody's file name and no order of reading plays a part."""
    for versions in ((older, newer), (newer, older)):
        choice = choose_version(versions)
        loser = 1 - choice.counted

        assert versions[choice.counted] is newer
        assert choice.given_way == {loser: (choice.counted, ChoiceGrounds(grounds))}


def test_local_times_decide_only_beyond_all_time_zones() -> None:
    """OpenDocument writes local times: 13 hours may be the same moment."""
    local = replace(SIGNS, saved=NOON.replace(tzinfo=None), answered=1)
    near = replace(SIGNS, saved=NOON + timedelta(hours=13), answered=2)
    far = replace(SIGNS, saved=NOON + timedelta(hours=15))

    assert choose_version([local, near]).given_way[0][1] is ChoiceGrounds.FULLER
    assert choose_version([local, far]).given_way[0][1] is ChoiceGrounds.SAVED


@given(st.lists(VERSIONS, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_order_of_versions_does_not_matter(versions: Sequence[VersionSigns], rng: object) -> None:
    """One counts, every other one names a version that it gives way to on these grounds."""
    numbered = [replace(each, order=f"{number}") for number, each in enumerate(versions)]
    mixed = list(numbered)
    rng.shuffle(mixed)  # type: ignore[attr-defined]
    choice = choose_version(mixed)

    assert mixed[choice.counted] == numbered[choose_version(numbered).counted]
    assert {choice.counted, *choice.given_way} == set(range(len(mixed)))
    assert choice.counted not in choice.given_way
    for number, (other, grounds) in choice.given_way.items():
        pair = choose_version([mixed[number], mixed[other]])
        assert number != other
        if grounds is ChoiceGrounds.SAVED and mixed[number].answered == mixed[other].answered:
            assert pair.given_way == {0: (1, grounds)}
