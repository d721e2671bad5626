"""The commands on folders in disorder: copies, versions, blanks and results of the program."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

from iml4e_xlsx.cli import cli
from iml4e_xlsx.model import Profile, Scheme
from iml4e_xlsx.workbook.builder import build_workbook
from tests.support.builders import CREATED, rate_all, response
from tests.support.hostile import packed, parts_of


def run(*args: object, code: int = 0) -> Result:
    outcome = CliRunner().invoke(cli, [str(arg) for arg in args])
    assert outcome.exit_code == code, outcome.output
    return outcome


def document(*args: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("score", *args, "--format", "json").stdout)
    return found


@pytest.fixture(scope="module")
def disorder(official: Scheme, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which six files are the answers of three people."""
    place = tmp_path_factory.mktemp("disorder")
    files = (
        ("a.xlsx", "Alpha", "", 3, 0, "A" * 10),
        ("b.xlsx", "Alpha", "", 0, 0, "B" * 10),
        ("blank.xlsx", "Alpha", "", None, 0, "A" * 10),
        ("Ada.xlsx", "Beta", "Ada", 3, 0, "C" * 10),
        ("Ada (1).xlsx", "Beta", "Ada", 0, 1, "C" * 10),
    )
    for name, team, respondent, rating, hours, identity in files:
        filled = response(
            official,
            {} if rating is None else rate_all(official, rating),
            profile=Profile(organisation="O", team=team, respondent=respondent),
        )
        created = CREATED + timedelta(hours=hours)
        data = build_workbook(official, created=created, response=filled, identity=identity)
        (place / name).write_bytes(data)
    shutil.copy(place / "a.xlsx", place / "a (1).xlsx")
    (place / "z.zip").write_bytes(packed({"a.xlsx": (place / "a.xlsx").read_bytes()}))
    return place


def test_teams_of_a_folder_in_disorder(disorder: Path) -> None:
    """Two people in Alpha, one in Beta with the file that was saved last; the rest is named."""
    found = document(disorder, "--group", "team")
    teams = {entry["team"]: entry for entry in found["results"]}
    left_out = {(Path(entry["source"]).name, entry["code"]) for entry in found["left_out"]}

    assert {name: team["respondents"] for name, team in teams.items()} == {"Alpha": 2, "Beta": 1}
    assert [team["overall"]["level"] for team in teams.values()] == [0, 0]
    assert set(teams["Beta"]["ratings"].values()) == {0}
    assert len(found["left_out"]) == 4
    assert left_out == {
        ("Ada.xlsx", "workbook-twice"),
        ("a (1).xlsx", "copy-left-out"),
        ("a.xlsx", "copy-left-out"),  # in the zip
        ("blank.xlsx", "blank-left-out"),
    }
    assert found["failed"] == []


def test_each_file_is_scored_but_for_copies(disorder: Path) -> None:
    """Without groups, versions and blank workbooks have their own results; ndjson streams them."""
    found = document(disorder)
    lines = run("score", disorder, "--format", "ndjson").stdout.splitlines()
    names = [Path(entry["source"]).name for entry in found["results"]]

    assert sorted(names) == ["Ada (1).xlsx", "Ada.xlsx", "a.xlsx", "b.xlsx", "blank.xlsx"]
    assert [json.loads(line) for line in lines] == found["results"]
    assert [entry["counted"] for entry in found["left_out"]] == [f"{disorder}/a.xlsx"] * 2
    assert "is a copy of" in run("check", disorder).stderr


