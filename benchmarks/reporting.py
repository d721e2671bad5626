"""Measures a report of 1,000 responses against reading them, which any report does first."""

from __future__ import annotations

import resource
import tempfile
from dataclasses import replace
from pathlib import Path

from benchmarks.measure import print_report, run_rounds, time_job, time_reading
from benchmarks.samples import CREATED, fill_response
from iml4e_xlsx.model import Answer, Assessment, Scheme
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.report.contents.contents import make_contents
from iml4e_xlsx.report.formats.html import render_html
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.scoring import score
from iml4e_xlsx.workbook.builder import build_workbook

RESPONSES, TEAMS = 1000, 100
_SAMPLE = 20


def _assessments(scheme: Scheme) -> list[Assessment]:
    """Return responses of many teams that rate alike in nothing."""
    base = fill_response(scheme)
    assessments = []
    for number in range(RESPONSES):
        team = f"Team {number % TEAMS:03}"
        profile = replace(base.profile, team=team, respondent=f"Person {number}")
        answers = {
            id_: Answer(
                statement=id_,
                rating=scheme.scale[(at + number * 7 // TEAMS) % len(scheme.scale)],
                evidence=answer.evidence,
            )
            for at, (id_, answer) in enumerate(base.answers.items())
        }
        response = replace(base, profile=profile, answers=answers, source=f"{number}.xlsx")
        result = score(response, scheme)
        assessments.append(Assessment(scheme=scheme, response=response, result=result, findings=()))
    return assessments


def main() -> None:
    """Measure and print."""
    scheme = load_scheme()
    assessments = _assessments(scheme)
    with tempfile.TemporaryDirectory() as folder, WorkbookReader() as reader:
        path = Path(folder) / "returned.xlsx"
        path.write_bytes(build_workbook(scheme, created=CREATED, response=fill_response(scheme)))
        read_sample = time_reading(reader, [path] * _SAMPLE)
        taken = run_rounds(
            {
                f"reading {RESPONSES} workbooks": lambda: read_sample() * RESPONSES,
                f"contents and page of {TEAMS} teams": time_job(
                    lambda: render_html(make_contents(assessments))
                ),
            },
            count=5,
        )
    print_report("A report of 1,000 responses (CPU time)", taken, next(iter(taken)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  peak memory of this process {peak:.0f} MB (wanted: below 500 MB)")
