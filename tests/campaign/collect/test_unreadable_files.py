"""Keeps files that cannot be read, and makes them a problem of whoever sent them."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.collect.collector import Collector
from iml4e_xlsx.campaign.corrections.assign import assign_file
from iml4e_xlsx.campaign.people.stages import Stage
from iml4e_xlsx.campaign.record.returned_file import ReturnState
from iml4e_xlsx.intake.finder import Finder
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.text.interface_texts import load_texts
from iml4e_xlsx.workbook.builder import build_workbook
from tests.support.builders import CREATED, response
from tests.support.campaigns import (
    DAY,
    NOW,
    all_rated,
    collect,
    person_of,
    run,
)
from tests.support.collecting import ANN, BEN, STRANGER, Opened, answers_of, eml, locked_zip
from tests.support.hostile import packed
from tests.support.returning import (
    all_returned,
    filled_of,
    mail,
    originals,
    standing_of,
    write_mbox,
)

pytestmark = pytest.mark.slow
"""See the marks in pyproject.toml."""


def test_two_who_return_the_same_broken_file_both_have_a_problem(
    opened: Opened, tmp_path: Path
) -> None:
    """An empty file says nothing of whose it is; collected again, nothing is new."""
    campaign, record = opened
    paths = [
        eml(tmp_path / f"{n}.eml", ("x.xlsx", b""), sender=sender, message_id=f"<{n}@x>")
        for n, sender in enumerate((ANN, BEN))
    ]
    collect(campaign, record, *paths)
    again = collect(campaign, record, *reversed(paths))

    assert standing_of(record, ANN).stage is Stage.PROBLEMS
    assert standing_of(record, BEN).stage is Stage.PROBLEMS
    assert (len(again.files), again.repeat_count) == (0, 2)
    assert len(all_returned(record)) == len(originals(campaign)) == 2


def test_what_could_not_be_read_is_read_when_its_scheme_is_there(
    opened: Opened, tmp_path: Path
) -> None:
    """The failure is replaced; the original stays where it is."""
    campaign, record = opened
    scheme = campaign.load_scheme()
    newer = replace(scheme, version="9.0.0")
    data = build_workbook(
        newer,
        created=CREATED,
        response=response(newer, all_rated(newer)),
        identity=person_of(record, ANN).workbook_id,
    )
    path = eml(tmp_path / "a.eml", ("x.xlsx", data), sender=STRANGER)
    collect(campaign, record, path)
    (failed,) = all_returned(record)
    document = campaign.scheme_path / "scheme.yaml"
    text = document.read_text(encoding="utf-8")
    document.write_text(text.replace('"version": "1.0.0"', '"version": "9.0.0"'), "utf-8")
    done = collect(campaign, record, path)
    (found,) = all_returned(record)

    assert failed.state is ReturnState.FAILED
    assert failed.file.startswith("aside/")
    assert [file.arrival.state for file in done.files] == [ReturnState.READ]
    assert (found.state, found.answered, found.code) == (ReturnState.READ, 8, "")
    assert [*originals(campaign)] == [found.file]
    assert standing_of(record, ANN).stage is Stage.COMPLETE


def test_what_the_facilitator_assigned_stays_assigned(opened: Opened, tmp_path: Path) -> None:
    """Also when the file comes again and cannot be read again."""
    campaign, record = opened
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"PK\x03\x04")
    collect(campaign, record, path)
    (name,) = originals(campaign)
    assign_file(campaign, record, name, BEN, now=NOW)
    collect(campaign, record, path)

    assert answers_of(record) == [(BEN, "hand", "x.xlsx")]
    assert [one.partition("/")[0] for one in originals(campaign)] == ["returned"]


def test_file_that_this_computer_could_not_read_is_tried_again_and_nobody_is_told(
    opened: Opened, tmp_path: Path
) -> None:
    """Time is no evidence: the file is not recorded, its mail stays, and the next run reads it."""
    campaign, record = opened
    data = filled_of(campaign, record, ANN)
    path = eml(tmp_path / "a.eml", ("x.xlsx", data), sender=ANN)
    slow = Collector(campaign, record, workers=1, limits=Limits(seconds=0), now=lambda: NOW)
    slow.collect_sources(Finder().find_sources([path]))
    slow.conclude_run()

    assert [failure.code for failure in slow.outcome.failures] == ["reader-timeout"]
    assert slow.outcome.skipped_sources == {f"{path}/x.xlsx"}
    assert all_returned(record) == []
    assert standing_of(record, ANN).stage is not Stage.PROBLEMS

    collect(campaign, record, path)

    assert standing_of(record, ANN).stage is Stage.COMPLETE


@pytest.mark.parametrize("name", ["winmail.dat", "smime.p7m"])
def test_what_is_not_opened_is_a_persons_problem(opened: Opened, tmp_path: Path, name: str) -> None:
    """Outlook's package and an encrypted mail: `status --reply` says what to ask for; once."""
    campaign, record = opened
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
        eml(folder / f"{folder.name}.eml", (name, b"\x78\x9f\x3e\x22"))
    collect(campaign, record, one)
    collect(campaign, record, two)
    said = run("campaign", "status", campaign.folder, "--reply").stdout

    assert len(all_returned(record)) == 1
    assert standing_of(record, ANN).stage is Stage.PROBLEMS
    assert "To: Ann <ann@example.org>" in said
    assert originals(campaign) == {}


