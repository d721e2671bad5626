"""How commands end when the streams or the current folder are not as they should be."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]


def run_line(line: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a line of a shell; `iml4e` in it is the command."""
    program = f"{shlex.quote(sys.executable)} -m iml4e_xlsx"
    return subprocess.run(
        line.replace("iml4e", program),
        shell=True,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(_ROOT), **variables},
    )


@pytest.mark.parametrize(
    "words", ["", "-V", "--help", "score --help", "help score", "campaign", "scheme list"]
)
def test_a_full_output_is_said(words: str) -> None:
    """Also of what ends before any command begins."""
    done = run_line(f"iml4e {words} >/dev/full")

    assert done.returncode == 3
    assert done.stderr == "Error: No space left on device.\n"


def test_a_full_output_of_completion_is_said() -> None:
    done = run_line(
        "iml4e >/dev/full",
        _IML4E_COMPLETE="bash_complete",
        _IML4E_XLSX_COMPLETE="bash_complete",
        COMP_WORDS="iml4e b",
        COMP_CWORD="1",
    )

    assert (done.returncode, done.stderr) == (3, "Error: No space left on device.\n")


@pytest.mark.parametrize(
    ("words", "code"), [("scheme list --verbose", 0), ("check nowhere", 1), ("chek", 2), ("-x", 2)]
)
def test_an_unwritable_stderr_changes_no_exit_code(words: str, code: int) -> None:
    assert run_line(f"iml4e {words} 2>/dev/full").returncode == code


@pytest.mark.parametrize("words", ["--help", "scheme show"])
def test_a_reader_may_stop_early(words: str) -> None:
    done = run_line(f"(iml4e {words}; echo $? >&2) | true")

    assert done.stderr == "0\n"


@pytest.mark.parametrize("words", ["demo", "build -o x.xlsx", "campaign status"])
def test_a_deleted_folder_is_said(tmp_path: Path, words: str) -> None:
    """It is what the error comes from, not the file that is named."""
    gone = shlex.quote(str(tmp_path / "gone"))
    done = run_line(f"mkdir {gone} && cd {gone} && rmdir {gone} && iml4e {words}")

    assert done.returncode in {1, 3}
    assert "The current folder no longer exists. Change to another one." in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["build", "score .", "agenda .", "report ."])
def test_an_empty_name_is_no_folder(command: str) -> None:
    done = run_line(f"iml4e {command} -o ''")

    assert done.returncode == 2
    assert "Invalid value for '-o' / '--output': the value is empty." in done.stderr


def test_a_command_is_suggested_whatever_the_case() -> None:
    assert "score" in run_line("iml4e SCORE").stderr


@pytest.mark.parametrize("width", [60, 80, 120])
def test_errors_of_click_end_where_the_terminal_ends(width: int) -> None:
    """As all other lines on stderr do; a terminal is one that `script` makes."""
    words = "iml4e score . --format nonsense --team x; iml4e report ."
    done = run_line(f"script -qc {shlex.quote(words)} /dev/null", COLUMNS=str(width))

    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= width
    assert "Did you mean -o report.html?" in " ".join(done.stdout.split())