@pytest.mark.parametrize("form", ["scores", "report", "compare", "trend", "earlier", "saved"])
def test_own_results_are_no_answers(disorder: Path, tmp_path: Path, form: str) -> None:
    """Those of every command, of earlier versions without a mark, and saved by other programs."""
    command = {"report": ("report",), "compare": ("compare",), "trend": ("roadmap",)}
    target = tmp_path / "results.xlsx"
    args = command.get(form, ("score",))
    run(*args, disorder, *(("--format", "xlsx") if args == ("score",) else ()), "-o", target)
    if form == "earlier":
        parts = parts_of(target.read_bytes())
        parts["docProps/custom.xml"] = parts["docProps/custom.xml"].replace(b"iml4e-", b"x-")
        target.write_bytes(packed(parts))
    if form == "saved":
        book = openpyxl.load_workbook(target)
        book.save(target)
    shutil.copy(disorder / "a.xlsx", tmp_path / "a.xlsx")
    found = document(tmp_path, "--group", "team")

    assert [entry["team"] for entry in found["results"]] == ["Alpha"]
    assert [entry["code"] for entry in found["left_out"]] == ["results-left-out"]
    assert found["failed"] == []


def test_results_alone_are_said_to_be_no_answer(disorder: Path, tmp_path: Path) -> None:
    """Nothing was read, so the command does not end as if all were well."""
    target = tmp_path / "scores.xlsx"
    run("score", disorder, "-o", target)

    assert "no answer among the files" in run("score", target, code=1).stderr


def test_own_table_of_ratings_is_an_answer(official: Scheme, tmp_path: Path) -> None:
    """Somebody who typed ids and ratings into a workbook of their own has answered."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["No.", "Statement", "Rating", "Evidence"])
    for statement in official.statements.values():
        sheet.append([statement.id, statement.text, 2, ""])
    book.save(tmp_path / "own.xlsx")
    found = document(tmp_path)

    assert set(found["results"][0]["ratings"].values()) == {2}
    assert found["left_out"] == []


def test_blank_workbook_is_shown_to_whoever_asks_for_it(disorder: Path) -> None:
    """It has a result without an answer, and is nobody's."""
    (alone,) = document(disorder / "blank.xlsx")["results"]
    (team,) = document(disorder / "blank.xlsx", "--group", "team")["results"]

    assert alone["overall"]["level"] is None
    assert (team["respondents"], team["members"]) == (0, [])


def test_copy_by_its_name_is_the_one_that_is_left_out(disorder: Path) -> None:
    """`a (1).xlsx` is what a program calls the second download of `a.xlsx`."""
    left_out = {Path(e["source"]).name: e["counted"] for e in document(disorder)["left_out"]}

    assert left_out["a (1).xlsx"] == str(disorder / "a.xlsx")


