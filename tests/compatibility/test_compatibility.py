"""Files of earlier commits: what people have on their disks is read and opened as it was then."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import psycopg
import pytest
from click.testing import CliRunner

from iml4e_xlsx import load_scheme, open_campaign, read_workbook, score
from iml4e_xlsx.cli import cli
from iml4e_xlsx.reading.identity import Schemes
from tests.support.real import MARK
from tests.support.scheme_versions import FIRST_OFFICIAL
from tests.support.servers.postgres import PostgresServer

pytestmark = pytest.mark.slow
"""See the marks in pyproject.toml."""

DATA = Path(__file__).parent.parent / "data" / "made_by_48b076d"
WORKBOOKS = ("blank", "filled", "mistakes")
SENTENCES = ("message", "expected", "action", "problem", "reply", "words")
"""They may get better; only whether there is one is compared."""

FINDING = ("severity", "code", "sheet", "cell", "statement", "found")


def run(*words: object) -> str:
    """Run the command in this process; return what it wrote to standard output."""
    done = CliRunner().invoke(cli, [str(word) for word in words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert done.exit_code in (0, 1), done.output
    return done.stdout


def stored(name: str) -> Any:
    """Return what a command said then, as the rule of now would have it."""
    return leave_open(json.loads((DATA / name).read_text(encoding="utf-8")))


def leave_open(then: Any) -> Any:
    """
    Return results with no figures where nothing was answered, and none that have gone since.

    Then an area without any answer was at level 0 with the index 0.00, and the way to the targets
    was measured with the index; a gap below was also one that open answers alone make.
    """
    if isinstance(then, list):
        return [leave_open(each) for each in then]
    if not isinstance(then, dict):
        return then
    result = {name: leave_open(value) for name, value in then.items()}
    if {"areas", "overall"} <= result.keys() and "ratings" in result:
        nothing: dict[str, Any] = {"level": None, "index": None, "held_down_by": []}
        blank = [area for area in result["areas"] if not area["completeness"]]
        for area in blank:
            assert (area["level"], area["index"]) == (0, 0)
            area |= {**nothing, "fulfilment": {}}
        if blank:
            result["overall"] |= nothing
        del result["overall"]["to_target"]
        for area in result["areas"]:
            high = area["high"]
            area["gap_below"] = area.pop("unbalanced") and int(high["index"]) > high["level"]
    return result


def accept_typed(result: Any) -> Any:
    """Return a result without warnings about typed ratings, which count now as if chosen."""
    typed = ("2", "largely")
    codes = ("rating-as-number", "rating-as-text")
    findings = [f for f in result["findings"] if f["code"] not in codes or f["found"] not in typed]
    return {**result, "findings": findings}


def differences(then: Any, now: Any, place: str = "") -> Iterator[str]:
    """
    Yield where what is said now is not what was said then.

    What is said besides is no difference, nor are other words of the same sentence, nor another
    order of findings.
    """
    key = place.rpartition("/")[2]
    if key in SENTENCES:
        if bool(then) != bool(now):
            yield f"{place}: {then!r} then, {now!r} now"
    elif key == "findings":
        if marks(then) != marks(now):
            yield f"{place}: {marks(then) - marks(now)} then, {marks(now) - marks(then)} now"
    elif isinstance(then, dict) and isinstance(now, dict):
        for name, value in then.items():
            yield from differences(value, now.get(name), f"{place}/{name}")
    elif isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        for number, pair in enumerate(zip(then, now, strict=True)):
            yield from differences(*pair, f"{place}/{number}")
    elif then != now:
        yield f"{place}: {then!r} then, {now!r} now"


def marks(findings: Iterable[Mapping[str, Any]]) -> Counter[tuple[Any, ...]]:
    """Return what makes findings what they are, without their sentences."""
    return Counter(tuple(finding[name] for name in FINDING) for finding in findings)


def assert_same(then: Any, now: str) -> None:
    """Assert that a command says as JSON what it said then."""
    assert list(differences(then, json.loads(now))) == []


# --- workbooks -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", WORKBOOKS)
def test_workbook_has_the_ratings_findings_and_result_of_then(name: str) -> None:
    """Through the Python API: everything that was read then is read now."""
    results = stored("score.json")["results"]
    then = accept_typed(next(one for one in results if Path(one["source"]).stem == name))

    schemes = Schemes.find_installed([FIRST_OFFICIAL])
    reading = read_workbook(DATA / "workbooks" / f"{name}.xlsx", schemes=schemes)
    result = score(reading.response, load_scheme(FIRST_OFFICIAL))

    answers = reading.response.answers
    assert {id_: answer.rating for id_, answer in answers.items()} == then["ratings"]
    assert {i: a.evidence for i, a in answers.items() if a.evidence} == then["evidence"]
    assert Counter(finding.code for finding in reading.findings) == Counter(
        finding["code"] for finding in then["findings"]
    )
    assert [area.level for area in result.areas] == [area["level"] for area in then["areas"]]
    indices = [None if area.index is None else float(area.index) for area in result.areas]
    assert indices == [area["index"] for area in then["areas"]]


@pytest.mark.parametrize("form", ["json", "ndjson"])
def test_score_says_of_them_what_it_said(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures to the last digit, codes, cells and severities."""
    monkeypatch.chdir(DATA)
    said = run("score", "workbooks", "--format", form, "--scheme", FIRST_OFFICIAL)

    if form == "json":
        document = stored("score.json")
        document["results"] = [*map(accept_typed, document["results"])]
        assert_same(document, said)
        return
    then = (DATA / "score.ndjson").read_text(encoding="utf-8").splitlines()
    assert len(then) == len(WORKBOOKS)
    for line, now in zip(then, said.splitlines(), strict=True):
        assert_same(accept_typed(leave_open(json.loads(line))), now)


