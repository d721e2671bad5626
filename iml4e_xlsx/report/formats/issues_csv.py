"""
Writes roadmaps as CSV for issue trackers.

The columns are named as GitHub's command line importers expect them (`title`, `body`, `labels`);
Jira's importer asks which column is which, and needs nothing but a summary, which is `title`.
Labels have no spaces, which Jira refuses, and one label names the area.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from iml4e_xlsx.analysis.team_roadmap import AreaRoadmap, Roadmap, RoadmapStep
from iml4e_xlsx.report.formats.csv_text import render_csv
from iml4e_xlsx.report.tables.labels import rating_label
from iml4e_xlsx.report.tables.team_tables import change_text
from iml4e_xlsx.text.interface_texts import scheme_texts

COLUMNS = ("title", "body", "labels", "priority", "team", "area", "statement", "level")


def render_issues(roadmaps: Iterable[tuple[Roadmap, str]]) -> str:
    """Return one row for each step of each roadmap; the text beside it is the team's name."""
    return render_csv(
        COLUMNS, (row for roadmap, team in roadmaps for row in _issue_rows(roadmap, team))
    )


def _issue_rows(roadmap: Roadmap, team: str) -> Iterator[Mapping[str, object]]:
    for number, (area, step) in enumerate(roadmap.steps, start=1):
        statement = step.statement
        yield {
            "title": f"{statement.id} {statement.improvement}",
            "body": _issue_body(roadmap, area, step),
            "labels": f"mlops-maturity,{_area_label(area.area.code)}",
            "priority": number,
            "team": team,
            "area": area.area.name,
            "statement": statement.id,
            "level": statement.level,
        }


def _issue_body(roadmap: Roadmap, area: AreaRoadmap, step: RoadmapStep) -> str:
    texts, scheme = scheme_texts(roadmap.scheme), roadmap.scheme
    statement = step.statement
    lines = (
        (texts("view.area"), area.area.name),
        (texts("view.text"), statement.text),
        (texts("view.now"), rating_label(step.rating, scheme, texts)),
        (texts("view.wanted"), scheme.label(step.wanted)),
        (texts("view.change"), change_text(step, texts)),
        (texts("view.evidence"), ", ".join(statement.evidence)),
    )
    return "\n".join(f"{name}: {value}" for name, value in lines)


def _area_label(text: str) -> str:
    return re.sub(r"[^\w-]+", "-", text).strip("-").lower()