@pytest.fixture(scope="module")
def versions(official: Scheme, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return versions: Ada's, a later one without a name, and two of a workbook without any."""
    place = tmp_path_factory.mktemp("versions")
    files = (
        ("ada.xlsx", "Ada", 0, "A" * 10),
        ("nobody.xlsx", "", 1, "A" * 10),
        ("one.xlsx", "", 0, "B" * 10),
        ("two.xlsx", "", 1, "B" * 10),
    )
    for rating, (name, respondent, hours, identity) in enumerate(files):
        filled = response(
            official,
            rate_all(official, rating),
            profile=Profile(organisation="O", team="Alpha", respondent=respondent),
        )
        created = CREATED + timedelta(hours=hours)
        data = build_workbook(official, created=created, response=filled, identity=identity)
        (place / name).write_bytes(data)
    return place


@pytest.mark.parametrize(
    "command",
    [
        ("score", "--group", "team"),
        ("compare",),
        ("roadmap",),
        ("agenda",),
        ("check",),
        ("report", "-o", "{folder}/report.html"),
    ],
    ids=lambda command: str(command[0]),
)
def test_every_command_says_which_version_counts_and_why(
    versions: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    said = run(*(part.format(folder=tmp_path) for part in command), versions).stderr

    for left_out, counted in (("ada.xlsx", "nobody.xlsx"), ("one.xlsx", "two.xlsx")):
        (line,) = [each for each in said.splitlines() if f"{left_out}: This is" in each]
        assert f"{counted} counts instead: it was saved later" in line
    assert said.count("has no name and counts as Ada") == 1
    assert said.count("name no respondent") == 1


def test_versions_are_left_out_in_json_and_in_the_report(versions: Path, tmp_path: Path) -> None:
    found = document(versions, "--group", "team")["left_out"]
    named = {Path(one["source"]).name: Path(one["counted"]).name for one in found}
    page = tmp_path / "report.html"
    run("report", versions, "-o", page)
    html = page.read_text(encoding="utf-8")
    _, not_in = html.split("<h3>Not in these results</h3>")
    listed, undated = not_in.split("<h3>Counted without a date</h3>")

    assert named == {"ada.xlsx": "nobody.xlsx", "one.xlsx": "two.xlsx"}
    assert "ada.xlsx: This is another version" in listed
    assert "one.xlsx: This is another version" in listed
    assert "no date" not in listed
    undated = undated.split("</ul>")[0]
    assert "two.xlsx: no date" in undated
    assert "nobody.xlsx: no date" in undated
    assert "ada.xlsx: no date" not in undated


def not_in_results(path: Path) -> dict[str | None, tuple[str, str | None]]:
    """Return what the sheet of a workbook says: by file, the reason and what counts instead."""
    sheet = openpyxl.load_workbook(path)["Not in these results"]
    rows = sheet.iter_rows(min_row=5, values_only=True)
    return {
        None if name is None else Path(str(name)).name: (
            str(reason),
            None if counted is None else Path(str(counted)).name,
        )
        for name, reason, counted in rows
    }


@pytest.mark.parametrize(
    "command", [("score", "--group", "team"), ("report",)], ids=lambda command: str(command[0])
)
def test_workbooks_of_results_name_what_is_not_in_them(
    versions: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    """As JSON and the page do: file, reason, and the file that counts instead."""
    returned = shutil.copytree(versions, tmp_path / "returned")
    (returned / "torn.xlsx").write_bytes(b"PK\x03\x04 torn")
    shutil.copy(returned / "two.xlsx", returned / "two again.xlsx")
    target = tmp_path / "results.xlsx"
    run(*command, returned, "-o", target, code=1)
    listed = not_in_results(target)

    assert {name: counted for name, (_, counted) in listed.items()} == {
        "torn.xlsx": None,
        "ada.xlsx": "nobody.xlsx",
        "one.xlsx": "two.xlsx",
        "two again.xlsx": "two.xlsx",
    }
    assert listed["torn.xlsx"][0].startswith("the workbook is damaged")
    assert "it was saved later" in listed["ada.xlsx"][0]
    assert "is a copy of" in listed["two again.xlsx"][0]


def test_a_workbook_without_names_counts_what_is_not_in_it(versions: Path, tmp_path: Path) -> None:
    """With the sentences of the page, which name no file either."""
    returned = shutil.copytree(versions, tmp_path / "returned")
    (returned / "torn.xlsx").write_bytes(b"PK\x03\x04 torn")
    for suffix in ("xlsx", "html"):
        run(
            "report",
            returned,
            "--anonymous",
            "--fewest",
            "1",
            "-o",
            tmp_path / f"report.{suffix}",
            code=1,
        )
    book = openpyxl.load_workbook(tmp_path / "report.xlsx")
    rows = list(book["Not in these results"].iter_rows(min_row=5, values_only=True))
    page = (tmp_path / "report.html").read_text(encoding="utf-8")

    reasons = [str(reason) for (reason,) in rows]
    assert len(reasons) == 2
    assert reasons[0] == "1 file was not read: it is damaged."
    assert reasons[1].startswith("Files that do not count: 2;")
    assert all(f'<li dir="auto">{reason}</li>' in page for reason in reasons)


@pytest.mark.parametrize("command", ["score", "report"])
def test_workbooks_of_results_have_no_empty_list(
    disorder: Path, tmp_path: Path, command: str
) -> None:
    target = tmp_path / "results.xlsx"
    run(command, disorder / "a.xlsx", "-o", target)

    assert "Not in these results" not in openpyxl.load_workbook(target).sheetnames


def test_check_names_in_json_what_does_not_count(versions: Path, tmp_path: Path) -> None:
    """With the same entries as `score --group team`; each file keeps its findings."""
    returned = shutil.copytree(versions, tmp_path / "returned")
    shutil.copy(returned / "two.xlsx", returned / "two again.xlsx")
    found = json.loads(run("check", returned, "--format", "json").stdout)
    scored = document(returned, "--group", "team")

    assert len(found["left_out"]) == 3
    assert sorted(found["left_out"], key=str) == sorted(scored["left_out"], key=str)
    assert len(found["results"]) == 4


def test_a_report_without_names_says_the_same_to_whoever_makes_it(
    disorder: Path, tmp_path: Path
) -> None:
    """The page names no file; the command does, and with the same numbers."""
    named = run("report", disorder, "-o", tmp_path / "named.html")
    hidden = run("report", disorder, "--anonymous", "--fewest", "1", "-o", tmp_path / "hidden.html")

    assert named.stderr.replace("named.html", "hidden.html") == hidden.stderr
    assert "Ada (1).xlsx counts instead" in hidden.stderr
    assert "Ada" not in (tmp_path / "hidden.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("score", "--group", "team"), 0),
        (("check",), 0),
        (("compare",), 0),
        (("report", "-o", "{folder}/report.html"), 0),
        (("score", "--group", "team", "--strict"), 1),
        (("check", "--strict"), 1),
    ],
    ids=str,
)
def test_quiet_keeps_what_is_an_error(
    versions: Path, tmp_path: Path, command: tuple[str, ...], code: int
) -> None:
    """A version that does not count is a warning, and an error only if warnings are errors."""
    args = (*(part.format(folder=tmp_path) for part in command), versions)
    said = run(*args, "--quiet", code=code).stderr

    if code:
        assert "ada.xlsx: This is another version" in said
        assert "Exit code 1: " in said
    else:
        assert said == ""


def test_quiet_names_lost_files_and_why_there_is_no_result(disorder: Path, tmp_path: Path) -> None:
    """A file that could not be read is an error; so are results alone, since nothing is read."""
    target = tmp_path / "scores.xlsx"
    assert run("score", disorder, "-o", target, "--quiet").stderr == ""
    alone = run("score", target, "-o", tmp_path / "more.xlsx", "--quiet", code=1).stderr
    (tmp_path / "torn.xlsx").write_bytes(b"PK\x03\x04 torn")
    shutil.copy(disorder / "a.xlsx", tmp_path / "a.xlsx")
    torn = run("score", tmp_path, "-o", tmp_path / "r.csv", "--quiet", code=1).stderr

    assert "scores.xlsx: This workbook holds results that this program wrote" in alone
    assert "more.xlsx was not written" in alone
    assert "torn.xlsx: " in torn
    assert "scores.xlsx" not in torn


def test_files_passed_over_are_named_or_counted(official: Scheme, tmp_path: Path) -> None:
    """Each of a few by its name; of many the kinds, and all names with `--verbose`."""
    (tmp_path / "a.xlsx").write_bytes(build_workbook(official, created=CREATED))
    for number in range(5):
        (tmp_path / f"{number}.py").write_bytes(b"x")
    few = run("check", tmp_path).stderr.splitlines()
    (tmp_path / "venv").mkdir()
    (tmp_path / "venv" / "pyvenv.cfg").write_bytes(b"x")
    for name in ("LICENSE", *(f"x.{suffix}" for suffix in "abcdefgh"), "y.a"):
        (tmp_path / name).write_bytes(b"x")
    many = run("check", tmp_path).stderr.splitlines()
    all_names = run("check", tmp_path, "--verbose").stderr

    assert sum("passed over" in line for line in few) == 5
    assert [line.removeprefix(str(tmp_path)) for line in many if "passed over" in line] == [
        "/venv/: passed over, a virtual environment of Python.",
        (
            "15 files were passed over, not workbooks: .py 5, .a 2, .b 1, .c 1, .d 1, .e 1, "
            "without suffix 1, others 3. To see their names, add --verbose."
        ),
    ]
    assert all_names.count("passed over, not a workbook") == 15