def test_layout_is_as_it_was() -> None:
    """Programs that fill workbooks in keep the places of cells; statements stand in order."""
    then = stored("layout.json")
    for name in ("score_cells", "evidence_cells"):
        then[name] = in_order_of_numbers(then[name])

    assert_same(then, run("layout", "--scheme", FIRST_OFFICIAL))


def in_order_of_numbers(cells: Mapping[str, Mapping[str, str]]) -> dict[str, Mapping[str, str]]:
    """Return the same cells, those of each sheet with the statements in order."""
    places = sorted(cells.values(), key=lambda cell: (cell["sheet"], int(cell["cell"][1:])))
    ids = sorted(cells, key=lambda id_: (cells[id_]["sheet"], id_))
    return dict(zip(ids, places, strict=True))


def test_data_have_findings_of_many_kinds() -> None:
    """Else the comparison of them would hold little."""
    codes = {f["code"] for entry in stored("score.json")["results"] for f in entry["findings"]}

    assert len(codes) > 15


# --- campaigns -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Round:
    """A copy of the campaign with its record, and how commands are told where both are."""

    folder: Path
    database: str = ""

    def run(self, command: str, *words: object) -> str:
        """Run a command of the campaign."""
        record = ("--database", self.database) if self.database else ()
        return run("campaign", command, *words, "-C", self.folder, *record)

    def status(self) -> Any:
        """Return the status as data."""
        return json.loads(self.run("status", "--format", "json"))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=getattr(pytest.mark, MARK))])
def campaign(request: pytest.FixtureRequest, tmp_path: Path) -> Round:
    """Return a copy of the campaign with its record in a file, or restored from a dump."""
    folder = tmp_path / "campaign"
    shutil.copytree(DATA / "campaign", folder)
    if request.param == "sqlite":
        return Round(folder)
    (folder / "record.sqlite").unlink()
    server: PostgresServer = request.getfixturevalue("postgres")
    return Round(folder, restored(server))


def restored(server: PostgresServer) -> str:
    """Return the address of a database into which the dump was restored."""
    address = server.new_database()
    plain = address.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute((DATA / "record.sql").read_bytes())
    return address


def fill(source: Path, target: Path, cells: Mapping[str, Mapping[str, str]]) -> None:
    """Rate every statement of a workbook as fully in place."""
    book = openpyxl.load_workbook(source)
    for cell in cells.values():
        book[cell["sheet"]][cell["cell"]] = "3 - Fully"
    book.save(target)


def test_status_and_results_are_those_of_then(campaign: Round) -> None:
    """Stages, counts, mails, stored findings, stored failures, and every figure."""
    assert open_campaign(campaign.folder).settings.name == "Round"
    assert_same(stored("status.json"), campaign.run("status", "--format", "json"))
    assert_same(stored("export.json"), campaign.run("export", "--format", "json"))


def test_report_is_written(campaign: Round, tmp_path: Path) -> None:
    """With the teams, and the people who did not agree."""
    campaign.run("report", "-o", tmp_path / "report.html")

    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert all(word in text for word in ("Red", "Blue", "Ann Arbor", "Ben Bø"))


def test_nothing_is_taken_in_or_built_twice(campaign: Round) -> None:
    """What lies in record and folder is known by its content, as it was then."""
    before = {path: path.read_bytes() for path in campaign.folder.rglob("*.xlsx")}

    campaign.run("collect", DATA / "returned")
    campaign.run("build")

    after = {path: path.read_bytes() for path in campaign.folder.rglob("*.xlsx")}
    assert after == before
    assert list(differences(stored("status.json"), campaign.status())) == []


def test_workbook_sent_then_is_taken_in_now(campaign: Round, tmp_path: Path) -> None:
    """By its id: the person has answered, and the others are where they were."""
    layout = json.loads(run("layout", "--scheme", campaign.folder / "scheme"))
    sent = next((campaign.folder / "workbooks").glob("*eve*.xlsx"))
    fill(sent, tmp_path / "answer.xlsx", layout["score_cells"])

    campaign.run("collect", tmp_path / "answer.xlsx")

    stages = {person["mail"]: person["stage"] for person in campaign.status()["persons"]}
    then = {person["mail"]: person["stage"] for person in stored("status.json")["persons"]}
    assert stages == {**then, "eve@example.org": "complete"}


def test_stranger_of_then_can_be_assigned(campaign: Round) -> None:
    """A file that was nobody's becomes a person's answer."""
    aside = stored("status.json")["aside"]
    handle = next(entry["handle"] for entry in aside if not entry["code"])

    campaign.run("assign", handle, "dan@example.org")

    status = campaign.status()
    stages = {person["mail"]: person["stage"] for person in status["persons"]}
    assert stages["dan@example.org"] == "complete"
    assert len(status["aside"]) == len(aside) - 1


def test_person_of_then_is_forgotten_everywhere(campaign: Round) -> None:
    """Roster, files and record: the name is nowhere, and the others stay."""
    built = next((campaign.folder / "workbooks").glob("*ann*.xlsx"))

    campaign.run("forget", "ann@example.org")

    status = campaign.status()
    assert {person["mail"] for person in status["persons"]} == {
        f"{name}@example.org" for name in ("ben", "cay", "dan", "eve")
    }
    assert not built.exists()
    for path in campaign.folder.rglob("*"):
        if path.is_file():
            assert b"ann@example.org" not in path.read_bytes(), path
    if not campaign.database:
        with sqlite3.connect(campaign.folder / "record.sqlite") as record:
            assert all("Ann Arbor" not in line for line in record.iterdump())
        record.close()
