"""Defines the design of a native chart, in the terms of the writing library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ChartOptions = Mapping[str, Any]
"""Options as XlsxWriter's charts take them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartDesign:
    """
    A chart to be drawn by the canvas.

    `description` is for people who do not see the chart; `skips_gaps` leaves out points without
    a figure, also those whose formula yields #N/A. `shows_hidden` draws figures of cells that are
    hidden, or stand on a hidden sheet.
    """

    kind: str
    subtype: str | None
    series: Sequence[ChartOptions]
    title: ChartOptions
    y_axis: ChartOptions
    legend: ChartOptions
    width: int
    height: int
    description: str
    x_axis: ChartOptions | None = None
    area: ChartOptions | None = None
    skips_gaps: bool = False
    shows_hidden: bool = False
    x_offset: int = 0
