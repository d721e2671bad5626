"""Two folders on one record: each knows of the other, and what one erases goes in both."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.folder.campaign import FOLDER_FILE, open_campaign
from iml4e_xlsx.campaign.record.folders import list_folders
from tests.support.campaigns import (
    NOW,
    Row,
    answer,
    new_campaign,
    record_of,
    rows,
    run,
    write_roster,
)
from tests.support.forgetting import traces

QUENTIN = Row(name="Quentin Quisling", mail="quentin@quarry.example.org", role="quartermaster")
WORDS = ("quentin", "quisling", "quarry", "quartermaster")


@pytest.fixture
def folders(tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Return a folder that was built, and a copy of it, on one record."""
    campaign = new_campaign(tmp_path, [QUENTIN, *rows(2)], database=database)
    monkeypatch.setenv("IML4E_DATABASE", database)
    first, second = campaign.folder, tmp_path / "second"
    run("campaign", "build", first)
    (first / "roster.xlsx").unlink()
    shutil.copytree(first, second)
    return first, second


def listed(folder: Path) -> list[tuple[str, bool]]:
    """Return the folders that the status shows, and which of them is this one."""
    document = json.loads(run("campaign", "status", folder, "--format", "json").stdout)
    return sorted((one["path"], one["is_this"]) for one in document["folders"])


def test_each_copy_is_told_apart_whichever_is_used_first(folders: tuple[Path, Path]) -> None:
    """A folder alone lists itself; a copy that is used is another one, a moved one is not."""
    first, second = folders
    assert listed(first) == [(str(first), True)]
    assert listed(second) == [(str(first), False), (str(second), True)]
    assert listed(first) == [(str(first), True), (str(second), False)]
    said = run("campaign", "status", first).stdout
    assert "Folders that work on this record" in said
    shown = run("campaign", "status", first, "--anonymous", "--fewest", "1").stdout
    assert "second" not in shown
    moved = second.rename(second.with_name("third"))
    assert listed(moved) == [(str(first), False), (str(moved), True)]


def test_a_copy_on_another_computer_is_told_apart(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first use there may be a move; once the first folder is used again, they are two."""
    first, second = folders
    place = "iml4e_xlsx.campaign.folder.folder_identity.platform.node"
    with monkeypatch.context() as patch:
        patch.setattr(place, lambda: "elsewhere")
        assert listed(second) == [(str(second), True)]
    assert listed(first) == [(str(first), True), (str(second), False)]
    with monkeypatch.context() as patch:
        patch.setattr(place, lambda: "elsewhere")
        assert listed(second) == [(str(first), False), (str(second), True)]
    ids = {json.loads((folder / FOLDER_FILE).read_text())["id"] for folder in folders}
    assert len(ids) == 2


def test_what_one_folder_erases_goes_in_the_other(folders: tuple[Path, Path]) -> None:
    """Row, workbook, original, draft: at the next command there, told in words, once."""
    first, second = folders
    for folder, to in ((first, "ann@example.org"), (second, QUENTIN.mail)):
        run("campaign", "send", folder, "--eml", folder / "drafts", "--to", to)
    assert len(list((second / "drafts").iterdir())) == 1
    campaign = open_campaign(first)
    with record_of(campaign) as record:
        answer(campaign, record, QUENTIN.mail, {"AA-01": 2})
    (original,) = (first / "returned").iterdir()
    shutil.copytree(first / "returned", second / "returned")
    for file in first.parent.glob("*.xlsx"):
        file.unlink()

    planned = run("campaign", "forget", QUENTIN.mail, "-C", first, "--dry-run").output
    said = run("campaign", "forget", QUENTIN.mail, "-C", first).output
    for text in (planned, said):
        assert f"Another folder works on this record: {second}" in text.replace("\n", " ")
    assert traces(open_campaign(first), *WORDS) == []

    told = run("campaign", "status", second)
    assert "was erased as well: 3 files, rows in roster.csv." in " ".join(told.stderr.split())
    assert traces(open_campaign(second), *WORDS) == []
    assert not (second / "returned" / original.name).exists()
    assert "erased" not in run("campaign", "status", second).stderr
    assert "erased" not in run("campaign", "status", first).stderr
    run("campaign", "build", second)
    run("campaign", "build", first)


def test_a_row_that_nothing_tells_is_not_built_from(folders: tuple[Path, Path]) -> None:
    """Without the workbook nobody knows whose row it was: the person must not be asked again."""
    first, second = folders
    shutil.rmtree(second / "workbooks")
    run("campaign", "forget", QUENTIN.mail, "-C", first)
    said = " ".join(run("campaign", "status", second).stderr.split())
    assert "nothing here says which row" in said
    said = run("campaign", "build", second, code=1).output
    assert "Another folder that works on this record was built from a newer roster" in said
    shutil.copy(first / "roster.csv", second)
    run("campaign", "build", second)
    assert "quentin" not in (second / "roster.csv").read_text().lower()


def test_a_roster_that_the_other_folder_has_outdated_is_refused(
    folders: tuple[Path, Path],
) -> None:
    """By what was built, not by dates: a copied file may be new and its content old."""
    first, second = folders
    write_roster(second, [QUENTIN, *rows(3)])
    run("campaign", "build", second)
    later = time.time() + 3600
    os.utime(first / "roster.csv", (later, later))
    said = run("campaign", "build", first, code=1).output
    assert "Nothing was built" in said
    assert str(second) in said.replace("\n", "")
    assert len(list((second / "workbooks").iterdir())) == 4
    shutil.copy(second / "roster.csv", first)
    run("campaign", "build", first)
    write_roster(first, rows(4))
    os.utime(first / "roster.csv", (later + 60, later + 60))
    run("campaign", "build", first)
    said = run("campaign", "build", second, "--this-roster").output
    assert "Traceback" not in said


def test_a_copy_of_a_record_in_the_folder_is_warned_of(tmp_path: Path) -> None:
    """Two records go on apart: both would mail everybody."""
    campaign = new_campaign(tmp_path, 2)
    run("campaign", "build", campaign.folder)
    run("campaign", "status", campaign.folder)
    copy = tmp_path / "copy"
    shutil.copytree(campaign.folder, copy)
    said = " ".join(run("campaign", "status", copy).stderr.split())
    assert f"{campaign.folder}, with its record: each record goes on without the other" in said
    assert "with its record" not in run("campaign", "status", campaign.folder).stderr
    shutil.rmtree(campaign.folder)
    assert "with its record" not in run("campaign", "status", copy).stderr


def test_a_folder_that_cannot_be_written_to_works(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not listed, since it would be another one each time."""
    first, second = folders
    module = "iml4e_xlsx.campaign.folder.folder_identity.save_identity"
    monkeypatch.setattr(module, lambda *_: False)
    run("campaign", "status", second)
    run("campaign", "status", second)
    with record_of(open_campaign(first)) as record, record.begin(NOW) as tx:
        assert [one.path for one in list_folders(tx)] == [str(first)]
