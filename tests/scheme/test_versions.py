"""A workbook of an older version of its scheme: read with that, and carried to the newer one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from iml4e_xlsx.cli import cli
from iml4e_xlsx.findings.finding import Finding, Severity
from iml4e_xlsx.model import Assessment, Scheme
from iml4e_xlsx.reading.identity import Schemes
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.scheme import load_scheme
from tests.support.builders import built, response, scheme_fields, write_scheme
from tests.support.scheme_versions import OLD, write_versions


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Return the folders of an older and a newer version."""
    return write_versions(tmp_path)


@pytest.fixture
def returned(folders: tuple[Path, Path], tmp_path: Path) -> Path:
    """Return a workbook of the older version."""
    scheme = load_scheme(folders[0])
    ratings: dict[str, Any] = {"AA-01": 3, "AA-02": 2, "AA-03": 1, "AA-04": 0}
    filled = response(scheme, ratings, evidence={"AA-01": "a plan"}, targets={"AA": 2})
    return built(scheme, tmp_path / "returned.xlsx", filled)


def assessed(folders: tuple[Path, ...], path: Path, *, carry: bool) -> Assessment:
    with WorkbookReader(Schemes.find_installed(folders), carry=carry) as reader:
        return reader.assess(path)


def of_code(assessment: Assessment, code: str) -> list[Finding]:
    return [finding for finding in assessment.findings if finding.code == code]


def test_older_workbook_is_read_with_its_own_version(
    folders: tuple[Path, Path], returned: Path
) -> None:
    """Both versions are known; the workbook says which is meant."""
    found = assessed(folders, returned, carry=False)

    assert found.scheme.version == "1.9.0"
    assert found.response.answers["AA-02"].rating == 2
    assert not [f for f in found.findings if f.code.startswith("carried")]


def test_carried_to_the_newest_version(folders: tuple[Path, Path], returned: Path) -> None:
    """Answers follow their ids; what was added, dropped, reworded and moved is said."""
    found = assessed(folders, returned, carry=True)

    assert found.scheme.version == "1.10.0"
    assert found.response.version == "1.10.0"
    assert {id_: a.rating for id_, a in found.response.answers.items()} == {
        "AA-01": 3,
        "AA-03": 1,
        "AA-04": 0,
        "AA-05": None,
    }
    assert found.response.answers["AA-01"].evidence == "a plan"
    assert found.response.targets == {"AA": 2}
    assert found.result.area("AA").statements == 4
    (dropped,) = of_code(found, "carried-dropped")
    assert (dropped.statement, dropped.found) == ("AA-02", "2 - Largely")
    assert dropped.severity is Severity.WARNING
    (reworded,) = of_code(found, "carried-reworded")
    assert reworded.statement == "AA-01"
    assert "in other words" in reworded.expected
    (moved,) = of_code(found, "carried-level")
    assert (moved.statement, moved.found) == ("AA-04", "2")
    (added,) = of_code(found, "carried-added")
    assert "AA-05" in added.message


def test_newest_workbook_is_not_carried(folders: tuple[Path, Path], tmp_path: Path) -> None:
    """There is nothing to carry, and nothing is said."""
    scheme = load_scheme(folders[1])
    path = built(scheme, tmp_path / "new.xlsx", response(scheme, {"AA-01": 1}))

    assert not [
        f for f in assessed(folders, path, carry=True).findings if f.code.startswith("carried")
    ]


def test_rating_that_the_newer_scale_lacks(tmp_path: Path) -> None:
    """A rating is not translated to another scale; it is reported and left open."""
    old = write_scheme(tmp_path / "old", {**scheme_fields(OLD, top=2), "version": "1.0.0"})
    fields = scheme_fields(OLD, top=2, scale=(0, 1, 2))
    new = write_scheme(tmp_path / "new", {**fields, "version": "2.0.0"})
    scheme: Scheme = load_scheme(old)
    filled = response(scheme, {"AA-01": 3, "AA-02": 2})
    path = built(scheme, tmp_path / "w.xlsx", filled)
    found = assessed((old, new), path, carry=True)

    assert found.response.answers["AA-01"].rating is None
    assert found.response.answers["AA-02"].rating == 2
    (finding,) = of_code(found, "carried-rating")
    assert (finding.statement, finding.severity) == ("AA-01", Severity.ERROR)


def test_carry_on_the_command_line(folders: tuple[Path, Path], returned: Path) -> None:
    """`--carry` with both folders named."""
    options = [part for folder in folders for part in ("--scheme", str(folder))]
    done = CliRunner().invoke(
        cli, ["score", str(returned), "--carry", "--format", "json", *options]
    )
    (result,) = json.loads(done.stdout)["results"]

    assert done.exit_code == 0
    assert result["scheme"] == {"id": "small", "version": "1.10.0"}
    assert result["ratings"]["AA-05"] is None