def test_a_file_that_is_too_large_stays_where_it_is(opened: Opened, tmp_path: Path) -> None:
    """It is told each time, and taken in once the limit allows it."""
    campaign, record = opened
    data = filled_of(campaign, record, ANN)
    path = tmp_path / "x.xlsx"
    path.write_bytes(data)
    command = ("campaign", "collect", path, "-C", campaign.folder)
    for _ in range(2):
        said = run(*command, "--limit", "size=5k", code=1)
        assert "x.xlsx" in said.stderr
        assert "larger than 5 KB" in said.stderr
        assert all_returned(record) == []
    run(*command)

    assert answers_of(record) == [(ANN, "workbook", "x.xlsx")]


def nested_zip(data: bytes) -> bytes:
    """Return zips in each other, deeper than is looked into."""
    for _ in range(4):
        data = packed({"answer.zip": data})
    return data


REFUSED: dict[str, tuple[Callable[[bytes], EmailMessage], str, bool]] = {
    "zip with a password": (
        lambda data: mail(("answer.zip", locked_zip(data))), "encrypted", True),
    "zips in zips": (
        lambda data: mail(("answer.zip", nested_zip(data))), "too-large", True),
    "zip of something else": (
        lambda _: mail(("photos.zip", packed({"a.jpg": b"\xff\xd8"}))), "no-workbooks", True),
    "broken mail of Outlook": (
        lambda _: mail(("answer.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600)),
        "broken-mail", True),
    "too many parts": (
        lambda data: mail(*[(f"{n}.xlsx", data[:9]) for n in range(1000)]), "too-large", False),
    "too large": (
        lambda data: mail(("a.xlsx", data), ("b.bin", bytes(31 << 20))), "too-large", False),
}  # fmt: skip


@pytest.mark.parametrize("box", [False, True], ids=["eml", "mbox"])
@pytest.mark.parametrize("case", REFUSED)
def test_what_a_mail_brings_and_is_refused_is_the_senders_problem(
    opened: Opened, tmp_path: Path, case: str, *, box: bool
) -> None:
    """Recorded, listed, with a reply, no reminder; kept as it was attached, where it was."""
    campaign, record = opened
    make, code, is_kept = REFUSED[case]
    message = make(filled_of(campaign, record, ANN))
    path = tmp_path / ("a.mbox" if box else "a.eml")
    if box:
        write_mbox(path, [message])
    else:
        path.write_bytes(message.as_bytes())
    first = collect(campaign, record, path)
    again = collect(campaign, record, path)
    (found,) = all_returned(record)
    attached = [part.get_content() for part in message.iter_attachments()]

    assert (len(first.files), first.failures, first.has_errors) == (1, [], True)
    assert (len(again.files), again.repeat_count, again.failures) == (0, 1, [])
    assert (found.code, found.sender) == (code, ANN)
    assert standing_of(record, ANN).stage is Stage.PROBLEMS
    assert [*originals(campaign).values()] == (attached if is_kept else [])
    said = run("campaign", "status", campaign.folder, "--reply").stdout
    assert "To: Ann <ann@example.org>" in said
    failure = found.restore_failure(load_texts())
    assert failure is not None
    assert "Name the folder" not in failure.message
    assert ("the attached zip holds no workbook" in failure.message) == (code == "no-workbooks")


def test_what_was_mailed_and_then_opened_by_hand_is_no_problem(
    opened: Opened, tmp_path: Path
) -> None:
    """The file is older than the mail that it came with; a file from before mends nothing."""
    campaign, record = opened
    data = filled_of(campaign, record, ANN)
    path = tmp_path / "x.xlsx"
    path.write_bytes(data)
    os.utime(path, ((NOW + DAY).timestamp(),) * 2)
    locked = eml(tmp_path / "a.eml", ("answer.zip", locked_zip(data)), at=NOW + 2 * DAY)
    later = eml(
        tmp_path / "b.eml",
        ("answer.zip", locked_zip(b"x")),
        at=NOW + 3 * DAY,
        message_id="<2@x>",
    )
    stages = []
    for one in (locked, path, later):
        collect(campaign, record, one, now=NOW + 4 * DAY)
        stages.append(standing_of(record, ANN).stage)

    assert stages == [Stage.PROBLEMS, Stage.COMPLETE, Stage.PROBLEMS]


def test_what_a_stranger_mails_and_is_refused_lies_aside(opened: Opened, tmp_path: Path) -> None:
    """With its sender; but a zip of something else, which is only told."""
    campaign, record = opened
    locked = locked_zip(b"x")  # it says when it was made
    paths = [
        eml(tmp_path / f"{n}.eml", (f"{n}.zip", data), sender=STRANGER, message_id=f"<{n}@x>")
        for n, data in enumerate((locked, packed({"a.jpg": b"\xff\xd8"})))
    ]
    done = collect(campaign, record, *paths)
    (found,) = all_returned(record)

    assert [one.code for one in done.failures] == ["no-workbooks"]
    assert (found.person, found.code, found.sender) == (None, "encrypted", STRANGER)
    assert [*originals(campaign).values()] == [locked]
    assert found.file.startswith("aside/")
    assert found.file.endswith(".zip")


def test_what_lies_in_a_folder_and_is_refused_is_only_told(opened: Opened, tmp_path: Path) -> None:
    """It stays where it is, and nobody knows whose it is."""
    campaign, record = opened
    (tmp_path / "a.zip").write_bytes(locked_zip(b"x"))
    done = collect(campaign, record, tmp_path / "a.zip")

    assert [one.code for one in done.failures] == ["encrypted"]
    assert all_returned(record) == []


def test_an_unreadable_file_of_somebody_stays_theirs(opened: Opened, tmp_path: Path) -> None:
    """Collected again from a folder, where nothing says who sent it, it is not moved aside."""
    campaign, record = opened
    collect(campaign, record, eml(tmp_path / "a.eml", ("x.xlsx", b"PK\x03\x04")))
    (tmp_path / "x.xlsx").write_bytes(b"PK\x03\x04")
    before = originals(campaign)
    done = collect(campaign, record, tmp_path / "x.xlsx")

    assert (done.files, done.repeat_count) == ([], 1)
    assert originals(campaign) == before
    assert [*before] == [all_returned(record)[0].file]
    assert answers_of(record) == [(ANN, "sender", "x.xlsx")]


def test_how_to_go_on_when_only_nobodys_file_had_problems(opened: Opened, tmp_path: Path) -> None:
    """There is nobody to reply to."""
    campaign, _ = opened
    stranger = eml(tmp_path / "s.eml", ("a.xlsx", b"PK\x03\x04"), sender=STRANGER)
    said = run("campaign", "collect", stranger, "-C", campaign.folder, code=1).stderr
    assert "Next, see who is missing: iml4e campaign status" in said
    anns = eml(tmp_path / "a.eml", ("b.xlsx", b"PK\x03\x04\x00"), sender=ANN)
    said = run("campaign", "collect", anns, "-C", campaign.folder, code=1).stderr
    assert "status --reply" in said
