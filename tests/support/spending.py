"""Processor time, which says how much work something is, however busy the machine is."""

from __future__ import annotations

import os
import time
from contextlib import suppress

import psutil


def spent_seconds() -> float:
    """Return the processor time of this process and of all that it started, in seconds."""
    total = sum(os.times()[:4])
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            times = child.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


# What the loop of `_pace` took where the limits were set, with nothing else running.
_REFERENCE_SECONDS = 0.043


def _pace() -> float:
    start = time.thread_time()
    total = 0
    for number in range(700_000):
        total += number ^ total & 0xFF
    return time.thread_time() - start


def is_affordable(spent: float, seconds: float) -> bool:
    """
    Return whether work that took `spent` seconds of processor time is worth less than `seconds`.

    Two threads of one core, a throttled or a shared processor make the same work cost more of it,
    so that plain seconds say how busy the machine is: what took more is compared by the pace that
    the processor has now.
    """
    if spent < seconds:
        return True
    return spent < seconds * max(_pace() for _ in range(5)) / _REFERENCE_SECONDS
