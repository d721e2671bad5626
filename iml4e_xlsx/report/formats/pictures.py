"""Writes radars and line charts as pictures, PNG and SVG; needs the extra `report`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from iml4e_xlsx.report.charts.chart_data import LineChart, make_radar
from iml4e_xlsx.report.charts.line_chart import draw_lines
from iml4e_xlsx.report.charts.radar import draw_radar
from iml4e_xlsx.report.contents.contents import Contents
from iml4e_xlsx.report.tables.result_data import ResultBundle


@dataclass(frozen=True, slots=True)
class PictureWriter:
    """Writes pictures of a kind that matplotlib knows."""

    kind: str

    def encode_results(self, results: ResultBundle) -> bytes:
        """Return the radar of the results; those of another scheme than the first are left out."""
        scheme = results.assessments[0].scheme
        same = [
            (name, assessment.result)
            for name, assessment in results.assessments_by_name
            if assessment.scheme.id == scheme.id
        ]
        return draw_radar(make_radar(same, scheme, title=scheme.title), kind=self.kind)

    def encode_trend(self, chart: LineChart) -> bytes:
        """Return a line chart for each area."""
        return draw_lines(chart, kind=self.kind)

    def encode_report(self, contents: Contents) -> bytes:
        """Return the radar of the report."""
        return draw_radar(contents.radar, kind=self.kind)


PNG: Final = PictureWriter("png")
SVG: Final = PictureWriter("svg")
