"""What commands refuse, before anything is written, and why they do not end with 0."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from iml4e_xlsx.cli import cli
from iml4e_xlsx.model import Profile, Scheme
from tests.support.builders import built, response, typed

TABLE_COMMANDS = ("compare", "agenda", "roadmap")


def run(*args: object) -> Result:
    outcome = CliRunner().invoke(cli, [str(arg) for arg in args])
    assert outcome.exception is None or isinstance(outcome.exception, SystemExit), outcome.output
    return outcome


def contents_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def returned(tmp_path_factory: pytest.TempPathFactory, official: Scheme) -> Path:
    """Return a folder with a workbook with two answers that cannot be read, and no workbook."""
    folder = tmp_path_factory.mktemp("returned")
    profile = Profile(team="Alpha", respondent="Ada", date="2026-11-23")
    answers = response(official, dict.fromkeys(official.statements, 2), profile=profile)
    path = built(official, folder / "ada.xlsx", answers)
    typed(official, path, {"PC-01": 2.5, "PC-02": "what?"})
    (folder / "broken.xlsx").write_text("no workbook")
    return folder


# --- targets -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["x.xls", "x.csv", "x.pdf", "x.ods", "x.docx", "x.zip", "x", "x."])
def test_a_workbook_is_not_written_under_the_name_of_another_format(
    tmp_path: Path, returned: Path, name: str
) -> None:
    """Programs would refuse it, or take it for damaged."""
    target = tmp_path / name
    for words in (("build",), ("repair", returned / "ada.xlsx")):
        outcome = run(*words, "-o", target)

        assert outcome.exit_code == 2
        assert ".xlsx" in outcome.stderr
        assert not target.exists()


def test_a_workbook_may_have_capitals_in_its_suffix(tmp_path: Path) -> None:
    assert run("build", "-o", tmp_path / "X.XLSX").exit_code == 0


def test_a_report_needs_a_suffix(tmp_path: Path, returned: Path) -> None:
    """Nothing else says its format."""
    outcome = run("report", returned / "ada.xlsx", "-o", tmp_path / "report")

    assert outcome.exit_code == 2
    assert "has no suffix" in outcome.stderr
    assert not (tmp_path / "report").exists()


@pytest.mark.parametrize("command", ["build", "score", "report", "compare", "repair"])
@pytest.mark.parametrize("force", [[], ["--force"]])
def test_a_folder_is_no_file_to_write(
    tmp_path: Path, returned: Path, command: str, force: list[str]
) -> None:
    """No --force replaces it, so none is offered."""
    target = tmp_path / "folder.xlsx"
    target.mkdir()
    paths = [] if command == "build" else [returned / "ada.xlsx"]

    outcome = run(command, *paths, "-o", target, *force)

    assert outcome.exit_code == 2
    assert "is a folder" in outcome.stderr
    assert "--force" not in outcome.stderr


def test_a_file_is_no_folder_for_a_rosters_workbooks(tmp_path: Path) -> None:
    roster = tmp_path / "people.csv"
    roster.write_text("team,name\nAlpha,Ada\n", encoding="utf-8")
    (tmp_path / "out").write_text("mine")

    outcome = run("build", "--roster", roster, "-o", tmp_path / "out" / "deeper")

    assert outcome.exit_code == 2
    assert "out is a file" in outcome.stderr


# --- the demonstration -------------------------------------------------------------------


@pytest.mark.parametrize("force", [[], ["--force"]])
@pytest.mark.parametrize(
    "name",
    [
        "returned/ours.xlsx",
        "returned/2026-05/ours.xlsx",
        "returned/.hidden/ours.xlsx",
        "ours.xlsx",
        "notes.txt",
        "workbooks/ours.xlsx",
        ".git/config",
        "blank.xlsx",
        "results.csv",
        "results.json",
        "report.html",
        "report.xlsx",
        "radar.png",
    ],
)
def test_a_demo_never_mixes_with_other_files(name: str, force: list[str], tmp_path: Path) -> None:
    """Whatever is there stays as it is, and nothing is added; also under the names of a demo."""
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"real")
    before = contents_of(tmp_path)

    outcome = run("demo", tmp_path, *force)

    assert outcome.exit_code == 2
    assert "may hold real answers" in outcome.stderr
    assert name.split("/", maxsplit=1)[0] in outcome.stderr
    assert contents_of(tmp_path) == before


def test_a_demo_of_its_own_is_replaced_with_force_alone(tmp_path: Path) -> None:
    """Until somebody adds a file; hidden ones of programs do not count."""
    (tmp_path / ".DS_Store").write_bytes(b"x")

    assert run("demo", tmp_path).exit_code == 0
    assert run("demo", tmp_path).exit_code == 2
    rounds = sorted((tmp_path / "returned").iterdir())
    rounds[0].rename(rounds[0].with_name("2019-01"))  # as a demo of another month leaves it
    assert run("demo", tmp_path, "--force").exit_code == 0
    assert sorted((tmp_path / "returned").iterdir()) == rounds
    (tmp_path / "ours.xlsx").write_bytes(b"real")
    assert run("demo", tmp_path, "--force").exit_code == 2


def test_a_demo_needs_a_folder(tmp_path: Path) -> None:
    (tmp_path / "returned").write_text("mine")

    outcome = run("demo", tmp_path)

    assert outcome.exit_code == 2
    assert contents_of(tmp_path) == {"returned": b"mine"}


def test_demo_names_what_it_leaves_out(tmp_path: Path) -> None:
    """A bare install writes what it can, and says what is missing and how to have it."""
    code = (
        "import sys; sys.modules.update(jinja2=None, matplotlib=None); "
        "from iml4e_xlsx.cli import main; main()"
    )
    command = [sys.executable, "-c", code, "demo", str(tmp_path / "demo")]

    outcome = subprocess.run(command, capture_output=True, text=True, check=True)

    assert [line.split(".")[0] for line in outcome.stderr.splitlines()] == [
        "Left out: report (html)",
        "Left out: radar",
    ]
    assert outcome.stderr.count("iml4e-xlsx[report]") == 2
    assert not (tmp_path / "demo" / "report.html").exists()


# --- why a command does not end with 0 ---------------------------------------------------


@pytest.mark.parametrize("command", [*TABLE_COMMANDS, "report", "score", "check", "benchmark"])
def test_exit_code_1_has_a_reason(returned: Path, tmp_path: Path, command: str) -> None:
    """How many errors in which files, how many could not be read, and what says what to do."""
    target = [] if command == "check" else ["-o", tmp_path / "out.xlsx"]

    outcome = run(command, returned, *target)

    assert outcome.exit_code == 1
    reasons = [line for line in outcome.stderr.splitlines() if line.startswith("Exit code 1")]
    advice = "" if command == "check" else f" To see what to do: iml4e check {returned}"
    assert reasons == [
        f"Exit code 1: 2 errors in {returned / 'ada.xlsx'}; 1 file could not be read.{advice}"
    ]


def test_many_files_are_not_named_again(returned: Path) -> None:
    """A shell has made a list of them; a file with a space in its name can be pasted."""
    spaced = returned.parent / "a copy.xlsx"
    spaced.write_bytes((returned / "ada.xlsx").read_bytes())

    few = run("compare", spaced)
    many = run("compare", spaced, *[returned / "ada.xlsx"] * 3)

    assert f"iml4e check '{spaced}'" in few.stderr
    assert "iml4e check PATH..." in many.stderr


@pytest.mark.parametrize("suffix", ["txt", "json", "ndjson", "csv", "xlsx", "parquet", "svg"])
@pytest.mark.parametrize("group", [(), ("--group", "team")])
def test_a_file_that_cannot_be_read_is_named_whatever_is_written(
    returned: Path, tmp_path: Path, suffix: str, group: tuple[str, ...]
) -> None:
    """Nobody opens a file of results to see which answer is missing there."""
    outcome = run("score", returned, *group, "-o", tmp_path / f"out.{suffix}")

    assert outcome.exit_code == 1
    assert outcome.stderr.count("broken.xlsx: ") == 1


@pytest.mark.parametrize("name", ["table", "json", "csv"])
def test_a_file_that_cannot_be_read_is_named_once(returned: Path, name: str) -> None:
    """On standard output it stands among the results, or on standard error beside them."""
    outcome = run("score", returned, "--format", name)

    assert ("broken.xlsx: " in outcome.stderr) == (name == "csv")
    assert "broken.xlsx" in outcome.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        *(
            ((*command, option, day), "as in 2026-12-18")
            for command, option in (
                (("build", "-o", "x.xlsx"), "--deadline"),
                (("guide", "-o", "x.html"), "--deadline"),
                (("campaign", "collect", "--imap"), "--since"),
            )
            for day in ("18.12.2026", "2026-13-01", "soon", "")
        ),
        *(
            ((*command, value), f"'{value}' is not a whole number from {least} on.")
            for command, least in (
                (("trend", "x", "--gap"), 1),
                (("report", "x", "-o", "x.html", "--gap"), 1),
                (("campaign", "report", "-o", "x.html", "--gap"), 1),
                (("agenda", "x", "--most"), 1),
                (("benchmark", "x", "--fewest"), 2),
            )
            for value in ("1d", "0", "-1", "1.5")
        ),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_with_the_right_one(
    words: tuple[str, ...], said: str
) -> None:
    outcome = run(*words)

    assert outcome.exit_code == 2
    assert said in outcome.stderr


def test_a_reason_counts_warnings_where_they_count(tmp_path: Path, official: Scheme) -> None:
    path = built(official, tmp_path / "a.xlsx", response(official, {}))
    typed(official, path, {"PC-01": "3 = Fully"})

    assert "1 warning in" in run("score", path, "--strict").stderr
    assert run("score", path).exit_code == 0


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        *(
            ((command, "--team", "fraud", "-o", "x.xlsx"), 1, 'There is no team "fraud"')
            for command in ("score", *TABLE_COMMANDS, "report", "trend")
        ),
        (("check", "--team", "fraud"), 1, 'There is no team "fraud"'),
        (("trend",), 1, "There is only one round"),
        (("benchmark", "--by", "sector"), 1, "there are no groups"),
        (("report", "-o", "x.html", "--profile", "none"), 2, "no reference profile none"),
    ],
)
def test_what_the_data_lack_is_no_matter_of_usage(
    returned: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    """How to call the command would not help."""
    outcome = run(words[0], returned / "ada.xlsx", *words[1:])

    assert outcome.exit_code == code
    assert said in " ".join(outcome.stderr.split())
    assert "Usage:" not in outcome.stderr
    assert "--help" not in outcome.stderr


# --- what a command says -----------------------------------------------------------------


@pytest.mark.parametrize("command", [*TABLE_COMMANDS, "score", "benchmark"])
def test_whatever_is_written_is_said(returned: Path, tmp_path: Path, command: str) -> None:
    target = tmp_path / "out.csv"

    outcome = run(command, returned / "ada.xlsx", "-o", target)

    assert f"Wrote {target}." in outcome.stderr
    assert (
        "Wrote"
        not in run(command, returned / "ada.xlsx", "-o", target, "--force", "--quiet").stderr
    )


def test_issues_that_are_written_are_said(returned: Path, tmp_path: Path) -> None:
    target = tmp_path / "issues.csv"

    outcome = run("roadmap", returned / "ada.xlsx", "--target", "3", "--issues", "-o", target)

    assert f"Wrote {target}." in outcome.stderr


def test_a_language_that_a_scheme_lacks_is_said_without_a_path(tmp_path: Path) -> None:
    outcome = run("build", "-o", tmp_path / "x.xlsx", "--lang", "xx")

    assert (
        outcome.stderr
        == 'Error: iml4e-mlops: There is no language "xx". Correct it; allowed: en.\n'
    )


def test_a_folder_without_a_scheme_is_told_what_is_missing(tmp_path: Path) -> None:
    outcome = run("scheme", "validate", tmp_path)

    assert outcome.exit_code == 1
    assert 'There is no file "scheme.yaml"' in outcome.stderr


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("words", ["score {path}", "check {path}", "score {path} --format json"])
def test_closed_streams_are_no_traceback(returned: Path, closed: str, words: str) -> None:
    """Services and pythonw have none."""
    command = f"{sys.executable} -m iml4e_xlsx {words.format(path=returned / 'ada.xlsx')} {closed}"

    outcome = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)  # noqa: S607

    assert outcome.returncode == 1
    assert "Traceback" not in outcome.stderr
    assert bool(outcome.stdout) == (closed == "2>&-")
