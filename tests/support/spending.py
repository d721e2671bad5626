"""Processor time, which says how much work something is, however busy the machine is."""

from __future__ import annotations

import os
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
