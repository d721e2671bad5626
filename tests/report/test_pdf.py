"""The report on paper: nothing of it lies outside the page, whatever names and texts are."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from iml4e_xlsx.model import RatingValue, Scheme
from iml4e_xlsx.report.contents.contents import IN_FULL, Contents, make_contents
from iml4e_xlsx.report.formats.pdf import render_pdf
from iml4e_xlsx.report.tables.team_tables import roadmap_table
from tests.support.builders import assessment
from tests.support.paper import SIDE, TOP, Sheet, Word, sheets_of
from tests.support.team_reports import four_members

ROUNDING = 1.0
UNBROKEN = "Donaudampfschifffahrtsgesellschaftskapitänsmütze" * 2
LONG = "The team that looks after the models of the whole northern region"
HEADING = ["What", "to", "do"]


@dataclass(frozen=True)
class Printed:
    """A report and the pages that it was printed on."""

    contents: Contents
    sheets: tuple[Sheet, ...]


def printed(contents: Contents, folder: Path) -> Printed:
    """Print a report and read its pages."""
    path = folder / "report.pdf"
    path.write_bytes(render_pdf(contents))
    return Printed(contents, sheets_of(path))


def teams_report(scheme: Scheme, names: list[str], rounds: tuple[str, ...]) -> Contents:
    """Return the report of teams of two who do not agree and have far to go."""
    given = []
    for number, team in enumerate(names):
        for date in rounds:
            for name, plus in (("Ada", 0), (UNBROKEN, 1)):
                ratings: dict[str, RatingValue | None] = {
                    id_: (at + number + plus) % 3 for at, id_ in enumerate(scheme.statements)
                }
                given.append(
                    assessment(
                        scheme, ratings, team=team, respondent=name, date=date,
                        evidence={"AA-01": UNBROKEN * 3, "AA-02": "see the wiki " * 40},
                        targets=dict.fromkeys((area.code for area in scheme.areas), 4),
                    )
                )  # fmt: skip
    return make_contents(given)


@pytest.fixture(scope="module", params=["few", "many"])
def report(
    request: pytest.FixtureRequest, small: Scheme, tmp_path_factory: pytest.TempPathFactory
) -> Printed:
    """Return three teams told in full, or thirty that are told in short; names are long."""
    if request.param == "few":
        contents = teams_report(small, ["Alpha", LONG, UNBROKEN], ("2026-05-04", "2026-11-04"))
        assert contents.is_detailed
    else:
        names = [f"{(LONG, UNBROKEN, 'Beta')[n % 3]} {n}" for n in range(30)]
        contents = teams_report(small, names, ("2026-11-04",))
        assert len(contents.teams) > IN_FULL
    return printed(contents, tmp_path_factory.mktemp("paper"))


def test_pdf_has_the_same_contents(small: Scheme, tmp_path: Path) -> None:
    """Teams, sentences and evidence stand in it as text."""
    given = four_members(
        small, "Alpha & Co", "2026-11-04", 2, evidence={"AA-01": "<script>see wiki"}
    )
    path = tmp_path / "report.pdf"
    path.write_bytes(render_pdf(make_contents(given)))
    done = subprocess.run(
        [str(shutil.which("pdftotext")), path, "-"], capture_output=True, text=True, check=True
    )  # fmt: skip

    assert "Alpha & Co is at level" in done.stdout
    assert "<script>see wiki" in done.stdout
    assert "What to talk about" in done.stdout


def test_no_word_lies_outside_the_margins(report: Printed) -> None:
    """What does not fit a column breaks or is cut on purpose, and never runs off the paper."""
    outside = [
        (number, word)
        for number, sheet in enumerate(report.sheets, start=1)
        for word in sheet.words
        if word.left < SIDE - ROUNDING
        or word.right > sheet.width - SIDE + ROUNDING
        or word.top < TOP - ROUNDING
        or word.bottom > sheet.height - (0 if _is_number(word, report) else TOP - ROUNDING)
    ]

    assert len(report.sheets) > 3
    assert outside == []


def _is_number(word: Word, report: Printed) -> bool:
    """Tell whether a word may be part of a page's number, `3 / 12`."""
    return bool(re.fullmatch(r"/|\d+", word.text)) and word.left > report.sheets[0].width * 0.8


def test_every_step_of_a_roadmap_says_what_to_do(report: Printed) -> None:
    """The last column of the widest table stands there whole, each time that it is to."""
    limit = None if report.contents.is_detailed else 5
    wanted = Counter(
        " ".join(str(row[-1]).split())
        for page in report.contents.pages
        for row in roadmap_table(page.roadmap, page.team.name).rows[:limit]
    )
    text = last_columns(report)

    assert wanted.total() >= 5 * len(report.contents.teams)
    assert {action: text.count(action) for action in wanted} == dict(wanted)


def last_columns(report: Printed) -> str:
    """Return what stands below the headings *What to do*, and to the right of where they begin."""
    parts: list[str] = []
    for sheet in report.sheets:
        start = sheet.width
        for at, word in enumerate(sheet.words):
            if [near.text for near in sheet.words[at : at + 3]] == HEADING:
                start = word.left
            elif word.left >= start - ROUNDING:
                parts.append(word.text)
    return " ".join(parts)


def test_bars_are_as_long_as_they_say(small: Scheme, tmp_path: Path) -> None:
    """A bar of one third was drawn as long as a full one: of the gradients all had its length."""
    pages = [
        shade_of(
            make_contents([assessment(small, dict.fromkeys(small.statements, rating))]), folder
        )
        for rating in (1, 3)
        for folder in [tmp_path / str(rating)]
    ]

    third, full = pages

    assert 0 < third < full / 2, pages


def shade_of(contents: Contents, folder: Path) -> int:
    """Return how many pixels of the printed bars have their colour, much of which is blue."""
    folder.mkdir()
    (folder / "report.pdf").write_bytes(render_pdf(contents))
    sheets = sheets_of(folder / "report.pdf")
    page, top = next(
        (number, word.bottom)
        for number, sheet in enumerate(sheets, start=1)
        for word in sheet.words
        if word.text == "Fulfilment"
    )
    command = [str(shutil.which("pdftoppm")), "-r", "72", "-f", str(page), "-l", str(page)]
    image = subprocess.run(
        [*command, folder / "report.pdf"], capture_output=True, check=True
    ).stdout
    _, size, _, pixels = image.split(b"\n", 3)
    width = int(size.split()[0])
    below = pixels[3 * width * round(top) :]
    colours = zip(below[::3], below[1::3], below[2::3], strict=True)
    return sum(blue > 150 and blue - red > 60 for red, _, blue in colours)
