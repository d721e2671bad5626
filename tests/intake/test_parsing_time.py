"""How files within one path share computing time: slow ones are bounded, good ones always read."""

from __future__ import annotations

import threading
from collections.abc import Iterable

import pytest

from iml4e_xlsx.intake.parsing_time import FileTurn, ParsingTime, usual_seconds
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.parsing_turn import UNLIMITED
from iml4e_xlsx.spreadsheets.refusal import FileRefusal

KB = 1024
SIZE = 60 * KB
"""That of an issued workbook."""


def turns_of(count: int, *, sent: int = 30 * SIZE, **limits: float) -> list[FileTurn]:
    """Return the turns of so many files in a mail."""
    time = ParsingTime("a.eml", sent, Limits(**limits))  # type: ignore[arg-type]
    return [time.make_turn() for _ in range(count)]


def take_turn(turn: FileTurn, seconds: float, size: int = SIZE) -> float:
    """Take a turn as a file does that needs so long; return how long it was let."""
    usual = turn.begin(size)
    granted = seconds if seconds <= usual else min(seconds, usual + turn.extend(usual))
    turn.end(granted)
    return granted


def take_turns(
    turns: Iterable[FileTurn], seconds: float, size: int = SIZE
) -> tuple[float, list[FileRefusal]]:
    """Take turns one after the other; return what they took together, and the verdicts."""
    taken, refused = 0.0, []
    for turn in turns:
        try:
            taken += take_turn(turn, seconds, size)
        except FileRefusal as verdict:
            refused.append(verdict)
    return taken, refused


def test_a_thousand_good_files_take_their_time() -> None:
    """Also where the computer is five times as slow; none of them even has to ask."""
    for turn in turns_of(1_000, sent=1_000 * SIZE):
        assert turn.begin(SIZE) > 0.1
        turn.end(0.1)


def test_small_files_take_their_time() -> None:
    """What a file usually takes is in proportion to its size, and more than any good one needs."""
    turns = turns_of(1_000, sent=1_000 * 8 * KB)

    assert {take_turn(turn, 0.03, size=8 * KB) for turn in turns} == {0.03}


def test_the_first_slow_file_may_take_what_any_file_may() -> None:
    """It need not know that it lies in a zip."""
    (turn,) = turns_of(1)
    usual = turn.begin(SIZE)

    assert turn.extend(usual) == UNLIMITED


@pytest.mark.parametrize("seconds", [0.2, 0.5, 1.5, 2.9, 3.9])
def test_slow_files_take_no_longer_than_one_may(seconds: float) -> None:
    """However slow each is; those that are denied took what is usual, and soon none is tried."""
    taken, refused = take_turns(turns_of(30), seconds)

    assert taken <= max(2.4, seconds) + 4 * usual_seconds(SIZE)
    assert len(refused) >= 30 - 2.4 / seconds - 4
    assert {(verdict.code, verdict.reason) for verdict in refused} == {
        ("reader-timeout", "all-time")
    }


def test_good_files_behind_slow_ones_are_read() -> None:
    """Slow ones use up the time of slow ones alone."""
    slow, denied, *good = turns_of(20)
    take_turn(slow, 3.9)
    usual = denied.begin(SIZE)
    more = denied.extend(usual)
    denied.end(usual)

    assert more == 0
    assert {take_turn(turn, 0.02) for turn in good} == {0.02}
    assert denied.refuse(Limits()).reason == "all-time"
    assert slow.refuse(Limits()).reason == "time"


def test_files_padded_to_look_large_gain_nothing() -> None:
    """What is packed to nothing was not sent: usual time ends with the bytes that were."""
    taken, refused = take_turns(turns_of(50, sent=20 * KB), 0.4, size=400 * KB)

    assert taken < 4
    assert refused


def test_a_process_that_dies_took_what_it_was_given() -> None:
    """Nobody can tell what it really took; so a file gains nothing by it."""
    first, second = turns_of(2)
    first.extend(first.begin(SIZE))
    first.end(None)

    assert second.extend(second.begin(SIZE)) == 0


def test_slow_files_wait_for_those_before_them() -> None:
    """One after the other, in the order of the search, whichever asks first."""
    first, second = turns_of(2)
    usual = first.begin(SIZE)
    second.begin(SIZE)
    given: list[float] = []
    asking = threading.Thread(target=lambda: given.append(second.extend(usual)))
    asking.start()
    first.extend(usual)
    assert given == []
    first.end(1.0)
    asking.join()

    assert given == [pytest.approx(2.4 - 1.0 - usual)]
