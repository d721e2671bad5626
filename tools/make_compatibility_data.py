"""
Makes the data with which tests hold that files of an earlier commit can still be read.

The commit's own package is what runs; the data are named after it:

    git worktree add ../old 48b076d
    PYTHONPATH=../old python tools/make_compatibility_data.py tests/data/made_by_48b076d

It uses the command line alone and openpyxl, so that it works with every commit that has these
commands. It needs PostgreSQL, as the tests do.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import openpyxl

from tests.support.servers.postgres import PostgresServer

_TYPE = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LABELS = ("0 - Not", "1 - Partially", "2 - Largely", "3 - Fully")
_HEADINGS = ("name", "mail", "organisation", "team", "role", "language", "target")
_PEOPLE = (
    ("Ann Arbor", "ann@example.org", "Org", "Red", "analyst", "", "2"),
    ("Ben Bø", "ben@example.org", "Org", "Red", "engineer", "", "2"),
    ("Cay Čapek", "cay@example.org", "Org", "Blue", "engineer", "de", "AA=1"),
    ("Dan Dahl", "dan@example.org", "Org", "Blue", "", "", ""),
    ("Eve Ek", "eve@example.org", "Org", "Blue", "", "", ""),
)
_MISTAKES: Mapping[str, Any] = {
    "PC-01": "largely",
    "PC-02": 2,
    "PC-03": "3 - Fully, see the wiki",
    "PC-04": "maybe",
    "PC-05": 7,
    "PC-06": True,
    "PC-07": "=1+1",
    "PC-08": "n/a",
    "PC-09": "1 or 2",
    "PC-10": "50 %",
}


class Maker:
    """Makes the data in a folder; all paths it uses are relative to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.layout: dict[str, Any] = {}

    def run(self, *words: str, codes: tuple[int, ...] = (0,)) -> str:
        """
        Run the command in the folder and return what it wrote to standard output.

        Raises:
            RuntimeError: If it ended with another exit code than those.
        """
        done = subprocess.run(
            [sys.executable, "-m", "iml4e_xlsx", *words],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in codes:
            raise RuntimeError(f"{words} ended with {done.returncode}: {done.stderr}")
        return done.stdout

    def fill(self, source: str, target: str, values: Mapping[str, Any], note: str = "") -> None:
        """Fill ratings in, as another program would, and evidence beside the first."""
        book = openpyxl.load_workbook(self.folder / source)
        for statement, value in values.items():
            place = self.layout["score_cells"][statement]
            book[place["sheet"]][place["cell"]] = value
        if note:
            place = self.layout["evidence_cells"][next(iter(values))]
            book[place["sheet"]][place["cell"]] = note
        (self.folder / target).parent.mkdir(parents=True, exist_ok=True)
        book.save(self.folder / target)

    def write(self, target: str, text: str) -> None:
        """Write a text to a file of the folder."""
        (self.folder / target).write_text(text, encoding="utf-8")


def make_workbooks(maker: Maker) -> None:
    """Make a blank, a filled and a badly filled workbook, and what is read from them."""
    (maker.folder / "workbooks").mkdir()
    blank, filled, mistakes = (f"workbooks/{name}.xlsx" for name in ("blank", "filled", "mistakes"))
    for target, (respondent, *_) in zip((blank, filled, mistakes), _PEOPLE, strict=False):
        profile = ("--team", "Alpha", "--respondent", respondent, "--target", "3")
        maker.run("build", *profile, "-o", target)
    maker.write("layout.json", maker.run("layout"))
    maker.layout = json.loads((maker.folder / "layout.json").read_text(encoding="utf-8"))
    statements = list(maker.layout["score_cells"])
    ratings = {id_: _LABELS[number % 4] for number, id_ in enumerate(statements)}
    maker.fill(filled, filled, ratings, "see the wiki")
    maker.fill(mistakes, mistakes, {**ratings, **_MISTAKES})
    spoil(maker.folder / mistakes, maker.layout)
    for form in ("json", "ndjson"):
        said = maker.run("score", "workbooks", "--format", form, codes=(0, 1))
        maker.write(f"score.{form}", said)


def spoil(path: Path, layout: Mapping[str, Any]) -> None:
    """Do to a workbook what people do beside wrong ratings: levels, dates, sheets, rows."""
    book = openpyxl.load_workbook(path)
    places = [*layout["target_cells"].values(), layout["profile_cells"]["date"]]
    for place, value in ((places[0], "high"), (places[-1], "last week")):
        book[place["sheet"]][place["cell"]] = value
    cells = layout["score_cells"]
    areas = list(dict.fromkeys(cell["sheet"] for cell in cells.values()))
    book.copy_worksheet(book[areas[1]])
    del book[areas[2]]
    row = int(re.sub(r"\D", "", cells["QA-01"]["cell"]))
    book[cells["QA-01"]["sheet"]].delete_rows(row)
    book.save(path)


def make_campaign(maker: Maker) -> None:
    """Make a whole small round: drafts, answers good and bad, a second answer, a stranger's."""
    maker.run("campaign", "init", "campaign", "--name", "Round", "--scheme", "scheme")
    (maker.folder / "campaign" / "roster.xlsx").unlink()
    roster = maker.folder / "campaign" / "roster.csv"
    with roster.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([_HEADINGS, *_PEOPLE])
    settings = maker.folder / "campaign" / "campaign.toml"
    text = settings.read_text(encoding="utf-8")
    text = text.replace('\nmail = ""', '\nmail = "facilitator@example.org"', 1)
    settings.write_text(text.replace('name = ""', 'name = "Fay"', 1), encoding="utf-8")
    maker.run("campaign", "build", "campaign")
    maker.run("campaign", "send", "campaign", "--eml", "drafts")
    sent = [mail for _, mail, *_ in _PEOPLE if not mail.startswith("eve")]
    maker.run("campaign", "settle", *sent, "--sent", "-C", "campaign")
    maker.layout = json.loads(maker.run("layout", "--scheme", "campaign/scheme"))
    answer(maker)
    for folder in ("first", "second"):
        maker.run("campaign", "collect", f"returned/{folder}", "-C", "campaign", codes=(0, 1))
    shutil.rmtree(maker.folder / "drafts")
    (maker.folder / "stranger.xlsx").unlink()
    write_state(maker)


def answer(maker: Maker) -> None:
    """Write what comes back, in two folders; the second holds another answer of the first."""
    built = {
        path.stem.split("-")[-2]: f"campaign/workbooks/{path.name}"
        for path in (maker.folder / "campaign" / "workbooks").glob("*.xlsx")
    }
    statements = list(maker.layout["score_cells"])
    full = dict.fromkeys(statements, _LABELS[3])
    mixed = {id_: _LABELS[number % 4] for number, id_ in enumerate(statements)}
    maker.fill(built["ann"], "returned/first/ann.xlsx", full, "see the wiki")
    bad = {**mixed, statements[0]: "maybe", statements[1]: 2, statements[2]: "n/a"}
    maker.fill(built["ben"], "returned/first/ben.xlsx", bad)
    maker.fill(built["cay"], "returned/first/cay.xlsx", dict.fromkeys(statements[:3], _LABELS[2]))
    maker.run("build", "--scheme", "scheme", "--team", "Red", "-o", "stranger.xlsx")
    maker.fill("stranger.xlsx", "returned/first/stranger.xlsx", mixed)
    maker.write("returned/first/broken.xlsx", "This is no workbook.")
    mail = EmailMessage()
    mail["From"], mail["To"] = "dan@example.org", "facilitator@example.org"
    mail["Message-ID"], mail["Date"] = "<1@example.org>", "Fri, 27 Nov 2026 10:00:00 +0000"
    mail.set_content("Here it is.\n")
    broken = (maker.folder / built["dan"]).read_bytes()[:5000]
    mail.add_attachment(broken, maintype="application", subtype=_TYPE, filename="dan.xlsx")
    (maker.folder / "returned" / "first" / "dan.eml").write_bytes(bytes(mail))
    maker.fill(built["ann"], "returned/second/ann again.xlsx", mixed)


def write_state(maker: Maker) -> None:
    """Write what the campaign says of itself, and its record as PostgreSQL keeps it."""
    codes = (0, 1)
    for name, words in (("status", ["status"]), ("export", ["export"])):
        said = maker.run("campaign", *words, "campaign", "--format", "json", codes=codes)
        maker.write(f"{name}.json", said)
    with PostgresServer() as server:
        url = server.new_database()
        # A record that was copied knows it and counts no more: the copy is of a copy.
        copy = shutil.copytree(maker.folder / "campaign", maker.folder / "copy")
        maker.run("campaign", "copy-record", url, "-C", "copy")
        shutil.rmtree(copy)
        dump = shutil.which("pg_dump") or "pg_dump"
        done = subprocess.run(
            [
                *(dump, "--inserts", "--no-owner", "--no-privileges", "--no-comments"),
                url.replace("postgresql+psycopg", "postgresql"),
            ],
            capture_output=True,
            text=True,
            check=True,
        )
    # \restrict is a command of psql, not SQL; the settings of later servers are unknown to earlier.
    lines = [
        line
        for line in done.stdout.splitlines()
        if not line.startswith(("\\", "SET transaction_timeout", "--"))
    ]
    maker.write("record.sql", "\n".join(line for line in lines if line) + "\n")


def main() -> None:
    """Make all data in the folder that was named, which has a scheme in it and nothing else."""
    maker = Maker(Path(sys.argv[1]).resolve())
    make_workbooks(maker)
    make_campaign(maker)


if __name__ == "__main__":
    main()
