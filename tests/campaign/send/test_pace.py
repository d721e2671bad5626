"""The pace of a run: what is learnt of it, how long pauses are, and when they end."""

from __future__ import annotations

import pytest

from iml4e_xlsx.campaign.send.pace import MailPace, MailPause
from iml4e_xlsx.campaign.servers.transport import AccountLimit
from iml4e_xlsx.errors import MailError
from iml4e_xlsx.findings.error_codes import MailErrorCode
from tests.support.mailing import FakeClock


def limit(*, is_speed: bool = True, wait: float | None = None) -> AccountLimit:
    """Return the answer of a server that limits the account."""
    return AccountLimit(
        "421 Slow down.", server="mx:587", protocol="smtp", is_speed=is_speed, wait=wait
    )


def take(pace: MailPace, clock: FakeClock, count: int, seconds: float) -> None:
    """Let so many mails leave, each so many seconds after the one before."""
    for _ in range(count):
        pace.begin_mail()
        pace.note_accepted()
        clock.passed += seconds


def test_the_pace_is_what_was_taken_in_the_last_minute() -> None:
    """Mails from before do not count; from then on, the mails are as far apart."""
    clock = FakeClock()
    pace = MailPace(clock.clock, 0)
    take(pace, clock, 10, 1)
    clock.passed += 60
    take(pace, clock, 5, 2)

    pause = pace.begin_pause(limit())

    assert (pause.taken, pause.reason) == (5, "421 Slow down")
    assert pace.next_slot == clock.passed + 60
    clock.passed = pace.next_slot
    pace.begin_mail()
    assert pace.next_slot == clock.passed + 61 / 5


@pytest.mark.parametrize(
    ("per_minute", "taken", "learnt"),
    [(0, 3, 3), (30, 3, 3), (3, 3, None), (2, 3, None), (0, 0, None)],
)
def test_a_pace_is_only_ever_lowered(per_minute: int, taken: int, learnt: int | None) -> None:
    """A server that took as much as the settings say, or nothing at all, teaches nothing."""
    clock = FakeClock()
    pace = MailPace(clock.clock, per_minute)
    take(pace, clock, taken, 1)

    assert pace.begin_pause(limit()).taken == learnt

    clock.passed = pace.next_slot
    pace.begin_mail()
    minute, mails = (61, learnt) if learnt else (60, per_minute)
    assert pace.next_slot == clock.passed + (minute / mails if mails else 0)


def test_a_bad_time_says_nothing_of_the_pace() -> None:
    """Such as a login that is refused for now."""
    clock = FakeClock()
    pace = MailPace(clock.clock, 0)
    take(pace, clock, 3, 1)

    assert pace.begin_pause(limit(is_speed=False)).taken is None

    pace.begin_mail()
    assert pace.next_slot == clock.passed


def test_pauses_grow_and_end() -> None:
    """Each is twice as long as the last, up to a quarter of an hour; a mail begins anew."""
    clock = FakeClock()
    pace = MailPace(clock.clock, 0)

    def pause() -> float:
        begun = clock.passed
        made: MailPause = pace.begin_pause(limit())
        clock.passed = pace.next_slot
        assert made.until.timestamp() - clock.now().timestamp() == pytest.approx(0, abs=0.01)
        return clock.passed - begun

    assert [pause() for _ in range(3)] == [60, 120, 240]
    take(pace, clock, 1, 0)
    assert [pause() for _ in range(5)] == [60, 120, 240, 480, 900]
    with pytest.raises(MailError, match=r"421 Slow down\. The run has waited 5 times, 30 minutes"):
        pace.begin_pause(limit())
    assert len(pace.pauses) == 8


def test_a_server_says_how_long() -> None:
    """It is believed, up to an hour; what asks for longer is for another run."""
    clock = FakeClock()
    pace = MailPace(clock.clock, 0)
    for wait, seconds in ((17.0, 17), (-5.0, 1), (3600.0, 3600)):
        pace.begin_pause(limit(wait=wait))
        assert pace.next_slot == clock.passed + seconds
    with pytest.raises(MailError) as raised:
        pace.begin_pause(limit(wait=3601))
    assert raised.value.code is MailErrorCode.ACCOUNT_QUOTA
